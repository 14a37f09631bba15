//! What a browser is told of the site since it asked last.
//!
//! In: what there is to show, and the page in view. Out: JSON. Says what is; what to do about it is for the script in the
//! page.

use std::path::Path;

use serde_json::{Value, json};

use super::editor::Editor;
use super::page::Mark;
use super::snapshot::{Fault, Snapshot, link};
use crate::diagnostic::Code;
use crate::source::Origin;

/// The codes of faults that are about a translation.
const TRANSLATION: [Code; 4] = [Code::MissingLanguage, Code::MissingTwin, Code::TwinsDiffer, Code::Unconfirmed];

/// Everything that the script needs to know for the page at this path.
pub fn news(snapshot: &Snapshot, epoch: &str, path: &str, file: Option<&str>, root: &Path, editor: &Editor) -> Value {
    let shown = &snapshot.shown;
    let file = file.and_then(|file| shown.file(file));
    let mark = Mark::of(file.as_ref().map(|file| file.bytes.as_slice()), shown);
    let faults = &snapshot.faults;
    let origin = shown.origin(path);
    let behind = origin.map_or(&[][..], |origin| &origin.files);
    let is_told = |fault: &&Fault| TRANSLATION.contains(&fault.known) && behind.contains(&fault.file);
    let translations: Vec<&Fault> = faults.list.iter().filter(is_told).collect();
    json!({
        "epoch": epoch,
        "page": mark.shape,
        "styles": mark.styles,
        "good": faults.is_good,
        "stale": snapshot.is_stale(),
        "summary": faults.summary,
        "trouble": snapshot.trouble,
        "faults": faults.list,
        "more": faults.more,
        "files": behind.iter().map(|file| json!({ "file": file, "link": link(editor, root, file, 1, 1) })).collect::<Vec<_>>(),
        "outdated": origin.is_some_and(|origin| origin.outdated),
        "translations": translations,
        "saved": saved(snapshot, path, origin),
    })
}

/// The page to go to for what was saved last; nothing where it is in view, or where files were saved that have no page in
/// common.
fn saved<'s>(snapshot: &'s Snapshot, path: &str, origin: Option<&Origin>) -> Option<&'s str> {
    let is_of = |page: &Origin, file: &String| page.files.contains(file);
    let origins = &snapshot.shown.origins;
    let files: Vec<&String> = snapshot.saved.iter().filter(|file| origins.iter().any(|page| is_of(page, file))).collect();
    let pages: Vec<&Origin> = origins.iter().filter(|page| files.iter().any(|file| is_of(page, file))).collect();
    let in_common = pages.iter().any(|page| files.iter().all(|file| is_of(page, file)));
    if !in_common || pages.iter().any(|page| page.path == path) {
        return None;
    }
    let is_same_language = |page: &&Origin| origin.map_or_else(|| path.starts_with(&format!("/{}/", page.language)), |origin| origin.language == page.language);
    // The page that is most about a file names it first.
    let is_telling = |page: &&Origin| page.files.first().is_some_and(|first| files.contains(&first));
    let order = |page: &&Origin| (!is_telling(page), !is_same_language(page));
    pages.iter().min_by_key(|page| order(page)).map(|page| page.path.as_str())
}
