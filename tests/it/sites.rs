//! Whole sites, byte for byte; and what must hold for every site.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::{read, theme};
use sporbar::source::{File, FileTree};
use sporbar::{Compilation, Goal, compile, schema};

use super::{bless, expect, here};

const SITES: [&str; 2] = ["alpenland", "solo"];

fn build(root: &Path) -> Compilation {
    compile(read::read(root).unwrap(), Goal::Publish)
}

fn messages(compilation: &Compilation) -> String {
    emit::render(&compilation.diagnostics, &compilation.sources, Format::Short, false)
}

/// Every file that is in `expected` and every file that is published.
fn compare(name: &str) -> Vec<String> {
    let root = here("tests/sites").join(name);
    let compilation = build(&root);
    assert_eq!(messages(&compilation), "", "{name} is in order");
    let expected = root.join("expected");
    if bless() {
        drop(std::fs::remove_dir_all(&expected));
    }
    let mut faults: Vec<String> = Vec::new();
    for file in compilation.output.iter() {
        // What the assets look like is the theme's business; that they are there is not.
        // Nor what a workbook or a picture looks like inside.
        let text = match file.path.starts_with("assets/") {
            true => "an asset\n".to_owned(),
            false => String::from_utf8(file.bytes.clone()).unwrap_or_else(|_| "a file that is no text\n".to_owned()),
        };
        let path = file.path.split_once("assets/").map_or_else(|| file.path.clone(), |_| unfingerprinted(&file.path));
        faults.extend(expect(&expected.join(path), &unfingerprinted(&text)).err());
    }
    let published: BTreeSet<String> = compilation.output.iter().map(|file| unfingerprinted(&file.path)).collect();
    let unused = walkdir::WalkDir::new(&expected).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    for entry in unused {
        let path = entry.path().strip_prefix(&expected).unwrap().display().to_string();
        if !published.contains(&path) {
            faults.push(format!("{name} does not publish {path}"));
        }
    }
    faults
}

/// A text without the part of asset names that changes with their content.
fn unfingerprinted(text: &str) -> String {
    let mut parts = text.split("assets/");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("assets/");
        let mut pieces = part.splitn(3, '.');
        match (pieces.next(), pieces.next(), pieces.next()) {
            (Some(stem), Some(hash), Some(rest)) if hash.len() == 12 => out.push_str(&format!("{stem}.{rest}")),
            _ => out.push_str(part),
        }
    }
    out
}

#[test]
fn made_up_sites_are_published_as_expected() {
    let faults: Vec<String> = SITES.iter().flat_map(|name| compare(name)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn a_count_is_written_as_its_language_does() {
    let template = r#"{{ t.home.initiatives | fill(count=1234567) }}, {{ 1234 | number }}, {{ t.home.years | fill(first="2021", last="2024") }}"#;
    let files = read::read(&here("tests/sites/alpenland")).unwrap();
    let file = File { path: "themes/default/templates/not_found.html".into(), bytes: template.into() };
    let compilation = compile(files.iter().cloned().chain([file]).collect(), Goal::Publish);
    assert_eq!(messages(&compilation), "");
    let pages = ["de", "fr", "it"].map(|code| {
        let page = compilation.output.get(&format!("{code}/404.html")).unwrap();
        String::from_utf8(page.bytes.clone()).unwrap()
    });
    let expected = ["1'234'567 Vorhaben, 1'234, 2021–2024", "1'234'567 mesures, 1'234, 2021–2024", "1'234'567 misure, 1234, 2021–2024"];
    assert_eq!(pages.map(|page| page.replace("&#39;", "'")), expected);
}

#[test]
fn a_site_can_change_one_word_of_the_theme() {
    let page = |changed: &str| {
        let compilation = compile(super::cases::site(changed), Goal::Publish);
        assert_eq!(messages(&compilation), "");
        String::from_utf8(compilation.output.get("en/index.html").unwrap().bytes.clone()).unwrap()
    };
    let built_in = page("");
    assert!(built_in.contains("Skip to the content"), "{built_in}");
    let changed = page("--- themes/default/messages/en.yaml ---\nskip: Jump to the text\n");
    assert_eq!(changed, built_in.replace("Skip to the content", "Jump to the text"));
}

#[test]
fn words_in_another_language_are_marked_on_pages_only() {
    let files = read::read(&here("tests/cases/base")).unwrap();
    let path = "data/initiatives/one/01.yaml";
    let record = String::from_utf8(files.get(path).unwrap().bytes.clone()).unwrap();
    let record = record.replace("{en: It is done.,", r#"{en: "It is [<b>ad</b> hoc](lang:la).","#);
    let file = File { path: path.into(), bytes: record.into() };
    let compilation = compile(files.iter().filter(|file| file.path != path).cloned().chain([file]).collect(), Goal::Publish);
    assert_eq!(messages(&compilation), "");
    let lines = |path: &str| -> Vec<String> {
        let text = String::from_utf8(compilation.output.get(path).unwrap().bytes.clone()).unwrap();
        text.lines().filter(|line| line.contains("It is")).map(|line| line.trim().to_owned()).collect()
    };
    let page = lines("en/initiatives/one-01/index.html");
    assert!(page.iter().any(|line| line == r#"<p class="lead">It is <span lang="la">&lt;b&gt;ad&lt;/b&gt; hoc</span>.</p></div>"#), "{page:#?}");
    assert!(page.iter().any(|line| line == r#"<meta name="description" content="It is &lt;b&gt;ad&lt;/b&gt; hoc.">"#), "{page:#?}");
    assert_eq!(lines("data/initiatives.json").concat().matches(r"It is <b>ad</b> hoc.").count(), 1);
}

#[test]
fn the_real_site_is_in_order() {
    let compilation = build(&here(""));
    assert_eq!(messages(&compilation), "");
    assert!(compilation.output.len() > 300);
    // A mark of language has done its work and is gone, but in the guide that explains it.
    let text = |file: &&File| String::from_utf8_lossy(&file.bytes).replace("[rød løber](lang:da)", "").replace("[peer review](lang:en)", "");
    let marked = compilation.output.iter().filter(|file| text(file).contains("](lang:")).map(|file| file.path.as_str());
    assert_eq!(marked.collect::<Vec<_>>(), [""; 0]);
}

/// The figures of the documents' tables, typed from the documents and not from the records.
#[test]
fn the_exported_money_is_that_of_the_documents() {
    let compilation = build(&here(""));
    for name in ["funding.csv", "totals.csv"] {
        let expected = std::fs::read_to_string(here("tests/documents").join(name)).unwrap();
        let columns: Vec<&str> = expected.lines().next().unwrap().split(',').collect();
        let mut reader = csv::Reader::from_reader(compilation.output.get(&format!("data/{name}")).unwrap().bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        let picked: Vec<usize> = columns.iter().map(|column| header.iter().position(|known| known == *column).unwrap()).collect();
        let rows: Vec<String> = reader.records().map(|row| row.unwrap()).map(|row| picked.iter().map(|at| &row[*at]).collect::<Vec<_>>().join(",")).collect();
        let (rows, expected) = (rows.join("\n"), expected.lines().skip(1).collect::<Vec<_>>().join("\n"));
        assert!(rows == expected, "{name}\n{}", super::difference(&expected, &rows));
    }
}

#[test]
fn every_page_has_a_twin_in_every_language() {
    for root in SITES.iter().map(|name| here("tests/sites").join(name)).chain([here("")]) {
        let compilation = build(&root);
        let site = String::from_utf8(compilation.output.get("sitemap.xml").unwrap().bytes.clone()).unwrap();
        for line in site.lines().filter(|line| line.starts_with("<url>")) {
            let addresses: Vec<&str> = line.split("https://").skip(1).map(|part| part.split(['<', '"']).next().unwrap()).collect();
            for address in addresses {
                let path = address.split_once('/').unwrap().1;
                assert!(compilation.output.get(&format!("{path}index.html")).is_some(), "{address}");
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let input = read::read(&here("")).unwrap();
    let published = |threads| -> FileTree {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| compile(input.clone(), Goal::Publish).output)
    };
    let one = published(1);
    for threads in [2, 3, 8] {
        assert!(one == published(threads), "{threads} threads");
    }
}

/// Taking any file of records away, misspelling any reference or changing any amount in a line of its own is an error.
#[test]
fn no_record_of_the_real_site_can_be_lost_or_changed_unseen() {
    let sources = read::read(&here("")).unwrap();
    let is_publishable = |path: &str, bytes: Option<Vec<u8>>| {
        let files = sources.iter().filter(|file| file.path != path).cloned();
        let changed = bytes.map(|bytes| File { path: path.to_owned(), bytes });
        compile(files.chain(changed).collect(), Goal::Check).is_publishable()
    };
    // What was confirmed of translations is no content: a site may keep no record of it.
    let records: Vec<&File> = sources.iter().filter(|file| file.path.starts_with("data/") && file.path != "data/translations.yaml").collect();
    let unseen = |file: &File| {
        let mut unseen: Vec<String> = Vec::new();
        if is_publishable(&file.path, None) {
            unseen.push(format!("without {}", file.path));
        }
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if let Some(changed) = damaged(line, &file.path) {
                let whole = [&text[..at], &changed, &text[at + line.len()..]].concat();
                if is_publishable(&file.path, Some(whole.into_bytes())) {
                    unseen.push(format!("{}: {} became {}", file.path, line.trim(), changed.trim()));
                }
            }
            at += line.len();
        }
        unseen
    };
    let unseen: Vec<String> = records.par_iter().flat_map_iter(|file| unseen(file)).collect();
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

/// A line with its amount or its reference changed, where it has one.
fn damaged(line: &str, path: &str) -> Option<String> {
    let trimmed = line.trim_start().trim_start_matches("- ");
    let (key, value) = trimmed.split_once(": ")?;
    let value = value.trim_end();
    let amount = |text: &str| text.parse::<f64>().is_ok() && text.contains('.');
    if path.starts_with("data/initiatives") || path.starts_with("data/strategies") {
        if key.len() == 4 && key.parse::<u16>().is_ok() && amount(value) {
            return Some(line.replacen(value, &format!("{}1", value.trim_end_matches(|c: char| c.is_ascii_digit())), 1).replacen(
                ".1",
                ".7",
                usize::from(value.ends_with(".1")),
            ));
        }
        if matches!(key, "amount" | "already_financed" | "difference") && amount(value) {
            return Some(line.replacen(value, "77.7", 1));
        }
    }
    let reference =
        matches!(key, "theme" | "from" | "to" | "initiative" | "chapter" | "council") && !path.ends_with("documents.yaml") && !path.ends_with("site.yaml");
    let word = value.split(' ').next()?;
    (reference && !word.is_empty() && !word.starts_with(['{', '|', '>', '"'])).then(|| line.replacen(word, &format!("{word}x"), 1))
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_records() {
    let sources = read::read(&here("")).unwrap().over(theme::built_in());
    let content = sporbar::load::parse(&sources, &mut Default::default()).unwrap();
    let faults: Vec<String> = schema::files(&content.languages)
        .iter()
        .chain(&schema::editor_settings())
        .filter_map(|file| expect(&here(&file.path), &String::from_utf8_lossy(&file.bytes)).err())
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// A build compares the words of a theme only where they are not the built-in ones.
#[test]
fn the_built_in_words_agree_with_each_other() {
    let own = |mut file: File| {
        file.bytes.extend(b"# another file\n");
        file
    };
    let words: Vec<File> = theme::built_in().into_iter().filter(|file| file.path.contains("/messages/")).map(own).collect();
    assert_eq!(words.len(), 2);
    let site = words.into_iter().collect::<FileTree>().over(super::dataset::make(40));
    assert_eq!(messages(&compile(site, Goal::Publish)), "");
}

#[test]
fn the_made_up_site_of_the_benchmark_is_in_order() {
    let compilation = compile(super::dataset::make(40), Goal::Publish);
    assert_eq!(messages(&compilation), "");
}
