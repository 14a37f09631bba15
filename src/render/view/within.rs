//! Where a page stands in its document: the parts beside it.
//!
//! In: a page. Out: the document's own page and its parts, the current one marked; nothing for pages that are of no document.

use serde::Serialize;

use super::known::Shown;
use super::{LinkView, View};
use crate::check::{ChapterSection, RecommendationId, StrategyId};
use crate::load::value::ChapterKind;
use crate::model::Page;

/// The document that a page is a part of.
#[derive(Serialize)]
pub struct WithinView {
    url: String,
    title: String,
    /// Whether it is a document, and not the pages about the site itself.
    is_document: bool,
    /// Points, money, recommendations: what is not a theme and not a chapter.
    pages: PartList,
    themes: PartList,
    chapters: PartList,
}

/// The parts of one kind; of very many, those around the current one. The document's own page has them all.
#[derive(Serialize)]
struct PartList {
    /// Whether parts before or after these are left out.
    before: bool,
    after: bool,
    parts: Vec<PartView>,
}

/// With more parts than this, those within the reach of the current one stand beside a page.
const MOST_PARTS: usize = 40;
const REACH: usize = 10;

#[derive(Serialize)]
#[serde(untagged)]
enum PartView {
    Other(Shown<LinkView>),
    Current {
        url: String,
        title: String,
        /// The page itself is `page`, one that it belongs to `true`.
        current: &'static str,
    },
}

impl View<'_, '_> {
    /// The parts of the document that a page is of.
    pub fn within(&self, page: Page) -> Option<WithinView> {
        let graph = &self.site.graph;
        match page {
            Page::Strategy(id) | Page::Points(id) | Page::Funding(id) => Some(self.in_strategy(id, page, None)),
            Page::Theme(id) => Some(self.in_strategy(graph.themes[id.0].strategy, page, None)),
            Page::Initiative(id) => Some(self.in_strategy(graph.initiatives[id.0].strategy, page, graph.initiatives[id.0].theme.map(Page::Theme))),
            Page::Recommendation(_) => Some(self.in_recommendations(page)),
            Page::Chapter(id) => match graph.chapters[id.0].section {
                ChapterSection::Strategy(strategy) => Some(self.in_strategy(strategy, page, graph.chapters[id.0].theme.map(Page::Theme))),
                ChapterSection::Recommendations => Some(self.in_recommendations(page)),
                ChapterSection::About => Some(self.in_about(page)),
            },
            Page::Sources | Page::Figures | Page::People | Page::KeyFigures | Page::Glossary | Page::Timeline => Some(self.in_about(page)),
            _ => None,
        }
    }

    fn in_strategy(&self, id: StrategyId, page: Page, theme: Option<Page>) -> WithinView {
        let graph = &self.site.graph;
        let own = [Page::Points(id), Page::Funding(id)].into_iter().filter(|page| self.site.has(*page));
        let themes = graph.strategies[id.0].themes.iter().map(|theme| Page::Theme(*theme));
        // A case or a box stands in the chapters around it; beside it, it is listed with its like.
        let kind = if let Page::Chapter(id) = page { graph.chapters[id.0].kind } else { ChapterKind::Chapter };
        let chapters = self.chapters_of(|node| node.section == ChapterSection::Strategy(id) && node.kind == kind);
        self.parts(Page::Strategy(id), page, theme, [own.collect(), themes.collect(), chapters])
    }

    fn in_recommendations(&self, page: Page) -> WithinView {
        let all = (0..self.site.graph.recommendations.len()).map(|at| Page::Recommendation(RecommendationId(at)));
        let chapters = self.chapters_of(|node| node.section == ChapterSection::Recommendations && node.kind == ChapterKind::Chapter);
        self.parts(Page::Recommendations, page, None, [all.collect(), Vec::new(), chapters])
    }

    fn in_about(&self, page: Page) -> WithinView {
        let pages = [Page::KeyFigures, Page::Figures, Page::Timeline, Page::People, Page::Glossary, Page::Sources];
        let pages = pages.into_iter().filter(|page| self.site.has(*page));
        let chapters = self.chapters_of(|node| node.section == ChapterSection::About);
        self.parts(Page::About, page, None, [pages.collect(), Vec::new(), chapters])
    }

    fn parts(&self, document: Page, page: Page, above: Option<Page>, parts: [Vec<Page>; 3]) -> WithinView {
        let part = |part: &Page| {
            let current = if *part == page { Some("page") } else { (above == Some(*part)).then_some("true") };
            let Some(current) = current else { return PartView::Other(self.shown_link(*part)) };
            let LinkView { url, title } = self.link(*part);
            PartView::Current { url, title, current }
        };
        let near = |list: Vec<Page>| {
            let is_current = |part: &Page| *part == page || above == Some(*part);
            let at = list.iter().position(is_current).unwrap_or(0);
            let (from, to) = match list.len() {
                0..=MOST_PARTS => (0, list.len()),
                all => (at.saturating_sub(REACH), (at + REACH + 1).min(all)),
            };
            PartList { before: from > 0, after: to < list.len(), parts: list[from..to].iter().map(part).collect() }
        };
        let [pages, themes, chapters] = parts.map(near);
        let LinkView { url, title } = self.link(document);
        WithinView { url, title, is_document: document != Page::About, pages, themes, chapters }
    }
}
