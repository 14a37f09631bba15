//! The page of an initiative: its text, its money, and every relation it is an end of.
//!
//! In: an initiative and both ends of its relations. Out: what the template sees. Follows no reference.

use rust_decimal::Decimal;
use serde::Serialize;

use super::funding::CellView;
use super::known::Shown;
use super::{CiteView, InitiativeRef, LinkView, MentionView, NoteView, TraceView, View};
use crate::check::{Cite, InitiativeId};
use crate::load::value::{InitiativeKind, Relation};
use crate::model::Page;

#[derive(Serialize)]
pub struct InitiativeView {
    id: String,
    number: u32,
    noted: bool,
    summary: String,
    html: String,
    strategy: Shown<LinkView>,
    theme: Option<Shown<LinkView>>,
    actors: Vec<Shown<LinkView>>,
    period: Option<PeriodView>,
    also_titled: Vec<OtherTitleView>,
    funding: Vec<CellView>,
    /// What there is to say of the cells.
    remarks: Vec<CellView>,
    total: Option<String>,
    /// The same in three: what stands before the number, the number, what stands after it.
    total_parts: Option<[String; 3]>,
    /// Whether any year has an amount, new money or not.
    has_amount: bool,
    unit: String,
    price_level: Option<String>,
    appendix: Shown<LinkView>,
    continues: Vec<SuccessionView>,
    continued_by: Vec<SuccessionView>,
    follow_ups: Vec<TraceView>,
    precedents: Vec<TraceView>,
    material: Vec<MentionView>,
    mentions: Vec<MentionView>,
    source_notes: Vec<NoteView>,
    cites: Vec<CiteView>,
    previous: Option<Shown<InitiativeRef>>,
    next: Option<Shown<InitiativeRef>>,
    has_council: bool,
}

#[derive(Serialize)]
struct PeriodView {
    from: Option<String>,
    to: Option<String>,
    /// Whether an end is more than one word, so that the dash between them needs room.
    is_spaced: bool,
    note: Option<String>,
}

#[derive(Serialize)]
struct OtherTitleView {
    title: String,
    lang: String,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
struct SuccessionView {
    initiative: Shown<InitiativeRef>,
    rationale: String,
    evidence: Vec<CiteView>,
}

impl View<'_, '_> {
    pub fn initiative(&self, id: InitiativeId) -> InitiativeView {
        let graph = &self.site.graph;
        let node = &graph.initiatives[id.0];
        let record = &node.initiative.record;
        let strategy = &graph.strategies[node.strategy.0];
        let at = strategy.initiatives.binary_search(&id).unwrap_or_default();
        let language = |cites: &[Cite<'_>]| {
            let document = cites.first().map_or(strategy.document, |cite| cite.document);
            graph.documents[document.0].language.to_string()
        };
        let traces = |relation| {
            let all = self.site.traces_of_initiative[id.0].iter().map(|at| &graph.traces[*at]);
            all.filter(|trace| trace.relation() == relation).map(|trace| self.trace(trace)).collect()
        };
        let successors = self.site.successors[id.0].iter().filter_map(|later| {
            let succession = graph.initiatives[later.0].continues.iter().find(|succession| succession.earlier == id)?;
            Some((*later, succession))
        });
        let succession = |(initiative, succession): (InitiativeId, &crate::check::Succession<'_>)| SuccessionView {
            initiative: self.shown_initiative(initiative),
            rationale: self.words(&succession.record.rationale),
            evidence: self.cites(&succession.evidence),
        };
        let funding = self.cells(node.strategy, &record.funding.value);
        let total = record.new_money();
        InitiativeView {
            id: node.initiative.id.clone(),
            number: node.initiative.number,
            noted: record.kind() == InitiativeKind::Noted,
            summary: self.words(&record.summary),
            html: self.html(&node.text),
            strategy: self.shown_link(Page::Strategy(node.strategy)),
            theme: node.theme.map(|theme| self.shown_link(Page::Theme(theme))),
            actors: node.actors.iter().map(|actor| self.shown_link(Page::Actor(*actor))).collect(),
            period: record.period.as_ref().map(|period| {
                let (from, to) = (period.from.map(|date| self.date(date)), period.to.as_ref().map(|date| self.date(date.value)));
                let is_spaced = from.iter().chain(&to).any(|date| date.contains(char::is_whitespace));
                PeriodView { from, to, is_spaced, note: period.note.as_ref().map(|note| self.words(note)) }
            }),
            also_titled: record
                .also_titled
                .iter()
                .zip(&node.also_titled)
                .map(|(other, cites)| OtherTitleView { title: other.title.clone(), lang: language(cites), cites: self.cites(cites) })
                .collect(),
            remarks: self.spans(&funding),
            funding,
            total_parts: total.map(|total| self.money_parts(node.strategy, total)),
            total: total.map(|total| self.money(node.strategy, total)),
            has_amount: record.funding.value.0.iter().any(|(_, cell)| cell.kind.value.amount().is_some()),
            unit: self.text(&strategy.strategy.record.unit.label).to_owned(),
            price_level: strategy.strategy.record.price_level.as_ref().map(|level| self.text(level).to_owned()),
            appendix: self.shown_link(Page::Funding(node.strategy)),
            continues: node.continues.iter().map(|earlier| succession((earlier.earlier, earlier))).collect(),
            continued_by: successors.map(succession).collect(),
            follow_ups: traces(Relation::FollowUp),
            precedents: traces(Relation::Precedent),
            material: self.material_of_initiative(id),
            mentions: self.mentions(&self.site.mentions_of_initiative[id.0]),
            source_notes: self.notes(&node.source_notes),
            cites: self.cites(&node.cites),
            previous: at.checked_sub(1).map(|at| self.shown_initiative(strategy.initiatives[at])),
            next: strategy.initiatives.get(at + 1).map(|id| self.shown_initiative(*id)),
            has_council: graph.council.is_some(),
        }
    }

    /// The new money of all years with its unit; nothing where no year states an amount.
    pub fn initiative_total(&self, id: InitiativeId) -> Option<String> {
        Some(self.money(self.site.graph.initiatives[id.0].strategy, self.new_money(id)?))
    }

    /// The new money of all years; nothing where no year states an amount.
    pub fn new_money(&self, id: InitiativeId) -> Option<Decimal> {
        self.site.graph.initiatives[id.0].initiative.record.new_money()
    }
}
