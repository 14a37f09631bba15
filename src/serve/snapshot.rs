//! What the preview has to show at one moment.
//!
//! In: the files of a site, and what was shown before. Out: the site and its faults, whole and never changed again. Where
//! there are errors the last good site stays. Keeps nothing from one compilation to the next but finished sites.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::editor::Editor;
use crate::diagnostic::emit::{self, Format};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::origin::Origin;
use crate::source::{File, FileTree};
use crate::{Goal, compile};

/// Most faults that are shown one by one.
const SHOWN: usize = 200;
/// Where the files are that are made only when somebody asks for them.
const LATER: &str = "share/";
/// Most files of which it matters that they were saved together; more are somebody else's work, for instance a checkout.
const TOGETHER: usize = 8;

/// A site that can be looked at.
pub struct Shown {
    /// Its files; the pictures come with the first question for one of them.
    files: FileTree,
    /// What it was made from.
    sources: Arc<FileTree>,
    /// Its pages and the files behind them.
    pub origins: Vec<Origin>,
    complete: OnceLock<FileTree>,
}

/// A site and what is wrong with what will follow it.
pub struct Snapshot {
    /// The files of the disk and the built-in theme as they are now.
    sources: Arc<FileTree>,
    /// What can be looked at: made from them, or the last that had no errors.
    pub shown: Arc<Shown>,
    /// Whether there are no errors.
    pub is_good: bool,
    /// The faults, in the order of the files, ready for the browser.
    pub faults: Vec<Value>,
    /// The faults that are not among those.
    pub more: usize,
    /// `2 errors, 1 warning`
    pub summary: Option<String>,
    /// The same for the terminal.
    pub text: String,
    /// The files that were saved last and made this site.
    pub saved: Vec<String>,
    /// What else keeps the site from being made.
    pub trouble: Option<String>,
}

/// A file of a site that is shown, without a copy of it.
pub struct Held(Arc<Shown>, String);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        self.0.find(&self.1).map_or(&[], |file| &file.bytes)
    }
}

impl Shown {
    /// The file at exactly this path.
    fn find(&self, path: &str) -> Option<&File> {
        self.files.get(path).or_else(|| self.complete.get()?.get(path))
    }

    /// The file at exactly this path, made now if it is one of those that are made when they are asked for.
    pub fn file(&self, path: &str) -> Option<&File> {
        if !path.starts_with(LATER) {
            return self.files.get(path);
        }
        self.complete().get(path)
    }

    /// The files as a build makes them, so that what is made later cannot differ from what is published.
    fn complete(&self) -> &FileTree {
        self.complete.get_or_init(|| compile((*self.sources).clone(), Goal::Publish).output)
    }

    /// The file at exactly this path, to be kept while it is sent.
    pub fn hold(self: &Arc<Self>, path: &str) -> Option<Held> {
        self.file(path).map(|file| Held(Arc::clone(self), file.path.clone()))
    }

    /// Whether a file is made only when it is asked for.
    pub fn is_later(path: &str) -> bool {
        path.starts_with(LATER)
    }

    /// The paths of all files, those included that nobody has asked for yet.
    pub fn paths(&self) -> Vec<&str> {
        let later = self.complete().iter().filter(|file| Shown::is_later(&file.path));
        self.files.iter().chain(later).map(|file| file.path.as_str()).collect()
    }

    /// The style sheets that pages name.
    pub fn styles(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str()).filter(|path| path.starts_with("assets/") && path.ends_with(".css"))
    }

    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The page at a path of the site.
    pub fn origin(&self, path: &str) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.path == path)
    }
}

impl Snapshot {
    /// Makes what there is to show of files that are not those of `last`.
    pub fn new(sources: FileTree, last: Option<&Snapshot>, root: &Path, editor: &Editor) -> Snapshot {
        let good = last.map(|last| &last.shown).filter(|shown| !shown.is_empty());
        let saved = last.map_or_else(Vec::new, |last| changed(&last.sources, &sources));
        let compilation = compile(sources, if good.is_some() { Goal::Review } else { Goal::Preview });
        let is_good = compilation.is_publishable();
        let faults: Vec<Value> = compilation.diagnostics.iter().take(SHOWN).map(|fault| described(fault, &compilation.sources, root, editor)).collect();
        let text = emit::render(&compilation.diagnostics[..faults.len()], &compilation.sources, Format::Human, false);
        let (more, summary) = (compilation.diagnostics.len() - faults.len(), emit::summary(&compilation.diagnostics));
        let sources = Arc::new(compilation.sources);
        let shown = match good {
            Some(shown) if !is_good => Arc::clone(shown),
            _ => Arc::new(Shown { files: compilation.output, sources: Arc::clone(&sources), origins: compilation.origins, complete: OnceLock::new() }),
        };
        Snapshot {
            sources,
            shown,
            is_good,
            faults,
            more,
            summary,
            text,
            saved: if is_good && saved.len() <= TOGETHER { saved } else { Vec::new() },
            trouble: None,
        }
    }

    /// The same, while something outside the content keeps the next site from being made.
    pub fn with_trouble(&self, trouble: String) -> Snapshot {
        Snapshot {
            sources: Arc::clone(&self.sources),
            shown: Arc::clone(&self.shown),
            is_good: self.is_good,
            faults: self.faults.clone(),
            more: self.more,
            summary: self.summary.clone(),
            text: self.text.clone(),
            saved: Vec::new(),
            trouble: Some(trouble),
        }
    }

    /// Whether what can be looked at was made from other files than those that are there now.
    pub fn is_stale(&self) -> bool {
        !Arc::ptr_eq(&self.sources, &self.shown.sources)
    }

    /// Whether it was made from just these files.
    pub fn is_of(&self, sources: &FileTree) -> bool {
        self.trouble.is_none() && *self.sources == *sources
    }
}

/// The files that are new or other than they were.
fn changed(before: &FileTree, now: &FileTree) -> Vec<String> {
    let differs = |file: &&File| before.get(&file.path).is_none_or(|old| old.bytes != file.bytes);
    now.iter().filter(differs).map(|file| file.path.clone()).collect()
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
