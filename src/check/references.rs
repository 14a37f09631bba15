//! Names to links.
//!
//! In: records. Out: the nodes of the graph, with duplicates and dangling references reported and left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::{
    ActorId, ChapterId, Cite, CouncilChapterId, CouncilChapterNode, CouncilNode, DocumentId, FigureId, Graph, InitiativeId, InitiativeNode, Link, Note,
    ProposalId, ProposalNode, Prose, RecommendationId, RecommendationNode, StrategyId, StrategyNode, Succession, ThemeId, ThemeNode, Trace, TraceEnd, material,
    unknown,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::load::markdown::{Markdown, RecordKind, Target};
use crate::load::record::{Citation, SourceNote};
use crate::load::value::Key;
use crate::load::{Content, Initiative};
use crate::locale::{Locale, Localized};
use crate::source::{Span, Spanned};

/// Every name and what it stands for.
pub(super) struct Index<'c> {
    pub(super) content: &'c Content,
    documents: HashMap<&'c str, DocumentId>,
    actors: HashMap<&'c str, ActorId>,
    pub(super) strategies: HashMap<&'c str, StrategyId>,
    pub(super) themes: HashMap<(StrategyId, &'c str), ThemeId>,
    initiatives: HashMap<&'c str, InitiativeId>,
    recommendations: HashMap<String, RecommendationId>,
    proposals: HashMap<String, ProposalId>,
    chapters: HashMap<&'c str, ChapterId>,
    figures: HashMap<&'c str, FigureId>,
    /// Initiatives whose strategy is not there, which is reported once; a reference to one is no fault of its own.
    homeless: BTreeSet<&'c str>,
    /// What has been referred to, to tell what never is.
    used_documents: Vec<AtomicBool>,
    used_actors: Vec<AtomicBool>,
}

/// Reports the second of two records with one id; the first stays.
fn unique<'c, Id: Copy>(map: &mut HashMap<&'c str, Id>, spans: &mut HashMap<&'c str, Span>, key: &'c Spanned<Key>, noun: &str, id: Id, into: &mut Diagnostics) {
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
    let known = |id: &str| content.faulty.contains(&format!("strategy:{id}")) || without.iter().any(|strategy| strategy.id == id);
    for initiative in homeless.iter().filter(|initiative| !known(&initiative.strategy)) {
        let help = did_you_mean(&initiative.strategy, place.keys().copied().collect::<BTreeSet<_>>());
        into.push(unknown(Span::top(initiative.record.span.file), "strategy", &initiative.strategy, help));
    }

    let mut index = Index {
        content,
        documents: HashMap::new(),
        actors: HashMap::new(),
        strategies: place.iter().map(|(id, at)| (*id, StrategyId(*at))).collect(),
        themes: HashMap::new(),
        initiatives: initiatives.iter().enumerate().map(|(at, initiative)| (initiative.id.as_str(), InitiativeId(at))).collect(),
        recommendations: HashMap::new(),
        proposals: HashMap::new(),
        chapters: HashMap::new(),
        figures: content.figures.iter().enumerate().map(|(at, figure)| (figure.id.as_str(), FigureId(at))).collect(),
        homeless: homeless.iter().map(|initiative| initiative.id.as_str()).collect(),
        used_documents: content.documents.documents.iter().map(|_| AtomicBool::new(false)).collect(),
        used_actors: content.actors.actors.iter().map(|_| AtomicBool::new(false)).collect(),
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
        let mut here = HashMap::new();
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
    };
    for (at, (strategy, _)) in themes.iter().enumerate() {
        graph.strategies[strategy.0].themes.push(ThemeId(at));
    }
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
    index.unused(into);
    graph
}

fn known_kind<'a>(kind: &Spanned<Key>, known: impl Iterator<Item = &'a str> + Clone, into: &mut Diagnostics) {
    if !known.clone().any(|word| word == kind.value.as_str()) {
        into.push(unknown(kind.span, "kind", kind.value.as_str(), did_you_mean(kind.value.as_str(), known)));
    }
}

impl<'c> Index<'c> {
    /// Whether a record of that name is there but could not be read, so that its absence is no news.
    pub(super) fn faulty(&self, kind: &str, id: &str) -> bool {
        self.content.faulty.contains(&format!("{kind}:{id}"))
    }

    fn initiative(&self, initiative: &'c Initiative, strategy: StrategyId, into: &mut Diagnostics) -> InitiativeNode<'c> {
        let record = &initiative.record;
        let theme = self.theme(strategy, &record.theme, into);
        if let Some(period) = &record.period {
            match (&period.from, &period.to) {
                (Some(from), Some(to)) if to.value.year < from.year || (to.value < *from && to.value.month.is_some()) => {
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

    /// A theme of a strategy by its id.
    pub(super) fn theme(&self, strategy: StrategyId, id: &Spanned<String>, into: &mut Diagnostics) -> Option<ThemeId> {
        let theme = self.themes.get(&(strategy, id.value.as_str())).copied();
        if theme.is_none() {
            let known: Vec<&str> = self.themes_of(strategy);
            let help = did_you_mean(id, known.iter().copied()).unwrap_or_else(|| format!("the themes are {}", known.join(", ")));
            into.push(unknown(id.span, "theme", id, Some(help)));
        }
        theme
    }

    fn themes_of(&self, strategy: StrategyId) -> Vec<&'c str> {
        let mut themes: Vec<_> = self.themes.iter().filter(|((of, _), _)| *of == strategy).map(|((_, id), theme)| (*theme, *id)).collect();
        themes.sort_unstable();
        themes.into_iter().map(|(_, id)| id).collect()
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
        let mut ignored = HashMap::new();
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

    fn council_chapter(&self, council: &CouncilNode<'c>, id: &Spanned<String>, into: &mut Diagnostics) -> Option<CouncilChapterId> {
        let found = council.chapters.iter().position(|chapter| chapter.record.id.value == *id.value);
        if found.is_none() {
            let known = council.chapters.iter().map(|chapter| chapter.record.id.value.as_str());
            into.push(unknown(id.span, "chapter of the recommendations", id, did_you_mean(id, known)));
        }
        found.map(CouncilChapterId)
    }

    fn trace(&self, record: &'c crate::load::record::TraceRecord, into: &mut Diagnostics) -> Option<Trace<'c>> {
        let from = self.proposals.get(&record.from.value).copied();
        if from.is_none() {
            let whole = record.from.value.split('.').next().unwrap_or_default();
            let number = whole.trim_start_matches(char::is_alphabetic);
            if !self.faulty("recommendation", number) {
                into.push(unknown(record.from.span, "proposal", &record.from, self.proposal_help(&record.from)));
            }
        }
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

    fn proposal_help(&self, id: &str) -> Option<String> {
        let known: BTreeSet<&str> = self.proposals.keys().map(String::as_str).collect();
        did_you_mean(id, known)
    }

    pub(super) fn initiative_id(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<InitiativeId> {
        let found = self.initiatives.get(id.value.as_str()).copied();
        if found.is_none() && !self.faulty("initiative", id) && !self.homeless.contains(id.value.as_str()) {
            let known = self.content.initiatives.iter().map(|initiative| initiative.id.as_str());
            into.push(unknown(id.span, "initiative", id, did_you_mean(id, known)));
        }
        found
    }

    pub(super) fn actor(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<ActorId> {
        let found = self.actors.get(id.value.as_str()).copied();
        match found {
            Some(ActorId(at)) => self.used_actors[at].store(true, Ordering::Relaxed),
            None if self.content.faulty.contains("actors") => {}
            None => into.push(unknown(id.span, "actor", id, did_you_mean(id, self.content.actors.actors.iter().map(|actor| actor.id.value.as_str())))),
        }
        found
    }

    pub(super) fn actors(&self, ids: &'c [Spanned<String>], into: &mut Diagnostics) -> Vec<ActorId> {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut actors = Vec::new();
        for id in ids {
            if let Some(first) = seen.insert(&id.value, id.span) {
                into.push(Diagnostic::new(Code::DuplicateKey, id.span, format!("`{id}` is listed twice")).related(first, "first listed here"));
            } else {
                actors.extend(self.actor(id, into));
            }
        }
        actors
    }

    fn document(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<DocumentId> {
        let found = self.documents.get(id.value.as_str()).copied();
        match found {
            Some(DocumentId(at)) => self.used_documents[at].store(true, Ordering::Relaxed),
            None if self.content.faulty.contains("documents") => {}
            None => {
                let known = self.content.documents.documents.iter().map(|document| document.id.value.as_str());
                into.push(unknown(id.span, "document", id, did_you_mean(id, known)));
            }
        }
        found
    }

    pub(super) fn cites(&self, citations: &'c [Citation], into: &mut Diagnostics) -> Vec<Cite<'c>> {
        citations.iter().filter_map(|citation| self.cite(citation, into)).collect()
    }

    fn cite(&self, citation: &'c Citation, into: &mut Diagnostics) -> Option<Cite<'c>> {
        let places = &self.content.documents.places;
        if let Some(at) = citation.at.as_ref().filter(|_| !self.content.faulty.contains("documents")) {
            for step in at.value.steps.iter().filter(|step| places.get(step.word.as_str()).is_none()) {
                let known = places.0.iter().map(|(word, _)| word.value.as_str());
                let help = did_you_mean(&step.word, known).unwrap_or_else(|| "the words for places are declared in data/documents.yaml".into());
                into.push(Diagnostic::new(Code::UnknownPlace, at.span, format!("`{}` is not a kind of place", step.word)).help(help));
            }
        }
        let document = self.document(&citation.document, into)?;
        self.known_point(citation, into);
        Some(Cite { document, at: citation.at.as_ref().map(|at| &at.value) })
    }

    /// Where the points of a document are retold, a citation of a point names one of them.
    fn known_point(&self, citation: &Citation, into: &mut Diagnostics) {
        let Some(at) = &citation.at else { return };
        let Some((_, points)) = self.content.points.iter().find(|(_, points)| points.document.value == citation.document.value) else { return };
        let known = |label: &str| points.sections.iter().flat_map(|section| &section.points).any(|point| point.number.to_string() == label);
        let first = at.value.steps.first().filter(|step| step.word == "point");
        if let Some(label) = first.and_then(|step| step.label.as_ref()).filter(|label| !known(label)) {
            into.push(unknown(at.span, "point", label, Some("the points of the document are in data/points".into())));
        }
    }

    /// The evidence of a link, of which there must be some.
    fn evidence(&self, citations: &'c [Citation], link: Span, into: &mut Diagnostics) -> Vec<Cite<'c>> {
        if citations.is_empty() {
            into.push(Diagnostic::new(Code::BadTrace, link, "the link has no evidence").help("add `evidence:` with the document and the place that show it"));
        }
        self.cites(citations, into)
    }

    pub(super) fn notes(&self, notes: &'c [SourceNote], into: &mut Diagnostics) -> Vec<Note<'c>> {
        notes.iter().map(|note| Note { text: self.prose(&note.text, into), cites: self.cites(&note.cites, into) }).collect()
    }

    /// The texts of all languages, which link to the same records and have the same headings.
    pub(super) fn prose(&self, text: &'c Localized<Markdown>, into: &mut Diagnostics) -> Localized<Prose<'c>> {
        let source = &text[Locale::SOURCE];
        for locale in self.content.languages.iter().skip(1) {
            twins_agree(source, &text[locale], into);
        }
        Localized::from_fn(&self.content.languages, |locale| self.one_prose(&text[locale], into))
    }

    pub(super) fn one_prose(&self, text: &'c Markdown, into: &mut Diagnostics) -> Prose<'c> {
        let links = text.links.iter().map(|target| target.as_ref().map_or(Link::Broken, |target| self.link(target, into))).collect();
        Prose { markdown: &text.text, links }
    }

    fn link(&self, target: &'c Spanned<Target>, into: &mut Diagnostics) -> Link<'c> {
        let (kind, id) = match &target.value {
            Target::Web(url) => return Link::Web(&url.0),
            Target::Record(kind, id) => (*kind, Spanned::new(id.clone(), target.span)),
        };
        let found = match kind {
            RecordKind::Initiative => self.initiative_id(&id, into).map(Link::Initiative),
            RecordKind::Actor => self.actor(&id, into).map(Link::Actor),
            RecordKind::Document => self.document(&id, into).map(Link::Document),
            RecordKind::Recommendation => {
                let proposal = self.proposals.get(&id.value).map(|proposal| Link::Proposal(*proposal));
                let found = proposal.or_else(|| self.recommendations.get(&id.value).map(|recommendation| Link::Recommendation(*recommendation)));
                let number = id.split('.').next().unwrap_or_default().trim_start_matches(char::is_alphabetic);
                if found.is_none() && !self.faulty("recommendation", number) {
                    let known: BTreeSet<&str> = self.recommendations.keys().chain(self.proposals.keys()).map(String::as_str).collect();
                    into.push(unknown(id.span, "recommendation", &id, did_you_mean(&id, known)));
                }
                found
            }
            RecordKind::Chapter => self.known(&self.chapters, &id, "chapter", into).map(Link::Chapter),
            RecordKind::Strategy => self.known(&self.strategies, &id, "strategy", into).map(Link::Strategy),
            RecordKind::Figure => self.known(&self.figures, &id, "figure", into).map(Link::Figure),
            RecordKind::Theme => {
                let (strategy, theme) = id.split_once('/').unwrap_or((&id, ""));
                let found = self.strategies.get(strategy).and_then(|strategy| self.themes.get(&(*strategy, theme)));
                let waits = self.faulty("strategy", strategy)
                    || !self.strategies.contains_key(strategy) && self.content.strategies.iter().any(|known| known.id == strategy);
                if found.is_none() && !waits {
                    into.push(unknown(id.span, "theme", &id, Some("a theme is named with its strategy: `theme:2021/showcase`".into())));
                }
                found.copied().map(Link::Theme)
            }
        };
        found.unwrap_or(Link::Broken)
    }

    fn known<Id: Copy>(&self, map: &HashMap<&'c str, Id>, id: &Spanned<String>, noun: &str, into: &mut Diagnostics) -> Option<Id> {
        let found = map.get(id.value.as_str()).copied();
        if found.is_none() && !self.faulty(noun, id) {
            let known: BTreeSet<&str> = map.keys().copied().collect();
            into.push(unknown(id.span, noun, id, did_you_mean(id, known)));
        }
        found
    }

    /// Documents and actors that nothing refers to; silent while any record is unreadable, for it might have.
    fn unused(&self, into: &mut Diagnostics) {
        if !self.content.faulty.is_empty() {
            return;
        }
        let mut report = |key: &Spanned<Key>, noun: &str| {
            into.push(Diagnostic::new(Code::Unused, key.span, format!("nothing refers to the {noun} `{key}`")).help("refer to it, or take it out"));
        };
        let unused = |used: &AtomicBool| !used.load(Ordering::Relaxed);
        for (document, _) in self.content.documents.documents.iter().zip(&self.used_documents).filter(|(_, used)| unused(used)) {
            report(&document.id, "document");
        }
        for (actor, _) in self.content.actors.actors.iter().zip(&self.used_actors).filter(|(_, used)| unused(used)) {
            report(&actor.id, "actor");
        }
    }
}

/// Reports a text whose links or headings are not those of the source language.
pub(super) fn twins_agree(source: &Markdown, twin: &Markdown, into: &mut Diagnostics) {
    let links = |text: &Markdown| -> Vec<Spanned<Target>> { text.links.iter().flatten().cloned().collect() };
    let (mut here, mut missing) = (links(twin), Vec::new());
    for link in links(source) {
        match here.iter().position(|other| other.value == link.value) {
            Some(at) => drop(here.remove(at)),
            None => missing.push(link),
        }
    }
    let message = |in_source: bool| match in_source {
        true => "this link of the source language is not in every language",
        false => "this link is not in the source language",
    };
    for (link, in_source) in missing.iter().map(|link| (link, true)).chain(here.iter().map(|link| (link, false))) {
        into.push(Diagnostic::new(Code::TwinsDiffer, link.span, message(in_source)).help("the texts of all languages link to the same records"));
    }
    let levels = |text: &Markdown| text.headings.iter().map(|heading| heading.value).collect::<Vec<_>>();
    if let Some(place) = source.headings.last().or(twin.headings.last()).filter(|_| levels(source) != levels(twin)) {
        let message =
            format!("the source language has {} headings here and another language {}, or their levels differ", source.headings.len(), twin.headings.len());
        into.push(Diagnostic::new(Code::TwinsDiffer, place.span, message).help("the texts of all languages have the same headings"));
    }
}
