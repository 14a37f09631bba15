//! Chapters: Markdown with YAML front matter, a file for each language.
//!
//! In: `content/<section>/<key>.<language>.md`. Out: [`Chapter`]s with all their languages. A chapter without one of
//! them is reported and left out.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::decode::{Cx, Decode};
use super::markdown::{self, Markdown};
use super::record::FrontMatter;
use super::value::Key;
use super::{utf8, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::{Languages, Locale, Localized};
use crate::source::{FileId, FileTree, Span};

/// A chapter in every language.
pub struct Chapter {
    /// The folder: a strategy's id, or a section such as `about`.
    pub section: String,
    /// The name that links use.
    pub key: String,
    /// Title, text and the rest, in each language.
    pub pages: Localized<ChapterPage>,
}

/// A chapter in one language.
pub struct ChapterPage {
    /// The file.
    pub file: FileId,
    /// The front matter.
    pub front: FrontMatter,
    /// The text.
    pub body: Markdown,
}

/// Section, key and language of a chapter's path.
pub fn parts<'a>(path: &'a str, languages: &Languages) -> Option<(&'a str, &'a str, Locale)> {
    let (section, name) = path.strip_prefix("content/")?.split_once('/')?;
    let (key, code) = name.strip_suffix(".md")?.rsplit_once('.')?;
    (Key::new(section).is_some() && Key::new(key).is_some()).then_some(())?;
    Some((section, key, languages.find(code)?))
}

/// A chapter as it is found: its languages, each with its file and what could be read of it.
type Found = Vec<(Locale, FileId, Option<ChapterPage>)>;

/// Reads every chapter.
pub fn load(tree: &FileTree, languages: &Languages, diagnostics: &mut Diagnostics) -> Vec<Chapter> {
    let files: Vec<_> = tree.entries().filter_map(|(id, file)| Some((id, parts(&file.path, languages)?))).collect();
    let pages: Vec<(Option<ChapterPage>, Diagnostics)> = files.par_iter().map(|(id, _)| page(tree, *id, languages)).collect();
    let mut groups: BTreeMap<(&str, &str), Found> = BTreeMap::new();
    for ((id, (section, key, locale)), (page, found)) in files.into_iter().zip(pages) {
        diagnostics.append(found);
        groups.entry((section, key)).or_default().push((locale, id, page));
    }
    let mut chapters: Vec<Chapter> = Vec::new();
    for ((section, key), mut group) in groups {
        for locale in languages.iter().filter(|locale| !group.iter().any(|(there, ..)| there == locale)) {
            let path = format!("content/{section}/{key}.{}.md", languages.code(locale));
            let diagnostic = Diagnostic::new(Code::MissingTwin, Span::top(group[0].1), format!("the chapter is missing in `{}`", languages.code(locale)));
            diagnostics.push(diagnostic.help(format!("add `{path}`")));
        }
        let pages = Localized::try_from_fn(languages, |locale| group.iter_mut().find(|(there, ..)| *there == locale)?.2.take());
        chapters.extend(pages.map(|pages| Chapter { section: section.to_owned(), key: key.to_owned(), pages }));
    }
    let order = |chapter: &Chapter| chapter.pages[Locale::SOURCE].front.order.unwrap_or(u32::MAX);
    chapters.sort_by(|a, b| (&a.section, order(a), &a.key).cmp(&(&b.section, order(b), &b.key)));
    chapters
}

fn page(tree: &FileTree, file: FileId, languages: &Languages) -> (Option<ChapterPage>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let page = read_page(tree, file, languages, &mut diagnostics);
    (page, diagnostics)
}

fn read_page(tree: &FileTree, file: FileId, languages: &Languages, diagnostics: &mut Diagnostics) -> Option<ChapterPage> {
    let text = utf8(tree, file, diagnostics)?;
    let Some((front, body)) = split(text) else {
        let diagnostic = Diagnostic::new(Code::Syntax, Span::top(file), "the chapter has no front matter");
        diagnostics.push(diagnostic.help("begin the file with a line `---`, then `title: …` and `summary: …`, then a line `---`"));
        return None;
    };
    let mut cx = Cx { file, text, languages, diagnostics };
    let node = match yaml::parse(&text[front.clone()], file, front.start) {
        Ok(node) => node,
        Err(fault) => return cx.fail(fault),
    };
    let front = FrontMatter::decode(&node, &mut cx);
    let place = |range: std::ops::Range<usize>| Span::new(file, body + range.start..body + range.end);
    let body = markdown::read(text[body..].to_owned(), true, place, &mut cx);
    Some(ChapterPage { file, front: front?, body })
}

/// The bytes of the front matter and the beginning of the text.
fn split(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let open = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.len() - open.strip_prefix("---")?.trim_start_matches('\r').strip_prefix('\n')?.len();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start..at, at + line.len()));
        }
        at += line.len();
    }
    None
}
