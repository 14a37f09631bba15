//! The small types that stand in records: ids, dates, amounts, places, addresses.
//!
//! In: one scalar each. Out: a value that is right by construction. Never rounds and never fills in.

mod closed;

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::decode::{Cx, Decode, scalar};
use super::reference::Reference;
use super::yaml::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::locale::Languages;
use crate::locale::format::known_language;
use crate::source::Spanned;
pub use closed::{ChapterKind, Degree, FigureKind, InitiativeKind, NoteKind, Relation, SeverityWord};

/// Decodes a scalar with a function that says what is wrong, and what to do.
fn from_scalar<T>(node: &Node<'_>, expected: &str, code: Code, cx: &mut Cx<'_>, parse: impl FnOnce(&str) -> Result<T, (String, String)>) -> Option<T> {
    match parse(scalar(node, expected, cx)?) {
        Ok(value) => Some(value),
        Err((message, help)) => cx.fail(Diagnostic::new(code, node.span, message).help(help)),
    }
}

/// An id that can stand in an address: lower-case letters a-z and digits, words joined by single hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The id, if `text` is one.
    pub fn new(text: &str) -> Option<Self> {
        Key::is_one(text).then(|| Key(text.to_owned()))
    }

    /// Whether a text is an id.
    pub fn is_one(text: &str) -> bool {
        let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        text.split('-').all(word)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl Decode for Key {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "an id", Code::BadValue, cx, |text| {
            Key::new(text).ok_or_else(|| (format!("`{text}` is not an id"), "an id is made of a-z, 0-9 and single hyphens: `health-agency`".into()))
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": ["string", "integer"], "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" })
    }
}

/// The code of a language that there is, as BCP 47 writes it: `en`, `nb`, `de-CH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageCode(String);

impl LanguageCode {
    /// The code, if `text` is one.
    ///
    /// # Errors
    /// Says what to write instead, where it has the form of a code.
    pub fn new(text: &str) -> Result<Self, Option<String>> {
        let mut parts = text.split('-');
        let first = parts.next().is_some_and(|first| matches!(first.len(), 2 | 3) && first.bytes().all(|byte| byte.is_ascii_lowercase()));
        if !first || !parts.all(|part| matches!(part.len(), 2..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            return Err(None);
        }
        unknown_language(text).map_or_else(|| Ok(LanguageCode(text.to_owned())), |help| Err(Some(help)))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What to write instead of a code that no language has.
pub fn unknown_language(code: &str) -> Option<String> {
    let meant = known_language(code).err()?;
    Some(meant.map_or_else(
        || "write the code of the language, as in the address of its Wikipedia: da, en, de".into(),
        |meant| format!("did you mean `{meant}`? `{code}` is the code of a country"),
    ))
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Decode for LanguageCode {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "the code of a language", Code::BadValue, cx, |text| {
            let form = || "a code has two or three letters, and may have more after a hyphen: da, en, de-CH".into();
            LanguageCode::new(text).map_err(|help| (format!("there is no language with the code `{text}`"), help.unwrap_or_else(form)))
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$" })
    }
}

/// The letters before the number of a recommendation; they stand in addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(pub String);

impl Decode for Prefix {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "a letter", Code::BadValue, cx, |text| match !text.is_empty() && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
            true => Ok(Prefix(text.to_owned())),
            false => Err((format!("`{text}` cannot stand before a number"), "write a letter or a few, a-z: R".into())),
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string", "pattern": "^[A-Za-z]{1,8}$" })
    }
}

/// The address of something elsewhere on the web: `https://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(pub String);

impl Url {
    /// The address, if `text` is one that a reader can follow.
    pub fn new(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let host = rest.split(['/', '?', '#']).next()?;
        let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
        (clean && is_host(host)).then(|| Url(text.to_owned()))
    }

    /// What the paths of a site at this address are written behind.
    pub fn root(&self) -> &str {
        self.0.trim_end_matches('/')
    }
}

/// Whether a name, with a port or without, can be that of a machine: words of letters, digits and inner hyphens between points.
fn is_host(host: &str) -> bool {
    // Between brackets, a colon is a part of the address.
    let (name, port) = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or((host, None), |(name, port)| (name, Some(port)));
    let word = |word: &str| !word.is_empty() && !word.starts_with('-') && !word.ends_with('-') && word.chars().all(|c| c.is_alphanumeric() || c == '-');
    let is_address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    (is_address || name.strip_suffix('.').unwrap_or(name).split('.').all(word)) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

impl Decode for Url {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "an address", Code::BadValue, cx, |text| {
            Url::new(text).ok_or_else(|| (format!("`{text}` is not an address"), "write the whole address, with `https://`: `https://example.org`".into()))
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string", "format": "uri", "pattern": "^https?://" })
    }
}

/// An address on the site: `/en/method/`, or all below one: `/en/method/*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SitePath(pub String);

impl SitePath {
    /// The address, if `text` is one at which a page can be.
    pub fn new(text: &str) -> Option<Self> {
        let path = text.strip_suffix('*').unwrap_or(text);
        let names = path.strip_prefix('/')?;
        let names = names.strip_suffix('/').unwrap_or(names);
        let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
        // Names with a point before them are no pages: the program's own mark in the published folder is one.
        let name = |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(sign);
        let ends = path.ends_with('/') || text == path && path.ends_with(".html");
        (ends && !names.is_empty() && names.split('/').all(name)).then(|| SitePath(text.to_owned()))
    }
}

impl Decode for SitePath {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "an address on the site", Code::BadValue, cx, |text| {
            let help = "write it from the root, with a slash or `.html` at the end: `/about/how/`; all below it: `/about/*`";
            SitePath::new(text).ok_or_else(|| (format!("`{text}` is not an address on the site"), help.into()))
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string", "pattern": "^/" })
    }
}

/// A date as exact as the document gives it: a year, a month or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    /// Year.
    pub year: u16,
    /// Month, 1-12, where it is known.
    pub month: Option<u8>,
    /// Day of the month, where it is known.
    pub day: Option<u8>,
}

impl PartialDate {
    /// Whether it is certainly before another: a month is not before its own days, nor a day before its month.
    pub fn is_before(self, other: PartialDate) -> bool {
        let parts = |date: PartialDate| [Some(date.year), date.month.map(u16::from), date.day.map(u16::from)];
        let known = parts(self).into_iter().zip(parts(other)).map_while(|(one, other)| Some((one?, other?)));
        known.into_iter().find(|(one, other)| one != other).is_some_and(|(one, other)| one < other)
    }
}

impl FromStr for PartialDate {
    type Err = ();

    /// Reads `2021`, `2021-04` or `2021-04-15`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |part: &str, digits| match part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) {
            true => part.parse::<u16>().map_err(drop),
            false => Err(()),
        };
        let mut parts = text.split('-');
        let year = number(parts.next().ok_or(())?, 4)?;
        let month = parts.next().map(|part| number(part, 2)).transpose()?.map(|month| month as u8);
        let day = parts.next().map(|part| number(part, 2)).transpose()?.map(|day| day as u8);
        if parts.next().is_some() || !crate::locale::format::date_exists(year, month, day) {
            return Err(());
        }
        Ok(PartialDate { year, month, day })
    }
}

impl fmt::Display for PartialDate {
    /// ISO 8601, as exact as the date is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

impl Decode for PartialDate {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "a date", Code::BadValue, cx, |text| {
            text.parse().map_err(|()| (format!("`{text}` is not a date"), "write 2021, 2021-04 or 2021-04-15".into()))
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": ["string", "integer"], "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" })
    }
}

/// A calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(pub u16);

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Decode for Year {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "a year", Code::BadValue, cx, |text| match text.parse::<PartialDate>() {
            Ok(PartialDate { year, month: None, .. }) => Ok(Year(year)),
            _ => Err((format!("`{text}` is not a year"), "write four digits: 2021".into())),
        })
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "integer", "minimum": 1000, "maximum": 9999 })
    }
}

/// The most decimals that a table of money can have.
pub const MOST_DECIMALS: u32 = 6;

/// A number with as many decimals as its table has, or with its own where it has more: 13.0.
pub fn with_decimals(number: Decimal, decimals: u32) -> Decimal {
    let mut number = number.normalize();
    number.rescale(number.scale().max(decimals.min(MOST_DECIMALS)));
    number
}

/// An exact decimal amount, in the unit of its table. Binary fractions never come near it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Reads digits with at most one decimal point, and nothing else.
    ///
    /// # Errors
    /// What is wrong, and how the amount is written.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, fraction)| (whole, Some(fraction)));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        // Fifteen digits are more than any budget has, and sums of thousands of them are still exact.
        let short = unsigned.len() <= 16;
        if digits(whole)
            && fraction.is_none_or(digits)
            && short
            && let Ok(amount) = Decimal::from_str_exact(text)
        {
            return Ok(Amount(amount));
        }
        let repaired = if text.matches(',').count() == 1 { text.replace(['.', ' '], "").replace(',', ".") } else { text.replace([',', ' '], "") };
        let help = match repaired != text && Amount::parse(&repaired).is_ok() {
            true => format!("`{text}` is written `{repaired}`"),
            false => "an amount is written with a decimal point and without anything else: 13.0".into(),
        };
        Err((format!("`{text}` is not an amount"), help))
    }
}

impl Decode for Amount {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        from_scalar(node, "an amount", Code::BadAmount, cx, Amount::parse)
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "number" })
    }
}

/// One step of a place in a document: a word that `data/documents.yaml` declares and what it counts, `point 12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlaceStep {
    /// The word: `point`.
    pub word: String,
    /// What follows it: `12`; nothing for a place there is only one of.
    pub label: Option<String>,
}

/// Where in a document, from coarse to fine: `appendix, initiative 19`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The steps.
    pub steps: Vec<PlaceStep>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", step.word)?;
            if let Some(label) = &step.label {
                write!(f, " {label}")?;
            }
        }
        Ok(())
    }
}

impl Decode for Place {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let place = from_scalar(node, "a place in the document", Code::BadValue, cx, |text| {
            let step = |part: &str| {
                // The space that holds a word and its number together on paper is one, too.
                let (word, label) = part.split_once([' ', '\u{a0}']).map_or((part, None), |(word, label)| (word, Some(label.trim().to_owned())));
                // A full stop behind a number ends a sentence: with it, the same row would be another one.
                let ends = |label: &String| label.strip_suffix('.').is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
                (!word.is_empty() && !label.as_ref().is_some_and(ends)).then(|| PlaceStep { word: word.to_owned(), label })
            };
            let steps: Option<Vec<PlaceStep>> = text.split(',').map(str::trim).map(step).collect();
            let help = || match text.strip_suffix('.') {
                Some(rest) => format!("write it without the full stop: `{rest}`"),
                None => "write `point 12` or `appendix, initiative 19`".into(),
            };
            steps.map(|steps| Place { steps }).ok_or_else(|| (format!("`{text}` is not a place"), help()))
        })?;
        cx.refer(|| Reference::Place(Spanned::new(place.clone(), node.span)));
        Some(place)
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string" })
    }
}

/// What stands in a cell of a funding table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// New money.
    Amount(Amount),
    /// Paid for by an earlier decision, not new money; with the sum, where the document gives it.
    AlreadyFinanced(Option<Amount>),
    /// The document leaves the cell blank, or has no row.
    NotStated,
    /// The document prints a dash or nought.
    None,
    /// The year lies outside the initiative's own period.
    NotApplicable,
}

impl CellKind {
    /// The words of the kinds that stand alone, without an amount.
    pub const WORDS: [&'static str; 4] = ["already-financed", "not-stated", "none", "not-applicable"];

    /// The kind that a word names.
    pub fn from_word(word: &str, amount: Option<Amount>) -> Option<Self> {
        match (word, amount) {
            ("amount", Some(amount)) => Some(CellKind::Amount(amount)),
            ("already-financed", amount) => Some(CellKind::AlreadyFinanced(amount)),
            ("not-stated", None) => Some(CellKind::NotStated),
            ("none", None) => Some(CellKind::None),
            ("not-applicable", None) => Some(CellKind::NotApplicable),
            _ => None,
        }
    }

    /// The word of this kind in exports.
    pub fn word(self) -> &'static str {
        match self {
            CellKind::Amount(_) => "amount",
            CellKind::AlreadyFinanced(_) => "already-financed",
            CellKind::NotStated => "not-stated",
            CellKind::None => "none",
            CellKind::NotApplicable => "not-applicable",
        }
    }

    /// The amount that the cell gives, new money or not.
    pub fn amount(self) -> Option<Amount> {
        match self {
            CellKind::Amount(amount) => Some(amount),
            CellKind::AlreadyFinanced(amount) => amount,
            _ => None,
        }
    }

    /// The part that counts in sums: new money only; a blank is not a zero, it is left out.
    pub fn new_money(self) -> Option<Decimal> {
        match self {
            CellKind::Amount(Amount(amount)) => Some(amount),
            _ => None,
        }
    }
}
