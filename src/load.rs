//! From files to records.
//!
//! In: a [`FileTree`]. Out: [`Content`], every record that could be read, and diagnostics for all that could not.
//! Records are read in parallel and independently of each other: no reference is followed here, and nothing but
//! [`read`] touches the disk.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

pub mod chapter;
pub mod decode;
mod files;
pub mod markdown;
pub mod memory;
mod misplaced;
pub mod paths;
pub mod read;
pub mod record;
pub mod reference;
mod site;
pub mod theme;
pub mod translation;
pub mod twins;
pub mod value;
pub mod words;
pub mod yaml;

use crate::diagnostic::{Code, Diagnostics, nearest};
use crate::locale::Languages;
use crate::source::{FileId, FileTree, Span};
use chapter::Chapter;
use decode::{Cx, Decode, Table};
pub(crate) use files::utf8;
use files::{misnamed, missing_file, paths_are_sound, stray_files};
use memory::{Memory, Past};
use paths::{DataFile, DataKind, Names};
use record::material::{
    ChangesRecord, FigureRecord, GlossaryRecord, KeyFiguresRecord, PeopleRecord, PointsRecord, SourceNotesRecord, StartedRecord, TimelineRecord,
};
use record::{ActorsRecord, CouncilRecord, DocumentsRecord, InitiativeRecord, RecommendationRecord, RedirectRecord, SiteRecord, StrategyRecord, TraceRecord};
use reference::Reference;
pub use site::needless_settings;
use theme::Theme;
use translation::{Translated, TranslationsRecord};

/// Everything that a site is made of, as written.
pub struct Content {
    /// The languages of the site.
    pub languages: Languages,
    /// `data/site.yaml`
    pub site: SiteRecord,
    /// `data/documents.yaml`
    pub documents: DocumentsRecord,
    /// `data/actors.yaml`
    pub actors: ActorsRecord,
    /// `data/council.yaml`, where the site has recommendations.
    pub council: Option<CouncilRecord>,
    /// The strategies by id.
    pub strategies: Vec<Strategy>,
    /// The initiatives by strategy and number.
    pub initiatives: Vec<Initiative>,
    /// The recommendations by number.
    pub recommendations: Vec<Recommendation>,
    /// The traces in the order of their files.
    pub traces: Vec<TraceRecord>,
    /// The chapters by section, order and key.
    pub chapters: Vec<Chapter>,
    /// The figures by id.
    pub figures: Vec<Figure>,
    /// The numbered points of strategies, by strategy.
    pub points: Vec<(String, PointsRecord)>,
    /// What was already started, by strategy.
    pub started: Vec<(String, Vec<StartedRecord>)>,
    /// Councils and working groups.
    pub people: Option<PeopleRecord>,
    /// Quantitative claims.
    pub key_figures: Option<KeyFiguresRecord>,
    /// Terms and abbreviations.
    pub glossary: Option<GlossaryRecord>,
    /// What happened when.
    pub timeline: Option<TimelineRecord>,
    /// What changed on the site.
    pub changes: Option<ChangesRecord>,
    /// Disagreements of the documents at large.
    pub source_notes: Option<SourceNotesRecord>,
    /// Where addresses lead that were given up.
    pub redirects: Vec<RedirectRecord>,
    /// Templates, words and assets.
    pub theme: Arc<Theme>,
    /// The texts that are translated, file by file.
    pub translated: Vec<Translated>,
    /// Which translations were confirmed; nothing where the site does not record it.
    pub translations: Option<TranslationsRecord>,
    /// Ids of records that are there but could not be read, and kinds of which some are not where they belong: a reference to one is
    /// no fault of its own.
    pub faulty: BTreeSet<String>,
    /// What those records refer to, with the strategy they belong to.
    pub loose: Vec<(Option<String>, Reference)>,
}

impl Content {
    /// Whether a record is there but could not be read, or may be the one of its kind that is not where it belongs.
    pub fn is_faulty(&self, kind: &str, id: &str) -> bool {
        self.is_astray(kind) || self.faulty.contains(&format!("{kind}:{id}"))
    }

    /// Whether some record of a kind is not where it belongs, or some other in its place, so that nobody knows which and how many there are.
    pub fn is_astray(&self, kind: &str) -> bool {
        self.faulty.contains(kind)
    }
}

/// A strategy and its id, the name of its file.
#[derive(Clone)]
pub struct Strategy {
    /// The id: `2021`.
    pub id: String,
    /// The record.
    pub record: StrategyRecord,
}

/// An initiative and what its path says of it.
#[derive(Clone)]
pub struct Initiative {
    /// The id: `2021-19`.
    pub id: String,
    /// The id of its strategy: `2021`.
    pub strategy: String,
    /// Its number in the strategy.
    pub number: u32,
    /// The record.
    pub record: InitiativeRecord,
}

/// A figure and its id, the name of its file.
#[derive(Clone)]
pub struct Figure {
    /// The id: `2021-01`.
    pub id: String,
    /// The record.
    pub record: FigureRecord,
}

/// A recommendation and its number.
#[derive(Clone)]
pub struct Recommendation {
    /// The number in the name of its file.
    pub number: u32,
    /// The record.
    pub record: RecommendationRecord,
}

/// What one file yields.
#[derive(Clone)]
enum Parsed {
    Documents(DocumentsRecord),
    Actors(ActorsRecord),
    Council(Box<CouncilRecord>),
    Strategy(Box<Strategy>),
    Initiative(Box<Initiative>),
    Recommendation(Recommendation),
    Traces(Vec<TraceRecord>),
    Figure(Box<Figure>),
    Points(String, Box<PointsRecord>),
    Started(String, Vec<StartedRecord>),
    People(PeopleRecord),
    KeyFigures(KeyFiguresRecord),
    Glossary(GlossaryRecord),
    Timeline(TimelineRecord),
    Changes(ChangesRecord),
    SourceNotes(SourceNotesRecord),
    Redirects(Vec<RedirectRecord>),
    Translations(TranslationsRecord),
    Faulty(String),
    /// The kind whose place it is, and the one that it was meant as.
    Misplaced([DataKind; 2]),
    Nothing,
}

/// What came of one file of records.
#[derive(Clone)]
struct Outcome {
    parsed: Parsed,
    translated: Translated,
    loose: Vec<(Option<String>, Reference)>,
    diagnostics: Diagnostics,
}

/// Reads every record of the tree.
///
/// Nothing comes back only where the languages of the site are not known, on which every text depends.
pub fn parse(tree: &FileTree, diagnostics: &mut Diagnostics) -> Option<Content> {
    read_all(tree, None, diagnostics)
}

/// As [`parse`], reading only the files again that are not as they were when they were read last.
pub fn parse_again(tree: &Arc<FileTree>, memory: &Memory, diagnostics: &mut Diagnostics) -> Option<Content> {
    read_all(tree, Some((tree, memory)), diagnostics)
}

fn read_all(tree: &FileTree, memory: Option<(&Arc<FileTree>, &Memory)>, diagnostics: &mut Diagnostics) -> Option<Content> {
    paths_are_sound(tree, diagnostics);
    let mut names = Names::default();
    misnamed(tree, &mut names, paths::nearly);
    let languages = site::languages(tree, &names, diagnostics)?;
    misnamed(tree, &mut names, |path| chapter::nearly(path, &languages, |path| tree.find(path).is_some()));
    let mut faulty = BTreeSet::new();
    let (site, site_texts) = site::site(tree, &names, &languages, &mut faulty, diagnostics)?;
    let past = memory.and_then(|(_, memory)| memory.past(&languages));
    let theme_name = site.theme.as_ref().map(|name| name.value.to_string());
    let data: Vec<(FileId, DataFile<'_>)> = tree.entries().filter_map(|(id, _)| Some((id, DataFile::of(names.of(id, tree))?))).collect();
    let schemas = misplaced::Schemas::new(&languages);
    let outcome = |(id, file): &(FileId, DataFile<'_>)| {
        let known = past.as_ref().and_then(|past| past.record(tree, *id, names.of(*id, tree)));
        known.unwrap_or_else(|| Arc::new(parse_file(tree, &names, *id, file, &schemas)))
    };
    // One by one, because one can take as long as hundreds of others.
    let records = || data.par_iter().with_max_len(1).map(outcome).collect::<Vec<Arc<Outcome>>>();
    let pages = || chapter::read(tree, &names, &languages, past.as_deref());
    let theme = || {
        let mut found = Diagnostics::default();
        let known = past.as_ref().and_then(|past| past.theme(tree, theme_name.as_deref()));
        (known.unwrap_or_else(|| Arc::new(theme::load(tree, site.theme.as_ref(), &languages, &mut found))), found)
    };
    // Reading the theme is one long piece of work, so it is begun first.
    let ((theme, of_theme), (outcomes, pages)) = rayon::join(theme, || rayon::join(records, pages));
    let is_sound = of_theme.is_empty();
    diagnostics.append(of_theme);
    stray_files(tree, &names, &languages, diagnostics);

    // Who keeps nothing copies nothing; who does copies every record, with all threads.
    let kept = memory.map(|_| memory::kept(tree, &names, data.iter().map(|(id, _)| *id).zip(&outcomes))).unwrap_or_default();
    let outcomes: Vec<Outcome> = outcomes.into_par_iter().map(Arc::unwrap_or_clone).collect();
    let (mut documents, mut actors, mut council) = (None, None, None);
    let (mut strategies, mut initiatives, mut recommendations, mut traces) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut figures, mut points, mut started) = (Vec::new(), Vec::new(), Vec::new());
    let (mut people, mut key_figures, mut glossary, mut timeline, mut changes, mut source_notes) = (None, None, None, None, None, None);
    let (mut loose, mut translations) = (Vec::new(), None);
    let mut redirects = Vec::new();
    let mut translated = vec![site_texts];
    for mut outcome in outcomes {
        diagnostics.append(outcome.diagnostics);
        loose.append(&mut outcome.loose);
        translated.push(outcome.translated);
        match outcome.parsed {
            Parsed::Documents(record) => documents = Some(record),
            Parsed::Actors(record) => actors = Some(record),
            Parsed::Council(record) => council = Some(*record),
            Parsed::Strategy(strategy) => strategies.push(*strategy),
            Parsed::Initiative(initiative) => initiatives.push(*initiative),
            Parsed::Recommendation(recommendation) => recommendations.push(recommendation),
            Parsed::Traces(mut list) => traces.append(&mut list),
            Parsed::Figure(figure) => figures.push(*figure),
            Parsed::Points(strategy, record) => points.push((strategy, *record)),
            Parsed::Started(strategy, list) => started.push((strategy, list)),
            Parsed::People(record) => people = Some(record),
            Parsed::KeyFigures(record) => key_figures = Some(record),
            Parsed::Glossary(record) => glossary = Some(record),
            Parsed::Timeline(record) => timeline = Some(record),
            Parsed::Changes(record) => changes = Some(record),
            Parsed::SourceNotes(record) => source_notes = Some(record),
            Parsed::Redirects(list) => redirects = list,
            Parsed::Translations(record) => translations = Some(record),
            Parsed::Faulty(id) => drop(faulty.insert(id)),
            Parsed::Misplaced(kinds) => faulty.extend(kinds.map(DataKind::whole)),
            Parsed::Nothing => {}
        }
    }
    for kind in [DataKind::Documents, DataKind::Actors].into_iter().filter(|kind| !faulty.contains(&kind.whole())) {
        missing_file(tree, &names, &kind.path(&[]), diagnostics);
    }
    // A registry with a fault still names most of its records; what it does not is then no news.
    let documents = documents.unwrap_or_else(|| {
        faulty.insert("documents".to_owned());
        let salvaged = salvage(tree, &names, &DataKind::Documents.path(&[]), "documents", &languages);
        DocumentsRecord { kinds: Table(Vec::new()), places: Table(Vec::new()), documents: salvaged, notes: None, span: Span::top(FileId::default()) }
    });
    let actors = actors.unwrap_or_else(|| {
        faulty.insert("actors".to_owned());
        let salvaged = salvage(tree, &names, &DataKind::Actors.path(&[]), "actors", &languages);
        ActorsRecord { kinds: Table(Vec::new()), actors: salvaged, span: Span::top(FileId::default()) }
    });
    recommendations.sort_by_key(|recommendation| recommendation.number);
    initiatives.sort_by(|a: &Initiative, b: &Initiative| (&a.strategy, a.number).cmp(&(&b.strategy, b.number)));
    let chapter::Chapters { chapters, translated: mut chapter_texts, faulty: faulty_chapters, loose: mut chapter_references, kept: kept_pages } =
        chapter::join(pages, tree, &names, &languages, memory.is_some(), diagnostics);
    if let Some((tree, memory)) = memory {
        memory.keep(Past {
            tree: Arc::clone(tree),
            languages: languages.clone(),
            records: kept,
            pages: kept_pages,
            theme: is_sound.then(|| (theme_name, Arc::clone(&theme))),
        });
    }
    faulty.extend(faulty_chapters.into_iter().map(|key| format!("chapter:{key}")));
    translated.append(&mut chapter_texts);
    loose.append(&mut chapter_references);
    Some(Content {
        site,
        documents,
        actors,
        council,
        strategies,
        initiatives,
        recommendations,
        traces,
        chapters,
        figures,
        points,
        started,
        people,
        key_figures,
        glossary,
        timeline,
        changes,
        source_notes,
        redirects,
        theme,
        translated,
        translations,
        faulty,
        loose,
        languages,
    })
}

fn parse_file(tree: &FileTree, names: &Names, id: FileId, file: &DataFile<'_>, schemas: &misplaced::Schemas<'_>) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    let into = &mut diagnostics;
    // The kinds whose path says more than the kind.
    let strategy = || file.names.first().copied().unwrap_or_default().to_owned();
    let number = || file.names.last().and_then(|name| name.parse().ok()).unwrap_or(0);
    let whole = || file.names.join("-");
    macro_rules! read {
        ($record:ty, $make:expr) => {{
            let read: Read<$record> = single(tree, names, id, schemas.languages, into);
            (read.value.map($make), read.translated, read.references)
        }};
    }
    let (parsed, translated, references) = match file.kind {
        DataKind::Site => (Some(Parsed::Nothing), Translated { file: id, path: String::new(), texts: Vec::new() }, Vec::new()),
        DataKind::Documents => read!(DocumentsRecord, Parsed::Documents),
        DataKind::Actors => read!(ActorsRecord, Parsed::Actors),
        DataKind::Council => read!(CouncilRecord, |record| Parsed::Council(Box::new(record))),
        DataKind::Strategy => read!(StrategyRecord, |record| Parsed::Strategy(Box::new(Strategy { id: whole(), record }))),
        DataKind::Initiative => {
            read!(InitiativeRecord, |record| Parsed::Initiative(Box::new(Initiative { id: whole(), strategy: strategy(), number: number(), record })))
        }
        DataKind::Recommendation => read!(RecommendationRecord, |record| Parsed::Recommendation(Recommendation { number: number(), record })),
        DataKind::Traces => read!(Vec<TraceRecord>, Parsed::Traces),
        DataKind::Figure => read!(FigureRecord, |record| Parsed::Figure(Box::new(Figure { id: whole(), record }))),
        DataKind::Points => read!(PointsRecord, |record| Parsed::Points(strategy(), Box::new(record))),
        DataKind::Started => read!(Vec<StartedRecord>, |list| Parsed::Started(strategy(), list)),
        DataKind::People => read!(PeopleRecord, Parsed::People),
        DataKind::KeyFigures => read!(KeyFiguresRecord, Parsed::KeyFigures),
        DataKind::Glossary => read!(GlossaryRecord, Parsed::Glossary),
        DataKind::Timeline => read!(TimelineRecord, Parsed::Timeline),
        DataKind::Changes => read!(ChangesRecord, Parsed::Changes),
        DataKind::SourceNotes => read!(SourceNotesRecord, Parsed::SourceNotes),
        DataKind::Redirects => read!(Vec<RedirectRecord>, Parsed::Redirects),
        DataKind::Translations => read!(TranslationsRecord, Parsed::Translations),
    };
    let may_be_misplaced = into.has(Code::UnknownKey) || into.has(Code::WrongType);
    if let Some(meant) = may_be_misplaced.then(|| misplaced::meant(tree.text(id)?, id, file.kind, schemas)).flatten() {
        into.take_back(|_| true);
        into.push(misplaced::fault(id, file.kind, meant));
        let translated = Translated { texts: Vec::new(), ..translated };
        return Outcome { parsed: Parsed::Misplaced([file.kind, meant]), translated, loose: Vec::new(), diagnostics };
    }
    let owner = matches!(file.kind, DataKind::Initiative | DataKind::Points | DataKind::Started).then(strategy);
    let parsed = parsed.unwrap_or_else(|| match file.kind {
        DataKind::Recommendation => Parsed::Faulty(format!("recommendation:{}", number())),
        DataKind::Strategy | DataKind::Initiative | DataKind::Figure => Parsed::Faulty(format!("{}:{}", file.kind.name(), whole())),
        DataKind::Council | DataKind::Traces => Parsed::Faulty(file.kind.name().into()),
        DataKind::Site | DataKind::Documents | DataKind::Actors | DataKind::Translations => Parsed::Nothing,
        _ => Parsed::Faulty(names.of(id, tree).to_owned()),
    });
    if let Parsed::Figure(figure) = &parsed {
        figure.record.check(&mut diagnostics);
    }
    let loose = references.into_iter().map(|reference| (owner.clone(), reference)).collect();
    Outcome { parsed, translated, loose, diagnostics }
}

/// The items of a list that can be read, of a file in which something cannot.
fn salvage<T: Decode>(tree: &FileTree, names: &Names, path: &str, key: &str, languages: &Languages) -> Vec<T> {
    let Some((file, text)) = names.find(path, tree).and_then(|file| Some((file, tree.text(file)?))) else { return Vec::new() };
    let mut quiet = Diagnostics::default();
    let Some(yaml::Node { kind: yaml::Kind::Map(map), .. }) = yaml::parse(text, file, 0, &mut quiet) else { return Vec::new() };
    let mut cx = Cx::new(file, text, languages, &mut quiet);
    // A key that is written nearly so was meant, which is told where it stands.
    let keys = || map.iter().filter_map(|(known, _)| known.scalar());
    let key = if keys().any(|known| known == key) { Some(key) } else { keys().find(|known| nearest(known, [key]).is_some()) };
    let lists =
        map.iter().filter(|(known, _)| known.scalar() == key).filter_map(|(_, value)| if let yaml::Kind::List(list) = &value.kind { Some(list) } else { None });
    lists.flatten().filter_map(|node| T::decode(node, &mut cx)).collect()
}

/// What came of a file that holds one value.
struct Read<T> {
    value: Option<T>,
    translated: Translated,
    /// What it refers to, where the value itself cannot be read.
    references: Vec<Reference>,
}

/// Reads a file that holds one value.
fn single<T: Decode>(tree: &FileTree, names: &Names, file: FileId, languages: &Languages, diagnostics: &mut Diagnostics) -> Read<T> {
    let mut read = Read { value: None, translated: Translated { file, path: names.of(file, tree).to_owned(), texts: Vec::new() }, references: Vec::new() };
    let Some(text) = utf8(tree, file, diagnostics) else { return read };
    if let Some(node) = yaml::parse(text, file, 0, diagnostics) {
        let mut cx = Cx::new(file, text, languages, diagnostics);
        read.value = T::decode(&node, &mut cx);
        read.translated.texts = std::mem::take(&mut cx.texts);
        if read.value.is_none() {
            read.references = Cx::references_of::<T>(&node, file, text, languages);
        }
    }
    read
}
