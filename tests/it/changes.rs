//! What is told of how two sites differ.
//!
//! `tests/diff/*.txt` are texts of sections like the cases: the base site is the old one, with the changes the new one, and
//! what is told stands after `=== expected ===`.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use rayon::prelude::*;
use sporbar::diagnostic::Diagnostics;
use sporbar::diff::{self, Diff, Form};
use sporbar::load::read;
use sporbar::load::yaml::{self, Kind, Node};
use sporbar::source::{File, FileId, FileTree};

use super::cases::{MARK, site};
use super::{bless, here};

const NAMES: [&str; 2] = ["OLD", "NEW"];

fn differences(old: &FileTree, new: &FileTree) -> Diff {
    diff::diff(NAMES, old, new)
}

fn told(old: &FileTree, new: &FileTree, form: Form) -> String {
    diff::write(&differences(old, new), NAMES, form)
}

#[test]
fn every_change_is_told() {
    let base = site("");
    let mut faults = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(here("tests/diff")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let (input, expected) = text.split_once(MARK).unwrap_or((&text, ""));
        let new = site(input);
        let mut actual = told(&base, &new, Form::Text);
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("forms")) {
            actual += &format!("\n=== as Markdown ===\n{}\n=== as JSON ===\n{}", told(&base, &new, Form::Markdown), told(&base, &new, Form::Json));
        }
        if bless() {
            std::fs::write(&path, format!("{}\n\n{MARK}{actual}", input.trim_end())).unwrap();
        } else if expected != actual {
            faults.push(format!("{}\n{}", path.display(), super::difference(expected, &actual)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn sites() -> Vec<FileTree> {
    ["tests/cases/base", "tests/sites/alpenland", "tests/sites/solo", "."].into_iter().map(|root| read::read(&here(root)).unwrap()).collect()
}

#[test]
fn a_site_does_not_differ_from_itself() {
    // Addresses that were given up long ago are given up no more.
    let moved = site("--- data/redirects.yaml ---\n- {from: /en/how/, to: /en/about/method/}\n- {from: /en/why/*, to: /en/about/*}\n");
    for site in sites().into_iter().chain([moved]) {
        assert_eq!(differences(&site, &site), Diff { complete: true, notes: Vec::new(), changes: Vec::new() });
    }
}

/// Each file of records as something else than it should be: it is compared, or named as one that is not.
#[test]
fn whatever_a_record_is_the_rest_is_compared() {
    let base = site("");
    let wrong = ["- a\n", "a\n", "themes: 3\nsections: [a, {points: x}]\nchapters: {a: b}\nfunding: [1]\nstated: a\n", ""];
    let paths: Vec<&str> = base.iter().map(|file| file.path.as_str()).filter(|path| path.starts_with("data/")).collect();
    paths.par_iter().flat_map(|path| wrong.par_iter().map(move |text| (path, text))).for_each(|(path, text)| {
        let changed = |file: &File| File { path: file.path.clone(), bytes: if file.path == **path { text.as_bytes().to_vec() } else { file.bytes.clone() } };
        let new: FileTree = base.iter().map(changed).collect();
        let found = differences(&base, &new);
        let is_named = found.notes.iter().any(|note| note.starts_with(*path));
        assert!(is_named || !found.changes.is_empty(), "{path} as {text:?}: {found:?}");
    });
}

/// The blocks of a text that begin with a line which is not indented.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.starts_with([' ', '-', '}', ']']) || line.is_empty() {
            true => blocks.last_mut().unwrap().push_str(&format!("{line}\n")),
            false => blocks.push(format!("{line}\n")),
        }
    }
    blocks
}

/// The same site otherwise written: keys in another order, comments, other ends of lines, paragraphs broken elsewhere, and
/// all traces in one file where no record of translations names their files.
fn rewritten(site: &FileTree) -> FileTree {
    let mut traces = String::new();
    let mut files = Vec::new();
    for file in site.iter() {
        let text = || String::from_utf8(file.bytes.clone()).unwrap();
        let bytes = match file.path.rsplit_once('.') {
            _ if file.path.starts_with("data/traces/") && site.get("data/translations.yaml").is_none() => {
                traces.insert_str(0, &format!("{}\n", text()));
                continue;
            }
            Some((path, "yaml")) if path.starts_with("data/") && !text().contains("\n- ") && !text().contains("translations confirm") => {
                let mut blocks = blocks(&text());
                blocks.reverse();
                format!("# another order\n{}", blocks.join("\n# and a comment\n")).replace('\n', "\r\n").into_bytes()
            }
            Some((path, "md")) if path.starts_with("content/") => {
                let mut fences = 0;
                let line = |line: &str| {
                    fences += usize::from(line == "---" && fences < 2) + 2 * usize::from(line.starts_with("```"));
                    match fences >= 2 && fences % 4 == 2 && line.split(' ').take(2).all(|word| word.starts_with(char::is_alphabetic)) && !line.contains('[') {
                        true => format!("{}\n", line.replacen(' ', "\n", 1)),
                        false => format!("{line}\n"),
                    }
                };
                text().lines().map(line).collect::<String>().into_bytes()
            }
            _ => file.bytes.clone(),
        };
        files.push(File { path: file.path.clone(), bytes });
    }
    if !traces.is_empty() {
        files.push(File { path: "data/traces/all.yaml".into(), bytes: traces.into() });
    }
    files.into_iter().collect()
}

#[test]
fn how_a_site_is_written_is_no_difference() {
    for site in sites() {
        let other = rewritten(&site);
        assert!(site != other);
        assert_eq!(differences(&site, &other), Diff { complete: true, notes: Vec::new(), changes: Vec::new() });
    }
}

/// Every value of a file that is written in one line.
fn values(node: &Node<'_>, file: &str, into: &mut Vec<std::ops::Range<usize>>) {
    match &node.kind {
        Kind::Scalar(text) if file.get(node.span.range()).is_some_and(|written| written == text) => into.push(node.span.range()),
        Kind::List(list) => list.iter().for_each(|node| values(node, file, into)),
        Kind::Map(map) => map.iter().for_each(|(_, node)| values(node, file, into)),
        _ => {}
    }
}

#[test]
fn every_single_edit_is_told() {
    let site = read::read(&here("tests/sites/alpenland")).unwrap();
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let data: Vec<&File> = site.iter().filter(|file| file.path.starts_with("data/") && file.path != "data/translations.yaml").collect();
    let mut edits = Vec::new();
    for _ in 0..20 {
        let file = data[rng.next_u32() as usize % data.len()];
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let node = yaml::parse(&text, FileId::default(), 0, &mut Diagnostics::default()).unwrap();
        let mut places = Vec::new();
        values(&node, &text, &mut places);
        let place = places[rng.next_u32() as usize % places.len()].clone();
        edits.push((file.path.clone(), text, place));
    }
    let silent: Vec<String> = edits
        .into_par_iter()
        .filter_map(|(path, text, place)| {
            let before = &text[place.clone()];
            let after = if before.parse::<f64>().is_ok() { format!("{before}1") } else { format!("{before}x") };
            let changed = format!("{}{after}{}", &text[..place.start], &text[place.end..]);
            let new = FileTree::from_iter([File { path: path.clone(), bytes: changed.into() }]).over(site.iter().cloned());
            let found = differences(&site, &new);
            let digits = |text: &str| text.trim_end_matches('0').to_owned();
            let named = found.changes.iter().any(|change| {
                let told = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(&after) || digits(text) == digits(&after));
                change.id.contains(&after)
                    || change.fields.iter().any(|field| told(&field.new))
                    || change.title.as_ref().is_some_and(|title| title.contains(&after))
            });
            (!named).then(|| format!("{path}: `{before}` became `{after}`, and what is told is {found:?}"))
        })
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
