//! From files to records.
//!
//! In: a [`FileTree`]. Out: [`Content`], every record that could be read, and diagnostics for all that could not.
//! Records are read in parallel and independently of each other: no reference is followed here, and nothing but
//! [`read`] touches the disk.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

pub mod chapter;
mod data;
pub mod decode;
mod files;
mod gather;
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

use crate::diagnostic::Diagnostics;
use crate::locale::Languages;
use crate::source::{FileId, FileTree};
use chapter::Chapter;
use data::Outcome;
pub(crate) use files::utf8;
use files::{misnamed, stray_files, unsound_paths};
use memory::{Memory, Past};
use paths::{DataFile, Names};
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

    /// The numbers of the records that could not be read, of those whose ids begin alike.
    pub fn unread(&self, prefix: &str) -> Vec<u32> {
        self.faulty.iter().filter_map(|id| id.strip_prefix(prefix)?.parse().ok()).collect()
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
    unsound_paths(tree, diagnostics);
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
        known.unwrap_or_else(|| Arc::new(data::parse(tree, &names, *id, file, &schemas)))
    };
    // One by one, because one can take as long as hundreds of others.
    let records = || data.par_iter().with_max_len(1).map(outcome).collect::<Vec<Arc<Outcome>>>();
    let pages = || chapter::read(tree, &names, &languages, past.as_deref());
    let theme = || {
        let mut found = Diagnostics::default();
        let known = past.as_ref().and_then(|past| past.theme(tree, theme_name.as_deref()));
        (known.unwrap_or_else(|| Arc::new(theme::load(tree, &site, &languages, &mut found))), found)
    };
    // Reading the theme is one long piece of work, so it is begun first.
    let ((theme, of_theme), (outcomes, pages)) = rayon::join(theme, || rayon::join(records, pages));
    let is_sound = of_theme.is_empty();
    diagnostics.append(of_theme);
    stray_files(tree, &names, &languages, diagnostics);

    // Who keeps nothing copies nothing; who does copies every record, with all threads.
    let kept = memory.map(|_| memory::kept(tree, &names, data.iter().map(|(id, _)| *id).zip(&outcomes))).unwrap_or_default();
    let outcomes: Vec<Outcome> = outcomes.into_par_iter().map(Arc::unwrap_or_clone).collect();
    let mut content = Content::new(languages, site, Arc::clone(&theme), faulty);
    content.translated.push(site_texts);
    gather::records(&mut content, outcomes, tree, &names, diagnostics);
    let kept_pages = gather::chapters(&mut content, pages, tree, &names, memory.is_some(), diagnostics);
    if let Some((tree, memory)) = memory {
        memory.keep(Past {
            tree: Arc::clone(tree),
            languages: content.languages.clone(),
            records: kept,
            pages: kept_pages,
            theme: is_sound.then_some((theme_name, theme)),
        });
    }
    Some(content)
}
