//! The recommendations: their index, and the page of one with what became of each proposal.
//!
//! In: a recommendation, its proposals and their traces. Out: what the templates see. What became of a proposal is told by the model.

use serde::Serialize;

use super::filter::{FilterView, Select};
use super::known::Shown;
use super::{CiteView, LinkView, MentionView, NoteView, ProposalRef, TraceView, View};
use crate::check::{ChapterSection, RecommendationId};
use crate::load::value::Relation;
use crate::model::{Outcome, Page};
use crate::render::chart::{self, Part};

/// More proposals than this stand on the pages of their recommendations only.
const MOST_PROPOSALS: usize = 3_000;

#[derive(Serialize)]
pub struct RecommendationsView {
    title: String,
    summary: String,
    council: Option<LinkView>,
    document: Option<LinkView>,
    chapters: Vec<ChapterView>,
    texts: super::material::ChaptersView,
    people: Option<LinkView>,
    cites: Vec<CiteView>,
    source_notes: Vec<NoteView>,
    filter: FilterView,
    /// Whether the proposals stand below their recommendations.
    with_proposals: bool,
}

#[derive(Serialize)]
struct ChapterView {
    number: String,
    id: String,
    title: String,
    summary: String,
    recommendations: Vec<RecommendationRow>,
    cites: Vec<CiteView>,
}

/// A recommendation in a list.
#[derive(Serialize)]
pub struct RecommendationRow {
    pub id: String,
    pub url: String,
    pub title: String,
    pub summary: String,
    pub proposals: Vec<Shown<ProposalRef>>,
}

#[derive(Serialize)]
pub struct RecommendationView {
    id: String,
    summary: String,
    html: Option<String>,
    chapter: Option<String>,
    proposals: Vec<ProposalView>,
    actors: Vec<LinkView>,
    mentions: Vec<MentionView>,
    cites: Vec<CiteView>,
    source_notes: Vec<NoteView>,
    previous: Option<LinkView>,
    next: Option<LinkView>,
}

#[derive(Serialize)]
struct ProposalView {
    id: String,
    anchor: String,
    title: String,
    summary: String,
    outcome: Outcome,
    follow_ups: Vec<TraceView>,
    precedents: Vec<TraceView>,
    gaps: Vec<TraceView>,
    cites: Vec<CiteView>,
}

/// Counts outcomes in the order of [`Outcome::ALL`].
pub fn outcomes(list: impl Iterator<Item = Outcome>) -> Vec<Part<Outcome>> {
    let all: Vec<Outcome> = list.collect();
    chart::parts(Outcome::ALL.map(|outcome| (outcome, all.iter().filter(|known| **known == outcome).count())).into())
}

impl View<'_, '_> {
    pub fn recommendation_row(&self, id: RecommendationId) -> RecommendationRow {
        let node = &self.site.graph.recommendations[id.0];
        let LinkView { url, title } = self.link(Page::Recommendation(id));
        RecommendationRow {
            id: node.id.clone(),
            url,
            title,
            summary: self.words(&node.recommendation.record.summary),
            proposals: node.proposals.iter().map(|proposal| self.shown_proposal(*proposal)).collect(),
        }
    }

    pub fn recommendations(&self) -> RecommendationsView {
        let graph = &self.site.graph;
        let council = graph.council.as_ref();
        let chapters = council.iter().flat_map(|council| &council.chapters).enumerate().map(|(at, chapter)| ChapterView {
            number: (at + 1).to_string(),
            id: chapter.record.id.to_string(),
            title: self.text(&chapter.record.title).to_owned(),
            summary: self.words(&chapter.record.summary),
            recommendations: chapter.recommendations.iter().map(|id| self.recommendation_row(*id)).collect(),
            cites: self.cites(&chapter.cites),
        });
        let texts = self.chapters_by_kind(|node| node.section == ChapterSection::Recommendations);
        let people = self.site.has(Page::People);
        let chapter_options =
            council.iter().flat_map(|council| &council.chapters).map(|chapter| (chapter.record.id.to_string(), self.text(&chapter.record.title).to_owned()));
        let outcomes = self.word_options("outcome", &Outcome::ALL.map(Outcome::word));
        RecommendationsView {
            filter: FilterView::new(vec![Select::new("outcome", outcomes), Select::new("chapter", chapter_options.collect())]),
            with_proposals: graph.proposals.len() <= MOST_PROPOSALS,
            title: self.advice_title().unwrap_or_default(),
            summary: council.map(|council| self.words(&council.record.summary)).unwrap_or_default(),
            council: council.map(|council| self.link(Page::Actor(council.actor))),
            document: council.and_then(|council| self.target(crate::check::Link::Document(council.document))),
            chapters: chapters.collect(),
            texts,
            people: people.then(|| self.link(Page::People)),
            cites: council.map(|council| self.cites(&council.cites)).unwrap_or_default(),
            source_notes: council.map(|council| self.notes(&council.source_notes)).unwrap_or_default(),
        }
    }

    pub fn recommendation(&self, id: RecommendationId) -> RecommendationView {
        let graph = &self.site.graph;
        let node = &graph.recommendations[id.0];
        let record = &node.recommendation.record;
        let chapter = graph.council.as_ref().zip(node.chapter).map(|(council, chapter)| &council.chapters[chapter.0]);
        let proposals = node.proposals.iter().map(|&proposal| {
            let traces = |relation| self.site.traces(proposal, relation).map(|trace| self.trace(trace)).collect();
            let this = &graph.proposals[proposal.0];
            let ProposalRef { id, anchor, title, outcome, .. } = self.proposal_ref(proposal);
            ProposalView {
                id,
                anchor,
                title,
                summary: self.words(&this.record.summary),
                outcome,
                follow_ups: traces(Relation::FollowUp),
                precedents: traces(Relation::Precedent),
                gaps: traces(Relation::None),
                cites: self.cites(&this.cites),
            }
        });
        RecommendationView {
            id: node.id.clone(),
            summary: self.words(&record.summary),
            html: node.text.as_ref().map(|text| self.html(text)),
            chapter: chapter.map(|chapter| self.text(&chapter.record.title).to_owned()),
            proposals: proposals.collect(),
            actors: node.actors.iter().map(|actor| self.link(Page::Actor(*actor))).collect(),
            mentions: self.mentions(&self.site.mentions_of_recommendation[id.0]),
            cites: self.cites(&node.cites),
            source_notes: self.notes(&node.source_notes),
            previous: id.0.checked_sub(1).map(|at| self.link(Page::Recommendation(RecommendationId(at)))),
            next: (id.0 + 1 < graph.recommendations.len()).then(|| self.link(Page::Recommendation(RecommendationId(id.0 + 1)))),
        }
    }
}
