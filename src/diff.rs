//! What a change does, in the words of the records: not which lines differ, but which initiatives, amounts and links.
//!
//! In: two trees of files, and git revisions for those who have no folder. Out: [`Diff`], empty where only files, keys,
//! comments or line breaks moved. Works on the records as written, so that a site with faults can be compared too; sums,
//! addresses and translations are compared where both sites are in order.

mod compare;
mod effects;
mod emit;
mod records;
pub mod revision;

pub use emit::{Form, write};

use std::collections::BTreeSet;

use serde::Serialize;

use crate::source::FileTree;
use effects::Effects;
use records::Records;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident $word:literal $heading:literal;)*) => {
        /// What can change. The words are part of the JSON form and do not change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub enum Kind {
            $($(#[doc = $doc])* #[serde(rename = $word)] $kind,)*
        }

        impl Kind {
            /// What a list of such changes is called.
            pub fn heading(self) -> &'static str {
                match self { $(Kind::$kind => $heading,)* }
            }
        }
    };
}

kinds! {
    /// A strategy, without its themes.
    Strategy "strategy" "Strategies";
    /// A theme of a strategy: `2021/energy`.
    Theme "theme" "Themes";
    /// An initiative: `2021-19`.
    Initiative "initiative" "Initiatives";
    /// A sum of a funding table: `2021/energy/2023`.
    Sum "sum" "Sums";
    /// That an initiative carries an earlier one on: `2024-05 → 2021-02`.
    Succession "succession" "Successions";
    /// What became of a proposal: `R3.2 → 2024-05`, or `R3.3` for a gap.
    Link "link" "Links between advice and initiatives";
    /// The council and its recommendations as a whole.
    Council "council" "The advice as a whole";
    /// A chapter of the recommendations.
    CouncilChapter "council-chapter" "Chapters of the advice";
    /// A recommendation: `R3`.
    Recommendation "recommendation" "Recommendations";
    /// A proposal: `R3.2`.
    Proposal "proposal" "Proposals";
    /// A numbered point: `2024/12`; the sections of a strategy's points: `2024`.
    Point "point" "Points";
    /// What a strategy's document lists as started.
    Started "started" "Efforts already started";
    /// A figure.
    Figure "figure" "Figures";
    /// An actor.
    Actor "actor" "Actors";
    /// A document.
    Document "document" "Documents";
    /// A council or a working group and who is in it.
    Group "group" "People";
    /// Quantitative claims.
    KeyFigure "key-figure" "Key figures";
    /// A term.
    Term "term" "Terms";
    /// The timeline.
    Timeline "timeline" "Timeline";
    /// Disagreements that belong to no single record.
    SourceNote "source-note" "Notes on the sources";
    /// A chapter: `2021/health-data`.
    Chapter "chapter" "Chapters";
    /// News of the site.
    News "news" "News of the site";
    /// Title, languages, lists of kinds and places.
    Site "site" "The site as a whole";
    /// Where an address leads that was given up.
    Redirect "redirect" "Redirects";
    /// A file of the theme, or one at a path where no record can be.
    File "file" "Files of the theme and others";
    /// Whether a translation was read against its source: the file and the language.
    Translation "translation" "Translations";
    /// An address at which a page or a file was published.
    Address "address" "Addresses";
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
    /// A link goes further than before.
    Strengthened,
    /// A link goes less far than before.
    Weakened,
    /// The source of a translation has changed since it was last read against it, or it is new and was never read.
    OutOfStep,
    /// A translation was read against its source.
    Confirmed,
    /// An address leads to another one.
    Redirected,
}

/// A part of a record that is not as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The key, with those around it: `funding.2025`.
    pub name: String,
    /// The language, of a text.
    pub language: Option<String>,
    /// What stood there.
    pub old: Option<String>,
    /// What stands there now.
    pub new: Option<String>,
    /// Old, new and what lies between, of an amount as the site writes it.
    #[serde(skip)]
    pub money: Option<[Option<String>; 3]>,
}

/// A record that is not as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its title in the language that texts are written in first, where it has one.
    pub title: Option<String>,
    /// What happened to it.
    pub change: Verb,
    /// What is not as before, where it was there and still is.
    pub fields: Vec<Field>,
}

/// What differs between two sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Whether everything could be compared.
    pub complete: bool,
    /// What could not, and why.
    pub notes: Vec<String>,
    /// The changes, by kind and id.
    pub changes: Vec<Change>,
}

/// Compares two sites, each with the name it has in what is told.
pub fn diff([old_name, new_name]: [&str; 2], old: &FileTree, new: &FileTree) -> Diff {
    let mut notes = Vec::new();
    let mut unreadable: BTreeSet<String> = BTreeSet::new();
    for (name, tree) in [(old_name, old), (new_name, new)] {
        for path in records::unreadable(tree) {
            notes.push(format!("{path} cannot be read in {name} and is not compared"));
            unreadable.insert(path);
        }
    }
    let languages = [new, old].into_iter().map(records::languages).find(|codes| !codes.is_empty()).unwrap_or_default();
    let (before, after) = (Records::of(old, &languages, &unreadable), Records::of(new, &languages, &unreadable));
    let mut changes = compare::records(&before, &after);
    match rayon::join(|| Effects::of(old), || Effects::of(new)) {
        (Ok(before), Ok(after)) => changes.extend(effects::compare(&before, &after)),
        (before, after) => {
            for (name, faults) in [(old_name, before.err()), (new_name, after.err())] {
                notes.extend(faults.map(|faults| format!("{name} has faults ({faults}); sums, addresses and translations are not compared")));
            }
        }
    }
    for change in changes.iter_mut().filter(|change| change.kind == Kind::Sum) {
        change.title = after.title(Kind::Sum, &change.id).or_else(|| before.title(Kind::Sum, &change.id));
    }
    changes.sort_by_cached_key(|change| (change.kind, records::natural(&change.id)));
    compare::money(&mut changes, &before, &after);
    Diff { complete: notes.is_empty(), notes, changes }
}
