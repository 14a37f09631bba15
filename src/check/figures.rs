//! Values of figures with a point that was meant to separate thousands.
//!
//! In: the figures and their captions. Out: diagnostics only. Where neither the caption nor the other values tell, a value is what
//! is written.

use rust_decimal::Decimal;

use super::Graph;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Content;
use crate::load::record::LanguageRecord;
use crate::load::record::material::FigureRecord;
use crate::load::twins::number_in;
use crate::locale::Locale;
use crate::locale::format::Formatter;
use crate::source::Span;

/// Most values of a figure that are looked at: more are shown to nobody.
const MOST_VALUES: usize = 1_000;

pub fn check(graph: &Graph<'_>, into: &mut Diagnostics) {
    for node in &graph.figures {
        figure(&node.figure.record, graph.content, into);
    }
}

fn figure(record: &FigureRecord, content: &Content, into: &mut Diagnostics) {
    let values = record.rows.iter().flat_map(|row| &row.values).take(MOST_VALUES);
    let values: Vec<(Decimal, Span)> = values.filter_map(|value| Some((value.value.0?.0, value.span))).collect();
    let suspects: Vec<(Decimal, Span)> = values.iter().filter(|(value, _)| may_be_thousands(*value)).copied().collect();
    if suspects.is_empty() {
        return;
    }
    let captions = captions(record, content);
    let (whole, fractions): (Vec<_>, Vec<_>) = values.iter().partition(|(value, _)| value.scale() == 0);
    for (value, span) in suspects.into_iter().filter(|(value, _)| has(&captions, *value).is_none()) {
        let meant = Decimal::from(value.mantissa());
        let because = |reason: &str| Diagnostic::new(Code::BadAmount, span, format!("the point in `{value}` is a decimal point, but {reason}"));
        let diagnostic = match (has(&captions, meant), whole.first()) {
            (Some(language), _) => because(&format!("the caption in `{language}` has it as a whole number"))
                .help(format!("write `{meant}`; if the document does print three decimals, correct the caption")),
            (None, Some((other, place))) if fractions.len() == 1 => because("the other values are whole numbers")
                .related(*place, "a whole number")
                .help(format!("write `{meant}`; if the document does print three decimals, write them for the other values too: `{other}.000`")),
            _ => continue,
        };
        into.push(diagnostic);
    }
}

/// Whether a value is written as some languages write thousands: no more than three digits, a point and three more.
fn may_be_thousands(value: Decimal) -> bool {
    value.scale() == 3 && (Decimal::ONE..Decimal::ONE_THOUSAND).contains(&value.abs())
}

/// The caption in a language, the code of that, and how it writes numbers.
type Caption<'c> = (&'c str, &'c str, Formatter);

fn captions<'c>(record: &'c FigureRecord, content: &'c Content) -> Vec<Caption<'c>> {
    let languages = content.languages.iter().zip(&content.site.languages);
    let caption = |(locale, language): (Locale, &LanguageRecord)| {
        let code = content.languages.code(locale);
        let formatter = Formatter::new(language.tag().0)?;
        Some((code, &*record.caption[locale] as &str, formatter))
    };
    languages.filter_map(caption).collect()
}

/// The first language in which the caption has a number as that language writes it.
fn has<'c>(captions: &[Caption<'c>], number: Decimal) -> Option<&'c str> {
    let found = captions.iter().find(|(_, text, formatter)| number_in(text, &formatter.number(number.abs())).is_some());
    found.map(|(code, ..)| *code)
}
