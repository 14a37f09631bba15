//! Open data: the records, the money and the links as tables, as a workbook and as JSON, and a package that describes them.
//!
//! In: the site. Out: files below `data/`, UTF-8, with decimal points and in a stable order. Their names and columns
//! are a contract with those who use them; texts stand in every language, the rest is the same for all.

mod package;
mod table;
mod tables;
mod workbook;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Deref;

use crate::check::{Cite, InitiativeId, ProposalId, RecommendationId, StrategyId};
use crate::load::record::money::Cell;
use crate::locale::{Locale, Localized};
use crate::model::{Page, Site, address};
use crate::source::File;
pub use table::{Column, Table};

/// A file that can be downloaded.
pub struct Download {
    /// Its name below `data/`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// All rows of the table at this place.
    Table(usize),
    /// The rows of the table that belong to a strategy.
    Part(usize, StrategyId),
    /// Every table, as a workbook.
    Workbook,
    /// Records with lists inside, under the theme's word for them.
    Records(&'static str),
    /// What the other files are.
    Package,
}

/// All open data.
#[derive(Default)]
pub struct Exports {
    /// What the files are made of.
    pub tables: Vec<Table>,
    /// The files, in the order they are shown.
    pub downloads: Vec<Download>,
}

impl Exports {
    /// The files to publish.
    pub fn files(self) -> impl Iterator<Item = File> {
        self.downloads.into_iter().map(|download| File { path: format!("data/{}", download.name), bytes: download.bytes })
    }
}

/// The name of the file with a strategy's part of the funding table.
pub fn funding_of(strategy: &str) -> String {
    format!("funding-{strategy}.csv")
}

/// Every export.
pub fn build(site: &Site<'_>) -> Exports {
    let tables = tables::all(site);
    let mut downloads = Vec::new();
    let mut add = |name: String, content: Content, bytes: Vec<u8>| downloads.push(Download { name, bytes, content });
    add(WORKBOOK.to_owned(), Content::Workbook, if site.for_readers { workbook::workbook(&tables) } else { Vec::new() });
    for (at, table) in tables.iter().enumerate() {
        add(format!("{}.csv", table.name), Content::Table(at), table.csv(|_| true));
        if table.name == "funding" {
            for (strategy, node) in site.graph.strategies.iter().enumerate() {
                let id = &node.strategy.id;
                add(funding_of(id), Content::Part(at, StrategyId(strategy)), table.csv(|row| row.first() == Some(id)));
            }
        }
    }
    add("initiatives.json".to_owned(), Content::Records("initiatives"), json_lines(initiatives(site)));
    if site.graph.council.is_some() {
        add("recommendations.json".to_owned(), Content::Records("recommendations"), json_lines(recommendations(site)));
    }
    let package = package::package(site, &tables, &downloads);
    downloads.push(Download { name: "datapackage.json".to_owned(), bytes: package, content: Content::Package });
    Exports { tables, downloads }
}

/// The names of all files with data, without making them.
pub fn names(site: &Site<'_>) -> Vec<String> {
    let advice = site.graph.council.is_some();
    let tables = tables::NAMES.into_iter().filter(|(_, of_advice)| advice || !of_advice).map(|(name, _)| format!("{name}.csv"));
    let records = [("initiatives.json", true), ("recommendations.json", advice)];
    let records = records.into_iter().filter(|(_, there)| *there).map(|(name, _)| name.to_owned());
    std::iter::once(WORKBOOK.to_owned()).chain(tables).chain(records).collect()
}

/// The name of the workbook.
pub const WORKBOOK: &str = "strategies.xlsx";

/// An array with a line for each item, so that a change of one record is a change of one line.
fn json_lines(items: impl Iterator<Item = impl Serialize>) -> Vec<u8> {
    let mut lines = b"[\n".to_vec();
    for (at, item) in items.enumerate() {
        lines.extend_from_slice(if at == 0 { b"" } else { b",\n" });
        serde_json::to_writer(&mut lines, &item).expect("memory takes every line, and all keys are texts");
    }
    lines.extend_from_slice(b"\n]\n");
    lines
}

/// A value in every language, by code.
type Each<'s, T> = BTreeMap<&'s str, T>;

fn each<'s, T>(site: &'s Site<'_>, value: impl Fn(Locale) -> T) -> Each<'s, T> {
    let languages = &site.graph.content.languages;
    languages.iter().map(|locale| (languages.code(locale), value(locale))).collect()
}

fn text<'s>(site: &'s Site<'_>, text: &'s Localized<impl Deref<Target = str>>) -> Each<'s, &'s str> {
    each(site, |locale| &*text[locale])
}

fn url<'s>(site: &'s Site<'_>, page: Page) -> Each<'s, String> {
    each(site, |locale| address::path(site, page, locale))
}

/// A decimal as a JSON number; amounts have at most fifteen digits, which JSON numbers keep.
pub fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or_else(|_| amount.to_string().into())
}

// The keys of what follows stand in the order of the alphabet.

/// An initiative with what is listed in it.
#[derive(Serialize)]
struct InitiativeLine<'s> {
    actors: Vec<&'s str>,
    cites: Vec<CiteLine<'s>>,
    continues: Vec<&'s str>,
    funding: Vec<CellLine<'s>>,
    id: &'s str,
    kind: &'s str,
    number: u32,
    strategy: &'s str,
    summary: Each<'s, &'s str>,
    theme: &'s str,
    title: Each<'s, &'s str>,
    url: Each<'s, String>,
}

/// A cell of its funding.
#[derive(Serialize)]
struct CellLine<'s> {
    already_financed: Option<Value>,
    amount: Option<Value>,
    kind: &'s str,
    note: Option<Each<'s, &'s str>>,
    printed: Option<&'s str>,
    year: u16,
}

/// A place in a document.
#[derive(Serialize)]
struct CiteLine<'s> {
    at: Option<String>,
    document: &'s str,
}

/// A recommendation with its proposals.
#[derive(Serialize)]
struct RecommendationLine<'s> {
    chapter: &'s str,
    id: &'s str,
    proposals: Vec<ProposalLine<'s>>,
    summary: Each<'s, &'s str>,
    title: Each<'s, &'s str>,
    url: Each<'s, String>,
}

/// A proposal of it.
#[derive(Serialize)]
struct ProposalLine<'s> {
    id: &'s str,
    summary: Each<'s, &'s str>,
    title: Each<'s, &'s str>,
}

fn initiatives<'s>(site: &'s Site<'_>) -> impl Iterator<Item = InitiativeLine<'s>> {
    site.graph.initiatives.iter().enumerate().map(move |(at, node)| {
        let record = &node.initiative.record;
        let cell = |(year, cell): (u16, &'s Cell)| CellLine {
            already_financed: cell.already_financed.as_ref().map(|amount| number(amount.0)),
            amount: cell.kind.value.amount().map(|amount| number(amount.0)),
            kind: cell.kind.value.word(),
            note: cell.note.as_ref().map(|note| text(site, note)),
            printed: cell.printed.as_ref().map(|printed| printed.value.as_str()),
            year,
        };
        let cite = |cite: &Cite<'_>| CiteLine { at: cite.at.map(ToString::to_string), document: site.graph.documents[cite.document.0].id.value.as_str() };
        InitiativeLine {
            actors: node.actors.iter().map(|actor| site.graph.actors[actor.0].id.value.as_str()).collect(),
            cites: node.cites.iter().map(cite).collect(),
            continues: node.continues.iter().map(|earlier| site.graph.initiatives[earlier.earlier.0].initiative.id.as_str()).collect(),
            funding: years(site, InitiativeId(at)).map(cell).collect(),
            id: &node.initiative.id,
            kind: record.kind().word(),
            number: node.initiative.number,
            strategy: &node.initiative.strategy,
            summary: text(site, &record.summary),
            theme: &record.theme.value,
            title: text(site, &record.title),
            url: url(site, Page::Initiative(InitiativeId(at))),
        }
    })
}

fn recommendations<'s>(site: &'s Site<'_>) -> impl Iterator<Item = RecommendationLine<'s>> {
    site.graph.recommendations.iter().enumerate().map(move |(at, node)| {
        let record = &node.recommendation.record;
        let proposal = |id: &ProposalId| {
            let node = &site.graph.proposals[id.0];
            ProposalLine { id: &node.id, summary: text(site, &node.record.summary), title: text(site, &node.record.title) }
        };
        RecommendationLine {
            chapter: &record.chapter.value,
            id: &node.id,
            proposals: node.proposals.iter().map(proposal).collect(),
            summary: text(site, &record.summary),
            title: text(site, &record.title),
            url: url(site, Page::Recommendation(RecommendationId(at))),
        }
    })
}

/// The cells of an initiative in the order of the strategy's years.
fn years<'s>(site: &'s Site<'_>, id: InitiativeId) -> impl Iterator<Item = (u16, &'s Cell)> {
    let node = &site.graph.initiatives[id.0];
    let years = &site.graph.strategies[node.strategy.0].strategy.record.years;
    years.iter().filter_map(|year| Some((year.value.0, node.initiative.record.funding.value.get(&year.value)?)))
}
