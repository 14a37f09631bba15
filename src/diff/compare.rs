//! Two records, key by key.
//!
//! In: the records of two sites. Out: what was added, what was removed, and of what changed each value, old and new. What
//! stands in a list is found again by its id, or by what it says; that a list has another order is said as such.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::Value;

use super::records::Records;
use super::{Change, Field, Kind, Verb};
use crate::load::value::{Amount, Degree, with_decimals};
use crate::locale::format::Formatter;

/// Every record that is not as before.
pub fn records(old: &Records, new: &Records) -> Vec<Change> {
    let languages: BTreeSet<&str> = old.languages.iter().chain(&new.languages).map(String::as_str).collect();
    let keys: BTreeSet<&(Kind, String)> = old.all.keys().chain(new.all.keys()).collect();
    let mut changes = Vec::new();
    for key @ (kind, id) in keys {
        let (before, after) = (old.all.get(key), new.all.get(key));
        let mut fields = Vec::new();
        let change = match (before, after) {
            (None, _) => Verb::Added,
            (_, None) => Verb::Removed,
            (Some(before), Some(after)) if before == after => continue,
            (Some(before), Some(after)) => {
                Walk { languages: &languages, fields: &mut fields }.values("", Some(before), Some(after));
                let degree = |record: &Value| record["degree"].as_str().and_then(rank);
                match (degree(before), degree(after)) {
                    (Some(before), Some(after)) if *kind == Kind::Link && before < after => Verb::Strengthened,
                    (Some(before), Some(after)) if *kind == Kind::Link && before > after => Verb::Weakened,
                    _ => Verb::Changed,
                }
            }
        };
        let title = new.title(*kind, id).or_else(|| old.title(*kind, id));
        changes.push(Change { kind: *kind, id: id.clone(), title, change, fields });
    }
    changes
}

/// How far a degree goes, weakest first; a relation has degrees of its own.
fn rank(degree: &str) -> Option<usize> {
    Degree::WORDS.iter().rev().position(|known| *known == degree)
}

struct Walk<'w> {
    languages: &'w BTreeSet<&'w str>,
    fields: &'w mut Vec<Field>,
}

impl Walk<'_> {
    fn values(&mut self, name: &str, old: Option<&Value>, new: Option<&Value>) {
        let below = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
        match (old, new) {
            (old, new) if old == new => {}
            (Some(Value::Array(old)), Some(Value::Array(new))) => self.lists(name, old, new),
            (Some(Value::Object(_)), Some(Value::Object(_))) => {
                for key in keys(old, new) {
                    let (old, new) = (old.and_then(|old| old.get(key)), new.and_then(|new| new.get(key)));
                    match self.languages.contains(key) && !name.is_empty() {
                        true => self.leaf(name, Some(key), old, new),
                        false => self.values(&below(key), old, new),
                    }
                }
            }
            // A text that is new or gone is told in each language.
            (Some(Value::Object(map)), None) | (None, Some(Value::Object(map))) if map.keys().all(|key| self.languages.contains(key.as_str())) => {
                for key in keys(old, new) {
                    self.leaf(name, Some(key), old.and_then(|old| old.get(key)), new.and_then(|new| new.get(key)));
                }
            }
            _ => self.leaf(name, None, old, new),
        }
    }

    fn leaf(&mut self, name: &str, language: Option<&str>, old: Option<&Value>, new: Option<&Value>) {
        if let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) {
            return self.lists(&format!("{name}.{}", language.unwrap_or_default()), old, new);
        }
        if old != new {
            let field = Field { name: name.to_owned(), language: language.map(str::to_owned), old: old.map(inline), new: new.map(inline), money: None };
            self.fields.push(field);
        }
    }

    fn lists(&mut self, name: &str, old: &[Value], new: &[Value]) {
        let mut gone: Vec<(usize, &Value)> = old.iter().enumerate().collect();
        let mut come: Vec<(usize, &Value)> = Vec::new();
        let mut order = Vec::new();
        for (at, item) in new.iter().enumerate() {
            match gone.iter().position(|(_, other)| *other == item) {
                Some(place) => order.push(gone.remove(place).0),
                None => come.push((at, item)),
            }
        }
        if !order.is_sorted() {
            let told = |list: &[Value]| Some(list.iter().map(|item| key(item).unwrap_or_else(|| inline(item))).collect::<Vec<_>>().join("; "));
            self.fields.push(Field { name: format!("order of {name}"), language: None, old: told(old), new: told(new), money: None });
        }
        // An item under the same key is the same item; of those without a key, records are told apart by their place.
        for (at, item) in come {
            let same = match (key(item), item) {
                (Some(id), _) => gone.iter().position(|(_, other)| key(other).as_ref() == Some(&id)),
                (None, Value::Object(map)) if !is_citation(map) => gone.iter().position(|(_, other)| other.is_object() && key(other).is_none()),
                _ => None,
            };
            match same {
                Some(place) => {
                    let (_, before) = gone.remove(place);
                    self.values(&format!("{name}.{}", key(item).unwrap_or_else(|| (at + 1).to_string())), Some(before), Some(item));
                }
                None => self.fields.push(Field { name: name.to_owned(), language: None, old: None, new: Some(inline(item)), money: None }),
            }
        }
        for (_, item) in gone {
            self.fields.push(Field { name: name.to_owned(), language: None, old: Some(inline(item)), new: None, money: None });
        }
    }
}

fn keys<'v>(old: Option<&'v Value>, new: Option<&'v Value>) -> BTreeSet<&'v str> {
    [old, new].into_iter().flatten().filter_map(Value::as_object).flat_map(|map| map.keys().map(String::as_str)).collect()
}

/// What an item of a list is known by.
fn key(item: &Value) -> Option<String> {
    ["id", "number", "initiative", "code", "name", "label", "date"].into_iter().find_map(|key| item.get(key)).map(inline)
}

fn is_citation(map: &serde_json::Map<String, Value>) -> bool {
    map.contains_key("document") && map.keys().all(|key| key == "document" || key == "at")
}

/// A value in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(inline).collect::<Vec<_>>().join("; "),
        Value::Object(map) if is_citation(map) => ["document", "at"].into_iter().filter_map(|key| map.get(key)).map(inline).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map.iter().map(|(key, value)| format!("{key}: {}", inline(value))).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Writes amounts as the site does, in its source language, with what lies between old and new.
pub fn money(changes: &mut [Change], old: &Records, new: &Records) {
    for change in changes {
        let strategy = change.id.split(['/', '-']).next().unwrap_or_default();
        // The id of a strategy can have hyphens itself.
        let strategy = match change.kind {
            Kind::Strategy => change.id.as_str(),
            Kind::Theme | Kind::Sum => change.id.split('/').next().unwrap_or_default(),
            Kind::Initiative => change.id.rsplit_once('-').map_or(strategy, |(strategy, _)| strategy),
            _ => continue,
        };
        let units = [old, new].map(|records| Unit::of(records, strategy));
        for field in &mut change.fields {
            let parts: Vec<&str> = field.name.split('.').collect();
            let is_amount = change.kind == Kind::Sum
                || (parts.contains(&"funding") || parts[0] == "stated") && !matches!(parts.last(), Some(&("kind" | "note" | "printed" | "explanation")));
            if is_amount && field.language.is_none() {
                field.money = written(field, &units);
            }
        }
    }
}

/// How a strategy writes its amounts.
struct Unit {
    decimals: u32,
    form: String,
    formatter: Formatter,
}

impl Unit {
    fn of(records: &Records, strategy: &str) -> Option<Unit> {
        let unit = &records.all.get(&(Kind::Strategy, strategy.to_owned()))?["unit"];
        let site = records.all.get(&(Kind::Site, String::new()))?;
        let language = site["languages"].get(0)?;
        let formatter = Formatter::new(language["locale"].as_str().or(language["code"].as_str())?)?;
        Some(Unit { decimals: unit["decimals"].as_str()?.parse().ok()?, form: records.source(&unit["form"])?, formatter })
    }

    fn number(&self, amount: Decimal) -> String {
        self.formatter.number(with_decimals(amount, self.decimals))
    }
}

fn written(field: &Field, [old_unit, new_unit]: &[Option<Unit>; 2]) -> Option<[Option<String>; 3]> {
    let amount = |text: &Option<String>| text.as_deref().and_then(|text| Some(Amount::parse(text).ok()?.0));
    let (old, new) = (amount(&field.old), amount(&field.new));
    let form = |unit: &Option<Unit>, amount: Decimal| unit.as_ref().map(|unit| unit.form.replace("{amount}", &unit.number(amount)));
    old.or(new)?;
    let between = old.zip(new).filter(|_| old_unit.as_ref().map(|unit| &unit.form) == new_unit.as_ref().map(|unit| &unit.form));
    let between = between.and_then(|(old, new)| {
        let sign = if new > old { "+" } else { "" };
        Some(format!("{sign}{}", new_unit.as_ref()?.number(new - old)))
    });
    let or_text = |written: Option<String>, text: &Option<String>| written.or_else(|| text.clone());
    Some([or_text(old.and_then(|amount| form(old_unit, amount)), &field.old), or_text(new.and_then(|amount| form(new_unit, amount)), &field.new), between])
}
