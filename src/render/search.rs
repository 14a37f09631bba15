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

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::markdown::Passage;
use super::view::{Known, View, word};
use super::{Language, fingerprinted};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
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

/// About how many bytes of text one part has.
const PART: usize = 64 * 1024;

/// The digits of numbers in lists; the upper half says that more digits follow.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How words of a language are folded and stemmed.
pub struct Rules {
    folder: Folder,
    stemmer: Option<words::Stemmer>,
}

/// The files of a language's index; the first is the one to load. None without rules, which was reported with them.
pub fn files(site: &Site<'_>, language: &Language, rules: Option<&Rules>) -> Vec<File> {
    let Some(Rules { folder, stemmer }) = rules else { return Vec::new() };
    if !site.for_readers {
        return vec![fingerprinted(&format!("search-{}.json", language.code), Vec::new())];
    }
    let of_page = |page: &crate::model::Page| {
        let terms = Default::default();
        entries::of(&View { site, language, known: &Known::default(), terms: &terms }, *page)
    };
    let entries: Vec<Entry> = site.pages.par_iter().flat_map_iter(of_page).collect();
    let vocabulary = words::vocabulary(&entries, folder, stemmer.as_ref());
    let parts = parts(&entries, &language.code);
    let starts: Vec<Value> = parts.iter().map(|(start, file)| json!([start, format!("/{}", file.path)])).collect();
    let (contexts, rows) = rows(&entries);
    let postings = vocabulary.words.iter().map(|(_, postings)| digits(postings.iter().map(|(entry, field)| entry * words::FIELDS + *field as usize)));
    let mut first = 0;
    let groups = vocabulary.groups.iter().map(|group| {
        // Each group begins after the one before.
        let steps = digits(group.iter().map(|word| word - first));
        first = group[0];
        steps
    });
    let index = json!({
        "words": joined(vocabulary.words.iter().map(|(word, _)| word.as_str())),
        "postings": joined(postings),
        "groups": joined(groups),
        "entries": rows,
        "contexts": contexts,
        "kinds": Kind::ALL,
        "amounts": amounts(&entries),
        "units": units(site, folder),
        "parts": starts,
        "fold": folder.letters(),
        "language": language.locale_code,
        "t": site.graph.content.theme.messages[language.locale].get("search"),
    });
    let index = fingerprinted(&format!("search-{}.json", language.code), index.to_string().into_bytes());
    std::iter::once(index).chain(parts.into_iter().map(|(_, file)| file)).collect()
}

/// How words of a language are folded and stemmed, as the theme says it; nothing where it says it wrongly.
pub fn rules(site: &Site<'_>, language: &Language, sources: &FileTree, diagnostics: &mut Diagnostics) -> Option<Rules> {
    let said = |key: &str| word(site, language.locale, &format!("search.{key}")).unwrap_or_default();
    let mut fault = |message: String, help: &str| {
        diagnostics.push(Diagnostic::new(Code::Messages, place(site, language.locale, sources), message).help(help));
    };
    let (letters, name) = (said("fold"), said("stemmer"));
    let pairs: Option<Vec<_>> =
        letters.split_whitespace().map(|pair| pair.split_once('=').map(|(letter, written)| (letter.to_owned(), written.to_owned()))).collect();
    if pairs.is_none() {
        fault(format!("`{letters}` in `search.fold` is no list of letters"), "write each letter and what stands for it: `ä=ae ß=ss`");
    }
    let stemmer = words::stemmer(&name);
    if stemmer.is_err() {
        fault(format!("`{name}` in `search.stemmer` is no algorithm of Snowball"), "write the English name of the language, as `Dutch`, or `none`");
    }
    Some(Rules { folder: Folder::new(&language.locale_code, pairs?)?, stemmer: stemmer.ok()? })
}

/// Where the theme has the words of a language.
fn place(site: &Site<'_>, locale: Locale, sources: &FileTree) -> Span {
    let content = site.graph.content;
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
fn rows(entries: &[Entry]) -> (Vec<&str>, Vec<Value>) {
    let mut contexts: Vec<&str> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let row = |entry: &Entry, context: Option<usize>| {
        let mut row = vec![json!(entry.kind as usize), json!(entry.url), json!(entry.title), json!(context), json!(entry.id), json!(entry.names)];
        // What is empty at the end is left out.
        while row.last().is_some_and(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
            row.pop();
        }
        Value::from(row)
    };
    let rows = entries.iter().map(|entry| {
        let number = |context| {
            *known.entry(context).or_insert_with(|| {
                contexts.push(context);
                contexts.len() - 1
            })
        };
        row(entry, entry.context.as_deref().map(number))
    });
    let rows = rows.collect();
    (contexts, rows)
}

/// Every amount with how it is written and the entries that have it: in which years, 0 for all of them.
fn amounts(entries: &[Entry]) -> Vec<Value> {
    let mut all: BTreeMap<(&str, &str), BTreeMap<usize, Vec<u16>>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for amount in &entry.amounts {
            all.entry((&amount.value, &amount.money)).or_default().entry(at).or_default().push(amount.year.unwrap_or(0));
        }
    }
    all.into_iter().map(|((value, money), at)| json!([value, money, at.into_iter().collect::<Vec<_>>()])).collect()
}

/// The words that can stand beside an amount: those of the units, in every language.
fn units(site: &Site<'_>, folder: &Folder) -> Vec<String> {
    let graph = &site.graph;
    let units = graph.strategies.iter().map(|node| &node.strategy.record.unit);
    let texts =
        units.flat_map(|unit| unit.form.iter().map(|form| form.value.as_str()).chain(unit.label.iter().map(String::as_str)).chain([unit.currency.as_str()]));
    let bare = texts.map(|text| text.replace("{amount}", " "));
    let mut words: Vec<String> =
        bare.flat_map(|text| folder.words(&text).into_iter().map(|range| folder.fold(&folder.lower(&text[range]))).collect::<Vec<_>>()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The summaries and texts of the entries in parts, each with its first entry.
fn parts(entries: &[Entry], code: &str) -> Vec<(usize, File)> {
    let text = |passage: &Passage| match &passage.heading {
        Some(heading) => json!([passage.text, heading.id, heading.title]),
        None => json!(passage.text),
    };
    let whole = |entry: &Entry| Value::from_iter(std::iter::once(json!(entry.summary)).chain(entry.passages.iter().map(text)));
    let mut parts: Vec<(usize, Vec<Value>)> = Vec::new();
    let mut size = PART;
    for (at, entry) in entries.iter().enumerate() {
        if size >= PART {
            parts.push((at, Vec::new()));
            size = 0;
        }
        size += entry.summary.len() + entry.passages.iter().map(|passage| passage.text.len()).sum::<usize>();
        parts.iter_mut().next_back().into_iter().for_each(|(_, part)| part.push(whole(entry)));
    }
    let file = |(number, (start, part)): (usize, (usize, Vec<Value>))| {
        (start, fingerprinted(&format!("search-{code}-{}.json", number + 1), Value::from(part).to_string().into_bytes()))
    };
    parts.into_par_iter().enumerate().map(file).collect()
}
