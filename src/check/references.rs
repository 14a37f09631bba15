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
use crate::load::{Content, Initiative};
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
    let documents = || content.documents.documents.iter().map(|document| document.id.value.as_str());
    // A strategy without a document has neither a date nor a place among the others; its initiatives wait with it.
    let (mut strategies, without): (Vec<_>, Vec<_>) =
        content.strategies.iter().partition(|strategy| documents().any(|id| id == strategy.record.document.value));
    for strategy in without.iter().filter(|_| !content.faulty.contains("documents")) {
        let document = &strategy.record.document;
        into.push(unknown(document.span, "document", document, did_you_mean(document, documents())));
    }
    let date = |strategy: &crate::load::Strategy| {
        let document = content.documents.documents.iter().find(|document| document.id.value == *strategy.record.document.value);
        document.map(|document| document.date)
    };
    strategies.sort_by(|a, b| (date(a), &a.id).cmp(&(date(b), &b.id)));
    let place: HashMap<&str, usize> = strategies.iter().enumerate().map(|(index, strategy)| (strategy.id.as_str(), index)).collect();
    let (mut initiatives, homeless): (Vec<&Initiative>, Vec<&Initiative>) =
        content.initiatives.iter().partition(|initiative| place.contains_key(initiative.strategy.as_str()));
    initiatives.sort_by_key(|initiative| (place.get(initiative.strategy.as_str()).copied(), initiative.number));
    let known = |id: &str| content.is_faulty("strategy", id) || without.iter().any(|strategy| strategy.id == id);
    let mut missing: BTreeMap<&str, Span> = BTreeMap::new();
    for initiative in homeless.iter().filter(|initiative| !known(&initiative.strategy)) {
        missing.entry(&initiative.strategy).or_insert(Span::top(initiative.record.span.file));
    }
    for (id, place_of_first) in missing {
        // Of years, one is as near as another.
        let guess = id.bytes().any(|b| !b.is_ascii_digit()).then(|| did_you_mean(id, place.keys().copied().collect::<BTreeSet<_>>())).flatten();
        let help =
            guess.unwrap_or_else(|| format!("add `data/strategies/{id}.yaml`, or move the files in this folder to the folder of a strategy that is there"));
        into.push(unknown(place_of_first, "strategy", id, Some(help)));
    }

    let mut index = Index {
        content,
        documents: BTreeMap::new(),
        actors: BTreeMap::new(),
        strategies: place.iter().map(|(id, at)| (*id, StrategyId(*at))).collect(),
        themes: HashMap::new(),
        initiatives: initiatives.iter().enumerate().map(|(at, initiative)| (initiative.id.as_str(), InitiativeId(at))).collect(),
        recommendations: BTreeMap::new(),
        proposals: BTreeMap::new(),
        chapters: BTreeMap::new(),
        figures: content.figures.iter().enumerate().map(|(at, figure)| (figure.id.as_str(), FigureId(at))).collect(),
        homeless: homeless.iter().map(|initiative| initiative.id.as_str()).collect(),
        places: super::places::Places::new(content, |strategy| place.contains_key(strategy)),
        used_documents: content.documents.documents.iter().map(|_| AtomicBool::new(false)).collect(),
        used_actors: content.actors.actors.iter().map(|_| AtomicBool::new(false)).collect(),
        used_places: content.documents.places.0.iter().map(|_| AtomicBool::new(false)).collect(),
        web_links: Mutex::default(),
    };
    let mut spans = HashMap::new();
    for (at, document) in content.documents.documents.iter().enumerate() {
        unique(&mut index.documents, &mut spans, &document.id, "document", DocumentId(at), into);
        if content.faulty.contains("documents") {
            continue;
        }
        known_kind(&document.kind, content.documents.kinds.0.iter().map(|(key, _)| key.value.as_str()), into);
    }
    spans.clear();
    for (at, actor) in content.actors.actors.iter().enumerate() {
        unique(&mut index.actors, &mut spans, &actor.id, "actor", ActorId(at), into);
        if content.faulty.contains("actors") {
            continue;
        }
        known_kind(&actor.kind, content.actors.kinds.0.iter().map(|(key, _)| key.value.as_str()), into);
    }
    let mut themes = Vec::new();
    for (at, strategy) in strategies.iter().enumerate() {
        spans.clear();
        let mut here = BTreeMap::new();
        for theme in &strategy.record.themes {
            unique(&mut here, &mut spans, &theme.id, "theme of this strategy", ThemeId(themes.len()), into);
            themes.push((StrategyId(at), theme));
        }
        index.themes.extend(here.into_iter().map(|(id, theme)| ((StrategyId(at), id), theme)));
    }
    let prefix = content.council.as_ref().map_or("R", |council| council.prefix.0.as_str());
    let mut proposals = Vec::new();
    for (at, recommendation) in content.recommendations.iter().enumerate() {
        let id = format!("{prefix}{}", recommendation.number);
        for (number, record) in recommendation.record.proposals.iter().enumerate() {
            let id = format!("{id}.{}", number + 1);
            index.proposals.insert(id.clone(), ProposalId(proposals.len()));
            proposals.push((id, number + 1, record, RecommendationId(at)));
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

    let mut graph = Graph {
        content,
        documents: content.documents.documents.iter().collect(),
        actors: content.actors.actors.iter().collect(),
        strategies: strategies
            .iter()
            .filter_map(|strategy| {
                Some(StrategyNode {
                    strategy,
                    document: index.document(&strategy.record.document, into)?,
                    themes: Vec::new(),
                    initiatives: Vec::new(),
                    text: strategy.record.text.as_ref().map(|text| index.prose(text, into)),
                    cites: index.cites(&strategy.record.cites, into),
                    table: index.cite(&strategy.record.table, into),
                    reserve_cites: strategy.record.reserve.as_ref().map(|reserve| index.cites(&reserve.cites, into)).unwrap_or_default(),
                    notes: index.notes(&strategy.record.notes, into),
                    source_notes: index.notes(&strategy.record.source_notes, into),
                    sums: Vec::new(),
                })
            })
            .collect(),
        themes: themes
            .iter()
            .map(|(strategy, record)| ThemeNode { record, strategy: *strategy, initiatives: Vec::new(), cites: index.cites(&record.cites, into) })
            .collect(),
        initiatives: Vec::new(),
        council: None,
        recommendations: Vec::new(),
        proposals: Vec::new(),
        traces: Vec::new(),
        chapters: Vec::new(),
        figures: Vec::new(),
        sections: Vec::new(),
        points: Vec::new(),
        started: Vec::new(),
        groups: Vec::new(),
        topics: Vec::new(),
        terms: Vec::new(),
        changes: Vec::new(),
        events: Vec::new(),
        general_notes: Vec::new(),
        outdated: BTreeMap::new(),
        web_links: Vec::new(),
    };
    for (at, (strategy, _)) in themes.iter().enumerate() {
        graph.strategies[strategy.0].themes.push(ThemeId(at));
    }
    // Most records are initiatives; all others are looked at one after the other.
    let nodes: Vec<(InitiativeNode<'_>, Diagnostics)> = initiatives
        .par_iter()
        .map(|initiative| {
            let mut found = Diagnostics::default();
            let strategy = StrategyId(place[initiative.strategy.as_str()]);
            let mut node = index.initiative(initiative, strategy, &mut found);
            let table = graph.strategies[strategy.0].table;
            node.row = table.and_then(|table| node.cites.iter().copied().find(|cite| cite.is_within(&table)));
            (node, found)
        })
        .collect();
    for (at, (node, found)) in nodes.into_iter().enumerate() {
        into.append(found);
        graph.strategies[node.strategy.0].initiatives.push(InitiativeId(at));
        if let Some(theme) = node.theme {
            graph.themes[theme.0].initiatives.push(InitiativeId(at));
        }
        graph.initiatives.push(node);
    }
    graph.council = index.council(into);
    for recommendation in &content.recommendations {
        let record = &recommendation.record;
        let chapter = graph.council.as_ref().and_then(|council| index.council_chapter(council, &record.chapter, into));
        let id = RecommendationId(graph.recommendations.len());
        if let (Some(council), Some(chapter)) = (&mut graph.council, chapter) {
            council.chapters[chapter.0].recommendations.push(id);
        }
        graph.recommendations.push(RecommendationNode {
            id: format!("{prefix}{}", recommendation.number),
            recommendation,
            chapter,
            proposals: Vec::new(),
            actors: index.actors(&record.actors, into),
            text: record.text.as_ref().map(|text| index.prose(text, into)),
            cites: index.cites(&record.cites, into),
            source_notes: index.notes(&record.source_notes, into),
        });
    }
    for (id, number, record, recommendation) in proposals {
        graph.recommendations[recommendation.0].proposals.push(ProposalId(graph.proposals.len()));
        graph.proposals.push(ProposalNode { id, number, record, recommendation, cites: index.cites(&record.cites, into) });
    }
    graph.traces = content.traces.iter().filter_map(|record| index.trace(record, into)).collect();
    material::resolve(&index, &mut graph, into);
    content.loose.iter().for_each(|(owner, reference)| index.follow(owner.as_deref(), reference, into));
    index.unused(into);
    graph.web_links = index.web_links();
    graph
}

fn known_kind<'a>(kind: &Spanned<Key>, known: impl Iterator<Item = &'a str> + Clone, into: &mut Diagnostics) {
    if !known.clone().any(|word| word == kind.value.as_str()) {
        into.push(unknown(kind.span, "kind", kind.value.as_str(), did_you_mean(kind.value.as_str(), known)));
    }
}

impl<'c> Index<'c> {
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
        Some(CouncilNode {
            record,
            actor: self.actor(&record.council, into)?,
            document: self.document(&record.document, into)?,
            chapters: record
                .chapters
                .iter()
                .map(|record| CouncilChapterNode { record, recommendations: Vec::new(), cites: self.cites(&record.cites, into) })
                .collect(),
            cites: self.cites(&record.cites, into),
            source_notes: self.notes(&record.source_notes, into),
        })
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
