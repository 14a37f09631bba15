//! From the site to files: pages in every language, open data, sitemap.
//!
//! In: a [`Site`]. Out: a [`FileTree`] of everything that is published. Pages are rendered in parallel and
//! independently. Faults of templates are diagnostics like any other; nothing here touches the disk.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

mod chart;
mod code;
mod export;
mod feed;
mod links;
pub mod look;
mod markdown;
mod picture;
pub mod redirects;
mod search;
mod sitemap;
mod style;
mod template;
mod view;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Content;
use crate::locale::Locale;
use crate::locale::format::Formatter;
use crate::model::origin;
use crate::model::{Page, Site, address};
use crate::progress::{Observer, Phase, Ready};
use crate::source::{File, FileTree, Origin, Span};
use export::Exports;

/// What some pages show of the other files, which are made beside the pages.
struct Late {
    exports: Exports,
    /// The address of the search's index, for each language.
    indexes: Vec<String>,
}

impl Late {
    /// Whether a page shows any of it.
    fn is_shown_on(page: Page) -> bool {
        matches!(page, Page::Data | Page::Search)
    }
}

/// The published files of a site in its look; those without `pictures` are enough to look at it and to check it.
///
/// Where the observer abandons the build, some are missing.
pub fn render(
    site: &Site<'_>,
    sources: &FileTree,
    look: Option<Arc<look::Look>>,
    pictures: bool,
    observer: &dyn Observer,
    diagnostics: &mut Diagnostics,
) -> FileTree {
    let Some(look) = look else {
        return FileTree::default();
    };
    let mut engine = template::Engine::new(site, &look);
    let old = redirects::resolve(site, diagnostics);
    let mut made = None;
    let at_once = AtOnce { site, sources, engine: &engine, assets: &look.assets, pages: OnceLock::new() };
    observer.meanwhile(&at_once, diagnostics, &mut || made = Some(all(site, sources, &engine, &look.rules, observer)));
    let Some((rendered, late, mut files)) = made else {
        return FileTree::default();
    };
    files.extend(look.assets.iter().cloned());
    let stopped: Vec<Job> = rendered.iter().filter(|(_, page)| page.is_err()).map(|(job, _)| *job).collect();
    let mut faults = BTreeMap::new();
    let mut fresh = fresh_faults(rendered.into_iter().map(|(_, page)| page).chain(beside(&engine, site, sources, &old)), &mut files, &mut faults);
    // A fault stops its page; without what is faulty, the same page may have another.
    for _ in 0..MOST_ROUNDS {
        if fresh.is_empty() || !engine.go_on_without(&fresh, sources) {
            break;
        }
        let rendered: Vec<Rendered> = stopped.par_iter().map(|(page, locale)| engine.page(site, sources, *page, *locale, Some(&late))).collect();
        fresh = fresh_faults(rendered.into_iter().chain(beside(&engine, site, sources, &old)), &mut Vec::new(), &mut faults);
    }
    for fault in faults.into_values() {
        diagnostics.push(fault.diagnostic());
    }
    observer.begin(Phase::Exports);
    files.extend(late.exports.files());
    if pictures && site.graph.content.site.share_images == Some(true) {
        observer.begin(Phase::Pictures);
        files.extend(picture::files(site, |page, locale| engine.picture(site, page, locale)));
    }
    files.extend(redirects::list(&old));
    redirects::clear_of(&files, &old, diagnostics);
    observer.begin(Phase::Links);
    // Templates and all that pages say of each other are given back beside the check of the links.
    rayon::spawn(move || drop((engine, look)));
    let count = files.len();
    let tree: FileTree = files.into_iter().collect();
    if tree.len() < count {
        clashes(site, diagnostics);
    }
    if !diagnostics.has_errors() && !observer.is_abandoned() {
        links::check(&tree, site, sources, diagnostics);
    }
    tree
}

/// Reports pages that have the address of another.
fn clashes(site: &Site<'_>, diagnostics: &mut Diagnostics) {
    let mut first = HashMap::new();
    let place = |(page, locale): Job| origin::files(site, page, locale).first().map_or(site.graph.content.site.span, |file| Span::top(*file));
    for job in site.in_every_language() {
        let path = path(site, job.0, job.1);
        let message = format!("two pages would have the address {path}");
        if let Some(other) = first.insert(path, job) {
            let help = "give one of them another word in its address: `slug` in its record, or `slugs` in data/site.yaml";
            diagnostics.push(Diagnostic::new(Code::PathClash, place(job), message).related(place(other), "the other one").help(help));
        }
    }
}

/// A page in a language.
type Job = (Page, Locale);

/// Every page of every language, and what is made beside them: exports, and search index, feeds and sitemap as files.
fn all(
    site: &Site<'_>,
    sources: &FileTree,
    engine: &template::Engine,
    rules: &[Option<search::Rules>],
    observer: &dyn Observer,
) -> (Vec<(Job, Rendered)>, Late, Vec<File>) {
    let (last, mut early): (Vec<Job>, Vec<Job>) = site.in_every_language().partition(|(page, _)| Late::is_shown_on(*page));
    // Pages that list many others take long; begun first, they do not keep one thread busy after the others are done.
    early.sort_by_key(|(page, _)| matches!(page, Page::Initiative(_) | Page::Recommendation(_)));
    let make = |(page, locale): Job, late: Option<&Late>| {
        let began = observer.now();
        let made = engine.page(site, sources, page, locale, late);
        if let (Some(began), Ok(file)) = (began, &made) {
            observer.page(view::kind(page).0, file, began);
        }
        ((page, locale), made)
    };
    let beside = || {
        observer.begin(Phase::Search);
        let languages: Vec<_> = engine.languages().iter().zip(rules).filter(|_| !observer.is_abandoned()).collect();
        let indexes: Vec<Vec<File>> = languages.into_par_iter().map(|(language, rules)| search::files(site, language, rules.as_ref())).collect();
        observer.begin(Phase::Exports);
        let exports = if observer.is_abandoned() { Exports::default() } else { export::build(site) };
        (indexes, exports, [feed::files(site), sitemap::files(site)])
    };
    let pages = || {
        observer.begin(Phase::Pages);
        // A few at a time: whoever is done with what is made beside them takes the next few, not none.
        early.into_par_iter().with_max_len(4).filter(|_| !observer.is_abandoned()).map(|job| make(job, None)).collect::<Vec<_>>()
    };
    let ((indexes, exports, lists), mut rendered) = match observer.now() {
        Some(_) => (beside(), pages()),
        None => rayon::join(beside, pages),
    };
    let addresses = indexes.iter().map(|files| files.first().map(|file| format!("/{}", file.path)).unwrap_or_default());
    let late = Late { exports, indexes: addresses.collect() };
    rendered.par_extend(last.into_par_iter().filter(|_| !observer.is_abandoned()).map(|job| make(job, Some(&late))));
    (rendered, late, indexes.into_iter().chain(lists).flatten().collect())
}

/// Makes pages before all others, because somebody waits for them.
struct AtOnce<'r, 'c> {
    site: &'r Site<'c>,
    sources: &'r FileTree,
    engine: &'r template::Engine,
    assets: &'r [File],
    /// The page behind the path of every file.
    pages: OnceLock<HashMap<String, Job>>,
}

impl Ready for AtOnce<'_, '_> {
    fn file(&self, path: &str) -> Option<File> {
        let site = self.site;
        let pages =
            self.pages.get_or_init(|| site.in_every_language().map(|(page, locale)| (file_of(&self::path(site, page, locale)), (page, locale))).collect());
        let (page, locale) = pages.get(path).copied().filter(|(page, _)| !Late::is_shown_on(*page))?;
        self.engine.page(site, self.sources, page, locale, None).ok()
    }

    fn assets(&self) -> &[File] {
        self.assets
    }

    fn origins(&self) -> Vec<Origin> {
        origin::all(self.site, self.sources)
    }
}

/// The pages that are of no language alone, and those that stand where others were.
fn beside(engine: &template::Engine, site: &Site<'_>, sources: &FileTree, old: &[redirects::Redirect]) -> Vec<Rendered> {
    let moved = old.par_iter().map(|redirect| engine.moved(site, sources, redirect));
    engine.without_language(site, sources).into_par_iter().chain(moved).collect()
}

/// A page, or the fault that stopped it.
type Rendered = Result<File, Box<template::Fault>>;

/// How often the pages with a fault are made again without it, to find the next.
const MOST_ROUNDS: usize = 20;

/// Keeps the finished pages, and of each fault the first page that has it; the places of faults that are new.
fn fresh_faults(pages: impl Iterator<Item = Rendered>, files: &mut Vec<File>, faults: &mut BTreeMap<(Span, String), Box<template::Fault>>) -> Vec<Span> {
    let mut fresh = Vec::new();
    for page in pages {
        match page {
            Ok(file) => files.push(file),
            Err(fault) => drop(faults.entry(fault.key()).or_insert_with(|| {
                fresh.push(fault.span);
                fault
            })),
        }
    }
    fresh
}

/// Whether pages have no fault that their records do not have.
///
/// The built-in theme links to records that were followed and to pages that are there for them, and the anchors that it makes are none
/// that [`crate::check::anchors`] lets a record have. Tests hold it to that: whatever is wrong with a site, they find the same with
/// its pages and without. Old addresses are held against every file, so they need them all.
pub fn follows_records(content: &Content) -> bool {
    content.theme.is_built_in && content.redirects.is_empty()
}

/// Reports what is wrong with the pages of a site that [`follows_records`], without making them.
pub fn check(site: &Site<'_>, sources: &FileTree, diagnostics: &mut Diagnostics) {
    let content = site.graph.content;
    for language in template::languages(content, diagnostics).iter().flatten() {
        search::rules(content, language, sources, diagnostics);
    }
    clashes(site, diagnostics);
}

/// Reports faults of templates, style sheets and redirects that show without a page.
pub fn check_without_pages(site: &Site<'_>, sources: &FileTree, diagnostics: &mut Diagnostics) {
    let content = site.graph.content;
    redirects::resolve(site, diagnostics);
    let languages = template::languages(content, diagnostics);
    if content.theme.is_built_in {
        return;
    }
    assets(content, sources, diagnostics);
    if let Some(languages) = languages {
        template::compile(content, sources, &languages.into(), diagnostics);
    }
}

/// The theme's assets under names that change with their content, and those names.
fn assets(content: &Content, sources: &FileTree, diagnostics: &mut Diagnostics) -> (Vec<File>, BTreeMap<String, String>) {
    let theme = &content.theme;
    let mut names = BTreeMap::new();
    let mut files = Vec::new();
    for (name, id) in theme.assets.iter().filter(|(name, _)| !style::is_style(name)) {
        let file = fingerprinted(name, sources.file(*id).bytes.clone());
        names.insert(name.clone(), format!("/{}", file.path));
        files.push(file);
    }
    // Style sheets come last: they name the other assets.
    let styles = style::Styles::new(theme, &names, sources, diagnostics).bundle(diagnostics);
    for (name, text) in styles {
        let file = fingerprinted(&name, text.into_bytes());
        names.insert(name, format!("/{}", file.path));
        files.push(file);
    }
    (files, names)
}

/// An asset under a name that changes with its content.
fn fingerprinted(name: &str, bytes: Vec<u8>) -> File {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    File { path: format!("assets/{stem}.{}.{extension}", &blake3::hash(&bytes).to_hex()[..12]), bytes }
}

/// What rendering in one language needs again and again.
pub(crate) struct Language {
    /// The language.
    pub locale: Locale,
    /// Its code.
    pub code: String,
    /// Its BCP 47 code, where that is another one.
    pub locale_code: String,
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
