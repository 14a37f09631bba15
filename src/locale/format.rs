//! Numbers, dates and the order of words, as each language writes them.
//!
//! In: exact values and a language's code. Out: text. Depends on no setting of the machine.

use std::cmp::Ordering;

use icu::calendar::Gregorian;
use icu::collator::options::CollatorOptions;
use icu::collator::{Collator, CollatorBorrowed};
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::{YM, YMD};
use icu::datetime::input::Date;
use icu::decimal::DecimalFormatter;
use icu::decimal::input::Decimal as IcuDecimal;
use icu::locale::fallback::{LocaleFallbackConfig, LocaleFallbacker};
use icu::locale::{LanguageIdentifier, Locale as IcuLocale, LocaleExpander, TransformResult};
use icu::plurals::{PluralCategory, PluralRules};
use rust_decimal::Decimal;

/// Whether there is such a year, month or day in the Gregorian calendar.
pub fn date_exists(year: u16, month: Option<u8>, day: Option<u8>) -> bool {
    (1000..=9999).contains(&year) && Date::try_new_gregorian(year.into(), month.unwrap_or(1), day.unwrap_or(1)).is_ok()
}

/// Whether there is such a language, as far as its code goes.
///
/// # Errors
/// The code that was meant, where what is written is that of a country.
pub fn known_language(code: &str) -> Result<(), Option<String>> {
    let expander = LocaleExpander::new_extended();
    let full = |code: &str| -> Option<LanguageIdentifier> {
        let mut id: LanguageIdentifier = code.parse().ok()?;
        (expander.maximize(&mut id) == TransformResult::Modified).then_some(id)
    };
    let language = code.split('-').next().unwrap_or_default();
    if full(language).is_some() {
        return Ok(());
    }
    let meant = full(&format!("und-{language}")).filter(|meant| !meant.language.is_unknown());
    let meant = meant.or_else(|| full("und-Latn").filter(|usual| is_written_in(&usual.language.to_string(), language)));
    Err(meant.map(|meant| meant.language.to_string()))
}

/// Whether a region has its own way of writing a language, for which there are customs wider than the region. The table of likely
/// languages leaves such regions out where the language is the one it takes for granted.
fn is_written_in(language: &str, region: &str) -> bool {
    let Ok(locale) = format!("{language}-{region}").parse::<IcuLocale>() else { return false };
    let mut wider = LocaleFallbacker::new().for_config(LocaleFallbackConfig::default()).fallback_for(locale.into());
    wider.step().get().region.is_some()
}

/// Writes and sorts in one language.
pub struct Formatter {
    decimal: DecimalFormatter,
    month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    collator: CollatorBorrowed<'static>,
    plurals: PluralRules,
}

impl Formatter {
    /// The forms of a BCP 47 code; nothing where the code is not one.
    pub fn new(code: &str) -> Option<Self> {
        let locale: IcuLocale = code.parse().ok()?;
        Some(Formatter {
            decimal: DecimalFormatter::try_new(locale.clone().into(), Default::default()).ok()?,
            month: FixedCalendarDateTimeFormatter::try_new(locale.clone().into(), YM::long()).ok()?,
            day: FixedCalendarDateTimeFormatter::try_new(locale.clone().into(), YMD::long()).ok()?,
            collator: Collator::try_new(locale.clone().into(), CollatorOptions::default()).ok()?,
            plurals: PluralRules::try_new_cardinal(locale.into()).ok()?,
        })
    }

    /// A number with as many decimals as it has: 16,6 or 1.234,5.
    pub fn number(&self, number: Decimal) -> String {
        match IcuDecimal::try_from_str(&number.to_string()) {
            Ok(decimal) if number.is_sign_negative() => self.decimal.format(&decimal).to_string().replace('-', "\u{2212}"),
            Ok(decimal) => self.decimal.format(&decimal).to_string(),
            Err(_) => number.to_string(),
        }
    }

    /// A date, as exact as it is known: 21. november 2024, april 2021, 2023.
    pub fn date(&self, year: u16, month: Option<u8>, day: Option<u8>) -> String {
        let date = month.and_then(|month| Date::try_new_gregorian(year.into(), month, day.unwrap_or(1)).ok());
        match (date, day) {
            (Some(date), Some(_)) => self.day.format(&date).to_string(),
            (Some(date), None) => self.month.format(&date).to_string(),
            (None, _) => year.to_string(),
        }
    }

    /// Which form of a word goes with a count: `one`, `other` or what else the language has.
    pub fn plural(&self, count: u64) -> &'static str {
        match self.plurals.category_for(count) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        }
    }

    /// The order of two words in a list.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.collator.compare(a, b).then_with(|| a.cmp(b))
    }
}
