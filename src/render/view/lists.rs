//! The first page, the pages of strategies, themes, chapters and actors.
//!
//! In: a page of the site and a language. Out: what its template sees. Adds nothing up: every sum comes from the graph.

use rust_decimal::Decimal;
use serde::Serialize;

use super::funding::SumView;
use super::known::Shown;
use super::material::{BlockView, ChaptersView, StartedView};
use super::recommendation::{RecommendationRow, outcomes};
use super::{CiteView, InitiativeRef, LinkView, MentionView, NoteView, View};
use crate::check::{ActorId, ChapterId, ChapterSection, InitiativeId, Scope, StrategyId, ThemeId};
use crate::load::value::ChapterKind;
use crate::model::{Outcome, Page};
use crate::render::chart::Part;
use crate::render::markdown::{self, Heading};

/// A strategy in a list.
#[derive(Serialize)]
pub struct StrategyCard {
    id: String,
    url: String,
    title: String,
    summary: String,
    /// From the first to the last.
    years: String,
    initiatives: usize,
    total: Option<String>,
    /// The same in three: what stands before the number, the number, what stands after it.
    total_parts: Option<[String; 3]>,
    states_total: bool,
    funding: LinkView,
    document: Option<LinkView>,
    published: String,
}

#[derive(Serialize)]
pub struct StrategiesView {
    strategies: Vec<StrategyCard>,
}

#[derive(Serialize)]
pub struct HomeView {
    strategies: Vec<StrategyCard>,
    council: Option<CouncilCard>,
    initiatives: usize,
    sources: LinkView,
}

#[derive(Serialize)]
struct CouncilCard {
    link: LinkView,
    title: String,
    summary: String,
    recommendations: usize,
    proposals: usize,
    outcomes: Vec<Part<Outcome>>,
    traceability: LinkView,
}

#[derive(Serialize)]
pub struct StrategyView {
    card: StrategyCard,
    html: Option<String>,
    themes: Vec<ThemeCard>,
    material: ChaptersView,
    points: Option<LinkView>,
    figures: Vec<LinkView>,
    cites: Vec<CiteView>,
    source_notes: Vec<NoteView>,
    following: usize,
    preceding: usize,
    traceability: Option<LinkView>,
}

#[derive(Serialize)]
struct ThemeCard {
    number: usize,
    url: String,
    title: String,
    summary: String,
    initiatives: usize,
    sums: Vec<SumView>,
    unit: String,
}

#[derive(Serialize)]
pub struct ThemeView {
    strategy: LinkView,
    summary: String,
    sums: Vec<SumView>,
    unit: String,
    states_sums: bool,
    differs: bool,
    initiatives: Vec<Shown<InitiativeRow>>,
    material: ChaptersView,
    figures: Vec<LinkView>,
    started: Vec<StartedView>,
    cites: Vec<CiteView>,
    previous: Option<LinkView>,
    next: Option<LinkView>,
}

/// An initiative in a list.
#[derive(Serialize)]
pub struct InitiativeRow {
    pub initiative: Shown<InitiativeRef>,
    pub summary: String,
    pub total: Option<String>,
}

#[derive(Serialize)]
pub struct ChapterPageView {
    kind: ChapterKind,
    theme: Option<LinkView>,
    blocks: Vec<BlockView>,
    initiatives: Vec<Shown<InitiativeRef>>,
    actors: Vec<LinkView>,
    previous: Option<LinkView>,
    next: Option<LinkView>,
    summary: String,
    headings: Vec<Heading>,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
pub struct ActorView {
    kind: String,
    summary: Option<String>,
    strategies: Vec<ActorInStrategy>,
    recommendations: Vec<RecommendationRow>,
    material: Vec<MentionView>,
    mentions: Vec<MentionView>,
    /// The page of the recommendations, for the body that gave them.
    advice: Option<LinkView>,
}

#[derive(Serialize)]
struct ActorInStrategy {
    strategy: LinkView,
    initiatives: Vec<Shown<InitiativeRow>>,
}

impl View<'_, '_> {
    fn card(&self, id: StrategyId) -> StrategyCard {
        let node = &self.site.graph.strategies[id.0];
        let record = &node.strategy.record;
        let LinkView { url, title } = self.link(Page::Strategy(id));
        let year = |year: Option<&crate::source::Spanned<crate::load::value::Year>>| year.map(std::string::ToString::to_string).unwrap_or_default();
        let total = self.strategy_total(id);
        StrategyCard {
            id: node.strategy.id.clone(),
            url,
            title,
            summary: self.words(&record.summary),
            years: self.years(year(record.years.first()), year(record.years.last())),
            initiatives: node.initiatives.len(),
            total_parts: total.map(|(total, _)| self.money_parts(id, total)),
            states_total: total.is_some_and(|(_, is_stated)| is_stated),
            total: total.map(|(total, _)| self.money(id, total)),
            funding: self.link(Page::Funding(id)),
            document: self.target(crate::check::Link::Document(node.document)),
            published: self.date(self.site.graph.documents[node.document.0].date),
        }
    }

    /// An amount with its unit, taken apart so that the number can be larger.
    pub fn money_parts(&self, id: StrategyId, amount: Decimal) -> [String; 3] {
        let [before, after] = self.around_money(id);
        [before, self.number(id, amount), after].map(|part| part.trim_matches('\u{a0}').to_owned())
    }

    fn cards(&self) -> Vec<StrategyCard> {
        (0..self.site.graph.strategies.len()).map(|at| self.card(StrategyId(at))).collect()
    }

    pub fn home(&self) -> HomeView {
        let graph = &self.site.graph;
        let council = graph.council.as_ref().map(|council| CouncilCard {
            link: self.link(Page::Recommendations),
            title: self.text(&council.record.title).to_owned(),
            summary: self.words(&council.record.summary),
            recommendations: graph.recommendations.len(),
            proposals: graph.proposals.len(),
            outcomes: outcomes(self.site.outcomes.iter().copied()),
            traceability: self.link(Page::Traceability),
        });
        HomeView { strategies: self.cards(), council, initiatives: graph.initiatives.len(), sources: self.link(Page::Sources) }
    }

    pub fn strategies(&self) -> StrategiesView {
        StrategiesView { strategies: self.cards() }
    }

    pub fn strategy(&self, id: StrategyId) -> StrategyView {
        let graph = &self.site.graph;
        let node = &graph.strategies[id.0];
        let themes = node.themes.iter().enumerate().map(|(at, &theme)| {
            let LinkView { url, title } = self.link(Page::Theme(theme));
            ThemeCard {
                number: at + 1,
                url,
                title,
                summary: self.words(&graph.themes[theme.0].record.summary),
                initiatives: graph.themes[theme.0].initiatives.len(),
                sums: self.theme_sums(theme),
                unit: self.text(&node.strategy.record.unit.label).to_owned(),
            }
        });
        let points = Page::Points(id);
        let coverage = self.site.coverage[id.0];
        StrategyView {
            card: self.card(id),
            html: node.text.as_ref().map(|text| self.html(text)),
            themes: themes.collect(),
            material: self.chapters_by_kind(|chapter| chapter.section == ChapterSection::Strategy(id)),
            points: self.site.has(points).then(|| self.link(points)),
            figures: node.themes.iter().flat_map(|theme| self.figures_of_theme(*theme)).collect(),
            cites: self.cites(&node.cites),
            source_notes: self.notes(&node.source_notes),
            following: coverage.following,
            preceding: coverage.preceding,
            traceability: graph.council.is_some().then(|| self.link(Page::Traceability)),
        }
    }

    /// The sums of a theme; none where no amount is stated for it at all.
    fn theme_sums(&self, id: ThemeId) -> Vec<SumView> {
        let graph = &self.site.graph;
        let theme = &graph.themes[id.0];
        let rows = theme.initiatives.iter().any(|initiative| graph.initiatives[initiative.0].row.is_some());
        let sums = graph.strategies[theme.strategy.0].sums.iter().find(|sums| sums.scope == Scope::Theme(id));
        sums.filter(|_| rows).map(|sums| self.sums(theme.strategy, sums)).unwrap_or_default()
    }

    pub fn theme(&self, id: ThemeId) -> ThemeView {
        let graph = &self.site.graph;
        let node = &graph.themes[id.0];
        let strategy = &graph.strategies[node.strategy.0];
        let at = strategy.themes.iter().position(|theme| *theme == id).unwrap_or_default();
        let sums = self.theme_sums(id);
        ThemeView {
            strategy: self.link(Page::Strategy(node.strategy)),
            differs: sums.iter().any(SumView::differs),
            summary: self.words(&node.record.summary),
            states_sums: sums.iter().all(SumView::is_stated),
            sums,
            unit: self.text(&strategy.strategy.record.unit.label).to_owned(),
            initiatives: self.shown_rows(&node.initiatives),
            material: self.chapters_by_kind(|chapter| chapter.theme == Some(id)),
            figures: self.figures_of_theme(id),
            started: self.started(id),
            cites: self.cites(&node.cites),
            previous: at.checked_sub(1).map(|at| self.link(Page::Theme(strategy.themes[at]))),
            next: strategy.themes.get(at + 1).map(|theme| self.link(Page::Theme(*theme))),
        }
    }

    pub fn initiative_row(&self, id: InitiativeId) -> InitiativeRow {
        InitiativeRow {
            initiative: self.shown_initiative(id),
            summary: self.words(&self.site.graph.initiatives[id.0].initiative.record.summary),
            total: self.initiative_total(id),
        }
    }

    fn shown_rows(&self, ids: &[InitiativeId]) -> Vec<Shown<InitiativeRow>> {
        ids.iter().map(|id| self.shown_row(*id)).collect()
    }

    pub fn chapter(&self, id: ChapterId) -> ChapterPageView {
        let node = &self.site.graph.chapters[id.0];
        let (blocks, headings) = markdown::blocks(self.site, &node.text[self.locale()], self.locale(), &mut self.terms.borrow_mut());
        // The chapters before and after it of its kind, in its section.
        let siblings = self.chapters_of(|other| other.section == node.section && other.kind == node.kind);
        let at = siblings.iter().position(|page| *page == Page::Chapter(id)).unwrap_or_default();
        ChapterPageView {
            kind: node.kind,
            theme: node.theme.map(|theme| self.link(Page::Theme(theme))),
            blocks: blocks.into_iter().map(|block| self.block(block)).collect(),
            initiatives: self.shown_initiatives(&node.initiatives),
            actors: node.actors.iter().map(|actor| self.link(Page::Actor(*actor))).collect(),
            previous: at.checked_sub(1).map(|at| self.link(siblings[at])),
            next: siblings.get(at + 1).map(|page| self.link(*page)),
            summary: node.chapter.pages[self.locale()].front.summary.value.written().to_owned(),
            headings,
            cites: self.cites(&node.cites[self.locale()]),
        }
    }

    pub fn actor(&self, id: ActorId) -> ActorView {
        let graph = &self.site.graph;
        let record = graph.actors[id.0];
        let mine = &self.site.initiatives_of_actor[id.0];
        let strategies = (0..graph.strategies.len()).map(|at| {
            let here: Vec<InitiativeId> = mine.iter().copied().filter(|initiative| graph.initiatives[initiative.0].strategy == StrategyId(at)).collect();
            ActorInStrategy { strategy: self.link(Page::Strategy(StrategyId(at))), initiatives: self.shown_rows(&here) }
        });
        ActorView {
            kind: graph.content.actors.kinds.get(record.kind.value.as_str()).map(|kind| self.text(kind).to_owned()).unwrap_or_default(),
            summary: record.summary.as_ref().map(|summary| self.words(summary)),
            strategies: strategies.filter(|part| !part.initiatives.is_empty()).collect(),
            recommendations: self.site.recommendations_of_actor[id.0].iter().map(|id| self.recommendation_row(*id)).collect(),
            material: self.material_of_actor(id),
            mentions: self.mentions(&self.site.mentions_of_actor[id.0]),
            advice: graph.council.as_ref().filter(|council| council.actor == id).map(|_| self.link(Page::Recommendations)),
        }
    }
}
