//! One file of records.
//!
//! In: the text of a file and the kind that its path says it is. Out: its record, its texts, and everything that is wrong with its
//! shape; of a record that cannot be read, what it refers to. Knows no other file.

use super::decode::{Cx, Decode};
use super::files::utf8;
use super::misplaced;
use super::paths::{DataFile, DataKind, Names};
use super::record::material::{
    ChangesRecord, FigureRecord, GlossaryRecord, KeyFiguresRecord, PeopleRecord, PointsRecord, SourceNotesRecord, StartedRecord, TimelineRecord,
};
use super::record::{ActorsRecord, CouncilRecord, DocumentsRecord, InitiativeRecord, RecommendationRecord, RedirectRecord, StrategyRecord, TraceRecord};
use super::reference::Reference;
use super::translation::{Translated, TranslationsRecord};
use super::{Figure, Initiative, Recommendation, Strategy, yaml};
use crate::diagnostic::{Code, Diagnostics};
use crate::locale::Languages;
use crate::source::{FileId, FileTree};

/// What one file yields.
#[derive(Clone)]
pub(super) enum Parsed {
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
pub(super) struct Outcome {
    pub parsed: Parsed,
    pub translated: Translated,
    pub loose: Vec<(Option<String>, Reference)>,
    pub diagnostics: Diagnostics,
}

/// Reads a file of records.
pub(super) fn parse(tree: &FileTree, names: &Names, id: FileId, file: &DataFile<'_>, schemas: &misplaced::Schemas<'_>) -> Outcome {
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

/// What came of a file that holds one value.
pub(super) struct Read<T> {
    pub value: Option<T>,
    pub translated: Translated,
    /// What it refers to, where the value itself cannot be read.
    pub references: Vec<Reference>,
}

/// Reads a file that holds one value.
pub(super) fn single<T: Decode>(tree: &FileTree, names: &Names, file: FileId, languages: &Languages, diagnostics: &mut Diagnostics) -> Read<T> {
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
