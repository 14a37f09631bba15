//! Chapters: Markdown with YAML front matter, a file for each language.
//!
//! In: `content/<section>/<key>.<language>.md`. Out: [`Chapter`]s with all their languages. A chapter without one of
//! them is reported and left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::decode::{Cx, Decode};
use super::markdown::{self, Markdown};
use super::memory::{self, Kept, Past};
use super::paths::{Names, in_style};
use super::record::FrontMatter;
use super::reference::Reference;
use super::translation::{Fingerprint, SourceText, Translated};
use super::value::Key;
use super::{twins, utf8, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::locale::{Languages, Locale, Localized};
use crate::source::{FileId, FileTree, Span, Spanned};

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
#[derive(Clone)]
pub struct ChapterPage {
    /// The file.
    pub file: FileId,
    /// The front matter.
    pub front: FrontMatter,
    /// Where the text begins.
    pub text: Span,
    /// The text.
    pub body: Markdown,
}

/// Section, key and language of a chapter's path.
pub fn parts<'a>(path: &'a str, languages: &Languages) -> Option<(&'a str, &'a str, Locale)> {
    let (section, name) = path.strip_prefix("content/")?.split_once('/')?;
    let (key, code) = name.strip_suffix(".md")?.rsplit_once('.')?;
    (Key::is_one(section) && Key::is_one(key)).then_some(())?;
    Some((section, key, languages.find(code)?))
}

/// The path of the chapter that a file with a nearly right name was meant to be: capitals, another ending, another language
/// than those of the site or none. Where a language is not there yet, it was that one.
pub fn nearly(path: &str, languages: &Languages, is_there: impl Fn(&str) -> bool) -> Option<String> {
    let (section, name) = path.strip_prefix("content/")?.split_once('/')?;
    let name = name.strip_suffix(".txt").unwrap_or(name).to_lowercase();
    let (name, ending) = name.rsplit_once('.')?;
    matches!(ending, "md" | "markdown").then_some(())?;
    let section = in_style(section);
    let (key, code) = name.rsplit_once('.').unwrap_or((name, ""));
    let (key, code) = (in_style(key), code.split(['-', '_']).next().unwrap_or_default());
    let at = |code: &str| format!("content/{section}/{key}.{code}.md");
    let missing: Vec<&str> = languages.codes().filter(|code| !is_there(&at(code))).collect();
    let code = match (languages.find(code), &missing[..]) {
        (Some(_), _) => code,
        (None, [only]) => only,
        (None, missing) => nearest(code, missing.iter().copied())?,
    };
    let meant = at(code);
    (meant != path && parts(&meant, languages).is_some()).then_some(meant)
}

/// A chapter as it is found: its languages, each with its file and what could be read of it.
type Found = Vec<(Locale, FileId, Option<ChapterPage>)>;

/// What came of all chapters.
pub struct Chapters {
    /// The chapters by section, order and key.
    pub chapters: Vec<Chapter>,
    /// Their texts, for keeping translations in step.
    pub translated: Vec<Translated>,
    /// The keys of chapters that are there but not whole.
    pub faulty: Vec<String>,
    /// What chapters refer to that cannot be read, with the section they stand in.
    pub loose: Vec<(Option<String>, Reference)>,
    /// What came of each page, for the next time.
    pub(super) kept: Kept<PageOutcome>,
}

/// What came of one file: the page, or what it refers to where it cannot be read.
pub(super) type PageOutcome = (Result<ChapterPage, Vec<Reference>>, Diagnostics);

/// The pages of all chapters, each with its file, its section, key and language.
pub(super) type Pages<'t> = Vec<(FileId, (&'t str, &'t str, Locale), Arc<PageOutcome>)>;

/// Reads the pages of every chapter; those that are as they were in the past are not read again.
pub(super) fn read<'t>(tree: &'t FileTree, names: &'t Names, languages: &Languages, past: Option<&Past>) -> Pages<'t> {
    let files: Vec<_> = tree.entries().filter_map(|(id, _)| Some((id, parts(names.of(id, tree), languages)?))).collect();
    let read = |(id, place)| {
        let known = past.and_then(|past| past.page(tree, id, names.of(id, tree)));
        (id, place, known.unwrap_or_else(|| Arc::new(page(tree, id, languages))))
    };
    // One by one: some are a hundred times as long as others.
    files.into_par_iter().with_max_len(1).map(read).collect()
}

/// Joins the pages of each chapter. What came of them is kept on demand.
pub(super) fn join(pages: Pages<'_>, tree: &FileTree, names: &Names, languages: &Languages, keeps: bool, diagnostics: &mut Diagnostics) -> Chapters {
    let kept = if keeps { memory::kept(tree, names, pages.iter().map(|(id, _, page)| (*id, page))) } else { Kept::new() };
    let mut groups: BTreeMap<(&str, &str), Found> = BTreeMap::new();
    let mut loose = Vec::new();
    for (id, (section, key, locale), outcome) in pages {
        let (page, found) = Arc::unwrap_or_clone(outcome);
        diagnostics.append(found);
        let page = page.map_err(|references| loose.extend(references.into_iter().map(|reference| (Some(section.to_owned()), reference)))).ok();
        groups.entry((section, key)).or_default().push((locale, id, page));
    }
    let mut chapters: Vec<Chapter> = Vec::new();
    let mut faulty = Vec::new();
    for ((section, key), mut group) in groups {
        for locale in languages.iter().filter(|locale| !group.iter().any(|(there, ..)| there == locale)) {
            let path = format!("content/{section}/{key}.{}.md", languages.code(locale));
            let diagnostic = Diagnostic::new(Code::MissingTwin, Span::top(group[0].1), format!("the chapter is missing in `{}`", languages.code(locale)));
            diagnostics.push(diagnostic.help(format!("add `{path}`")));
        }
        let is_whole = languages.iter().all(|locale| group.iter().any(|(there, _, page)| *there == locale && page.is_some()));
        let mut take = |locale| group.iter_mut().find(|(there, ..)| *there == locale)?.2.take();
        let pages = if is_whole { Localized::try_from_fn(languages, &mut take) } else { None };
        let Some(pages) = pages else {
            faulty.push(key.to_owned());
            let read = group.into_iter().filter_map(|(.., page)| page);
            loose.extend(read.flat_map(references).map(|reference| (Some(section.to_owned()), reference)));
            continue;
        };
        chapters.push(Chapter { section: section.to_owned(), key: key.to_owned(), pages });
    }
    let in_step = |chapter: &Chapter| {
        let mut found = Diagnostics::default();
        (in_step(&chapter.pages, tree, names, languages, &mut found), found)
    };
    let (translated, found): (Vec<_>, Vec<_>) = chapters.par_iter().map(in_step).unzip();
    found.into_iter().for_each(|found| diagnostics.append(found));
    let order = |chapter: &Chapter| chapter.pages[Locale::SOURCE].front.order.as_ref().map_or(u32::MAX, |order| order.value);
    chapters.sort_by(|a, b| (&a.section, order(a), &a.key).cmp(&(&b.section, order(b), &b.key)));
    Chapters { chapters, translated, faulty, loose, kept }
}

/// What a page refers to, whose chapter is not whole.
fn references(page: ChapterPage) -> Vec<Reference> {
    let ChapterPage { front, body, .. } = page;
    let mut references: Vec<Reference> = front.theme.iter().map(|id| Reference::Theme(Spanned::clone(id))).collect();
    references.extend(front.initiatives.iter().map(|id| Reference::Initiative(Spanned::clone(id))));
    references.extend(front.actors.iter().map(|id| Reference::Actor(Spanned::clone(id))));
    for cite in front.cites {
        references.push(Reference::Document(Spanned::clone(&cite.document)));
        references.extend(cite.at.map(Reference::Place));
    }
    references.extend(body.links.into_iter().flatten().map(Reference::Link));
    references
}

/// Holds the texts of all languages to each other, and keeps what tells whether they stay in step.
fn in_step(pages: &Localized<ChapterPage>, tree: &FileTree, names: &Names, languages: &Languages, diagnostics: &mut Diagnostics) -> Translated {
    let source = &pages[Locale::SOURCE];
    let file = tree.text(source.file).unwrap_or_default();
    for twin in languages.iter().skip(1).map(|locale| &pages[locale]) {
        let twin_file = tree.text(twin.file).unwrap_or_default();
        twins::front_matter_agrees(&source.front, &twin.front, diagnostics);
        twins::agree(&source.body, &twin.body, diagnostics);
        for ((text, place), (other, other_place)) in texts(source, file).into_iter().zip(texts(twin, twin_file)) {
            twins::numbers_agree((text, place, file), (other, other_place, twin_file), diagnostics);
        }
    }
    // A text of many lines is marked at its first.
    let marks = |page: &ChapterPage| [page.front.title.span, page.front.summary.span, page.text];
    let texts = texts(source, file).into_iter().zip(marks(source)).enumerate().map(|(at, ((text, _), span))| SourceText {
        fingerprint: Fingerprint::of(text),
        span,
        twins: languages.iter().skip(1).map(|locale| marks(&pages[locale])[at]).collect(),
    });
    Translated { file: source.file, path: names.of(source.file, tree).to_owned(), texts: texts.collect() }
}

/// The texts of a page and the whole of where each is written, in the text of its file.
fn texts<'p>(page: &'p ChapterPage, file: &str) -> [(&'p str, Span); 3] {
    let start = page.text.range().start;
    let body = Span::new(page.file, start..file.trim_end().len().max(start));
    [(&page.front.title.value, page.front.title.span), (&page.front.summary.value, page.front.summary.span), (&page.body.text, body)]
}

fn page(tree: &FileTree, file: FileId, languages: &Languages) -> PageOutcome {
    let mut diagnostics = Diagnostics::default();
    let page = read_page(tree, file, languages, &mut diagnostics);
    (page, diagnostics)
}

/// Reads a page, or what it refers to where it cannot be read.
fn read_page(tree: &FileTree, file: FileId, languages: &Languages, diagnostics: &mut Diagnostics) -> Result<ChapterPage, Vec<Reference>> {
    let Some(text) = utf8(tree, file, diagnostics) else { return Err(Vec::new()) };
    let Some((front, start)) = split(text) else {
        let diagnostic = Diagnostic::new(Code::Syntax, Span::top(file), "the chapter has no front matter");
        diagnostics.push(diagnostic.help("begin the file with a line `---`, then `title: …` and `summary: …`, then a line `---`"));
        return Err(Vec::new());
    };
    let node = yaml::parse(&text[front.clone()], file, front.start, diagnostics);
    let mut cx = Cx::new(file, text, languages, diagnostics);
    let front = node.as_ref().and_then(|node| FrontMatter::decode(node, &mut cx));
    let place = |_: &str, range: std::ops::Range<usize>| Span::new(file, start + range.start..start + range.end);
    let body = markdown::read(text[start..].to_owned(), true, place, &mut cx);
    let is_empty = text[start..].trim().is_empty();
    if is_empty {
        let end = text[..start].trim_end().len();
        let diagnostic = Diagnostic::new(Code::MissingLanguage, Span::new(file, end - "---".len()..end), "the chapter has no text below this line");
        diagnostics.push(diagnostic.help("write it, in every language"));
    }
    if let Some(front) = &front {
        markdown::leftovers(&front.title, front.title.span, diagnostics);
        markdown::leftovers(&front.summary, front.summary.span, diagnostics);
    }
    match front.filter(|_| !is_empty) {
        Some(front) => Ok(ChapterPage { file, front, text: first_line(text, start, file), body }),
        None => {
            let mut references = node.map(|node| Cx::references_of::<FrontMatter>(&node, file, text, languages)).unwrap_or_default();
            references.extend(body.links.into_iter().flatten().map(Reference::Link));
            Err(references)
        }
    }
}

/// Where the text of a chapter begins: its first line that is not empty.
fn first_line(text: &str, start: usize, file: FileId) -> Span {
    let body = &text[start..];
    let begin = start + (body.len() - body.trim_start().len());
    let length = text[begin..].lines().next().unwrap_or_default().trim_end().len();
    Span::new(file, begin..begin + length)
}

/// The bytes of the front matter and the beginning of the text.
pub fn split(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let open = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.len() - open.strip_prefix("---")?.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?.len();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start..at, at + line.len()));
        }
        at += line.len();
    }
    None
}
