//! Texts of two languages that say the same.
//!
//! In: a text in the source language and its twin. Out: diagnostics where one has links, headings, footnotes or numbers
//! that the other does not. Compares what can be counted, never what is meant.

use std::collections::BTreeMap;

use super::markdown::Markdown;
use super::record::FrontMatter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};

/// Reports where a Markdown text and its twin have other headings or footnotes.
pub fn agree(source: &Markdown, twin: &Markdown, into: &mut Diagnostics) {
    series(&source.headings, &twin.headings, ["headings", "or their levels differ"], "have the same headings", into);
    series(&source.footnotes, &twin.footnotes, ["footnotes", "or their names differ"], "have the same footnotes", into);
}

/// Reports two lists that are not the same, at the last of them that there is.
fn series<T: PartialEq>(source: &[Spanned<T>], twin: &[Spanned<T>], [noun, or]: [&str; 2], rule: &str, into: &mut Diagnostics) {
    let same = source.len() == twin.len() && source.iter().zip(twin).all(|(a, b)| a.value == b.value);
    let first = twin.iter().zip(source).find(|(a, b)| a.value != b.value).map(|(twin, _)| twin.span);
    if let Some(place) = first.or(source.last().map(|item| item.span)).or(twin.last().map(|item| item.span)).filter(|_| !same) {
        let message = format!("the source language has {} {noun} here and another language {}, {or}", source.len(), twin.len());
        into.push(Diagnostic::new(Code::TwinsDiffer, place, message).help(format!("the texts of all languages {rule}")));
    }
}

/// Reports numbers that stand in one of two texts only. A number is its digits: signs between them differ by language.
///
/// The places are those of the whole texts; `file` and `twin_file` are the texts of their files, in which numbers are found again.
pub fn numbers_agree(source: (&str, Span, &str), twin: (&str, Span, &str), into: &mut Diagnostics) {
    let ((source, place, file), (twin, twin_place, twin_file)) = (source, twin);
    let (here, there) = (numbers(source), numbers(twin));
    let only = |these: &BTreeMap<String, &str>, others: &BTreeMap<String, &str>| -> Vec<String> {
        these.iter().filter(|(digits, _)| !others.contains_key(*digits)).map(|(_, written)| format!("`{written}`")).collect()
    };
    let (lost, added) = (only(&here, &there), only(&there, &here));
    let message = match (lost.is_empty(), added.is_empty()) {
        (true, true) => return,
        (false, true) => format!("{} of the source language is not here", lost.join(", ")),
        (true, false) => format!("{} is not in the source language", added.join(", ")),
        (false, false) => format!("{} of the source language is not here, but {} is", lost.join(", "), added.join(", ")),
    };
    let place = written_at(&lost, place, file);
    let twin_place = written_at(&added, twin_place, twin_file);
    into.push(
        Diagnostic::new(Code::NumbersDiffer, twin_place, message)
            .related(place, "the source language")
            .help("write the same numbers in every language, all with digits or all in words"),
    );
}

/// Where the first of some numbers stands in a text; the first line of the text where there is none.
fn written_at(numbers: &[String], whole: Span, file: &str) -> Span {
    let text = file.get(whole.range()).unwrap_or_default();
    let number = numbers.first().map(|number| number.trim_matches('`'));
    let found = number.and_then(|number| Some((text.find(number)?, number.len())));
    let (start, length) = found.unwrap_or_else(|| (0, text.lines().next().unwrap_or_default().len()));
    Span::new(whole.file, whole.range().start + start..whole.range().start + start + length)
}

/// The numbers of a text: their digits, and how they are written. Addresses of links are not text.
fn numbers(text: &str) -> BTreeMap<String, &str> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        if let Some(link) = rest[..start].rfind("](").filter(|link| !rest[*link..start].contains(')')) {
            let end = rest[link..].find(')').map_or(rest.len(), |end| link + end);
            rest = &rest[end..];
            continue;
        }
        let digits = &rest[start..];
        let mut end = 0;
        let mut signs = digits.char_indices().peekable();
        while let Some((at, sign)) = signs.next() {
            let joins = matches!(sign, '.' | ',' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '’') && signs.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            if !sign.is_ascii_digit() && !joins {
                break;
            }
            end = at + sign.len_utf8();
        }
        let written = &digits[..end];
        found.insert(written.chars().filter(char::is_ascii_digit).collect(), written);
        rest = &digits[end..];
    }
    found
}

/// Reports where the front matter of a chapter and its twin say different things of what they are about.
pub fn front_matter_agrees(source: &FrontMatter, twin: &FrontMatter, into: &mut Diagnostics) {
    let differing = [
        ("kind", source.kind != twin.kind),
        ("order", source.order != twin.order),
        ("theme", source.theme.as_ref().map(|theme| &theme.value) != twin.theme.as_ref().map(|theme| &theme.value)),
        ("initiatives", !source.initiatives.iter().map(|id| &id.value).eq(twin.initiatives.iter().map(|id| &id.value))),
        ("actors", !source.actors.iter().map(|id| &id.value).eq(twin.actors.iter().map(|id| &id.value))),
        ("cites", source.cites.len() != twin.cites.len()),
    ];
    for (key, _) in differing.into_iter().filter(|(_, differs)| *differs) {
        let diagnostic = Diagnostic::new(Code::TwinsDiffer, twin.span, format!("`{key}` is not the same as in the source language"));
        into.push(diagnostic.related(source.span, "the source language").help("write the same in both files"));
    }
}
