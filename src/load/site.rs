//! The site's own record, which all others depend on: its languages and how severe its faults are.
//!
//! In: a [`FileTree`]. Out: the languages, the record with its texts, and the severities it sets. Where the record has a
//! fault, what can be saved of it, so that the other records can be read all the same.

use std::collections::BTreeSet;

use super::data::{Read, single};
use super::decode::{Cx, Fields};
use super::files::{missing_file, utf8};
use super::paths::{DataKind, Names};
use super::record::{LanguageRecord, SiteRecord};
use super::translation::Translated;
use super::value::{Key, SeverityWord};
use super::{Content, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, did_you_mean};
use crate::locale::Languages;
use crate::source::{FileTree, Spanned};

/// The languages, which every other text depends on.
pub(super) fn languages(tree: &FileTree, names: &Names, diagnostics: &mut Diagnostics) -> Option<Languages> {
    let path = DataKind::Site.path(&[]);
    let Some(file) = names.find(&path, tree) else {
        missing_file(tree, names, &path, diagnostics);
        return None;
    };
    let text = utf8(tree, file, diagnostics)?;
    let node = yaml::parse(text, file, 0, diagnostics)?;
    // The languages' own records have no texts in languages, so they can be read first.
    let none = Languages::default();
    let mut cx = Cx::new(file, text, &none, diagnostics);
    let list: Option<Vec<LanguageRecord>> = Fields::pick(&node, "languages", &mut cx);
    match list {
        Some(list) if !list.is_empty() => {
            // One that is there twice, which is reported, has its texts once.
            let mut distinct: Vec<&Spanned<Key>> = Vec::new();
            for language in &list {
                if !distinct.iter().any(|code| code.value == language.code.value) {
                    distinct.push(&language.code);
                }
            }
            let mut codes: Vec<String> = distinct.iter().map(ToString::to_string).collect();
            if let Some((at, written)) = misspelt_language(&codes, &node, tree) {
                let code = distinct[at];
                cx.diagnostics.push(
                    Diagnostic::new(Code::UnknownLanguage, code.span, format!("no text is written in `{code}`")).help(format!("did you mean `{written}`?")),
                );
                codes[at] = written;
            }
            Some(Languages::new(codes))
        }
        _ if !cx.diagnostics.has_error_in(file) => {
            cx.fail(Diagnostic::new(Code::MissingKey, node.span, "`languages` names no language").help("a site has one language or more"))
        }
        _ => None,
    }
}

/// A language whose code stands in no text, and the one that stands there in its place: the texts are many and the code is one.
fn misspelt_language(codes: &[String], site: &yaml::Node<'_>, tree: &FileTree) -> Option<(usize, String)> {
    let yaml::Kind::Map(map) = &site.kind else { return None };
    let (_, title) = map.iter().find(|(key, _)| key.scalar() == Some("title"))?;
    let yaml::Kind::Map(title) = &title.kind else { return None };
    let written: Vec<&str> = title.iter().filter_map(|(key, _)| key.scalar()).collect();
    let alone = |list: &[&str], others: &[&str]| -> Option<String> {
        let mut rest = list.iter().filter(|word| !others.contains(word));
        rest.next().filter(|_| rest.next().is_none()).map(|word| (*word).to_owned())
    };
    let known: Vec<&str> = codes.iter().map(String::as_str).collect();
    let (code, written) = (alone(&known, &written)?, alone(&written, &known)?);
    let chapters = |code: &str| tree.iter().any(|file| file.path.starts_with("content/") && file.path.ends_with(&format!(".{code}.md")));
    let at = codes.iter().position(|known| *known == code)?;
    (chapters(&written) && !chapters(&code)).then_some((at, written))
}

/// The site's own record, with the severities that it sets. Where it has a fault, one that stands for it, so that the
/// records can be checked all the same.
pub(super) fn site(
    tree: &FileTree,
    names: &Names,
    languages: &Languages,
    faulty: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Option<(SiteRecord, Translated)> {
    let file = names.find(&DataKind::Site.path(&[]), tree).unwrap_or_default();
    let read: Read<SiteRecord> = single(tree, names, file, languages, diagnostics);
    for (name, setting) in read.value.iter().flat_map(|site: &SiteRecord| &site.severities).flat_map(|table| &table.0) {
        let Some(code) = Code::find(name).filter(|code| code.info().name == name.value) else {
            // Errors cannot be set, and a code of the same kind was meant.
            let written = name.to_uppercase();
            let settable = || Code::ALL.iter().map(|code| code.info()).filter(|info| info.severity != Severity::Error).map(|info| info.name);
            let kin = settable().filter(|code| written.starts_with(&code[..1]));
            let help = did_you_mean(&written, kin).unwrap_or_else(|| format!("the codes that can be set are {}", settable().collect::<Vec<_>>().join(", ")));
            diagnostics.push(Diagnostic::new(Code::UnknownKey, name.span, format!("there is no code `{name}`")).help(help));
            continue;
        };
        if code.info().severity == Severity::Error {
            let diagnostic = Diagnostic::new(Code::BadValue, name.span, format!("`{name}` is always an error: the site cannot be right with it"));
            diagnostics.push(diagnostic.help("take this setting out; only warnings and notes can be raised or silenced"));
            continue;
        }
        let severity = match setting.severity {
            SeverityWord::Error => Some(Severity::Error),
            SeverityWord::Warning => Some(Severity::Warning),
            SeverityWord::Note => Some(Severity::Note),
            SeverityWord::Off => None,
        };
        diagnostics.set(code, severity);
    }
    let site = match read.value {
        Some(site) => site,
        None => {
            faulty.insert("site".to_owned());
            let text = tree.text(file)?;
            let mut quiet = Diagnostics::default();
            let node = yaml::parse(text, file, 0, &mut quiet)?;
            let mut cx = Cx::new(file, text, languages, &mut quiet);
            let list = Fields::pick(&node, "languages", &mut cx)?;
            SiteRecord::in_place_of_faulty(list, languages, node.span)
        }
    };
    Some((site, read.translated))
}

/// Reports codes that the site silences although nothing has them; called when all that can be found has been. Where there are
/// errors, that is not all.
pub fn needless_settings(content: &Content, diagnostics: &mut Diagnostics) {
    if diagnostics.has_errors() {
        return;
    }
    for (name, setting) in content.site.severities.iter().flat_map(|table| &table.0) {
        // Whether pages elsewhere answer is asked on another occasion.
        let Some(code) = Code::find(name)
            .filter(|code| code.info().name == name.value && !matches!(code, Code::DeadLink | Code::MovedLink) && code.info().severity != Severity::Error)
        else {
            continue;
        };
        if setting.severity == SeverityWord::Off && !diagnostics.has(code) {
            let diagnostic = Diagnostic::new(Code::NeedlessSetting, name.span, format!("`{name}` is silenced, but it does not occur"));
            diagnostics.push(diagnostic.help("take this setting out"));
        }
    }
}
