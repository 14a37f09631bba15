//! Tables of money: the cells of an initiative and the appendix of a strategy.
//!
//! In: cells and sums as they were checked. Out: every number as the language writes it. A cell without an amount says why, and is never nought.

use rust_decimal::Decimal;
use serde::Serialize;

use super::charts::{FlowView, PanelView, TotalView};
use super::known::Shown;
use super::{CiteView, InitiativeRef, LinkView, NoteView, View};
use crate::check::{InitiativeId, Scope, StrategyId, Sums};
use crate::load::decode::Table;
use crate::load::record::money::Cell;
use crate::load::value::{CellKind, Year};
use crate::model::Page;

/// A cell of a table.
#[derive(Clone, Serialize)]
pub struct CellView {
    year: String,
    kind: &'static str,
    /// The amount without its unit, new money or not.
    number: Option<String>,
    /// A sum besides the new money that is already financed, with its unit.
    already_financed: Option<String>,
    printed: Option<String>,
    /// The language of what is printed.
    lang: String,
    note: Option<String>,
}

/// A sum of a year.
#[derive(Serialize)]
pub struct SumView {
    year: String,
    stated: Option<String>,
    computed: Option<String>,
    difference: Option<String>,
}

impl SumView {
    /// Whether the document states it.
    pub fn is_stated(&self) -> bool {
        self.stated.is_some()
    }

    /// Whether the document states another sum than its rows have.
    pub fn differs(&self) -> bool {
        self.difference.is_some()
    }
}

/// A sum that the document states otherwise than its rows add up.
#[derive(Serialize)]
pub struct DifferenceView {
    /// What is summed; nothing for the grand total.
    scope: Option<String>,
    year: String,
    stated: String,
    computed: String,
    difference: String,
    explanation: Option<String>,
    strategy: LinkView,
}

#[derive(Serialize)]
pub struct FundingView {
    csv: String,
    strategy: LinkView,
    unit: String,
    price_level: Option<String>,
    years: Vec<String>,
    groups: Vec<GroupView>,
    reserve: Option<ReserveView>,
    /// Whether a cell is blank, and whether one has a dash.
    blanks: bool,
    dashes: bool,
    total: Vec<SumView>,
    states_total: bool,
    already_financed: Option<String>,
    without_row: Vec<RowView>,
    differences: Vec<DifferenceView>,
    checked: usize,
    notes: Vec<NoteView>,
    source_notes: Vec<NoteView>,
    cites: Vec<CiteView>,
    panels: Vec<PanelView>,
    panel: (i64, i64, i64),
    totals: Vec<TotalView>,
    flow: Option<FlowView>,
}

#[derive(Serialize)]
struct GroupView {
    theme: LinkView,
    sums: Vec<SumView>,
    states_sums: bool,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    initiative: Shown<InitiativeRef>,
    cells: Vec<CellView>,
    total: Option<String>,
}

#[derive(Serialize)]
struct ReserveView {
    title: String,
    cells: Vec<CellView>,
    cites: Vec<CiteView>,
}

impl View<'_, '_> {
    pub fn cells(&self, strategy: StrategyId, table: &Table<Year, Cell>) -> Vec<CellView> {
        let years = &self.site.graph.strategies[strategy.0].strategy.record.years;
        let cell = |year: &Year| {
            let cell = table.get(year)?;
            Some(CellView {
                year: year.to_string(),
                kind: cell.kind.value.word(),
                number: cell.kind.value.amount().map(|amount| self.number(strategy, amount.0)),
                already_financed: cell.already_financed.as_ref().map(|amount| self.money(strategy, amount.0)),
                lang: self.site.graph.documents[self.site.graph.strategies[strategy.0].document.0].language.to_string(),
                printed: cell.printed.as_ref().map(|printed| printed.value.clone()),
                note: cell.note.as_ref().map(|note| self.words(note)),
            })
        };
        years.iter().filter_map(|year| cell(&year.value)).collect()
    }

    /// Years from one to another, which may be the same.
    pub fn years(&self, first: String, last: String) -> String {
        if first == last { first } else { self.word("home.years").replace("{first}", &first).replace("{last}", &last) }
    }

    /// The cells, those without amounts that say the same of years after each other in one.
    pub fn spans(&self, cells: &[CellView]) -> Vec<CellView> {
        let same = |a: &CellView, b: &CellView| {
            let amounts = [a, b].iter().any(|cell| cell.number.is_some() || cell.already_financed.is_some());
            !amounts && (a.kind, &a.printed, &a.note) == (b.kind, &b.printed, &b.note)
        };
        let years = |part: &[CellView]| match part {
            [first, .., last] => self.years(first.year.clone(), last.year.clone()),
            _ => part[0].year.clone(),
        };
        cells.chunk_by(same).map(|part| CellView { year: years(part), ..part[0].clone() }).collect()
    }

    pub fn sums(&self, strategy: StrategyId, sums: &Sums<'_>) -> Vec<SumView> {
        let number = |amount| self.number(strategy, amount);
        let year = |sum: &crate::check::YearSum<'_>| SumView {
            year: sum.year.to_string(),
            stated: sum.stated.map(number),
            computed: sum.computed.map(number),
            difference: sum.difference().filter(|difference| !difference.is_zero()).map(number),
        };
        sums.years.iter().map(year).collect()
    }

    /// The sums of a strategy that its document states otherwise.
    pub fn differences(&self, strategy: StrategyId) -> Vec<DifferenceView> {
        let mut list = Vec::new();
        for sums in &self.site.graph.strategies[strategy.0].sums {
            for sum in &sums.years {
                if let (Some(stated), Some(difference)) = (sum.stated, sum.difference().filter(|difference| !difference.is_zero())) {
                    list.push(DifferenceView {
                        scope: self.scope(strategy, sums.scope),
                        year: sum.year.to_string(),
                        stated: self.money(strategy, stated),
                        computed: self.money(strategy, sum.computed.unwrap_or_default()),
                        difference: self.money(strategy, difference),
                        explanation: sum.explanation.map(|text| self.words(text)),
                        strategy: self.link(Page::Funding(strategy)),
                    });
                }
            }
        }
        list
    }

    fn scope(&self, strategy: StrategyId, scope: Scope) -> Option<String> {
        let graph = &self.site.graph;
        match scope {
            Scope::Theme(theme) => Some(self.text(&graph.themes[theme.0].record.title).to_owned()),
            Scope::Reserve => graph.strategies[strategy.0].strategy.record.reserve.as_ref().map(|reserve| self.text(&reserve.title).to_owned()),
            Scope::Total => None,
        }
    }

    /// The new money of a strategy over all years, reserve included; and whether the document states it.
    pub fn strategy_total(&self, strategy: StrategyId) -> Option<(Decimal, bool)> {
        let total = self.site.graph.strategies[strategy.0].sums.iter().find(|sums| sums.scope == Scope::Total)?;
        Some((total.of_all_years()?, total.are_stated()))
    }

    pub fn funding(&self, id: StrategyId) -> FundingView {
        let graph = &self.site.graph;
        let node = &graph.strategies[id.0];
        let record = &node.strategy.record;
        let row = |initiative: &InitiativeId| RowView {
            initiative: self.shown_initiative(*initiative),
            cells: self.cells(id, &graph.initiatives[initiative.0].initiative.record.funding.value),
            total: self.initiative_total(*initiative),
        };
        let has_row = |initiative: &&InitiativeId| graph.initiatives[initiative.0].row.is_some();
        let groups = node.sums.iter().filter_map(|sums| match sums.scope {
            Scope::Theme(theme) => Some((theme, sums)),
            _ => None,
        });
        let groups = groups.map(|(theme, sums)| GroupView {
            theme: self.link(Page::Theme(theme)),
            sums: self.sums(id, sums),
            states_sums: sums.are_stated(),
            rows: graph.themes[theme.0].initiatives.iter().filter(has_row).map(row).collect(),
        });
        // The line of the reserve is no sum: nothing is added up in it.
        let added_up = node.sums.iter().filter(|sums| sums.scope != Scope::Reserve);
        let total = node.sums.iter().find(|sums| sums.scope == Scope::Total);
        let rows = node.initiatives.iter().filter(has_row).map(|id| &graph.initiatives[id.0].initiative.record.funding.value);
        let tables: Vec<_> = rows.chain(record.reserve.iter().map(|reserve| &reserve.funding)).collect();
        let has = |kind: CellKind| tables.iter().any(|table| table.0.iter().any(|(_, cell)| cell.kind.value == kind));
        let already: Decimal = total.iter().flat_map(|sums| &sums.years).map(|sum| sum.already_financed).sum();
        FundingView {
            csv: crate::render::export::funding_of(&self.site.graph.strategies[id.0].strategy.id),
            strategy: self.link(Page::Strategy(id)),
            unit: self.text(&record.unit.label).to_owned(),
            price_level: record.price_level.as_ref().map(|level| self.text(level).to_owned()),
            years: record.years.iter().map(std::string::ToString::to_string).collect(),
            groups: groups.filter(|group| !group.rows.is_empty()).collect(),
            reserve: record.reserve.as_ref().map(|reserve| ReserveView {
                title: self.text(&reserve.title).to_owned(),
                cells: self.cells(id, &reserve.funding),
                cites: self.cites(&node.reserve_cites),
            }),
            total: total.map(|sums| self.sums(id, sums)).unwrap_or_default(),
            blanks: has(CellKind::NotStated),
            dashes: has(CellKind::None),
            states_total: total.is_some_and(|sums| sums.years.iter().any(|sum| sum.stated.is_some())),
            already_financed: (!already.is_zero()).then(|| self.money(id, already)),
            without_row: node
                .initiatives
                .iter()
                .filter(|initiative| !has_row(initiative))
                .map(row)
                .map(|row| RowView { cells: self.spans(&row.cells), ..row })
                .collect(),
            differences: self.differences(id),
            checked: added_up.flat_map(|sums| &sums.years).filter(|sum| sum.stated.is_some()).count(),
            notes: self.notes(&node.notes),
            source_notes: self.notes(&node.source_notes),
            panels: self.panels(id),
            panel: crate::render::chart::PANEL,
            totals: self.totals(id),
            flow: self.flow(id),
            cites: self.cites(&node.cites),
        }
    }
}
