//! Small broken sites and the messages they get.
//!
//! A case is a text of sections. `--- path ---` replaces or adds a file of the base site in `tests/cases/base`,
//! `--- path (gone) ---` takes one away, `--- path (refused: why) ---` stands for one that the disk does not give, and
//! what follows `=== expected ===` is every message in full. `\u{202E}` is a sign that cannot be seen, and `\r` ends a line.

use std::collections::BTreeMap;

use sporbar::diagnostic::Code;
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::read;
use sporbar::source::FileTree;
use sporbar::{Goal, compile};

use super::{bless, here, tree};

pub(super) const MARK: &str = "=== expected ===\n";

/// The base site with the changes of a case.
pub(super) fn site(input: &str) -> FileTree {
    let base = read::read(&here("tests/cases/base")).unwrap();
    let mut files: BTreeMap<String, String> = base.iter().map(|file| (file.path.clone(), String::from_utf8(file.bytes.clone()).unwrap())).collect();
    let mut refused = Vec::new();
    for section in format!("\n{input}").split("\n--- ").skip(1) {
        let (head, body) = section
            .split_once(" ---\n")
            .or(section.strip_suffix(" ---").map(|head| (head, "")))
            .unwrap_or_else(|| panic!("a section begins `--- path ---`: {section}"));
        match head.split_once(" (") {
            Some((path, "gone)")) => assert!(files.remove(path).is_some(), "there is no {path} to take away"),
            Some((path, reason)) => {
                files.remove(path);
                refused.push((path.to_owned(), reason.strip_prefix("refused: ").unwrap().trim_end_matches(')').to_owned()));
            }
            // The last lines of a section are empty lines before the next one.
            None => drop(files.insert(head.to_owned(), format!("{}\n", unescape(body.trim_end_matches('\n'))))),
        }
    }
    let mut tree = tree(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    refused.into_iter().for_each(|(path, why)| tree.refuse(path, why));
    tree
}

/// Signs that a case must not contain as they are.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split("\\u{");
    out.push_str(parts.next().unwrap());
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        out.push_str(rest);
    }
    format!("{out}\n").replace("\\r\n", "\r\n").trim_end_matches('\n').to_owned()
}

fn messages(input: &str) -> String {
    let site = site(input);
    let compilation = compile(site.clone(), Goal::Publish);
    let text = emit::render(&compilation.diagnostics, &compilation.sources, Format::Human, false);
    assert_eq!(compile(site, Goal::Check).diagnostics, compilation.diagnostics, "a check finds something else than\n{text}");
    let published = compilation.output.len();
    assert!(compilation.is_publishable() || published == 0 || text.contains("E007") || text.contains("E008"), "a faulty site must not be rendered");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn every_case_gets_its_messages() {
    let mut faults = Vec::new();
    // What no text can show has a test of its own below; what only the web can show, one among those of the command.
    let mut seen = "[E0002] [W0010] [W0011]".to_owned();
    let mut paths: Vec<_> = std::fs::read_dir(here("tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (input, expected) = text.split_once(MARK).unwrap_or((&text, ""));
        let actual = messages(input);
        seen.push_str(&actual);
        if bless() {
            std::fs::write(&path, format!("{}\n\n{MARK}{actual}", input.trim_end())).unwrap();
        } else if expected != actual {
            faults.push(format!("{}\n{}", path.display(), super::difference(expected, &actual)));
        }
    }
    for code in Code::ALL {
        if !seen.contains(&format!("[{}]", code.info().name)) {
            faults.push(format!("no case shows {}: {}", code.info().name, code.info().meaning));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn the_base_site_is_in_order() {
    assert_eq!(messages(""), "");
}

/// Text cases cannot hold bytes that are no text.
#[test]
fn bytes_that_are_no_text_are_named() {
    let base = read::read(&here("tests/cases/base")).unwrap();
    let path = "data/initiatives/one/01.yaml";
    let broken = base.get(path).map(|file| sporbar::source::File { path: path.into(), bytes: [&file.bytes[..6], b"\xff\xfe", &file.bytes[6..]].concat() });
    let compilation = compile(base.iter().filter(|file| file.path != path).cloned().chain(broken).collect(), Goal::Publish);
    let text = emit::render(&compilation.diagnostics, &compilation.sources, Format::Short, false);
    assert_eq!(text, "data/initiatives/one/01.yaml:1:7: error[E0002]: the file is not UTF-8 text from here on (save it with the encoding UTF-8)\n");
}

/// What is taken away again has no width in a drawing, and takes none from the others.
#[test]
fn negative_money_has_no_width() {
    let base = site("");
    let changed = |file: &sporbar::source::File| {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let text = match file.path.as_str() {
            "data/initiatives/three/01.yaml" => text.replace("2033: 1.5", "2033: 10.0"),
            "data/initiatives/three/02.yaml" => {
                text.replace("2033: not-stated", "2033: -9.9").replace("funding:", "  - {document: plan-three, at: \"table 1, row 2\"}\nfunding:")
            }
            "data/strategies/three.yaml" => text.replace("{amount: 2, difference: 0.5, ", "{amount: 0.2, difference: 0.1, "),
            _ => text,
        };
        sporbar::source::File { path: file.path.clone(), bytes: text.into_bytes() }
    };
    let compilation = compile(base.iter().map(changed).collect(), Goal::Publish);
    assert_eq!(emit::render(&compilation.diagnostics, &compilation.sources, Format::Short, false), "");
    let page = String::from_utf8(compilation.output.get("en/funding/three/index.html").unwrap().bytes.clone()).unwrap();
    let (_, drawing) = page.split_once("<svg class=\"flow\"").unwrap();
    let drawing = drawing.split("</svg>").next().unwrap();
    let values = |name: &str| -> Vec<&str> { drawing.split(&format!("{name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect() };
    assert_eq!((values("viewBox"), values("stroke-width")), (vec!["0 0 1000 450"], vec!["2", "2", "420"]));
}

/// In a preview, which shows faulty texts too, a picture in a link takes no other link's target.
#[test]
fn a_link_keeps_its_target_beside_a_faulty_one() {
    let chapter = |code: &str| {
        format!(
            "--- content/about/links.{code}.md ---\n---\ntitle: Links\nsummary: Links.\n---\n\n\
             [![a](figure:q) b](https://b.example) [c](https://c.example) [](chapter:method)\n\n"
        )
    };
    let output = compile(site(&[chapter("en"), chapter("cy")].concat()), Goal::Preview).output;
    let page = String::from_utf8(output.get("en/about/links/index.html").unwrap().bytes.clone()).unwrap();
    let expected = "<p><a href=\"https://b.example\">a b</a> <a href=\"https://c.example\">c</a> <a href=\"/en/about/method/\">Method</a></p>";
    assert!(page.contains(expected), "{page}");
}

/// A site can have more warnings than are kept; whether it is published does not depend on them.
#[test]
fn no_number_of_warnings_hides_an_error() {
    let skips = "## A\n\n#### B\n\n".repeat(1_100);
    let chapter = |code: &str| format!("--- content/about/long.{code}.md ---\n---\ntitle: Long\nsummary: Long.\n---\n\n{skips}\n");
    let council = "--- data/council.yaml (gone) ---\n";
    let compilation = compile(site(&format!("{}\n{}\n{council}", chapter("en"), chapter("cy"))), Goal::Publish);
    assert!(!compilation.is_publishable());
    let short = emit::render(&compilation.diagnostics, &compilation.sources, Format::Short, false);
    let errors: Vec<&str> = short.lines().filter(|line| line.contains(": error[")).collect();
    assert_eq!(errors, ["data/recommendations/01.yaml:1:1: error[E0003]: `data/council.yaml` is missing, which says whose recommendations these are"]);
}
