//! That a build does not come to cost more unnoticed: the instructions of a build of a fixed made-up site, which repeat
//! where seconds do not, against the figure in `tests/instructions.txt`.
//!
//! A change that costs more on purpose writes the new figure there, and why (`BLESS=1 BECAUSE="…"`).

use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::{bless, dataset, here};

/// A figure further from the one written down than this share needs a word.
const TOLERANCE: f64 = 0.05;

/// What is written down: the figure, the compiler it was counted with, and why it last changed.
struct Known {
    instructions: u64,
    compiler: String,
    because: String,
}

impl Known {
    fn read(text: &str) -> Self {
        let line = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("tests/instructions.txt has no `{key}`")).trim();
        Known {
            instructions: line("instructions:").replace(',', "").parse().unwrap(),
            compiler: line("compiler:").to_owned(),
            because: line("because:").to_owned(),
        }
    }

    fn text(&self) -> String {
        format!("instructions: {}\ncompiler: {}\nbecause: {}\n", grouped(self.instructions), self.compiler, self.because)
    }
}

#[test]
#[ignore = "tests/run counts; it needs valgrind"]
fn a_build_costs_what_it_cost() {
    let path = here("tests/instructions.txt");
    let known = Known::read(&std::fs::read_to_string(&path).unwrap());
    let (instructions, compiler) = (count(), compiler());
    let change = instructions as f64 / known.instructions as f64 - 1.0;
    if bless() {
        let because = match change.abs() < TOLERANCE && compiler == known.compiler {
            true => known.because,
            false => std::env::var("BECAUSE").expect("BECAUSE=\"…\" says why a build costs something else now"),
        };
        std::fs::write(path, Known { instructions, compiler, because }.text()).unwrap();
        return;
    }
    let figures = format!("{} instructions, {} written down in tests/instructions.txt", grouped(instructions), grouped(known.instructions));
    if compiler != known.compiler {
        // Another compiler makes other instructions of the same program. Written past the test runner, which keeps what passes to itself.
        let note = format!("not compared: {figures}, counted with {}; this is {compiler}\n", known.compiler);
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return;
    }
    let advice = "; BLESS=1 BECAUSE=\"…\" cargo test --test it -- --ignored instructions writes the new figure, and why";
    assert!(change < TOLERANCE, "a build costs {:.1} % more: {figures}. Find out why, or declare it{advice}", change * 100.0);
    assert!(change > -TOLERANCE, "a build costs {:.1} % less: {figures}. Keep what was won{advice}", -change * 100.0);
}

/// The instructions of a build from nothing, by one thread.
fn count() -> u64 {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("instructions");
    drop(std::fs::remove_dir_all(&root));
    dataset::store(&dataset::make(40), &root);
    let mut command = Command::new("valgrind");
    command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", env!("CARGO_BIN_EXE_sporbar"), "--root"]);
    let output = command.arg(&root).arg("build").env_clear().env("RAYON_NUM_THREADS", "1").output().expect("valgrind is missing");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let figure = said.lines().find_map(|line| line.split_once(" refs:")).unwrap_or_else(|| panic!("valgrind counted nothing: {said}")).1;
    std::fs::remove_dir_all(&root).unwrap();
    figure.trim().replace(',', "").parse().unwrap()
}

/// Version and machine: `1.95.0 (59807616e 2026-04-14) x86_64-unknown-linux-gnu`.
fn compiler() -> String {
    let said = Command::new("rustc").arg("-vV").output().expect("rustc is missing").stdout;
    let said = String::from_utf8(said).unwrap();
    let word = |begin: &str| said.lines().find_map(|line| line.strip_prefix(begin)).unwrap_or_default().to_owned();
    format!("{} {}", word("rustc "), word("host: "))
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let part = |at: usize| &digits[digits.len().saturating_sub(3 * at + 3)..digits.len() - 3 * at];
    (0..digits.len().div_ceil(3)).rev().map(part).collect::<Vec<_>>().join(",")
}
