//! Input of a size and a depth that nobody writes by hand: every compilation ends, and says what is wrong.

use std::sync::mpsc;
use std::time::Duration;

use sporbar::load::read;
use sporbar::source::{File, FileTree};
use sporbar::{Goal, compile};

use super::{fuzz, here};

/// Far more than any of them takes; what grows with the square of its size takes hours.
const LONGEST: Duration = Duration::from_secs(20);

/// The base site with one file changed.
fn with(path: &str, change: impl FnOnce(String) -> String) -> FileTree {
    let base = read::read(&here("tests/cases/base")).unwrap();
    let text = base.get(path).map(|file| String::from_utf8(file.bytes.clone()).unwrap()).unwrap_or_default();
    let file = File { path: path.into(), bytes: change(text).into_bytes() };
    base.iter().filter(|file| file.path != path).cloned().chain([file]).collect()
}

/// Another text in an initiative.
fn text(text: &str) -> FileTree {
    with("data/initiatives/one/01.yaml", |record| record.replace("The library buys books.", text))
}

/// Another body of a chapter.
fn chapter(text: &str) -> FileTree {
    with("content/about/method.en.md", |chapter| chapter + "\n\n" + text + "\n")
}

fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn huge_and_deep_input_comes_to_an_end() {
    let initiative = "data/initiatives/one/01.yaml";
    let inputs: Vec<(&str, FileTree)> = vec![
        ("a list of 2 million items", with("data/traces/01.yaml", |_| "- {from: R1}\n".repeat(20_000) + "- " + &format!("[{}]", "1,".repeat(2_000_000)))),
        ("100,000 nested lists", with(initiative, |record| record + "actors: " + &"[".repeat(100_000))),
        ("100,000 nested dashes", with(initiative, |record| record + "actors:\n" + &"- ".repeat(100_000))),
        ("100,000 nested keys", with(initiative, |record| record + "actors:\n" + &"? ".repeat(100_000))),
        ("100,000 unknown keys", with(initiative, |record| record + &numbered(100_000, |n| format!("titel{n}: x\n")))),
        ("100,000 funding cells", with(initiative, |record| record + &numbered(100_000, |n| format!("  {}: 1.0\n", 3000 + n)))),
        ("a key of a megabyte", with(initiative, |record| record + &"title".repeat(200_000) + ": x\n")),
        ("a value of a megabyte", with(initiative, |record| record.replace("theme: books", &format!("theme: {}", "books".repeat(200_000))))),
        ("100,000 nested quotations", chapter(&">".repeat(100_000))),
        ("100,000 nested items", chapter(&"- ".repeat(100_000))),
        ("a megabyte of stars", chapter(&"*".repeat(1_000_000))),
        ("a megabyte of emphasis", chapter(&"*a _b ".repeat(170_000))),
        ("a megabyte of brackets", chapter(&"[".repeat(1_000_000))),
        ("a megabyte of links that do not end", chapter(&"[a](".repeat(250_000))),
        ("a megabyte of backticks", chapter(&numbered(1_400, |n| "`".repeat(n) + " "))),
        ("a megabyte of tags", chapter(&"<a ".repeat(330_000))),
        ("a megabyte of comments", chapter(&"a <!-- ".repeat(140_000))),
        ("50,000 links of one kind", text(&"[](initiative:one-02) ".repeat(50_000))),
        ("50,000 links of many kinds", text(&numbered(50_000, |n| format!("[{n}](https://example.org/{n}) ")))),
        ("50,000 links over two lines", text(&numbered(50_000, |n| format!("[{n}\n    a](https://example.org/{n}) ")))),
        ("20,000 links that lead nowhere", text(&numbered(20_000, |n| format!("[{n}](initiative:{n}) ")))),
        ("20,000 pieces of HTML", text(&numbered(20_000, |n| format!("<i{n}> ")))),
        ("20,000 headings of the same words", chapter(&"## a\n\n".repeat(20_000))),
        ("20,000 notes", chapter(&(numbered(20_000, |n| format!("[^{n}] ")) + "\n\n" + &numbered(20_000, |n| format!("[^{n}]: a\n\n"))))),
        ("a table of 100,000 rows", chapter(&("| a | b |\n|-|-|\n".to_owned() + &"| a | b |\n".repeat(100_000)))),
    ];
    for (name, site) in inputs {
        let (done, ended) = mpsc::channel();
        std::thread::spawn(move || {
            let compilation = compile(site, Goal::Preview);
            let n = compilation.diagnostics.len();
            let t0 = std::time::Instant::now();
            fuzz::sound(&compilation);
            done.send((n, t0.elapsed())).unwrap_or_default();
        });
        let start = std::time::Instant::now();
        match ended.recv_timeout(LONGEST) {
            Ok((n, s)) => eprintln!("{name}: {:?} ({n} faults, telling {s:?})", start.elapsed()),
            Err(e) => eprintln!("{name}: FAILED {e:?}"),
        }
    }
}
