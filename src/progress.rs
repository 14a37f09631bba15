//! How far a build is, told to whoever wants to know: which phase begins, which page was made.
//!
//! In: nothing. Out: what an observer can be told. Has no clock; an observer that measures brings its own.

use std::time::Duration;

use crate::diagnostic::Diagnostics;
use crate::source::{File, Origin};

/// A site whose content is in order, and of which any page can be made at once.
pub trait Ready: Sync {
    /// The file at a path, where it needs nothing but the content and nothing is wrong with it.
    fn file(&self, path: &str) -> Option<File>;

    /// The style sheets and what else does not change from page to page.
    fn assets(&self) -> &[File];

    /// Every page and the files behind it.
    fn origins(&self) -> Vec<Origin>;
}

/// A part of a build. One ends where the next begins; some are taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Reading files.
    Read,
    /// Reading records and chapters in them.
    Load,
    /// Following references and taking sums.
    Check,
    /// Turning relations round.
    Model,
    /// Style sheets and templates.
    Theme,
    /// The index of the search.
    Search,
    /// Open data, feeds, sitemap.
    Exports,
    /// Pages.
    Pages,
    /// Pictures for sharing.
    Pictures,
    /// Following the links of finished pages.
    Links,
    /// Putting the files on the disk.
    Write,
}

/// Somebody who is told how far a build is, or waits for a part of it.
pub trait Observer: Sync {
    /// A phase begins, and with it the one before it ends.
    fn begin(&self, phase: Phase);

    /// What the observer's clock shows; nothing where it does not measure. Where it does, what is otherwise done side by
    /// side is done in turn.
    fn now(&self) -> Option<Duration> {
        None
    }

    /// A page was made from that template, begun when the clock showed `began`.
    fn page(&self, _template: &'static str, _file: &File, _began: Duration) {}

    /// The pages can be made, with what was found until now. `rest` makes them all; it is to be called once.
    fn meanwhile(&self, _ready: &dyn Ready, _found: &Diagnostics, rest: &mut (dyn FnMut() + Send)) {
        rest();
    }

    /// Whether nobody needs this build to come to its end any more.
    fn is_abandoned(&self) -> bool {
        false
    }
}

/// Nobody.
pub struct Unobserved;

impl Observer for Unobserved {
    fn begin(&self, _: Phase) {}
}
