//! The pictures of a funding appendix: each theme year by year, each initiative, and the way from advice to money.
//!
//! In: the sums and cells that the tables show. Out: every number as the language writes it, with the length that stands
//! for it. A picture shows nothing that a table beside it does not say.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Serialize;

use super::known::Shown;
use super::{InitiativeRef, LinkView, View};
use crate::check::{InitiativeId, RecommendationId, Scope, StrategyId, ThemeId};
use crate::load::value::Relation;
use crate::model::Page;
use crate::render::chart::{self, Bar, Flow};

/// More panels or bars than this are no picture any more; the tables say it all.
const MOST: usize = 100;
/// Letters of a title that fit beside a node.
const LABEL: usize = 36;

/// A theme, its years side by side.
#[derive(Serialize)]
pub struct PanelView {
    theme: LinkView,
    id: String,
    bars: Vec<PanelBar>,
}

#[derive(Serialize)]
struct PanelBar {
    year: String,
    value: Option<String>,
    bar: Option<Bar>,
    middle: String,
}

/// An initiative and all its new money.
#[derive(Serialize)]
pub struct TotalView {
    initiative: Shown<InitiativeRef>,
    value: Option<String>,
    share: Option<String>,
    /// Why there is no amount, where all years say the same.
    kind: Option<&'static str>,
}

/// The way from recommendation to initiative to money.
#[derive(Serialize)]
pub struct FlowView {
    flow: Flow,
    columns: [(i64, i64); 3],
    left: Vec<Label>,
    middle: Vec<Label>,
    right: Vec<Label>,
    rows: Vec<FlowRow>,
    sum: String,
    amount: String,
    total: String,
}

#[derive(Serialize)]
struct Label {
    text: String,
    amount: Option<String>,
}

#[derive(Serialize)]
struct FlowRow {
    initiative: Shown<InitiativeRef>,
    recommendations: Vec<LinkView>,
    theme: LinkView,
    value: Option<String>,
    kind: Option<&'static str>,
}

impl View<'_, '_> {
    /// A panel for each theme that has rows; none where they would be too many.
    pub fn panels(&self, id: StrategyId) -> Vec<PanelView> {
        let graph = &self.site.graph;
        let themes = graph.strategies[id.0].sums.iter().filter_map(|sums| match sums.scope {
            Scope::Theme(theme) => Some((theme, sums)),
            _ => None,
        });
        let with_row = |theme: ThemeId| graph.themes[theme.0].initiatives.iter().any(|id| graph.initiatives[id.0].row.is_some());
        let themes: Vec<_> = themes.filter(|(theme, _)| with_row(*theme)).collect();
        let amounts = |sums: &crate::check::Sums<'_>| -> Vec<Option<Decimal>> { sums.years.iter().map(crate::check::YearSum::shown).collect() };
        let most = themes.iter().flat_map(|(_, sums)| amounts(sums)).flatten().max().unwrap_or_default();
        if themes.len() > MOST || most.is_zero() {
            return Vec::new();
        }
        let panel = |(theme, sums): &(ThemeId, &crate::check::Sums<'_>)| {
            let amounts = amounts(sums);
            let bars = chart::panel(&amounts, most).into_iter().zip(&sums.years).zip(&amounts).map(|(((bar, middle), sum), amount)| PanelBar {
                year: sum.year.to_string(),
                value: amount.map(|amount| self.number(id, amount)),
                bar,
                middle,
            });
            PanelView { theme: self.link(Page::Theme(*theme)), id: graph.themes[theme.0].record.id.to_string(), bars: bars.collect() }
        };
        themes.iter().map(panel).collect()
    }

    /// All new money of each initiative with a row, in the order of the table.
    pub fn totals(&self, id: StrategyId) -> Vec<TotalView> {
        let graph = &self.site.graph;
        let themes = graph.strategies[id.0].themes.iter().flat_map(|theme| &graph.themes[theme.0].initiatives);
        let rows: Vec<InitiativeId> = themes.copied().filter(|id| graph.initiatives[id.0].row.is_some()).collect();
        let most = rows.iter().filter_map(|id| self.new_money(*id)).max().unwrap_or_default();
        if rows.len() > MOST || most.is_zero() {
            return Vec::new();
        }
        let total = |&initiative: &InitiativeId| {
            let amount = self.new_money(initiative);
            TotalView {
                initiative: self.shown_initiative(initiative),
                value: amount.map(|amount| self.number(id, amount)),
                share: amount.map(|amount| chart::length(chart::share(amount, most))),
                kind: self.only_kind(initiative),
            }
        };
        rows.iter().map(total).collect()
    }

    /// Why an initiative has no amount, where all its cells say the same.
    fn only_kind(&self, id: InitiativeId) -> Option<&'static str> {
        let cells = &self.site.graph.initiatives[id.0].initiative.record.funding.value.0;
        let kinds: BTreeSet<&'static str> = cells.iter().map(|(_, cell)| cell.kind.value.word()).collect();
        kinds.first().copied().filter(|kind| kinds.len() == 1 && *kind != "amount")
    }

    /// The flow of a strategy; nothing where none of its initiatives follows up advice, or too many do.
    pub fn flow(&self, id: StrategyId) -> Option<FlowView> {
        let graph = &self.site.graph;
        let node = &graph.strategies[id.0];
        let advice = |initiative: InitiativeId| -> BTreeSet<RecommendationId> {
            let traces = self.site.traces_of_initiative[initiative.0].iter().map(|at| &graph.traces[*at]);
            traces.filter(|trace| trace.relation() == Relation::FollowUp).map(|trace| graph.proposals[trace.from.0].recommendation).collect()
        };
        let in_order = node.themes.iter().flat_map(|theme| graph.themes[theme.0].initiatives.iter().map(move |id| (*id, *theme)));
        let middle: Vec<(InitiativeId, ThemeId, BTreeSet<RecommendationId>)> =
            in_order.map(|(id, theme)| (id, theme, advice(id))).filter(|(_, _, advice)| !advice.is_empty()).collect();
        if middle.is_empty() || middle.len() > MOST {
            return None;
        }
        let left: Vec<RecommendationId> = middle.iter().flat_map(|(_, _, advice)| advice).copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut right: Vec<ThemeId> = middle.iter().map(|(_, theme, _)| *theme).collect();
        right.dedup();
        // A node's lines leave it in the order in which they arrive, so that they cross as little as they can.
        let mut links: Vec<(usize, usize)> = Vec::new();
        for (at, (_, _, advice)) in middle.iter().enumerate() {
            links.extend(advice.iter().filter_map(|id| Some((left.binary_search(id).ok()?, at))));
        }
        let theme_at = |theme: ThemeId| right.iter().position(|known| *known == theme).unwrap_or_default();
        let money: Vec<(Option<Decimal>, usize)> = middle.iter().map(|(id, theme, _)| (self.new_money(*id), theme_at(*theme))).collect();
        let of_theme = |at: usize| money.iter().filter(|(_, theme)| *theme == at).filter_map(|(amount, _)| *amount).reduce(|sum, amount| sum + amount);
        let all: Decimal = graph.strategies[id.0].initiatives.iter().filter_map(|id| self.new_money(*id)).sum();
        let sum: Decimal = money.iter().filter_map(|(amount, _)| *amount).sum();
        let rows = middle.iter().map(|(initiative, theme, advice)| FlowRow {
            initiative: self.shown_initiative(*initiative),
            recommendations: advice
                .iter()
                .map(|id| LinkView { title: graph.recommendations[id.0].id.clone(), ..self.link(Page::Recommendation(*id)) })
                .collect(),
            theme: self.link(Page::Theme(*theme)),
            kind: self.only_kind(*initiative),
            value: self.new_money(*initiative).map(|amount| self.number(id, amount)),
        });
        let recommendation = |id: &RecommendationId| {
            let node = &graph.recommendations[id.0];
            Label { text: format!("{} {}", node.id, shorten(self.text(&node.recommendation.record.title), LABEL)), amount: None }
        };
        let strategy = id;
        let theme = |(at, id): (usize, &ThemeId)| Label {
            text: shorten(self.text(&graph.themes[id.0].record.title), LABEL),
            amount: of_theme(at).map(|sum| self.number(strategy, sum)),
        };
        let initiative = |(id, ..): &(InitiativeId, ThemeId, BTreeSet<RecommendationId>)| Label {
            text: graph.initiatives[id.0].initiative.id.clone(),
            amount: self.new_money(*id).map(|amount| self.number(strategy, amount)),
        };
        Some(FlowView {
            flow: chart::flow(left.len(), &links, &money, right.len()),
            columns: chart::COLUMNS,
            left: left.iter().map(recommendation).collect(),
            middle: middle.iter().map(initiative).collect(),
            right: right.iter().enumerate().map(theme).collect(),
            rows: rows.collect(),
            sum: self.number(id, sum),
            amount: self.money(id, sum),
            total: self.money(id, all),
        })
    }
}

/// The beginning of a title, cut between words.
fn shorten(title: &str, most: usize) -> String {
    if title.chars().count() <= most {
        return title.to_owned();
    }
    let mut short = String::new();
    for word in title.split_whitespace() {
        if short.chars().count() + word.chars().count() + 2 > most {
            break;
        }
        short.extend((!short.is_empty()).then_some(' '));
        short.push_str(word);
    }
    short.trim_end_matches([',', ';', ':', '.']).to_owned() + "…"
}
