//! That every link of every finished page leads to a page, a file or an anchor that is there.
//!
//! In: the files that are to be published. Out: diagnostics. What the records refer to was checked before; this holds
//! the theme to the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{File, FileTree, Span};

/// The anchors and the internal links of a page.
struct Scan<'a> {
    anchors: HashSet<&'a str>,
    links: Vec<&'a str>,
}

pub fn check(tree: &FileTree, sources: &FileTree, diagnostics: &mut Diagnostics) {
    let pages: Vec<(&File, &str)> = tree.iter().filter(|file| file.path.ends_with(".html")).filter_map(|file| Some((file, std::str::from_utf8(&file.bytes).ok()?))).collect();
    let scans: Vec<Scan<'_>> = pages.par_iter().map(|(_, html)| scan(html)).collect();
    let anchors: HashMap<&str, &HashSet<&str>> = pages.iter().zip(&scans).map(|((file, _), scan)| (file.path.as_str(), &scan.anchors)).collect();
    let broken: Vec<(&str, &str)> = pages
        .par_iter()
        .zip(&scans)
        .flat_map_iter(|((file, _), scan)| {
            let anchors = &anchors;
            scan.links.iter().filter(move |link| !resolves(link, &file.path, tree, anchors)).map(move |link| (file.path.as_str(), *link))
        })
        .collect();
    // A fault of a template shows on many pages; each address is reported once, with the first page.
    let first: BTreeMap<&str, &str> = broken.iter().rev().map(|(page, link)| (*link, *page)).collect();
    let Some((place, _)) = sources.entries().find(|(_, file)| file.path.starts_with("themes/")).or_else(|| sources.entries().next()) else { return };
    for (link, page) in first {
        let message = format!("{page} links to {link}, which is not there");
        diagnostics.push(Diagnostic::new(Code::BrokenLink, Span::top(place), message).help("look for this address in the templates of the theme"));
    }
}

fn scan(html: &str) -> Scan<'_> {
    // The engine writes every attribute with double quotes.
    fn values<'a>(html: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
        html.match_indices(attribute).filter_map(move |(at, _)| html[at + attribute.len()..].split('"').next())
    }
    let internal = |link: &&str| link.starts_with('/') || link.starts_with('#');
    let links = values(html, " href=\"").chain(values(html, " src=\"")).filter(internal).collect();
    Scan { anchors: values(html, " id=\"").collect(), links }
}

fn resolves(link: &str, page: &str, tree: &FileTree, anchors: &HashMap<&str, &HashSet<&str>>) -> bool {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let file = match path.strip_prefix('/') {
        None => page.to_owned(),
        Some(path) if path.is_empty() || path.ends_with('/') => format!("{path}index.html"),
        Some(path) => path.to_owned(),
    };
    match anchor {
        None | Some("") => tree.get(&file).is_some(),
        Some(anchor) => anchors.get(file.as_str()).is_some_and(|anchors| anchors.contains(anchor)),
    }
}
