//! Which translations have been read against their source, and the record of it.
//!
//! In: a site. Out: a list for people, and `data/translations.yaml` with what is confirmed. Judges no text: that is for
//! whoever reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::check::translations::{Standing, unconfirmed};
use crate::load::Content;
use crate::load::paths::DataKind;
use crate::load::translation::{Confirmed, Fingerprint, Translated};
use crate::locale::Locale;
use crate::schema;
use crate::source::File;

/// A line for each translation that is not confirmed as it stands.
pub fn standing(content: &Content) -> String {
    let mut list = unconfirmed(content);
    list.sort_by(|a, b| (&a.translated.path, a.locale).cmp(&(&b.translated.path, b.locale)));
    let line = |Standing { translated, locale, confirmed, changed }: &Standing<'_>| {
        let state = match (confirmed, changed.len()) {
            (false, _) => "never confirmed".to_owned(),
            (true, 1) => "1 text changed since".to_owned(),
            (true, count) => format!("{count} texts changed since"),
        };
        format!("{}  {}  {state}\n", translated.path, content.languages.code(*locale))
    };
    list.iter().map(line).collect()
}

/// The file in which the translations of some paths are confirmed as they stand, all others as before; and how many were.
/// Of a file that `is_faulty` not all texts may be known: what was confirmed of it stays until the fault is mended.
///
/// # Errors
/// A path or language that the site does not have.
pub fn confirm(content: &Content, paths: &[String], language: Option<&str>, is_faulty: impl Fn(&str) -> bool) -> Result<(File, usize), String> {
    if let Some(code) = language.filter(|code| content.languages.find(code).is_none_or(|locale| locale == Locale::SOURCE)) {
        let codes: Vec<&str> = content.languages.codes().skip(1).collect();
        return Err(format!("there are no translations into `{code}`; the languages are {}", codes.join(", ")));
    }
    let paths: Vec<&str> = paths.iter().map(|path| path.trim_start_matches("./").trim_end_matches('/')).collect();
    let covers = |path: &str, file: &str| file == path || file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')) || is_twin(content, path, file);
    let texts = || content.translated.iter().filter(|translated| !translated.texts.is_empty());
    if let Some(path) = paths.iter().find(|path| !texts().any(|translated| covers(path, &translated.path))) {
        return Err(format!("nothing at {path} is translated"));
    }
    let mut record: BTreeMap<&str, BTreeMap<&str, Vec<Fingerprint>>> = BTreeMap::new();
    let known = content.translations.iter().flat_map(|record| &record.0.0);
    let known: BTreeMap<&str, _> = known.map(|(path, table)| (path.value.as_str(), table)).collect();
    let mut confirmed = 0;
    for translated in texts() {
        let path = translated.path.as_str();
        let chosen = !is_faulty(path) && (paths.is_empty() || paths.iter().any(|wanted| covers(wanted, path)));
        for code in content.languages.codes().skip(1) {
            let before = known.get(path).and_then(|table| table.get(code));
            let now = fingerprints(translated);
            let list = match before {
                _ if chosen && language.is_none_or(|language| language == code) => {
                    confirmed += usize::from(before.is_none_or(|Confirmed(before)| *before != now));
                    now
                }
                Some(Confirmed(before)) => before.clone(),
                None => continue,
            };
            record.entry(path).or_default().insert(code, list);
        }
    }
    // A record that cannot be read now was still confirmed.
    let there: BTreeSet<&str> = texts().map(|translated| translated.path.as_str()).collect();
    let faulty = known.iter().filter(|(path, _)| !there.contains(**path) && is_faulty(path));
    for (path, table) in faulty {
        record.insert(path, table.0.iter().map(|(code, Confirmed(list))| (code.value.as_str(), list.clone())).collect());
    }
    Ok((File { path: DataKind::Translations.path(&[]), bytes: written(&record).into_bytes() }, confirmed))
}

/// Whether a path is that of a chapter in another language than the one its record is kept under.
fn is_twin(content: &Content, path: &str, file: &str) -> bool {
    let stem = |path: &str| path.strip_suffix(".md").and_then(|path| path.rsplit_once('.')).map(|(stem, code)| (stem.to_owned(), content.languages.find(code)));
    matches!((stem(path), stem(file)), (Some((a, Some(_))), Some((b, _))) if a == b)
}

fn fingerprints(translated: &Translated) -> Vec<Fingerprint> {
    let mut list: Vec<Fingerprint> = translated.texts.iter().map(|text| text.fingerprint).collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// The record as YAML: a few fingerprints a line, so that a change shows as a few lines.
fn written(record: &BTreeMap<&str, BTreeMap<&str, Vec<Fingerprint>>>) -> String {
    const A_LINE: usize = 10;
    let mut text = schema::modeline(DataKind::Translations);
    text.push_str("# Written by `sporbar translations confirm`: which texts were there when their translations were last read against them.\n");
    for (path, languages) in record {
        writeln!(text, "{path}:").unwrap_or_default();
        for (code, list) in languages {
            writeln!(text, "  {code}: >-").unwrap_or_default();
            for line in list.chunks(A_LINE) {
                let words: Vec<String> = line.iter().map(Fingerprint::to_string).collect();
                writeln!(text, "    {}", words.join(" ")).unwrap_or_default();
            }
        }
    }
    if record.is_empty() {
        text.push_str("{}\n");
    }
    text
}
