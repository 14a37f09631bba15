//! Texts of two languages that say the same.
//!
//! In: a text in the source language and its twin. Out: diagnostics where one has headings, footnotes or numbers that the other
//! does not; links are compared where they are followed. Compares what can be counted, never what is meant.

use super::markdown::{Heading, Markdown};
use super::record::{Citation, FrontMatter};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};

/// Reports where a Markdown text and its twin have other headings or footnotes.
pub fn agree(source: &Markdown, twin: &Markdown, into: &mut Diagnostics) {
    let is_faulty = |text: &Markdown| text.headings.iter().any(|heading| heading.value.level == 0);
    if !is_faulty(source) && !is_faulty(twin) {
        headings(source, twin, into);
    }
    let others = |text: &Markdown| -> Vec<String> { text.footnotes.iter().map(|note| note.value.clone()).collect() };
    let alone = |text: &Markdown, others: &[String], message: &dyn Fn(&str) -> String, into: &mut Diagnostics| {
        for note in text.footnotes.iter().filter(|note| !others.contains(&note.value)) {
            let diagnostic = Diagnostic::new(Code::TwinsDiffer, note.span, message(&note.value));
            into.push(diagnostic.help("the texts of all languages have the same footnotes, under the same names"));
        }
    };
    alone(source, &others(twin), &|name| format!("the footnote `[^{name}]` of the source language is not in every language"), into);
    alone(twin, &others(source), &|name| format!("the footnote `[^{name}]` is not in the source language"), into);
}

/// Most headings of a text that are looked through for the one without a counterpart.
const MOST_HEADINGS: usize = 100;

/// Reports headings that have no counterpart, or one of another level.
fn headings(source: &Markdown, twin: &Markdown, into: &mut Diagnostics) {
    const RULE: &str = "the texts of all languages have the same headings, on the same levels";
    let (mut here, mut there): (Vec<_>, Vec<_>) = (source.headings.iter().collect(), twin.headings.iter().collect());
    // Which of them is alone is told by its level, and by how far into the text the others stand.
    for heading in alone(&mut here, &there, source.text.len(), twin.text.len()) {
        let message = format!("the heading `{}` of the source language has no counterpart in every language", heading.title);
        into.push(Diagnostic::new(Code::TwinsDiffer, heading.span, message).help(RULE));
    }
    for heading in alone(&mut there, &here, twin.text.len(), source.text.len()) {
        let message = format!("the heading `{}` has no counterpart in the source language", heading.title);
        into.push(Diagnostic::new(Code::TwinsDiffer, heading.span, message).help(RULE));
    }
    if let Some((heading, other)) = there.iter().zip(&here).find(|(a, b)| a.level != b.level) {
        let message =
            format!("the heading `{}` is of level {}, but its counterpart in the source language is of level {}", heading.title, heading.level, other.level);
        into.push(Diagnostic::new(Code::TwinsDiffer, heading.span, message).related(other.span, "the source language").help(RULE));
    }
}

/// Takes those that are too many out of a list of headings, and gives them back.
fn alone<'m>(list: &mut Vec<&'m Spanned<Heading>>, others: &[&Spanned<Heading>], length: usize, other_length: usize) -> Vec<&'m Spanned<Heading>> {
    let mut alone = Vec::new();
    while list.len() > others.len() {
        let last = list.len() - 1;
        let cost = |left_out: usize| -> u64 {
            let rest = list.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, heading)| heading);
            let pair = |(a, b): (&&Spanned<Heading>, &&Spanned<Heading>)| {
                let far = (a.at as u64 * 1_000 / length.max(1) as u64).abs_diff(b.at as u64 * 1_000 / other_length.max(1) as u64);
                far + if a.level == b.level { 0 } else { 1_000_000 }
            };
            rest.zip(others).map(pair).sum()
        };
        let choice = if list.len() > MOST_HEADINGS { last } else { (0..list.len()).min_by_key(|at| cost(*at)).unwrap_or(last) };
        alone.push(list.remove(choice));
    }
    alone
}

/// Reports numbers that stand in one of two texts only. The signs between their digits differ by language.
///
/// The places are those of the whole texts; `file` and `twin_file` are the texts of their files, in which numbers are found again.
pub fn numbers_agree(source: (&str, Span, &str), twin: (&str, Span, &str), into: &mut Diagnostics) {
    let ((source, place, file), (twin, twin_place, twin_file)) = (source, twin);
    let (here, there) = (numbers(source, Reading::default()), numbers(twin, Reading::default()));
    let agree = |here: &[&str], there: &[&str]| here.len() == there.len() && here.iter().zip(there).all(|(a, b)| value(a).eq(value(b)));
    if agree(&here, &there) {
        return;
    }
    // A language may write a space into a number, or a date or a time of day in its own figures; whether one is meant shows only
    // beside the other text: what makes the least difference is meant.
    let only = |these: &[&str], others: &[&str]| -> Vec<String> {
        let is_alone = |number: &&&str| others.binary_search_by(|other| value(other).cmp(value(number))).is_err();
        these.iter().filter(is_alone).map(|number| format!("`{number}`")).collect()
    };
    let readings = |text| Reading::all().map(|reading| numbers(text, reading)).collect::<Vec<_>>();
    let (here, there) = (readings(source), readings(twin));
    let pairs = here.iter().flat_map(|here| there.iter().map(move |there| (only(here, there), only(there, here))));
    let Some((lost, added)) = pairs.min_by_key(|(lost, added)| lost.len() + added.len()) else { return };
    let message = match (lost.is_empty(), added.is_empty()) {
        (true, true) => return,
        (false, true) => format!("only in the source language: {}", lost.join(", ")),
        (true, false) => format!("only here: {}", added.join(", ")),
        (false, false) => format!("only in the source language: {}; only here: {}", lost.join(", "), added.join(", ")),
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
    let found = numbers.iter().map(|number| number.trim_matches('`')).find_map(|number| Some((number_in(text, number)?, number.len())));
    let (start, length) = found.unwrap_or_else(|| (0, text.lines().next().unwrap_or_default().len()));
    Span::new(whole.file, whole.range().start + start..whole.range().start + start + length)
}

/// Where a number stands in a text, written as it is and no part of another.
pub fn number_in(text: &str, number: &str) -> Option<usize> {
    let is_whole = |at: usize| {
        let before = text[..at].strip_suffix(JOINTS).unwrap_or(&text[..at]);
        Reading::all().any(|reading| length(&text[at..], reading) == number.len()) && !before.ends_with(|sign: char| sign.is_ascii_digit())
    };
    text.match_indices(number).map(|(at, _)| at).find(|at| is_whole(*at))
}

/// How the figures of a text are taken for numbers: as they are written, and, where it is so, with more that belongs together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Reading {
    /// A space stands before three digits of one number.
    spaces: bool,
    /// A colon stands between hours and minutes.
    times: bool,
    /// Of a date in figures, day and year count: the month may be a word elsewhere.
    dates: bool,
}

impl Reading {
    /// Every reading, as written first.
    fn all() -> impl Iterator<Item = Reading> {
        (0..8).map(|bits| Reading { spaces: bits & 1 > 0, times: bits & 2 > 0, dates: bits & 4 > 0 })
    }
}

/// The numbers of a text as they are written, each once, in the order of their values. Addresses of links are not text.
fn numbers(text: &str, reading: Reading) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = first_digit(rest) {
        if let Some(end) = end_of_address(rest, start).or_else(|| end_of_footnote(rest, start)) {
            rest = &rest[end..];
            continue;
        }
        let here = &rest[start..];
        if let Some((parts, end)) = date(here).filter(|_| reading.dates) {
            found.extend(parts);
            rest = &here[end..];
            continue;
        }
        let (number, after) = here.split_at(length(here, reading));
        found.push(number);
        rest = after;
    }
    // Of those with the same value the last stands for all.
    found.reverse();
    found.sort_by(|a, b| value(a).cmp(value(b)));
    found.dedup_by(|a, b| value(a).eq(value(b)));
    found
}

/// Where the first digit stands; looked for piece by piece, which processors do for many bytes together: 16 instead of 23
/// million instructions of a check.
fn first_digit(text: &str) -> Option<usize> {
    const PIECE: usize = 64;
    let bytes = text.as_bytes();
    let start = PIECE * bytes.chunks(PIECE).position(|piece| piece.iter().fold(false, |found, b| found | b.is_ascii_digit()))?;
    bytes[start..].iter().position(u8::is_ascii_digit).map(|at| start + at)
}

/// What a number is in every language: its digits, with a point before the decimals or the minutes. Three digits behind a sign of
/// another kind are thousands.
fn value(number: &str) -> impl Iterator<Item = u8> {
    let point = number.bytes().rposition(|byte| matches!(byte, b'.' | b',' | b':'));
    let point = point.filter(|at| number.as_bytes()[*at] == b':' || number.len() - at != ".000".len());
    number.bytes().enumerate().filter_map(move |(at, byte)| if Some(at) == point { Some(b'.') } else { byte.is_ascii_digit().then_some(byte) })
}

/// The signs that stand between the digits of one number.
const JOINTS: [char; 6] = ['.', ',', '\u{a0}', '\u{202f}', '\u{2009}', '’'];

/// How long the number is that a text begins with, signs between its digits included.
fn length(text: &str, reading: Reading) -> usize {
    let (mut length, mut group) = (0, 0);
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let follow = || digits_before(&text[at + 1..]);
        let joins = match sign {
            ' ' => reading.spaces && (1..=3).contains(&group) && follow() == 3 && !text[..at].contains(['.', ',']),
            ':' => reading.times && (1..=2).contains(&group) && group == at && follow() == 2,
            _ => JOINTS.contains(&sign) && signs.peek().is_some_and(|(_, next)| next.is_ascii_digit()),
        };
        if !sign.is_ascii_digit() && !joins {
            break;
        }
        group = if joins { 0 } else { group + 1 };
        length = at + sign.len_utf8();
    }
    length
}

/// How many digits a text begins with.
fn digits_before(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Day and year of a date in figures that a text begins with, and its length: 28.5.2025, 5/28/2025, 2025-05-28.
fn date(text: &str) -> Option<([&str; 2], usize)> {
    let sign = text.bytes().find(|byte| !byte.is_ascii_digit()).filter(|sign| matches!(sign, b'.' | b'/' | b'-'))?;
    let second = digits_before(text) + 1;
    let third = second + digits_before(&text[second..]) + 1;
    let end = third + digits_before(text.get(third..).filter(|_| text.as_bytes()[third - 1] == sign)?);
    let parts = [&text[..second - 1], &text[second..third - 1], &text[third..end]];
    let is_month = |part: &str| part.parse().is_ok_and(|month: u8| (1..=12).contains(&month));
    let (day, month, year) = match parts {
        [year, month, day] if year.len() == 4 && sign == b'-' => (day, month, year),
        [month, day, year] if sign == b'/' && !is_month(day) => (day, month, year),
        [day, month, year] => (day, month, year),
    };
    let is_date = year.len() == 4 && (1..=2).contains(&day.len()) && is_month(month);
    is_date.then_some(([day.strip_prefix('0').unwrap_or(day), year], end))
}

/// Where the address of a link ends, for a place inside it.
fn end_of_address(text: &str, place: usize) -> Option<usize> {
    let open = text[..place].rfind(')').map_or(0, |end| end + 1);
    let begin = text[open..place].rmatch_indices('(').map(|(at, _)| open + at).find(|at| text[..*at].ends_with(']'))?;
    Some(text[begin..].find(')').map_or(text.len(), |end| begin + end))
}

/// Where the name of a footnote ends, for a place inside it.
fn end_of_footnote(text: &str, place: usize) -> Option<usize> {
    let open = text[..place].rfind(']').map_or(0, |end| end + 1);
    let begin = text[open..place].rmatch_indices('[').map(|(at, _)| open + at).find(|at| text[*at..].starts_with("[^"))?;
    Some(text[begin..].find(']').map_or(text.len(), |end| begin + end))
}

/// Reports where the front matter of a chapter and its twin say different things of what they are about, at the value.
pub fn front_matter_agrees(source: &FrontMatter, twin: &FrontMatter, into: &mut Diagnostics) {
    fn one<T: PartialEq>(source: Option<&Spanned<T>>, twin: Option<&Spanned<T>>) -> Option<[Option<Span>; 2]> {
        (source.map(|value| &value.value) != twin.map(|value| &value.value)).then(|| [source.map(|value| value.span), twin.map(|value| value.span)])
    }
    // Of two lists, the first items that differ.
    fn many<T: PartialEq>(source: Vec<(T, Span)>, twin: Vec<(T, Span)>) -> Option<[Option<Span>; 2]> {
        let at = (0..source.len().max(twin.len())).find(|at| source.get(*at).map(|(value, _)| value) != twin.get(*at).map(|(value, _)| value))?;
        Some([source, twin].map(|list| list.get(at).map(|(_, span)| *span)))
    }
    let initiatives = |front: &FrontMatter| front.initiatives.iter().map(|id| (id.value.clone(), id.span)).collect();
    let actors = |front: &FrontMatter| front.actors.iter().map(|id| (id.value.clone(), id.span)).collect();
    let cites = |front: &FrontMatter| {
        let place = |cite: &Citation| (cite.document.value.clone(), cite.at.as_ref().map(ToString::to_string));
        front.cites.iter().map(|cite| (place(cite), cite.at.as_ref().map_or(cite.document.span, |at| at.span))).collect::<Vec<_>>()
    };
    let differing = [
        ("kind", one(source.kind.as_ref(), twin.kind.as_ref())),
        ("order", one(source.order.as_ref(), twin.order.as_ref())),
        ("theme", one(source.theme.as_deref(), twin.theme.as_deref())),
        ("initiatives", many::<String>(initiatives(source), initiatives(twin))),
        ("actors", many::<String>(actors(source), actors(twin))),
        ("cites", many(cites(source), cites(twin))),
    ];
    for (key, places) in differing {
        let Some([here, there]) = places else { continue };
        let message = format!("`{key}` is not the same as in the source language");
        let diagnostic = Diagnostic::new(Code::TwinsDiffer, there.unwrap_or(twin.span), message);
        let (place, label) = here.map_or((source.span, "the source language has less"), |here| (here, "the source language"));
        let diagnostic = diagnostic.related(place, label).help("write the same in both files");
        into.push(if there.is_none() { diagnostic.label("what the source language has is missing here") } else { diagnostic });
    }
}
