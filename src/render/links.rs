//! That every link of every finished page leads to a page, a file or an anchor that is there.
//!
//! In: the files that are to be published. Out: diagnostics. What the records refer to was checked before; this holds
//! the theme to the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use memchr::memmem;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{File, FileTree, Span};

/// The anchors and the internal links of a page.
#[derive(Default)]
struct Scan<'a> {
    anchors: HashSet<&'a str>,
    links: Vec<&'a str>,
}

pub fn check(tree: &FileTree, sources: &FileTree, diagnostics: &mut Diagnostics) {
    let files: Vec<&File> = tree.iter().collect();
    let scans: Vec<Scan<'_>> = files.par_iter().map(|file| scan(html(file))).collect();
    // Every address that a link can lead to, and the anchors there.
    let addresses: HashMap<&str, &HashSet<&str>> =
        files.iter().zip(&scans).map(|(file, scan)| (file.path.strip_suffix("index.html").unwrap_or(&file.path), &scan.anchors)).collect();
    let broken: Vec<(&str, &str)> = files
        .par_iter()
        .zip(&scans)
        .flat_map_iter(|(file, scan)| scan.links.iter().filter(|link| !resolves(link, &scan.anchors, &addresses)).map(|link| (file.path.as_str(), *link)))
        .collect();
    // A fault of a template shows on many pages; each address is reported once, with the first page.
    let first: BTreeMap<&str, &str> = broken.iter().rev().map(|(page, link)| (*link, *page)).collect();
    for (link, page) in first {
        let Some(place) = template_with(link, sources) else { return };
        let message = format!("{page} links to {link}, which is not there");
        diagnostics.push(Diagnostic::new(Code::BrokenLink, place, message).help("look for this address in the templates of the theme"));
    }
}

/// Where a template writes an address as it stands; the first template where none does.
fn template_with(link: &str, sources: &FileTree) -> Option<Span> {
    let templates = || sources.entries().filter(|(_, file)| file.path.contains("/templates/"));
    let written = templates().find_map(|(id, file)| memmem::find(&file.bytes, link.as_bytes()).map(|at| Span::new(id, at..at + link.len())));
    written.or_else(|| templates().next().map(|(id, _)| Span::top(id)))
}

/// The text of a page; nothing of any other file.
fn html(file: &File) -> &str {
    let page = file.path.ends_with(".html").then_some(file.bytes.as_slice());
    page.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Reads the attributes of a page in one pass; the templates write every one with double quotes.
fn scan(html: &str) -> Scan<'_> {
    let mut scan = Scan::default();
    let mut after = 0;
    for at in memmem::find_iter(html.as_bytes(), "=\"") {
        let Some(value) = html.get(at + 2..).filter(|_| at >= after).and_then(|rest| rest.get(..memchr::memchr(b'"', rest.as_bytes())?)) else { continue };
        // Between elements it is a text that happens to look like an attribute.
        if memchr::memrchr2(b'<', b'>', &html.as_bytes()[after..at]).is_some_and(|last| html.as_bytes()[after + last] == b'>') {
            continue;
        }
        // Quotes inside a value are escaped, so the next sign after it is the one that ends it.
        after = at + 2 + value.len();
        let name = html[..at].rsplit([' ', '\n']).next().unwrap_or_default();
        match name {
            "id" => drop(scan.anchors.insert(value)),
            "href" | "src" if value.starts_with(['/', '#']) => scan.links.push(value),
            _ => {}
        }
    }
    scan
}

fn resolves(link: &str, here: &HashSet<&str>, addresses: &HashMap<&str, &HashSet<&str>>) -> bool {
    let (path, anchor) = link.split_once('#').map_or((link, ""), |(path, anchor)| (path, anchor));
    let anchors = match path.strip_prefix('/') {
        None => Some(&here),
        Some(path) => addresses.get(path),
    };
    anchors.is_some_and(|anchors| anchor.is_empty() || anchors.contains(anchor))
}
