//! That the ids of records which become anchors of one page differ from each other, and from those that the page has itself.
//!
//! In: the graph. Out: diagnostics only.

use std::collections::BTreeMap;

use super::Graph;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::value::Key;
use crate::source::{Span, Spanned};

/// The anchors that the default theme gives to parts of every page.
pub const OF_EVERY_PAGE: [&str; 3] = ["main-content", "menu", "site-search"];
/// Those that it gives besides to parts of the page of sources, on which every document has its id as an anchor.
pub const OF_SOURCES: [&str; 4] = ["by-page", "documents", "general", "sums"];

/// The ids of one page, each with its place.
type Ids<'g> = Vec<(&'g str, Span)>;

/// Reports every id that two records of one page have, or that the page has itself or would have with more records.
pub fn check(graph: &Graph<'_>, into: &mut Diagnostics) {
    let content = graph.content;
    let groups: Ids = graph.groups.iter().map(|node| id(&node.record.id)).collect();
    let topics: Ids = graph.topics.iter().map(|node| id(&node.record.id)).collect();
    let terms: Ids = graph.terms.iter().map(|node| id(&node.record.id)).collect();
    let changes: Ids = graph.changes.iter().map(|node| id(&node.record.id)).collect();
    for ids in [&groups, &topics, &terms, &changes] {
        let mut seen = BTreeMap::new();
        for (id, span) in ids {
            if let Some(first) = seen.insert(*id, *span) {
                into.push(Diagnostic::new(Code::DuplicateId, *span, format!("`{id}` is written twice")).related(first, "first written here"));
            }
        }
    }
    // What a theme has on its own pages is seen on them.
    if content.theme.has_own_templates {
        return;
    }
    let documents: Ids = graph.documents.iter().map(|record| id(&record.id)).collect();
    let figures: Ids = graph.figures.iter().map(|node| (node.figure.id.as_str(), node.figure.record.span)).collect();
    let kinds: Ids = content.actors.kinds.0.iter().map(|(kind, _)| id(kind)).collect();
    let chapters: Ids = content.council.iter().flat_map(|council| &council.chapters).map(|record| id(&record.id)).collect();
    let of_sources = documents.iter().filter(|(id, _)| OF_SOURCES.contains(id));
    let all = [&groups, &topics, &terms, &changes, &documents, &kinds, &chapters];
    let of_every_page = all.into_iter().flatten().filter(|(id, _)| OF_EVERY_PAGE.contains(id));
    let help = "write another id, here and wherever it is named";
    let named = figures.iter().filter(|(id, _)| OF_EVERY_PAGE.contains(id)).map(|id| (id, "give the file another name, which is the id of the figure"));
    for ((id, span), help) in of_sources.chain(of_every_page).map(|id| (id, help)).chain(named) {
        let message = format!("the id `{id}` is kept for a part of the page that it would stand on");
        into.push(Diagnostic::new(Code::RepeatedAnchor, *span, message).help(help));
    }
}

fn id(written: &Spanned<Key>) -> (&str, Span) {
    (written.value.as_str(), written.span)
}
