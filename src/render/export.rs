//! Open data: the records, the money and the links as JSON and CSV.
//!
//! In: the site. Out: files below `data/`, UTF-8, with decimal points and in a stable order. Their names and columns
//! are a contract with those who use them; texts stand in every language, the rest is the same for all.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::check::{Cite, InitiativeId, RecommendationId, Scope};
use crate::load::record::Cell;
use crate::locale::Localized;
use crate::model::{Page, Site, address};
use crate::source::File;

/// Every export.
pub fn files(site: &Site<'_>) -> Vec<File> {
    let mut files = vec![
        file("initiatives.json", json_lines(initiatives(site))),
        file("funding.csv", funding(site)),
        file("totals.csv", totals(site)),
        file("continues.csv", continues(site)),
    ];
    if site.graph.council.is_some() {
        files.push(file("recommendations.json", json_lines(recommendations(site))));
        files.push(file("traceability.csv", traceability(site)));
    }
    files
}

fn file(name: &str, bytes: Vec<u8>) -> File {
    File { path: format!("data/{name}"), bytes }
}

/// An array with a line for each item, so that a change of one record is a change of one line.
fn json_lines(items: impl Iterator<Item = impl Serialize>) -> Vec<u8> {
    let lines: Vec<String> = items.filter_map(|item| serde_json::to_string(&item).ok()).collect();
    format!("[\n{}\n]\n", lines.join(",\n")).into_bytes()
}

/// A value in every language, by code.
fn localized<T: Serialize>(site: &Site<'_>, value: impl Fn(crate::locale::Locale) -> T) -> Value {
    let languages = &site.graph.content.languages;
    let entries: Map<String, Value> = languages.iter().map(|locale| (languages.code(locale).to_owned(), json!(value(locale)))).collect();
    Value::Object(entries)
}

fn text(site: &Site<'_>, text: &Localized<String>) -> Value {
    localized(site, |locale| text[locale].as_str())
}

fn url(site: &Site<'_>, page: Page) -> Value {
    localized(site, |locale| address::path(site, page, locale))
}

fn cites(site: &Site<'_>, cites: &[Cite<'_>]) -> Vec<Value> {
    cites.iter().map(|cite| json!({ "document": site.graph.documents[cite.document.0].id.value.as_str(), "at": cite.at.map(ToString::to_string) })).collect()
}

/// A decimal as a JSON number; amounts have at most fifteen digits, which JSON numbers keep.
fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or_else(|_| amount.to_string().into())
}

fn initiatives<'s>(site: &'s Site<'_>) -> impl Iterator<Item = Value> + 's {
    site.graph.initiatives.iter().enumerate().map(move |(at, node)| {
        let record = &node.initiative.record;
        let funding = years(site, InitiativeId(at)).map(|(year, cell)| {
            json!({ "year": year, "kind": cell.kind.value.word(), "amount": cell.kind.value.amount().map(|amount| number(amount.0)),
                    "note": cell.note.as_ref().map(|note| text(site, note)),
                    "already_financed": cell.already_financed.as_ref().map(|amount| number(amount.0)), "printed": cell.printed.as_ref().map(|printed| &printed.value) })
        });
        let actors: Vec<&str> = node.actors.iter().map(|actor| site.graph.actors[actor.0].id.value.as_str()).collect();
        let continues: Vec<&str> = node.continues.iter().map(|earlier| site.graph.initiatives[earlier.earlier.0].initiative.id.as_str()).collect();
        json!({
            "id": node.initiative.id,
            "strategy": node.initiative.strategy,
            "number": node.initiative.number,
            "kind": record.kind.map_or("commitment", |kind| kind.word()),
            "theme": record.theme.value,
            "title": text(site, &record.title),
            "summary": text(site, &record.summary),
            "url": url(site, Page::Initiative(InitiativeId(at))),
            "actors": actors,
            "cites": cites(site, &node.cites),
            "continues": continues,
            "funding": funding.collect::<Vec<_>>(),
        })
    })
}

fn recommendations<'s>(site: &'s Site<'_>) -> impl Iterator<Item = Value> + 's {
    site.graph.recommendations.iter().enumerate().map(move |(at, node)| {
        let record = &node.recommendation.record;
        let proposals = node.proposals.iter().map(|proposal| {
            let node = &site.graph.proposals[proposal.0];
            json!({ "id": node.id, "title": text(site, &node.record.title), "summary": text(site, &node.record.summary) })
        });
        json!({
            "id": node.id,
            "chapter": record.chapter.value,
            "title": text(site, &record.title),
            "summary": text(site, &record.summary),
            "url": url(site, Page::Recommendation(RecommendationId(at))),
            "proposals": proposals.collect::<Vec<_>>(),
        })
    })
}

/// The cells of an initiative in the order of the strategy's years.
fn years<'s>(site: &'s Site<'_>, id: InitiativeId) -> impl Iterator<Item = (u16, &'s Cell)> {
    let node = &site.graph.initiatives[id.0];
    let years = &site.graph.strategies[node.strategy.0].strategy.record.years;
    years.iter().filter_map(|year| Some((year.value.0, node.initiative.record.funding.value.get(&year.value)?)))
}

/// Rows of a CSV file.
struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    fn new(columns: &[String]) -> Self {
        let mut csv = Csv(csv::Writer::from_writer(Vec::new()));
        csv.row(columns);
        csv
    }

    fn row(&mut self, values: &[String]) {
        self.0.write_record(values).expect("memory takes every row, and all rows of a file have the length of its header");
    }

    fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}

/// Fixed columns and, where a name ends in `_*`, one for each language.
fn columns(site: &Site<'_>, names: &[&str]) -> Vec<String> {
    let expand = |name: &&str| match name.strip_suffix('*') {
        Some(stem) => site.graph.content.languages.codes().map(|code| format!("{stem}{code}")).collect(),
        None => vec![(*name).to_owned()],
    };
    names.iter().flat_map(expand).collect()
}

fn texts(site: &Site<'_>, text: Option<&Localized<String>>) -> Vec<String> {
    site.graph.content.languages.iter().map(|locale| text.map_or_else(String::new, |text| text[locale].clone())).collect()
}

/// Document and place of a citation, as two values.
fn place(site: &Site<'_>, cite: Option<&Cite<'_>>) -> [String; 2] {
    let document = cite.map(|cite| site.graph.documents[cite.document.0].id.to_string());
    [document.unwrap_or_default(), cite.and_then(|cite| cite.at).map(ToString::to_string).unwrap_or_default()]
}

fn funding(site: &Site<'_>) -> Vec<u8> {
    let mut csv =
        Csv::new(&columns(site, &["strategy", "theme", "initiative", "number", "year", "kind", "amount", "unit", "price_level", "note_*", "document", "at"]));
    for (at, strategy) in site.graph.strategies.iter().enumerate() {
        let record = &strategy.strategy.record;
        let unit = format!("{} {}", record.unit.currency, record.unit.scale);
        let level = record.price_level.as_ref().map_or("not-stated".to_owned(), |level| level[crate::locale::Locale::SOURCE].clone());
        let mut line = |head: [String; 4], year: u16, cell: &Cell, cite: Option<&Cite<'_>>| {
            let mut row = vec![strategy.strategy.id.clone()];
            row.extend(head.into_iter().skip(1));
            let amount = cell.kind.value.amount().map(|amount| amount.0.to_string()).unwrap_or_default();
            row.extend([year.to_string(), cell.kind.value.word().to_owned(), amount, unit.clone(), level.clone()]);
            row.extend(texts(site, cell.note.as_ref()));
            row.extend(place(site, cite));
            csv.row(&row);
        };
        for id in &strategy.initiatives {
            let node = &site.graph.initiatives[id.0];
            for (year, cell) in years(site, *id) {
                let head = [String::new(), node.initiative.record.theme.value.clone(), node.initiative.id.clone(), node.initiative.number.to_string()];
                line(head, year, cell, node.row.as_ref().or(node.cites.first()));
            }
        }
        if let Some(reserve) = &record.reserve {
            for year in &record.years {
                if let Some(cell) = reserve.funding.get(&year.value) {
                    line([String::new(), "reserve".into(), String::new(), String::new()], year.value.0, cell, site.graph.strategies[at].reserve_cites.first());
                }
            }
        }
    }
    csv.bytes()
}

fn totals(site: &Site<'_>) -> Vec<u8> {
    let mut csv = Csv::new(&columns(site, &["strategy", "scope", "year", "stated", "computed", "difference", "explanation_*"]));
    for strategy in &site.graph.strategies {
        let decimals = strategy.strategy.record.unit.decimals.value;
        let written = |mut amount: Decimal| {
            amount.rescale(decimals.max(amount.normalize().scale()));
            amount.to_string()
        };
        for sums in &strategy.sums {
            let scope = match sums.scope {
                Scope::Theme(theme) => site.graph.themes[theme.0].record.id.to_string(),
                Scope::Reserve => "reserve".into(),
                Scope::Total => "total".into(),
            };
            for sum in &sums.years {
                let mut row = vec![strategy.strategy.id.clone(), scope.clone(), sum.year.to_string()];
                row.extend([
                    sum.stated.map(written).unwrap_or_default(),
                    sum.computed.map(written).unwrap_or_default(),
                    sum.difference().map(written).unwrap_or_default(),
                ]);
                row.extend(texts(site, sum.explanation));
                csv.row(&row);
            }
        }
    }
    csv.bytes()
}

fn traceability(site: &Site<'_>) -> Vec<u8> {
    let mut csv = Csv::new(&columns(site, &["recommendation", "proposal", "initiative", "strategy", "relation", "degree", "document", "at", "rationale_*"]));
    for trace in &site.graph.traces {
        let proposal = &site.graph.proposals[trace.from.0];
        let initiative = trace.to.map(|end| site.graph.initiatives[end.initiative.0].initiative);
        let mut row = vec![site.graph.recommendations[proposal.recommendation.0].id.clone(), proposal.id.clone()];
        row.push(initiative.map(|initiative| initiative.id.clone()).unwrap_or_default());
        row.push(initiative.map(|initiative| initiative.strategy.clone()).unwrap_or_default());
        row.extend([trace.relation().word().to_owned(), trace.to.map(|end| end.degree.word().to_owned()).unwrap_or_default()]);
        row.extend(place(site, trace.evidence.first()));
        row.extend(texts(site, Some(&trace.record.rationale)));
        csv.row(&row);
    }
    csv.bytes()
}

fn continues(site: &Site<'_>) -> Vec<u8> {
    let mut csv = Csv::new(&columns(site, &["from", "to", "document", "at", "rationale_*"]));
    for node in &site.graph.initiatives {
        for earlier in &node.continues {
            let mut row = vec![node.initiative.id.clone(), site.graph.initiatives[earlier.earlier.0].initiative.id.clone()];
            row.extend(place(site, earlier.evidence.first()));
            row.extend(texts(site, Some(&earlier.record.rationale)));
            csv.row(&row);
        }
    }
    csv.bytes()
}
