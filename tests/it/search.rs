//! How the search compares words, and what its index holds.
//!
//! `tests/search/words.txt` has a text on each line, and `words.expected.txt` its words as they are compared. The other
//! expectations are indexes of the made-up sites, written out so that they can be read.

use std::fmt::Write;

use serde_json::Value;
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::read;
use sporbar::locale::fold::Folder;
use sporbar::source::{File, FileTree};
use sporbar::{Compilation, Goal, compile};

use super::{expect, here};

#[test]
fn words_are_compared_as_expected() {
    let input = std::fs::read_to_string(here("tests/search/words.txt")).unwrap();
    let mut out = String::new();
    for line in input.lines() {
        let [code, letters, text] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("a line has three parts: {line}") };
        let pairs = letters.split_whitespace().map(|pair| pair.split_once('=').unwrap()).map(|(letter, written)| (letter.into(), written.into()));
        let folder = Folder::new(code, pairs.collect()).unwrap();
        let mut words: Vec<String> = Vec::new();
        folder.words(text, |word| words.push(folder.fold(&folder.lower(word))));
        writeln!(out, "{text}\n    {}", words.join(" | ")).unwrap();
    }
    expect(&here("tests/search/words.expected.txt"), &out).unwrap();
}

/// The published index of a language and its parts.
fn index(output: &FileTree, code: &str) -> (Value, Vec<Value>) {
    let json = |path: &str| -> Value { serde_json::from_slice(&output.get(path).unwrap().bytes).unwrap() };
    let start = format!("assets/search-{code}.");
    let index = json(&output.iter().find(|file| file.path.starts_with(&start)).unwrap().path);
    let parts = index["parts"].as_array().unwrap().iter().flat_map(|part| json(&part[1].as_str().unwrap()[1..]).as_array().unwrap().clone()).collect();
    (index, parts)
}

/// Rising numbers from the steps between them, as the script reads them.
fn numbers(text: &str) -> Vec<usize> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut list, mut last, mut step, mut scale) = (Vec::new(), 0, 0, 1);
    for digit in text.chars() {
        let value = DIGITS.find(digit).unwrap();
        step += value % 32 * scale;
        scale *= 32;
        if value < 32 {
            last += step;
            list.push(last);
            (step, scale) = (0, 1);
        }
    }
    list
}

/// An index that can be read: each entry with its texts, the amounts, each word with its places, the groups of words.
fn written(output: &FileTree, code: &str) -> String {
    let (index, parts) = index(output, code);
    let mut out = String::new();
    for (at, (row, texts)) in index["entries"].as_array().unwrap().iter().zip(&parts).enumerate() {
        let kind = &index["kinds"][row[0].as_u64().unwrap() as usize];
        let context = row[3].as_u64().map(|context| index["contexts"][context as usize].to_string()).unwrap_or_default();
        writeln!(out, "{at} {} {} {} {context} {} {}", kind.as_str().unwrap(), row[1].as_str().unwrap(), row[2], row[4], row[5]).unwrap();
        texts.as_array().unwrap().iter().for_each(|text| writeln!(out, "    {text}").unwrap());
    }
    let words: Vec<&str> = index["words"].as_str().unwrap().split(' ').collect();
    index["amounts"].as_array().unwrap().iter().for_each(|amount| writeln!(out, "{amount}").unwrap());
    writeln!(out, "{} {} {}", index["units"], index["fold"], index["language"]).unwrap();
    for (word, postings) in words.iter().zip(index["postings"].as_str().unwrap().split(' ')) {
        let places: Vec<String> = numbers(postings).iter().map(|posting| format!("{}{}", posting / 3, ["!", "+", ""][posting % 3])).collect();
        writeln!(out, "{word}: {}", places.join(" ")).unwrap();
    }
    let mut first = 0;
    for group in index["groups"].as_str().unwrap().split_whitespace() {
        let group: Vec<usize> = numbers(group).iter().map(|word| word + first).collect();
        first = group[0];
        writeln!(out, "= {}", group.iter().map(|word| words[*word]).collect::<Vec<_>>().join(" ")).unwrap();
    }
    out
}

fn build(path: &str) -> Compilation {
    compile(read::read(&here(path)).unwrap(), Goal::Publish)
}

#[test]
fn indexes_hold_what_is_expected() {
    let sites = [("tests/sites/solo", "solo", "nn"), ("tests/sites/alpenland", "alpenland", "de")];
    let faults: Vec<String> = sites
        .iter()
        .filter_map(|(path, name, code)| expect(&here(&format!("tests/search/{name}-{code}.txt")), &written(&build(path).output, code)).err())
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_entry_leads_to_a_place_that_is_there() {
    let mut lost = Vec::new();
    for (path, codes) in [("", &["da", "en"][..]), ("tests/sites/solo", &["nn"]), ("tests/sites/alpenland", &["de", "fr", "it"])] {
        let output = build(path).output;
        for code in codes {
            let (index, parts) = index(&output, code);
            let entries = index["entries"].as_array().unwrap();
            assert_eq!(entries.len(), parts.len());
            for (row, texts) in entries.iter().zip(&parts) {
                let url = row[1].as_str().unwrap();
                let (page, own) = url.split_once('#').map_or((url, None), |(page, anchor)| (page, Some(anchor)));
                let html = output.get(&format!("{}index.html", &page[1..])).map(|file| String::from_utf8(file.bytes.clone()).unwrap());
                let below = texts.as_array().unwrap().iter().filter_map(|text| text.get(1)?.as_str());
                for anchor in own.into_iter().chain(below) {
                    if !html.as_ref().is_some_and(|html| html.contains(&format!("id=\"{anchor}\""))) {
                        lost.push(format!("{page}#{anchor}"));
                    }
                }
                lost.extend(html.is_none().then(|| page.to_owned()));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn rules_that_cannot_be_used_are_named() {
    let base = read::read(&here("tests/cases/base")).unwrap();
    let path = "themes/default/messages/cy.yaml";
    let mut text = String::new();
    for fold in ["fold: æae", "fold: =ae"] {
        let changed = |file: &File| match file.path == path {
            true => File {
                path: path.into(),
                bytes: String::from_utf8(file.bytes.clone()).unwrap().replace("fold: æ=ae", fold).replace("stemmer: English", "stemmer: Klingon").into(),
            },
            false => file.clone(),
        };
        let compilation = compile(base.iter().map(changed).collect(), Goal::Publish);
        text += &emit::render(&compilation.diagnostics, &compilation.sources, Format::Short, false);
    }
    expect(&here("tests/search/faults.expected.txt"), &text).unwrap();
}
