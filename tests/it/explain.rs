//! The explanations of the codes: each example is tried on the base site.
//!
//! An explanation names a file, shows a piece of it that is wrong and the same piece as it is right. The base site has
//! the right one; with the wrong one in its place, the code is reported.

use sporbar::diagnostic::Code;
use sporbar::load::read;
use sporbar::source::{File, FileTree};
use sporbar::{Goal, compile};

use super::{expect, here};

/// What no piece of text in a file of the base site can show; each has a test of its own.
const WITHOUT_PIECE: [&str; 4] = ["E0002", "E0005", "W0010", "W0011"];

/// File, wrong piece and right piece of an explanation.
fn example(text: &str) -> Option<(&str, String, String)> {
    let path = text.split_once("Wrong, in `")?.1.split('`').next()?;
    let mut blocks = text.split("\n```").skip(1).step_by(2).filter_map(|block| Some(block.split_once('\n')?.1.to_owned()));
    Some((path, blocks.next()?, blocks.next()?))
}

fn with_piece(path: &str, right: &str, wrong: &str) -> Result<FileTree, String> {
    let base = read::read(&here("tests/cases/base")).unwrap();
    let mut files: Vec<File> = base.iter().cloned().collect();
    let Some(file) = files.iter_mut().find(|file| file.path == path) else {
        files.push(File { path: path.to_owned(), bytes: wrong.into() });
        return Ok(files.into_iter().collect());
    };
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    match text.matches(right).count() {
        1 => file.bytes = text.replace(right, wrong).into_bytes(),
        count => return Err(format!("the right piece stands {count} times in {path}")),
    }
    Ok(files.into_iter().collect())
}

#[test]
fn every_example_shows_its_code() {
    let mut faults = Vec::new();
    for code in Code::ALL {
        let info = code.info();
        let Some((path, wrong, right)) = example(info.explanation) else {
            if !WITHOUT_PIECE.contains(&info.name) {
                faults.push(format!("{} has no example", info.name));
            }
            continue;
        };
        match with_piece(path, &right, &wrong) {
            Err(fault) => faults.push(format!("{}: {fault}", info.name)),
            Ok(tree) => {
                let found: Vec<&str> = compile(tree, Goal::Publish).diagnostics.iter().map(|diagnostic| diagnostic.code.info().name).collect();
                if !found.contains(&info.name) {
                    faults.push(format!("{}: the example gives {found:?}", info.name));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_page_of_codes_is_what_explain_says() {
    let entries: String = Code::ALL.iter().map(|code| format!("\n{}", code.explain())).collect();
    let page = format!(
        "# What the messages mean\n\nEvery message of `sporbar check`, `build` and `serve` has a code. `sporbar explain CODE` prints what stands here.\n\
         Warnings and notes can be raised or silenced in `data/site.yaml`, with a reason; errors cannot:\n\n```yaml\nseverities:\n  \
         W0004: {{severity: off, reason: The titles spell numbers out in one language.}}\n```\n{entries}"
    );
    expect(&here("docs/codes.md"), &page).unwrap();
}
