//! The tables of open data, from the records.
//!
//! In: the site. Out: a [`Table`] for each kind of thing. Names and columns are a contract with those who use them.

use rust_decimal::Decimal;
use std::ops::Deref;

use super::table::{Column, Kind, Table};
use super::years;
use crate::check::{Cite, InitiativeId, RecommendationId, Scope};
use crate::load::record::money::Cell;
use crate::load::value::{CellKind, Degree, InitiativeKind, Relation, with_decimals};
use crate::locale::{Locale, Localized};
use crate::model::{Outcome, Page, Site, address};

/// The name of every table, and whether it is of the recommendations.
pub const NAMES: [(&str, bool); 7] = [
    ("initiatives", false),
    ("funding", false),
    ("totals", false),
    ("recommendations", true),
    ("proposals", true),
    ("traceability", true),
    ("continues", false),
];

/// Every table; those of the recommendations where the site has any.
pub fn all(site: &Site<'_>) -> Vec<Table> {
    let advice = site.graph.council.is_some();
    let mut tables = vec![initiatives(site), funding(site), totals(site)];
    if advice {
        tables.extend([recommendations(site), proposals(site), traceability(site)]);
    }
    tables.push(continues(site));
    tables
}

/// The columns, those with texts once for each language: `title_da`, `title_en`.
fn columns<const N: usize>(site: &Site<'_>, columns: [Column; N]) -> Vec<Column> {
    let languages = &site.graph.content.languages;
    columns.into_iter().flat_map(|column| column.expanded(languages)).collect()
}

fn texts(site: &Site<'_>, text: Option<&Localized<impl Deref<Target = str>>>) -> Vec<String> {
    site.graph.content.languages.iter().map(|locale| text.map_or_else(String::new, |text| text[locale].to_string())).collect()
}

/// The whole address of a page in every language.
fn urls(site: &Site<'_>, path: impl Fn(Locale) -> String) -> impl Iterator<Item = String> {
    let base = site.base_url.as_str();
    site.graph.content.languages.iter().map(move |locale| format!("{base}{}", path(locale)))
}

/// Document and place of a citation, as two values.
fn place(site: &Site<'_>, cite: Option<&Cite<'_>>) -> [String; 2] {
    let document = cite.map(|cite| site.graph.documents[cite.document.0].id.to_string());
    [document.unwrap_or_default(), cite.and_then(|cite| cite.at).map(ToString::to_string).unwrap_or_default()]
}

fn initiatives(site: &Site<'_>) -> Table {
    let columns = columns(
        site,
        [
            Column::text("id").meaning("initiative_id").required(),
            Column::text("strategy").required(),
            Column::new("number", Kind::Integer).required(),
            Column::text("theme").required(),
            Column::text("kind").meaning("initiative_kind").required().one_of(InitiativeKind::WORDS),
            Column::text("title").each(),
            Column::new("total", Kind::Number),
            Column::text("unit").required(),
            Column::new("url", Kind::Url).required().each(),
        ],
    );
    let rows = site.graph.initiatives.iter().enumerate().map(|(at, node)| {
        let record = &node.initiative.record;
        let mut row = vec![node.initiative.id.clone(), node.initiative.strategy.clone(), node.initiative.number.to_string()];
        row.extend([record.theme.value.clone(), record.kind().word().to_owned()]);
        row.extend(texts(site, Some(&record.title)));
        row.extend([record.new_money().map(|total| total.to_string()).unwrap_or_default(), unit(site, node.strategy.0)]);
        row.extend(urls(site, |locale| address::path(site, Page::Initiative(InitiativeId(at)), locale)));
        row
    });
    Table { name: "initiatives", columns, key: &["id"], rows: rows.collect() }
}

/// Currency and scale of the amounts of a strategy: `EUR 1000000`.
fn unit(site: &Site<'_>, strategy: usize) -> String {
    let unit = &site.graph.strategies[strategy].strategy.record.unit;
    format!("{} {}", unit.currency, unit.scale)
}

fn funding(site: &Site<'_>) -> Table {
    let mut kinds = vec!["amount"];
    kinds.extend(CellKind::WORDS);
    let columns = columns(
        site,
        [
            Column::text("strategy").required(),
            Column::text("theme").meaning("funding_theme").required(),
            Column::text("initiative").refers_to("initiatives"),
            Column::new("number", Kind::Integer),
            Column::new("year", Kind::Year).required(),
            Column::text("kind").meaning("cell_kind").required().one_of(&kinds),
            Column::new("amount", Kind::Number),
            Column::text("unit").required(),
            Column::text("price_level").required(),
            Column::text("note").each(),
            Column::text("document"),
            Column::text("at"),
        ],
    );
    let mut rows = Vec::new();
    for (at, strategy) in site.graph.strategies.iter().enumerate() {
        let record = &strategy.strategy.record;
        let unit = unit(site, at);
        let level = record.price_level.as_ref().map_or("not-stated".to_owned(), |level| level[Locale::SOURCE].clone());
        let mut line = |head: [String; 3], year: u16, cell: &Cell, cite: Option<&Cite<'_>>| {
            let mut row = vec![strategy.strategy.id.clone()];
            row.extend(head);
            let amount = cell.kind.value.amount().map(|amount| amount.0.to_string()).unwrap_or_default();
            row.extend([year.to_string(), cell.kind.value.word().to_owned(), amount, unit.clone(), level.clone()]);
            row.extend(texts(site, cell.note.as_ref()));
            row.extend(place(site, cite));
            rows.push(row);
        };
        for id in &strategy.initiatives {
            let node = &site.graph.initiatives[id.0];
            for (year, cell) in years(site, *id) {
                let head = [node.initiative.record.theme.value.clone(), node.initiative.id.clone(), node.initiative.number.to_string()];
                line(head, year, cell, node.row.as_ref().or(node.cites.first()));
            }
        }
        if let Some(reserve) = &record.reserve {
            for year in &record.years {
                if let Some(cell) = reserve.funding.get(&year.value) {
                    line([site.graph.word_of(Scope::Reserve).to_owned(), String::new(), String::new()], year.value.0, cell, strategy.reserve_cites.first());
                }
            }
        }
    }
    Table { name: "funding", columns, key: &[], rows }
}

fn totals(site: &Site<'_>) -> Table {
    let columns = columns(
        site,
        [
            Column::text("strategy").required(),
            Column::text("scope").required(),
            Column::new("year", Kind::Year).required(),
            Column::new("stated", Kind::Number),
            Column::new("computed", Kind::Number),
            Column::new("difference", Kind::Number),
            Column::text("explanation").each(),
        ],
    );
    let mut rows = Vec::new();
    for strategy in &site.graph.strategies {
        let decimals = strategy.strategy.record.unit.decimals.value;
        let written = |amount: Decimal| with_decimals(amount, decimals).to_string();
        for sums in &strategy.sums {
            let scope = site.graph.word_of(sums.scope);
            for sum in &sums.years {
                let mut row = vec![strategy.strategy.id.clone(), scope.to_owned(), sum.year.to_string()];
                row.extend([sum.stated, sum.computed, sum.difference()].map(|amount| amount.map(written).unwrap_or_default()));
                row.extend(texts(site, sum.explanation));
                rows.push(row);
            }
        }
    }
    Table { name: "totals", columns, key: &["strategy", "scope", "year"], rows }
}

fn recommendations(site: &Site<'_>) -> Table {
    let columns = columns(
        site,
        [
            Column::text("id").meaning("recommendation_id").required(),
            Column::text("chapter").required(),
            Column::text("title").each(),
            Column::text("summary").each(),
            Column::new("url", Kind::Url).required().each(),
        ],
    );
    let rows = site.graph.recommendations.iter().enumerate().map(|(at, node)| {
        let record = &node.recommendation.record;
        let mut row = vec![node.id.clone(), record.chapter.value.clone()];
        row.extend(texts(site, Some(&record.title)));
        row.extend(texts(site, Some(&record.summary)));
        row.extend(urls(site, |locale| address::path(site, Page::Recommendation(RecommendationId(at)), locale)));
        row
    });
    Table { name: "recommendations", columns, key: &["id"], rows: rows.collect() }
}

fn proposals(site: &Site<'_>) -> Table {
    let columns = columns(
        site,
        [
            Column::text("id").meaning("proposal_id").required(),
            Column::text("recommendation").required().refers_to("recommendations"),
            Column::text("title").each(),
            Column::text("summary").each(),
            Column::text("outcome").required().one_of(&Outcome::ALL.map(Outcome::word)),
            Column::new("url", Kind::Url).required().each(),
        ],
    );
    let rows = site.graph.proposals.iter().enumerate().map(|(at, node)| {
        let mut row = vec![node.id.clone(), site.graph.recommendations[node.recommendation.0].id.clone()];
        row.extend(texts(site, Some(&node.record.title)));
        row.extend(texts(site, Some(&node.record.summary)));
        row.push(site.outcomes[at].word().to_owned());
        row.extend(urls(site, |locale| address::proposal_path(site, crate::check::ProposalId(at), locale)));
        row
    });
    Table { name: "proposals", columns, key: &["id"], rows: rows.collect() }
}

fn traceability(site: &Site<'_>) -> Table {
    let columns = columns(
        site,
        [
            Column::text("recommendation").required().refers_to("recommendations"),
            Column::text("proposal").required().refers_to("proposals"),
            Column::text("initiative").refers_to("initiatives"),
            Column::text("strategy").meaning("strategy_of_initiative"),
            Column::text("relation").required().one_of(Relation::WORDS),
            Column::text("degree").one_of(Degree::WORDS),
            Column::text("document"),
            Column::text("at"),
            Column::text("rationale").required().each(),
        ],
    );
    let rows = site.graph.traces.iter().map(|trace| {
        let proposal = &site.graph.proposals[trace.from.0];
        let initiative = trace.to.map(|end| site.graph.initiatives[end.initiative.0].initiative);
        let mut row = vec![site.graph.recommendations[proposal.recommendation.0].id.clone(), proposal.id.clone()];
        row.push(initiative.map(|initiative| initiative.id.clone()).unwrap_or_default());
        row.push(initiative.map(|initiative| initiative.strategy.clone()).unwrap_or_default());
        row.extend([trace.relation().word().to_owned(), trace.to.map(|end| end.degree.word().to_owned()).unwrap_or_default()]);
        row.extend(place(site, trace.evidence.first()));
        row.extend(texts(site, Some(&trace.record.rationale)));
        row
    });
    Table { name: "traceability", columns, key: &[], rows: rows.collect() }
}

fn continues(site: &Site<'_>) -> Table {
    let columns = columns(
        site,
        [
            Column::text("from").required().refers_to("initiatives"),
            Column::text("to").required().refers_to("initiatives"),
            Column::text("document"),
            Column::text("at"),
            Column::text("rationale").required().each(),
        ],
    );
    let successions = site.graph.initiatives.iter().flat_map(|node| node.continues.iter().map(move |earlier| (node, earlier)));
    let rows = successions.map(|(node, earlier)| {
        let mut row = vec![node.initiative.id.clone(), site.graph.initiatives[earlier.earlier.0].initiative.id.clone()];
        row.extend(place(site, earlier.evidence.first()));
        row.extend(texts(site, Some(&earlier.record.rationale)));
        row
    });
    Table { name: "continues", columns, key: &["from", "to"], rows: rows.collect() }
}
