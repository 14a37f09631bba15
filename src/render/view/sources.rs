//! About the site: its documents and where they disagree.
//!
//! In: the registry of documents, and every note on the sources. Out: what the templates of these pages see. Judges no disagreement.

use serde::Serialize;

use super::funding::DifferenceView;
use super::{LinkView, NoteView, View};
use crate::check::{ChapterSection, DocumentId, FigureId, InitiativeId, Link, Note, RecommendationId, StrategyId};
use crate::load::value::NoteKind;
use crate::model::Page;

#[derive(Serialize)]
pub struct AboutView {
    material: Vec<LinkView>,
    chapters: Vec<ChapterLink>,
    sources: LinkView,
}

/// A chapter in a list.
#[derive(Serialize)]
pub struct ChapterLink {
    url: String,
    title: String,
    summary: String,
}

#[derive(Serialize)]
pub struct SearchView {
    indexes: Vec<LinkView>,
    /// Numbers that lead straight to a page.
    numbers: String,
}

#[derive(Serialize)]
pub struct SourcesView {
    documents: Vec<DocumentView>,
    differences: Vec<DifferenceView>,
    groups: Vec<NotesOf>,
    general: Vec<GeneralNotes>,
}

/// The notes of a kind that belong to no single record.
#[derive(Serialize)]
struct GeneralNotes {
    kind: NoteKind,
    notes: Vec<NoteView>,
}

#[derive(Serialize)]
struct DocumentView {
    id: String,
    title: String,
    kind: String,
    publisher: String,
    date: String,
    lang: String,
    url: Option<String>,
    note: Option<String>,
    strategies: Vec<LinkView>,
}

/// The notes on the sources of a page.
#[derive(Serialize)]
struct NotesOf {
    page: LinkView,
    notes: Vec<NoteView>,
}

impl View<'_, '_> {
    /// The chapters that a condition picks, in order.
    pub fn chapters_of(&self, pick: impl Fn(&crate::check::ChapterNode<'_>) -> bool) -> Vec<Page> {
        let chapters = self.site.graph.chapters.iter().enumerate();
        chapters.filter(|(_, node)| pick(node)).map(|(at, _)| Page::Chapter(crate::check::ChapterId(at))).collect()
    }

    pub fn chapter_links(&self, pages: &[Page]) -> Vec<ChapterLink> {
        let link = |page: &Page| {
            let Page::Chapter(id) = page else { return None };
            let LinkView { url, title } = self.link(*page);
            let summary = self.site.graph.chapters[id.0].chapter.pages[self.locale()].front.summary.value.written().to_owned();
            Some(ChapterLink { url, title, summary })
        };
        pages.iter().filter_map(link).collect()
    }

    pub fn about(&self) -> AboutView {
        let chapters = self.chapters_of(|node| node.section == ChapterSection::About);
        let material = [Page::KeyFigures, Page::Figures, Page::Timeline, Page::People, Page::Glossary];
        let material: Vec<Page> = material.into_iter().filter(|page| self.site.has(*page)).collect();
        AboutView { material: self.links(&material), chapters: self.chapter_links(&chapters), sources: self.link(Page::Sources) }
    }

    /// Where to look without a search: every index.
    pub fn search(&self) -> SearchView {
        let indexes = [Page::Strategies, Page::Initiatives, Page::Recommendations, Page::Traceability, Page::Fundings, Page::Actors];
        let material = [Page::KeyFigures, Page::Figures, Page::Timeline, Page::People, Page::Glossary, Page::Sources, Page::About];
        let pages: Vec<Page> = indexes.into_iter().chain(material).filter(|page| self.site.has(*page)).collect();
        let graph = &self.site.graph;
        let numbers = [
            graph.initiatives.first().map(|node| node.initiative.id.clone()),
            graph.proposals.first().map(|node| node.id.clone()),
            (!graph.points.is_empty()).then(|| self.point_link(crate::check::PointId(0)).title),
        ];
        SearchView { indexes: self.links(&pages), numbers: numbers.into_iter().flatten().collect::<Vec<_>>().join(", ") }
    }

    fn general_notes(&self) -> Vec<GeneralNotes> {
        let mut general: Vec<GeneralNotes> = Vec::new();
        for (kind, note) in &self.site.graph.general_notes {
            let view = NoteView { html: self.html(&note.text), cites: self.cites(&note.cites) };
            match general.iter_mut().find(|group| group.kind == *kind) {
                Some(group) => group.notes.push(view),
                None => general.push(GeneralNotes { kind: *kind, notes: vec![view] }),
            }
        }
        general
    }

    pub fn sources(&self) -> SourcesView {
        let graph = &self.site.graph;
        let kinds = &graph.content.documents.kinds;
        let documents = graph.documents.iter().enumerate().map(|(at, record)| {
            let strategies = graph.strategies.iter().enumerate().filter(|(_, node)| node.document == DocumentId(at));
            let mut linked: Vec<LinkView> = strategies.map(|(at, _)| self.link(Page::Strategy(StrategyId(at)))).collect();
            if graph.council.as_ref().is_some_and(|council| council.document == DocumentId(at)) {
                linked.push(self.link(Page::Recommendations));
            }
            DocumentView {
                id: record.id.to_string(),
                title: self.text(&record.title).to_owned(),
                kind: kinds.get(record.kind.value.as_str()).map(|kind| self.text(kind).to_owned()).unwrap_or_default(),
                publisher: self.text(&record.publisher).to_owned(),
                date: self.date(record.date),
                lang: record.language.to_string(),
                url: record.url.as_ref().map(|url| url.0.clone()),
                note: record.note.as_ref().map(|note| self.words(note)),
                strategies: linked,
            }
        });
        let mut groups = Vec::new();
        let mut add = |page: Page, notes: &[Note<'_>]| {
            if !notes.is_empty() {
                groups.push(NotesOf { page: self.link(page), notes: self.notes(notes) });
            }
        };
        for (at, node) in graph.strategies.iter().enumerate() {
            add(Page::Strategy(StrategyId(at)), &node.source_notes);
        }
        graph.council.iter().for_each(|council| add(Page::Recommendations, &council.source_notes));
        for (at, node) in graph.initiatives.iter().enumerate() {
            add(Page::Initiative(InitiativeId(at)), &node.source_notes);
        }
        for (at, node) in graph.recommendations.iter().enumerate() {
            add(Page::Recommendation(RecommendationId(at)), &node.source_notes);
        }
        for (at, node) in graph.figures.iter().enumerate().filter(|(_, node)| !node.source_notes.is_empty()) {
            let page = self.target(Link::Figure(FigureId(at)));
            groups.extend(page.map(|page| NotesOf { page, notes: self.notes(&node.source_notes) }));
        }
        SourcesView {
            documents: documents.collect(),
            differences: (0..graph.strategies.len()).flat_map(|at| self.differences(StrategyId(at))).collect(),
            groups,
            general: self.general_notes(),
        }
    }
}
