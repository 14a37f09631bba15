//! From files to records.
//!
//! In: a [`FileTree`]. Out: [`Content`], every record that could be read, and diagnostics for all that could not.
//! Records are read in parallel and independently of each other: no reference is followed here, and nothing but
//! [`read`] touches the disk.

use std::collections::BTreeSet;

use rayon::prelude::*;

pub mod chapter;
pub mod decode;
pub mod markdown;
pub mod read;
pub mod record;
pub mod theme;
pub mod value;
pub mod yaml;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Languages;
use crate::source::{FileId, FileTree, Span};
use chapter::Chapter;
use decode::{Cx, Decode, Fields, Table};
use record::material::{
    ChangesRecord, FigureRecord, GlossaryRecord, KeyFiguresRecord, PeopleRecord, PointsRecord, SourceNotesRecord, StartedRecord, TimelineRecord,
};
use record::{ActorsRecord, CouncilRecord, DocumentsRecord, InitiativeRecord, LanguageRecord, RecommendationRecord, SiteRecord, StrategyRecord, TraceRecord};
use theme::Theme;

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
    /// Templates, words and assets.
    pub theme: Theme,
    /// Ids of records that are there but could not be read: a reference to one is no fault of its own.
    pub faulty: BTreeSet<String>,
}

/// A strategy and its id, the name of its file.
pub struct Strategy {
    /// The id: `2021`.
    pub id: String,
    /// The record.
    pub record: StrategyRecord,
}

/// An initiative and what its path says of it.
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
pub struct Figure {
    /// The id: `2021-01`.
    pub id: String,
    /// The record.
    pub record: FigureRecord,
}

/// A recommendation and its number.
pub struct Recommendation {
    /// The number in the name of its file.
    pub number: u32,
    /// The record.
    pub record: RecommendationRecord,
}

/// The kinds of YAML file, by path.
enum DataFile<'a> {
    Site,
    Documents,
    Actors,
    Council,
    Strategy(&'a str),
    Initiative { strategy: &'a str, name: &'a str, number: u32 },
    Recommendation(u32),
    Traces,
    Figure(&'a str),
    Points(&'a str),
    Started(&'a str),
    People,
    KeyFigures,
    Glossary,
    Timeline,
    Changes,
    SourceNotes,
}

impl<'a> DataFile<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let stem = path.strip_prefix("data/")?.strip_suffix(".yaml")?;
        let number = |name: &str| (name.len() >= 2 && name.bytes().all(|b| b.is_ascii_digit())).then(|| name.parse().ok()).flatten();
        match stem.split('/').collect::<Vec<_>>()[..] {
            ["site"] => Some(DataFile::Site),
            ["documents"] => Some(DataFile::Documents),
            ["actors"] => Some(DataFile::Actors),
            ["council"] => Some(DataFile::Council),
            ["strategies", id] => value::Key::new(id).map(|_| DataFile::Strategy(id)),
            ["initiatives", strategy, name] => number(name).map(|number| DataFile::Initiative { strategy, name, number }),
            ["recommendations", name] => number(name).map(DataFile::Recommendation),
            ["traces", _] => Some(DataFile::Traces),
            ["figures", id] => value::Key::new(id).map(|_| DataFile::Figure(id)),
            ["points", strategy] => Some(DataFile::Points(strategy)),
            ["started", strategy] => Some(DataFile::Started(strategy)),
            ["people"] => Some(DataFile::People),
            ["key-figures"] => Some(DataFile::KeyFigures),
            ["glossary"] => Some(DataFile::Glossary),
            ["timeline"] => Some(DataFile::Timeline),
            ["changes"] => Some(DataFile::Changes),
            ["source-notes"] => Some(DataFile::SourceNotes),
            _ => None,
        }
    }
}

/// What one file yields.
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
    Faulty(String),
    Nothing,
}

/// Reads every record of the tree.
///
/// Nothing comes back only where `data/site.yaml` or the theme cannot be read; the faults of all other files are reported then too.
pub fn parse(tree: &FileTree, diagnostics: &mut Diagnostics) -> Option<Content> {
    let languages = languages(tree, diagnostics)?;
    let site: Option<SiteRecord> = single(tree, "data/site.yaml", &languages, diagnostics);
    let theme = site.as_ref().and_then(|site| theme::load(tree, site.theme.as_ref(), &languages, diagnostics));
    stray_files(tree, &languages, diagnostics);

    let data: Vec<(FileId, DataFile<'_>)> = tree.entries().filter_map(|(id, file)| Some((id, DataFile::of(&file.path)?))).collect();
    let parsed: Vec<(Parsed, Diagnostics)> = data.par_iter().map(|(id, kind)| parse_file(tree, *id, kind, &languages)).collect();
    let (mut documents, mut actors, mut council) = (None, None, None);
    let (mut strategies, mut initiatives, mut recommendations, mut traces) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut figures, mut points, mut started) = (Vec::new(), Vec::new(), Vec::new());
    let (mut people, mut key_figures, mut glossary, mut timeline, mut changes, mut source_notes) = (None, None, None, None, None, None);
    let mut faulty = BTreeSet::new();
    for (parsed, found) in parsed {
        diagnostics.append(found);
        match parsed {
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
            Parsed::Faulty(id) => drop(faulty.insert(id)),
            Parsed::Nothing => {}
        }
    }
    for path in ["data/documents.yaml", "data/actors.yaml"] {
        missing_file(tree, path, diagnostics);
    }
    // A registry with a fault still names most of its records; what it does not is then no news.
    let documents = documents.unwrap_or_else(|| {
        faulty.insert("documents".to_owned());
        let salvaged = salvage(tree, "data/documents.yaml", "documents", &languages);
        DocumentsRecord { kinds: Table(Vec::new()), places: Table(Vec::new()), documents: salvaged, notes: None, span: Span::top(FileId::default()) }
    });
    let actors = actors.unwrap_or_else(|| {
        faulty.insert("actors".to_owned());
        let salvaged = salvage(tree, "data/actors.yaml", "actors", &languages);
        ActorsRecord { kinds: Table(Vec::new()), actors: salvaged, span: Span::top(FileId::default()) }
    });
    recommendations.sort_by_key(|recommendation| recommendation.number);
    initiatives.sort_by(|a: &Initiative, b: &Initiative| (&a.strategy, a.number).cmp(&(&b.strategy, b.number)));
    let chapters = chapter::load(tree, &languages, diagnostics);
    // Without the site's own record or the theme's words nothing can be shown, but every record has been read.
    let (site, theme) = site.zip(theme)?;
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
        theme,
        faulty,
        languages,
    })
}

/// The languages, which every other text depends on.
fn languages(tree: &FileTree, diagnostics: &mut Diagnostics) -> Option<Languages> {
    let path = "data/site.yaml";
    let Some(file) = tree.find(path) else {
        missing_file(tree, path, diagnostics);
        return None;
    };
    let text = utf8(tree, file, diagnostics)?;
    let node = yaml::parse(text, file, 0).map_err(|fault| diagnostics.push(fault)).ok()?;
    // The languages' own records have no texts in languages, so they can be read first.
    let mut cx = Cx { file, text, languages: &Languages::default(), diagnostics };
    let list: Option<Vec<LanguageRecord>> = Fields::pick(&node, "languages", &mut cx);
    match list {
        Some(list) if !list.is_empty() => Some(Languages::new(list.into_iter().map(|language| language.code.to_string()))),
        _ if !cx.diagnostics.has_errors() => {
            cx.fail(Diagnostic::new(Code::MissingKey, node.span, "`languages` names no language").help("a site has one language or more"))
        }
        _ => None,
    }
}

fn parse_file(tree: &FileTree, id: FileId, kind: &DataFile<'_>, languages: &Languages) -> (Parsed, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let path = &tree.file(id).path;
    let into = &mut diagnostics;
    let parsed = match kind {
        DataFile::Site => Some(Parsed::Nothing),
        DataFile::Documents => single(tree, path, languages, into).map(Parsed::Documents),
        DataFile::Actors => single(tree, path, languages, into).map(Parsed::Actors),
        DataFile::Council => single(tree, path, languages, into).map(|record| Parsed::Council(Box::new(record))),
        DataFile::Strategy(id) => single(tree, path, languages, into).map(|record| Parsed::Strategy(Box::new(Strategy { id: (*id).to_owned(), record }))),
        DataFile::Initiative { strategy, name, number } => single(tree, path, languages, into).map(|record| {
            Parsed::Initiative(Box::new(Initiative { id: format!("{strategy}-{name}"), strategy: (*strategy).to_owned(), number: *number, record }))
        }),
        DataFile::Recommendation(number) => {
            single(tree, path, languages, into).map(|record| Parsed::Recommendation(Recommendation { number: *number, record }))
        }
        DataFile::Traces => single(tree, path, languages, into).map(Parsed::Traces),
        DataFile::Figure(id) => single(tree, path, languages, into).map(|record: FigureRecord| {
            record.check(into);
            Parsed::Figure(Box::new(Figure { id: (*id).to_owned(), record }))
        }),
        DataFile::Points(strategy) => single(tree, path, languages, into).map(|record| Parsed::Points((*strategy).to_owned(), Box::new(record))),
        DataFile::Started(strategy) => single(tree, path, languages, into).map(|list| Parsed::Started((*strategy).to_owned(), list)),
        DataFile::People => single(tree, path, languages, into).map(Parsed::People),
        DataFile::KeyFigures => single(tree, path, languages, into).map(Parsed::KeyFigures),
        DataFile::Glossary => single(tree, path, languages, into).map(Parsed::Glossary),
        DataFile::Timeline => single(tree, path, languages, into).map(Parsed::Timeline),
        DataFile::Changes => single(tree, path, languages, into).map(Parsed::Changes),
        DataFile::SourceNotes => single(tree, path, languages, into).map(Parsed::SourceNotes),
    };
    let parsed = parsed.unwrap_or_else(|| match kind {
        DataFile::Strategy(id) => Parsed::Faulty(format!("strategy:{id}")),
        DataFile::Initiative { strategy, name, .. } => Parsed::Faulty(format!("initiative:{strategy}-{name}")),
        DataFile::Recommendation(number) => Parsed::Faulty(format!("recommendation:{number}")),
        DataFile::Council => Parsed::Faulty("council".into()),
        DataFile::Figure(id) => Parsed::Faulty(format!("figure:{id}")),
        DataFile::Points(_)
        | DataFile::Started(_)
        | DataFile::People
        | DataFile::KeyFigures
        | DataFile::Glossary
        | DataFile::Timeline
        | DataFile::Changes
        | DataFile::SourceNotes => Parsed::Faulty(path.clone()),
        DataFile::Traces => Parsed::Faulty("traces".into()),
        _ => Parsed::Nothing,
    });
    (parsed, diagnostics)
}

/// The items of a list that can be read, of a file in which something cannot.
fn salvage<T: Decode>(tree: &FileTree, path: &str, key: &str, languages: &Languages) -> Vec<T> {
    let Some((file, text)) = tree.find(path).and_then(|file| Some((file, tree.text(file)?))) else { return Vec::new() };
    let Ok(yaml::Node { kind: yaml::Kind::Map(map), .. }) = yaml::parse(text, file, 0) else { return Vec::new() };
    let mut quiet = Diagnostics::default();
    let mut cx = Cx { file, text, languages, diagnostics: &mut quiet };
    let lists = map
        .iter()
        .filter(|(known, _)| known.scalar() == Some(key))
        .filter_map(|(_, value)| if let yaml::Kind::List(list) = &value.kind { Some(list) } else { None });
    lists.flatten().filter_map(|node| T::decode(node, &mut cx)).collect()
}

/// Reads a file that holds one value.
fn single<T: Decode>(tree: &FileTree, path: &str, languages: &Languages, diagnostics: &mut Diagnostics) -> Option<T> {
    let file = tree.find(path)?;
    let text = utf8(tree, file, diagnostics)?;
    match yaml::parse(text, file, 0) {
        Ok(node) => T::decode(&node, &mut Cx { file, text, languages, diagnostics }),
        Err(fault) => {
            diagnostics.push(fault);
            None
        }
    }
}

/// The text of a file, or a diagnostic with the first byte that is none.
pub(crate) fn utf8<'t>(tree: &'t FileTree, file: FileId, diagnostics: &mut Diagnostics) -> Option<&'t str> {
    match std::str::from_utf8(&tree.file(file).bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let span = Span::new(file, error.valid_up_to()..error.valid_up_to());
            diagnostics.push(Diagnostic::new(Code::Encoding, span, "the file is not UTF-8 text from here on").help("save it with the encoding UTF-8"));
            None
        }
    }
}

fn missing_file(tree: &FileTree, path: &str, diagnostics: &mut Diagnostics) {
    if tree.find(path).is_none()
        && let Some((anchor, _)) = tree.entries().next()
    {
        // A file that is not there has no place; the first file of the tree stands for the root.
        diagnostics.push(Diagnostic::new(Code::MissingFile, Span::top(anchor), format!("`{path}` is missing")).help("every site has this file"));
    }
}

/// Reports files in `data/` and `content/` that nothing reads: a misplaced record must not vanish silently.
fn stray_files(tree: &FileTree, languages: &Languages, diagnostics: &mut Diagnostics) {
    const PLACES: [&str; 17] = [
        "site.yaml",
        "documents.yaml",
        "actors.yaml",
        "council.yaml",
        "strategies/",
        "initiatives/",
        "recommendations/",
        "traces/",
        "figures/",
        "points/",
        "started/",
        "people.yaml",
        "key-figures.yaml",
        "glossary.yaml",
        "timeline.yaml",
        "changes.yaml",
        "source-notes.yaml",
    ];
    for (id, file) in tree.entries() {
        let known = match file.path.split_once('/') {
            Some(("data", _)) => DataFile::of(&file.path).is_some(),
            Some(("content", _)) => chapter::parts(&file.path, languages).is_some(),
            _ => true,
        };
        if !known {
            let first = file.path.split('/').nth(1).unwrap_or_default();
            let help = did_you_mean(first, PLACES.map(|place| place.trim_end_matches('/')))
                .filter(|_| file.path.starts_with("data/") && !PLACES.iter().any(|place| place.trim_end_matches('/') == first))
                .unwrap_or_else(|| match file.path.starts_with("data/") {
                    true => {
                        "records are data/initiatives/<strategy>/<01>.yaml, data/recommendations/<01>.yaml, data/traces/<name>.yaml, data/strategies/<id>.yaml"
                            .into()
                    }
                    false => format!(
                        "chapters are content/<section>/<key>.<language>.md, with one of the languages {}",
                        languages.codes().collect::<Vec<_>>().join(", ")
                    ),
                });
            diagnostics.push(Diagnostic::new(Code::StrayFile, Span::top(id), "no record lives at this path").help(help));
        }
    }
}
