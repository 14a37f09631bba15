//! The search of the site: an index for each language, made here and read by the theme's script in the browser.
//!
//! In: the site. Out: JSON files under names that change with their content: for each language the index, and the texts
//! in parts that are fetched when a result is shown. Every word of the index stands on a page.
//!
//! The script folds a question as [`crate::locale::fold`] folds the texts, and takes from the sorted words those that
//! are the same, share a stem with it, begin with it, or have it as a part. It needs no stemmer and no evaluation of code.

mod entries;
mod words;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::markdown::Passage;
use super::view::{Known, View};
use super::{Language, fingerprinted};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Content;
use crate::locale::Locale;
use crate::locale::fold::Folder;
use crate::model::Site;
use crate::source::{File, FileTree, Span};
use entries::Entry;

/// What results are grouped by, in the order of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Initiatives.
    Initiatives,
    /// Recommendations and proposals.
    Recommendations,
    /// Numbered points.
    Points,
    /// Strategies and their themes.
    Strategies,
    /// Chapters, cases and boxes.
    Chapters,
    /// Actors.
    Actors,
    /// Councils, groups and the people in them.
    People,
    /// Terms.
    Terms,
    /// Figures and key figures.
    Figures,
    /// Events.
    Events,
    /// Source documents.
    Documents,
}

impl Kind {
    const ALL: [Kind; 11] = [
        Kind::Initiatives,
        Kind::Recommendations,
        Kind::Points,
        Kind::Strategies,
        Kind::Chapters,
        Kind::Actors,
        Kind::People,
        Kind::Terms,
        Kind::Figures,
        Kind::Events,
        Kind::Documents,
    ];
}

/// About how many bytes of text one part has: a reader loads those in which something was found.
const PART: usize = 64 * 1024;

/// The digits of numbers in lists; the upper half says that more digits follow.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How words of a language are folded and stemmed.
pub struct Rules {
    folder: Folder,
    stemmer: Option<words::Stemmer>,
}

/// The index of a language as the script reads it; keys stand in the order of the alphabet.
#[derive(Serialize)]
struct Index<'e> {
    amounts: Vec<FoundAmount<'e>>,
    contexts: Vec<&'e str>,
    entries: Vec<Row<'e>>,
    fold: &'e [(String, String)],
    groups: String,
    kinds: [Kind; 11],
    language: &'e str,
    parts: Vec<(usize, String)>,
    postings: String,
    t: Option<&'e Value>,
    units: Vec<String>,
    words: String,
}

/// An amount, how it is written, and the entries that have it: in which years, 0 for all of them.
type FoundAmount<'e> = (&'e str, &'e str, Vec<(usize, Vec<u16>)>);

/// What the list of results shows of an entry, with the number of its context.
struct Row<'e>(&'e Entry, Option<usize>);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row(Entry { kind, url, title, id, names, .. }, context) = self;
        let kind = *kind as usize;
        // What is empty at the end is left out.
        match (context, id, names.is_empty()) {
            (None, None, true) => (kind, url, title).serialize(serializer),
            (_, None, true) => (kind, url, title, context).serialize(serializer),
            (_, _, true) => (kind, url, title, context, id).serialize(serializer),
            _ => (kind, url, title, context, id, names).serialize(serializer),
        }
    }
}

/// A text that is shown of an entry; with the anchor and the title of its heading, where it has one.
#[derive(Serialize)]
#[serde(untagged)]
enum Text<'e> {
    Plain(&'e str),
    Headed(&'e str, &'e str, &'e str),
}

/// The files of a language's index; the first is the one to load. None without rules, which was reported with them.
pub fn files(site: &Site<'_>, language: &Language, rules: Option<&Rules>) -> Vec<File> {
    let Some(Rules { folder, stemmer }) = rules else { return Vec::new() };
    if !site.for_readers {
        return vec![fingerprinted(&format!("search-{}.json", language.code), Vec::new())];
    }
    let of_page = |page: &crate::model::Page| {
        let terms = Default::default();
        entries::of(&View { site, language, known: &Known::default(), terms: &terms, here: None }, *page)
    };
    let entries: Vec<Entry> = site.pages.par_iter().flat_map_iter(of_page).collect();
    let vocabulary = words::vocabulary(&entries, folder, stemmer.as_ref());
    let parts = parts(&entries, &language.code);
    let (contexts, rows) = rows(&entries);
    let postings = vocabulary.words.iter().map(|(_, postings)| digits(postings.iter().map(|(entry, field)| entry * words::FIELDS + *field as usize)));
    let mut first = 0;
    let groups = vocabulary.groups.iter().map(|group| {
        // Each group begins after the one before.
        let steps = digits(group.iter().map(|word| word - first));
        first = group[0];
        steps
    });
    let index = Index {
        amounts: amounts(&entries),
        contexts,
        entries: rows,
        fold: folder.letters(),
        groups: joined(groups),
        kinds: Kind::ALL,
        language: &language.locale_code,
        parts: parts.iter().map(|(start, file)| (*start, format!("/{}", file.path))).collect(),
        postings: joined(postings),
        t: site.graph.content.theme.messages[language.locale].get("search"),
        units: units(site, folder),
        words: joined(vocabulary.words.iter().map(|(word, _)| word.as_str())),
    };
    let index = fingerprinted(&format!("search-{}.json", language.code), json(&index));
    std::iter::once(index).chain(parts.into_iter().map(|(_, file)| file)).collect()
}

/// How words of a language are folded and stemmed, as the theme says it; nothing where it says it wrongly.
pub fn rules(content: &Content, language: &Language, sources: &FileTree, diagnostics: &mut Diagnostics) -> Option<Rules> {
    let said = |key: &str| content.theme.word(language.locale, &format!("search.{key}")).unwrap_or_default();
    let mut fault = |message: String, help: &str| {
        diagnostics.push(Diagnostic::new(Code::Messages, place(content, language.locale, sources), message).help(help));
    };
    let (letters, name) = (said("fold"), said("stemmer"));
    let pairs: Option<Vec<_>> = letters
        .split_whitespace()
        .map(|pair| pair.split_once('=').filter(|(letter, _)| !letter.is_empty()).map(|(letter, written)| (letter.to_owned(), written.to_owned())))
        .collect();
    if pairs.is_none() {
        fault(format!("`{letters}` in `search.fold` is no list of letters"), "write each letter and what stands for it: `ä=ae ß=ss`");
    }
    let stemmer = words::stemmer(name);
    if stemmer.is_err() {
        fault(format!("`{name}` in `search.stemmer` is no algorithm of Snowball"), "write the English name of the language, as `Dutch`, or `none`");
    }
    Some(Rules { folder: Folder::new(&language.locale_code, pairs?)?, stemmer: stemmer.ok()? })
}

/// Where the theme has the words of a language.
fn place(content: &Content, locale: Locale, sources: &FileTree) -> Span {
    let theme = content.site.theme.as_ref().map_or("default", |theme| theme.value.as_str());
    let code = content.languages.code(locale);
    let file = [theme, "default"].into_iter().find_map(|theme| sources.find(&format!("themes/{theme}/messages/{code}.yaml")));
    let file = file.unwrap_or_default();
    let at = sources.text(file).and_then(|text| Some(text.find("\nsearch:")? + 1));
    at.map_or_else(|| Span::top(file), |at| Span::new(file, at..at + "search".len()))
}

fn joined(parts: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str(part.as_ref());
    }
    text
}

/// Rising numbers as the steps between them.
fn digits(numbers: impl Iterator<Item = usize>) -> String {
    let mut text = String::new();
    let mut last = 0;
    for number in numbers {
        let mut step = number - last;
        last = number;
        while step >= 32 {
            text.push(DIGITS[32 + step % 32] as char);
            step /= 32;
        }
        text.push(DIGITS[step] as char);
    }
    text
}

/// What the list of results shows of each entry; the works they stand in are written once.
fn rows(entries: &[Entry]) -> (Vec<&str>, Vec<Row<'_>>) {
    let mut contexts: Vec<&str> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let rows = entries.iter().map(|entry| {
        let number = |context| {
            *known.entry(context).or_insert_with(|| {
                contexts.push(context);
                contexts.len() - 1
            })
        };
        Row(entry, entry.context.as_deref().map(number))
    });
    let rows = rows.collect();
    (contexts, rows)
}

/// Every amount of the entries.
fn amounts(entries: &[Entry]) -> Vec<FoundAmount<'_>> {
    let mut all: BTreeMap<(&str, &str), BTreeMap<usize, Vec<u16>>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for amount in &entry.amounts {
            all.entry((&amount.value, &amount.money)).or_default().entry(at).or_default().push(amount.year.unwrap_or(0));
        }
    }
    all.into_iter().map(|((value, money), at)| (value, money, at.into_iter().collect())).collect()
}

/// The words that can stand beside an amount: those of the units, in every language.
fn units(site: &Site<'_>, folder: &Folder) -> Vec<String> {
    let graph = &site.graph;
    let units = graph.strategies.iter().map(|node| &node.strategy.record.unit);
    let texts =
        units.flat_map(|unit| unit.form.iter().map(|form| form.value.as_str()).chain(unit.label.iter().map(String::as_str)).chain([unit.currency.as_str()]));
    let mut words: Vec<String> = Vec::new();
    for text in texts {
        folder.words(&text.replace("{amount}", " "), |word| words.push(folder.fold(&folder.lower(word))));
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// The summaries and texts of the entries in parts, each with its first entry.
fn parts(entries: &[Entry], code: &str) -> Vec<(usize, File)> {
    let (mut ranges, mut start, mut size) = (Vec::new(), 0, 0);
    for (at, entry) in entries.iter().enumerate() {
        size += entry.summary.len() + entry.passages.iter().map(|passage| passage.text.len()).sum::<usize>();
        if size >= PART || at + 1 == entries.len() {
            ranges.push(start..at + 1);
            (start, size) = (at + 1, 0);
        }
    }
    let file = |(number, range): (usize, Range<usize>)| {
        let texts: Vec<Vec<Text<'_>>> = entries[range.clone()].iter().map(texts).collect();
        (range.start, fingerprinted(&format!("search-{code}-{}.json", number + 1), json(&texts)))
    };
    ranges.into_par_iter().enumerate().map(file).collect()
}

/// The summary and the texts of an entry.
fn texts<'e>(entry: &'e Entry) -> Vec<Text<'e>> {
    let text = |passage: &'e Passage| match &passage.heading {
        Some(heading) => Text::Headed(&passage.text, &heading.id, &heading.title),
        None => Text::Plain(&passage.text),
    };
    std::iter::once(Text::Plain(&entry.summary)).chain(entry.passages.iter().map(text)).collect()
}

/// As JSON.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("memory takes all of it, and all keys are texts")
}
