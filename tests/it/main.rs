//! The one integration test. Everything that is tested is data, and each kind of data has one door:
//!
//! - [`cases`]: `tests/cases/*.txt`, small broken sites and every word of the messages they get;
//! - [`anchors`]: no anchor that a template makes can be one that a record makes;
//! - [`sites`]: `tests/sites/*`, whole sites and every byte that is published, and the real site;
//! - [`explain`]: the explanation of every code, its example tried;
//! - [`search`]: `tests/search/*`, how words are compared and what an index holds;
//! - [`changes`]: `tests/diff/*`, two sites and what is told of how they differ;
//! - [`data`]: the files of open data agree with each other;
//! - [`inert`]: nothing that a record says becomes markup, script or formula;
//! - [`properties`]: what holds for all inputs;
//! - [`huge`]: input of any size comes to an end;
//! - [`command`]: the program as it is run: exit codes, forms of messages, files left alone, links to a web of our own;
//! - [`mutations`]: the real site, damaged in a thousand ways;
//! - [`replay`]: `tests/fuzz/*/*`, broken files of every kind, through the same function as the fuzz targets;
//! - [`instructions`]: what a build costs, against `tests/instructions.txt`; `tests/run` counts, with valgrind;
//! - [`tidy`]: the layers of the code, the table of codes, the map in the README.
//!
//! `BLESS=1 cargo test` rewrites what is expected; read the difference before committing it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files and stop at the first surprise")]

mod anchors;
mod cases;
mod changes;
mod command;
mod data;
// The made-up site of the benchmark must stay in order too.
#[path = "../../benches/dataset/mod.rs"]
#[allow(dead_code, reason = "the benchmark also stores it on the disk")]
mod dataset;
mod explain;
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;
mod huge;
mod inert;
mod instructions;
mod mutations;
mod properties;
mod replay;
mod search;
mod sites;
mod tidy;

use std::path::{Path, PathBuf};

use sporbar::source::{File, FileTree};

/// A path below the root of the repository.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether expectations are to be rewritten.
fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// Compares a text with an expected file, or rewrites that file.
fn expect(path: &Path, actual: &str) -> Result<(), String> {
    if bless() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, actual).unwrap();
        return Ok(());
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    match expected == actual {
        true => Ok(()),
        false => Err(format!("{} is not as expected\n{}", path.display(), difference(&expected, actual))),
    }
}

/// The first line that differs, with the lines around it.
fn difference(expected: &str, actual: &str) -> String {
    let at = expected.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
    let window = |text: &str| text.lines().skip(at.saturating_sub(2)).take(8).collect::<Vec<_>>().join("\n");
    format!("--- expected, from line {} ---\n{}\n--- actual ---\n{}", at + 1, window(expected), window(actual))
}

/// A tree of files from paths and texts.
fn tree<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> FileTree {
    files.into_iter().map(|(path, text)| File { path: path.to_owned(), bytes: text.into() }).collect()
}
