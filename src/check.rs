//! From records to a graph in which nothing dangles.
//!
//! In: [`Content`]. Out: [`Graph`], every reference followed and every sum taken, and diagnostics for what does not
//! hold. A reference that leads nowhere is reported and left out. After this room no name is looked up.

pub mod addresses;
pub mod anchors;
mod counts;
mod figures;
mod funding;
mod index;
mod material;
mod places;
mod references;
mod traces;
pub mod translations;

pub use funding::{Scope, Sums, YearSum};

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Content;
use crate::load::chapter::Chapter;
use crate::load::record::material::{ChangeRecord, EventRecord, GroupRecord, PointRecord, SectionRecord, StartedRecord, TermRecord, TopicRecord};
use crate::load::record::{ActorRecord, ContinuesRecord, CouncilChapterRecord, CouncilRecord, DocumentRecord, ProposalRecord, ThemeRecord, TraceRecord};
use crate::load::value::{ChapterKind, Degree, NoteKind, Place, Relation};
use crate::load::{Figure, Initiative, Recommendation, Strategy};
use crate::locale::{Locale, Localized};
use crate::source::{FileId, Span, Spanned};

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub usize);
    )*};
}

ids! {
    /// Index into [`Graph::documents`].
    DocumentId,
    /// Index into [`Graph::actors`].
    ActorId,
    /// Index into [`Graph::strategies`].
    StrategyId,
    /// Index into [`Graph::themes`].
    ThemeId,
    /// Index into [`Graph::initiatives`].
    InitiativeId,
    /// Index into [`CouncilNode::chapters`].
    CouncilChapterId,
    /// Index into [`Graph::recommendations`].
    RecommendationId,
    /// Index into [`Graph::proposals`].
    ProposalId,
    /// Index into [`Graph::chapters`].
    ChapterId,
    /// Index into [`Graph::figures`].
    FigureId,
    /// Index into [`Graph::points`].
    PointId,
    /// Index into [`Graph::started`].
    StartedId,
}

/// All records with their references followed.
pub struct Graph<'c> {
    /// The records as written.
    pub content: &'c Content,
    /// The documents in the order of the registry.
    pub documents: Vec<&'c DocumentRecord>,
    /// The actors in the order of the registry.
    pub actors: Vec<&'c ActorRecord>,
    /// The strategies, oldest document first.
    pub strategies: Vec<StrategyNode<'c>>,
    /// The themes, strategy by strategy.
    pub themes: Vec<ThemeNode<'c>>,
    /// The initiatives, strategy by strategy.
    pub initiatives: Vec<InitiativeNode<'c>>,
    /// The council, where the site has recommendations.
    pub council: Option<CouncilNode<'c>>,
    /// The recommendations by number.
    pub recommendations: Vec<RecommendationNode<'c>>,
    /// The proposals, recommendation by recommendation.
    pub proposals: Vec<ProposalNode<'c>>,
    /// The traces by proposal, follow-ups before precedents, then by initiative.
    pub traces: Vec<Trace<'c>>,
    /// The chapters by section.
    pub chapters: Vec<ChapterNode<'c>>,
    /// The figures by id.
    pub figures: Vec<FigureNode<'c>>,
    /// The sections of numbered points, strategy by strategy.
    pub sections: Vec<SectionNode<'c>>,
    /// The numbered points, section by section.
    pub points: Vec<PointNode<'c>>,
    /// What was already started, strategy by strategy.
    pub started: Vec<StartedNode<'c>>,
    /// Councils and working groups.
    pub groups: Vec<GroupNode<'c>>,
    /// Quantitative claims by topic.
    pub topics: Vec<TopicNode<'c>>,
    /// Terms and abbreviations.
    pub terms: Vec<TermNode<'c>>,
    /// What happened when.
    pub events: Vec<EventNode<'c>>,
    /// What changed on the site, the latest first.
    pub changes: Vec<ChangeNode<'c>>,
    /// Disagreements that belong to no single record.
    pub general_notes: Vec<(NoteKind, Note<'c>)>,
    /// The source texts of each file that have changed since their translation into a language was confirmed.
    pub outdated: BTreeMap<(FileId, Locale), Vec<Span>>,
    /// Every address elsewhere on the web, as often as it is written, by place.
    pub web_links: Vec<Spanned<&'c str>>,
}

impl<'c> Graph<'c> {
    /// The registries, and nothing that refers to them yet.
    fn new(content: &'c Content) -> Self {
        Graph {
            content,
            documents: content.documents.documents.iter().collect(),
            actors: content.actors.actors.iter().collect(),
            strategies: Vec::new(),
            themes: Vec::new(),
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
            events: Vec::new(),
            changes: Vec::new(),
            general_notes: Vec::new(),
            outdated: BTreeMap::new(),
            web_links: Vec::new(),
        }
    }
}

/// A citation of a document that exists.
#[derive(Debug, Clone, Copy)]
pub struct Cite<'c> {
    /// The document.
    pub document: DocumentId,
    /// The place in it.
    pub at: Option<&'c Place>,
    /// What the site has of that place.
    pub means: Option<Cited>,
}

/// What stands at a place in a document, where it is a record of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cited {
    /// A numbered point.
    Point(PointId),
    /// A figure.
    Figure(FigureId),
    /// An initiative of the strategy that the document is.
    Initiative(InitiativeId),
    /// A recommendation.
    Recommendation(RecommendationId),
    /// A proposal of a recommendation.
    Proposal(ProposalId),
    /// The chapter that retells the place.
    Chapter(ChapterId),
}

impl Cite<'_> {
    /// Whether this place is the other one or a part of it.
    pub fn is_within(&self, whole: &Cite<'_>) -> bool {
        let (part, whole_steps) = (self.at.map_or(&[][..], |at| &at.steps), whole.at.map_or(&[][..], |at| &at.steps));
        self.document == whole.document && part.starts_with(whole_steps)
    }
}

/// A Markdown text with its links followed, in the order of the text.
#[derive(Debug)]
pub struct Prose<'c> {
    /// The Markdown.
    pub markdown: &'c str,
    /// Where each link leads.
    pub links: Vec<Link<'c>>,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link<'c> {
    /// To an initiative.
    Initiative(InitiativeId),
    /// To a recommendation.
    Recommendation(RecommendationId),
    /// To a proposal, on the page of its recommendation.
    Proposal(ProposalId),
    /// To an actor.
    Actor(ActorId),
    /// To a document, on the page of sources.
    Document(DocumentId),
    /// To a chapter.
    Chapter(ChapterId),
    /// To a strategy.
    Strategy(StrategyId),
    /// To a theme.
    Theme(ThemeId),
    /// To a figure, or the figure itself in place.
    Figure(FigureId),
    /// Elsewhere.
    Web(&'c str),
    /// Nowhere: the words are in this language.
    Language(&'c str),
    /// Nowhere; reported.
    Broken,
}

/// A note on the sources, resolved.
pub struct Note<'c> {
    /// The note.
    pub text: Localized<Prose<'c>>,
    /// The places that disagree.
    pub cites: Vec<Cite<'c>>,
}

/// A strategy, resolved.
pub struct StrategyNode<'c> {
    /// Id and record.
    pub strategy: &'c Strategy,
    /// Its document.
    pub document: DocumentId,
    /// Its themes, in order.
    pub themes: Vec<ThemeId>,
    /// Its initiatives by number.
    pub initiatives: Vec<InitiativeId>,
    /// More about it.
    pub text: Option<Localized<Prose<'c>>>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
    /// Where its funding table stands; nothing where that document was reported.
    pub table: Option<Cite<'c>>,
    /// Where its numbered points come from.
    pub points_cites: Vec<Cite<'c>>,
    /// Where its reserve comes from.
    pub reserve_cites: Vec<Cite<'c>>,
    /// Explanations below its table.
    pub notes: Vec<Note<'c>>,
    /// Where the documents disagree about it.
    pub source_notes: Vec<Note<'c>>,
    /// Its sums.
    pub sums: Vec<Sums<'c>>,
}

/// A theme, resolved.
pub struct ThemeNode<'c> {
    /// The record.
    pub record: &'c ThemeRecord,
    /// Its strategy.
    pub strategy: StrategyId,
    /// Its initiatives by number.
    pub initiatives: Vec<InitiativeId>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
}

/// An initiative, resolved.
pub struct InitiativeNode<'c> {
    /// Id, number and record.
    pub initiative: &'c Initiative,
    /// Its strategy.
    pub strategy: StrategyId,
    /// Its theme; nothing where the reference was reported.
    pub theme: Option<ThemeId>,
    /// Who has a part in it.
    pub actors: Vec<ActorId>,
    /// The whole content.
    pub text: Localized<Prose<'c>>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
    /// Where its money is stated: its row in the strategy's table, where it has one.
    pub row: Option<Cite<'c>>,
    /// The citations of the other titles, in their order.
    pub also_titled: Vec<Vec<Cite<'c>>>,
    /// The earlier initiatives that it carries on.
    pub continues: Vec<Succession<'c>>,
    /// Where the documents disagree about it.
    pub source_notes: Vec<Note<'c>>,
}

/// That an initiative carries an earlier one on.
pub struct Succession<'c> {
    /// The earlier initiative.
    pub earlier: InitiativeId,
    /// Where the documents show it.
    pub evidence: Vec<Cite<'c>>,
    /// The record.
    pub record: &'c ContinuesRecord,
}

/// The council, resolved.
pub struct CouncilNode<'c> {
    /// The record.
    pub record: &'c CouncilRecord,
    /// The body.
    pub actor: ActorId,
    /// Its document.
    pub document: DocumentId,
    /// Its chapters, in order.
    pub chapters: Vec<CouncilChapterNode<'c>>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
    /// Where the documents disagree.
    pub source_notes: Vec<Note<'c>>,
}

/// A chapter of the recommendations, resolved.
pub struct CouncilChapterNode<'c> {
    /// The record.
    pub record: &'c CouncilChapterRecord,
    /// Its recommendations.
    pub recommendations: Vec<RecommendationId>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
}

/// A recommendation, resolved.
pub struct RecommendationNode<'c> {
    /// The id: `R3`.
    pub id: String,
    /// Number and record.
    pub recommendation: &'c Recommendation,
    /// Its chapter; nothing where the reference was reported.
    pub chapter: Option<CouncilChapterId>,
    /// Its proposals, in order.
    pub proposals: Vec<ProposalId>,
    /// Who has a part in it.
    pub actors: Vec<ActorId>,
    /// The reasoning.
    pub text: Option<Localized<Prose<'c>>>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
    /// Where the documents disagree about it.
    pub source_notes: Vec<Note<'c>>,
}

/// A proposal, resolved.
pub struct ProposalNode<'c> {
    /// The id: `R3.2`.
    pub id: String,
    /// Its number in the recommendation.
    pub number: usize,
    /// The record.
    pub record: &'c ProposalRecord,
    /// Its recommendation.
    pub recommendation: RecommendationId,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
}

/// A trace, resolved.
pub struct Trace<'c> {
    /// The proposal.
    pub from: ProposalId,
    /// Where it leads; nothing for a gap.
    pub to: Option<TraceEnd>,
    /// Where the documents show it.
    pub evidence: Vec<Cite<'c>>,
    /// The record.
    pub record: &'c TraceRecord,
}

/// The far end of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceEnd {
    /// The initiative.
    pub initiative: InitiativeId,
    /// How far it goes; says also which relation it is.
    pub degree: Degree,
}

impl Trace<'_> {
    /// The relation that is recorded.
    pub fn relation(&self) -> Relation {
        self.record.relation.value
    }
}

/// What a chapter is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChapterSection {
    /// A strategy.
    Strategy(StrategyId),
    /// The recommendations.
    Recommendations,
    /// The pages about the site itself; those that belong nowhere, which are reported, are shown here.
    About,
}

/// A chapter, resolved.
pub struct ChapterNode<'c> {
    /// The chapter as written.
    pub chapter: &'c Chapter,
    /// What it is a part of.
    pub section: ChapterSection,
    /// The theme it belongs to.
    pub theme: Option<ThemeId>,
    /// What it is to its document.
    pub kind: ChapterKind,
    /// The initiatives it speaks of.
    pub initiatives: Vec<InitiativeId>,
    /// The organisations it gives a role.
    pub actors: Vec<ActorId>,
    /// Its text.
    pub text: Localized<Prose<'c>>,
    /// Where it comes from, in each language.
    pub cites: Localized<Vec<Cite<'c>>>,
}

/// A figure, resolved.
pub struct FigureNode<'c> {
    /// Id and record.
    pub figure: &'c Figure,
    /// The theme it belongs to.
    pub theme: Option<ThemeId>,
    /// The initiatives it concerns.
    pub initiatives: Vec<InitiativeId>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
    /// Where the documents disagree about it.
    pub source_notes: Vec<Note<'c>>,
}

/// A section of numbered points, resolved.
pub struct SectionNode<'c> {
    /// The record.
    pub record: &'c SectionRecord,
    /// Its strategy.
    pub strategy: StrategyId,
    /// The theme that it is.
    pub theme: Option<ThemeId>,
    /// Its points.
    pub points: Vec<PointId>,
}

/// A numbered point, resolved.
pub struct PointNode<'c> {
    /// The record.
    pub record: &'c PointRecord,
    /// Its strategy.
    pub strategy: StrategyId,
    /// What it says.
    pub text: Localized<Prose<'c>>,
    /// The initiatives it gives rise to or speaks of.
    pub initiatives: Vec<InitiativeId>,
}

/// What was already started, resolved.
pub struct StartedNode<'c> {
    /// The record.
    pub record: &'c StartedRecord,
    /// The theme that lists it; nothing where the reference was reported.
    pub theme: Option<ThemeId>,
    /// Who has a part in it.
    pub actors: Vec<ActorId>,
    /// The initiatives it is related to.
    pub initiatives: Vec<InitiativeId>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
}

/// A council or a working group, resolved.
pub struct GroupNode<'c> {
    /// The record.
    pub record: &'c GroupRecord,
    /// The actor that it is.
    pub actor: Option<ActorId>,
    /// The organisation of each member, in the order of the record.
    pub members: Vec<Option<ActorId>>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
}

/// Claims about one thing, resolved.
pub struct TopicNode<'c> {
    /// The record.
    pub record: &'c TopicRecord,
    /// Where each claim stands, in the order of the record.
    pub cites: Vec<Vec<Cite<'c>>>,
}

/// A term, resolved.
pub struct TermNode<'c> {
    /// The record.
    pub record: &'c TermRecord,
    /// Where the documents explain it.
    pub cites: Vec<Cite<'c>>,
}

/// An event, resolved.
pub struct EventNode<'c> {
    /// The record.
    pub record: &'c EventRecord,
    /// More about it.
    pub text: Localized<Prose<'c>>,
    /// Where it comes from.
    pub cites: Vec<Cite<'c>>,
}

/// A change, resolved.
pub struct ChangeNode<'c> {
    /// The record.
    pub record: &'c ChangeRecord,
    /// What changed.
    pub text: Localized<Prose<'c>>,
}

/// Follows every reference and takes every sum.
pub fn check<'c>(content: &'c Content, diagnostics: &mut Diagnostics) -> Graph<'c> {
    let mut graph = references::resolve(content, diagnostics);
    addresses::check(&graph, diagnostics);
    anchors::check(&graph, diagnostics);
    counts::check(&graph, diagnostics);
    funding::check(&mut graph, diagnostics);
    figures::check(&graph, diagnostics);
    traces::check(&mut graph, diagnostics);
    graph.outdated = translations::check(content, diagnostics);
    graph
}

/// Reports that a reference leads nowhere.
fn unknown(span: Span, noun: &str, id: &str, help: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::UnknownReference, span, format!("there is no {noun} `{id}`")).maybe_help(help)
}
