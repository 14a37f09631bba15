//! How far a build is, told to whoever wants to know: which phase begins, which page was made.
//!
//! In: nothing. Out: what an observer can be told. Has no clock; an observer that measures brings its own.

use std::time::Duration;

use crate::source::File;

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

/// Somebody who is told how far a build is.
pub trait Observer: Sync {
    /// A phase begins, and with it the one before it ends.
    fn begin(&self, phase: Phase);

    /// What the observer's clock shows; nothing where it does not measure pages.
    fn now(&self) -> Option<Duration> {
        None
    }

    /// A page was made from that template, begun when the clock showed `began`.
    fn page(&self, _template: &'static str, _file: &File, _began: Duration) {}
}

/// Nobody.
pub struct Unobserved;

impl Observer for Unobserved {
    fn begin(&self, _: Phase) {}
}
