//! That both made the same site: the same pages, the same texts, tables and links on them, and no link of Hugo's pages
//! that leads nowhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use crate::measure;

/// What is compared of a page: how it begins, and how it ends.
const PIECES: [(&str, &str); 11] = [
    ("<nav class=\"crumbs\"", "</nav>"),
    ("<h1", "</h1>"),
    ("<p class=\"lead\">", "</p>"),
    ("<div class=\"prose\">", "</div>"),
    ("<ul class=\"traces\">", "</ul>"),
    ("<ul class=\"rows\">", "</ul>"),
    ("<ol class=\"rows\">", "</ol>"),
    ("<table class=\"money", "</table>"),
    ("<table class=\"grid", "</table>"),
    ("<table class=\"links-table", "</table>"),
    ("<nav class=\"pager\"", "</nav>"),
];
/// Beside the text on its page, and compared with it.
const BESIDE: (&str, &str) = ("<div class=\"aside\">", "<div class=\"body\">");

/// What is not the same, if anything is; and how many pages of each kind there are.
pub struct Comparison {
    pub faults: Vec<String>,
    /// Pages by section: ours, Hugo's.
    pub kinds: BTreeMap<String, (usize, usize)>,
}

/// Compares two finished sites. `only_ours` are the pages that Hugo is not asked for.
pub fn compare(ours: &Path, hugo: &Path, only_ours: &[&str]) -> Comparison {
    let pages = |folder: &Path| -> BTreeMap<String, String> {
        let html = measure::files(folder).into_iter().map(|(path, _)| path).filter(|path| path.extension().is_some_and(|extension| extension == "html"));
        html.map(|path| (path.display().to_string(), std::fs::read_to_string(folder.join(&path)).expect("a page is text"))).collect()
    };
    let (ours, theirs) = (pages(ours), pages(hugo));
    let mut faults = Vec::new();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    ours.keys().for_each(|path| kinds.entry(kind(path)).or_default().0 += 1);
    theirs.keys().for_each(|path| kinds.entry(kind(path)).or_default().1 += 1);
    let expected = |path: &&String| !only_ours.iter().any(|end| path.ends_with(end));
    faults.extend(ours.keys().filter(expected).filter(|path| !theirs.contains_key(*path)).map(|path| format!("Hugo has no {path}")));
    faults.extend(theirs.keys().filter(|path| !ours.contains_key(*path)).map(|path| format!("only Hugo has {path}")));
    for (path, page) in &ours {
        let Some(twin) = theirs.get(path).filter(|_| path.contains('/') && !path.ends_with("404.html")) else { continue };
        let (mine, other) = (pieces(page), pieces(twin));
        if mine != other {
            let at = mine.iter().zip(&other).position(|(a, b)| a != b).unwrap_or(mine.len().min(other.len()));
            faults.push(format!("{path} differs:\n  ours: {:?}\n  Hugo: {:?}", mine.get(at), other.get(at)));
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
    Comparison { faults, kinds }
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

/// The words and links of the pieces of a page, in order.
fn pieces(page: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (begin, end) in PIECES.iter().chain([&BESIDE]) {
        for (at, _) in page.match_indices(begin) {
            let rest = &page[at..];
            found.push((at, &rest[..rest.find(end).unwrap_or(rest.len())]));
        }
    }
    found.sort_unstable();
    // What belongs to a chart, or to a part that is not asked of Hugo, does not count.
    found.retain(|(_, piece)| !piece[..piece.find('>').unwrap_or(0)].contains("flow-table"));
    found.into_iter().map(|(_, piece)| (words(piece), attributes(piece, "href").map(str::to_owned).collect())).collect()
}

/// A text without its tags and with its signs as they are read; spaces are one.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    for (written, read) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#43;", "+"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        text = text.replace(written, read);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attributes<'p>(page: &'p str, name: &'static str) -> impl Iterator<Item = &'p str> {
    let begin = if name == "id" { " id=\"" } else { " href=\"" };
    page.split(begin).skip(1).filter_map(|rest| rest.split('"').next())
}
