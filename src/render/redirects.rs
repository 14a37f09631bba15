//! Addresses that were given up and lead on: a page for every server, and a list for the one that can do better.
//!
//! In: `data/redirects.yaml` and the pages. Out: where each old address leads, and diagnostics: an address leads to a page that
//! is there, never to another old one, and no page stands at an old address.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use super::{file_of, path};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::model::{Page, Site};
use crate::source::{File, Span};

/// An old address and where it leads.
pub struct Redirect {
    /// The address that was given up.
    pub from: String,
    /// That of a page.
    pub to: String,
    /// The page.
    pub page: Page,
    /// Its language.
    pub locale: Locale,
    /// Where the old address is written.
    pub span: Span,
}

/// Follows every redirect, reporting those that lead nowhere or stand in the way of a page.
pub fn resolve(site: &Site<'_>, diagnostics: &mut Diagnostics) -> Vec<Redirect> {
    let content = site.graph.content;
    if content.redirects.is_empty() {
        return Vec::new();
    }
    let pages: BTreeMap<String, (Page, Locale)> = site.in_every_language().map(|(page, locale)| (path(site, page, locale), (page, locale))).collect();
    let mut found: BTreeMap<String, Redirect> = BTreeMap::new();
    for record in &content.redirects {
        let (from, to) = (record.from.value.0.as_str(), record.to.value.0.as_str());
        let (from_all, to_all) = (from.strip_suffix('*'), to.strip_suffix('*'));
        let leads: Vec<(String, &String)> = match (from_all, to_all) {
            (Some(from), Some(to)) => pages.keys().filter_map(|path| Some((format!("{from}{}", path.strip_prefix(to)?), path))).collect(),
            (Some(_), None) | (None, Some(_)) => {
                let help = "write `*` at the end of both, or of none";
                diagnostics.push(Diagnostic::new(Code::BadValue, record.to.span, "only one of the two addresses stands for all below it").help(help));
                continue;
            }
            (None, None) => pages.get_key_value(to).map(|(path, _)| (from.to_owned(), path)).into_iter().collect(),
        };
        if leads.is_empty() {
            let is_old = content.redirects.iter().any(|other| other.from.value.0 == to);
            let help = match is_old {
                true => "this address leads on itself; write where it leads in the end".to_owned(),
                false => did_you_mean(to, pages.keys().map(String::as_str)).unwrap_or_else(|| "write the address of a page as it is now".into()),
            };
            diagnostics.push(Diagnostic::new(Code::BrokenLink, record.to.span, format!("there is no page at `{to}`")).help(help));
        }
        for (from, to) in leads {
            let (page, locale) = pages[to];
            if pages.contains_key(&from) {
                let message = format!("a page stands at `{from}`");
                diagnostics.push(
                    Diagnostic::new(Code::PathClash, record.from.span, message).help("take the redirect out: only an address that was given up leads on"),
                );
            } else if let Some(first) = found.get(&from) {
                let message = format!("`{from}` is redirected twice");
                diagnostics.push(Diagnostic::new(Code::PathClash, record.from.span, message).related(first.span, "first redirected here"));
            } else {
                found.insert(from.clone(), Redirect { from, to: to.clone(), page, locale, span: record.from.span });
            }
        }
    }
    found.into_values().collect()
}

/// Reports old addresses at which the site has a file that is no page, or where one of the two would have to be a folder.
pub fn clear_of(files: &[File], redirects: &[Redirect], diagnostics: &mut Diagnostics) {
    if redirects.is_empty() {
        return;
    }
    let around = |path: &str| path.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut folders: HashSet<&str> = HashSet::new();
    for file in files {
        *counts.entry(&file.path).or_default() += 1;
        folders.extend(around(&file.path).into_iter().map(|at| &file.path[..at]));
    }
    for redirect in redirects {
        let file = file(&redirect.from);
        let is_below_file = around(&file).into_iter().any(|at| counts.contains_key(&file[..at]));
        if counts.get(file.as_str()).is_some_and(|count| *count > 1) || folders.contains(file.as_str()) || is_below_file {
            let message = format!("a file of the site stands at `{}`", redirect.from);
            diagnostics
                .push(Diagnostic::new(Code::PathClash, redirect.span, message).help("take the redirect out: only an address that was given up leads on"));
        }
    }
}

/// The file of the page at an old address.
pub fn file(from: &str) -> String {
    match from.ends_with('/') {
        true => file_of(from),
        false => from.trim_start_matches('/').to_owned(),
    }
}

/// The list for Netlify, whose answers say that the page has moved for good; the pages stand there for everyone else.
pub fn list(redirects: &[Redirect]) -> Option<File> {
    let mut text = String::from("# Written by `sporbar build` from data/redirects.yaml.\n");
    for redirect in redirects {
        // Writing to a string cannot fail.
        writeln!(text, "{} {} 301!", redirect.from, redirect.to).unwrap_or_default();
    }
    (!redirects.is_empty()).then(|| File { path: "_redirects".into(), bytes: text.into_bytes() })
}
