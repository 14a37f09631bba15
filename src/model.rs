//! From the graph to the site: which pages there are, where they are, and what each end of a relation shows.
//!
//! In: a [`Graph`]. Out: [`Site`]. Looks up no name and cannot fail.

pub mod address;
pub mod anchor;
pub mod material;
pub mod origin;
pub mod terms;

use rustc_hash::FxHashSet;

use crate::check::{ActorId, ChapterId, Graph, InitiativeId, Link, ProposalId, Prose, RecommendationId, StrategyId, StrategyNode, ThemeId, Trace};
use crate::load::value::{Degree, Relation, Url};
use crate::locale::{Locale, Localized};

/// A page of the site, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// The first page.
    Home,
    /// All strategies.
    Strategies,
    /// A strategy.
    Strategy(StrategyId),
    /// A theme of a strategy.
    Theme(ThemeId),
    /// A chapter.
    Chapter(ChapterId),
    /// All initiatives.
    Initiatives,
    /// An initiative.
    Initiative(InitiativeId),
    /// All recommendations.
    Recommendations,
    /// A recommendation with its proposals.
    Recommendation(RecommendationId),
    /// All funding appendices.
    Fundings,
    /// The funding appendix of a strategy.
    Funding(StrategyId),
    /// The traceability matrix.
    Traceability,
    /// All actors.
    Actors,
    /// An actor.
    Actor(ActorId),
    /// The numbered points of a strategy's document.
    Points(StrategyId),
    /// All figures.
    Figures,
    /// People in councils and groups.
    People,
    /// Quantitative claims.
    KeyFigures,
    /// Terms.
    Glossary,
    /// What happened when.
    Timeline,
    /// About the site.
    About,
    /// The source documents and their disagreements.
    Sources,
    /// The search of the site.
    Search,
    /// The files that can be downloaded.
    Data,
    /// What changed on the site.
    Changes,
}

/// What became of a proposal: the strongest of its follow-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An initiative commits to what it asks.
    Full,
    /// An initiative commits to a part of it, or to study it.
    Partial,
    /// It is noted as done elsewhere.
    Noted,
    /// No initiative takes it up.
    None,
}

impl Outcome {
    /// Every outcome, the strongest first.
    pub const ALL: [Outcome; 4] = [Outcome::Full, Outcome::Partial, Outcome::Noted, Outcome::None];

    /// The word of the outcome in exports.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Full => "full",
            Outcome::Partial => "partial",
            Outcome::Noted => "noted",
            Outcome::None => "none",
        }
    }
}

/// How much of a strategy answers advice.
#[derive(Debug, Clone, Copy)]
pub struct Coverage {
    /// All initiatives.
    pub initiatives: usize,
    /// Those that follow up at least one proposal.
    pub following: usize,
    /// Those that at least one proposal builds on.
    pub preceding: usize,
}

/// The graph with every relation at both of its ends.
pub struct Site<'c> {
    /// The records and their links.
    pub graph: Graph<'c>,
    /// Every page, in the order of the sitemap.
    pub pages: Vec<Page>,
    /// The same, to tell whether there is one; a look through all of them for each page would grow with their square.
    page_set: FxHashSet<Page>,
    /// The later initiatives that carry each initiative on.
    pub successors: Vec<Vec<InitiativeId>>,
    /// The traces at each initiative.
    pub traces_of_initiative: Vec<Vec<usize>>,
    /// The traces at each proposal.
    pub traces_of_proposal: Vec<Vec<usize>>,
    /// What became of each proposal.
    pub outcomes: Vec<Outcome>,
    /// The initiatives that each actor has a part in.
    pub initiatives_of_actor: Vec<Vec<InitiativeId>>,
    /// The recommendations that each actor has a part in.
    pub recommendations_of_actor: Vec<Vec<RecommendationId>>,
    /// The pages whose text speaks of each initiative, by link.
    pub mentions_of_initiative: Vec<Vec<Page>>,
    /// The pages whose text speaks of each recommendation or one of its proposals, by link.
    pub mentions_of_recommendation: Vec<Vec<Page>>,
    /// The pages whose text speaks of each actor, by link.
    pub mentions_of_actor: Vec<Vec<Page>>,
    /// The pages that show each figure or link to it.
    pub mentions_of_figure: Vec<Vec<Page>>,
    /// What the documents say besides their initiatives.
    pub material: material::Material,
    /// The terms of each language.
    pub terms: Localized<Option<terms::Terms>>,
    /// The figures of the matrix, of each strategy.
    pub coverage: Vec<Coverage>,
    /// Whether the site is shown before it is published: search engines are to leave it alone.
    pub draft: bool,
    /// Where it is published, without a slash at the end.
    pub base_url: String,
    /// Whether anybody will read the pages: what neither a link nor a fault depends on is made for readers alone.
    pub for_readers: bool,
}

/// What one edition of a site has for itself.
#[derive(Debug, Clone, Default)]
pub struct Edition {
    /// Where it is published, where that is not the site's own address.
    pub base_url: Option<Url>,
    /// Whether it is shown before it is published, and search engines are to leave it alone.
    pub draft: bool,
}

/// Turns every relation round and lists the pages.
pub fn build<'c>(graph: Graph<'c>, for_readers: bool, edition: &Edition) -> Site<'c> {
    let pages = pages(&graph);
    let mut site = Site {
        draft: edition.draft,
        base_url: edition.base_url.as_ref().unwrap_or(&graph.content.site.base_url).root().to_owned(),
        for_readers,
        page_set: pages.iter().copied().collect(),
        pages,
        successors: vec![Vec::new(); graph.initiatives.len()],
        traces_of_initiative: vec![Vec::new(); graph.initiatives.len()],
        traces_of_proposal: vec![Vec::new(); graph.proposals.len()],
        outcomes: vec![Outcome::None; graph.proposals.len()],
        initiatives_of_actor: vec![Vec::new(); graph.actors.len()],
        recommendations_of_actor: vec![Vec::new(); graph.actors.len()],
        mentions_of_initiative: vec![Vec::new(); graph.initiatives.len()],
        mentions_of_recommendation: vec![Vec::new(); graph.recommendations.len()],
        mentions_of_actor: vec![Vec::new(); graph.actors.len()],
        mentions_of_figure: vec![Vec::new(); graph.figures.len()],
        material: material::Material::new(&graph),
        terms: terms::all(&graph),
        coverage: Vec::new(),
        graph,
    };
    let graph = &site.graph;
    for (at, node) in graph.initiatives.iter().enumerate() {
        let id = InitiativeId(at);
        node.continues.iter().for_each(|succession| site.successors[succession.earlier.0].push(id));
        node.actors.iter().for_each(|actor| site.initiatives_of_actor[actor.0].push(id));
    }
    for (at, node) in graph.recommendations.iter().enumerate() {
        node.actors.iter().for_each(|actor| site.recommendations_of_actor[actor.0].push(RecommendationId(at)));
    }
    for (at, trace) in graph.traces.iter().enumerate() {
        site.traces_of_proposal[trace.from.0].push(at);
        if let Some(end) = trace.to {
            site.traces_of_initiative[end.initiative.0].push(at);
            let outcome = &mut site.outcomes[trace.from.0];
            *outcome = (*outcome).min(outcome_of(end.degree));
        }
    }
    let mut mentions = Mentions {
        initiatives: &mut site.mentions_of_initiative,
        recommendations: &mut site.mentions_of_recommendation,
        actors: &mut site.mentions_of_actor,
        figures: &mut site.mentions_of_figure,
        graph,
    };
    for (at, node) in graph.strategies.iter().enumerate() {
        let page = Page::Strategy(StrategyId(at));
        node.text.iter().for_each(|text| mentions.collect(page, text));
        node.source_notes.iter().for_each(|note| mentions.collect(page, &note.text));
        node.notes.iter().for_each(|note| mentions.collect(Page::Funding(StrategyId(at)), &note.text));
    }
    for (at, node) in graph.chapters.iter().enumerate() {
        let page = Page::Chapter(ChapterId(at));
        mentions.collect(page, &node.text);
        node.initiatives.iter().for_each(|id| mentions.add(page, Link::Initiative(*id)));
        node.actors.iter().for_each(|id| mentions.add(page, Link::Actor(*id)));
    }
    for (at, node) in graph.initiatives.iter().enumerate() {
        let page = Page::Initiative(InitiativeId(at));
        mentions.collect(page, &node.text);
        node.source_notes.iter().for_each(|note| mentions.collect(page, &note.text));
    }
    for node in &graph.points {
        mentions.collect(Page::Points(node.strategy), &node.text);
    }
    for node in &graph.events {
        mentions.collect(Page::Timeline, &node.text);
    }
    for (_, note) in &graph.general_notes {
        mentions.collect(Page::Sources, &note.text);
    }
    for node in &graph.figures {
        node.source_notes.iter().for_each(|note| mentions.collect(Page::Figures, &note.text));
    }
    if let Some(node) = &graph.council {
        node.source_notes.iter().for_each(|note| mentions.collect(Page::Recommendations, &note.text));
    }
    for (at, node) in graph.recommendations.iter().enumerate() {
        let page = Page::Recommendation(RecommendationId(at));
        node.text.iter().for_each(|text| mentions.collect(page, text));
        node.source_notes.iter().for_each(|note| mentions.collect(page, &note.text));
    }
    // What is shown as a relation of its own is not listed again.
    for (at, list) in site.mentions_of_initiative.iter_mut().enumerate() {
        let relatives = &graph.initiatives[at].continues;
        list.retain(|page| !matches!(page, Page::Initiative(id) if site.successors[at].contains(id) || relatives.iter().any(|earlier| earlier.earlier == *id)));
    }
    for (at, list) in site.mentions_of_actor.iter_mut().enumerate() {
        list.retain(|page| match page {
            // Both lists are in the order of the records.
            Page::Initiative(id) => site.initiatives_of_actor[at].binary_search(id).is_err(),
            Page::Recommendation(id) => site.recommendations_of_actor[at].binary_search(id).is_err(),
            _ => true,
        });
    }
    site.coverage = coverage(&site);
    site
}

fn outcome_of(degree: Degree) -> Outcome {
    match degree {
        Degree::Full => Outcome::Full,
        Degree::Partial => Outcome::Partial,
        Degree::Noted => Outcome::Noted,
        Degree::Explicit | Degree::Topical => Outcome::None,
    }
}

fn pages(graph: &Graph<'_>) -> Vec<Page> {
    let mut pages = vec![Page::Home];
    if !graph.strategies.is_empty() {
        pages.extend([Page::Strategies, Page::Initiatives, Page::Fundings]);
    }
    for (at, node) in graph.strategies.iter().enumerate() {
        pages.push(Page::Strategy(StrategyId(at)));
        pages.push(Page::Funding(StrategyId(at)));
        pages.extend(graph.points.iter().any(|point| point.strategy == StrategyId(at)).then_some(Page::Points(StrategyId(at))));
        pages.extend(node.themes.iter().map(|theme| Page::Theme(*theme)));
        pages.extend(node.initiatives.iter().map(|initiative| Page::Initiative(*initiative)));
    }
    if graph.council.is_some() {
        pages.extend([Page::Recommendations, Page::Traceability]);
        pages.extend((0..graph.recommendations.len()).map(|at| Page::Recommendation(RecommendationId(at))));
    }
    pages.push(Page::Actors);
    pages.extend((0..graph.actors.len()).map(|at| Page::Actor(ActorId(at))));
    let material = [
        (Page::KeyFigures, graph.topics.is_empty()),
        (Page::Figures, graph.figures.is_empty()),
        (Page::Timeline, graph.events.is_empty()),
        (Page::People, graph.groups.is_empty()),
        (Page::Glossary, graph.terms.is_empty()),
    ];
    pages.extend(material.into_iter().filter(|(_, empty)| !empty).map(|(page, _)| page));
    pages.extend([Page::About, Page::Sources, Page::Data, Page::Search]);
    pages.extend((!graph.changes.is_empty()).then_some(Page::Changes));
    pages.extend((0..graph.chapters.len()).map(|at| Page::Chapter(ChapterId(at))));
    pages
}

/// Collects who speaks of whom, each page once and never of itself.
struct Mentions<'m, 'c> {
    initiatives: &'m mut [Vec<Page>],
    recommendations: &'m mut [Vec<Page>],
    actors: &'m mut [Vec<Page>],
    figures: &'m mut [Vec<Page>],
    graph: &'m Graph<'c>,
}

impl Mentions<'_, '_> {
    fn collect(&mut self, from: Page, text: &Localized<Prose<'_>>) {
        text.iter().flat_map(|prose| &prose.links).for_each(|link| self.add(from, *link));
    }

    fn add(&mut self, from: Page, link: Link<'_>) {
        let list = match link {
            Link::Initiative(id) if from != Page::Initiative(id) => &mut self.initiatives[id.0],
            Link::Recommendation(id) if from != Page::Recommendation(id) => &mut self.recommendations[id.0],
            Link::Proposal(id) => return self.add(from, Link::Recommendation(self.graph.proposals[id.0].recommendation)),
            Link::Actor(id) => &mut self.actors[id.0],
            Link::Figure(id) if from != Page::Figures => &mut self.figures[id.0],
            _ => return,
        };
        if list.last() != Some(&from) {
            list.push(from);
        }
    }
}

fn coverage(site: &Site<'_>) -> Vec<Coverage> {
    let has = |id: &InitiativeId, relation: Relation| site.traces_of_initiative[id.0].iter().any(|at| site.graph.traces[*at].relation() == relation);
    let of = |node: &StrategyNode<'_>| Coverage {
        initiatives: node.initiatives.len(),
        following: node.initiatives.iter().filter(|id| has(id, Relation::FollowUp)).count(),
        preceding: node.initiatives.iter().filter(|id| has(id, Relation::Precedent)).count(),
    };
    site.graph.strategies.iter().map(of).collect()
}

impl<'c> Site<'c> {
    /// Whether the site has a page.
    pub fn has(&self, page: Page) -> bool {
        self.page_set.contains(&page)
    }

    /// Every page in every language.
    pub fn in_every_language(&self) -> impl Iterator<Item = (Page, Locale)> {
        self.pages.iter().flat_map(|page| self.graph.content.languages.iter().map(|locale| (*page, locale)))
    }

    /// The traces of a proposal with this relation, in order.
    pub fn traces(&self, proposal: ProposalId, relation: Relation) -> impl Iterator<Item = &Trace<'c>> {
        self.traces_of_proposal[proposal.0].iter().map(|at| &self.graph.traces[*at]).filter(move |trace| trace.relation() == relation)
    }
}
