//! Records that lie where those of another kind have their place.
//!
//! In: a file that cannot be read as what its path says. Out: the kind whose keys it has instead. Never reads it as that kind:
//! what else is wrong with it is told where it belongs.

use std::sync::OnceLock;

use serde_json::Value;

use super::paths::DataKind;
use super::record::schema;
use super::yaml::{self, Kind, Node};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::Languages;
use crate::source::{FileId, Span};

/// For each key that is unknown or missing, a file has so many that are known, or it is not of the kind.
const NEARLY_ALL: usize = 4;

/// So many more keys are off where the file lies than where it was meant: one may be just a slip.
const CLEARLY: usize = 2;

/// What each kind of record has to be, made when it is first asked for: for thousands of faulty files, that took ten times as
/// long as all else.
pub(super) struct Schemas<'l> {
    pub(super) languages: &'l Languages,
    made: [OnceLock<Value>; DataKind::ALL.len()],
}

impl<'l> Schemas<'l> {
    pub(super) fn new(languages: &'l Languages) -> Self {
        Schemas { languages, made: Default::default() }
    }

    fn of(&self, kind: DataKind) -> &Value {
        self.made[kind as usize].get_or_init(|| schema(kind, self.languages))
    }
}

/// How well a file fits a kind.
struct Fit {
    known: usize,
    /// Keys that the kind does not know, and keys that it misses.
    off: usize,
}

/// The kind that a file was meant as, where its keys are nearly all of that and clearly not of the kind whose place it is.
pub(super) fn meant(text: &str, file: FileId, place: DataKind, schemas: &Schemas<'_>) -> Option<DataKind> {
    let mut quiet = Diagnostics::default();
    let node = yaml::parse(text, file, 0, &mut quiet).filter(|_| quiet.is_empty())?;
    let here = fit(&node, schemas.of(place));
    // Most faults are those of a record in its own place, for which the other kinds need not be looked at.
    if here.as_ref().is_some_and(|here| here.off < CLEARLY) {
        return None;
    }
    let others = DataKind::ALL.iter().filter(|kind| **kind != place);
    let (kind, there) = others.filter_map(|kind| Some((*kind, fit(&node, schemas.of(*kind))?))).min_by_key(|(_, fit)| fit.off)?;
    let is_there = there.known > 0 && there.off * NEARLY_ALL <= there.known;
    (is_there && here.is_none_or(|here| here.off >= there.off + CLEARLY)).then_some(kind)
}

/// What is to be said of a file in the place of one kind that was meant as another.
pub(super) fn fault(file: FileId, place: DataKind, meant: DataKind) -> Diagnostic {
    let message = format!("the keys of this file are those of `{}`, not of `{}`", meant.pattern(), place.pattern());
    Diagnostic::new(Code::StrayFile, Span::top(file), message).help("move it to where its keys belong, or write the keys that belong here")
}

/// How well a file fits the schema of a kind, a list by its first item; nothing where it is of another shape.
fn fit(node: &Node<'_>, schema: &Value) -> Option<Fit> {
    let (map, schema) = match &node.kind {
        Kind::List(items) => (items.first()?, &schema["items"]),
        _ => (node, schema),
    };
    let (Kind::Map(entries), Some(known), Some(required)) = (&map.kind, schema["properties"].as_object(), schema["required"].as_array()) else { return None };
    let written: Vec<&str> = entries.iter().filter_map(|(key, _)| key.scalar()).collect();
    let (known, unknown): (Vec<&str>, Vec<&str>) = written.iter().partition(|key| known.contains_key(**key));
    let missing = required.iter().filter_map(Value::as_str).filter(|key| !written.contains(key));
    Some(Fit { known: known.len(), off: unknown.len() + missing.count() })
}
