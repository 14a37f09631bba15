//! From files to records.
//!
//! In: a [`FileTree`]. Out: [`Content`], every record that could be read, and diagnostics for all that could not.
//! Records are read in parallel and independently of each other: no reference is followed here, and nothing but
//! [`read`] touches the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

pub mod chapter;
pub mod decode;
pub mod markdown;
pub mod memory;
pub mod paths;
pub mod read;
pub mod record;
pub mod reference;
pub mod theme;
pub mod translation;
mod twins;
pub mod value;
pub mod words;
pub mod yaml;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, did_you_mean};
use crate::locale::Languages;
use crate::source::{FileId, FileTree, Span};
use chapter::Chapter;
use decode::{Cx, Decode, Fields, Table};
use memory::{Kept, Memory, Past};
use paths::{DataFile, DataKind, Names};
use record::material::{
    ChangesRecord, FigureRecord, GlossaryRecord, KeyFiguresRecord, PeopleRecord, PointsRecord, SourceNotesRecord, StartedRecord, TimelineRecord,
};
use record::{
    ActorsRecord, CouncilRecord, DocumentsRecord, InitiativeRecord, LanguageRecord, RecommendationRecord, RedirectRecord, SiteRecord, StrategyRecord,
    TraceRecord,
};
use reference::Reference;
use theme::Theme;
use translation::{Translated, TranslationsRecord};
use value::SeverityWord;

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
    /// Ids of records that are there but could not be read: a reference to one is no fault of its own.
    pub faulty: BTreeSet<String>,
    /// What those records refer to, with the strategy they belong to.
    pub loose: Vec<(Option<String>, Reference)>,
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
    let languages = languages(tree, &names, diagnostics)?;
    misnamed(tree, &mut names, |path| chapter::nearly(path, &languages, |path| tree.find(path).is_some()));
    let mut faulty = BTreeSet::new();
    let (site, site_texts) = site(tree, &names, &languages, &mut faulty, diagnostics)?;
    let past = memory.and_then(|(_, memory)| memory.past(&languages));
    let theme_name = site.theme.as_ref().map(|name| name.value.to_string());
    let mut of_theme = Diagnostics::default();
    let known = past.as_ref().and_then(|past| past.theme(tree, theme_name.as_deref()));
    let theme = known.unwrap_or_else(|| Arc::new(theme::load(tree, site.theme.as_ref(), &languages, &mut of_theme)));
    let is_sound = of_theme.is_empty();
    diagnostics.append(of_theme);
    stray_files(tree, &names, &languages, diagnostics);

    let data: Vec<(FileId, DataFile<'_>)> = tree.entries().filter_map(|(id, _)| Some((id, DataFile::of(names.of(id, tree))?))).collect();
    let outcome = |(id, file): &(FileId, DataFile<'_>)| {
        let known = past.as_ref().and_then(|past| past.record(tree, *id, names.of(*id, tree)));
        known.unwrap_or_else(|| Arc::new(parse_file(tree, &names, *id, file, &languages)))
    };
    // One by one, because one can take as long as hundreds of others.
    let outcomes: Vec<Arc<Outcome>> = data.par_iter().with_max_len(1).map(outcome).collect();
    let kept: Kept<Outcome> = match memory {
        Some(_) => data.iter().zip(&outcomes).map(|((id, _), outcome)| (*id, (names.of(*id, tree).to_owned(), Arc::clone(outcome)))).collect(),
        None => Kept::new(),
    };
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
            Parsed::Nothing => {}
        }
    }
    for path in ["data/documents.yaml", "data/actors.yaml"] {
        missing_file(tree, &names, path, diagnostics);
    }
    // A registry with a fault still names most of its records; what it does not is then no news.
    let documents = documents.unwrap_or_else(|| {
        faulty.insert("documents".to_owned());
        let salvaged = salvage(tree, &names, "data/documents.yaml", "documents", &languages);
        DocumentsRecord { kinds: Table(Vec::new()), places: Table(Vec::new()), documents: salvaged, notes: None, span: Span::top(FileId::default()) }
    });
    let actors = actors.unwrap_or_else(|| {
        faulty.insert("actors".to_owned());
        let salvaged = salvage(tree, &names, "data/actors.yaml", "actors", &languages);
        ActorsRecord { kinds: Table(Vec::new()), actors: salvaged, span: Span::top(FileId::default()) }
    });
    recommendations.sort_by_key(|recommendation| recommendation.number);
    initiatives.sort_by(|a: &Initiative, b: &Initiative| (&a.strategy, a.number).cmp(&(&b.strategy, b.number)));
    let chapter::Chapters { chapters, translated: mut chapter_texts, faulty: faulty_chapters, loose: mut chapter_references, kept: kept_pages } =
        chapter::load(tree, &names, &languages, past.as_deref(), diagnostics);
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

/// The languages, which every other text depends on.
fn languages(tree: &FileTree, names: &Names, diagnostics: &mut Diagnostics) -> Option<Languages> {
    let path = DataKind::Site.path(&[]);
    let Some(file) = names.find(&path, tree) else {
        missing_file(tree, names, &path, diagnostics);
        return None;
    };
    let text = utf8(tree, file, diagnostics)?;
    let node = yaml::parse(text, file, 0, diagnostics)?;
    // The languages' own records have no texts in languages, so they can be read first.
    let none = Languages::default();
    let mut cx = Cx::new(file, text, &none, diagnostics);
    let list: Option<Vec<LanguageRecord>> = Fields::pick(&node, "languages", &mut cx);
    match list {
        Some(list) if !list.is_empty() => {
            let mut codes: Vec<String> = list.iter().map(|language| language.code.to_string()).collect();
            if let Some((at, written)) = misspelt_language(&codes, &node, tree) {
                let code = &list[at].code;
                cx.diagnostics.push(
                    Diagnostic::new(Code::UnknownLanguage, code.span, format!("no text is written in `{code}`")).help(format!("did you mean `{written}`?")),
                );
                codes[at] = written;
            }
            Some(Languages::new(codes))
        }
        _ if !cx.diagnostics.has_errors() => {
            cx.fail(Diagnostic::new(Code::MissingKey, node.span, "`languages` names no language").help("a site has one language or more"))
        }
        _ => None,
    }
}

/// A language whose code stands in no text, and the one that stands there in its place: the texts are many and the code is one.
fn misspelt_language(codes: &[String], site: &yaml::Node<'_>, tree: &FileTree) -> Option<(usize, String)> {
    let yaml::Kind::Map(map) = &site.kind else { return None };
    let (_, title) = map.iter().find(|(key, _)| key.scalar() == Some("title"))?;
    let yaml::Kind::Map(title) = &title.kind else { return None };
    let written: Vec<&str> = title.iter().filter_map(|(key, _)| key.scalar()).collect();
    let alone = |list: &[&str], others: &[&str]| -> Option<String> {
        let mut rest = list.iter().filter(|word| !others.contains(word));
        rest.next().filter(|_| rest.next().is_none()).map(|word| (*word).to_owned())
    };
    let known: Vec<&str> = codes.iter().map(String::as_str).collect();
    let (code, written) = (alone(&known, &written)?, alone(&written, &known)?);
    let chapters = |code: &str| tree.iter().any(|file| file.path.starts_with("content/") && file.path.ends_with(&format!(".{code}.md")));
    let at = codes.iter().position(|known| *known == code)?;
    (chapters(&written) && !chapters(&code)).then_some((at, written))
}

/// The site's own record, with the severities that it sets. Where it has a fault, one that stands for it, so that the
/// records can be checked all the same.
fn site(
    tree: &FileTree,
    names: &Names,
    languages: &Languages,
    faulty: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Option<(SiteRecord, Translated)> {
    let file = names.find(&DataKind::Site.path(&[]), tree).unwrap_or_default();
    let read: Read<SiteRecord> = single(tree, names, file, languages, diagnostics);
    for (name, setting) in read.value.iter().flat_map(|site: &SiteRecord| &site.severities).flat_map(|table| &table.0) {
        let Some(code) = Code::find(name).filter(|code| code.info().name == name.value) else {
            // Errors cannot be set, and a code of the same kind was meant.
            let written = name.to_uppercase();
            let settable = || Code::ALL.iter().map(|code| code.info()).filter(|info| info.severity != Severity::Error).map(|info| info.name);
            let kin = settable().filter(|code| written.starts_with(&code[..1]));
            let help = did_you_mean(&written, kin).unwrap_or_else(|| format!("the codes that can be set are {}", settable().collect::<Vec<_>>().join(", ")));
            diagnostics.push(Diagnostic::new(Code::UnknownKey, name.span, format!("there is no code `{name}`")).help(help));
            continue;
        };
        if code.info().severity == Severity::Error {
            let diagnostic = Diagnostic::new(Code::BadValue, name.span, format!("`{name}` is always an error: the site cannot be right with it"));
            diagnostics.push(diagnostic.help("take this setting out; only warnings and notes can be raised or silenced"));
            continue;
        }
        let severity = match setting.severity {
            SeverityWord::Error => Some(Severity::Error),
            SeverityWord::Warning => Some(Severity::Warning),
            SeverityWord::Note => Some(Severity::Note),
            SeverityWord::Off => None,
        };
        diagnostics.set(code, severity);
    }
    let site = match read.value {
        Some(site) => site,
        None => {
            faulty.insert("site".to_owned());
            let text = tree.text(file)?;
            let mut quiet = Diagnostics::default();
            let node = yaml::parse(text, file, 0, &mut quiet)?;
            let mut cx = Cx::new(file, text, languages, &mut quiet);
            let list = Fields::pick(&node, "languages", &mut cx)?;
            SiteRecord::in_place_of_faulty(list, languages, node.span)
        }
    };
    Some((site, read.translated))
}

/// Reports codes that the site silences although nothing has them; called when all that can be found has been.
pub fn needless_settings(content: &Content, diagnostics: &mut Diagnostics) {
    for (name, setting) in content.site.severities.iter().flat_map(|table| &table.0) {
        // Whether pages elsewhere answer is asked on another occasion.
        let Some(code) = Code::find(name)
            .filter(|code| code.info().name == name.value && !matches!(code, Code::DeadLink | Code::MovedLink) && code.info().severity != Severity::Error)
        else {
            continue;
        };
        if setting.severity == SeverityWord::Off && !diagnostics.has(code) {
            let diagnostic = Diagnostic::new(Code::NeedlessSetting, name.span, format!("`{name}` is silenced, but nothing has it"));
            diagnostics.push(diagnostic.help("take this setting out"));
        }
    }
}

fn parse_file(tree: &FileTree, names: &Names, id: FileId, file: &DataFile<'_>, languages: &Languages) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    let into = &mut diagnostics;
    // The kinds whose path says more than the kind.
    let strategy = || file.names.first().copied().unwrap_or_default().to_owned();
    let number = || file.names.last().and_then(|name| name.parse().ok()).unwrap_or(0);
    let whole = || file.names.join("-");
    macro_rules! read {
        ($record:ty, $make:expr) => {{
            let read: Read<$record> = single(tree, names, id, languages, into);
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
    let lists = map
        .iter()
        .filter(|(known, _)| known.scalar() == Some(key))
        .filter_map(|(_, value)| if let yaml::Kind::List(list) = &value.kind { Some(list) } else { None });
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

/// The text of a file, or a diagnostic with the first byte that is none. Signs that no reader sees are reported.
pub(crate) fn utf8<'t>(tree: &'t FileTree, file: FileId, diagnostics: &mut Diagnostics) -> Option<&'t str> {
    if tree.is_refused(file) {
        return None;
    }
    match std::str::from_utf8(&tree.file(file).bytes) {
        Ok(text) => {
            unseen(text, file, diagnostics);
            Some(text)
        }
        Err(error) => {
            let span = Span::new(file, error.valid_up_to()..error.valid_up_to());
            diagnostics.push(Diagnostic::new(Code::Encoding, span, "the file is not UTF-8 text from here on").help("save it with the encoding UTF-8"));
            None
        }
    }
}

/// Whether a sign cannot be seen, nor is white space.
fn is_unseen(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Reports signs that cannot be seen, of which some turn the direction of what follows: a text must say what it shows.
fn unseen(text: &str, file: FileId, diagnostics: &mut Diagnostics) {
    let bytes = text.as_bytes();
    // Most texts have none, and one look at each byte tells: the signs in question begin with one of these.
    let is_suspect = |b: &u8| matches!(b, 0..=8 | 11 | 12 | 14..=31 | 127 | 0xc2 | 0xe2 | 0xef);
    // Piece by piece, all of one at a time, which processors do many times faster than byte by byte.
    if !bytes.chunks(256).any(|piece| piece.iter().fold(false, |found, b| found | is_suspect(b))) {
        return;
    }
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for (at, sign) in text[start..].match_indices(is_unseen).map(|(at, sign)| (start + at, sign)) {
        let code = sign.chars().next().map_or(0, u32::from);
        let diagnostic = Diagnostic::new(Code::Unseen, Span::new(file, at..at + sign.len()), format!("the invisible character U+{code:04X} stands here"));
        diagnostics.push(diagnostic.help("delete it and write the text again; it often comes along when text is copied from elsewhere"));
    }
}

/// Reports files that could not be read, and paths that are one and the same on some machines.
fn paths_are_sound(tree: &FileTree, diagnostics: &mut Diagnostics) {
    for (file, why) in tree.refused() {
        diagnostics.push(Diagnostic::new(Code::Unreadable, Span::top(file), format!("this file cannot be read: {why}")));
    }
    let mut known: BTreeMap<String, FileId> = BTreeMap::new();
    for (id, file) in tree.entries() {
        if let Some(first) = known.insert(crate::locale::fold::file_name(&file.path), id) {
            let message = format!("the name differs from `{}` only in capitals or in how its letters are composed", tree.file(first).path);
            let diagnostic = Diagnostic::new(Code::PathTwins, Span::top(id), message).related(Span::top(first), "the other file");
            diagnostics.push(diagnostic.help("rename one of them: on many machines the two are one file"));
        }
    }
}

fn missing_file(tree: &FileTree, names: &Names, path: &str, diagnostics: &mut Diagnostics) {
    if names.find(path, tree).is_none()
        && let Some((anchor, _)) = tree.entries().next()
    {
        // A file that is not there has no place; the first file of the tree stands for the root.
        diagnostics.push(Diagnostic::new(Code::MissingFile, Span::top(anchor), format!("`{path}` is missing")).help("every site has this file"));
    }
}

/// Finds the files whose name is nearly right, as far as nothing has the right one.
fn misnamed(tree: &FileTree, names: &mut Names, nearly: impl Fn(&str) -> Option<String>) {
    for (id, file) in tree.entries().filter(|(id, file)| !tree.is_refused(*id) && DataFile::of(&file.path).is_none()) {
        if let Some(meant) = nearly(&file.path).filter(|meant| names.find(meant, tree).is_none()) {
            names.0.insert(id, meant);
        }
    }
}

/// Reports files in `data/` and `content/` that nothing reads: a misplaced record must not vanish silently.
fn stray_files(tree: &FileTree, names: &Names, languages: &Languages, diagnostics: &mut Diagnostics) {
    for (id, file) in tree.entries().filter(|(id, _)| !tree.is_refused(*id)) {
        let (meant, help) = match file.path.split_once('/') {
            Some(("data", _)) if DataFile::of(&file.path).is_none() => (paths::nearly(&file.path), paths::meant(&file.path)),
            Some(("content", _)) if chapter::parts(&file.path, languages).is_none() => {
                let codes: Vec<&str> = languages.codes().collect();
                let help = format!("chapters are content/<section>/<key>.<language>.md, with one of the languages {}", codes.join(", "));
                (chapter::nearly(&file.path, languages, |path| tree.find(path).is_some()), help)
            }
            _ => continue,
        };
        let help = match (names.0.get(&id), meant) {
            (Some(meant), _) => format!("rename it to `{meant}`"),
            // Two names that some machines do not tell apart are reported as that.
            (None, Some(meant)) if crate::locale::fold::file_name(&meant) == crate::locale::fold::file_name(&file.path) => continue,
            (None, Some(meant)) => format!("`{meant}` is there already: take one of the two out"),
            (None, None) => help,
        };
        diagnostics.push(Diagnostic::new(Code::StrayFile, Span::top(id), "no record lives at this path").help(help));
    }
}
