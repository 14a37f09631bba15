//! Traces: every proposal answered or stated to be a gap, every link of a shape that makes sense.
//!
//! In: the graph. Out: the traces in order, and diagnostics. A link that contradicts itself is reported and stays out.

use std::collections::BTreeMap;

use super::{Graph, InitiativeId, ProposalId};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::value::{Degree, InitiativeKind, PartialDate, Relation};
use crate::source::Span;

pub fn check(graph: &mut Graph<'_>, into: &mut Diagnostics) {
    succession(graph, into);
    let traces = std::mem::take(&mut graph.traces);
    let mut seen: BTreeMap<(ProposalId, Option<&str>), Span> = BTreeMap::new();
    let mut kept: Vec<_> = traces
        .into_iter()
        .filter(|trace| {
            let key = (trace.from, trace.record.to.as_ref().map(|to| to.value.as_str()));
            if let Some(first) = seen.get(&key) {
                let what = if key.1.is_some() { "this link" } else { "this gap" };
                into.push(Diagnostic::new(Code::DuplicateTrace, trace.record.span, format!("{what} is recorded twice")).related(*first, "first recorded here"));
                return false;
            }
            seen.insert(key, trace.record.span);
            fits(graph, trace, into)
        })
        .collect();
    kept.sort_by_key(|trace| (trace.from, trace.to.map(|end| end.degree.relation()), trace.to.map(|end| end.initiative)));
    graph.traces = kept;
    if !graph.content.faulty.contains("traces") {
        answered(graph, into);
    }
}

/// Relation, degree and end agree with each other and with the dates of the documents.
fn fits(graph: &Graph<'_>, trace: &super::Trace<'_>, into: &mut Diagnostics) -> bool {
    let record = trace.record;
    let mut bad = |span: Span, message: String, help: &str| {
        into.push(Diagnostic::new(Code::BadTrace, span, message).help(help));
        false
    };
    let relation = record.relation.value;
    if relation == Relation::None {
        return match (&record.to, &record.degree) {
            (None, None) => true,
            (Some(to), _) => bad(to.span, "a gap leads to no initiative".into(), "take `to` out, or say which relation it is"),
            (_, Some(degree)) => bad(degree.span, "a gap has no degree".into(), "take `degree` out"),
        };
    }
    let words = match relation {
        Relation::FollowUp => "full, partial or noted",
        _ => "explicit or topical",
    };
    let Some(degree) = &record.degree else {
        return bad(record.relation.span, format!("a {} needs a degree", relation.word()), &format!("add `degree:` with {words}"));
    };
    if degree.value.relation() != relation {
        return bad(degree.span, format!("`{}` is not a degree of a {}", degree.value.word(), relation.word()), &format!("the degrees are {words}"));
    }
    let Some(end) = trace.to else {
        return bad(record.relation.span, format!("a {} needs an initiative", relation.word()), "add `to:` with its id, or state a gap with `relation: none`");
    };
    let node = &graph.initiatives[end.initiative.0];
    let place = record.to.as_ref().map_or(record.span, |to| to.span);
    let noted = node.initiative.record.kind() == InitiativeKind::Noted;
    if relation == Relation::FollowUp && noted != (end.degree == Degree::Noted) {
        let (message, help) = match noted {
            true => ("this initiative is only noted in its document, so the follow-up is `noted` too", "write `degree: noted`"),
            false => ("this initiative is a commitment, so the follow-up is more than `noted`", "write `degree: full` or `degree: partial`"),
        };
        return bad(degree.span, message.into(), help);
    }
    let Some(council) = &graph.council else { return true };
    let advice = graph.documents[council.document.0].date;
    let strategy = graph.documents[graph.strategies[node.strategy.0].document.0].date;
    match relation {
        Relation::FollowUp if strategy.is_before(advice) => {
            bad(place, format!("a strategy of {strategy} cannot follow up advice of {advice}"), "an earlier initiative is a precedent")
        }
        Relation::Precedent if advice.is_before(strategy) => {
            bad(place, format!("a strategy of {strategy} cannot be a precedent of advice of {advice}"), "a later initiative is a follow-up")
        }
        _ => true,
    }
}

/// Every proposal has a follow-up or states that it has none.
fn answered(graph: &Graph<'_>, into: &mut Diagnostics) {
    let mut follow_up: BTreeMap<ProposalId, Span> = BTreeMap::new();
    let mut gap: BTreeMap<ProposalId, Span> = BTreeMap::new();
    let ids: BTreeMap<&str, ProposalId> = graph.proposals.iter().enumerate().map(|(at, proposal)| (proposal.id.as_str(), ProposalId(at))).collect();
    // Also links that were found faulty count here: they are reported already.
    for trace in &graph.content.traces {
        let Some(&from) = ids.get(trace.from.value.as_str()) else { continue };
        match trace.relation.value {
            Relation::FollowUp => follow_up.entry(from).or_insert(trace.span),
            Relation::None => gap.entry(from).or_insert(trace.relation.span),
            Relation::Precedent => continue,
        };
    }
    for (at, proposal) in graph.proposals.iter().enumerate() {
        match (follow_up.get(&ProposalId(at)), gap.get(&ProposalId(at))) {
            (None, None) => {
                let message = format!("proposal {} has neither a follow-up nor a stated gap", proposal.id);
                let help = format!(
                    "add to data/traces: `- from: {}` with `to`, `relation: follow-up` and the rest, or with `relation: none` and a rationale",
                    proposal.id
                );
                into.push(Diagnostic::new(Code::Untraced, proposal.record.span, message).help(help));
            }
            (Some(link), Some(gap)) => {
                let message = format!("proposal {} is stated to be a gap, yet it has a follow-up", proposal.id);
                into.push(Diagnostic::new(Code::GapContradicted, *gap, message).related(*link, "the follow-up").help("take one of the two out"));
            }
            _ => {}
        }
    }
}

/// An initiative carries on only what an earlier strategy began, so that no circle can arise.
fn succession(graph: &mut Graph<'_>, into: &mut Diagnostics) {
    let date = |graph: &Graph<'_>, id: InitiativeId| -> PartialDate {
        let strategy = &graph.strategies[graph.initiatives[id.0].strategy.0];
        graph.documents[strategy.document.0].date
    };
    for at in 0..graph.initiatives.len() {
        let own = date(graph, InitiativeId(at));
        let mut first: BTreeMap<InitiativeId, Span> = BTreeMap::new();
        let continues = std::mem::take(&mut graph.initiatives[at].continues);
        let kept = continues.into_iter().filter(|succession| {
            let place = succession.record.initiative.span;
            let earlier = date(graph, succession.earlier);
            if !earlier.is_before(own) {
                let message = format!("`{}` is of {earlier}, which is not earlier than {own}", succession.record.initiative);
                into.push(Diagnostic::new(Code::Succession, place, message).help("an initiative continues one of an earlier strategy"));
                return false;
            }
            if let Some(first) = first.insert(succession.earlier, place) {
                into.push(Diagnostic::new(Code::DuplicateTrace, place, "this succession is recorded twice").related(first, "first recorded here"));
                return false;
            }
            true
        });
        let kept: Vec<_> = kept.collect();
        graph.initiatives[at].continues = kept;
    }
}
