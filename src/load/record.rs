//! The YAML records: one table of keys for each kind.
//!
//! In: YAML trees. Out: records as they were written, references still as text with their place. Nothing here looks
//! at a second file.

pub mod material;
pub mod money;

use material::{ChangesRecord, FigureRecord, GlossaryRecord, KeyFiguresRecord, PeopleRecord, PointsRecord, SourceNotesRecord, StartedRecord, TimelineRecord};
use money::{Cell, StatedSums};
use rust_decimal::Decimal;
use serde_json::Value;

use super::decode::{Decode, NonEmpty, Table, record};
use super::markdown::Markdown;
use super::paths::DataKind;
use super::reference::{ActorRef, CouncilChapterRef, DocumentRef, InitiativeRef, ProposalRef, ThemeRef};
use super::translation::TranslationsRecord;
use super::value::{ChapterKind, Degree, InitiativeKind, Key, LanguageCode, PartialDate, Place, Prefix, Relation, SeverityWord, SitePath, Url, Year};
use super::words::Words;
use crate::locale::{Languages, Localized};
use crate::source::{Span, Spanned};

record! {
    /// `data/site.yaml`: the site as a whole.
    pub struct SiteRecord {
        /// Name of the site.
        pub title: Localized<String>,
        /// What the site is, in a sentence, for search engines and the home page.
        pub description: Localized<String>,
        /// Where the site is published, without a slash at the end: https://example.org
        pub base_url: Spanned<Url>,
        /// The languages; the first is the one that texts are written in first.
        pub languages: NonEmpty<LanguageRecord>,
        /// Folder of the theme below themes/; `default` where left out.
        pub theme: Option<Spanned<Key>>,
        /// Codes of warnings and notes that matter more or less on this site.
        pub severities: Option<Table<String, SeverityRecord>>,
        /// The licence of the texts and the data, where the site gives one.
        pub license: Option<LicenseRecord>,
        /// Whether a picture is drawn for each page that is shared as one; `false` where left out.
        pub share_images: Option<bool>,
    }
}

record! {
    /// How much a kind of fault matters on this site, and why.
    pub struct SeverityRecord {
        /// What it is to be.
        pub severity: SeverityWord,
        /// Why.
        pub reason: String,
    }
}

record! {
    /// A licence.
    pub struct LicenseRecord {
        /// Its short name: CC-BY-4.0
        pub name: String,
        /// Where it can be read.
        pub url: Spanned<Url>,
    }
}

record! {
    /// A language of the site.
    pub struct LanguageRecord {
        /// BCP 47 code, also the first part of every address: da
        pub code: Spanned<Key>,
        /// The language's name for itself: Français
        pub name: String,
        /// BCP 47 code for numbers, dates and sorting, where the code alone is not exact enough: en-GB
        pub locale: Option<Spanned<String>>,
        /// The words that stand in addresses in this language.
        pub slugs: SlugsRecord,
    }
}

record! {
    /// The words of addresses in one language.
    pub struct SlugsRecord {
        /// A strategy: strategy
        pub strategy: Spanned<Key>,
        /// Themes of a strategy: themes
        pub themes: Spanned<Key>,
        /// Initiatives: initiatives
        pub initiatives: Spanned<Key>,
        /// Recommendations: recommendations
        pub recommendations: Spanned<Key>,
        /// Funding appendices: funding
        pub funding: Spanned<Key>,
        /// The traceability matrix: traceability
        pub traceability: Spanned<Key>,
        /// Actors: actors
        pub actors: Spanned<Key>,
        /// About the site: about
        pub about: Spanned<Key>,
        /// The source documents, below about: sources
        pub sources: Spanned<Key>,
        /// The numbered points of a strategy's document; `points` where left out.
        pub points: Option<Spanned<Key>>,
        /// The figures of the documents; `figures` where left out.
        pub figures: Option<Spanned<Key>>,
        /// People in councils and groups; `people` where left out.
        pub people: Option<Spanned<Key>>,
        /// Quantitative claims side by side; `key-figures` where left out.
        pub key_figures: Option<Spanned<Key>>,
        /// Terms and abbreviations; `glossary` where left out.
        pub glossary: Option<Spanned<Key>>,
        /// What happened when; `timeline` where left out.
        pub timeline: Option<Spanned<Key>>,
        /// The search of the site; `search` where left out.
        pub search: Option<Spanned<Key>>,
        /// The files that can be downloaded; `data` where left out.
        pub data: Option<Spanned<Key>>,
        /// What changed on the site; `changes` where left out.
        pub changes: Option<Spanned<Key>>,
    }
}

record! {
    /// `data/documents.yaml`: the documents that everything is cited from.
    pub struct DocumentsRecord {
        /// Kinds of documents and what they are called.
        pub kinds: Table<Key, Localized<String>>,
        /// The words that citations use for places in documents, and what they are called.
        pub places: Table<Key, Localized<String>>,
        /// The documents.
        pub documents: Vec<DocumentRecord>,
        /// How many notes data/source-notes.yaml has, so that none is lost unseen.
        pub notes: Option<Spanned<u32>>,
    }
}

record! {
    /// A document.
    pub struct DocumentRecord {
        /// The id that citations use.
        pub id: Spanned<Key>,
        /// Its title.
        pub title: Localized<String>,
        /// Short form of the title, for citations; the title where left out.
        pub short: Option<Localized<String>>,
        /// Who published it.
        pub publisher: Localized<String>,
        /// When it was published, as exactly as is known.
        pub date: PartialDate,
        /// One of the kinds above.
        pub kind: Spanned<Key>,
        /// The language it is written in (BCP 47), whether the site has it or not.
        pub language: LanguageCode,
        /// Where the original can be had.
        pub url: Option<Spanned<Url>>,
        /// How many figures it has, where they are shown.
        pub figures: Option<Spanned<u32>>,
        /// What readers should know of it.
        pub note: Option<Localized<Words>>,
    }
}

record! {
    /// `data/actors.yaml`: the organisations.
    pub struct ActorsRecord {
        /// Kinds of actors and what they are called, in the order they are listed.
        pub kinds: Table<Key, Localized<String>>,
        /// The actors.
        pub actors: Vec<ActorRecord>,
    }
}

record! {
    /// An organisation.
    pub struct ActorRecord {
        /// The id that records use; it stands in the address of the actor's page.
        pub id: Spanned<Key>,
        /// Its name.
        pub name: Localized<String>,
        /// One of the kinds above.
        pub kind: Spanned<Key>,
        /// What it is, in a sentence.
        pub summary: Option<Localized<Words>>,
    }
}

record! {
    /// Where a statement comes from.
    pub struct Citation {
        /// Id of the document.
        pub document: DocumentRef,
        /// The place in it, from coarse to fine: appendix, initiative 19
        pub at: Option<Spanned<Place>>,
    }
}

record! {
    /// A disagreement in or between the documents: both places, what is published and why.
    pub struct SourceNote {
        /// The note.
        pub text: Localized<Markdown>,
        /// The places that disagree.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// `data/strategies/<id>.yaml`: a strategy, its themes, and its stated sums.
    pub struct StrategyRecord {
        /// The document that lays it down.
        pub document: DocumentRef,
        /// Its title.
        pub title: Localized<String>,
        /// What it is, in two or three sentences.
        pub summary: Localized<Words>,
        /// More about it.
        pub text: Option<Localized<Markdown>>,
        /// How many initiatives the strategy has, noted decisions included.
        pub initiatives: Spanned<u32>,
        /// How many numbered points its document has, where they are retold.
        pub points: Option<Spanned<u32>>,
        /// How many efforts its document lists as already started, where they are told.
        pub started: Option<Spanned<u32>>,
        /// The years of its funding table.
        pub years: NonEmpty<Spanned<Year>>,
        /// The unit of every amount in its table.
        pub unit: UnitRecord,
        /// Price level of the amounts, where the document states it.
        pub price_level: Option<Localized<String>>,
        /// Where its funding table stands; an initiative that cites a place in it has a row there.
        pub table: Citation,
        /// The themes, in the document's order.
        pub themes: NonEmpty<ThemeRecord>,
        /// The reserve: money set aside for no initiative in particular.
        pub reserve: Option<ReserveRecord>,
        /// The grand totals that the document states, or `not-stated`.
        pub stated: StatedSums,
        /// How many successions its initiatives record, so that none is lost unseen.
        pub continues: Option<Spanned<u32>>,
        /// Explanations below the funding table.
        pub notes: Vec<SourceNote>,
        /// Where the documents disagree about the strategy as a whole.
        pub source_notes: Vec<SourceNote>,
        /// Where the strategy and its sums come from.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// The unit of a table of amounts.
    pub struct UnitRecord {
        /// ISO 4217 code: EUR
        pub currency: Spanned<String>,
        /// How many of the currency one unit is: 1000000
        pub scale: Spanned<u32>,
        /// Decimals of every amount: 1
        pub decimals: Spanned<u32>,
        /// How an amount is written, with {amount} in its place: {amount} million
        pub form: Localized<Spanned<String>>,
        /// What the unit is called above a table: million euros
        pub label: Localized<String>,
    }
}

record! {
    /// A theme of a strategy.
    pub struct ThemeRecord {
        /// The id that initiatives use.
        pub id: Spanned<Key>,
        /// The word in its addresses, where it is not to be the id.
        pub slug: Option<Localized<Spanned<Key>>>,
        /// Its title.
        pub title: Localized<String>,
        /// What it is about, in two or three sentences.
        pub summary: Localized<Words>,
        /// The sums that the document states for it.
        pub stated: Option<StatedSums>,
        /// Where it comes from.
        pub cites: Vec<Citation>,
    }
}

record! {
    /// Money set aside for no initiative in particular.
    pub struct ReserveRecord {
        /// What the document calls it.
        pub title: Localized<String>,
        /// One cell per year.
        pub funding: Table<Year, Cell>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// Another wording of a title in the documents.
    pub struct OtherTitle {
        /// The document's own words, in its language.
        pub title: String,
        /// Where it stands.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// When an initiative runs, as far as the documents say.
    pub struct PeriodRecord {
        /// From when.
        pub from: Option<PartialDate>,
        /// Until when, that date included.
        pub to: Option<Spanned<PartialDate>>,
        /// What the dates do not say.
        pub note: Option<Localized<Words>>,
    }
}

record! {
    /// An earlier initiative that is carried on.
    pub struct ContinuesRecord {
        /// Id of the earlier initiative: 2021-02
        pub initiative: InitiativeRef,
        /// Where the documents show it.
        pub evidence: Vec<Citation>,
        /// Why it is the same thing carried on.
        pub rationale: Localized<Words>,
    }
}

record! {
    /// `data/initiatives/<strategy>/<number>.yaml`: an initiative; its id is <strategy>-<number>.
    pub struct InitiativeRecord {
        /// Id of the theme, from the strategy's record.
        pub theme: ThemeRef,
        /// `commitment` where left out; `noted` where the document only notes what is decided elsewhere.
        pub kind: Option<InitiativeKind>,
        /// The official title.
        pub title: Localized<String>,
        /// Other wordings of the title in the documents.
        pub also_titled: Vec<OtherTitle>,
        /// What is done, by whom and for whom, in one or two sentences.
        pub summary: Localized<Words>,
        /// The whole content.
        pub text: Localized<Markdown>,
        /// Ids of the organisations that have a part in it.
        pub actors: Vec<ActorRef>,
        /// When it runs, as far as the documents say.
        pub period: Option<PeriodRecord>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
        /// One cell per year of the strategy.
        pub funding: Spanned<Table<Year, Cell>>,
        /// The earlier initiatives that it carries on.
        pub continues: Vec<ContinuesRecord>,
        /// Where the documents disagree about it.
        pub source_notes: Vec<SourceNote>,
    }
}

record! {
    /// `data/council.yaml`: the body that gave the recommendations, and their chapters.
    pub struct CouncilRecord {
        /// Actor id of the body.
        pub council: ActorRef,
        /// The document of the recommendations.
        pub document: DocumentRef,
        /// The letter before the number of a recommendation: R
        pub prefix: Prefix,
        /// What the recommendations are called as a whole.
        pub title: Localized<String>,
        /// What they are about, in two or three sentences.
        pub summary: Localized<Words>,
        /// How many recommendations there are.
        pub recommendations: Spanned<u32>,
        /// How many proposals there are under them.
        pub proposals: Spanned<u32>,
        /// How many links the traces record, gaps not counted, so that none is lost unseen.
        pub links: Option<Spanned<u32>>,
        /// The chapters, in the document's order.
        pub chapters: NonEmpty<CouncilChapterRecord>,
        /// Where the documents disagree about the recommendations as a whole.
        pub source_notes: Vec<SourceNote>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// A chapter of the recommendations.
    pub struct CouncilChapterRecord {
        /// The id that recommendations use.
        pub id: Spanned<Key>,
        /// Its title.
        pub title: Localized<String>,
        /// Its ambition, in our words.
        pub summary: Localized<Words>,
        /// Where it comes from.
        pub cites: Vec<Citation>,
    }
}

record! {
    /// `data/recommendations/<number>.yaml`: a recommendation; its id is the prefix and the number.
    pub struct RecommendationRecord {
        /// Id of the chapter, from data/council.yaml.
        pub chapter: CouncilChapterRef,
        /// The official heading.
        pub title: Localized<String>,
        /// What is recommended and why, in two or three sentences.
        pub summary: Localized<Words>,
        /// The reasoning.
        pub text: Option<Localized<Markdown>>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
        /// Ids of the organisations that have a part in it.
        pub actors: Vec<ActorRef>,
        /// The proposals, in the document's order.
        pub proposals: NonEmpty<ProposalRecord>,
        /// Where the documents disagree about it.
        pub source_notes: Vec<SourceNote>,
    }
}

record! {
    /// A concrete proposal; its id is that of the recommendation, a point and its number.
    pub struct ProposalRecord {
        /// Its heading.
        pub title: Localized<String>,
        /// All that it asks for.
        pub summary: Localized<Words>,
        /// Where it comes from.
        pub cites: Vec<Citation>,
    }
}

record! {
    /// An entry of `data/traces/<name>.yaml`: what became of a proposal, or what it builds on.
    pub struct TraceRecord {
        /// Id of the proposal: R3.2
        pub from: ProposalRef,
        /// Id of the initiative: 2024-05; left out for a gap.
        pub to: Option<InitiativeRef>,
        /// How they are related.
        pub relation: Spanned<Relation>,
        /// How far: full, partial or noted for a follow-up; explicit or topical for a precedent.
        pub degree: Option<Spanned<Degree>>,
        /// Where the documents show it.
        pub evidence: Vec<Citation>,
        /// Why this is a link, and why not more; for a gap, why we think it was not taken up.
        pub rationale: Localized<Words>,
    }
}

record! {
    /// An entry of `data/redirects.yaml`: an address that was given up, and where it leads now.
    pub struct RedirectRecord {
        /// The address as it was: /about/how/. With * at its end, all addresses below it.
        pub from: Spanned<SitePath>,
        /// The address of a page as it is. With * at its end, the pages below it, each for its own.
        pub to: Spanned<SitePath>,
    }
}

record! {
    /// The front matter of a chapter in Markdown.
    pub struct FrontMatter {
        /// `chapter` where left out; `case` or `box` for what stands beside the text of the document.
        pub kind: Option<Spanned<ChapterKind>>,
        /// Id of the theme it belongs to, in the strategy that is its section.
        pub theme: Option<ThemeRef>,
        /// The initiatives it speaks of.
        pub initiatives: Vec<InitiativeRef>,
        /// The organisations it gives a role.
        pub actors: Vec<ActorRef>,
        /// The heading of the page.
        pub title: Spanned<String>,
        /// What it is about, in a sentence.
        pub summary: Spanned<Words>,
        /// The word in its address, where it is not to be the file's name.
        pub slug: Option<Spanned<Key>>,
        /// Where it stands among the chapters of its section; by name where left out.
        pub order: Option<Spanned<u32>>,
        /// Where it comes from.
        pub cites: Vec<Citation>,
    }
}

/// The JSON Schema of a kind of record, from its table of keys.
pub fn schema(kind: DataKind, languages: &Languages) -> Value {
    match kind {
        DataKind::Site => SiteRecord::schema(languages),
        DataKind::Documents => DocumentsRecord::schema(languages),
        DataKind::Actors => ActorsRecord::schema(languages),
        DataKind::Council => CouncilRecord::schema(languages),
        DataKind::Strategy => StrategyRecord::schema(languages),
        DataKind::Initiative => InitiativeRecord::schema(languages),
        DataKind::Recommendation => RecommendationRecord::schema(languages),
        DataKind::Traces => Vec::<TraceRecord>::schema(languages),
        DataKind::Figure => FigureRecord::schema(languages),
        DataKind::Points => PointsRecord::schema(languages),
        DataKind::Started => Vec::<StartedRecord>::schema(languages),
        DataKind::People => PeopleRecord::schema(languages),
        DataKind::KeyFigures => KeyFiguresRecord::schema(languages),
        DataKind::Glossary => GlossaryRecord::schema(languages),
        DataKind::Timeline => TimelineRecord::schema(languages),
        DataKind::Changes => ChangesRecord::schema(languages),
        DataKind::SourceNotes => SourceNotesRecord::schema(languages),
        DataKind::Redirects => Vec::<RedirectRecord>::schema(languages),
        DataKind::Translations => TranslationsRecord::schema(languages),
    }
}

impl InitiativeRecord {
    /// What it is to its document, written or not.
    pub fn kind(&self) -> InitiativeKind {
        self.kind.unwrap_or(InitiativeKind::Commitment)
    }

    /// The new money of all years, in the unit of its strategy; nothing where no year states an amount.
    pub fn new_money(&self) -> Option<Decimal> {
        self.funding.value.0.iter().filter_map(|(_, cell)| cell.kind.value.new_money()).reduce(|sum, amount| sum + amount)
    }
}

impl LanguageRecord {
    /// The BCP 47 code by which it writes numbers and dates, and where that stands.
    pub fn tag(&self) -> (&str, Span) {
        self.locale.as_ref().map_or((self.code.value.as_str(), self.code.span), |locale| (&locale.value, locale.span))
    }
}

impl SiteRecord {
    /// What stands for a record that has a fault, until that is mended.
    pub fn in_place_of_faulty(languages: NonEmpty<LanguageRecord>, known: &Languages, span: Span) -> Self {
        SiteRecord {
            title: Localized::from_fn(known, |_| String::new()),
            description: Localized::from_fn(known, |_| String::new()),
            base_url: Spanned::new(Url("https://localhost".to_owned()), span),
            languages,
            theme: None,
            severities: None,
            license: None,
            share_images: None,
            span,
        }
    }
}
