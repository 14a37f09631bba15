//! Nothing that a record says can become markup, script or formula.
//!
//! Every text of a whole site is made hostile, and every file that is published is read as its reader would.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use serde_json::Value;
use sporbar::diagnostic::Diagnostics;
use sporbar::load::read;
use sporbar::load::yaml::{self, Kind, Node};
use sporbar::source::{File, FileId};
use sporbar::{Compilation, Goal, compile};

use super::here;

/// A text as hostile as one can be where texts are plain, and one where they are Markdown, in which HTML is an error.
const PLAIN: &str = "=cmd|' /C calc'!A0 </script><script>alert(1)</script> \"><img src=x onerror=alert(1)> \" onmouseover=\"x {{ 7*7 }} {% raw %}";
const MARKDOWN: &str =
    "=1 `</script><script>alert(1)</script>` `\"><img src=x onerror=alert(1)>` \" onmouseover=\"x {{ 7*7 }} {% raw %} &lt;script&gt;alert(2)&lt;/script&gt;";
const LANGUAGES: [&str; 3] = ["de", "fr", "it"];

/// A record as JSON, which is YAML, with every text that readers see made hostile.
fn hostile(node: &Node<'_>, key: &str) -> Value {
    match &node.kind {
        Kind::Nothing | Kind::Broken => Value::Null,
        // What a document prints in a cell must still have the amount in it.
        Kind::Scalar(text) if key == "printed" => format!("{PLAIN} {text}").into(),
        Kind::Scalar(_) if ["name", "title", "label"].contains(&key) => PLAIN.into(),
        Kind::Scalar(text) => text.as_ref().into(),
        Kind::List(items) => items.iter().map(|item| hostile(item, key)).collect(),
        Kind::Map(map) => {
            let localized = map.iter().all(|(key, value)| LANGUAGES.contains(&key.scalar().unwrap()) && value.scalar().is_some());
            let text = match key {
                // The word in an address and the pieces of an amount have forms of their own.
                "slug" => None,
                "form" => Some(format!("{PLAIN} {{amount}}")),
                "text" | "summary" => Some(MARKDOWN.to_owned()),
                _ => Some(PLAIN.to_owned()),
            };
            let value = |key: &Node<'_>, value: &Node<'_>| match &text {
                Some(text) if localized => text.as_str().into(),
                _ => hostile(value, key.scalar().unwrap()),
            };
            Value::Object(map.iter().map(|(key, item)| (key.scalar().unwrap().to_owned(), value(key, item))).collect())
        }
    }
}

fn published() -> Compilation {
    let root = here("tests/sites/alpenland");
    let files = read::read(&root).unwrap();
    let files = files.iter().map(|file| {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let text = match file.path.rsplit_once('.').unwrap().1 {
            "yaml" if file.path.starts_with("data/") => {
                let mut record = hostile(&yaml::parse(&text, FileId::default(), 0, &mut Diagnostics::default()).unwrap(), "");
                if file.path == "data/site.yaml" {
                    record["share_images"] = "true".into();
                }
                record.to_string()
            }
            "md" => {
                let line = |line: &str| match ["title: ", "summary: "].iter().find(|key| line.starts_with(**key)) {
                    Some(key) => format!("{key}{}\n", Value::from(PLAIN)),
                    None => format!("{line}\n"),
                };
                text.lines().map(line).collect()
            }
            _ => text,
        };
        File { path: file.path.clone(), bytes: text.into_bytes() }
    });
    compile(files.collect(), Goal::Publish)
}

/// What stands between the marks of an element.
fn elements<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.split(open).skip(1).map(|rest| rest.split(close).next().unwrap()).collect()
}

#[test]
fn hostile_texts_stay_texts() {
    let compilation = published();
    let messages: Vec<&str> = compilation.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, Vec::<&str>::new());
    let (mut pages, mut data) = (0, 0);
    for file in compilation.output.iter().filter(|file| !file.path.starts_with("assets/")) {
        let path = &file.path;
        let Ok(text) = std::str::from_utf8(&file.bytes) else { continue };
        match path.rsplit_once('.').unwrap().1 {
            "html" | "xml" => {
                pages += 1;
                // The only scripts are structured data and files of the site's own; no other mark of the texts is left alone.
                let scripts = text.matches("<script").count();
                let own = text.matches("<script type=\"application/ld+json\">").count() + text.matches("<script type=\"module\" src=\"/").count();
                assert_eq!(scripts, own, "{path}");
                for mark in ["<img", "\"javascript:"] {
                    assert!(!text.contains(mark), "{path} has {mark}");
                }
                // A text may say this between elements, never inside one.
                for (at, _) in text.match_indices("onmouseover=\"") {
                    assert!(text[..at].rfind(['<', '>']).is_some_and(|last| text[last..].starts_with('>')), "{path}");
                }
                for json in elements(text, "<script type=\"application/ld+json\">", "</script>") {
                    assert!(!json.contains(['<', '>', '&']), "{path}");
                    let value: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{path}: {error}"));
                    data += usize::from(value["@graph"][0]["name"] == PLAIN);
                }
                // What would be done by a template is left as it was written.
                if path.ends_with("index.html") {
                    assert!(text.contains("{{ 7*7 }} {% raw %}"), "{path}");
                }
            }
            "json" => drop(serde_json::from_str::<Value>(text).unwrap()),
            "csv" => {
                for row in csv::Reader::from_reader(text.as_bytes()).records() {
                    for value in row.unwrap().iter() {
                        let formula = value.starts_with(['=', '+', '@']) || value.starts_with('-') && value.parse::<f64>().is_err();
                        assert!(!formula, "{path} has {value}");
                    }
                }
            }
            "txt" => {}
            other => panic!("nobody reads {other} for what is in it"),
        }
    }
    assert!(pages > 100 && data > 50, "{pages} pages, {data} titles in structured data");
    for code in LANGUAGES {
        let feed = &compilation.output.get(&format!("{code}/feed.xml")).unwrap().bytes;
        let feed: atom_syndication::Feed = std::str::from_utf8(feed).unwrap().parse().unwrap();
        assert_eq!(feed.entries()[0].title().value, PLAIN);
        let html = feed.entries()[0].content().unwrap().value().unwrap();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script") && !html.contains("<img"), "{html}");
    }
    let mut book = Xlsx::new(Cursor::new(compilation.output.get("data/strategies.xlsx").unwrap().bytes.clone())).unwrap();
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name}");
        assert!(book.worksheet_range(&name).unwrap().used_cells().all(|(_, _, cell)| !cell.to_string().starts_with("'=")), "{name}");
    }
}

/// Markdown that would be more than text is refused.
#[test]
fn markup_and_scripts_in_markdown_are_faults() {
    let path = "data/initiatives/one/01.yaml";
    let base = read::read(&here("tests/cases/base")).unwrap();
    let before = String::from_utf8(base.get(path).unwrap().bytes.clone()).unwrap();
    for (markdown, fault) in [
        ("</script><script>alert(1)</script>", "HTML in Markdown"),
        ("a <img src=x onerror=alert(1)> b", "HTML in Markdown"),
        ("[a](javascript:alert(1))", "`javascript:alert(1)` is not a link that can be checked"),
        ("[a](data:text/html,x)", "`data:text/html,x` is not a link that can be checked"),
        ("<javascript:alert(1)>", "`javascript:alert(1)` is not a link that can be checked"),
        ("![a](https://example.org/x.png)", "an image in Markdown"),
    ] {
        let mut record = hostile(&yaml::parse(&before, FileId::default(), 0, &mut Diagnostics::default()).unwrap(), "");
        record["text"] = serde_json::json!({ "en": markdown, "cy": markdown });
        let changed = File { path: path.into(), bytes: record.to_string().into_bytes() };
        let files = base.iter().filter(|file| file.path != path).cloned().chain([changed]);
        let compilation = compile(files.collect(), Goal::Publish);
        let messages: Vec<&str> = compilation.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert!(messages.contains(&fault) && compilation.output.is_empty(), "{markdown}: {messages:?}");
    }
}
