//! That no record is lost: series without gaps, and as many records as the documents are stated to have.
//!
//! In: the graph. Out: diagnostics only.

use std::collections::BTreeMap;

use super::Graph;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};

pub fn check(graph: &Graph<'_>, into: &mut Diagnostics) {
    let faulty = |prefix: &str| -> Vec<u32> { graph.content.faulty.iter().filter_map(|id| id.strip_prefix(prefix)?.parse().ok()).collect() };
    for node in &graph.strategies {
        let numbers = node.initiatives.iter().map(|id| {
            let initiative = graph.initiatives[id.0].initiative;
            (initiative.number, Span::top(initiative.record.span.file))
        });
        let unread = faulty(&format!("initiative:{}-", node.strategy.id));
        let found = series(numbers.collect(), &unread, "initiative", into);
        count(&node.strategy.record.initiatives, found, "initiatives", into);
    }
    let numbers = graph.recommendations.iter().map(|node| (node.recommendation.number, Span::top(node.recommendation.record.span.file)));
    let unread = faulty("recommendation:");
    let found = series(numbers.collect(), &unread, "recommendation", into);
    if let Some(council) = &graph.council {
        count(&council.record.recommendations, found, "recommendations", into);
        if unread.is_empty() {
            count(&council.record.proposals, graph.proposals.len(), "proposals", into);
        }
        if let Some(links) = &council.record.links
            && !graph.content.faulty.contains("traces")
        {
            let found = graph.content.traces.iter().filter(|trace| trace.to.is_some()).count();
            count(links, found, "links", into);
        }
    }
}

/// Reports numbers that are missing or stand twice; returns how many records there are, unreadable ones included.
fn series(numbers: Vec<(u32, Span)>, unread: &[u32], noun: &str, into: &mut Diagnostics) -> usize {
    let mut seen: BTreeMap<u32, Option<Span>> = unread.iter().map(|number| (*number, None)).collect();
    for (number, span) in numbers {
        if let Some(Some(first)) = seen.insert(number, Some(span)) {
            into.push(Diagnostic::new(Code::DuplicateId, span, format!("a second {noun} has the number {number}")).related(first, "the first one"));
        }
    }
    let mut expected = 1;
    for (number, span) in &seen {
        if let Some(span) = span.filter(|_| *number != expected) {
            let message = match *number == expected + 1 {
                true => format!("{noun} {expected} is missing before {noun} {number}"),
                false if *number == 0 => format!("the first {noun} has the number 1"),
                false => format!("{noun}s {expected} to {} are missing before {noun} {number}", number - 1),
            };
            into.push(Diagnostic::new(Code::NumberGap, span, message).help("the numbers of a series are 1, 2, 3 … as in the document; none is left out"));
        }
        expected = number + 1;
    }
    seen.len()
}

fn count(stated: &Spanned<u32>, found: usize, noun: &str, into: &mut Diagnostics) {
    if stated.value as usize != found {
        let message = format!("{stated} {noun} are stated, but there are {found}");
        into.push(Diagnostic::new(Code::CountOff, stated.span, message).help("restore the record that was lost, or correct the number"));
    }
}
