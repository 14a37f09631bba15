//! Where each kind of record lives: the one table of paths below `data/`.
//!
//! In: a path. Out: the kind of record there and the names in the path. Never opens a file.

use std::collections::BTreeMap;

use super::value::Key;
use crate::diagnostic::nearest;
use crate::source::{FileId, FileTree};

/// The paths that files were meant to have, where their names are nearly right: they are read as what they were meant to be.
#[derive(Debug, Default)]
pub struct Names(pub BTreeMap<FileId, String>);

impl Names {
    /// The path of a file, or the one it was meant to have.
    pub fn of<'t>(&'t self, file: FileId, tree: &'t FileTree) -> &'t str {
        self.0.get(&file).unwrap_or(&tree.file(file).path)
    }

    /// The file at a path, or the one that was meant to be there.
    pub fn find(&self, path: &str, tree: &FileTree) -> Option<FileId> {
        tree.find(path).or_else(|| self.0.iter().find(|(_, meant)| *meant == path).map(|(file, _)| *file))
    }
}

/// A part of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A word that stands as it is.
    Word(&'static str),
    /// An id: lower-case letters, digits and hyphens.
    Id,
    /// A number of two digits or more.
    Number,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident $name:literal $pattern:literal [$($part:expr),*];)*) => {
        /// The kinds of record that have files of their own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DataKind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl DataKind {
            /// Every kind.
            pub const ALL: &'static [DataKind] = &[$(DataKind::$kind,)*];

            /// The name of the kind, as in `schemas/<name>.schema.json`.
            pub fn name(self) -> &'static str {
                match self { $(DataKind::$kind => $name,)* }
            }

            /// The path of its records, with what may vary in angle brackets: `data/strategies/<id>.yaml`.
            pub fn pattern(self) -> &'static str {
                match self { $(DataKind::$kind => $pattern,)* }
            }

            fn parts(self) -> &'static [Part] {
                use Part::{Id, Number, Word};
                match self { $(DataKind::$kind => &[$($part),*],)* }
            }
        }
    };
}

kinds! {
    /// The site as a whole.
    Site "site" "data/site.yaml" [Word("site")];
    /// The documents.
    Documents "documents" "data/documents.yaml" [Word("documents")];
    /// The organisations.
    Actors "actors" "data/actors.yaml" [Word("actors")];
    /// The body that gave the recommendations.
    Council "council" "data/council.yaml" [Word("council")];
    /// A strategy.
    Strategy "strategy" "data/strategies/<id>.yaml" [Word("strategies"), Id];
    /// An initiative.
    Initiative "initiative" "data/initiatives/<strategy>/<01>.yaml" [Word("initiatives"), Id, Number];
    /// A recommendation.
    Recommendation "recommendation" "data/recommendations/<01>.yaml" [Word("recommendations"), Number];
    /// Traces.
    Traces "traces" "data/traces/<name>.yaml" [Word("traces"), Id];
    /// A figure.
    Figure "figure" "data/figures/<id>.yaml" [Word("figures"), Id];
    /// The numbered points of a strategy's document.
    Points "points" "data/points/<strategy>.yaml" [Word("points"), Id];
    /// What a strategy's document lists as started before it.
    Started "started" "data/started/<strategy>.yaml" [Word("started"), Id];
    /// Councils and working groups.
    People "people" "data/people.yaml" [Word("people")];
    /// Quantitative claims.
    KeyFigures "key-figures" "data/key-figures.yaml" [Word("key-figures")];
    /// Terms.
    Glossary "glossary" "data/glossary.yaml" [Word("glossary")];
    /// Events.
    Timeline "timeline" "data/timeline.yaml" [Word("timeline")];
    /// What changed on the site.
    Changes "changes" "data/changes.yaml" [Word("changes")];
    /// Disagreements that belong to no single record.
    SourceNotes "source-notes" "data/source-notes.yaml" [Word("source-notes")];
    /// Where addresses lead that were given up.
    Redirects "redirects" "data/redirects.yaml" [Word("redirects")];
    /// Which translations were confirmed, and of what.
    Translations "translations" "data/translations.yaml" [Word("translations")];
}

/// A file of records: its kind, and the names in its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile<'a> {
    /// The kind.
    pub kind: DataKind,
    /// What stands in place of the angle brackets of its pattern.
    pub names: Vec<&'a str>,
}

impl<'a> DataFile<'a> {
    /// What kind of record is at a path.
    pub fn of(path: &'a str) -> Option<Self> {
        let steps: Vec<&str> = path.strip_prefix("data/")?.strip_suffix(".yaml")?.split('/').collect();
        let kind = *DataKind::ALL.iter().find(|kind| {
            let parts = kind.parts();
            parts.len() == steps.len() && parts.iter().zip(&steps).all(|(part, step)| fits(*part, step))
        })?;
        let names = kind.parts().iter().zip(steps).filter(|(part, _)| !matches!(part, Part::Word(_))).map(|(_, step)| step);
        Some(DataFile { kind, names: names.collect() })
    }
}

impl DataKind {
    /// The path of a record of this kind, with `names` in place of the angle brackets.
    pub fn path(self, names: &[&str]) -> String {
        let mut names = names.iter();
        let steps: Vec<&str> = self.parts().iter().filter_map(|part| if let Part::Word(word) = part { Some(*word) } else { names.next().copied() }).collect();
        format!("data/{}.yaml", steps.join("/"))
    }

    /// What stands for all its records among those that could not be read: the name of the kind where they have ids, else their paths.
    pub fn whole(self) -> String {
        use DataKind::{Actors, Council, Documents, Figure, Initiative, Recommendation, Strategy, Traces};
        match self {
            Actors | Council | Documents | Figure | Initiative | Recommendation | Strategy | Traces => self.name().to_owned(),
            _ => self.glob(),
        }
    }

    /// The paths of all its records, as a pattern with stars.
    pub fn glob(self) -> String {
        let steps: Vec<&str> = self.parts().iter().map(|part| if let Part::Word(word) = part { word } else { "*" }).collect();
        format!("data/{}.yaml", steps.join("/"))
    }
}

fn fits(part: Part, step: &str) -> bool {
    match part {
        Part::Word(word) => step == word,
        Part::Id => Key::is_one(step),
        // As it is written with two digits or more: `05`, `12`, `100`.
        Part::Number => {
            let digits = step.bytes().all(|b| b.is_ascii_digit());
            digits && (step.len() == 2 || step.len() > 2 && !step.starts_with('0')) && step.parse::<u32>().is_ok()
        }
    }
}

/// The path of the record that a file with a nearly right name was meant to be: capitals, `5` for `05`, `.yml`, a slip in a word.
pub fn nearly(path: &str) -> Option<String> {
    let inner = path.strip_prefix("data/")?;
    let inner = inner.strip_suffix(".txt").unwrap_or(inner);
    let (stem, ending) = inner.rsplit_once('.')?;
    matches!(ending.to_ascii_lowercase().as_str(), "yaml" | "yml").then_some(())?;
    let steps: Vec<String> = stem.split('/').map(in_style).collect();
    let found = |is_meant: &dyn Fn(&str, &str) -> bool| {
        DataKind::ALL.iter().filter(|kind| kind.parts().len() == steps.len()).find_map(|kind| {
            let parts = kind.parts().iter().zip(&steps).map(|(part, step)| match part {
                Part::Word(word) => is_meant(step, word).then(|| (*word).to_owned()),
                Part::Id => Key::is_one(step).then(|| step.clone()),
                Part::Number => step.parse::<u32>().ok().map(|number| format!("{number:02}")),
            });
            parts.collect::<Option<Vec<_>>>().map(|steps| format!("data/{}.yaml", steps.join("/")))
        })
    };
    let meant = found(&|step, word| step == word).or_else(|| found(&|step, word| nearest(step, [word]).is_some()))?;
    (meant != path).then_some(meant)
}

/// A word of a path as it is written in all of them.
pub fn in_style(word: &str) -> String {
    word.to_lowercase().replace([' ', '_'], "-")
}

/// Where a record was probably meant to be, for a path at which none can be.
pub fn meant(path: &str) -> String {
    let inner = path.strip_prefix("data/").unwrap_or(path);
    let first = inner.split('/').next().unwrap_or_default();
    let stem = first.strip_suffix(".yaml").or_else(|| first.strip_suffix(".yml")).unwrap_or(first);
    let word = |kind: &DataKind| kind.parts().first().map_or("", |part| if let Part::Word(word) = part { word } else { "" });
    // Where the first word is right or nearly so, the pattern of that kind says what is wrong with the rest.
    let near = nearest(stem, DataKind::ALL.iter().map(word));
    match DataKind::ALL.iter().find(|kind| Some(word(kind)) == near) {
        Some(kind) => format!("the path of such a record is {}", kind.pattern()),
        None => format!("the records are {}", DataKind::ALL.iter().map(|kind| kind.pattern()).collect::<Vec<_>>().join(", ")),
    }
}
