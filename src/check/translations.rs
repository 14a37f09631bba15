//! Whether every translation is of the text that stands there now.
//!
//! In: the texts of all records and chapters, and what was confirmed of them. Out: diagnostics, and the files whose
//! translations are out of date. A site without `data/translations.yaml` keeps no record, and nothing is reported.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Content;
use crate::load::decode::Table;
use crate::load::translation::{Confirmed, SourceText, Translated};
use crate::load::value::Key;
use crate::locale::Locale;
use crate::source::{FileId, Span};

/// How the translation of a file into a language stands.
#[derive(Debug)]
pub struct Standing<'c> {
    /// The file of the source texts.
    pub translated: &'c Translated,
    /// The language of the translation.
    pub locale: Locale,
    /// Whether it was ever confirmed.
    pub confirmed: bool,
    /// The texts that are not as they were then.
    pub changed: Vec<&'c SourceText>,
}

/// The translations that are not confirmed as they stand, file by file.
pub fn unconfirmed(content: &Content) -> Vec<Standing<'_>> {
    let records = content.translations.iter().flat_map(|record| &record.0.0);
    let records: HashMap<&str, &Table<Key, Confirmed>> = records.map(|(path, table)| (path.value.as_str(), table)).collect();
    let mut list = Vec::new();
    for translated in content.translated.iter().filter(|translated| !translated.texts.is_empty()) {
        let record = records.get(translated.path.as_str());
        for locale in content.languages.iter().skip(1) {
            let confirmed = record.and_then(|record| record.get(content.languages.code(locale)));
            let is_known = |text: &&SourceText| confirmed.is_some_and(|Confirmed(known)| known.binary_search(&text.fingerprint).is_ok());
            let changed: Vec<&SourceText> = translated.texts.iter().filter(|text| !is_known(text)).collect();
            if !changed.is_empty() {
                list.push(Standing { translated, locale, confirmed: confirmed.is_some(), changed });
            }
        }
    }
    list
}

/// Reports translations that are out of step; returns the texts of those that were in step once.
pub fn check(content: &Content, into: &mut Diagnostics) -> BTreeMap<(FileId, Locale), Vec<Span>> {
    if content.translations.is_none() {
        return BTreeMap::new();
    }
    let mut outdated = BTreeMap::new();
    for Standing { translated, locale, confirmed, changed } in unconfirmed(content) {
        let code = content.languages.code(locale);
        let help = format!("read the two against each other, then `sporbar translations confirm {}`", translated.path);
        if !confirmed {
            let message = format!("the translation into `{code}` has not been confirmed yet");
            into.push(Diagnostic::new(Code::Unconfirmed, Span::top(translated.file), message).help(help));
            continue;
        }
        // A fault changes a text too; whether its translation is in step is told when that is mended.
        if into.has_error_in(translated.file) {
            continue;
        }
        outdated.insert((translated.file, locale), changed.iter().map(|text| text.span).collect());
        for text in changed {
            let place = text.twins.get(locale.index() - 1).copied().unwrap_or(text.span);
            let message = format!("the text has changed since its translation into `{code}` was confirmed");
            into.push(Diagnostic::new(Code::Unconfirmed, place, message).related(text.span, "the text that has changed").help(help.clone()));
        }
    }
    outdated
}
