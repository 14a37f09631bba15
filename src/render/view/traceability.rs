//! The matrix: every proposal against the initiatives that a link leads to, and every initiative against the advice.
//!
//! In: the site and a language. Out: what the page of the matrix shows. Its size grows with the links, never with
//! proposals times initiatives: what is empty between two links of a row is one cell.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::filter::{FilterView, Select};
use super::known::Shown;
use super::recommendation::outcomes;
use super::{InitiativeRef, LinkView, ProposalRef, View};
use crate::check::{InitiativeId, ProposalId, RecommendationId, StrategyId, ThemeId};
use crate::load::value::{Degree, Relation};
use crate::model::{Outcome, Page, Site, address};
use crate::render::chart::Part;

/// With more links than this the page would be too heavy to read; the pages of the recommendations show them then.
const MOST_LINKS: usize = 1_500;
/// A table gets no more columns than this; the recommendations after it begin the next table.
const MOST_COLUMNS: usize = 64;

#[derive(Serialize)]
pub struct TraceabilityView {
    title: String,
    proposals: usize,
    /// Whether the page shows every link, or only how many there are.
    whole: bool,
    outcomes: Vec<OutcomeList>,
    summary: Vec<SummaryRow>,
    filter: FilterView,
    tables: Vec<TableView>,
    backwards: Vec<BackwardsView>,
}

/// The proposals that had an outcome.
#[derive(Serialize)]
struct OutcomeList {
    outcome: Outcome,
    count: usize,
    proposals: Vec<Shown<ProposalRef>>,
}

/// What became of a recommendation's proposals.
#[derive(Serialize)]
struct SummaryRow {
    id: String,
    anchor: String,
    url: String,
    title: String,
    proposals: usize,
    outcomes: Vec<Part<Outcome>>,
}

/// Some recommendations, and the initiatives that their proposals have links to.
#[derive(Serialize)]
struct TableView {
    first: String,
    last: String,
    strategies: Vec<StrategyHead>,
    columns: Vec<ColumnView>,
    groups: Vec<GroupView>,
}

#[derive(Serialize)]
struct StrategyHead {
    strategy: LinkView,
    span: usize,
}

#[derive(Serialize)]
struct ColumnView {
    initiative: Shown<InitiativeRef>,
    /// Whether a theme begins here.
    edge: bool,
}

#[derive(Serialize)]
struct GroupView {
    id: String,
    anchor: String,
    url: String,
    title: String,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    proposal: Shown<ProposalRef>,
    cells: Vec<CellView>,
}

/// A cell with links, or what is empty before the next one.
#[derive(Serialize)]
struct CellView {
    span: usize,
    anchor: Option<String>,
    strategy: Option<String>,
    theme: Option<String>,
    marks: Vec<MarkView>,
}

/// A link in its cell.
#[derive(Serialize)]
struct MarkView {
    id: String,
    title: String,
    /// Where its reasons and sources stand.
    evidence: String,
    relation: Relation,
    degree: Option<Degree>,
}

/// A strategy and what its initiatives have to do with the advice.
#[derive(Serialize)]
pub struct BackwardsView {
    strategy: LinkView,
    id: String,
    initiatives: usize,
    following: usize,
    preceding: usize,
    linked_count: usize,
    unlinked_count: usize,
    linked: Vec<BackwardsRow>,
    unlinked: Vec<Shown<InitiativeRef>>,
}

#[derive(Serialize)]
struct BackwardsRow {
    initiative: Shown<InitiativeRef>,
    links: Vec<BackwardsLink>,
}

#[derive(Serialize)]
struct BackwardsLink {
    proposal: Shown<ProposalRef>,
    /// The address of the cell.
    cell: String,
    relation: Relation,
    degree: Option<Degree>,
}

/// The order of columns: the latest strategy first, for it tells what became of the advice; then by theme and number.
type Column = (Reverse<StrategyId>, Option<ThemeId>, InitiativeId);

/// Whether one page shows all links.
pub fn is_whole(site: &Site<'_>) -> bool {
    site.graph.traces.len() <= MOST_LINKS
}

impl View<'_, '_> {
    pub fn traceability(&self) -> TraceabilityView {
        let graph = &self.site.graph;
        let whole = is_whole(self.site);
        let list = |outcome: Outcome| {
            let all = (0..graph.proposals.len()).filter(|at| self.site.outcomes[*at] == outcome);
            OutcomeList { outcome, count: all.clone().count(), proposals: all.filter(|_| whole).map(|at| self.shown_proposal(ProposalId(at))).collect() }
        };
        TraceabilityView {
            title: self.advice_title().unwrap_or_default(),
            proposals: graph.proposals.len(),
            whole,
            outcomes: Outcome::ALL.map(list).into(),
            summary: (0..graph.recommendations.len()).map(|at| self.summary_row(RecommendationId(at))).collect(),
            filter: self.matrix_filter(),
            tables: if whole { self.tables() } else { Vec::new() },
            backwards: (0..graph.strategies.len()).map(|at| self.backwards(StrategyId(at), whole)).collect(),
        }
    }

    fn summary_row(&self, id: RecommendationId) -> SummaryRow {
        let node = &self.site.graph.recommendations[id.0];
        let LinkView { url, title } = self.link(Page::Recommendation(id));
        SummaryRow {
            id: node.id.clone(),
            anchor: group_anchor(&node.id),
            url,
            title,
            proposals: node.proposals.len(),
            outcomes: outcomes(node.proposals.iter().map(|proposal| self.site.outcomes[proposal.0])),
        }
    }

    fn matrix_filter(&self) -> FilterView {
        let graph = &self.site.graph;
        let linked = |id: &InitiativeId| !self.site.traces_of_initiative[id.0].is_empty();
        let themes = self.theme_options(|theme| graph.themes[theme.0].initiatives.iter().any(linked));
        FilterView::new(vec![
            Select::new("outcome", self.word_options("outcome", &Outcome::ALL.map(Outcome::word))),
            Select::new("strategy", self.strategy_options()),
            Select::grouped("theme", themes),
            Select::new("relation", self.word_options("relation", &[Relation::FollowUp, Relation::Precedent].map(Relation::word))),
            Select::new("degree", self.word_options("degree", Degree::WORDS)),
        ])
    }

    /// Consecutive recommendations share a table as long as it does not get too wide.
    fn tables(&self) -> Vec<TableView> {
        let graph = &self.site.graph;
        let column = |id: InitiativeId| -> Column { (Reverse(graph.initiatives[id.0].strategy), graph.initiatives[id.0].theme, id) };
        let mut tables = Vec::new();
        let (mut columns, mut members) = (BTreeSet::new(), Vec::new());
        for (at, node) in graph.recommendations.iter().enumerate() {
            let traces = node.proposals.iter().flat_map(|proposal| &self.site.traces_of_proposal[proposal.0]);
            let own: BTreeSet<Column> = traces.filter_map(|at| graph.traces[*at].to).map(|end| column(end.initiative)).collect();
            if !members.is_empty() && columns.union(&own).count() > MOST_COLUMNS {
                tables.push(self.table(&std::mem::take(&mut members), &std::mem::take(&mut columns)));
            }
            columns.extend(own);
            members.push(RecommendationId(at));
        }
        tables.extend((!members.is_empty()).then(|| self.table(&members, &columns)));
        tables
    }

    fn table(&self, members: &[RecommendationId], columns: &BTreeSet<Column>) -> TableView {
        let graph = &self.site.graph;
        let places: BTreeMap<InitiativeId, usize> = columns.iter().enumerate().map(|(at, (_, _, id))| (*id, at)).collect();
        let columns: Vec<Column> = columns.iter().copied().collect();
        let strategies = columns.chunk_by(|a, b| a.0 == b.0);
        let groups = members.iter().map(|id| {
            let node = &graph.recommendations[id.0];
            let LinkView { url, title } = self.link(Page::Recommendation(*id));
            GroupView {
                id: node.id.clone(),
                anchor: group_anchor(&node.id),
                url,
                title,
                rows: node.proposals.iter().map(|proposal| self.matrix_row(*proposal, &places)).collect(),
            }
        });
        let name = |id: Option<&RecommendationId>| id.map(|id| graph.recommendations[id.0].id.clone()).unwrap_or_default();
        TableView {
            first: name(members.first()),
            last: name(members.last()),
            strategies: strategies.map(|part| StrategyHead { strategy: self.link(Page::Strategy(part[0].0.0)), span: part.len() }).collect(),
            columns: columns
                .iter()
                .enumerate()
                .map(|(at, (strategy, theme, id))| ColumnView {
                    initiative: self.shown_initiative(*id),
                    edge: at == 0 || (columns[at - 1].0, columns[at - 1].1) != (*strategy, *theme),
                })
                .collect(),
            groups: groups.collect(),
        }
    }

    fn matrix_row(&self, proposal: ProposalId, places: &BTreeMap<InitiativeId, usize>) -> RowView {
        let graph = &self.site.graph;
        let mut by_place: BTreeMap<usize, (InitiativeId, Vec<MarkView>)> = BTreeMap::new();
        for trace in self.site.traces_of_proposal[proposal.0].iter().map(|at| &graph.traces[*at]) {
            let Some(end) = trace.to else { continue };
            let InitiativeRef { id, title, .. } = self.initiative_ref(end.initiative);
            let evidence = self.evidence(proposal, end.initiative);
            let mark = MarkView { id, title, evidence, relation: trace.relation(), degree: Some(end.degree) };
            by_place.entry(places[&end.initiative]).or_insert_with(|| (end.initiative, Vec::new())).1.push(mark);
        }
        let empty = |span: usize| (span > 0).then(|| CellView { span, anchor: None, strategy: None, theme: None, marks: Vec::new() });
        let (mut cells, mut next) = (Vec::new(), 0);
        for (place, (id, marks)) in by_place {
            cells.extend(empty(place - next));
            next = place + 1;
            let node = &graph.initiatives[id.0];
            cells.push(CellView {
                span: 1,
                anchor: Some(cell_anchor(self.site, proposal, id)),
                strategy: Some(node.initiative.strategy.clone()),
                theme: node.theme.map(|theme| self.theme_key(theme)),
                marks,
            });
        }
        cells.extend(empty(places.len() - next));
        RowView { proposal: self.shown_proposal(proposal), cells }
    }

    /// Where the reasons and sources of a link stand: on the page of the recommendation, at the link.
    fn evidence(&self, proposal: ProposalId, initiative: InitiativeId) -> String {
        let page = Page::Recommendation(self.site.graph.proposals[proposal.0].recommendation);
        format!("{}#{}", self.link(page).url, cell_anchor(self.site, proposal, initiative))
    }

    fn backwards(&self, strategy: StrategyId, whole: bool) -> BackwardsView {
        let graph = &self.site.graph;
        let coverage = self.site.coverage[strategy.0];
        let (mut linked, mut unlinked): (Vec<InitiativeId>, Vec<InitiativeId>) =
            graph.strategies[strategy.0].initiatives.iter().partition(|id| !self.site.traces_of_initiative[id.0].is_empty());
        let (linked_count, unlinked_count) = (linked.len(), unlinked.len());
        if !whole {
            linked.clear();
            unlinked.clear();
        }
        let links = |id: InitiativeId| {
            let traces = self.site.traces_of_initiative[id.0].iter().map(|at| &graph.traces[*at]);
            let link = |trace: &crate::check::Trace<'_>| BackwardsLink {
                proposal: self.shown_proposal(trace.from),
                cell: cell_anchor(self.site, trace.from, id),
                relation: trace.relation(),
                degree: trace.to.map(|end| end.degree),
            };
            traces.map(link).collect()
        };
        BackwardsView {
            strategy: self.link(Page::Strategy(strategy)),
            id: graph.strategies[strategy.0].strategy.id.clone(),
            initiatives: coverage.initiatives,
            following: coverage.following,
            preceding: coverage.preceding,
            linked_count,
            unlinked_count,
            linked: linked.into_iter().map(|id| BackwardsRow { initiative: self.shown_initiative(id), links: links(id) }).collect(),
            unlinked: unlinked.into_iter().map(|id| self.shown_initiative(id)).collect(),
        }
    }
}

fn group_anchor(recommendation: &str) -> String {
    format!("m-{}", recommendation.to_lowercase())
}

/// The address of a link, the same in the matrix and on the page of the recommendation: `r3-2.2024-05`.
pub fn cell_anchor(site: &Site<'_>, proposal: ProposalId, initiative: InitiativeId) -> String {
    format!("{}.{}", address::proposal_anchor(site, proposal), site.graph.initiatives[initiative.0].initiative.id)
}
