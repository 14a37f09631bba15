//! Markdown texts and the references in them.
//!
//! In: Markdown from a YAML scalar or a chapter. Out: the text and the target of every link, in order, each with its
//! own place. Never renders, and never looks a target up. Raw HTML is an error, so nothing written in a record can become markup
//! or script.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use super::decode::{Cx, Decode};
use super::files::{unseen_in_words, unseen_sign};
use super::reference::Reference;
use super::twins;
use super::value::{LanguageCode, Url};
use super::yaml::Node;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Languages;
use crate::source::{Span, Spanned};

/// A Markdown text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// The Markdown.
    pub text: String,
    /// Where its links lead, in the order of the text; nothing where a fault was reported. Those that were only meant as links come last.
    pub links: Vec<Option<Spanned<Target>>>,
    /// Its headings, in the order of the text.
    pub headings: Vec<Spanned<Heading>>,
    /// The names of its footnotes, in the order they are referred to.
    pub footnotes: Vec<Spanned<String>>,
}

/// A heading of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its level; 0 where a fault was reported.
    pub level: u8,
    /// Its words, as written.
    pub title: String,
    /// Where it begins in the text.
    pub at: usize,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To a record of the site.
    Record(RecordKind, String),
    /// Elsewhere on the web.
    Web(Url),
    /// Nowhere: the words are in another language, `[ad hoc](lang:la)`.
    Language(LanguageCode),
}

/// The kinds of record that a link can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// `initiative:2021-19`
    Initiative,
    /// `recommendation:R3`, `recommendation:R3.2`
    Recommendation,
    /// `actor:health-agency`
    Actor,
    /// `document:plan-2024`
    Document,
    /// `chapter:health-data`
    Chapter,
    /// `strategy:2021`
    Strategy,
    /// `theme:2021/energy`
    Theme,
    /// `figure:2021-01`
    Figure,
}

impl RecordKind {
    /// Every kind with the word before the colon.
    pub const ALL: [(&'static str, RecordKind); 8] = [
        ("initiative", RecordKind::Initiative),
        ("recommendation", RecordKind::Recommendation),
        ("actor", RecordKind::Actor),
        ("document", RecordKind::Document),
        ("chapter", RecordKind::Chapter),
        ("strategy", RecordKind::Strategy),
        ("theme", RecordKind::Theme),
        ("figure", RecordKind::Figure),
    ];
}

/// The parts of Markdown that are understood, here and when rendering.
pub const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_FOOTNOTES);

/// Reads a text, reporting raw HTML and links that nothing can check.
///
/// `place` says where a range of the text stands in the file. Several records can share a page, so only a chapter may have footnotes.
pub fn read(text: String, footnotes_allowed: bool, place: impl Fn(&str, std::ops::Range<usize>) -> Span, cx: &mut Cx<'_>) -> Markdown {
    let place = |range| place(&text, range);
    let (mut in_heading, mut in_image, mut in_code) = (false, false, false);
    let mut left_over = Vec::new();
    // What is open around a place, and the last paragraph.
    let (mut depth, mut paragraph) = (0_usize, 0..0);
    let mut understood = Vec::new();
    let (mut links, mut headings, mut footnotes) = (Vec::new(), Vec::<Spanned<Heading>>::new(), Vec::new());
    let (mut in_headings, mut notes) = (BTreeSet::new(), Vec::new());
    for (event, range) in Parser::new_ext(&text, OPTIONS).into_offset_iter() {
        // A block reaches to the next one; its place ends with its text.
        let range = range.start..range.start + text[range.clone()].trim_end().len();
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) | Event::Code(_) | Event::FootnoteReference(_) => {
                understood.push(range.clone());
            }
            Event::Start(Tag::FootnoteDefinition(_)) => understood.push(name_of_note(&text, &range)),
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        let words = match &event {
            // A sign that is written as another.
            Event::Text(words) if text[range.start..].starts_with('&') => &**words,
            Event::Start(Tag::Link { title, .. }) => title,
            _ => "",
        };
        if let Some(sign) = unseen_sign(words) {
            cx.diagnostics.push(unseen_in_words(sign, place(range.clone())));
        }
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) if !in_code => left_over.extend(sign_of_markup(&text, range.start)),
            Event::Start(Tag::Heading { .. }) => in_heading = true,
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::Paragraph) => paragraph = range.clone(),
            Event::End(TagEnd::Image) => in_image = false,
            // Nothing of what describes a picture is shown as text.
            Event::Start(Tag::Link { .. }) | Event::FootnoteReference(_) if in_image => continue,
            _ => {}
        }
        let diagnostic = match event {
            Event::Html(_) | Event::InlineHtml(_) => Diagnostic::new(Code::RawHtml, place(range), "HTML in Markdown")
                .help("write Markdown instead, or put the text between backticks if the signs are meant to be read"),
            Event::Start(Tag::Image { dest_url, .. }) => {
                in_image = true;
                // In a paragraph of its own that is in nothing else, neither in a list nor in a quotation.
                let alone = depth == 2 && paragraph == range;
                match target(&dest_url) {
                    Ok(figure @ Target::Record(RecordKind::Figure, _)) if alone && footnotes_allowed => {
                        let figure = Spanned::new(figure, place(range));
                        cx.refer(|| Reference::Link(figure.clone()));
                        links.push(Some(figure));
                        continue;
                    }
                    _ => {
                        links.push(None);
                        Diagnostic::new(Code::BadLink, place(range), "an image in Markdown").help(
                            "in a chapter, a figure is shown by an image alone in its paragraph: `![](figure:2021-01)`; other pictures are part of the theme",
                        )
                    }
                }
            }
            Event::Start(Tag::Heading { level, .. }) if !footnotes_allowed || level == pulldown_cmark::HeadingLevel::H1 => {
                headings.push(Spanned::new(Heading { level: 0, title: String::new(), at: range.start }, place(range.clone())));
                let help = match footnotes_allowed {
                    true => "the title of the chapter is its highest heading; begin with `##`",
                    false => "a record has no headings of its own; begin the paragraph with **bold** words",
                };
                Diagnostic::new(Code::Heading, place(range), "a heading that cannot stand here").help(help)
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let title = text[range.clone()].lines().next().unwrap_or_default().trim_matches(['#', ' ']).to_owned();
                let (at, span, level) = (range.start, place(range), level as u8);
                let above = headings.last().map_or(1, |last| last.level.max(1));
                headings.push(Spanned::new(Heading { level, title, at }, span));
                if level <= above + 1 {
                    continue;
                }
                let signs = |level: u8| "#".repeat(level.into());
                Diagnostic::new(Code::HeadingSkip, span, format!("a heading of level {level} follows one of level {above}")).help(format!(
                    "write `{}` instead of `{}`: users of screen readers go from level to level",
                    signs(above + 1),
                    signs(level)
                ))
            }
            Event::FootnoteReference(name) if footnotes_allowed && in_heading => {
                in_headings.insert(name.to_string());
                Diagnostic::new(Code::Heading, place(range), "a footnote in a heading").help("put the footnote into the text below it")
            }
            Event::FootnoteReference(name) if footnotes_allowed => {
                footnotes.push(Spanned::new(name.to_string(), place(range)));
                continue;
            }
            Event::Start(Tag::FootnoteDefinition(name)) if footnotes_allowed => {
                notes.push(Spanned::new(name.to_string(), place(name_of_note(&text, &range))));
                continue;
            }
            Event::FootnoteReference(_) | Event::Start(Tag::FootnoteDefinition(_)) => {
                Diagnostic::new(Code::BadLink, place(range), "a footnote in a record").help("footnotes belong in chapters; put it into the text, in brackets")
            }
            Event::Start(Tag::Link { .. }) if in_heading => {
                links.push(None);
                Diagnostic::new(Code::Heading, place(range), "a link in a heading")
                    .help("a heading is what others link to; put the link into the text below it")
            }
            Event::Start(Tag::Link { dest_url, .. }) => match target(&dest_url) {
                Ok(target) => {
                    let target = Spanned::new(target, place(range));
                    if !matches!(target.value, Target::Language(_)) {
                        cx.refer(|| Reference::Link(target.clone()));
                    }
                    links.push(Some(target));
                    continue;
                }
                Err(help) => {
                    links.push(None);
                    let message = match dest_url.strip_prefix(LANGUAGE) {
                        Some(code) => format!("there is no language with the code `{code}`"),
                        None if dest_url.is_empty() => "this link has no address".to_owned(),
                        None => format!("`{dest_url}` is not a link that can be checked"),
                    };
                    Diagnostic::new(Code::BadLink, place(range), message).help(help)
                }
            },
            _ => continue,
        };
        cx.diagnostics.push(diagnostic);
    }
    pairs(&footnotes, &in_headings, &notes, cx.diagnostics);
    for range in left_over {
        let message = format!("`{}` is shown to readers as it stands", &text[range.clone()]);
        let help = match text[range.clone()].chars().next() {
            Some('#') => "for a heading, write an ordinary space after the last `#`; to show the sign itself, write `\\#`",
            Some('•' | '-') => "for a list, begin the line with `-` and an ordinary space",
            _ => "for bold words, write `**` right before the first and right after the last of them; to show the signs themselves, write `\\*\\*`",
        };
        cx.diagnostics.push(Diagnostic::new(Code::Markup, place(range), message).help(help));
    }
    for range in nearly_links(&text, &understood) {
        let written = &text[range.clone()];
        // That its twin has a link is no news then.
        links.extend((!written.starts_with("[^")).then_some(None));
        let help = without_space(written).map_or_else(
            || match written.strip_prefix("[^").filter(|_| footnotes_allowed) {
                Some(name) => format!("write the note that it stands for, in a paragraph of its own: `[^{}: …`", name.trim_end_matches(':')),
                None => "a link is `[words](initiative:2021-19)` without a space between the brackets; `\\[` is a bracket that is only a sign".to_owned(),
            },
            |link| format!("write it without the space: `{link}`"),
        );
        let message = format!("`{written}` looks like a link or a footnote, but is none");
        cx.diagnostics.push(Diagnostic::new(Code::BadLink, place(range), message).help(help));
    }
    Markdown { text, links, headings, footnotes }
}

/// Where the name of a note stands, `[^1]`: the note itself may have many lines, and links.
fn name_of_note(text: &str, note: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    note.start..text[note.clone()].find("]:").map_or(note.end, |at| note.start + at + 1)
}

/// Reports footnotes and notes that do not name each other, letter by letter; `in_headings` are the names in headings, which were
/// reported.
fn pairs(footnotes: &[Spanned<String>], in_headings: &BTreeSet<String>, notes: &[Spanned<String>], into: &mut Diagnostics) {
    let written: BTreeSet<&str> = notes.iter().map(|note| note.value.as_str()).collect();
    let mut misspelt = BTreeSet::new();
    for footnote in footnotes.iter().filter(|footnote| !written.contains(footnote.value.as_str())) {
        misspelt.insert(footnote.value.to_lowercase());
        let message = format!("no note is written `[^{footnote}]` with just these letters");
        into.push(Diagnostic::new(Code::BadLink, footnote.span, message).help("write the footnote and its note alike, capital letters too"));
    }
    let referred: BTreeSet<&str> = footnotes.iter().map(|footnote| &footnote.value).chain(in_headings).map(String::as_str).collect();
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for note in notes {
        if let Some(first) = seen.insert(&note.value, note.span) {
            let message = format!("a second note has the name `[^{note}]`");
            let diagnostic = Diagnostic::new(Code::RepeatedAnchor, note.span, message).related(first, "the first one");
            into.push(diagnostic.help("give one of them another name, and name it where it belongs in the text"));
        } else if !referred.contains(note.value.as_str()) && !misspelt.contains(&note.value.to_lowercase()) {
            let help = format!("write `[^{note}]` in the text where the note belongs, or take it out");
            into.push(Diagnostic::new(Code::BadLink, note.span, format!("nothing in the text refers to the note `[^{note}]`")).help(help));
        }
    }
}

/// The sign of a heading or of bold words at which a piece of text begins, with the word that follows a heading's.
fn sign_of_markup(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let (before, rest) = text.split_at(at);
    if rest.starts_with("**") && !before.ends_with(['*', '\\']) {
        return Some(at..at + 2);
    }
    let before = before.trim_end_matches(' ');
    if !(before.is_empty() || before.ends_with('\n')) {
        return None;
    }
    // What another program made of a list, and signs behind which the space is not the one that is meant.
    if let Some(bullet) = ["•", "-\u{a0}"].into_iter().find(|bullet| rest.starts_with(bullet)) {
        return Some(at..at + bullet.trim_end().len());
    }
    // At most six make a heading.
    let level = rest.bytes().take(7).take_while(|b| *b == b'#').count();
    let word = rest[level..].find(char::is_whitespace).unwrap_or(rest.len() - level);
    ((2..=6).contains(&level) && (word > 0 || rest[level..].starts_with('\u{a0}'))).then(|| at..at + level + word)
}

/// Reports links and bold words in a text that has none, where they would be read as they are written.
pub fn leftovers(text: &str, place: Span, into: &mut Diagnostics) {
    let link = memmem::find_iter(text.as_bytes(), "](").find_map(|at| {
        let address = &text[at + 2..];
        let end = address.find(')')?;
        target(&address[..end]).is_ok().then(|| &text[at..at + 2 + end + 1])
    });
    let (sign, help) = match link {
        Some(link) if link[2..].starts_with(LANGUAGE) => (link, "this text has no marks of language; take the brackets out"),
        Some(link) => (link, "this text has no links; put the link into the record’s `text`, or into a chapter"),
        None if text.contains("**") => ("**", "this text has no bold words; take the signs out"),
        None => return,
    };
    into.push(Diagnostic::new(Code::Markup, place, format!("`{sign}` is shown to readers as it stands")).help(help));
}

/// The pieces that were meant as links or footnotes and are shown to readers as they are written.
fn nearly_links(text: &str, understood: &[std::ops::Range<usize>]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut ranges = understood.iter().peekable();
    for at in memchr::memchr2_iter(b'[', b']', text.as_bytes()) {
        // What is understood comes in order; inside it, signs are as they should be.
        while ranges.next_if(|range| range.end <= at).is_some() {}
        if ranges.peek().is_some_and(|range| range.contains(&at)) || text[..at].ends_with('\\') {
            continue;
        }
        let rest = &text[at..];
        let word = |address: &str| {
            RecordKind::ALL.iter().any(|(word, _)| address.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
                || ["http", LANGUAGE].iter().any(|beginning| address.starts_with(beginning))
        };
        let length = match rest {
            _ if rest.starts_with("](") => Some(2),
            _ if rest.starts_with("] (") && word(&rest[3..]) => Some(3),
            _ if rest.starts_with("][") => Some(2),
            _ if rest.starts_with("[^") && rest[2..].starts_with(char::is_alphanumeric) => Some(2),
            _ => None,
        };
        if let Some(length) = length {
            // Its words begin on its line, behind the piece before.
            let before = found.last().map_or(0, |last: &std::ops::Range<usize>| last.end.min(at));
            let begins = |(start, sign): (usize, &str)| before + start + usize::from(sign == "\n");
            let start = text[before..at].rmatch_indices(['[', '\n']).next().filter(|_| !rest.starts_with('[')).map_or(at, begins);
            // No further than the next bracket, so that a text full of them is gone through once.
            let bracket = rest[length..].find(['(', ')', '[', ']', '\n']).map(|end| at + length + end + 1);
            let closing = bracket.filter(|end| without_space(&text[start..*end]).is_some());
            found.push(
                start..closing.unwrap_or_else(|| {
                    let end = rest[length..].find(|c: char| c.is_whitespace() || matches!(c, ')' | ']')).map_or(rest.len(), |end| length + end);
                    at + end + usize::from(rest[end..].starts_with([')', ']']))
                }),
            );
        }
    }
    found
}

/// A link as it is written, where only white space keeps it from being one: `[](initiative: 2021-19)`, `[] (initiative:2021-19)`.
fn without_space(written: &str) -> Option<String> {
    let (words, address) = written.strip_suffix(')')?.rsplit_once('(')?;
    let (word, id) = address.split_once(':')?;
    let (words, address) = (words.trim_end(), format!("{}:{}", word.trim(), id.trim()));
    let is_link = words.starts_with('[') && words.ends_with(']') && !address.contains(char::is_whitespace) && target(&address).is_ok();
    Some(format!("{words}({address})")).filter(|link| is_link && link != written)
}

/// What stands before the language of words that are not in that of their text.
const LANGUAGE: &str = "lang:";

/// How such words are marked.
pub const MARKING: &str = "words in another language are marked with its code: `[ad hoc](lang:la)`";

fn target(address: &str) -> Result<Target, String> {
    if let Some(tag) = address.strip_prefix(LANGUAGE) {
        return LanguageCode::new(tag).map(Target::Language).map_err(|help| help.unwrap_or_else(|| MARKING.into()));
    }
    if let Some(url) = Url::new(address) {
        return Ok(Target::Web(url));
    }
    let words = || RecordKind::ALL.iter().map(|(word, _)| *word);
    match address.split_once(':') {
        Some((word, id)) if !id.is_empty() => match RecordKind::ALL.iter().find(|(known, _)| *known == word) {
            Some((_, kind)) => Ok(Target::Record(*kind, id.to_owned())),
            None => {
                Err(did_you_mean(word, words()).unwrap_or_else(|| format!("a link begins with https:// or one of {}", words().collect::<Vec<_>>().join(", "))))
            }
        },
        _ => Err("link to a record by its id, `[](initiative:2021-19)`, or to the web with https://".into()),
    }
}

/// After so many pieces in a row that are not found, the whole text stands for the others.
const MOST_IN_VAIN: usize = 50;

impl Decode for Markdown {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let text = String::decode(node, cx)?;
        // A scalar's text has lost its indentation and quotes; a piece of it is found again by its words, from where the
        // one before was found and by how often its words come between. That is one way through the text, however many
        // pieces it has: the search reaches only as far as YAML may have drawn the text out, and ends where it is in vain.
        let (file_text, whole) = (cx.text, node.span);
        let source = file_text.get(whole.range()).unwrap_or_default();
        let (last, vain) = (Cell::new((0, 0)), Cell::new(0));
        let place = |content: &str, range: std::ops::Range<usize>| {
            let piece = &content[range.clone()];
            if piece.is_empty() || piece.trim_end().contains('\n') || vain.get() > MOST_IN_VAIN {
                return whole;
            }
            let (read, found) = if last.get().0 <= range.start { last.get() } else { (0, 0) };
            let before = &content[read..range.start];
            let reach = source.floor_char_boundary(found + 8 * (before.len() + piece.len()) + 4096);
            let pieces = memmem::Finder::new(piece);
            match pieces.find_iter(&source.as_bytes()[found..reach]).nth(pieces.find_iter(before.as_bytes()).count()) {
                Some(at) => {
                    last.set((range.start, found + at));
                    vain.set(0);
                    let start = whole.range().start + found + at;
                    Span::new(whole.file, start..start + piece.len())
                }
                None => {
                    vain.set(vain.get() + 1);
                    whole
                }
            }
        };
        Some(read(text, false, place, cx))
    }

    fn words(&self) -> Option<&str> {
        Some(&self.text)
    }

    fn agree(source: &Self, twin: &Self, into: &mut Diagnostics) {
        twins::agree(source, twin, into);
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string" })
    }
}
