//! What stands in a funding table: cells and stated sums.
//!
//! In: YAML trees. Out: amounts as they are printed, and the words that say why there is none. Adds nothing up; a blank is never zero.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::load::decode::{Cx, Decode, Fields, Table};
use crate::load::value::{Amount, CellKind, Year};
use crate::load::words::Words;
use crate::load::yaml::{Kind, Node};
use crate::locale::{Languages, Localized};
use crate::source::Spanned;

/// A cell of a funding table.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What stands in it.
    pub kind: Spanned<CellKind>,
    /// Besides new money: a sum that is already financed, and not new.
    pub already_financed: Option<Spanned<Amount>>,
    /// What the document prints in the cell, where that is not simply the amount.
    pub printed: Option<Spanned<String>>,
    /// What readers need to understand it.
    pub note: Option<Localized<Words>>,
}

impl Decode for Cell {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(_) = node.kind else {
            let kind = match node.scalar() {
                Some(word) if CellKind::WORDS.contains(&word) => CellKind::from_word(word, None),
                Some(word) if word.starts_with(|c: char| c.is_alphabetic()) => {
                    let help = did_you_mean(word, CellKind::WORDS).unwrap_or_else(|| format!("the words are {}", CellKind::WORDS.join(", ")));
                    cx.fail(Diagnostic::new(Code::BadAmount, node.span, format!("`{word}` is neither an amount nor a word for its absence")).help(help))
                }
                Some(word @ ("-" | "–" | "—")) => cx.fail(
                    Diagnostic::new(Code::BadAmount, node.span, format!("`{word}` is not an amount"))
                        .help("where the document prints a dash or nought, write `none`"),
                ),
                None if matches!(node.kind, Kind::Nothing) => {
                    let help = format!("write the amount as the document has it, or one of the words {}", CellKind::WORDS.join(", "));
                    cx.fail(Diagnostic::new(Code::BadAmount, node.span, "nothing is said about the money for this year").help(help))
                }
                _ => Amount::decode(node, cx).map(CellKind::Amount),
            };
            return kind.map(|kind| Cell { kind: Spanned::new(kind, node.span), already_financed: None, printed: None, note: None });
        };
        let fields = Fields::open(node, &["kind", "amount", "already_financed", "printed", "note"], cx)?;
        let word: Option<Option<Spanned<String>>> = fields.take("kind", cx);
        let amount: Option<Option<Amount>> = fields.take("amount", cx);
        let already_financed: Option<Option<Spanned<Amount>>> = fields.take("already_financed", cx);
        let printed = fields.take("printed", cx);
        let note = fields.take("note", cx);
        let (word, amount) = (word?, amount?);
        let name = word.as_ref().map_or("amount", |word| word.value.as_str());
        let Some(kind) = CellKind::from_word(name, amount) else {
            let meant = (name != "amount" && !CellKind::WORDS.contains(&name)).then(|| did_you_mean(name, CellKind::WORDS)).flatten();
            let help = meant.unwrap_or_else(|| {
                format!("an amount stands alone, with `kind: amount` or with `kind: already-financed`; the other words are {}", CellKind::WORDS.join(", "))
            });
            return cx.fail(
                Diagnostic::new(Code::BadAmount, word.map_or(node.span, |word| word.span), "the kind and the amount of this cell do not fit together")
                    .help(help),
            );
        };
        let already_financed: Option<Spanned<Amount>> = already_financed?;
        if let Some(extra) = already_financed.as_ref().filter(|_| !matches!(kind, CellKind::Amount(_))) {
            let message = "`already_financed` stands beside new money, of which this cell has none";
            let help = "where the cell has only money that is already financed, write `kind: already-financed` with it as `amount`";
            return cx.fail(Diagnostic::new(Code::BadAmount, extra.span, message).help(help));
        }
        Some(Cell { kind: Spanned::new(kind, node.span), already_financed, printed: printed?, note: note? })
    }

    fn schema(languages: &Languages) -> Value {
        let mut kinds = vec!["amount"];
        kinds.extend(CellKind::WORDS);
        json!({ "oneOf": [
            { "type": "number", "description": "An amount in the unit of the strategy." },
            { "enum": CellKind::WORDS, "description": "Why there is no amount: a blank is never zero." },
            { "type": "object", "additionalProperties": false, "properties": {
                "kind": { "enum": kinds },
                "amount": Amount::schema(languages),
                "already_financed": Amount::schema(languages),
                "printed": { "type": String::schema(languages)["type"], "description": "What the document prints in the cell." },
                "note": Localized::<Words>::schema(languages),
            } },
        ] })
    }
}

/// The word for a sum that the document does not state.
pub const NOT_STATED: &str = "not-stated";

/// A sum as a document states it.
#[derive(Debug, Clone)]
pub struct StatedSum {
    /// The sum; nothing where the document states none for the year, which must be written.
    pub amount: Option<Spanned<Amount>>,
    /// Stated less computed, where the document does not add up; must be exact.
    pub difference: Option<Spanned<Amount>>,
    /// Why, as far as can be said; printed beside the difference.
    pub explanation: Option<Localized<Words>>,
}

impl Decode for StatedSum {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(_) = node.kind else {
            let amount = if node.scalar() == Some(NOT_STATED) { None } else { Some(Spanned::decode(node, cx)?) };
            return Some(StatedSum { amount, difference: None, explanation: None });
        };
        let fields = Fields::open(node, &["amount", "difference", "explanation"], cx)?;
        let amount = fields.take("amount", cx);
        let difference: Option<Spanned<Amount>> = fields.take("difference", cx);
        let explanation: Option<Localized<Words>> = fields.take("explanation", cx);
        Some(StatedSum { amount: Some(amount?), difference: Some(difference?), explanation: Some(explanation?) })
    }

    fn schema(languages: &Languages) -> Value {
        json!({ "oneOf": [
            Amount::schema(languages),
            { "const": NOT_STATED },
            { "type": "object", "additionalProperties": false, "required": ["amount", "difference", "explanation"], "properties": {
                "amount": Amount::schema(languages),
                "difference": Amount::schema(languages),
                "explanation": Localized::<Words>::schema(languages),
            } },
        ] })
    }
}

/// The sums of a part of a table; nothing where the document states none, which must be written.
#[derive(Debug, Clone)]
pub struct StatedSums(pub Option<Table<Year, StatedSum>>);

impl Decode for StatedSums {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.scalar() {
            Some(NOT_STATED) => Some(StatedSums(None)),
            _ => Table::decode(node, cx).map(|table| StatedSums(Some(table))),
        }
    }

    fn schema(languages: &Languages) -> Value {
        json!({ "oneOf": [Table::<Year, StatedSum>::schema(languages), { "const": NOT_STATED }] })
    }
}
