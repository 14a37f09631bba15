//! The links of chapters, figures, points and the rest of a document's material.
//!
//! In: records and the index of names. Out: their nodes in the graph, and diagnostics.

use std::collections::BTreeMap;

use super::addresses::RECOMMENDATIONS;
use super::index::Index;
use super::{
    ChangeNode, ChapterNode, ChapterSection, EventNode, FigureNode, Graph, GroupNode, InitiativeId, Note, PointId, PointNode, SectionNode, StartedNode,
    StrategyId, TermNode, TopicNode,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::load::chapter::Chapter;
use crate::load::record::material::ChangeRecord;
use crate::load::reference::InitiativeRef;
use crate::load::value::ChapterKind;
use crate::locale::{Locale, Localized};
use crate::source::Span;

/// Resolves everything that stands beside the strategies and the advice.
pub fn resolve<'c>(index: &Index<'c>, graph: &mut Graph<'c>, into: &mut Diagnostics) {
    let content = index.content;
    graph.chapters = content.chapters.iter().map(|chapter| chapter_node(index, chapter, into)).collect();
    for figure in &content.figures {
        let record = &figure.record;
        let cites = index.cites(&record.cites, into);
        // A figure belongs to the strategy of the document that it is cited from.
        let strategy = cites.first().and_then(|cite| graph.strategies.iter().position(|node| node.document == cite.document)).map(StrategyId);
        let theme = match (&record.theme, strategy) {
            (Some(theme), Some(strategy)) => index.theme(strategy, theme, into),
            (Some(theme), None) if !index.lacks_strategies() => {
                into.push(Diagnostic::new(Code::UnknownReference, theme.span, "the figure is from no strategy, so it has no theme").help("take `theme` out"));
                None
            }
            _ => None,
        };
        let source_notes = index.notes(&record.source_notes, into);
        graph.figures.push(FigureNode { figure, theme, initiatives: initiatives(index, &record.initiatives, into), cites, source_notes });
    }
    for (id, record) in &content.points {
        let place = Span::top(record.span.file);
        let Some(strategy) = strategy(index, id, place, into) else { continue };
        graph.strategies[strategy.0].points_cites = index.cites(&record.cites, into);
        let own = &graph.strategies[strategy.0].strategy.record.document;
        if index.document(&record.document, into).is_some() && *record.document.value != *own.value {
            let message = "the points are of another document than the strategy";
            into.push(Diagnostic::new(Code::UnknownReference, record.document.span, message).help(format!("write `{}`", own.value)));
        }
        let mut seen: BTreeMap<u32, Span> = BTreeMap::new();
        for section in &record.sections {
            let theme = section.theme.as_ref().and_then(|theme| index.theme(strategy, theme, into));
            let mut node = SectionNode { record: section, strategy, theme, points: Vec::new() };
            for point in &section.points {
                if let Some(first) = seen.insert(point.number.value, point.number.span) {
                    let message = format!("a second point has the number {}", point.number);
                    into.push(Diagnostic::new(Code::DuplicateId, point.number.span, message).related(first, "the first one"));
                }
                node.points.push(PointId(graph.points.len()));
                let text = index.prose(&point.summary, into);
                graph.points.push(PointNode { record: point, strategy, text, initiatives: initiatives(index, &point.initiatives, into) });
            }
            graph.sections.push(node);
        }
    }
    for (id, list) in &content.started {
        let Some(strategy) = list.first().and_then(|first| strategy(index, id, Span::top(first.span.file), into)) else { continue };
        for record in list {
            graph.started.push(StartedNode {
                record,
                theme: index.theme(strategy, &record.theme, into),
                actors: index.actors(&record.actors, into),
                initiatives: initiatives(index, &record.initiatives, into),
                cites: index.cites(&record.cites, into),
            });
        }
    }
    for record in content.people.iter().flat_map(|people| &people.groups) {
        graph.groups.push(GroupNode {
            record,
            actor: record.actor.as_ref().and_then(|actor| index.actor(actor, into)),
            members: record.members.iter().map(|member| index.actor(member.actor.as_ref()?, into)).collect(),
            cites: index.cites(&record.cites, into),
        });
    }
    for record in content.key_figures.iter().flat_map(|figures| &figures.topics) {
        graph.topics.push(TopicNode { record, cites: record.figures.iter().map(|figure| index.cites(&figure.cites, into)).collect() });
    }
    for record in content.glossary.iter().flat_map(|glossary| &glossary.terms) {
        graph.terms.push(TermNode { record, cites: index.cites(&record.cites, into) });
    }
    for record in content.timeline.iter().flat_map(|timeline| &timeline.events) {
        if let Some(last) = graph.events.last().filter(|last: &&EventNode<'_>| record.date.is_before(*last.record.date)) {
            let message = format!("{} is earlier than {}, the event before it", record.date, last.record.date);
            into.push(
                Diagnostic::new(Code::BadValue, record.date.span, message).related(last.record.date.span, "the event before").help("list the events in order"),
            );
        }
        graph.events.push(EventNode { record, text: index.prose(&record.text, into), cites: index.cites(&record.cites, into) });
    }
    for record in content.changes.iter().flat_map(|changes| &changes.changes) {
        changed(graph.changes.last().map(|last| last.record), record, into);
        graph.changes.push(ChangeNode { record, text: index.prose(&record.text, into) });
    }
    for record in content.source_notes.iter().flat_map(|notes| &notes.notes) {
        graph.general_notes.push((record.kind, Note { text: index.prose(&record.text, into), cites: index.cites(&record.cites, into) }));
    }
}

/// A change has a day, and stands before those that came earlier.
fn changed(newer: Option<&ChangeRecord>, record: &ChangeRecord, into: &mut Diagnostics) {
    if record.date.value.day.is_none() {
        let message = format!("{} is not a day", record.date);
        into.push(Diagnostic::new(Code::BadValue, record.date.span, message).help("feeds need the day of a change: 2021-04-15"));
    }
    if let Some(newer) = newer.filter(|newer| newer.date.is_before(*record.date)) {
        let message = format!("{} is later than {}, the change before it", record.date, newer.date);
        into.push(
            Diagnostic::new(Code::BadValue, record.date.span, message).related(newer.date.span, "the change before").help("list the latest change first"),
        );
    }
}

fn chapter_node<'c>(index: &Index<'c>, chapter: &'c Chapter, into: &mut Diagnostics) -> ChapterNode<'c> {
    let front = &chapter.pages[Locale::SOURCE].front;
    let section = match (index.strategies.get(chapter.section.as_str()), chapter.section.as_str()) {
        (Some(strategy), _) => ChapterSection::Strategy(*strategy),
        (None, RECOMMENDATIONS) => ChapterSection::Recommendations,
        (None, _) => ChapterSection::About,
    };
    let theme = match (&front.theme, section) {
        (Some(theme), ChapterSection::Strategy(strategy)) => index.theme(strategy, theme, into),
        (Some(theme), _) if !index.faulty("strategy", &chapter.section) => {
            let diagnostic = Diagnostic::new(Code::UnknownReference, theme.span, "the chapter belongs to no strategy, so it has no theme");
            into.push(diagnostic.help("take `theme` out, or move the chapter into the folder of its strategy"));
            None
        }
        _ => None,
    };
    ChapterNode {
        chapter,
        section,
        theme,
        kind: front.kind.map_or(ChapterKind::Chapter, |kind| kind.value),
        initiatives: initiatives(index, &front.initiatives, into),
        actors: index.actors(&front.actors, into),
        text: index.texts(|locale| &chapter.pages[locale].body, into),
        cites: Localized::from_fn(&index.content.languages, |locale| index.cites(&chapter.pages[locale].front.cites, into)),
    }
}

fn strategy(index: &Index<'_>, id: &str, place: Span, into: &mut Diagnostics) -> Option<StrategyId> {
    let found = index.strategies.get(id).copied();
    if found.is_none() && !index.faulty("strategy", id) {
        into.push(super::unknown(place, "strategy", id, did_you_mean(id, index.strategies.keys().copied())));
    }
    found
}

fn initiatives(index: &Index<'_>, ids: &[InitiativeRef], into: &mut Diagnostics) -> Vec<InitiativeId> {
    let ids = super::index::once(ids, |id| (id.value.as_str(), id.span), into);
    ids.into_iter().filter_map(|id| index.initiative_id(id, into)).collect()
}
