//! A program run once: how long it took, what it cost the processor, how much memory it held. And the floor below
//! every generator: a program that only writes the same files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use rayon::prelude::*;
use wait4::Wait4;

/// What a run cost.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Seconds on the wall.
    pub wall: f64,
    /// Seconds of all processors, for the program and for the system on its behalf.
    pub processor: f64,
    /// Megabytes at the peak.
    pub peak: f64,
}

/// Runs a program to its end; it must go well.
pub fn run(command: &mut Command) -> Cost {
    told(command).0
}

/// As [`run`], with what it said on standard error.
pub fn told(command: &mut Command) -> (Cost, String) {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().expect("it is piped"), &mut said).expect("it says text");
    let end = child.wait4().expect("it was started");
    let wall = began.elapsed().as_secs_f64();
    assert!(end.status.success(), "{command:?} failed:\n{said}");
    let usage = end.rusage;
    (Cost { wall, processor: (usage.utime + usage.stime).as_secs_f64(), peak: usage.maxrss as f64 / 1e6 }, said)
}

/// The smallest, the middle and the largest.
pub fn spread(values: impl IntoIterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let median = if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], values[middle]) } else { values[middle] };
    [values[0], median, values[values.len() - 1]]
}

/// Removes a folder that may be there.
pub fn remove(folder: &Path) {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{}: {error}", folder.display()),
        _ => {}
    }
}

/// The files below a folder with their sizes.
pub fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("the output can be read"));
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().strip_prefix(folder).expect("it is below").to_owned(), entry.metadata().expect("it is there").len())).collect()
}

/// Writes down what [`floor`] is to write.
pub fn store_list(files: &[(PathBuf, u64)], list: &Path) {
    let lines: String = files.iter().map(|(path, size)| format!("{size} {}\n", path.display())).collect();
    std::fs::write(list, lines).expect("the list can be written");
}

/// The program that only writes: as many files of the same sizes, in the same folders, with a thread for each processor.
pub fn floor(list: &Path, folder: &Path) {
    let list = std::fs::read_to_string(list).expect("the list is there");
    let files: Vec<(usize, PathBuf)> = list
        .lines()
        .map(|line| {
            let (size, path) = line.split_once(' ').expect("a size and a path");
            (size.parse().expect("a size"), folder.join(path))
        })
        .collect();
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(_, path)| path.parent()).collect();
    folders.into_par_iter().for_each(|folder| std::fs::create_dir_all(folder).expect("a folder can be made"));
    let largest = files.iter().map(|(size, _)| *size).max().unwrap_or_default();
    let text: Vec<u8> = b"All that is written, and nothing that it says. ".iter().copied().cycle().take(largest).collect();
    files.par_iter().for_each(|(size, path)| std::fs::write(path, &text[..*size]).expect("a file can be written"));
}
