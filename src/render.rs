//! From the site to files: pages in every language, open data, sitemap.
//!
//! In: a [`Site`]. Out: a [`FileTree`] of everything that is published. Pages are rendered in parallel and
//! independently. Faults of templates are diagnostics like any other; nothing here touches the disk.

use std::collections::BTreeMap;

use rayon::prelude::*;

mod chart;
mod export;
mod links;
mod markdown;
mod sitemap;
mod template;
mod view;

use crate::diagnostic::Diagnostics;
use crate::locale::Locale;
use crate::locale::format::Formatter;
use crate::model::{Page, Site, address};
use crate::source::{File, FileTree};

/// The published files of a site.
pub fn render(site: &Site<'_>, sources: &FileTree, diagnostics: &mut Diagnostics) -> FileTree {
    let (assets, names) = assets(site, sources);
    let Some(engine) = template::Engine::new(site, sources, names, diagnostics) else {
        return FileTree::default();
    };
    let mut jobs: Vec<(Page, Locale)> = site.pages.iter().flat_map(|page| site.graph.content.languages.iter().map(|locale| (*page, locale))).collect();
    // Pages that list many others take long; begun first, they do not keep one thread busy after the others are done.
    jobs.sort_by_key(|(page, _)| matches!(page, Page::Initiative(_) | Page::Recommendation(_)));
    let pages: Vec<Result<File, Box<template::Fault>>> = jobs.par_iter().map(|(page, locale)| engine.page(site, *page, *locale)).collect();
    let mut files = Vec::with_capacity(pages.len() + 16);
    let mut faults = BTreeMap::new();
    for page in pages.into_iter().chain(engine.without_language(site)) {
        match page {
            Ok(file) => files.push(file),
            // One fault of a template shows on every page that uses it; the first page stands for them.
            Err(fault) => drop(faults.entry(fault.key()).or_insert(fault)),
        }
    }
    for fault in faults.into_values() {
        diagnostics.push(fault.diagnostic());
    }
    files.extend(assets);
    files.extend(export::files(site));
    files.extend(sitemap::files(site));
    let tree: FileTree = files.into_iter().collect();
    if !diagnostics.has_errors() {
        links::check(&tree, sources, diagnostics);
    }
    tree
}

/// The theme's assets under names that change with their content, and those names.
fn assets(site: &Site<'_>, sources: &FileTree) -> (Vec<File>, BTreeMap<String, String>) {
    let mut names = BTreeMap::new();
    let mut files = Vec::new();
    for (name, id) in &site.graph.content.theme.assets {
        let bytes = sources.file(*id).bytes.clone();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let published = format!("assets/{stem}.{}.{extension}", &blake3::hash(&bytes).to_hex()[..12]);
        names.insert(name.clone(), format!("/{published}"));
        files.push(File { path: published, bytes });
    }
    (files, names)
}

/// What rendering in one language needs again and again.
pub(crate) struct Language {
    /// The language.
    pub locale: Locale,
    /// Its code.
    pub code: String,
    /// Its numbers, dates and order.
    pub formatter: Formatter,
}

/// The file behind a path that ends with a slash.
fn file_of(path: &str) -> String {
    format!("{}index.html", path.trim_start_matches('/'))
}

/// The path of a page in a language.
fn path(site: &Site<'_>, page: Page, locale: Locale) -> String {
    address::path(site, page, locale)
}
