//! What the preview has to show at one moment.
//!
//! In: the files of a site, and what was shown before. Out: the site and its faults, never changed again. Where there are
//! errors the last good site stays.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::editor::Editor;
use super::shown::Shown;
use crate::diagnostic::emit::{self, Format, Position};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::load::read::from_here;
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
    /// The faults, in the order of the files.
    pub list: Vec<Fault>,
    /// The faults that are not among those.
    pub more: usize,
    /// `2 errors, 1 warning`
    pub summary: Option<String>,
    /// The same for the terminal.
    pub text: String,
}

/// A fault as the browser shows it.
#[derive(Clone, Serialize)]
pub struct Fault {
    /// Its code.
    #[serde(skip)]
    pub known: Code,
    /// The file that it is in, as the site names it.
    pub file: String,
    code: &'static str,
    severity: &'static str,
    error: bool,
    message: String,
    help: Option<String>,
    line: usize,
    column: usize,
    /// The lines that it is about.
    excerpt: String,
    /// What opens its place.
    link: Option<String>,
}

impl Faults {
    /// Tells the faults of these files.
    pub fn of(diagnostics: &[Diagnostic], sources: &FileTree, root: &Path, editor: &Editor) -> Faults {
        let list: Vec<Fault> = diagnostics.iter().take(SHOWN).map(|fault| Fault::of(fault, sources, root, editor)).collect();
        Faults {
            is_good: diagnostics.iter().all(|fault| fault.severity != Severity::Error),
            text: emit::render_below(&from_here(root), &diagnostics[..list.len()], sources, Format::Human, false),
            more: diagnostics.len() - list.len(),
            summary: emit::summary(diagnostics),
            list,
        }
    }
}

impl Fault {
    fn of(fault: &Diagnostic, sources: &FileTree, root: &Path, editor: &Editor) -> Fault {
        let file = sources.file(fault.span.file).path.clone();
        let Position { line, column } = emit::start(fault, sources);
        // The lines alone: what is said of them stands beside them.
        let bare = [Diagnostic { help: None, ..fault.clone() }];
        let lines = emit::render(&bare, sources, Format::Human, false);
        Fault {
            known: fault.code,
            code: fault.code.info().name,
            severity: fault.severity.word(),
            error: fault.severity == Severity::Error,
            message: fault.message.clone(),
            help: fault.help.clone(),
            excerpt: lines.trim_end().lines().skip(3).collect::<Vec<_>>().join("\n"),
            link: link(editor, root, &file, line, column),
            file,
            line,
            column,
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

/// The link that opens a file of the site; nothing for one that is built in.
pub fn link(editor: &Editor, root: &Path, path: &str, line: usize, column: usize) -> Option<String> {
    let file = root.join(path);
    file.exists().then(|| editor.link(&file, line, column))
}
