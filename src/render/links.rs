//! That every link of every finished page leads to a page, a file or an anchor that is there, that no anchor is there
//! twice, and that every picture can be read out.
//!
//! In: the files that are to be published. Out: diagnostics. What the records refer to was checked before; this holds
//! the theme to the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use memchr::memmem;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::Locale;
use crate::model::{Page, Site, origin};
use crate::source::{File, FileTree, Span};

/// The anchors and the internal links of a page, and what is wrong with it alone.
#[derive(Default)]
struct Scan<'a> {
    anchors: HashSet<&'a str>,
    links: Vec<&'a str>,
    repeated: Vec<&'a str>,
    unread: Vec<&'a str>,
}

/// A fault of a finished page: its code, and what in the page it is about.
type Found<'a> = (Code, &'a str);

pub fn check(tree: &FileTree, site: &Site<'_>, sources: &FileTree, diagnostics: &mut Diagnostics) {
    let files: Vec<&File> = tree.iter().collect();
    let scans: Vec<Scan<'_>> = files.par_iter().map(|file| scan(html(file))).collect();
    // Every address that a link can lead to, and the anchors there.
    let addresses: HashMap<&str, &HashSet<&str>> =
        files.iter().zip(&scans).map(|(file, scan)| (file.path.strip_suffix("index.html").unwrap_or(&file.path), &scan.anchors)).collect();
    let found: Vec<(&str, Found<'_>)> = files
        .par_iter()
        .zip(&scans)
        .flat_map_iter(|(file, scan)| {
            let broken = scan.links.iter().filter(|link| !resolves(link, &scan.anchors, &addresses)).map(|link| (Code::BrokenLink, *link));
            let repeated = scan.repeated.iter().map(|anchor| (Code::RepeatedAnchor, *anchor));
            let unread = scan.unread.iter().map(|picture| (Code::NoAlternative, *picture));
            broken.chain(repeated).chain(unread).map(|fault| (file.path.as_str(), fault))
        })
        .collect();
    let languages = || site.graph.content.languages.iter();
    let pages: HashMap<String, (Page, Locale)> = match found.is_empty() {
        true => HashMap::new(),
        false => site.pages.iter().flat_map(|page| languages().map(|locale| (super::file_of(&super::path(site, *page, locale)), (*page, locale)))).collect(),
    };
    // A fault of a template shows on many pages; each is reported once, with the first page.
    let first: BTreeMap<Found<'_>, &str> = found.iter().rev().map(|(page, fault)| (*fault, *page)).collect();
    for ((code, what), page) in first {
        let behind = pages.get(page);
        let kind = behind.map(|(page, _)| format!("/templates/{}.html", super::view::kind(*page).0));
        let record = || behind.and_then(|(page, locale)| origin::files(site, *page, *locale).first().copied()).map(Span::top);
        let Some(place) = template_with(code, what, kind.as_deref(), sources).or_else(record).or(Some(site.graph.content.site.span)) else { continue };
        let (message, help) = match code {
            Code::RepeatedAnchor => (format!("{page} has the anchor `{what}` twice"), "give one of the two elements another id"),
            Code::NoAlternative => (
                format!("{page} has a picture without alternative text: {what}"),
                "add alt=\"…\" with what the picture tells, or alt=\"\" where it only decorates",
            ),
            _ => (format!("{page} links to {what}, which is not there"), "look for this address here and in the templates of the theme"),
        };
        diagnostics.push(Diagnostic::new(code, place, message).help(help));
    }
}

/// Where a template writes something as it stands: that of the page first, those above all languages last.
fn template_with(code: Code, what: &str, kind: Option<&str>, sources: &FileTree) -> Option<Span> {
    let attributes: &[&str] = match code {
        Code::RepeatedAnchor => &["id"],
        Code::NoAlternative => &["src"],
        _ => &["href", "src", "action"],
    };
    let mut templates: Vec<_> = sources.entries().filter(|(_, file)| file.path.contains("/templates/")).collect();
    templates.sort_by_key(|(_, file)| match kind {
        Some(kind) if file.path.ends_with(kind) => 0,
        _ if file.path.contains("/_index") || file.path.contains("/_404") => 2,
        _ => 1,
    });
    templates.into_iter().find_map(|(id, file)| {
        attributes.iter().find_map(|attribute| {
            let before = format!("{attribute}=\"");
            let at = memmem::find(&file.bytes, format!("{before}{what}\"").as_bytes())? + before.len();
            Some(Span::new(id, at..at + what.len()))
        })
    })
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
            "id" if scan.anchors.insert(value) => {}
            "id" => scan.repeated.push(value),
            "href" | "src" if value.starts_with(['/', '#']) => scan.links.push(value),
            _ => {}
        }
    }
    for at in memmem::find_iter(html.as_bytes(), "<img ") {
        let tag = html[at..].split('>').next().unwrap_or_default();
        if !tag.contains(" alt=") {
            scan.unread.push(tag.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("<img>"));
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
