//! What fuzzing ever found, and one broken text or two for each of its targets: `tests/fuzz/<target>/*`.

use std::panic::catch_unwind;

use super::{fuzz, here};

#[test]
fn nothing_that_was_found_comes_back() {
    let mut faults = Vec::new();
    let folder = here("tests/fuzz");
    for entry in walkdir::WalkDir::new(&folder).sort_by_file_name().into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let (bytes, path) = (std::fs::read(entry.path()).unwrap(), entry.path().strip_prefix(&folder).unwrap());
        let target = path.iter().next().unwrap().to_str().unwrap().to_owned();
        if catch_unwind(|| fuzz::survive(&target, &bytes)).is_err() {
            faults.push(path.display().to_string());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every target has its binary and its place in the script that runs them.
#[test]
fn targets_are_the_same_everywhere() {
    let (manifest, script) = (std::fs::read_to_string(here("fuzz/Cargo.toml")).unwrap(), std::fs::read_to_string(here("fuzz/run")).unwrap());
    for (target, _) in fuzz::TARGETS {
        let binary = std::fs::read_to_string(here(&format!("fuzz/targets/{target}.rs"))).unwrap();
        assert!(binary.contains(&format!("survive(\"{target}\"")), "{target}");
        assert!(manifest.contains(&format!("name = \"{target}\"")) && script.contains(&format!("\nseed {target} ")), "{target}");
        assert!(here(&format!("tests/fuzz/{target}")).is_dir(), "{target} has inputs that are replayed");
    }
}
