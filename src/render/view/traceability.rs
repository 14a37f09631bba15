//! The matrix: every proposal against every strategy, and every initiative against the advice.

use serde::Serialize;

use super::recommendation::{OutcomeCount, outcomes};
use super::{InitiativeRef, LinkView, ProposalRef, TraceView, View};
use crate::check::{InitiativeId, ProposalId, StrategyId};
use crate::load::value::{Degree, Relation};
use crate::model::Page;

#[derive(Serialize)]
pub struct TraceabilityView {
    title: String,
    proposals: usize,
    outcomes: Vec<OutcomeCount>,
    columns: Vec<LinkView>,
    groups: Vec<GroupView>,
    backwards: Vec<BackwardsView>,
}

#[derive(Serialize)]
struct GroupView {
    id: String,
    url: String,
    title: String,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    proposal: ProposalRef,
    /// The links to each strategy's initiatives, in the order of the columns.
    cells: Vec<Vec<TraceView>>,
}

/// A strategy and what its initiatives have to do with the advice.
#[derive(Serialize)]
pub struct BackwardsView {
    strategy: LinkView,
    initiatives: usize,
    following: usize,
    preceding: usize,
    linked: Vec<BackwardsRow>,
    unlinked: Vec<InitiativeRef>,
}

#[derive(Serialize)]
struct BackwardsRow {
    initiative: InitiativeRef,
    links: Vec<BackwardsLink>,
}

#[derive(Serialize)]
struct BackwardsLink {
    proposal: ProposalRef,
    relation: Relation,
    degree: Option<Degree>,
}

impl View<'_, '_> {
    pub fn traceability(&self) -> TraceabilityView {
        let graph = &self.site.graph;
        let row = |&proposal: &ProposalId| RowView {
            proposal: self.proposal_ref(proposal),
            cells: (0..graph.strategies.len()).map(|at| self.traces_to(proposal, StrategyId(at))).collect(),
        };
        let groups = graph.recommendations.iter().enumerate().map(|(at, node)| {
            let LinkView { url, title } = self.link(Page::Recommendation(crate::check::RecommendationId(at)));
            GroupView { id: node.id.clone(), url, title, rows: node.proposals.iter().map(row).collect() }
        });
        TraceabilityView {
            title: graph.council.as_ref().map(|council| self.text(&council.record.title).to_owned()).unwrap_or_default(),
            proposals: graph.proposals.len(),
            outcomes: outcomes(self.site.outcomes.iter().copied()),
            columns: (0..graph.strategies.len()).map(|at| self.link(Page::Strategy(StrategyId(at)))).collect(),
            groups: groups.collect(),
            backwards: (0..graph.strategies.len()).map(|at| self.backwards(StrategyId(at))).collect(),
        }
    }

    fn traces_to(&self, proposal: ProposalId, strategy: StrategyId) -> Vec<TraceView> {
        let graph = &self.site.graph;
        let all = self.site.traces_of_proposal[proposal.0].iter().map(|at| &graph.traces[*at]);
        let here = all.filter(|trace| trace.to.is_some_and(|end| graph.initiatives[end.initiative.0].strategy == strategy));
        here.map(|trace| self.trace(trace)).collect()
    }

    fn backwards(&self, strategy: StrategyId) -> BackwardsView {
        let graph = &self.site.graph;
        let coverage = self.site.coverage.strategies[strategy.0];
        let (linked, unlinked): (Vec<InitiativeId>, Vec<InitiativeId>) =
            graph.strategies[strategy.0].initiatives.iter().partition(|id| !self.site.traces_of_initiative[id.0].is_empty());
        let links = |id: InitiativeId| {
            let traces = self.site.traces_of_initiative[id.0].iter().map(|at| &graph.traces[*at]);
            traces
                .map(|trace| BackwardsLink { proposal: self.proposal_ref(trace.from), relation: trace.relation(), degree: trace.to.map(|end| end.degree) })
                .collect()
        };
        BackwardsView {
            strategy: self.link(Page::Strategy(strategy)),
            initiatives: coverage.initiatives,
            following: coverage.following,
            preceding: coverage.preceding,
            linked: linked.into_iter().map(|id| BackwardsRow { initiative: self.initiative_ref(id), links: links(id) }).collect(),
            unlinked: unlinked.into_iter().map(|id| self.initiative_ref(id)).collect(),
        }
    }
}
