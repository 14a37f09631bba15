//! That no record is lost: series without gaps, and as many records as the documents are stated to have.
//!
//! In: the graph. Out: diagnostics only.

use std::collections::BTreeMap;

use super::Graph;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};

pub fn check(graph: &Graph<'_>, into: &mut Diagnostics) {
    // Where a record lies in the place of another kind, both have another number for that.
    if !graph.content.is_astray("initiative") {
        initiatives(graph, into);
    }
    if !graph.content.is_astray("recommendation") {
        recommendations(graph, into);
    }
    material(graph, into);
    if let Some(links) = graph.council.as_ref().and_then(|council| council.record.links.as_ref())
        && !graph.content.is_astray("traces")
    {
        let found = graph.content.traces.iter().filter(|trace| trace.to.is_some()).count();
        count(links, found, "links", into);
    }
}

fn initiatives(graph: &Graph<'_>, into: &mut Diagnostics) {
    for node in &graph.strategies {
        let numbers = node.initiatives.iter().map(|id| {
            let initiative = graph.initiatives[id.0].initiative;
            (initiative.number, Span::top(initiative.record.span.file))
        });
        let unread = graph.content.unread(&format!("initiative:{}-", node.strategy.id));
        let found = series(numbers.collect(), &unread, "initiative", into);
        count(&node.strategy.record.initiatives, found, "initiatives", into);
        if let Some(continues) = node.strategy.record.continues.as_ref().filter(|_| unread.is_empty()) {
            let recorded = node.initiatives.iter().map(|id| graph.initiatives[id.0].initiative.record.continues.len()).sum();
            count(continues, recorded, "successions", into);
        }
    }
}

fn recommendations(graph: &Graph<'_>, into: &mut Diagnostics) {
    let numbers = graph.recommendations.iter().map(|node| (node.recommendation.number, Span::top(node.recommendation.record.span.file)));
    let unread = graph.content.unread("recommendation:");
    let found = series(numbers.collect(), &unread, "recommendation", into);
    let Some(council) = &graph.council else { return };
    count(&council.record.recommendations, found, "recommendations", into);
    if unread.is_empty() {
        count(&council.record.proposals, graph.proposals.len(), "proposals", into);
    }
}

/// Points, started efforts, figures and notes as many as stated; no address for pages of records that are not there.
fn material(graph: &Graph<'_>, into: &mut Diagnostics) {
    let content = graph.content;
    let readable = |prefix: &str| !content.faulty.iter().any(|id| id.starts_with(prefix));
    for (at, node) in graph.strategies.iter().enumerate() {
        let record = &node.strategy.record;
        if let Some(points) = record.points.as_ref().filter(|_| readable("data/points/")) {
            count(points, graph.points.iter().filter(|point| point.strategy.0 == at).count(), "points", into);
        }
        if let Some(started) = record.started.as_ref().filter(|_| readable("data/started/")) {
            let own = content.started.iter().filter(|(id, _)| *id == node.strategy.id);
            count(started, own.map(|(_, list)| list.len()).sum(), "started efforts", into);
        }
    }
    for (at, document) in graph.documents.iter().enumerate() {
        if let Some(figures) = document.figures.as_ref().filter(|_| readable("figure")) {
            let own = graph.figures.iter().filter(|node| node.cites.first().is_some_and(|cite| cite.document.0 == at));
            count(figures, own.count(), "figures", into);
        }
    }
    if let Some(notes) = content.documents.notes.as_ref().filter(|_| readable("data/source-notes")) {
        count(notes, graph.general_notes.len(), "notes", into);
    }
    for language in &content.site.languages {
        let slugs = &language.slugs;
        let pages = [
            (&slugs.points, content.points.is_empty(), "data/points"),
            (&slugs.figures, graph.figures.is_empty(), "data/figures"),
            (&slugs.people, graph.groups.is_empty(), "data/people.yaml"),
            (&slugs.key_figures, graph.topics.is_empty(), "data/key-figures.yaml"),
            (&slugs.glossary, graph.terms.is_empty(), "data/glossary.yaml"),
            (&slugs.timeline, graph.events.is_empty(), "data/timeline.yaml"),
            (&slugs.changes, graph.changes.is_empty(), "data/changes.yaml"),
        ];
        for (slug, empty, path) in pages {
            if let Some(slug) = slug.as_ref().filter(|_| empty && readable("data/") && readable("figure")) {
                let message = format!("there is nothing in {path}, so the page `{slug}` has no content");
                into.push(Diagnostic::new(Code::MissingFile, slug.span, message).help("restore what was lost, or take this line out"));
            }
        }
    }
}

/// Reports numbers that are missing; returns how many records there are, unreadable ones included. No number is there twice,
/// for the name of a file is one.
fn series(numbers: Vec<(u32, Span)>, unread: &[u32], noun: &str, into: &mut Diagnostics) -> usize {
    let mut seen: BTreeMap<u32, Option<Span>> = unread.iter().map(|number| (*number, None)).collect();
    seen.extend(numbers.into_iter().map(|(number, span)| (number, Some(span))));
    let mut expected = 1;
    for (number, span) in &seen {
        if let Some(span) = span.filter(|_| *number != expected) {
            let message = match *number == expected + 1 {
                true => format!("{noun} {expected} is missing before {noun} {number}"),
                false if *number == 0 => format!("the first {noun} has the number 1"),
                false => format!("{noun}s {expected} to {} are missing before {noun} {number}", number - 1),
            };
            into.push(
                Diagnostic::new(Code::NumberGap, span, message)
                    .help("add what is missing, or correct this number: the numbers of a series are 1, 2, 3 … as in the document"),
            );
        }
        expected = number.saturating_add(1);
    }
    seen.len()
}

fn count(stated: &Spanned<u32>, found: usize, noun: &str, into: &mut Diagnostics) {
    if stated.value as usize != found {
        let are = |count: usize| if count == 1 { "is" } else { "are" };
        let noun = if stated.value == 1 { noun.trim_end_matches('s') } else { noun };
        let message = format!("{stated} {noun} {} stated, but there {} {found}", are(stated.value as usize), are(found));
        let help = match found < stated.value as usize {
            true => "restore the record that was lost, or correct the number",
            false => "correct the number, or take out what the document does not have",
        };
        into.push(Diagnostic::new(Code::CountOff, stated.span, message).help(help));
    }
}
