//! Sporbar: a static-site generator for public strategies.
//!
//! YAML records and Markdown chapters go in, in every language of the site; a cross-linked website comes out in which
//! every initiative, every amount and every recommendation can be traced to its source. Sporbar is a compiler:
//!
//! ```text
//! disk ─ load::read ─▶ FileTree ─ load ─▶ Content ─ check ─▶ Graph ─ model ─▶ Site ─ render ─▶ FileTree ─ write ─▶ disk
//! ```
//!
//! - [`source`], [`diagnostic`], [`progress`] and [`locale`] are the ground floor: files and places, faults, how far a build
//!   is, languages.
//! - [`load`] reads records and reports their shape; it follows no reference.
//! - [`check`] follows every reference and takes every sum; after it nothing dangles.
//! - [`model`] says which pages there are and turns every relation round; it cannot fail.
//! - [`render`] makes the files; [`write`] puts them on the disk, whole or not at all.
//! - [`schema`], [`scaffold`], [`translations`], [`diff`], [`external`], [`serve`], [`timings`] and [`cli`] are the roof.
//!
//! Data flows one way and a room uses only the rooms before it. Only `load::read`, [`write`] and the roof touch the disk.
//! The same input gives the same bytes: no clock, no randomness, no setting of the machine.
//! Nothing here knows a country, a strategy or a language.

pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod diff;
pub mod external;
pub mod load;
pub mod locale;
pub mod model;
pub mod progress;
pub mod render;
pub mod scaffold;
pub mod schema;
pub mod serve;
pub mod source;
pub mod timings;
pub mod translations;
pub mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use diagnostic::{Code, Diagnostic, Diagnostics, Severity};
pub use model::Edition;
use progress::{Observer, Phase, Unobserved};
use source::{FileTree, Spanned};

/// What came of a site.
pub struct Compilation {
    /// The input, the built-in theme included: what the places of diagnostics point into.
    pub sources: Arc<FileTree>,
    /// The files to publish; complete only for [`Goal::Publish`] and without errors.
    pub output: FileTree,
    /// What is wrong, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The severities that the site gives to codes.
    pub settings: BTreeMap<Code, Option<Severity>>,
    /// Every address elsewhere on the web, as often as it is written, by place.
    pub web_links: Vec<Spanned<String>>,
}

impl Compilation {
    /// Takes more faults, as severe as the site has them.
    pub fn add(&mut self, found: Vec<Diagnostic>) {
        let mut all = Diagnostics::with(self.settings.clone(), found);
        self.diagnostics.drain(..).for_each(|diagnostic| all.push(diagnostic));
        self.diagnostics = all.sorted();
    }

    /// Whether the output may be published.
    pub fn is_publishable(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }
}

/// How far a compilation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// As far as there is something to show, faults or not, without the pictures: a preview that has nothing better.
    Preview,
    /// To the end, unless there are errors before it, without the pictures: a preview that has a good site to go on with.
    Review,
    /// To the end, unless there are errors before it; without that in which nothing can be wrong: pictures, the index of the
    /// search, the workbook, the colours of code, and pages whose only faults would be those of the records.
    Check,
    /// As far as a check, and with everything that is published.
    Publish,
}

/// What a compilation leaves for the next one of the same site: nothing in it can be out of date.
#[derive(Default)]
pub struct Memory {
    files: load::memory::Memory,
    look: render::look::Memory,
}

/// Compiles a site in memory.
pub fn compile(input: FileTree, goal: Goal) -> Compilation {
    compile_edition(whole(input), goal, Edition::default(), None, &Unobserved)
}

/// The files of a site over those that are built in.
pub fn whole(input: FileTree) -> Arc<FileTree> {
    Arc::new(input.over(load::theme::built_in()))
}

/// As [`compile`], of [`whole`] sources, for an edition of its own, with a memory of the last time, telling an observer how
/// far it is.
pub fn compile_edition(sources: Arc<FileTree>, goal: Goal, edition: Edition, memory: Option<&Memory>, observer: &dyn Observer) -> Compilation {
    observer.begin(Phase::Load);
    let mut diagnostics = Diagnostics::default();
    let mut output = FileTree::default();
    let mut web_links = Vec::new();
    let content = match memory {
        Some(memory) => load::parse_again(&sources, &memory.files, &mut diagnostics),
        None => load::parse(&sources, &mut diagnostics),
    };
    if let Some(content) = content {
        let checked = |diagnostics: &mut Diagnostics| {
            observer.begin(Phase::Check);
            let graph = check::check(&content, diagnostics);
            let links = graph.web_links.iter().map(|link| Spanned::new(link.value.to_owned(), link.span)).collect();
            observer.begin(Phase::Model);
            (model::build(graph, goal != Goal::Check, &edition), links)
        };
        let needs_pages = goal != Goal::Check || !render::follows_records(&content);
        let mut of_look = Diagnostics::default();
        let look = |diagnostics: &mut Diagnostics| {
            observer.begin(Phase::Theme);
            if needs_pages { render::look::look(&content, &sources, memory.map(|memory| &memory.look), diagnostics) } else { None }
        };
        // The look takes nothing but the theme and the languages: it waits for no reference and no sum, and one thread would wait
        // for the other.
        let ((site, links), look) = match observer.now() {
            Some(_) => (checked(&mut diagnostics), look(&mut of_look)),
            None => rayon::join(|| checked(&mut diagnostics), || look(&mut of_look)),
        };
        web_links = links;
        let can_be_shown = !content.theme.is_faulty && !content.faulty.contains("site");
        if can_be_shown && (goal == Goal::Preview || !diagnostics.has_errors()) {
            diagnostics.append(of_look);
            match needs_pages {
                true => output = render::render(&site, &sources, look, goal == Goal::Publish, observer, &mut diagnostics),
                false => render::check(&site, &sources, &mut diagnostics),
            }
        } else {
            // Faults of the theme show beside those of the content; where its links lead cannot be told
            // from half a site, and the built-in templates have no faults.
            let mut found = Diagnostics::default();
            match can_be_shown && content.theme.has_own_templates && !diagnostics.has(Code::Messages) {
                true => {
                    found.append(of_look);
                    render::render(&site, &sources, look, false, &Unobserved, &mut found);
                }
                false => render::check_without_pages(&site, &sources, &mut found),
            }
            found.take_back(|fault| matches!(fault.code, Code::BrokenLink | Code::RepeatedAnchor | Code::NoAlternative));
            diagnostics.append(found);
        }
        load::needless_settings(&content, &mut diagnostics);
        // Hundreds of thousands of texts are given back beside what comes next; at the end of the program, not at all.
        rayon::spawn(move || drop(content));
    }
    let settings = diagnostics.settings();
    Compilation { sources, output, diagnostics: diagnostics.sorted(), web_links, settings }
}
