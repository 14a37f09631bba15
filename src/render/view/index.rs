//! The indexes of initiatives and actors.
//!
//! In: the site and a language. Out: the rows, grouped as the documents group them, each with what it can be found and
//! sorted by. The order of titles is the language's own and is written down as ranks, so that no reader's machine has to
//! know it.

use serde::Serialize;

use super::filter::{FilterView, Options, Select};
use super::known::Shown;
use super::lists::InitiativeRow;
use super::{LinkView, View};
use crate::check::{ActorId, InitiativeId, StrategyId, ThemeId};
use crate::load::value::{Degree, Relation};
use crate::model::Page;

/// With more initiatives than this the index names the themes, whose pages list them.
const MOST_ROWS: usize = 2_000;

#[derive(Serialize)]
pub struct InitiativesView {
    strategies: Vec<InitiativesOfStrategy>,
    count: usize,
    whole: bool,
    filter: FilterView,
}

#[derive(Serialize)]
struct InitiativesOfStrategy {
    strategy: LinkView,
    id: String,
    themes: Vec<InitiativesOfTheme>,
}

#[derive(Serialize)]
struct InitiativesOfTheme {
    theme: LinkView,
    key: String,
    count: usize,
    initiatives: Vec<IndexRow>,
}

/// An initiative and what it is found by.
#[derive(Serialize)]
struct IndexRow {
    row: Shown<InitiativeRow>,
    years: String,
    actors: String,
    links: String,
    amount: Option<String>,
    rank: usize,
}

#[derive(Serialize)]
pub struct ActorsView {
    kinds: Vec<ActorsOfKind>,
    filter: FilterView,
}

#[derive(Serialize)]
struct ActorsOfKind {
    id: String,
    title: String,
    actors: Vec<ActorRow>,
}

#[derive(Serialize)]
struct ActorRow {
    url: String,
    name: String,
    strategies: String,
    rank: usize,
    initiatives: usize,
    recommendations: usize,
}

/// What can be asked of an initiative's links: how far it follows advice up, whether advice builds on it, whether it has none.
const LINKS: [&str; 5] = [Degree::Full.word(), Degree::Partial.word(), Degree::Noted.word(), Relation::Precedent.word(), Relation::None.word()];

impl View<'_, '_> {
    pub fn initiatives(&self) -> InitiativesView {
        let graph = &self.site.graph;
        let whole = graph.initiatives.len() <= MOST_ROWS;
        let titles = graph.initiatives.iter().map(|node| self.text(&node.initiative.record.title));
        let ranks = if whole { self.ranks(titles.collect()) } else { Vec::new() };
        let theme = |id: &ThemeId| {
            let initiatives = &graph.themes[id.0].initiatives;
            let rows = if whole { initiatives.as_slice() } else { &[] };
            let rows = rows.iter().map(|id| self.index_row(*id, ranks[id.0]));
            InitiativesOfTheme { theme: self.link(Page::Theme(*id)), key: self.theme_key(*id), count: initiatives.len(), initiatives: rows.collect() }
        };
        let strategies = graph.strategies.iter().enumerate().map(|(at, node)| InitiativesOfStrategy {
            strategy: self.link(Page::Strategy(StrategyId(at))),
            id: node.strategy.id.clone(),
            themes: node.themes.iter().map(theme).filter(|theme| theme.count > 0).collect(),
        });
        InitiativesView { strategies: strategies.collect(), count: graph.initiatives.len(), whole, filter: self.initiative_filter() }
    }

    fn index_row(&self, id: InitiativeId, rank: usize) -> IndexRow {
        let graph = &self.site.graph;
        let node = &graph.initiatives[id.0];
        let paid = node.initiative.record.funding.value.0.iter().filter(|(_, cell)| cell.kind.value.new_money().is_some_and(|amount| !amount.is_zero()));
        let mut links: Vec<&str> = self.site.traces_of_initiative[id.0].iter().map(|at| link_word(&graph.traces[*at])).collect();
        links.sort_unstable();
        links.dedup();
        IndexRow {
            row: self.shown_row(id),
            years: paid.map(|(year, _)| year.to_string()).collect::<Vec<_>>().join(" "),
            actors: node.actors.iter().map(|actor| graph.actors[actor.0].id.value.as_str()).collect::<Vec<_>>().join(" "),
            links: if links.is_empty() { Relation::None.word().to_owned() } else { links.join(" ") },
            amount: self.new_money(id).map(|amount| amount.normalize().to_string()),
            rank,
        }
    }

    fn initiative_filter(&self) -> FilterView {
        let graph = &self.site.graph;
        let mut years: Vec<String> = graph.strategies.iter().flat_map(|node| &node.strategy.record.years).map(ToString::to_string).collect();
        years.sort_unstable();
        years.dedup();
        let taking_part = |at: &usize| !self.site.initiatives_of_actor[*at].is_empty();
        let mut actors: Options =
            (0..graph.actors.len()).filter(taking_part).map(|at| (graph.actors[at].id.to_string(), self.text(&graph.actors[at].name).to_owned())).collect();
        actors.sort_by(|a, b| self.language.formatter.compare(&a.1, &b.1));
        let links = if graph.council.is_some() { self.word_options("filter.links", &LINKS) } else { Vec::new() };
        let unit = self.common_unit();
        let mut sorts = vec!["number", "title"];
        sorts.extend(unit.is_some().then_some("amount"));
        FilterView::new(vec![
            Select::new("strategy", self.strategy_options()),
            Select::grouped("theme", self.theme_options(|theme| !graph.themes[theme.0].initiatives.is_empty())),
            Select::new("year", years.into_iter().map(|year| (year.clone(), year)).collect()),
            Select::new("actor", actors),
            Select::new("status", links),
        ])
        .with_amounts(unit)
        .sorted_by(sorts)
    }

    pub fn actors(&self) -> ActorsView {
        let graph = &self.site.graph;
        let ranks = self.ranks(graph.actors.iter().map(|actor| self.text(&actor.name)).collect());
        let row = |at: usize| {
            let mut strategies: Vec<&str> = self.site.initiatives_of_actor[at].iter().map(|id| graph.initiatives[id.0].initiative.strategy.as_str()).collect();
            strategies.dedup();
            ActorRow {
                url: self.link(Page::Actor(ActorId(at))).url,
                name: self.text(&graph.actors[at].name).to_owned(),
                strategies: strategies.join(" "),
                rank: ranks[at],
                initiatives: self.site.initiatives_of_actor[at].len(),
                recommendations: self.site.recommendations_of_actor[at].len(),
            }
        };
        let kinds = graph.content.actors.kinds.0.iter().map(|(kind, title)| {
            let mut actors: Vec<ActorRow> = (0..graph.actors.len()).filter(|at| graph.actors[*at].kind.value == kind.value).map(row).collect();
            actors.sort_by_key(|actor| actor.rank);
            ActorsOfKind { id: kind.to_string(), title: self.text(title).to_owned(), actors }
        });
        let kinds: Vec<ActorsOfKind> = kinds.filter(|kind| !kind.actors.is_empty()).collect();
        let filter = FilterView::new(vec![
            Select::new("kind", kinds.iter().map(|kind| (kind.id.clone(), kind.title.clone())).collect()),
            Select::new("strategy", self.strategy_options()),
        ])
        .sorted_by(vec!["title", "count"]);
        ActorsView { kinds, filter }
    }

    /// The place of each title in the order of the language.
    fn ranks(&self, titles: Vec<&str>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..titles.len()).collect();
        order.sort_by(|a, b| self.language.formatter.compare(titles[*a], titles[*b]));
        let mut ranks = vec![0; titles.len()];
        order.into_iter().enumerate().for_each(|(rank, at)| ranks[at] = rank);
        ranks
    }
}

/// What a link says of its initiative.
fn link_word(trace: &crate::check::Trace<'_>) -> &'static str {
    match trace.to.map(|end| end.degree) {
        Some(degree) if degree.relation() == Relation::FollowUp => degree.word(),
        Some(_) => Relation::Precedent.word(),
        None => Relation::None.word(),
    }
}
