//! The records of all files, put together.
//!
//! In: what came of each file. Out: [`Content`], with the records in their order, and which of them could not be read. Follows no
//! reference.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chapter::{self, PageOutcome, Pages};
use super::data::{Outcome, Parsed};
use super::decode::{Cx, Decode, Table};
use super::files::missing_file;
use super::memory::Kept;
use super::paths::{DataKind, Names};
use super::record::{ActorsRecord, DocumentsRecord, SiteRecord};
use super::theme::Theme;
use super::{Content, yaml};
use crate::diagnostic::{Diagnostics, nearest};
use crate::locale::Languages;
use crate::source::{FileId, FileTree, Span};

impl Content {
    /// A site without records.
    pub(super) fn new(languages: Languages, site: SiteRecord, theme: Arc<Theme>, faulty: BTreeSet<String>) -> Self {
        let nowhere = Span::top(FileId::default());
        Content {
            languages,
            site,
            documents: DocumentsRecord { kinds: Table(Vec::new()), places: Table(Vec::new()), documents: Vec::new(), notes: None, span: nowhere },
            actors: ActorsRecord { kinds: Table(Vec::new()), actors: Vec::new(), span: nowhere },
            council: None,
            strategies: Vec::new(),
            initiatives: Vec::new(),
            recommendations: Vec::new(),
            traces: Vec::new(),
            chapters: Vec::new(),
            figures: Vec::new(),
            points: Vec::new(),
            started: Vec::new(),
            people: None,
            key_figures: None,
            glossary: None,
            timeline: None,
            changes: None,
            source_notes: None,
            redirects: Vec::new(),
            theme,
            translated: Vec::new(),
            translations: None,
            faulty,
            loose: Vec::new(),
        }
    }

    fn add(&mut self, parsed: Parsed) {
        match parsed {
            Parsed::Documents(record) => self.documents = record,
            Parsed::Actors(record) => self.actors = record,
            Parsed::Council(record) => self.council = Some(*record),
            Parsed::Strategy(strategy) => self.strategies.push(*strategy),
            Parsed::Initiative(initiative) => self.initiatives.push(*initiative),
            Parsed::Recommendation(recommendation) => self.recommendations.push(recommendation),
            Parsed::Traces(mut list) => self.traces.append(&mut list),
            Parsed::Figure(figure) => self.figures.push(*figure),
            Parsed::Points(strategy, record) => self.points.push((strategy, *record)),
            Parsed::Started(strategy, list) => self.started.push((strategy, list)),
            Parsed::People(record) => self.people = Some(record),
            Parsed::KeyFigures(record) => self.key_figures = Some(record),
            Parsed::Glossary(record) => self.glossary = Some(record),
            Parsed::Timeline(record) => self.timeline = Some(record),
            Parsed::Changes(record) => self.changes = Some(record),
            Parsed::SourceNotes(record) => self.source_notes = Some(record),
            Parsed::Redirects(list) => self.redirects = list,
            Parsed::Translations(record) => self.translations = Some(record),
            Parsed::Faulty(id) => drop(self.faulty.insert(id)),
            Parsed::Misplaced(kinds) => self.faulty.extend(kinds.map(DataKind::whole)),
            Parsed::Nothing => {}
        }
    }
}

/// Adds the records of every file, and reports the registries that are missing.
pub(super) fn records(content: &mut Content, outcomes: Vec<Outcome>, tree: &FileTree, names: &Names, diagnostics: &mut Diagnostics) {
    let has_documents = outcomes.iter().any(|outcome| matches!(outcome.parsed, Parsed::Documents(_)));
    let has_actors = outcomes.iter().any(|outcome| matches!(outcome.parsed, Parsed::Actors(_)));
    for mut outcome in outcomes {
        diagnostics.append(outcome.diagnostics);
        content.loose.append(&mut outcome.loose);
        content.translated.push(outcome.translated);
        content.add(outcome.parsed);
    }
    for kind in [DataKind::Documents, DataKind::Actors].into_iter().filter(|kind| !content.faulty.contains(&kind.whole())) {
        missing_file(tree, names, &kind.path(&[]), diagnostics);
    }
    // A registry with a fault still names most of its records; what it does not is then no news.
    if !has_documents {
        content.faulty.insert("documents".to_owned());
        content.documents.documents = salvage(tree, names, &DataKind::Documents.path(&[]), "documents", &content.languages);
    }
    if !has_actors {
        content.faulty.insert("actors".to_owned());
        content.actors.actors = salvage(tree, names, &DataKind::Actors.path(&[]), "actors", &content.languages);
    }
    content.recommendations.sort_by_key(|recommendation| recommendation.number);
    content.initiatives.sort_by(|a, b| (&a.strategy, a.number).cmp(&(&b.strategy, b.number)));
}

/// Adds the chapters; gives back what came of their pages, where it is to be kept.
pub(super) fn chapters(
    content: &mut Content,
    pages: Pages<'_>,
    tree: &FileTree,
    names: &Names,
    is_kept: bool,
    diagnostics: &mut Diagnostics,
) -> Kept<PageOutcome> {
    let mut joined = chapter::join(pages, tree, names, &content.languages, is_kept, diagnostics);
    content.chapters = joined.chapters;
    content.faulty.extend(joined.faulty.into_iter().map(|key| format!("chapter:{key}")));
    content.translated.append(&mut joined.translated);
    content.loose.append(&mut joined.loose);
    joined.kept
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
