//! How long a cold full build takes, phase by phase, and how much memory: for the real site and for N made-up
//! initiatives.
//!
//! `cargo bench` measures N = 40, 1,000 and 10,000 on a memory file system (`/dev/shm` where there is one; another
//! folder with `SPORBAR_BENCH_DIR`). Every run is a process of its own, so that its peak memory is its own.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark reads the clock and the disk and prints")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sporbar::diagnostic::Diagnostics;
use sporbar::progress::Unobserved;
use sporbar::source::FileTree;
use sporbar::{check, load, model, render, write};

mod dataset;

const RUNS: usize = 5;
const PHASES: [&str; 7] = ["read", "load", "check", "model", "render", "write", "total"];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--one") {
        Some(at) => one(Path::new(&arguments[at + 1]), Path::new(&arguments[at + 2])),
        None => all(),
    }
}

/// A single cold build: prints the milliseconds of each phase, the files, the bytes and the peak memory in kB.
fn one(root: &Path, output: &Path) {
    let mut times = Vec::new();
    let start = Instant::now();
    let mut last = start;
    let mut lap = |times: &mut Vec<Duration>| {
        let now = Instant::now();
        times.push(now - last);
        last = now;
    };
    let mut diagnostics = Diagnostics::default();
    let sources = load::read::read(root).expect("the data set can be read").over(load::theme::built_in());
    lap(&mut times);
    let content = load::parse(&sources, &mut diagnostics).expect("the data set is in order");
    lap(&mut times);
    let graph = check::check(&content, &mut diagnostics);
    lap(&mut times);
    let site = model::build(graph, true);
    lap(&mut times);
    let look = render::look::look(&content, &sources, None, &mut diagnostics);
    let tree: FileTree = render::render(&site, &sources, look, true, &Unobserved, &mut diagnostics);
    lap(&mut times);
    write::write(&tree, &output.join("public"), || {}).expect("the output can be written");
    lap(&mut times);
    times.push(start.elapsed());
    let faults = diagnostics.sorted();
    assert!(faults.is_empty(), "the data set has faults: {faults:?}");
    let bytes: usize = tree.iter().map(|file| file.bytes.len()).sum();
    let milliseconds: Vec<String> = times.iter().map(|time| format!("{:.2}", time.as_secs_f64() * 1e3)).collect();
    println!("{} {} {} {}", milliseconds.join(" "), tree.len(), bytes, peak_memory());
    // The process ends here; freeing a million small values one by one is no part of a build.
    std::process::exit(0);
}

/// `VmHWM` of this process in kB; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn all() {
    let base = std::env::var_os("SPORBAR_BENCH_DIR").map(PathBuf::from).unwrap_or_else(|| match Path::new("/dev/shm").is_dir() {
        true => "/dev/shm".into(),
        false => std::env::temp_dir(),
    });
    let base = base.join(format!("sporbar-bench-{}", std::process::id()));
    println!("{} threads, {RUNS} cold runs each after one warm-up, medians; milliseconds", std::thread::available_parallelism().map_or(1, usize::from));
    println!("{:>9} {} {:>7} {:>9} {:>9}", "N", PHASES.map(|phase| format!("{phase:>8}")).join(" "), "files", "out MB", "peak MB");
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let real = base.join("real");
    let tree = load::read::read(&own).expect("the real site can be read");
    dataset::store(&tree, &real);
    row("real", &real, &base);
    for n in [40, 1_000, 10_000] {
        let root = base.join(n.to_string());
        dataset::store(&dataset::make(n), &root);
        row(&n.to_string(), &root, &base);
    }
    std::fs::remove_dir_all(&base).expect("the data sets can be removed");
}

fn row(name: &str, root: &Path, base: &Path) {
    let measure = |_| -> Vec<f64> {
        let output = base.join("out");
        drop(std::fs::remove_dir_all(&output));
        std::fs::create_dir_all(&output).expect("the output folder can be made");
        let run =
            Command::new(std::env::current_exe().expect("this program has a path")).arg("--one").args([root, &output]).output().expect("this program runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).split_whitespace().map(|word| word.parse().expect("a number")).collect()
    };
    let runs: Vec<Vec<f64>> = (0..=RUNS).map(measure).skip(1).collect();
    let median = |column: usize| {
        let mut values: Vec<f64> = runs.iter().map(|run| run[column]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let times: Vec<String> = (0..PHASES.len()).map(|column| format!("{:>8.1}", median(column))).collect();
    println!("{name:>9} {} {:>7} {:>9.1} {:>9.1}", times.join(" "), median(7), median(8) / 1e6, median(9) / 1e3);
}
