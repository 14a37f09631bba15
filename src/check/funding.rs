//! Money: every stated sum against its rows.
//!
//! In: funding cells and stated sums. Out: the [`Sums`] of each strategy, and diagnostics. Adds exact decimals of one
//! table only, so amounts of different units or price levels never meet; counts a blank as nothing rather than as nought.

use rust_decimal::Decimal;

use super::{Graph, InitiativeId, StrategyId, ThemeId};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::load::decode::Table;
use crate::load::record::UnitRecord;
use crate::load::record::money::{Cell, NOT_STATED, StatedSum, StatedSums};
use crate::load::value::{Amount, CellKind, MOST_DECIMALS, Year, with_decimals};
use crate::load::words::Words;
use crate::locale::Localized;
use crate::source::{Span, Spanned};

/// The sums of a part of a strategy's table.
#[derive(Debug, Clone)]
pub struct Sums<'c> {
    /// Which part.
    pub scope: Scope,
    /// A sum for each year of the strategy, in order.
    pub years: Vec<YearSum<'c>>,
}

/// A part of a funding table that is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The initiatives of a theme.
    Theme(ThemeId),
    /// The reserve.
    Reserve,
    /// All of it.
    Total,
}

impl Graph<'_> {
    /// The word of a part of a table in exports: the id of a theme, `reserve` or `total`.
    pub fn word_of(&self, scope: Scope) -> &str {
        match scope {
            Scope::Theme(theme) => self.themes[theme.0].record.id.value.as_str(),
            Scope::Reserve => "reserve",
            Scope::Total => "total",
        }
    }
}

/// The sum of a year.
#[derive(Debug, Clone)]
pub struct YearSum<'c> {
    /// The year.
    pub year: Year,
    /// As the document states it.
    pub stated: Option<Decimal>,
    /// The sum of the rows: new money only. Nothing where no row states any and no sum is stated either.
    pub computed: Option<Decimal>,
    /// What the rows say is already financed, as far as they give amounts; never part of `computed`.
    pub already_financed: Decimal,
    /// Why stated and computed differ.
    pub explanation: Option<&'c Localized<Words>>,
}

impl Sums<'_> {
    /// The sum of all years: as the document states them, or from the rows where it does not state all; nothing where no year has any.
    pub fn of_all_years(&self) -> Option<Decimal> {
        let is_stated = self.are_stated();
        self.years.iter().filter_map(|sum| if is_stated { sum.stated } else { sum.computed }).reduce(|sum, year| sum + year)
    }

    /// Whether the document states the sum of every year.
    pub fn are_stated(&self) -> bool {
        self.years.iter().all(|sum| sum.stated.is_some())
    }
}

impl YearSum<'_> {
    /// The sum that readers see: the document's own, or that of the rows where it states none.
    pub fn shown(&self) -> Option<Decimal> {
        self.stated.or(self.computed)
    }

    /// Stated less computed, where a sum is stated.
    pub fn difference(&self) -> Option<Decimal> {
        self.stated.map(|stated| (stated - self.computed.unwrap_or_default()).normalize())
    }
}

pub fn check(graph: &mut Graph<'_>, into: &mut Diagnostics) {
    for at in 0..graph.strategies.len() {
        let sums = strategy(graph, StrategyId(at), into);
        graph.strategies[at].sums = sums;
    }
}

fn strategy<'c>(graph: &Graph<'c>, id: StrategyId, into: &mut Diagnostics) -> Vec<Sums<'c>> {
    let node = &graph.strategies[id.0];
    let record = &node.strategy.record;
    unit(&record.unit, into);
    for (at, year) in record.years.iter().enumerate() {
        if let Some(first) = record.years[..at].iter().find(|first| first.value >= year.value) {
            into.push(Diagnostic::new(Code::BadValue, year.span, "the years are not in order").related(first.span, "this one is not earlier"));
        }
    }
    for initiative in &node.initiatives {
        let funding = &graph.initiatives[initiative.0].initiative.record.funding;
        cells(&funding.value, funding.span, &record.years, &record.unit, into);
    }
    rows(graph, node, into);
    themes_alike(graph, node, into);
    if let Some(reserve) = &record.reserve {
        cells(&reserve.funding, reserve.span, &record.years, &record.unit, into);
    }

    let row_sum = |initiatives: &[InitiativeId], year: Year| {
        initiatives.iter().filter_map(|id| graph.initiatives[id.0].initiative.record.funding.value.get(&year)).fold(NOTHING, add)
    };
    let mut sums: Vec<Sums<'c>> = Vec::new();
    for &theme in &node.themes {
        let theme_node = &graph.themes[theme.0];
        let years = record.years.iter().map(|year| year_sum(year.value, row_sum(&theme_node.initiatives, year.value), theme_node.record.stated.as_ref()));
        sums.push(Sums { scope: Scope::Theme(theme), years: years.collect() });
    }
    if let Some(reserve) = &record.reserve {
        let cell = |year: Year| reserve.funding.get(&year).into_iter().fold(NOTHING, add);
        let years = record.years.iter().map(|year| {
            // The line of the reserve is itself what the document states.
            let mut sum = year_sum(year.value, cell(year.value), None);
            sum.stated = sum.computed;
            sum
        });
        sums.push(Sums { scope: Scope::Reserve, years: years.collect() });
    }
    let total = |index: usize| sums.iter().fold(NOTHING, |sum, part| plus(sum, (part.years[index].computed, part.years[index].already_financed)));
    let years: Vec<_> = record.years.iter().enumerate().map(|(index, year)| year_sum(year.value, total(index), Some(&record.stated))).collect();
    sums.push(Sums { scope: Scope::Total, years });

    // Rows that could not be read would only make every sum above them wrong as well.
    let prefix = format!("initiative:{}-", node.strategy.id);
    let readable = !graph.content.is_astray("initiative") && graph.content.unread(&prefix).is_empty();
    let complete = readable && node.initiatives.iter().all(|id| graph.initiatives[id.0].theme.is_some());
    let complete = complete && (record.initiatives.value == 0 || !node.initiatives.is_empty());
    let rows = || {
        node.initiatives.iter().map(|id| &graph.initiatives[id.0].initiative.record.funding.value).chain(record.reserve.iter().map(|reserve| &reserve.funding))
    };
    let is_complete = |year: Year| complete && rows().all(|row| row.get(&year).is_some());
    for part in &sums {
        let (stated, noun, place) = match part.scope {
            Scope::Theme(theme) => {
                let theme = graph.themes[theme.0].record;
                (theme.stated.as_ref(), format!("theme `{}`", theme.id), theme.id.span)
            }
            Scope::Reserve => continue,
            Scope::Total => (Some(&record.stated), format!("strategy `{}`", node.strategy.id), record.span),
        };
        if let Some(StatedSums(Some(stated))) = stated {
            stated_sums(stated, part, (&noun, place), &record.unit, is_complete, into);
        }
    }
    sums
}

/// A unit that amounts can be written in.
fn unit(unit: &UnitRecord, into: &mut Diagnostics) {
    let currency = &unit.currency;
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        into.push(Diagnostic::new(Code::BadValue, currency.span, format!("`{currency}` is not a currency")).help("write the three letters of ISO 4217: EUR"));
    }
    if unit.scale.value == 0 || !unit.scale.to_string().trim_end_matches('0').eq("1") {
        into.push(
            Diagnostic::new(Code::BadValue, unit.scale.span, format!("`{}` is not 1, 10, 100 …", unit.scale)).help("a table in millions has the scale 1000000"),
        );
    }
    if unit.decimals.value > MOST_DECIMALS {
        into.push(Diagnostic::new(Code::BadValue, unit.decimals.span, "no table has that many decimals").help("write how many decimals its amounts have: 1"));
    }
    for form in unit.form.iter().filter(|form| form.matches("{amount}").count() != 1) {
        into.push(Diagnostic::new(Code::BadValue, form.span, "the form of an amount needs {amount} once").help("for instance `\"{amount} million\"`"));
    }
}

/// Every amount has a row in the table, and no row is two initiatives'.
fn rows(graph: &Graph<'_>, node: &super::StrategyNode<'_>, into: &mut Diagnostics) {
    let mut seen: std::collections::BTreeMap<String, Span> = std::collections::BTreeMap::new();
    for id in &node.initiatives {
        let initiative = &graph.initiatives[id.0];
        let funding = &initiative.initiative.record.funding;
        let counted = funding.value.0.iter().find(|(_, cell)| matches!(cell.kind.value, CellKind::Amount(_) | CellKind::None)).map(|(_, cell)| cell.kind.span);
        let cites = &initiative.initiative.record.cites;
        match (initiative.row.and_then(|row| row.at), &node.table) {
            (None, Some(table)) if counted.is_some() => {
                let place = table.at.map(ToString::to_string).unwrap_or_default();
                let message = "the initiative has amounts, but cites no row of the funding table";
                into.push(
                    Diagnostic::new(Code::NoRow, counted.unwrap_or(funding.span), message)
                        .related(cites.first().map_or(initiative.initiative.record.span, |cite| cite.document.span), "its citations")
                        .help(format!("add its row to `cites`: `- {{document: {}, at: \"{place}, …\"}}`", node.strategy.record.table.document)),
                );
            }
            (Some(row), _) => {
                let written = cites.iter().filter_map(|cite| cite.at.as_ref()).find(|at| at.value == *row);
                let place = written.map_or(initiative.initiative.record.span, |at| at.span);
                if let Some(first) = seen.insert(row.to_string(), place) {
                    let message = format!("`{row}` is the row of two initiatives");
                    into.push(
                        Diagnostic::new(Code::NoRow, place, message)
                            .related(first, "the other one")
                            .help("correct the one that is wrong: each initiative has a row of its own, or its money would be counted twice"),
                    );
                }
            }
            _ => {}
        }
    }
}

/// Where one theme has stated sums, each has.
fn themes_alike(graph: &Graph<'_>, node: &super::StrategyNode<'_>, into: &mut Diagnostics) {
    let has_row = |theme: &super::ThemeNode<'_>| theme.initiatives.iter().any(|id| graph.initiatives[id.0].row.is_some());
    let themes = || node.themes.iter().map(|theme| &graph.themes[theme.0]).filter(|theme| has_row(theme)).map(|theme| theme.record);
    let others = [Scope::Reserve, Scope::Total].map(|scope| graph.word_of(scope));
    for theme in node.themes.iter().map(|theme| graph.themes[theme.0].record).filter(|theme| others.contains(&theme.id.value.as_str())) {
        into.push(Diagnostic::new(Code::BadValue, theme.id.span, format!("`{}` is the name of another sum", theme.id)).help("choose another id"));
    }
    let Some(with) = themes().find(|theme| theme.stated.is_some()) else { return };
    for without in themes().filter(|theme| theme.stated.is_none()) {
        let message = format!("theme `{}` has no stated sums, though others have", without.id);
        into.push(
            Diagnostic::new(Code::MissingKey, without.id.span, message)
                .related(with.id.span, "this one has")
                .help(format!("add `stated:` with the sums of the document, or `stated: {NOT_STATED}` where it has none")),
        );
    }
}

/// New money, where any is stated, and money that is already financed.
type Money = (Option<Decimal>, Decimal);

const NOTHING: Money = (None, Decimal::ZERO);

fn plus((new, old): Money, (more, older): Money) -> Money {
    let sum = match (new, more) {
        (Some(new), Some(more)) => Some(new + more),
        (new, more) => new.or(more),
    };
    (sum, old + older)
}

fn add(sum: Money, cell: &Cell) -> Money {
    let extra = cell.already_financed.as_ref().map_or(Decimal::ZERO, |amount| amount.0);
    let elsewhere = match cell.kind.value {
        CellKind::AlreadyFinanced(Some(Amount(amount))) => amount,
        _ => Decimal::ZERO,
    };
    // A dash or nought in the document says that there is no money; a blank says nothing.
    let new = match cell.kind.value {
        CellKind::None => Some(Decimal::ZERO),
        kind => kind.new_money(),
    };
    plus(sum, (new, extra + elsewhere))
}

fn year_sum<'c>(year: Year, (computed, already_financed): Money, sums: Option<&'c StatedSums>) -> YearSum<'c> {
    let sum = sums.and_then(|sums| sums.0.as_ref()?.get(&year));
    let stated = sum.and_then(|sum| Some(sum.amount.as_ref()?.0));
    YearSum { year, stated, computed: computed.or(stated.map(|_| Decimal::ZERO)), already_financed, explanation: sum.and_then(|sum| sum.explanation.as_ref()) }
}

/// A cell for each year, in the unit of the table, agreeing with what the document prints.
fn cells(table: &Table<Year, Cell>, place: Span, years: &[Spanned<Year>], unit: &UnitRecord, into: &mut Diagnostics) {
    each_year(table, place, years, &format!("an amount or one of {}", CellKind::WORDS.join(", ")), into);
    for (_, cell) in &table.0 {
        let amounts = [cell.kind.amount().map(|amount| (amount, cell.kind.span)), cell.already_financed.as_ref().map(|amount| (amount.value, amount.span))];
        let is_number = |printed: &str| printed.chars().all(|c| c.is_ascii_digit() || is_mark(c)) && numbers(printed).any(|number| !number.is_zero());
        if let Some(printed) = cell.printed.as_ref().filter(|printed| cell.kind.amount().is_none() && is_number(printed)) {
            let message = format!("the document prints {} in this cell, which is recorded without an amount", printed.value);
            let help = "write the amount in place of the word; one that is already financed is `{kind: already-financed, amount: …, printed: …}`";
            into.push(Diagnostic::new(Code::NotPrinted, cell.kind.span, message).related(printed.span, "printed").help(help));
        }
        for (amount, span) in amounts.into_iter().flatten() {
            fits(amount, span, unit, into);
            let plain = matches!(cell.kind.value, CellKind::Amount(_)) && cell.already_financed.is_none();
            match &cell.printed {
                Some(printed) if !prints(printed, amount) => {
                    let message = format!("{} is not among the figures that the document prints in this cell", amount.0);
                    let help = "correct the amount, or write in `printed` what the cell says";
                    into.push(Diagnostic::new(Code::NotPrinted, span, message).related(printed.span, "printed").help(help));
                }
                None if !plain => {
                    let message = "an amount that is already financed needs what the document prints in the cell";
                    into.push(Diagnostic::new(Code::NotPrinted, span, message).help("add `printed: \"…\"`"));
                }
                _ => {}
            }
        }
    }
}

fn each_year<T>(table: &Table<Year, T>, place: Span, years: &[Spanned<Year>], value: &str, into: &mut Diagnostics) {
    let names = |years: &mut dyn Iterator<Item = &Spanned<Year>>| years.map(ToString::to_string).collect::<Vec<_>>();
    let mut missing = names(&mut years.iter().filter(|year| table.get(&year.value).is_none()));
    for (year, _) in table.0.iter().filter(|(year, _)| !years.iter().any(|known| known.value == year.value)) {
        // A year that was written wrongly is not missing as well.
        let meant = nearest(&year.to_string(), missing.iter().map(String::as_str)).map(str::to_owned);
        let help = match &meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("its years are {}", names(&mut years.iter()).join(", ")),
        };
        missing.retain(|year| Some(year) != meant.as_ref());
        into.push(Diagnostic::new(Code::ForeignYear, year.span, format!("{year} is not a year of the strategy")).help(help));
    }
    for year in missing {
        let help = format!("add a line `{year}: …` with {value}");
        into.push(Diagnostic::new(Code::MissingYear, place, format!("the year {year} is missing")).help(help));
    }
}

fn fits(amount: Amount, span: Span, unit: &UnitRecord, into: &mut Diagnostics) {
    if amount.0.normalize().scale() > unit.decimals.value {
        let decimals = if unit.decimals.value == 1 { "decimal" } else { "decimals" };
        let message = format!("{} is finer than the table, whose amounts have {} {decimals}", amount.0, unit.decimals);
        into.push(Diagnostic::new(Code::BadAmount, span, message).help("write the amount as the document prints it"));
    }
}

/// Whether one of the numbers in a printed text is this amount; a negative one has a sign, or stands in brackets.
fn prints(printed: &str, amount: Amount) -> bool {
    let has_sign = || printed.contains(['-', '−', '–', '(']);
    numbers(printed).any(|number| number == amount.0.abs()) && (!amount.0.is_sign_negative() || has_sign())
}

/// A sign inside a number: of its decimals, or of its thousands.
fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')
}

/// The numbers that a printed text may have, however their thousands and decimals are marked.
fn numbers(printed: &str) -> impl Iterator<Item = Decimal> {
    let runs = printed.split(|c: char| !c.is_ascii_digit() && !is_mark(c));
    // With and without the spaces, for a space stands between two numbers or inside one.
    let candidates = runs.flat_map(|run| run.split(' ').chain([run])).map(|candidate| candidate.trim_matches(is_mark));
    candidates.flat_map(|candidate| {
        let decimal = candidate.rsplit_once(['.', ',']).and_then(|(before, after)| Some(format!("{}.{}", whole(before)?, digits(after)?)));
        [whole(candidate), decimal].into_iter().flatten().filter_map(|number| number.parse().ok())
    })
}

/// The digits of a whole number, where three of them follow on every sign.
fn whole(number: &str) -> Option<String> {
    let mut groups = number.split(is_mark);
    let first = groups.next().and_then(digits)?.to_owned();
    groups.try_fold(first, |all, group| Some(all + digits(group).filter(|digits| digits.len() == 3)?))
}

/// A text that is nothing but digits.
fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// An amount as those of its table are written.
fn written(amount: Decimal, unit: &UnitRecord) -> String {
    with_decimals(amount, unit.decimals.value).to_string()
}

fn stated_sums(
    stated: &Table<Year, StatedSum>,
    sums: &Sums<'_>,
    (noun, place): (&str, Span),
    unit: &UnitRecord,
    is_complete: impl Fn(Year) -> bool,
    into: &mut Diagnostics,
) {
    let years: Vec<Spanned<Year>> = sums.years.iter().map(|sum| Spanned::new(sum.year, Span::top(place.file))).collect();
    let place = stated.0.first().map_or(place, |(year, _)| year.span);
    each_year(stated, place, &years, &format!("the sum that the document states, or `{NOT_STATED}`"), into);
    for sum in &sums.years {
        let Some(entry) = stated.get(&sum.year) else { continue };
        let Some(amount_stated) = &entry.amount else { continue };
        fits(amount_stated.value, amount_stated.span, unit, into);
        if !is_complete(sum.year) {
            continue;
        }
        let exact = sum.difference().unwrap_or_default();
        let (amount, difference) = (written(amount_stated.0, unit), written(exact, unit));
        let figures = format!("{amount} stated, {} computed", written(sum.computed.unwrap_or_default(), unit));
        match &entry.difference {
            None if !exact.is_zero() => {
                let message = format!("the sum of {noun} for {} is off by {difference}: {figures}", sum.year);
                let help = format!(
                    "correct the rows or the sum; where the document itself does not add up, write `{{amount: {amount}, difference: {difference}, explanation: …}}`"
                );
                into.push(Diagnostic::new(Code::SumOff, amount_stated.span, message).help(help));
            }
            Some(declared) if declared.0 != exact => {
                let message = format!("the declared difference of {noun} for {} is not the difference there is, {difference}: {figures}", sum.year);
                let help = match exact.is_zero() {
                    true => "the rows make the stated sum: take `difference` and `explanation` out, or look for the row that is wrong".to_owned(),
                    false => format!("write `difference: {difference}`, or look for the row that is wrong"),
                };
                into.push(Diagnostic::new(Code::DifferenceOff, declared.span, message).help(help));
            }
            _ => {}
        }
    }
}
