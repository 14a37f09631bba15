//! A tree of files as records under their ids, whatever files they stand in.
//!
//! In: files. Out: for each record its keys and values, without comments, line breaks and the order of keys. Reports
//! nothing: a file that is not well-formed is named and left out.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Kind;
use crate::diagnostic::Diagnostics;
use crate::load::chapter;
use crate::load::paths::{DataFile, DataKind};
use crate::load::yaml::{self, Node};
use crate::locale::Languages;
use crate::source::{File, FileId, FileTree};

/// All records of a site.
pub struct Records {
    /// The languages, the source first.
    pub languages: Vec<String>,
    /// Each record under its kind and id.
    pub all: BTreeMap<(Kind, String), Value>,
}

/// A chapter in one language: the code, the front matter, the text.
type Page = (String, Map<String, Value>, String);

/// A file as a value, where it is one.
fn parse(bytes: &[u8]) -> Option<Value> {
    let mut diagnostics = Diagnostics::default();
    let text = std::str::from_utf8(bytes).ok()?;
    let node = yaml::parse(text, FileId::default(), 0, &mut diagnostics)?;
    (!diagnostics.has_errors()).then(|| value(&node))
}

fn value(node: &Node<'_>) -> Value {
    match &node.kind {
        yaml::Kind::Nothing | yaml::Kind::Broken => Value::Null,
        yaml::Kind::Scalar(text) => Value::String(flowing(text)),
        yaml::Kind::List(list) => Value::Array(list.iter().map(value).collect()),
        yaml::Kind::Map(map) => {
            let entries = map.iter().filter_map(|(key, node)| Some((key.scalar()?.to_owned(), value(node))));
            // An empty list says no more than none.
            Value::Object(entries.filter(|(_, value)| value.as_array().is_none_or(|list| !list.is_empty())).collect())
        }
    }
}

/// A text whose paragraphs are lines: where a paragraph is broken into lines says nothing.
fn flowing(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut fenced, mut in_text) = (false, false);
    for line in text.trim().lines() {
        let words = line.trim();
        let fence = words.starts_with("```") || words.starts_with("~~~");
        let rule = !words.is_empty() && words.chars().all(|c| "-=*_ ".contains(c));
        let item = ["- ", "* ", "+ ", "# ", "##", ">", "|", "[^"].iter().any(|mark| words.starts_with(mark));
        // Within a paragraph a number with a point begins a list only where it is the first.
        let number = words.split_once(['.', ')']).filter(|(_, rest)| rest.starts_with(' ')).and_then(|(number, _)| number.parse::<u32>().ok());
        let begins = fenced || fence || rule || item || number.is_some_and(|number| number == 1 || !in_text);
        let goes_on = in_text && !begins;
        in_text = !begins && !words.is_empty();
        if !out.is_empty() {
            let joins = !begins && !words.is_empty() && !out.ends_with('\n') && !out.ends_with("  ") && !out.ends_with('\\');
            out.push(if joins { ' ' } else { '\n' });
        }
        match fenced {
            true => out.push_str(line),
            false => {
                // What a line belongs to is told by how far it is set in, unless it goes on with a paragraph.
                let indent = if goes_on || words.is_empty() { 0 } else { line.len() - line.trim_start().len() };
                out.push_str(&" ".repeat(indent));
                let mut parts = words.split_whitespace();
                out.extend(parts.next());
                parts.for_each(|word| out.extend([" ", word]));
                out.push_str(if line.ends_with("  ") { "  " } else { "" });
            }
        }
        fenced ^= fence;
    }
    out
}

/// The codes of the languages of a site, in order; none where its record cannot be read.
pub fn languages(tree: &FileTree) -> Vec<String> {
    let site = tree.get(&DataKind::Site.path(&[])).and_then(|file| parse(&file.bytes));
    let list = site.as_ref().and_then(|site| site["languages"].as_array());
    list.into_iter().flatten().filter_map(|language| Some(language["code"].as_str()?.to_owned())).collect()
}

/// The files of records and chapters that are not well-formed, or of which the whole is a list where keys belong, or a word.
pub fn unreadable(tree: &FileTree) -> Vec<String> {
    let refused: BTreeSet<FileId> = tree.refused().map(|(file, _)| file).collect();
    let faulty = |file: &File| match DataFile::of(&file.path) {
        Some(data) => parse(&file.bytes).is_none_or(|record| match data.kind {
            DataKind::Traces | DataKind::Redirects | DataKind::Started => !record.is_array(),
            _ => !record.is_object(),
        }),
        None => is_chapter(&file.path) && page(&file.bytes).is_none(),
    };
    tree.entries().filter(|(id, file)| refused.contains(id) || faulty(file)).map(|(_, file)| file.path.clone()).collect()
}

fn is_chapter(path: &str) -> bool {
    path.starts_with("content/") && path.ends_with(".md")
}

/// The front matter and the text of a chapter.
fn page(bytes: &[u8]) -> Option<(Map<String, Value>, String)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (front, start) = chapter::split(text)?;
    match parse(text[front].as_bytes())? {
        Value::Object(front) => Some((front, flowing(&text[start..]))),
        _ => None,
    }
}

/// The items of a list that stands in a record, taken out of it.
fn take(record: &mut Value, key: &str) -> Vec<Value> {
    match record.as_object_mut().and_then(|record| record.remove(key)) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

fn word(record: &Value, key: &str) -> String {
    record[key].as_str().unwrap_or_default().to_owned()
}

/// The same cell in one way: an amount stands alone, so does a word, and a nought at the end says nothing.
fn cells(funding: &mut Value) {
    for cell in funding.as_object_mut().into_iter().flat_map(|cells| cells.values_mut()) {
        if let Some(map) = cell.as_object_mut() {
            if map.get("kind").is_some_and(|kind| kind == "amount") {
                map.remove("kind");
            }
            if map.len() == 1
                && let Some(alone) = map.get("amount").or(map.get("kind"))
            {
                *cell = alone.clone();
            }
        }
        let amounts: Vec<&mut Value> = match cell {
            Value::Object(map) => {
                map.iter_mut().filter(|(key, _)| matches!(key.as_str(), "amount" | "already_financed" | "difference")).map(|(_, v)| v).collect()
            }
            other => vec![other],
        };
        for amount in amounts {
            if let Some(number) = amount.as_str().and_then(|text| Decimal::from_str_exact(text).ok()) {
                *amount = Value::String(number.normalize().to_string());
            }
        }
    }
}

impl Records {
    /// The records of a site, but for the files that are left out.
    pub fn of(tree: &FileTree, languages: &[String], without: &BTreeSet<String>) -> Self {
        let mut records = Records { languages: languages.to_vec(), all: BTreeMap::new() };
        let codes = Languages::new(languages.iter().cloned());
        let prefix = tree.get(&DataKind::Council.path(&[])).and_then(|file| parse(&file.bytes)).map(|council| word(&council, "prefix"));
        let prefix = prefix.filter(|prefix| !prefix.is_empty()).unwrap_or_else(|| "R".to_owned());
        let mut chapters: BTreeMap<String, Vec<Page>> = BTreeMap::new();
        for file in tree.iter().filter(|file| !without.contains(&file.path)) {
            if let Some(data) = DataFile::of(&file.path) {
                if let Some(value) = parse(&file.bytes) {
                    records.take_in(&data, value, &prefix);
                }
            } else if let Some((section, key, locale)) = chapter::parts(&file.path, &codes)
                && let Some((front, text)) = page(&file.bytes)
            {
                chapters.entry(format!("{section}/{key}")).or_default().push((codes.code(locale).to_owned(), front, text));
            } else {
                records.add(Kind::File, file.path.clone(), Value::String(blake3_of(&file.bytes)));
            }
        }
        for (id, pages) in chapters {
            records.add(Kind::Chapter, id, whole(pages));
        }
        records
    }

    /// Keeps a record; of two with the same id, which is a fault, both.
    fn add(&mut self, kind: Kind, id: String, record: Value) {
        let mut key = (kind, id);
        while self.all.contains_key(&key) {
            key.1.push('*');
        }
        self.all.insert(key, record);
    }

    /// Keeps each of a list under its id; the record keeps their order.
    fn add_each(&mut self, kind: Kind, record: &mut Value, key: &str, id: impl Fn(&Value) -> String) {
        let list = take(record, key);
        let order: Vec<Value> = list.iter().map(|item| item["id"].clone()).collect();
        if order.iter().all(|id| !id.is_null()) && matches!(kind, Kind::Theme | Kind::CouncilChapter) {
            record.as_object_mut().into_iter().for_each(|record| drop(record.insert(key.to_owned(), Value::Array(order.clone()))));
        }
        for item in list {
            let id = id(&item);
            self.add(kind, id, item);
        }
    }

    fn take_in(&mut self, data: &DataFile<'_>, mut record: Value, prefix: &str) {
        let names = data.names.join("-");
        let by_id = |item: &Value| word(item, "id");
        match data.kind {
            // What is confirmed of translations is told by what it does.
            DataKind::Translations => {}
            DataKind::Site => self.add(Kind::Site, String::new(), record),
            DataKind::Documents | DataKind::Actors => {
                let kind = if data.kind == DataKind::Documents { Kind::Document } else { Kind::Actor };
                self.add_each(kind, &mut record, data.kind.name(), by_id);
                self.add(Kind::Site, data.kind.name().to_owned(), record);
            }
            DataKind::Council => {
                self.add_each(Kind::CouncilChapter, &mut record, "chapters", by_id);
                self.add(Kind::Council, String::new(), record);
            }
            DataKind::Strategy => {
                for theme in record.get_mut("themes").and_then(Value::as_array_mut).into_iter().flatten() {
                    theme.get_mut("stated").into_iter().for_each(cells);
                }
                self.add_each(Kind::Theme, &mut record, "themes", |theme| format!("{names}/{}", word(theme, "id")));
                record.get_mut("stated").into_iter().for_each(cells);
                record.pointer_mut("/reserve/funding").into_iter().for_each(cells);
                self.add(Kind::Strategy, names, record);
            }
            DataKind::Initiative => {
                self.add_each(Kind::Succession, &mut record, "continues", |earlier| format!("{names} → {}", word(earlier, "initiative")));
                record.get_mut("funding").into_iter().for_each(cells);
                self.add(Kind::Initiative, names, record);
            }
            DataKind::Recommendation => {
                let id = format!("{prefix}{}", names.trim_start_matches('0'));
                for (at, proposal) in take(&mut record, "proposals").into_iter().enumerate() {
                    self.add(Kind::Proposal, format!("{id}.{}", at + 1), proposal);
                }
                self.add(Kind::Recommendation, id, record);
            }
            DataKind::Traces => {
                for trace in record.as_array().into_iter().flatten() {
                    let to = trace["to"].as_str().map(|to| format!(" → {to}")).unwrap_or_default();
                    self.add(Kind::Link, format!("{}{to}", word(trace, "from")), trace.clone());
                }
            }
            DataKind::Points => {
                for section in record.get_mut("sections").and_then(Value::as_array_mut).into_iter().flatten() {
                    self.add_each(Kind::Point, section, "points", |point| format!("{names}/{}", word(point, "number")));
                }
                self.add(Kind::Point, names, record);
            }
            DataKind::People => self.add_each(Kind::Group, &mut record, "groups", by_id),
            DataKind::KeyFigures => self.add_each(Kind::KeyFigure, &mut record, "topics", by_id),
            DataKind::Glossary => self.add_each(Kind::Term, &mut record, "terms", by_id),
            DataKind::Changes => self.add_each(Kind::News, &mut record, "changes", by_id),
            DataKind::Timeline => self.add(Kind::Timeline, String::new(), record),
            DataKind::SourceNotes => self.add(Kind::SourceNote, String::new(), record),
            DataKind::Redirects => {
                for redirect in record.as_array().into_iter().flatten() {
                    self.add(Kind::Redirect, word(redirect, "from"), redirect.clone());
                }
            }
            DataKind::Figure => self.add(Kind::Figure, names, record),
            DataKind::Started => self.add(Kind::Started, names, record),
        }
    }

    /// What a record is called in the source language; a sum like the theme, or else the strategy, that it is of.
    pub fn title(&self, kind: Kind, id: &str) -> Option<String> {
        if kind == Kind::Sum {
            let (scope, _) = id.rsplit_once('/')?;
            return self.title(Kind::Theme, scope).or_else(|| self.title(Kind::Strategy, scope.rsplit_once('/')?.0));
        }
        let record = self.all.get(&(kind, id.to_owned()))?;
        if kind == Kind::Link {
            return Some([word(record, "relation"), word(record, "degree")].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", "));
        }
        ["title", "name", "term"].into_iter().find_map(|key| self.source(&record[key]))
    }

    /// A text in the source language, or one that is in no language.
    pub fn source(&self, text: &Value) -> Option<String> {
        text.as_str().or_else(|| text[self.languages.first()?].as_str()).map(str::to_owned)
    }
}

/// One record out of a chapter's pages: what all languages have alike stands once.
fn whole(pages: Vec<Page>) -> Value {
    let keys: BTreeSet<String> = pages.iter().flat_map(|(_, front, _)| front.keys().cloned()).collect();
    let mut record = Map::new();
    for key in keys {
        let values: Map<String, Value> = pages.iter().filter_map(|(code, front, _)| Some((code.clone(), front.get(&key)?.clone()))).collect();
        let first = values.values().next().cloned().unwrap_or_default();
        let alike = values.len() == pages.len() && values.values().all(|value| *value == first);
        record.insert(key, if alike && !first.is_string() { first } else { Value::Object(values) });
    }
    record.insert("text".to_owned(), pages.into_iter().map(|(code, _, text)| (code, Value::String(text))).collect::<Map<_, _>>().into());
    Value::Object(record)
}

fn blake3_of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..12].to_owned()
}

/// An id with its numbers as numbers, so that R2 stands before R10.
pub fn natural(id: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0_u64)];
    let mut in_number = false;
    for c in id.chars() {
        match c.to_digit(10) {
            Some(digit) => {
                in_number = true;
                if let Some((_, number)) = parts.last_mut() {
                    *number = number.saturating_mul(10).saturating_add(digit.into());
                }
            }
            None => {
                if std::mem::take(&mut in_number) {
                    parts.push((String::new(), 0));
                }
                if let Some((word, _)) = parts.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    parts
}
