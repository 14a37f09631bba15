//! Names to links.
//!
//! In: records. Out: the nodes of the graph, with duplicates and dangling references reported and left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::index::Index;
use super::{
    ActorId, ChapterId, CouncilChapterNode, CouncilNode, DocumentId, FigureId, Graph, InitiativeId, InitiativeNode, ProposalId, ProposalNode, RecommendationId,
    RecommendationNode, StrategyId, StrategyNode, Succession, ThemeId, ThemeNode, Trace, TraceEnd, material, unknown,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::load::value::Key;
use crate::load::{Content, Initiative, Recommendation, Strategy};
use crate::locale::Locale;
use crate::source::{Span, Spanned};

/// Reports the second of two records with one id; the first stays.
fn unique<'c, Id: Copy>(
    map: &mut BTreeMap<&'c str, Id>,
    spans: &mut HashMap<&'c str, Span>,
    key: &'c Spanned<Key>,
    noun: &str,
    id: Id,
    into: &mut Diagnostics,
) {
    let name = key.value.as_str();
    if let Some(first) = spans.get(name) {
        into.push(Diagnostic::new(Code::DuplicateId, key.span, format!("a second {noun} has the id `{name}`")).related(*first, "the first one"));
    } else {
        spans.insert(name, key.span);
        map.insert(name, id);
    }
}

/// Builds the nodes of the graph; sums are still to be taken.
pub fn resolve<'c>(content: &'c Content, into: &mut Diagnostics) -> Graph<'c> {
    let strategies = strategies(content, into);
    let places: HashMap<&str, StrategyId> = strategies.iter().enumerate().map(|(at, strategy)| (strategy.id.as_str(), StrategyId(at))).collect();
    let (initiatives, homeless) = initiatives(content, &places, into);
    let index = index(content, &strategies, places, &initiatives, &homeless, into);
    let mut graph = Graph::new(content);
    graph.strategies = strategies.iter().filter_map(|strategy| index.strategy(strategy, into)).collect();
    index.add_themes(&mut graph, into);
    index.add_initiatives(&mut graph, &initiatives, into);
    graph.council = index.council(into);
    index.add_recommendations(&mut graph, into);
    graph.traces = content.traces.iter().filter_map(|record| index.trace(record, into)).collect();
    material::resolve(&index, &mut graph, into);
    content.loose.iter().for_each(|(owner, reference)| index.follow(owner.as_deref(), reference, into));
    index.unused(into);
    graph.web_links = index.web_links();
    graph
}

/// The strategies whose document is known, oldest document first. One without has neither a date nor a place among the others; its
/// initiatives wait with it.
fn strategies<'c>(content: &'c Content, into: &mut Diagnostics) -> Vec<&'c Strategy> {
    let documents = &content.documents.documents;
    let date = |strategy: &Strategy| documents.iter().find(|document| document.id.value == *strategy.record.document.value).map(|document| document.date);
    let (mut strategies, without): (Vec<_>, Vec<_>) = content.strategies.iter().partition(|strategy| date(strategy).is_some());
    for strategy in without.iter().filter(|_| !content.faulty.contains("documents")) {
        let document = &strategy.record.document;
        into.push(unknown(document.span, "document", document, did_you_mean(document, documents.iter().map(|document| document.id.value.as_str()))));
    }
    strategies.sort_by(|a, b| (date(a), &a.id).cmp(&(date(b), &b.id)));
    strategies
}

/// The initiatives of known strategies, strategy by strategy, and those that have none, which are reported.
fn initiatives<'c>(
    content: &'c Content,
    places: &HashMap<&str, StrategyId>,
    into: &mut Diagnostics,
) -> (Vec<(StrategyId, &'c Initiative)>, Vec<&'c Initiative>) {
    let (mut initiatives, mut homeless) = (Vec::new(), Vec::new());
    for initiative in &content.initiatives {
        match places.get(initiative.strategy.as_str()) {
            Some(strategy) => initiatives.push((*strategy, initiative)),
            None => homeless.push(initiative),
        }
    }
    initiatives.sort_by_key(|(strategy, initiative)| (*strategy, initiative.number));
    let known = |id: &str| content.is_faulty("strategy", id) || content.strategies.iter().any(|strategy| strategy.id == id);
    let mut missing: BTreeMap<&str, Span> = BTreeMap::new();
    for initiative in homeless.iter().filter(|initiative| !known(&initiative.strategy)) {
        missing.entry(&initiative.strategy).or_insert(Span::top(initiative.record.span.file));
    }
    for (id, place_of_first) in missing {
        // Of years, one is as near as another.
        let guess = id.bytes().any(|b| !b.is_ascii_digit()).then(|| did_you_mean(id, places.keys().copied().collect::<BTreeSet<_>>())).flatten();
        let help =
            guess.unwrap_or_else(|| format!("add `data/strategies/{id}.yaml`, or move the files in this folder to the folder of a strategy that is there"));
        into.push(unknown(place_of_first, "strategy", id, Some(help)));
    }
    (initiatives, homeless)
}

/// Every id and what it names; a second record with the id of another is reported.
fn index<'c>(
    content: &'c Content,
    strategies: &[&'c Strategy],
    places: HashMap<&'c str, StrategyId>,
    initiatives: &[(StrategyId, &'c Initiative)],
    homeless: &[&'c Initiative],
    into: &mut Diagnostics,
) -> Index<'c> {
    let mut index = Index {
        content,
        documents: BTreeMap::new(),
        actors: BTreeMap::new(),
        places: super::places::Places::new(content, |strategy| places.contains_key(strategy)),
        strategies: places.into_iter().collect(),
        themes: HashMap::new(),
        initiatives: initiatives.iter().enumerate().map(|(at, (_, initiative))| (initiative.id.as_str(), InitiativeId(at))).collect(),
        recommendations: BTreeMap::new(),
        proposals: BTreeMap::new(),
        chapters: BTreeMap::new(),
        figures: content.figures.iter().enumerate().map(|(at, figure)| (figure.id.as_str(), FigureId(at))).collect(),
        homeless: homeless.iter().map(|initiative| initiative.id.as_str()).collect(),
        used_documents: content.documents.documents.iter().map(|_| AtomicBool::new(false)).collect(),
        used_actors: content.actors.actors.iter().map(|_| AtomicBool::new(false)).collect(),
        used_places: content.documents.places.0.iter().map(|_| AtomicBool::new(false)).collect(),
        web_links: Mutex::default(),
    };
    let mut spans = HashMap::new();
    for (at, document) in content.documents.documents.iter().enumerate() {
        unique(&mut index.documents, &mut spans, &document.id, "document", DocumentId(at), into);
        if !content.faulty.contains("documents") {
            known_kind(&document.kind, content.documents.kinds.0.iter().map(|(key, _)| key.value.as_str()), into);
        }
    }
    spans.clear();
    for (at, actor) in content.actors.actors.iter().enumerate() {
        unique(&mut index.actors, &mut spans, &actor.id, "actor", ActorId(at), into);
        if !content.faulty.contains("actors") {
            known_kind(&actor.kind, content.actors.kinds.0.iter().map(|(key, _)| key.value.as_str()), into);
        }
    }
    let mut themes = 0;
    for (at, strategy) in strategies.iter().enumerate() {
        spans.clear();
        let mut here = BTreeMap::new();
        for theme in &strategy.record.themes {
            unique(&mut here, &mut spans, &theme.id, "theme of this strategy", ThemeId(themes), into);
            themes += 1;
        }
        index.themes.extend(here.into_iter().map(|(id, theme)| ((StrategyId(at), id), theme)));
    }
    let mut proposals = 0;
    for (at, recommendation) in content.recommendations.iter().enumerate() {
        let id = recommendation_id(content, recommendation);
        for number in 1..=recommendation.record.proposals.len() {
            index.proposals.insert(proposal_id(&id, number), ProposalId(proposals));
            proposals += 1;
        }
        index.recommendations.insert(id, RecommendationId(at));
    }
    for (at, chapter) in content.chapters.iter().enumerate() {
        if let Some(first) = index.chapters.insert(&chapter.key, ChapterId(at)) {
            let first = &content.chapters[first.0];
            let source = Locale::SOURCE;
            let message = format!("a second chapter has the id `{}`", chapter.key);
            into.push(
                Diagnostic::new(Code::DuplicateId, Span::top(chapter.pages[source].file), message)
                    .related(Span::top(first.pages[source].file), "the first one"),
            );
        }
    }
    index
}

/// The id of a recommendation: `R3`.
fn recommendation_id(content: &Content, recommendation: &Recommendation) -> String {
    format!("{}{}", content.council.as_ref().map_or("R", |council| council.prefix.0.as_str()), recommendation.number)
}

/// The id of a proposal, which is counted from one: `R3.2`.
fn proposal_id(recommendation: &str, number: usize) -> String {
    format!("{recommendation}.{number}")
}

fn known_kind<'a>(kind: &Spanned<Key>, known: impl Iterator<Item = &'a str> + Clone, into: &mut Diagnostics) {
    if !known.clone().any(|word| word == kind.value.as_str()) {
        into.push(unknown(kind.span, "kind", kind.value.as_str(), did_you_mean(kind.value.as_str(), known)));
    }
}

impl<'c> Index<'c> {
    fn strategy(&self, strategy: &'c Strategy, into: &mut Diagnostics) -> Option<StrategyNode<'c>> {
        let record = &strategy.record;
        Some(StrategyNode {
            strategy,
            document: self.document(&record.document, into)?,
            themes: Vec::new(),
            initiatives: Vec::new(),
            text: record.text.as_ref().map(|text| self.prose(text, into)),
            cites: self.cites(&record.cites, into),
            table: self.cite(&record.table, into),
            points_cites: Vec::new(),
            reserve_cites: record.reserve.as_ref().map(|reserve| self.cites(&reserve.cites, into)).unwrap_or_default(),
            notes: self.notes(&record.notes, into),
            source_notes: self.notes(&record.source_notes, into),
            sums: Vec::new(),
        })
    }

    fn add_themes(&self, graph: &mut Graph<'c>, into: &mut Diagnostics) {
        for (at, node) in graph.strategies.iter_mut().enumerate() {
            for record in &node.strategy.record.themes {
                node.themes.push(ThemeId(graph.themes.len()));
                graph.themes.push(ThemeNode { record, strategy: StrategyId(at), initiatives: Vec::new(), cites: self.cites(&record.cites, into) });
            }
        }
    }

    fn add_initiatives(&self, graph: &mut Graph<'c>, initiatives: &[(StrategyId, &'c Initiative)], into: &mut Diagnostics) {
        // Most records are initiatives; all others are looked at one after the other.
        let node = |(strategy, initiative): &(StrategyId, &'c Initiative)| {
            let mut found = Diagnostics::default();
            let mut node = self.initiative(initiative, *strategy, &mut found);
            let table = graph.strategies[strategy.0].table;
            node.row = table.and_then(|table| node.cites.iter().copied().find(|cite| cite.is_within(&table)));
            (node, found)
        };
        let nodes: Vec<(InitiativeNode<'_>, Diagnostics)> = initiatives.par_iter().map(node).collect();
        for (at, (node, found)) in nodes.into_iter().enumerate() {
            into.append(found);
            graph.strategies[node.strategy.0].initiatives.push(InitiativeId(at));
            if let Some(theme) = node.theme {
                graph.themes[theme.0].initiatives.push(InitiativeId(at));
            }
            graph.initiatives.push(node);
        }
    }

    /// Adds the recommendations to the chapters of the council, and their proposals to them.
    fn add_recommendations(&self, graph: &mut Graph<'c>, into: &mut Diagnostics) {
        for (at, recommendation) in self.content.recommendations.iter().enumerate() {
            let record = &recommendation.record;
            let chapter = graph.council.as_ref().and_then(|council| self.council_chapter(council, &record.chapter, into));
            if let (Some(council), Some(chapter)) = (&mut graph.council, chapter) {
                council.chapters[chapter.0].recommendations.push(RecommendationId(at));
            }
            graph.recommendations.push(RecommendationNode {
                id: recommendation_id(self.content, recommendation),
                recommendation,
                chapter,
                proposals: Vec::new(),
                actors: self.actors(&record.actors, into),
                text: record.text.as_ref().map(|text| self.prose(text, into)),
                cites: self.cites(&record.cites, into),
                source_notes: self.notes(&record.source_notes, into),
            });
        }
        for (at, node) in graph.recommendations.iter_mut().enumerate() {
            for (before, record) in node.recommendation.record.proposals.iter().enumerate() {
                let number = before + 1;
                node.proposals.push(ProposalId(graph.proposals.len()));
                let (id, recommendation) = (proposal_id(&node.id, number), RecommendationId(at));
                graph.proposals.push(ProposalNode { id, number, record, recommendation, cites: self.cites(&record.cites, into) });
            }
        }
    }

    fn initiative(&self, initiative: &'c Initiative, strategy: StrategyId, into: &mut Diagnostics) -> InitiativeNode<'c> {
        let record = &initiative.record;
        let theme = self.theme(strategy, &record.theme, into);
        if let Some(period) = &record.period {
            match (&period.from, &period.to) {
                (Some(from), Some(to)) if to.value.is_before(*from) => {
                    into.push(Diagnostic::new(Code::BadValue, to.span, format!("{to} is before {from}, when the period begins")));
                }
                (None, None) if period.note.is_none() => {
                    into.push(
                        Diagnostic::new(Code::MissingKey, period.span, "the period says nothing").help("write `from`, `to` or `note`, or take `period` out"),
                    );
                }
                _ => {}
            }
        }
        let continues = record.continues.iter().filter_map(|succession| {
            let earlier = self.initiative_id(&succession.initiative, into)?;
            Some(Succession { earlier, evidence: self.evidence(&succession.evidence, succession.span, into), record: succession })
        });
        let continues = continues.collect();
        InitiativeNode {
            initiative,
            strategy,
            theme,
            actors: self.actors(&record.actors, into),
            text: self.prose(&record.text, into),
            cites: self.cites(&record.cites, into),
            row: None,
            also_titled: record.also_titled.iter().map(|title| self.cites(&title.cites, into)).collect(),
            continues,
            source_notes: self.notes(&record.source_notes, into),
        }
    }

    fn council(&self, into: &mut Diagnostics) -> Option<CouncilNode<'c>> {
        let Some(record) = &self.content.council else {
            if let Some(first) = self.content.recommendations.first()
                && !self.content.faulty.contains("council")
            {
                let message = "`data/council.yaml` is missing, which says whose recommendations these are";
                into.push(Diagnostic::new(Code::MissingFile, Span::top(first.record.span.file), message));
            }
            return None;
        };
        let mut spans: HashMap<&str, Span> = HashMap::new();
        let mut ignored = BTreeMap::new();
        for (at, chapter) in record.chapters.iter().enumerate() {
            unique(&mut ignored, &mut spans, &chapter.id, "chapter", at, into);
        }
        // All that it refers to is judged before giving up on either of those that it cannot be without.
        let (actor, document) = (self.actor(&record.council, into), self.document(&record.document, into));
        let mut chapter = |record| CouncilChapterNode { record, recommendations: Vec::new(), cites: self.cites(&record.cites, into) };
        let chapters = record.chapters.iter().map(&mut chapter).collect();
        let (cites, source_notes) = (self.cites(&record.cites, into), self.notes(&record.source_notes, into));
        Some(CouncilNode { record, actor: actor?, document: document?, chapters, cites, source_notes })
    }

    fn trace(&self, record: &'c crate::load::record::TraceRecord, into: &mut Diagnostics) -> Option<Trace<'c>> {
        let from = self.proposal(&record.from, into);
        // Both ends and all places are judged before giving up on either.
        let to = record.to.as_ref().map(|to| self.initiative_id(to, into));
        let evidence = match record.degree {
            Some(_) => self.evidence(&record.evidence, record.span, into),
            None => self.cites(&record.evidence, into),
        };
        let to = match (to, record.degree) {
            (Some(Some(initiative)), Some(degree)) => Some(TraceEnd { initiative, degree: degree.value }),
            (Some(None), _) => return None,
            _ => None,
        };
        Some(Trace { from: from?, to, evidence, record })
    }
}
