//! That both made the same site: the same pages, the same texts, tables and links on them, and no link of Hugo's pages
//! that leads nowhere.
//!
//! Of a page, every word and link of its main part is compared, but for what Hugo is not asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use crate::measure;

/// What Hugo is not asked for: how it begins, what is in it, and how it ends.
const ONLY_OURS: [(&str, &str, &str); 12] = [
    ("<svg", "", "</svg>"),
    ("<form", "", "</form>"),
    ("<section><div class=\"heading\"><h2 id=\"by-theme\">", "<figure", "</section>"),
    ("<section><div class=\"heading\"><h2 id=\"by-initiative\">", "", "</section>"),
    ("<section><div class=\"heading\"><h2 id=\"flow\">", "flow-table", "</section>"),
    ("<li><a href=\"#by-theme\">", "", "</li>"),
    ("<li><a href=\"#by-initiative\">", "", "</li>"),
    ("<li><a href=\"#flow\">", "", "</li>"),
    ("<section><h2>Nævnes også her</h2>", "", "</section>"),
    ("<section><h2>Also mentioned here</h2>", "", "</section>"),
    ("<section class=\"citing\">", "", "</section>"),
    ("<p class=\"more\">", "/data/\"", "</p>"),
];

/// What is not the same, if anything is; and how many pages of each kind there are.
pub struct Comparison {
    pub faults: Vec<String>,
    /// Pages by section: ours, Hugo's.
    pub kinds: BTreeMap<String, (usize, usize)>,
    /// Words and links that were compared.
    pub words: usize,
}

/// Compares two finished sites. `only_ours` are the pages that Hugo is not asked for.
pub fn compare(ours_folder: &Path, hugo: &Path, only_ours: &[&str]) -> Comparison {
    let pages = |folder: &Path| -> BTreeMap<String, String> {
        let html = measure::files(folder).into_iter().map(|(path, _)| path).filter(|path| path.extension().is_some_and(|extension| extension == "html"));
        html.map(|path| (path.display().to_string(), std::fs::read_to_string(folder.join(&path)).expect("a page is text"))).collect()
    };
    let (ours, theirs) = (pages(ours_folder), pages(hugo));
    let (mut faults, mut words) = (Vec::new(), 0);
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    ours.keys().for_each(|path| kinds.entry(kind(path)).or_default().0 += 1);
    theirs.keys().for_each(|path| kinds.entry(kind(path)).or_default().1 += 1);
    let expected = |path: &&String| !only_ours.iter().any(|end| path.ends_with(end));
    faults.extend(ours.keys().filter(expected).filter(|path| !theirs.contains_key(*path)).map(|path| format!("Hugo has no {path}")));
    faults.extend(theirs.keys().filter(|path| !ours.contains_key(*path)).map(|path| format!("only Hugo has {path}")));
    for (path, page) in &ours {
        // Where a reader chooses the language, Hugo has a redirect.
        let Some(twin) = theirs.get(path).filter(|_| path != "index.html") else { continue };
        let (mine, other) = (words_and_links(page), words_and_links(twin));
        words += mine.len();
        if mine.is_empty() || mine != other {
            let at = mine.iter().zip(&other).position(|(a, b)| a != b).unwrap_or(mine.len().min(other.len()));
            let around = |words: &[String]| words[at.saturating_sub(5).min(words.len())..(at + 10).min(words.len())].join(" ");
            faults.push(format!("{path} differs:\n  ours: {}\n  Hugo: {}", around(&mine), around(&other)));
        }
    }
    let anchors: HashMap<&str, HashSet<&str>> = theirs.iter().map(|(path, page)| (path.as_str(), attributes(page, "id").collect())).collect();
    let files: BTreeSet<String> = measure::files(hugo).into_iter().map(|(path, _)| path.display().to_string()).collect();
    for (path, page) in &theirs {
        for link in attributes(page, "href").filter(|link| link.starts_with(['/', '#'])) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match target.trim_start_matches('/') {
                _ if target.is_empty() => path.clone(),
                page if target.ends_with('/') => format!("{page}index.html"),
                file => file.to_owned(),
            };
            let found = files.contains(&target) && (anchor.is_empty() || anchors.get(target.as_str()).is_some_and(|known| known.contains(anchor)));
            if !found {
                faults.push(format!("Hugo's {path} links to {link}, which is not there"));
            }
        }
    }
    let (mine, other) = (listed(ours_folder), listed(hugo));
    let missing = mine.iter().filter(|address| !only_ours.iter().any(|end| address.ends_with(end.trim_end_matches("index.html"))));
    faults.extend(missing.filter(|address| !other.contains(*address)).map(|address| format!("Hugo's sitemap has no {address}")));
    faults.extend(other.difference(&mine).map(|address| format!("only Hugo's sitemap has {address}")));
    Comparison { faults, kinds, words }
}

/// The addresses that the sitemaps of a site list.
fn listed(folder: &Path) -> BTreeSet<String> {
    let maps = measure::files(folder).into_iter().map(|(path, _)| path).filter(|path| path.ends_with("sitemap.xml"));
    let texts: Vec<String> = maps.map(|path| std::fs::read_to_string(folder.join(path)).expect("a sitemap is text")).collect();
    let places = texts.iter().flat_map(|text| text.split("<loc>").skip(1)).filter_map(|rest| rest.split("</loc>").next());
    places.filter(|place| !place.ends_with(".xml")).map(str::to_owned).collect()
}

/// The section of a page, and whether it is the section's own.
fn kind(path: &str) -> String {
    let steps: Vec<&str> = path.split('/').collect();
    match steps.as_slice() {
        [language, section, rest @ ..] if rest.len() > 1 => format!("{language}/{section}/…"),
        [language, section, "index.html"] => format!("{language}/{section}"),
        _ => path.to_owned(),
    }
}

/// The words that stand in the main part of a page and the addresses it links to, in order; without what Hugo is not asked for.
fn words_and_links(page: &str) -> Vec<String> {
    let main = page.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).map_or("", |(main, _)| main);
    let mut text = main.to_owned();
    for (begin, within, end) in ONLY_OURS {
        let mut from = 0;
        while let Some(start) = text[from..].find(begin).map(|at| from + at) {
            let stop = text[start..].find(end).map_or(text.len(), |at| start + at + end.len());
            match text[start..stop].contains(within) {
                true => text.replace_range(start..stop, ""),
                false => from = stop,
            }
        }
    }
    let mut found = Vec::new();
    for part in text.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or_default();
        found.extend(attributes(tag, "href").map(|address| format!("-> {address}")));
        found.extend(read(words).split_whitespace().map(str::to_owned));
    }
    found
}

/// A text with its signs as they are read.
fn read(text: &str) -> String {
    let signs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#43;", "+"), ("&nbsp;", " "), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (written, read)| text.replace(written, read))
}

fn attributes<'p>(page: &'p str, name: &'static str) -> impl Iterator<Item = &'p str> {
    let begin = if name == "id" { " id=\"" } else { " href=\"" };
    page.split(begin).skip(1).filter_map(|rest| rest.split('"').next())
}
