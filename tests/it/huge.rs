//! Input of a size and a depth that nobody writes by hand: every compilation ends, and says what is wrong.

use std::sync::mpsc;
use std::time::Duration;

use sporbar::diagnostic::Code;
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::read;
use sporbar::source::{File, FileTree};
use sporbar::{Goal, compile};

use super::{fuzz, here};

/// Far more than any of them takes; what grows with the square of its size takes hours.
const LONGEST: Duration = Duration::from_secs(120);

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
pub fn chapter(text: &str) -> FileTree {
    with("content/about/method.en.md", |chapter| chapter + "\n\n" + text + "\n")
}

fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// Two places of a file that are further apart than an excerpt may be long are both shown.
#[test]
fn the_other_place_of_a_fault_is_shown_however_far_it_is() {
    let actor = |id: &str| format!("  - {{id: {id}, name: {{en: Another, cy: Un arall}}, kind: body}}\n");
    let site = with("data/actors.yaml", |actors| actors + &numbered(2_000, |n| actor(&format!("other-{n}"))) + &actor("panel"));
    let compilation = compile(site, Goal::Check);
    let twice: Vec<_> = compilation.diagnostics.into_iter().filter(|diagnostic| diagnostic.code == Code::DuplicateId).collect();
    let expected = "\
error[E0020]: a second actor has the id `panel`
    --> data/actors.yaml:2006:10
     |
2006 |   - {id: panel, name: {en: Another, cy: Un arall}, kind: body}
     |          ^^^^^
     |
    ::: data/actors.yaml:5:10
     |
   5 |   - {id: panel, name: {en: Panel, cy: Panel}, kind: body}
     |          ----- the first one
";
    assert_eq!(emit::render(&twice, &compilation.sources, Format::Human, false).trim_end(), expected.trim_end());
}

#[test]
fn huge_and_deep_input_comes_to_an_end() {
    let initiative = "data/initiatives/one/01.yaml";
    let inputs: Vec<(&str, FileTree)> = vec![
        ("100,000 nested lists", with(initiative, |record| record + "actors: " + &"[".repeat(100_000))),
        ("100,000 nested dashes", with(initiative, |record| record + "actors:\n" + &"- ".repeat(100_000))),
        ("100,000 nested keys", with(initiative, |record| record + "actors:\n" + &"? ".repeat(100_000))),
        ("a list of 200,000 items", with("data/traces/01.yaml", |_| format!("- [{}]", "1,".repeat(200_000)))),
        ("200,000 printed quotes", with(initiative, |record| record + "actors: [" + &"“a,".repeat(200_000) + "]\n")),
        ("5,000 unknown keys", with(initiative, |record| record + &numbered(5_000, |n| format!("titel{n}: x\n")))),
        ("5,000 cells of foreign years", with(initiative, |record| record + &numbered(5_000, |n| format!("  {}: 1.0\n", 3000 + n)))),
        ("5,000 links that lead nowhere", text(&numbered(5_000, |n| format!("[{n}](initiative:{n})\n    ")))),
        ("5,000 pieces of HTML", text(&numbered(5_000, |n| format!("a <i{n}>\n    ")))),
        ("a key of a megabyte", with(initiative, |record| record + &"title".repeat(200_000) + ": x\n")),
        ("a value of a megabyte", with(initiative, |record| record.replace("theme: books", &format!("theme: {}", "books".repeat(200_000))))),
        ("100,000 nested quotations", chapter(&">".repeat(100_000))),
        ("100,000 nested quotations in code", chapter(&format!("```md\n{}\n```\n", ">".repeat(100_000)))),
        ("100,000 nested brackets in code", chapter(&format!("```yaml\n{}\n```\n", "[".repeat(100_000)))),
        ("100,000 nested items", chapter(&"- ".repeat(100_000))),
        ("a megabyte of stars", chapter(&"*".repeat(1_000_000))),
        ("a megabyte of emphasis", chapter(&"*a _b ".repeat(170_000))),
        ("a megabyte of brackets", chapter(&"[".repeat(1_000_000))),
        ("a megabyte of links that do not end", chapter(&"[a](".repeat(250_000))),
        ("50,000 links with a space", chapter(&"[a](initiative: b) ".repeat(50_000))),
        ("a megabyte of ends of links", chapter(&"a](b ".repeat(200_000))),
        ("a megabyte of backticks", chapter(&numbered(1_400, |n| "`".repeat(n) + " "))),
        ("a megabyte of tags", chapter(&"<a ".repeat(330_000))),
        ("a megabyte of comments", chapter(&"a <!-- ".repeat(140_000))),
        ("50,000 links over two lines", text(&numbered(50_000, |n| format!("[{n}\n    a](https://example.org/{n}) ")))),
        ("20,000 headings of the same words", chapter(&"## a\n\n".repeat(20_000))),
        ("20,000 notes", chapter(&(numbered(20_000, |n| format!("[^{n}] ")) + "\n\n" + &numbered(20_000, |n| format!("[^{n}]: a\n\n"))))),
        ("a table of 100,000 rows", chapter(&("| a | b |\n|-|-|\n".to_owned() + &"| a | b |\n".repeat(100_000)))),
    ];
    let mut faults = Vec::new();
    for (name, site) in inputs {
        let (done, ended) = mpsc::channel();
        std::thread::spawn(move || {
            fuzz::sound(&compile(site, Goal::Preview));
            done.send(()).unwrap();
        });
        // Whoever panics says nothing either.
        if ended.recv_timeout(LONGEST).is_err() {
            faults.push(name);
        }
    }
    assert!(faults.is_empty(), "no end, or a panic: {}", faults.join(", "));
}
