//! What the preview has to show at one moment.
//!
//! In: the files of a site, and what was shown before. Out: the site and its faults, never changed again. Where there are
//! errors the last good site stays. Keeps nothing from one compilation to the next but finished sites.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::editor::Editor;
use super::shown::Shown;
use crate::diagnostic::emit::{self, Format};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::FileTree;

/// Most faults that are shown one by one.
const SHOWN: usize = 200;
/// Most files of which it matters that they were saved together; more are somebody else's work, for instance a checkout.
const TOGETHER: usize = 8;

/// A site and what is wrong with what will follow it.
#[derive(Clone)]
pub struct Snapshot {
    /// The files of the disk and the built-in theme as they are now.
    pub sources: Arc<FileTree>,
    /// What can be looked at: made from them, or the last that had no errors.
    pub shown: Arc<Shown>,
    /// The last site that was made to its end and had no errors.
    pub good: Option<Arc<Shown>>,
    /// What is wrong with the files.
    pub faults: Faults,
    /// The files that were saved last and made this site.
    pub saved: Vec<String>,
    /// What else keeps the site from being made.
    pub trouble: Option<String>,
}

/// Faults, told for the browser and for the terminal.
#[derive(Clone, Default)]
pub struct Faults {
    /// Whether there are no errors.
    pub is_good: bool,
    /// The faults, in the order of the files, ready for the browser.
    pub list: Vec<Value>,
    /// The faults that are not among those.
    pub more: usize,
    /// `2 errors, 1 warning`
    pub summary: Option<String>,
    /// The same for the terminal.
    pub text: String,
}

impl Faults {
    /// Tells the faults of these files.
    pub fn of(diagnostics: &[Diagnostic], sources: &FileTree, root: &Path, editor: &Editor) -> Faults {
        let list: Vec<Value> = diagnostics.iter().take(SHOWN).map(|fault| described(fault, sources, root, editor)).collect();
        Faults {
            is_good: diagnostics.iter().all(|fault| fault.severity != Severity::Error),
            text: emit::render(&diagnostics[..list.len()], sources, Format::Human, false),
            more: diagnostics.len() - list.len(),
            summary: emit::summary(diagnostics),
            list,
        }
    }
}

impl Snapshot {
    /// Nothing yet: whoever asks for a page waits for the first site.
    pub fn waiting() -> Snapshot {
        let sources = Arc::new(FileTree::default());
        let shown = Arc::new(Shown::waiting(Arc::clone(&sources)));
        Snapshot { sources, shown, good: None, faults: Faults::default(), saved: Vec::new(), trouble: None }
    }

    /// The site that is being made of new files.
    pub fn making(last: &Snapshot, shown: Arc<Shown>, faults: Faults) -> Snapshot {
        let sources = Arc::clone(&shown.sources);
        let saved = changed(&last.sources, &sources);
        let is_edit = faults.is_good && !last.sources.is_empty() && saved.len() <= TOGETHER;
        Snapshot { sources, shown, good: last.good.clone(), faults, saved: if is_edit { saved } else { Vec::new() }, trouble: None }
    }

    /// New files with errors, under which a site stays that was shown before them.
    pub fn keeping(last: &Snapshot, sources: Arc<FileTree>, shown: Arc<Shown>, faults: Faults) -> Snapshot {
        let good = if shown.is_whole() && shown.is_sound { Some(Arc::clone(&shown)) } else { last.good.clone() };
        Snapshot { sources, shown, good, faults, saved: Vec::new(), trouble: None }
    }

    /// What came of new files: their site, or the last good one where there is one and theirs has errors.
    pub fn made(last: &Snapshot, shown: Shown, faults: Faults) -> Snapshot {
        let sources = Arc::clone(&shown.sources);
        let shown = Arc::new(shown);
        match &last.good {
            Some(good) if !shown.is_sound => Snapshot::keeping(last, sources, Arc::clone(good), faults),
            _ => Snapshot::keeping(last, sources, shown, faults),
        }
    }

    /// The same, while something outside the content keeps the next site from being made.
    pub fn with_trouble(&self, trouble: String) -> Snapshot {
        let nothing = || Arc::new(Shown::whole(Arc::clone(&self.sources), Arc::default(), FileTree::default(), false));
        let shown = if self.shown.is_whole() { Arc::clone(&self.shown) } else { self.good.clone().unwrap_or_else(nothing) };
        Snapshot { shown, saved: Vec::new(), trouble: Some(trouble), ..self.clone() }
    }

    /// Whether what can be looked at was made from other files than those that are there now.
    pub fn is_stale(&self) -> bool {
        !Arc::ptr_eq(&self.sources, &self.shown.sources)
    }

    /// Whether it tells the same as another.
    pub fn is_as(&self, other: &Snapshot) -> bool {
        Arc::ptr_eq(&self.sources, &other.sources)
            && Arc::ptr_eq(&self.shown.sources, &other.shown.sources)
            && self.faults.text == other.faults.text
            && self.trouble == other.trouble
    }

    /// Whether it was made from just these files, to its end.
    pub fn is_of(&self, sources: &FileTree) -> bool {
        self.trouble.is_none() && self.shown.is_whole() && *self.sources == *sources
    }
}

/// The files that are new or other than they were.
fn changed(before: &FileTree, now: &FileTree) -> Vec<String> {
    let differs = |file: &&crate::source::File| before.get(&file.path).is_none_or(|old| old.bytes != file.bytes);
    now.iter().filter(differs).take(TOGETHER + 1).map(|file| file.path.clone()).collect()
}

/// A fault for the browser, with the link that opens its place.
fn described(fault: &Diagnostic, sources: &FileTree, root: &Path, editor: &Editor) -> Value {
    let one = std::slice::from_ref(fault);
    let mut value: Value = serde_json::from_str(&emit::render(one, sources, Format::Json, false)).unwrap_or_default();
    let place = &value["place"];
    let (path, line, column) = (place["file"].as_str().unwrap_or_default(), place["line"].as_u64().unwrap_or(1), place["column"].as_u64().unwrap_or(1));
    // The lines alone: what is said of them stands beside them.
    let bare = [Diagnostic { help: None, ..fault.clone() }];
    let lines = emit::render(&bare, sources, Format::Human, false);
    let excerpt: Vec<&str> = lines.trim_end().lines().skip(3).collect();
    let link = link(editor, root, path, line, column);
    let is_error = fault.severity == Severity::Error;
    value = json!({
        "code": value["code"], "severity": value["severity"], "message": value["message"],
        "help": value["help"], "file": path, "line": line, "column": column, "excerpt": excerpt.join("\n"), "link": link, "error": is_error,
    });
    value
}

/// The link that opens a file of the site; nothing for one that is built in.
pub fn link(editor: &Editor, root: &Path, path: &str, line: u64, column: u64) -> Option<String> {
    let file = root.join(path);
    file.exists().then(|| editor.link(&file, line, column))
}
