//! Every name of the site and what it stands for.
//!
//! In: records. Out: links for names, with those that lead nowhere reported and left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::places::Places;
use super::{
    ActorId, ChapterId, Cite, CouncilChapterId, CouncilNode, DocumentId, FigureId, InitiativeId, Link, Note, ProposalId, Prose, RecommendationId, StrategyId,
    ThemeId, unknown,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::load::Content;
use crate::load::markdown::{Markdown, RecordKind, Target};
use crate::load::record::{Citation, SourceNote};
use crate::load::reference::{ActorRef, Reference};
use crate::load::value::{Key, Place, Url};
use crate::locale::{Locale, Localized};
use crate::source::{Span, Spanned};

/// Those of a list that are not in it already; what is listed twice is reported.
pub(super) fn once<'i, T>(list: &'i [T], name: impl Fn(&'i T) -> (&'i str, Span), into: &mut Diagnostics) -> Vec<&'i T> {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut found = Vec::new();
    for item in list {
        let (name, span) = name(item);
        match seen.get(name) {
            Some(first) => {
                into.push(Diagnostic::new(Code::DuplicateKey, span, format!("`{name}` is listed twice")).related(*first, "first listed here"));
            }
            None => {
                seen.insert(name, span);
                found.push(item);
            }
        }
    }
    found
}

/// Every name and what it stands for.
pub(super) struct Index<'c> {
    pub(super) content: &'c Content,
    pub(super) documents: BTreeMap<&'c str, DocumentId>,
    pub(super) actors: BTreeMap<&'c str, ActorId>,
    pub(super) strategies: BTreeMap<&'c str, StrategyId>,
    pub(super) themes: HashMap<(StrategyId, &'c str), ThemeId>,
    pub(super) initiatives: BTreeMap<&'c str, InitiativeId>,
    pub(super) recommendations: BTreeMap<String, RecommendationId>,
    pub(super) proposals: BTreeMap<String, ProposalId>,
    pub(super) chapters: BTreeMap<&'c str, ChapterId>,
    pub(super) figures: BTreeMap<&'c str, FigureId>,
    /// Initiatives whose strategy is not there, which is reported once; a reference to one is no fault of its own.
    pub(super) homeless: BTreeSet<&'c str>,
    /// What stands where in the documents.
    pub(super) places: Places<'c>,
    /// What has been referred to, to tell what never is; initiatives, which are checked at the same time, refer to it in any order.
    pub(super) used_documents: Vec<AtomicBool>,
    pub(super) used_actors: Vec<AtomicBool>,
    pub(super) used_places: Vec<AtomicBool>,
    /// Where texts lead elsewhere on the web; the initiatives come in any order.
    pub(super) web_links: Mutex<Vec<Spanned<&'c str>>>,
}

impl<'c> Index<'c> {
    /// Whether a record of that name is there but could not be read, so that its absence is no news.
    pub(super) fn faulty(&self, kind: &str, id: &str) -> bool {
        let waits = || !self.strategies.contains_key(id) && self.content.strategies.iter().any(|known| known.id == id);
        self.content.is_faulty(kind, id) || kind == "strategy" && (waits() || self.is_missed(id))
    }

    /// Whether there are initiatives of a strategy that is not there, which is reported.
    fn is_missed(&self, strategy: &str) -> bool {
        self.homeless.iter().any(|id| id.rsplit_once('-').is_some_and(|(owner, _)| owner == strategy))
    }

    /// Whether a strategy that has initiatives has lost all of them, this one too: their folder was renamed, or cannot be
    /// read. That their number is off is said once.
    fn lost(&self, initiative: &str) -> bool {
        let strategy = initiative.rsplit_once('-').and_then(|(id, _)| self.content.strategies.iter().find(|strategy| strategy.id == id));
        strategy.is_some_and(|strategy| strategy.record.initiatives.value > 0 && !self.content.initiatives.iter().any(|known| known.strategy == strategy.id))
    }

    /// Whether a strategy could not be read, or its document could not, or only its initiatives are there.
    pub(super) fn lacks_strategies(&self) -> bool {
        let unread = || self.content.faulty.iter().any(|id| id.starts_with("strategy") || id == "documents");
        unread() || self.strategies.len() < self.content.strategies.len() || !self.homeless.is_empty()
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

    pub(super) fn themes_of(&self, strategy: StrategyId) -> Vec<&'c str> {
        let mut themes: Vec<_> = self.themes.iter().filter(|((of, _), _)| *of == strategy).map(|((_, id), theme)| (*theme, *id)).collect();
        themes.sort_unstable();
        themes.into_iter().map(|(_, id)| id).collect()
    }

    pub(super) fn council_chapter(&self, council: &CouncilNode<'c>, id: &Spanned<String>, into: &mut Diagnostics) -> Option<CouncilChapterId> {
        let found = council.chapters.iter().position(|chapter| chapter.record.id.value == *id.value);
        if found.is_none() {
            let known = council.chapters.iter().map(|chapter| chapter.record.id.value.as_str());
            into.push(unknown(id.span, "chapter of the recommendations", id, did_you_mean(id, known)));
        }
        found.map(CouncilChapterId)
    }

    pub(super) fn initiative_id(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<InitiativeId> {
        let found = self.initiatives.get(id.value.as_str()).copied();
        if found.is_none() && !self.faulty("initiative", id) && !self.homeless.contains(id.value.as_str()) && !self.lost(id) {
            let known = self.content.initiatives.iter().map(|initiative| initiative.id.as_str());
            // Of a strategy that is there, one number is as near as another.
            let strategy = id.rsplit_once('-').filter(|(strategy, number)| self.strategies.contains_key(strategy) && number.parse::<u32>().is_ok());
            let help = match strategy {
                Some((strategy, _)) => {
                    Some(format!("no record of `{strategy}` has this number; look for the one that is meant in data/initiatives/{strategy}"))
                }
                None => did_you_mean(id, known),
            };
            into.push(unknown(id.span, "initiative", id, help));
        }
        found
    }

    pub(super) fn actor(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<ActorId> {
        let found = self.actors.get(id.value.as_str()).copied();
        match found {
            Some(ActorId(at)) => self.used_actors[at].store(true, Ordering::Relaxed),
            None if self.content.faulty.contains("actors") => {}
            None => {
                let known = self.content.actors.actors.iter().map(|actor| actor.id.value.as_str());
                let help =
                    did_you_mean(id, known).unwrap_or_else(|| format!("the actors are in data/actors.yaml; a new one is added there: `- {{id: {id}, …}}`"));
                into.push(unknown(id.span, "actor", id, Some(help)));
            }
        }
        found
    }

    pub(super) fn actors(&self, ids: &'c [ActorRef], into: &mut Diagnostics) -> Vec<ActorId> {
        let ids = once(ids, |id| (id.value.as_str(), id.span), into);
        ids.into_iter().filter_map(|id| self.actor(id, into)).collect()
    }

    pub(super) fn document(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<DocumentId> {
        let found = self.documents.get(id.value.as_str()).copied();
        match found {
            Some(DocumentId(at)) => self.used_documents[at].store(true, Ordering::Relaxed),
            None if self.content.faulty.contains("documents") => {}
            None => {
                let known = self.content.documents.documents.iter().map(|document| document.id.value.as_str());
                let help = did_you_mean(id, known).unwrap_or_else(|| "the documents are in data/documents.yaml".into());
                into.push(unknown(id.span, "document", id, Some(help)));
            }
        }
        found
    }

    pub(super) fn cites(&self, citations: &'c [Citation], into: &mut Diagnostics) -> Vec<Cite<'c>> {
        citations.iter().filter_map(|citation| self.cite(citation, into)).collect()
    }

    pub(super) fn cite(&self, citation: &'c Citation, into: &mut Diagnostics) -> Option<Cite<'c>> {
        citation.at.iter().for_each(|at| self.known_place(at, into));
        let document = self.document(&citation.document, into)?;
        Some(Cite { document, at: citation.at.as_ref().map(|at| &at.value), means: self.cited(citation, into) })
    }

    /// The evidence of a link, of which there must be some.
    pub(super) fn evidence(&self, citations: &'c [Citation], link: Span, into: &mut Diagnostics) -> Vec<Cite<'c>> {
        if citations.is_empty() {
            into.push(Diagnostic::new(Code::BadTrace, link, "the link has no evidence").help("add `evidence:` with the document and the place that show it"));
        }
        self.cites(citations, into)
    }

    pub(super) fn notes(&self, notes: &'c [SourceNote], into: &mut Diagnostics) -> Vec<Note<'c>> {
        notes.iter().map(|note| Note { text: self.prose(&note.text, into), cites: self.cites(&note.cites, into) }).collect()
    }

    /// A text in every language, with its links followed.
    pub(super) fn prose(&self, text: &'c Localized<Markdown>, into: &mut Diagnostics) -> Localized<Prose<'c>> {
        self.texts(|locale| &text[locale], into)
    }

    /// The texts of all languages with their links followed, which lead to the same records.
    pub(super) fn texts(&self, text: impl Fn(Locale) -> &'c Markdown, into: &mut Diagnostics) -> Localized<Prose<'c>> {
        let texts = Localized::from_fn(&self.content.languages, |locale| self.one_prose(text(locale), into));
        for locale in self.content.languages.iter().skip(1) {
            links_agree((text(Locale::SOURCE), &texts[Locale::SOURCE]), (text(locale), &texts[locale]), into);
        }
        texts
    }

    fn one_prose(&self, text: &'c Markdown, into: &mut Diagnostics) -> Prose<'c> {
        let links = text.links.iter().map(|target| target.as_ref().map_or(Link::Broken, |target| self.link(target, into))).collect();
        Prose { markdown: &text.text, links }
    }

    pub(super) fn link(&self, target: &'c Spanned<Target>, into: &mut Diagnostics) -> Link<'c> {
        let (kind, id) = match &target.value {
            Target::Web(url) if self.is_own(url) => {
                let diagnostic = Diagnostic::new(Code::BadLink, target.span, "this address is a page of the site itself");
                into.push(
                    diagnostic.help("link to the record by its id, `[](initiative:2021-19)`: the link then leads to the reader’s language, and is checked"),
                );
                return Link::Broken;
            }
            Target::Web(url) => {
                self.web_links.lock().unwrap_or_else(PoisonError::into_inner).push(Spanned::new(&url.0, target.span));
                return Link::Web(&url.0);
            }
            Target::Language(tag) => return Link::Language(tag.as_str()),
            Target::Record(kind, id) => (*kind, Spanned::new(id.clone(), target.span)),
        };
        let found = match kind {
            RecordKind::Initiative => self.initiative_id(&id, into).map(Link::Initiative),
            RecordKind::Actor => self.actor(&id, into).map(Link::Actor),
            RecordKind::Document => self.document(&id, into).map(Link::Document),
            RecordKind::Recommendation => {
                let proposal = self.proposals.get(&id.value).map(|proposal| Link::Proposal(*proposal));
                proposal.or_else(|| self.recommendation(&id, into).map(Link::Recommendation))
            }
            RecordKind::Chapter => self.known(&self.chapters, &id, "chapter", into).map(Link::Chapter),
            RecordKind::Strategy => self.known(&self.strategies, &id, "strategy", into).map(Link::Strategy),
            RecordKind::Figure => self.known(&self.figures, &id, "figure", into).map(Link::Figure),
            RecordKind::Theme => {
                let (strategy, theme) = id.split_once('/').unwrap_or((&id, ""));
                let found = self.strategies.get(strategy).and_then(|strategy| self.themes.get(&(*strategy, theme)));
                if found.is_none() && !self.faulty("strategy", strategy) {
                    let themes = self.themes.keys().filter(|(of, _)| self.strategies.get(strategy) == Some(of));
                    let known: Vec<String> = themes.map(|(_, theme)| format!("{strategy}/{theme}")).collect();
                    let guess = did_you_mean(&id, known.iter().map(String::as_str));
                    into.push(unknown(id.span, "theme", &id, guess.or_else(|| Some("a theme is named with its strategy: `theme:2021/energy`".into()))));
                }
                found.copied().map(Link::Theme)
            }
        };
        found.unwrap_or(Link::Broken)
    }

    pub(super) fn known<Id: Copy>(&self, map: &BTreeMap<&'c str, Id>, id: &Spanned<String>, noun: &str, into: &mut Diagnostics) -> Option<Id> {
        let found = map.get(id.value.as_str()).copied();
        if found.is_none() && !self.faulty(noun, id) {
            into.push(unknown(id.span, noun, id, did_you_mean(id, map.keys().copied())));
        }
        found
    }

    fn is_own(&self, url: &Url) -> bool {
        let own = self.content.site.base_url.root();
        url.0.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }

    /// Every address elsewhere on the web, of texts, of documents and of the licence, by place.
    pub(super) fn web_links(&self) -> Vec<Spanned<&'c str>> {
        let own = |url: &Spanned<Url>| self.is_own(url);
        let mut links = self.web_links.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_documents = self.content.documents.documents.iter().filter_map(|document| document.url.as_ref());
        let of_license = self.content.site.license.iter().map(|license| &license.url);
        links.extend(of_documents.chain(of_license).filter(|url| !own(url)).map(|url| Spanned::new(url.0.as_str(), url.span)));
        links.sort_by_key(|link| link.span);
        links
    }

    /// Documents, actors and words that nothing refers to; silent while any record is unreadable or any reference leads
    /// nowhere, for it might have been meant.
    pub(super) fn unused(&self, into: &mut Diagnostics) {
        if !self.content.faulty.is_empty() || into.has(Code::UnknownReference) || into.has(Code::UnknownPlace) {
            return;
        }
        let mut report = |key: &Spanned<Key>, noun: &str| {
            into.push(Diagnostic::new(Code::Unused, key.span, format!("nothing refers to the {noun} `{key}`")).help("refer to it, or take it out"));
        };
        let unused = |used: &AtomicBool| !used.load(Ordering::Relaxed);
        // A second record with the id of another is reported as that.
        for (at, (document, used)) in self.content.documents.documents.iter().zip(&self.used_documents).enumerate() {
            if unused(used) && self.documents.get(document.id.value.as_str()) == Some(&DocumentId(at)) {
                report(&document.id, "document");
            }
        }
        for (at, (actor, used)) in self.content.actors.actors.iter().zip(&self.used_actors).enumerate() {
            if unused(used) && self.actors.get(actor.id.value.as_str()) == Some(&ActorId(at)) {
                report(&actor.id, "actor");
            }
        }
        for ((word, _), _) in self.content.documents.places.0.iter().zip(&self.used_places).filter(|(_, used)| unused(used)) {
            report(word, "kind of place");
        }
        let kind_of_documents: BTreeSet<&str> = self.content.documents.documents.iter().map(|document| document.kind.value.as_str()).collect();
        let kind_of_actors: BTreeSet<&str> = self.content.actors.actors.iter().map(|actor| actor.kind.value.as_str()).collect();
        for (kinds, used, noun) in
            [(&self.content.documents.kinds, kind_of_documents, "kind of document"), (&self.content.actors.kinds, kind_of_actors, "kind of actor")]
        {
            kinds.0.iter().filter(|(word, _)| !used.contains(word.value.as_str())).for_each(|(word, _)| report(word, noun));
        }
    }

    /// The words of a place are declared.
    fn known_place(&self, at: &Spanned<Place>, into: &mut Diagnostics) {
        if self.content.faulty.contains("documents") {
            return;
        }
        let places = &self.content.documents.places;
        for step in &at.value.steps {
            let Some(declared) = places.0.iter().position(|(word, _)| word.value == *step.word) else {
                let known = places.0.iter().map(|(word, _)| word.value.as_str());
                // What readers see stands in the same file, and is easily taken for what is written.
                let shown = places.0.iter().find_map(|(word, labels)| {
                    let label = labels.iter().find(|label| label.to_lowercase() == step.word.to_lowercase())?;
                    (word.value.as_str() != label).then_some((word, label))
                });
                let help = shown
                    .map(|(word, label)| format!("write `{word}`, whose word on the site is `{label}`"))
                    .or_else(|| did_you_mean(&step.word, known))
                    .unwrap_or_else(|| "the words for places are declared in data/documents.yaml".into());
                into.push(Diagnostic::new(Code::UnknownPlace, at.span, format!("`{}` is not a kind of place", step.word)).help(help));
                continue;
            };
            self.used_places[declared].store(true, Ordering::Relaxed);
        }
    }

    /// Follows what a record refers to that could not be read itself, so that its bad references are reported with its other faults.
    pub(super) fn follow(&self, owner: Option<&str>, reference: &'c Reference, into: &mut Diagnostics) {
        match reference {
            Reference::Actor(id) => drop(self.actor(id, into)),
            Reference::Document(id) => drop(self.document(id, into)),
            Reference::Initiative(id) => drop(self.initiative_id(id, into)),
            Reference::Theme(id) => {
                if let Some(strategy) = owner.and_then(|owner| self.strategies.get(owner)) {
                    self.theme(*strategy, id, into);
                }
            }
            Reference::Proposal(id) => drop(self.proposal(id, into)),
            Reference::CouncilChapter(id) => {
                let known = || self.content.council.iter().flat_map(|council| &council.chapters).map(|chapter| chapter.id.value.as_str());
                if self.content.council.is_some() && !known().any(|chapter| chapter == id.value) {
                    into.push(unknown(id.span, "chapter of the recommendations", id, did_you_mean(id, known())));
                }
            }
            Reference::Place(at) => self.known_place(at, into),
            Reference::Link(target) => drop(self.link(target, into)),
        }
    }

    /// A recommendation by its id.
    pub(super) fn recommendation(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<RecommendationId> {
        let found = self.recommendations.get(&id.value).copied();
        if found.is_none() && !self.advice_is_lost(id) {
            let known = self.recommendations.keys().chain(self.proposals.keys()).map(String::as_str);
            into.push(unknown(id.span, "recommendation", id, self.other_advice(id, known)));
        }
        found
    }

    /// A proposal by its id.
    pub(super) fn proposal(&self, id: &Spanned<String>, into: &mut Diagnostics) -> Option<ProposalId> {
        let found = self.proposals.get(&id.value).copied();
        if found.is_none() && !self.advice_is_lost(id) {
            into.push(unknown(id.span, "proposal", id, self.other_advice(id, self.proposals.keys().map(String::as_str))));
        }
        found
    }

    /// Whether the file of a recommendation or a proposal could not be read, or all of them are gone, which their number says once.
    fn advice_is_lost(&self, id: &str) -> bool {
        let number = id.split('.').next().unwrap_or_default().trim_start_matches(char::is_alphabetic);
        let stated = || self.content.council.as_ref().is_some_and(|council| council.recommendations.value > 0);
        self.faulty("recommendation", number) || self.content.recommendations.is_empty() && stated()
    }

    /// What may have been meant. Where an id is made as it should be, one number is as near as another.
    fn other_advice<'k>(&self, id: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
        let prefix = self.content.council.as_ref().map_or("", |council| council.prefix.0.as_str());
        match id.strip_prefix(prefix).is_some_and(|numbers| numbers.split('.').all(|number| number.parse::<u32>().is_ok())) {
            true => Some("no record has this number; look for the one that is meant in data/recommendations".into()),
            false => did_you_mean(id, known),
        }
    }
}

/// Reports links that stand in one of two texts only. A link that leads nowhere is reported as that, and with it goes one
/// of the other text that was probably meant.
fn links_agree(source: (&Markdown, &Prose<'_>), twin: (&Markdown, &Prose<'_>), into: &mut Diagnostics) {
    let broken = |prose: &Prose<'_>| prose.links.iter().filter(|link| matches!(link, Link::Broken)).count();
    let (broken_here, broken_there) = (broken(source.1), broken(twin.1));
    fn of<'m>((text, prose): (&'m Markdown, &Prose<'_>)) -> Vec<&'m Spanned<Target>> {
        // What is foreign in one language is at home in another.
        text.links
            .iter()
            .zip(&prose.links)
            .filter(|(_, link)| !matches!(link, Link::Broken | Link::Language(_)))
            .filter_map(|(target, _)| target.as_ref())
            .collect()
    }
    let (mut there, mut missing) = (of(twin), Vec::new());
    for link in of(source) {
        match there.iter().position(|other| other.value == link.value) {
            Some(at) => drop(there.remove(at)),
            None => missing.push(link),
        }
    }
    let help = "the texts of all languages link to the same records";
    for link in missing.iter().skip(broken_there) {
        into.push(Diagnostic::new(Code::TwinsDiffer, link.span, "this link of the source language is not in every language").help(help));
    }
    for link in there.iter().skip(broken_here) {
        into.push(Diagnostic::new(Code::TwinsDiffer, link.span, "this link is not in the source language").help(help));
    }
}
