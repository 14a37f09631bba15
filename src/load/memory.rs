//! What files came to when they were last read, for whoever reads the same site again and again.
//!
//! In: the files now, and what came of those before. Out: what came of those that are the same. A file is the same only with
//! the same bytes, at the same path and place in the tree, meant as the same record, in a site of the same languages: all
//! that reading it depends on. So nothing here can be out of date.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::chapter::PageOutcome;
use super::data::Outcome;
use super::paths::Names;
use super::theme::Theme;
use crate::locale::Languages;
use crate::source::{FileId, FileTree};

/// The last reading.
#[derive(Default)]
pub struct Memory(Mutex<Option<Arc<Past>>>);

/// What came of the files of a tree.
pub(super) struct Past {
    pub tree: Arc<FileTree>,
    pub languages: Languages,
    pub records: Kept<Outcome>,
    pub pages: Kept<PageOutcome>,
    /// The theme of that name, where nothing was wrong with it.
    pub theme: Option<(Option<String>, Arc<Theme>)>,
}

/// What came of each file, and the path it was meant to have.
pub(super) type Kept<T> = HashMap<FileId, (String, Arc<T>)>;

/// What came of files, to be kept.
pub(super) fn kept<'o, T: 'o>(tree: &FileTree, names: &Names, outcomes: impl Iterator<Item = (FileId, &'o Arc<T>)>) -> Kept<T> {
    outcomes.map(|(file, outcome)| (file, (names.of(file, tree).to_owned(), Arc::clone(outcome)))).collect()
}

impl Memory {
    /// The last reading, where it was of the same languages.
    pub(super) fn past(&self, languages: &Languages) -> Option<Arc<Past>> {
        let past = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        past.filter(|past| past.languages == *languages)
    }

    /// Takes the place of the last reading.
    pub(super) fn keep(&self, past: Past) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(Arc::new(past));
    }
}

impl Past {
    /// What came of a record that is the same now.
    pub(super) fn record(&self, tree: &FileTree, file: FileId, meant: &str) -> Option<Arc<Outcome>> {
        self.same(&self.records, tree, file, meant)
    }

    /// What came of a page of a chapter that is the same now.
    pub(super) fn page(&self, tree: &FileTree, file: FileId, meant: &str) -> Option<Arc<PageOutcome>> {
        self.same(&self.pages, tree, file, meant)
    }

    /// The theme of a name, where all files of themes are the same now.
    pub(super) fn theme(&self, tree: &FileTree, name: Option<&str>) -> Option<Arc<Theme>> {
        let (known, theme) = self.theme.as_ref()?;
        let files = |tree: &'_ FileTree| tree.entries().filter(|(_, file)| file.path.starts_with("themes/")).map(|(id, _)| id).collect::<Vec<_>>();
        let now = files(tree);
        let is_same = known.as_deref() == name && files(&self.tree) == now && now.iter().all(|id| self.tree.file(*id) == tree.file(*id));
        is_same.then(|| Arc::clone(theme))
    }

    fn same<T>(&self, kept: &Kept<T>, tree: &FileTree, file: FileId, meant: &str) -> Option<Arc<T>> {
        let (known, outcome) = kept.get(&file)?;
        let is_same = known == meant && self.tree.file(file) == tree.file(file) && self.tree.is_refused(file) == tree.is_refused(file);
        is_same.then(|| Arc::clone(outcome))
    }
}
