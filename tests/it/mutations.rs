//! A thousand ways to damage the real site, and what must hold after each.
//!
//! Every damage follows from a seed and its number. `SPORBAR_SEED` and `SPORBAR_MUTATIONS` choose other ones and more of them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use proptest::prelude::RngExt;
use proptest::test_runner::{RngAlgorithm, TestRng};
use sporbar::load::read;
use sporbar::source::{File, FileTree};
use sporbar::{Goal, compile, write};

use super::{fuzz, here};

/// The kinds of damage, each as likely as the others.
#[derive(Debug, Clone, Copy)]
enum Damage {
    DeleteLine,
    SwapLines,
    DoubleLine,
    Truncate,
    Retype,
    Garble,
    DeleteFile,
    RenameFile,
    SwapFiles,
    Indent,
    Outdent,
    ReplaceWord,
    Insert,
}

impl Damage {
    const ALL: [Damage; 13] = [
        Damage::DeleteLine,
        Damage::SwapLines,
        Damage::DoubleLine,
        Damage::Truncate,
        Damage::Retype,
        Damage::Garble,
        Damage::DeleteFile,
        Damage::RenameFile,
        Damage::SwapFiles,
        Damage::Indent,
        Damage::Outdent,
        Damage::ReplaceWord,
        Damage::Insert,
    ];
}

/// What stands where something else is expected.
const VALUES: [&str; 8] = ["42", "-1.5e9", "a text", "[a, b]", "{a: b}", "[[[]]]", "~", ""];

/// What has no place in a site.
fn snippets() -> Vec<Vec<u8>> {
    let mut snippets: Vec<Vec<u8>> = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/x.png)",
        "&anchor ",
        "*alias ",
        "!!tag ",
        "\u{0}",
        "\u{7}\u{1b}[31m",
        "\u{feff}",
        "\r\n",
        "\r",
        "😀👩‍👩‍👧‍👦",
        "\u{202e}",
        "\u{2028}",
        "{{ t }}",
        "{% for a in b %}",
        "]]>",
        "%PAGE\n",
        "\n---\n",
        "\n...\n",
        "\n\t- ",
        "? ",
    ]
    .into_iter()
    .map(Into::into)
    .collect();
    snippets.extend(
        ["x".repeat(100_000), "[".repeat(5_000), "{a: ".repeat(5_000), "> ".repeat(5_000), "- ".repeat(5_000), "*_".repeat(5_000)].map(String::into_bytes),
    );
    snippets
}

/// The files of the site and what chooses among them.
struct Wreck {
    files: Vec<File>,
    rng: TestRng,
}

impl Wreck {
    /// The site with one damage, and what was done to it.
    fn of(site: &FileTree, seed: u64, number: usize) -> (FileTree, String) {
        let bytes: Vec<u8> = [seed, number as u64, 0, 0].iter().flat_map(|part| part.to_le_bytes()).collect();
        let mut wreck = Wreck { files: site.iter().cloned().collect(), rng: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes) };
        let damage = Damage::ALL[wreck.below(Damage::ALL.len())];
        let file = wreck.pick();
        let path = wreck.files[file].path.clone();
        let how = wreck.apply(damage, file);
        (wreck.files.into_iter().collect(), format!("{damage:?} in {path}: {how}"))
    }

    fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { self.rng.random_range(0..end) }
    }

    /// A file of the records or the chapters; now and then the words or a template of the theme.
    fn pick(&mut self) -> usize {
        let theme = self.below(8) == 0;
        let fits = |file: &File| match file.path.strip_prefix("themes/default/") {
            Some(path) => theme && (path.starts_with("messages/") || path.starts_with("templates/")),
            None => !theme,
        };
        let among: Vec<usize> = (0..self.files.len()).filter(|at| fits(&self.files[*at])).collect();
        among[self.below(among.len())]
    }

    fn lines(&self, file: usize) -> Vec<Vec<u8>> {
        self.files[file].bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    }

    fn apply(&mut self, damage: Damage, file: usize) -> String {
        let mut lines = self.lines(file);
        let line = self.below(lines.len());
        let at = self.below(self.files[file].bytes.len() + 1);
        match damage {
            Damage::DeleteLine => drop(lines.remove(line)),
            Damage::SwapLines => {
                let other = self.below(lines.len());
                lines.swap(line, other);
                self.files[file].bytes = lines.concat();
                return format!("lines {} and {}", line + 1, other + 1);
            }
            Damage::DoubleLine => lines.insert(line, lines[line].clone()),
            Damage::Truncate => {
                self.files[file].bytes.truncate(at);
                return format!("after byte {at}");
            }
            Damage::Retype => {
                let keys: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].windows(2).any(|pair| pair == b": ")).collect();
                let Some(line) = keys.get(self.below(keys.len())).copied() else { return "no value".into() };
                let colon = lines[line].windows(2).position(|pair| pair == b": ").unwrap();
                let value = VALUES[self.below(VALUES.len())];
                lines[line] = [&lines[line][..colon + 2], value.as_bytes(), b"\n"].concat();
                self.files[file].bytes = lines.concat();
                return format!("line {} has the value `{value}`", line + 1);
            }
            Damage::Garble => {
                let bytes: Vec<u8> = (0..1 + self.below(8)).map(|_| self.rng.random_range(0..=255)).collect();
                let end = (at + bytes.len()).min(self.files[file].bytes.len());
                self.files[file].bytes.splice(at..end, bytes.iter().copied());
                return format!("bytes {bytes:x?} at {at}");
            }
            Damage::DeleteFile => {
                self.files.remove(file);
                return "gone".into();
            }
            Damage::RenameFile => {
                let other = self.pick();
                let names = ["01.yaml", "99.yaml", "x.yaml", "x.da.md", "x.en.md", "Å b.yaml", "é\u{202e}.en.md", "noname"];
                let name = names[self.below(names.len())];
                let path = format!("{}/{name}", self.files[other].path.rsplit_once('/').unwrap().0);
                let bytes = self.files.remove(file).bytes;
                self.files.retain(|there| there.path != path);
                self.files.push(File { path: path.clone(), bytes });
                return format!("is now {path}");
            }
            Damage::SwapFiles => {
                let other = self.pick();
                let bytes = std::mem::take(&mut self.files[other].bytes);
                let path = self.files[other].path.clone();
                if other != file {
                    self.files[other].bytes = std::mem::replace(&mut self.files[file].bytes, bytes);
                }
                return format!("swapped with {path}");
            }
            Damage::Indent | Damage::Outdent => {
                let until = (line + 1 + self.below(6)).min(lines.len());
                for line in &mut lines[line..until] {
                    match damage {
                        Damage::Indent => drop(line.splice(0..0, *b"  ")),
                        _ => *line = line.strip_prefix(b"  ").unwrap_or(line).to_vec(),
                    }
                }
            }
            Damage::ReplaceWord => {
                let text = String::from_utf8_lossy(&self.files[file].bytes).into_owned();
                let other = self.pick();
                let donor = String::from_utf8_lossy(&self.files[other].bytes).into_owned();
                let (words, others): (Vec<&str>, Vec<&str>) = (text.split_whitespace().collect(), donor.split_whitespace().collect());
                let (Some(old), Some(new)) = (words.get(self.below(words.len())), others.get(self.below(others.len()))) else { return "no word".into() };
                self.files[file].bytes = text.replacen(old, new, 1).into_bytes();
                return format!("`{old}` is now `{new}`");
            }
            Damage::Insert => {
                let mut snippets = snippets();
                let snippet = snippets.swap_remove(self.below(snippets.len()));
                let name: String = String::from_utf8_lossy(&snippet).chars().take(30).collect();
                self.files[file].bytes.splice(at..at, snippet);
                return format!("{name:?} at {at}");
            }
        }
        self.files[file].bytes = lines.concat();
        format!("line {}", line + 1)
    }
}

/// What must hold of a damaged site; `number` says which of the costlier promises are looked at.
fn survives(site: FileTree, theme: bool, number: usize, old: &FileTree) {
    let compilation = compile(site.clone(), Goal::Publish);
    fuzz::sound(&compilation);
    if compilation.is_publishable() {
        assert!(compilation.output.len() > 300, "only {} files are published", compilation.output.len());
    }
    if !theme {
        fuzz::harmless(&compilation.output);
    }
    if number.is_multiple_of(3) {
        assert_eq!(compile(site.clone(), Goal::Check).diagnostics, compilation.diagnostics, "a check finds something else");
    }
    if number.is_multiple_of(20) {
        let again = compile(site.clone(), Goal::Publish);
        assert!(again.output == compilation.output && again.diagnostics == compilation.diagnostics, "a second time something else comes out");
    }
    if number.is_multiple_of(5) && !compilation.is_publishable() {
        let preview = compile(site.clone(), Goal::Preview);
        fuzz::sound(&preview);
        assert!(!preview.is_publishable(), "the preview finds nothing wrong");
        if !theme {
            fuzz::harmless(&preview.output);
        }
    }
    if number.is_multiple_of(40) {
        let new = compilation.is_publishable().then_some(&compilation.output);
        whole_or_untouched(&site, number, old, new);
    }
}

/// The program builds the damaged site over the undamaged one.
fn whole_or_untouched(site: &FileTree, number: usize, old: &FileTree, new: Option<&FileTree>) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutation-{number}"));
    drop(std::fs::remove_dir_all(&root));
    let public = root.join("public");
    for file in site.iter() {
        let path = root.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.bytes).unwrap();
    }
    write::write(old, &public, || {}).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sporbar")).arg("--root").arg(&root).arg("build").output().unwrap();
    let expected = match new {
        Some(new) => (Some(0), new),
        None => (Some(1), old),
    };
    assert_eq!(output.status.code(), expected.0, "{}", String::from_utf8_lossy(&output.stderr));
    assert!(*expected.1 == published(&public), "the folder is neither the old site nor the new one");
    std::fs::remove_dir_all(&root).unwrap();
}

/// What lies in a folder, without the mark of the writer.
fn published(folder: &Path) -> FileTree {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let file = |path: PathBuf| File { path: path.strip_prefix(folder).unwrap().display().to_string(), bytes: std::fs::read(&path).unwrap() };
    files.map(|entry| file(entry.into_path())).filter(|file| file.path != ".sporbar").collect()
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    let Some(text) = std::env::var_os(name) else { return default };
    text.to_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} is a number"))
}

/// Nothing heard from any thread for so long is a hang, on any machine.
const SILENCE: Duration = Duration::from_secs(120);

#[test]
fn no_damage_upsets_the_compiler() {
    let (seed, count): (u64, usize) = (setting("SPORBAR_SEED", 1), setting("SPORBAR_MUTATIONS", 1_000));
    let site: &'static FileTree = Box::leak(Box::new(read::read(&here("")).unwrap()));
    let old: &'static FileTree = Box::leak(Box::new(compile(site.clone(), Goal::Publish).output));
    let next: &'static AtomicUsize = Box::leak(Box::default());
    // A thread that hangs can only be named from outside; each says what it begins and how it went.
    let (say, heard) = mpsc::channel();
    for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
        let say = say.clone();
        std::thread::spawn(move || {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    break;
                }
                let (wreck, how) = Wreck::of(site, seed, number);
                say.send((number, Some(how.clone()), Ok(()))).unwrap();
                let survival = catch_unwind(AssertUnwindSafe(|| pool.install(|| survives(wreck, how.contains("themes/"), number, old))));
                say.send((number, None, survival.map_err(|cause| words(&*cause)))).unwrap();
            }
        });
    }
    drop(say);
    let (mut running, mut faults) = (BTreeMap::new(), Vec::new());
    loop {
        match heard.recv_timeout(SILENCE) {
            Ok((number, Some(how), _)) => drop(running.insert(number, how)),
            Ok((number, None, survival)) => {
                let how = running.remove(&number).unwrap();
                faults.extend(survival.err().map(|cause| format!("{number}: {how}\n    {cause}")));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("SPORBAR_SEED={seed}: no end after {SILENCE:?}: {running:#?}"),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    assert!(running.is_empty(), "SPORBAR_SEED={seed}: stopped in the midst of {running:#?}");
    assert!(faults.is_empty(), "SPORBAR_SEED={seed}: {} of {count} damages\n{}", faults.len(), faults.join("\n"));
}

/// What a panic said.
fn words(cause: &(dyn std::any::Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
