//! That every link of every finished page leads to a page, a file or an anchor that is there, that no anchor is there
//! twice, and that every picture can be read out.
//!
//! In: the files that are to be published. Out: diagnostics. What the records refer to was checked before; this holds
//! the theme to the same.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use memchr::memmem;
use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::Locale;
use crate::model::{Page, Site, origin};
use crate::source::{File, FileId, FileTree, Span};

/// The anchors and the links of a page, and what is wrong with it alone. They stay bytes: most are only compared.
#[derive(Default)]
struct Scan<'a> {
    anchors: FxHashSet<&'a [u8]>,
    links: Vec<&'a [u8]>,
    repeated: Vec<&'a [u8]>,
    unread: Vec<&'a [u8]>,
}

/// A fault of a finished page: its code, and what in the page it is about.
type Found<'a> = (Code, &'a str);

pub fn check(tree: &FileTree, site: &Site<'_>, sources: &FileTree, diagnostics: &mut Diagnostics) {
    let files: Vec<&File> = tree.iter().collect();
    // A few at a time, so that no thread is left with the last hundreds.
    let scans: Vec<Scan<'_>> = files.par_iter().with_max_len(16).map(|file| scan(html(file))).collect();
    // Every address that a link can lead to, and the anchors there.
    let addresses: FxHashMap<&str, &FxHashSet<&[u8]>> =
        files.iter().zip(&scans).map(|(file, scan)| (file.path.strip_suffix("index.html").unwrap_or(&file.path), &scan.anchors)).collect();
    let base = site.base_url.as_str();
    // Where a document can be had is for its record to say, at whatever address.
    let documents = &site.graph.content.documents.documents;
    let urls = documents.iter().filter_map(|document| document.url.as_ref());
    let stated: FxHashSet<String> = urls.map(|url| url.0.replace('&', "&amp;").replace('\'', "&#39;")).collect();
    // Most links stand on many pages: one that says its way from the root and leads somewhere does so from each.
    let found: Vec<(&str, Found<'_>)> = files
        .par_iter()
        .zip(&scans)
        .map_init(FxHashSet::default, |sound, (file, scan)| {
            let leads =
                |link: &str| within(link, &file.path, base).is_none_or(|address| resolves(&address, &scan.anchors, &addresses)) || stated.contains(link);
            // Servers and browsers take `%C3%A6` for the letter that it stands for.
            let leads = |link: &str| leads(link) || link.contains('%') && leads(&percent_decode_str(link).decode_utf8_lossy());
            let mut faults: Vec<Found<'_>> = Vec::new();
            for link in scan.links.iter().copied() {
                if sound.contains(link) {
                    continue;
                }
                if !leads(text(link)) {
                    faults.push((Code::BrokenLink, text(link)));
                } else if link.starts_with(b"/") {
                    sound.insert(link);
                }
            }
            faults.extend(scan.repeated.iter().map(|anchor| (Code::RepeatedAnchor, text(anchor))));
            faults.extend(scan.unread.iter().map(|picture| (Code::NoAlternative, text(picture))));
            faults.into_iter().map(|fault| (file.path.as_str(), fault))
        })
        .flatten_iter()
        .collect();
    // One thread alone would give back the links and anchors of thousands of pages.
    scans.into_par_iter().for_each(drop);
    let pages: HashMap<String, (Page, Locale)> = match found.is_empty() {
        true => HashMap::new(),
        false => site.in_every_language().map(|(page, locale)| (super::file_of(&super::path(site, page, locale)), (page, locale))).collect(),
    };
    // A fault of a template shows on many pages; each is reported once, with the first page.
    let first: BTreeMap<Found<'_>, &str> = found.iter().rev().map(|(page, fault)| (*fault, *page)).collect();
    let templates: Vec<_> = match first.is_empty() {
        true => Vec::new(),
        false => sources.entries().filter(|(_, file)| file.path.contains("/templates/")).collect(),
    };
    for ((code, what), page) in first {
        // A slip in a template can be on every page: whoever has seen a thousand places needs no more.
        if diagnostics.is_full(code) {
            continue;
        }
        let behind = pages.get(page);
        let kind = behind.map(|(page, _)| format!("/templates/{}.html", super::view::kind(*page).0));
        let record = || behind.and_then(|(page, locale)| origin::files(site, *page, *locale).first().copied()).map(Span::top);
        let place = template_with(code, what, kind.as_deref(), &templates).or_else(record).unwrap_or(site.graph.content.site.span);
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
fn template_with(code: Code, what: &str, kind: Option<&str>, templates: &[(FileId, &File)]) -> Option<Span> {
    let attributes: &[&str] = match code {
        Code::RepeatedAnchor => &["id"],
        Code::NoAlternative => &["src"],
        _ => &["href", "src", "action", "poster", "data"],
    };
    let mut templates = templates.to_vec();
    templates.sort_by_key(|(_, file)| match kind {
        Some(kind) if file.path.ends_with(kind) => 0,
        _ if file.path.contains("/_index") || file.path.contains("/_404") => 2,
        _ => 1,
    });
    let find = |written: &str, what: &str| {
        templates.iter().find_map(|(id, file)| {
            let at = memmem::find(&file.bytes, written.as_bytes())?;
            let at = at + memmem::find(written.as_bytes(), what.as_bytes())?;
            Some(Span::new(*id, at..at + what.len()))
        })
    };
    let quoted = attributes.iter().flat_map(|attribute| ["\"", "'", ""].map(|quote| format!("{attribute}={quote}{what}{quote}")));
    // What follows the address of the site stands as it is, behind the name of that value.
    let path = what.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    quoted.into_iter().find_map(|written| find(&written, what)).or_else(|| path.and_then(|path| find(&format!("}}}}{path}"), path)))
}

/// The bytes of a page; nothing of any other file, nor of an asset that is no text.
fn html(file: &File) -> &[u8] {
    let is_text = || !file.path.starts_with("assets/") || std::str::from_utf8(&file.bytes).is_ok();
    if file.path.ends_with(".html") && is_text() { &file.bytes } else { &[] }
}

/// Reads the attributes of every element of a page in one pass, however their values are quoted.
fn scan<'a>(bytes: &'a [u8]) -> Scan<'a> {
    let mut scan = Scan::default();
    let mut at = 0;
    while let Some(begin) = next_tag(bytes, at).map(|sign| sign + 1) {
        if !bytes.get(begin).is_some_and(u8::is_ascii_alphanumeric) {
            // Nearly always, an element ends here.
            let comment = bytes[begin..].strip_prefix(b"!--");
            at = comment.map_or(begin, |comment| memmem::find(comment, b"-->").map_or(bytes.len(), |length| begin + "!--".len() + length));
            continue;
        }
        let end = skip(bytes, begin, u8::is_ascii_alphanumeric);
        let name = &bytes[begin..end];
        let (mut picture, mut has_alternative): (&[u8], bool) = (b"<img>", false);
        let mut note = |attribute: &[u8], value: &'a [u8]| {
            match attribute {
                b"id" => {
                    let is_first = scan.anchors.insert(value);
                    if !is_first {
                        scan.repeated.push(value);
                    }
                }
                b"href" | b"src" | b"action" | b"poster" if !value.is_empty() => {
                    picture = value;
                    scan.links.push(value);
                }
                b"data" if name.eq_ignore_ascii_case(b"object") => scan.links.push(value),
                // Addresses with their sizes, between commas.
                b"srcset" => {
                    let addresses = value.split(|byte| *byte == b',').filter_map(|one| one.split(u8::is_ascii_whitespace).find(|part| !part.is_empty()));
                    scan.links.extend(addresses);
                }
                b"alt" => has_alternative = true,
                _ => return false,
            }
            true
        };
        at = attributes(bytes, end, |attribute, value| {
            if !note(attribute, value) && attribute.iter().any(u8::is_ascii_uppercase) {
                note(&attribute.to_ascii_lowercase(), value);
            }
        });
        if name.eq_ignore_ascii_case(b"img") && !has_alternative {
            scan.unread.push(picture);
        }
        // What stands in these is no HTML.
        if ["script", "style"].iter().any(|raw| name.eq_ignore_ascii_case(raw.as_bytes())) {
            at += memmem::find(&bytes[at..], &[b"</", name].concat()).unwrap_or(bytes.len() - at);
        }
    }
    scan
}

/// A value of an attribute. Between two signs of ASCII, bytes of a text are a text.
fn text(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or_default()
}

/// Tells each attribute of a tag with its value, from behind the name of its element; returns where the tag ends.
fn attributes<'a>(bytes: &'a [u8], from: usize, mut tell: impl FnMut(&'a [u8], &'a [u8])) -> usize {
    let mut at = from;
    loop {
        at = skip(bytes, at, |b| b.is_ascii_whitespace() || *b == b'/');
        match bytes.get(at) {
            None => return at,
            Some(b'>') => return at + 1,
            Some(_) => {}
        }
        let end = skip(bytes, at + 1, |b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'>' | b'/'));
        let name = &bytes[at..end];
        let sign = skip(bytes, end, u8::is_ascii_whitespace);
        at = end;
        let mut value: &[u8] = &[];
        if bytes.get(sign) == Some(&b'=') {
            let begin = skip(bytes, sign + 1, u8::is_ascii_whitespace);
            let quote = bytes.get(begin).copied().filter(|b| matches!(b, b'"' | b'\''));
            let begin = begin + usize::from(quote.is_some());
            let end = match quote {
                Some(quote) => memchr::memchr(quote, &bytes[begin..]).map_or(bytes.len(), |length| begin + length),
                None => skip(bytes, begin, |b| !b.is_ascii_whitespace() && *b != b'>'),
            };
            value = bytes.get(begin..end).unwrap_or_default();
            at = (end + usize::from(quote.is_some())).min(bytes.len());
        }
        tell(name, value);
    }
}

/// Where the next sign `<` stands. Every other one follows on a tag, where looking is sooner than searching.
fn next_tag(bytes: &[u8], from: usize) -> Option<usize> {
    match bytes.get(from) {
        Some(b'<') => Some(from),
        _ => memchr::memchr(b'<', &bytes[from..]).map(|length| from + length),
    }
}

/// The first place from somewhere on whose byte is not skipped.
fn skip(bytes: &[u8], from: usize, is_skipped: impl Fn(&u8) -> bool) -> usize {
    bytes[from..].iter().position(|b| !is_skipped(b)).map_or(bytes.len(), |length| from + length)
}

/// The address within the site that a link on a page leads to, its anchor included; nothing where it leads elsewhere.
fn within<'a>(link: &'a str, page: &str, base: &str) -> Option<Cow<'a, str>> {
    if let Some(rest) = link.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with(['/', '#', '?'])) {
        return Some(if rest.starts_with('/') { Cow::Borrowed(rest) } else { Cow::Owned(format!("/{rest}")) });
    }
    let scheme = link.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':'));
    if scheme || link.starts_with("//") {
        return None;
    }
    if link.starts_with(['/', '#']) {
        return Some(Cow::Borrowed(link));
    }
    // From the folder of the page.
    let mut steps: Vec<&str> = page.split('/').collect();
    steps.pop();
    for step in link.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    Some(Cow::Owned(format!("/{}", steps.join("/"))))
}

fn resolves(address: &str, here: &FxHashSet<&[u8]>, addresses: &FxHashMap<&str, &FxHashSet<&[u8]>>) -> bool {
    let (path, anchor) = address.split_once('#').map_or((address, ""), |(path, anchor)| (path, anchor));
    let path = path.split('?').next().unwrap_or_default();
    let anchors = match path.strip_prefix('/') {
        None => Some(&here),
        Some(path) => addresses.get(path.strip_suffix("index.html").unwrap_or(path)),
    };
    anchors.is_some_and(|anchors| anchor.is_empty() || anchors.contains(anchor.as_bytes()))
}
