//! Sporbar: a static-site generator for public strategies.
//!
//! YAML records and Markdown chapters go in, in every language of the site; a cross-linked website comes out in which
//! every initiative, every amount and every recommendation can be traced to its source. Sporbar is a compiler:
//!
//! ```text
//! disk ─ load::read ─▶ FileTree ─ load ─▶ Content ─ check ─▶ Graph ─ model ─▶ Site ─ render ─▶ FileTree ─ write ─▶ disk
//! ```
//!
//! - [`source`], [`diagnostic`] and [`locale`] are the ground floor: files and places, faults, languages.
//! - [`load`] reads records and reports their shape; it follows no reference.
//! - [`check`] follows every reference and takes every sum; after it nothing dangles.
//! - [`model`] says which pages there are and turns every relation round; it cannot fail.
//! - [`render`] makes the files; [`write`] puts them on the disk, whole or not at all.
//! - [`serve`] and [`cli`] are the roof.
//!
//! Data flows one way and a room uses only the rooms before it. Only `load::read`, [`write`] and the roof touch the disk.
//! The same input gives the same bytes: no clock, no randomness, no setting of the machine.
//! Nothing here knows a country, a strategy or a language.

pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod load;
pub mod locale;
pub mod model;
pub mod render;
pub mod scaffold;
pub mod schema;
pub mod serve;
pub mod source;
pub mod write;

use diagnostic::{Diagnostic, Diagnostics, Severity};
use source::FileTree;

/// What came of a site.
pub struct Compilation {
    /// The input, the built-in theme included: what the places of diagnostics point into.
    pub sources: FileTree,
    /// The files to publish; not complete where there are errors.
    pub output: FileTree,
    /// What is wrong, by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compilation {
    /// Whether the output may be published.
    pub fn is_publishable(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }
}

/// How far a compilation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// As far as there is something to show, faults or not: the preview.
    Preview,
    /// To the end, unless there are errors before it; without the pictures, in which nothing can be wrong.
    Check,
    /// As far as a check, and with everything that is published.
    Publish,
}

/// Compiles a site in memory.
pub fn compile(input: FileTree, goal: Goal) -> Compilation {
    let sources = input.over(load::theme::built_in());
    let mut diagnostics = Diagnostics::default();
    let mut output = FileTree::default();
    if let Some(content) = load::parse(&sources, &mut diagnostics) {
        let graph = check::check(&content, &mut diagnostics);
        if goal == Goal::Preview || !diagnostics.has_errors() {
            let site = model::build(graph);
            output = render::render(&site, &sources, goal == Goal::Publish, &mut diagnostics);
        }
    }
    Compilation { sources, output, diagnostics: diagnostics.sorted() }
}
