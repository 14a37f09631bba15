//! What templates see: plain values, every number and date already written in the language of the page.
//!
//! In: the site, a page and a language. Out: structs that serialise into the context of a template. Decides nothing
//! about looks.

use std::cell::RefCell;
use std::ops::Deref;

use rust_decimal::Decimal;
use serde::Serialize;

mod charts;
mod data;
mod filter;
mod funding;
mod index;
mod initiative;
mod known;
mod linked;
mod lists;
mod material;
mod recommendation;
mod share;
mod sources;
mod traceability;
mod within;

pub use known::Known;
use known::Shown;

use super::{Language, markdown, path};
use crate::check::{ChapterSection, Cite, Cited, DocumentId, InitiativeId, Link, Note, Prose, StrategyId, Trace};
use crate::load::value::{Degree, InitiativeKind, PartialDate, Relation, with_decimals};
use crate::load::words::Words;
use crate::locale::{Locale, Localized};
use crate::model::{Outcome, Page, Site, address};

/// The site in one language.
#[derive(Clone, Copy)]
pub struct View<'v, 'c> {
    pub site: &'v Site<'c>,
    pub language: &'v Language,
    /// What its pages have shown.
    pub known: &'v Known,
    /// The terms of the glossary that the page has linked already.
    pub terms: &'v RefCell<Vec<usize>>,
    /// The page itself, where it is one of the site.
    pub here: Option<Page>,
}

/// A link to a page.
#[derive(Serialize)]
pub struct LinkView {
    pub url: String,
    pub title: String,
}

/// A link to where something is told, and the work that tells it.
#[derive(Serialize)]
pub struct MentionView {
    pub url: String,
    pub title: String,
    pub context: Option<String>,
}

/// What is cited of a document.
#[derive(Serialize)]
pub struct CiteView {
    pub url: String,
    pub document: String,
    pub places: Vec<PlaceView>,
}

/// A place in a document, and where the site retells it.
#[derive(Serialize)]
pub struct PlaceView {
    pub text: String,
    pub url: Option<String>,
}

/// An initiative as it is named elsewhere.
#[derive(Serialize)]
pub struct InitiativeRef {
    pub id: String,
    pub number: u32,
    pub url: String,
    pub title: String,
    pub strategy: String,
    pub noted: bool,
}

/// A proposal as it is named elsewhere.
#[derive(Serialize)]
pub struct ProposalRef {
    pub id: String,
    pub anchor: String,
    pub url: String,
    pub title: String,
    pub outcome: Outcome,
}

/// A note on the sources.
#[derive(Serialize)]
pub struct NoteView {
    pub html: String,
    pub cites: Vec<CiteView>,
}

/// A trace seen from one of its ends.
#[derive(Serialize)]
pub struct TraceView {
    pub cell: String,
    pub relation: Relation,
    pub degree: Option<Degree>,
    pub proposal: Shown<ProposalRef>,
    pub initiative: Option<Shown<InitiativeRef>>,
    pub rationale: String,
    pub evidence: Vec<CiteView>,
    /// Its cell in the matrix, where it has one.
    pub matrix: Option<String>,
}

/// A page in another language.
#[derive(Serialize)]
pub struct Alternate {
    pub code: String,
    pub name: String,
    pub url: String,
    pub current: bool,
}

/// What every template sees of its page.
#[derive(Serialize)]
pub struct PageView {
    pub kind: &'static str,
    pub section: &'static str,
    pub title: String,
    pub description: String,
    pub url: String,
    pub alternates: Vec<Alternate>,
    pub breadcrumbs: Vec<LinkView>,
    /// Whether the text was changed in the source language after it was translated.
    pub outdated: bool,
    /// The document that the page is a part of.
    pub within: Option<within::WithinView>,
    pub share: Option<share::ShareView>,
}

/// The name of a page's template, and the word of its menu entry.
pub fn kind(page: Page) -> (&'static str, &'static str) {
    match page {
        Page::Home => ("home", "home"),
        Page::Strategies => ("strategies", "strategies"),
        Page::Strategy(_) => ("strategy", "strategies"),
        Page::Theme(_) => ("theme", "strategies"),
        Page::Chapter(_) => ("chapter", "about"),
        Page::Initiatives => ("initiatives", "initiatives"),
        Page::Initiative(_) => ("initiative", "initiatives"),
        Page::Recommendations => ("recommendations", "recommendations"),
        Page::Recommendation(_) => ("recommendation", "recommendations"),
        Page::Fundings => ("fundings", "funding"),
        Page::Funding(_) => ("funding", "funding"),
        Page::Traceability => ("traceability", "traceability"),
        Page::Actors => ("actors", "actors"),
        Page::Actor(_) => ("actor", "actors"),
        Page::Points(_) => ("points", "strategies"),
        Page::Figures => ("figures", "about"),
        Page::People => ("people", "about"),
        Page::KeyFigures => ("key_figures", "about"),
        Page::Glossary => ("glossary", "about"),
        Page::Timeline => ("timeline", "about"),
        Page::About => ("about", "about"),
        Page::Sources => ("sources", "about"),
        Page::Search => ("search", "search"),
        Page::Data => ("data", "about"),
        Page::Changes => ("changes", "about"),
    }
}

/// The word of the theme at a dotted place.
pub fn word(site: &Site<'_>, locale: Locale, place: &str) -> Option<String> {
    site.graph.content.theme.word(locale, place).map(str::to_owned)
}

/// The heading of a page; nothing where the theme lacks the word.
pub fn page_title(site: &Site<'_>, page: Page, locale: Locale) -> Option<String> {
    let graph = &site.graph;
    let title = match page {
        Page::Home => &graph.content.site.title[locale],
        Page::Strategy(id) => &graph.strategies[id.0].strategy.record.title[locale],
        Page::Theme(id) => &graph.themes[id.0].record.title[locale],
        Page::Chapter(id) => &graph.chapters[id.0].chapter.pages[locale].front.title,
        Page::Initiative(id) => &graph.initiatives[id.0].initiative.record.title[locale],
        Page::Recommendation(id) => &graph.recommendations[id.0].recommendation.record.title[locale],
        Page::Actor(id) => &graph.actors[id.0].name[locale],
        Page::Points(id) => {
            let word = word(site, locale, "pages.points_of")?;
            return Some(word.replace("{title}", &graph.strategies[id.0].strategy.record.title[locale]));
        }
        Page::Funding(id) => {
            let word = word(site, locale, "pages.funding_of")?;
            return Some(word.replace("{title}", &graph.strategies[id.0].strategy.record.title[locale]));
        }
        Page::Fundings => return word(site, locale, "pages.funding"),
        other => return word(site, locale, &format!("pages.{}", kind(other).0)),
    };
    Some(title.clone())
}

impl<'v, 'c> View<'v, 'c> {
    pub fn locale(&self) -> Locale {
        self.language.locale
    }

    pub fn text<'t>(&self, text: &'t Localized<impl Deref<Target = str>>) -> &'t str {
        &text[self.locale()]
    }

    /// A text with its marks of language, which the filter `words` makes out.
    pub fn words(&self, text: &Localized<Words>) -> String {
        text[self.locale()].written().to_owned()
    }

    pub fn link(&self, page: Page) -> LinkView {
        LinkView { url: path(self.site, page, self.locale()), title: page_title(self.site, page, self.locale()).unwrap_or_default() }
    }

    pub fn links(&self, pages: &[Page]) -> Vec<LinkView> {
        pages.iter().map(|page| self.link(*page)).collect()
    }

    /// The pages that speak of something, each with the strategy or the advice it belongs to.
    pub fn mentions(&self, pages: &[Page]) -> Vec<MentionView> {
        let graph = &self.site.graph;
        let context = |page: &Page| match *page {
            Page::Initiative(id) => Some(self.strategy_title(graph.initiatives[id.0].strategy)),
            Page::Recommendation(_) => self.advice_title(),
            Page::Chapter(id) => self.section_title(graph.chapters[id.0].section),
            _ => None,
        };
        let mention = |page: &Page| {
            let LinkView { url, title } = self.link(*page);
            MentionView { url, title, context: context(page) }
        };
        pages.iter().map(mention).collect()
    }

    pub fn strategy_title(&self, id: StrategyId) -> String {
        self.text(&self.site.graph.strategies[id.0].strategy.record.title).to_owned()
    }

    /// The title of the recommendations as a whole, where the site has them.
    pub fn advice_title(&self) -> Option<String> {
        self.site.graph.council.as_ref().map(|council| self.text(&council.record.title).to_owned())
    }

    /// The work that the chapters of a section are of; nothing for those about the site.
    pub fn section_title(&self, section: ChapterSection) -> Option<String> {
        match section {
            ChapterSection::Strategy(id) => Some(self.strategy_title(id)),
            ChapterSection::Recommendations => self.advice_title(),
            ChapterSection::About => None,
        }
    }

    pub fn html(&self, prose: &Localized<Prose<'_>>) -> String {
        markdown::html(self.site, &prose[self.locale()], self.locale(), &mut self.terms.borrow_mut())
    }

    fn place(&self, cite: &Cite<'_>) -> Option<PlaceView> {
        let places = &self.site.graph.content.documents.places;
        let step = |step: &crate::load::value::PlaceStep| {
            let word = places.get(step.word.as_str()).map_or(step.word.as_str(), |word| self.text(word));
            step.label.as_ref().map_or_else(|| word.to_owned(), |label| [word, "\u{a0}", label].concat())
        };
        let text = cite.at?.steps.iter().map(step).collect::<Vec<_>>().join(", ");
        Some(PlaceView { text, url: cite.means.and_then(|record| self.elsewhere(record)) })
    }

    /// Where a record that is cited stands, unless it is on this very page.
    fn elsewhere(&self, record: Cited) -> Option<String> {
        let graph = &self.site.graph;
        let page = match record {
            Cited::Point(id) => Page::Points(graph.points[id.0].strategy),
            Cited::Figure(_) => Page::Figures,
            Cited::Initiative(id) => Page::Initiative(id),
            Cited::Recommendation(id) => Page::Recommendation(id),
            Cited::Proposal(id) => Page::Recommendation(graph.proposals[id.0].recommendation),
            Cited::Chapter(id) => Page::Chapter(id),
        };
        if self.here == Some(page) {
            return None;
        }
        match record {
            Cited::Point(id) => Some(self.point_url(id)),
            Cited::Figure(id) => self.target(Link::Figure(id)).map(|link| link.url),
            Cited::Proposal(id) => Some(address::proposal_path(self.site, id, self.locale())),
            Cited::Initiative(_) | Cited::Recommendation(_) | Cited::Chapter(_) => Some(path(self.site, page, self.locale())),
        }
    }

    pub fn cites(&self, cites: &[Cite<'_>]) -> Vec<CiteView> {
        // Each document once, where it is first cited, with all its places.
        let mut documents: Vec<(DocumentId, CiteView)> = Vec::new();
        for cite in cites {
            let at = documents.iter().position(|(id, _)| *id == cite.document).unwrap_or_else(|| {
                let document = self.site.graph.documents[cite.document.0];
                let url = [&path(self.site, Page::Sources, self.locale()), "#", document.id.as_str()].concat();
                let title = self.text(document.short.as_ref().unwrap_or(&document.title)).to_owned();
                documents.push((cite.document, CiteView { url, document: title, places: Vec::new() }));
                documents.len() - 1
            });
            let places = &mut documents[at].1.places;
            let place = self.place(cite).map(|place| match places.iter().any(|known| known.url == place.url) {
                // One link to a record is enough for all places that stand for it.
                true => PlaceView { url: None, ..place },
                false => place,
            });
            places.extend(place);
        }
        documents.into_iter().map(|(_, view)| view).collect()
    }

    pub fn notes(&self, notes: &[Note<'_>]) -> Vec<NoteView> {
        notes.iter().map(|note| NoteView { html: self.html(&note.text), cites: self.cites(&note.cites) }).collect()
    }

    pub fn initiative_ref(&self, id: InitiativeId) -> InitiativeRef {
        let node = &self.site.graph.initiatives[id.0];
        let LinkView { url, title } = self.link(Page::Initiative(id));
        InitiativeRef {
            id: node.initiative.id.clone(),
            number: node.initiative.number,
            url,
            title,
            strategy: node.initiative.strategy.clone(),
            noted: node.initiative.record.kind() == InitiativeKind::Noted,
        }
    }

    pub fn proposal_ref(&self, id: crate::check::ProposalId) -> ProposalRef {
        let node = &self.site.graph.proposals[id.0];
        ProposalRef {
            id: node.id.clone(),
            anchor: address::proposal_anchor(self.site, id),
            url: address::proposal_path(self.site, id, self.locale()),
            title: self.text(&node.record.title).to_owned(),
            outcome: self.site.outcomes[id.0],
        }
    }

    pub fn trace(&self, trace: &Trace<'_>) -> TraceView {
        // The address of the link, here and in the matrix.
        let cell = match trace.to {
            Some(end) => traceability::cell_anchor(self.site, trace.from, end.initiative),
            None => address::proposal_anchor(self.site, trace.from),
        };
        let in_matrix = trace.to.is_some() && traceability::is_whole(self.site);
        TraceView {
            matrix: in_matrix.then(|| format!("{}#{cell}", path(self.site, Page::Traceability, self.locale()))),
            cell,
            relation: trace.relation(),
            degree: trace.to.map(|end| end.degree),
            proposal: self.shown_proposal(trace.from),
            initiative: trace.to.map(|end| self.shown_initiative(end.initiative)),
            rationale: self.words(&trace.record.rationale),
            evidence: self.cites(&trace.evidence),
        }
    }

    pub fn date(&self, date: PartialDate) -> String {
        self.language.formatter.date(date.year, date.month, date.day)
    }

    /// An amount of a strategy's table without its unit: 16,6.
    pub fn number(&self, strategy: StrategyId, amount: Decimal) -> String {
        let decimals = self.site.graph.strategies[strategy.0].strategy.record.unit.decimals.value;
        self.language.formatter.number(with_decimals(amount, decimals))
    }

    /// An amount with its unit: 16.6 million
    pub fn money(&self, strategy: StrategyId, amount: Decimal) -> String {
        let [before, after] = self.around_money(strategy);
        [before, self.number(strategy, amount), after].concat()
    }

    /// What stands before and after an amount; it does not break over lines.
    pub fn around_money(&self, strategy: StrategyId) -> [String; 2] {
        let form = &self.site.graph.strategies[strategy.0].strategy.record.unit.form[self.locale()];
        let (before, after) = form.split_once("{amount}").unwrap_or_default();
        [before, after].map(|part| part.replace(' ', "\u{a0}"))
    }

    /// What every template sees of its page.
    pub fn page(&self, page: Page) -> PageView {
        let (kind, mut section) = kind(page);
        let graph = &self.site.graph;
        if let Page::Chapter(id) = page {
            section = match graph.chapters[id.0].section {
                ChapterSection::Strategy(_) => "strategies",
                ChapterSection::Recommendations => "recommendations",
                ChapterSection::About => section,
            };
        }
        let content = graph.content;
        let alternates = content.languages.iter().zip(&content.site.languages).map(|(locale, language)| Alternate {
            code: language.code.to_string(),
            name: language.name.clone(),
            url: path(self.site, page, locale),
            current: locale == self.locale(),
        });
        let LinkView { url, title } = self.link(page);
        let mut view = PageView {
            kind,
            section,
            title,
            description: self
                .description(page)
                .map(str::to_owned)
                .or_else(|| self.lead(page))
                .unwrap_or_else(|| self.text(&content.site.description).to_owned()),
            url,
            alternates: alternates.collect(),
            breadcrumbs: self.links(&self.ancestors(page)),
            outdated: crate::model::origin::is_outdated(self.site, page, self.language.locale),
            within: self.within(page),
            share: None,
        };
        view.share = Some(self.share(page, &view));
        view
    }

    fn description(&self, page: Page) -> Option<&'v str> {
        let graph = &self.site.graph;
        let text = match page {
            Page::Strategy(id) => &graph.strategies[id.0].strategy.record.summary,
            Page::Theme(id) => &graph.themes[id.0].record.summary,
            Page::Initiative(id) => &graph.initiatives[id.0].initiative.record.summary,
            Page::Recommendation(id) => &graph.recommendations[id.0].recommendation.record.summary,
            Page::Recommendations => &graph.council.as_ref()?.record.summary,
            Page::Actor(id) => graph.actors[id.0].summary.as_ref()?,
            Page::Chapter(id) => return Some(&graph.chapters[id.0].chapter.pages[self.locale()].front.summary),
            _ => return None,
        };
        Some(&text[self.locale()])
    }

    /// The theme's own sentence about pages of a kind.
    fn lead(&self, page: Page) -> Option<String> {
        let (kind, section) = kind(page);
        let word = |name| word(self.site, self.locale(), &format!("{name}.lead"));
        (page != Page::Home).then(|| word(kind).or_else(|| word(section)))?
    }

    /// The pages above a page, the first page first.
    fn ancestors(&self, page: Page) -> Vec<Page> {
        let graph = &self.site.graph;
        let parent = match page {
            Page::Home => return Vec::new(),
            Page::Strategy(_) => Page::Strategies,
            Page::Theme(id) => Page::Strategy(graph.themes[id.0].strategy),
            Page::Chapter(id) => match graph.chapters[id.0].section {
                ChapterSection::Strategy(strategy) => Page::Strategy(strategy),
                ChapterSection::Recommendations => Page::Recommendations,
                ChapterSection::About => Page::About,
            },
            Page::Initiative(_) => Page::Initiatives,
            Page::Recommendation(_) => Page::Recommendations,
            Page::Funding(_) => Page::Fundings,
            Page::Points(id) => Page::Strategy(id),
            Page::Actor(_) => Page::Actors,
            Page::Data | Page::Changes | Page::Sources | Page::Figures | Page::People | Page::KeyFigures | Page::Glossary | Page::Timeline => Page::About,
            _ => Page::Home,
        };
        let mut ancestors = self.ancestors(parent);
        ancestors.push(parent);
        ancestors
    }

    /// The values of a page's own template.
    pub fn body(&self, page: Page) -> tera::TeraResult<tera::Context> {
        use tera::Context;
        match page {
            Page::Home => Context::from_serialize(&self.home()),
            Page::Strategies | Page::Fundings => Context::from_serialize(&self.strategies()),
            Page::Strategy(id) => Context::from_serialize(&self.strategy(id)),
            Page::Theme(id) => Context::from_serialize(&self.theme(id)),
            Page::Chapter(id) => Context::from_serialize(&self.chapter(id)),
            Page::Initiatives => Context::from_serialize(&self.initiatives()),
            Page::Initiative(id) => Context::from_serialize(&self.initiative(id)),
            Page::Recommendations => Context::from_serialize(&self.recommendations()),
            Page::Recommendation(id) => Context::from_serialize(&self.recommendation(id)),
            Page::Funding(id) => Context::from_serialize(&self.funding(id)),
            Page::Traceability => Context::from_serialize(&self.traceability()),
            Page::Actors => Context::from_serialize(&self.actors()),
            Page::Actor(id) => Context::from_serialize(&self.actor(id)),
            Page::Points(id) => Context::from_serialize(&self.points(id)),
            Page::Figures => Context::from_serialize(&self.figures()),
            Page::People => Context::from_serialize(&self.people()),
            Page::KeyFigures => Context::from_serialize(&self.key_figures()),
            Page::Glossary => Context::from_serialize(&self.glossary()),
            Page::Timeline => Context::from_serialize(&self.timeline()),
            Page::About => Context::from_serialize(&self.about()),
            Page::Sources => Context::from_serialize(&self.sources()),
            Page::Search => Context::from_serialize(&self.search()),
            // The files are the same for all; the engine has them.
            Page::Data => Ok(Context::new()),
            Page::Changes => Context::from_serialize(&self.changes()),
        }
    }

    /// Title and address of what a link leads to.
    pub fn target(&self, link: Link<'_>) -> Option<LinkView> {
        markdown::target(self.site, link, self.locale()).map(|(url, title)| LinkView { url, title })
    }
}
