//! After any edit the preview shows what a clean build publishes, byte for byte; with faults, what was there before.
//!
//! Every edit follows from a seed and its number: `SPORBAR_SEED` and `SPORBAR_EDITS` choose other ones and more of them.

use std::path::PathBuf;

use proptest::prelude::RngExt;
use proptest::test_runner::{RngAlgorithm, TestRng};
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::read;
use sporbar::serve::Preview;
use sporbar::source::FileTree;
use sporbar::{Goal, compile};

use super::super::here;
use super::running::{clean, differences};
use super::*;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// Somebody who writes, and makes mistakes.
struct Writer {
    root: PathBuf,
    rng: TestRng,
    number: usize,
    /// How to mend what is broken: what stood at each path.
    broken: Vec<(PathBuf, Option<Vec<u8>>)>,
    /// A folder that is elsewhere for now.
    moved: Option<(PathBuf, PathBuf)>,
    /// Chapters that were added.
    chapters: Vec<String>,
}

impl Writer {
    fn new(root: &Path, seed: u64) -> Writer {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Writer { root: root.to_owned(), rng, number: 0, broken: Vec::new(), moved: None, chapters: Vec::new() }
    }

    fn pick(&mut self, length: usize) -> usize {
        self.rng.random_range(0..length)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Some file of the site.
    fn some(&mut self) -> PathBuf {
        let tree = read::read(&self.root).unwrap();
        let files: Vec<&str> = tree.iter().map(|file| file.path.as_str()).collect();
        let at = self.pick(files.len().max(1));
        files.get(at).map_or_else(|| self.at("data/site.yaml"), |path| self.at(path))
    }

    fn put(&self, path: &Path, bytes: &[u8]) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // As editors do: beside it, and then in its place.
        if self.number.is_multiple_of(2) {
            let beside = path.with_file_name(".being-saved");
            std::fs::write(&beside, bytes).unwrap();
            std::fs::rename(&beside, path).unwrap();
        } else {
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// Spoils a file, to be mended later.
    fn spoil(&mut self, path: PathBuf, bytes: Option<Vec<u8>>) {
        self.broken.push((path.clone(), std::fs::read(&path).ok()));
        match bytes {
            Some(bytes) => self.put(&path, &bytes),
            None => drop(std::fs::remove_file(&path)),
        }
    }

    /// Brings the whole site back to where it began, file by file.
    fn check_out(&mut self) {
        self.broken.clear();
        self.chapters.clear();
        for folder in read::FOLDERS {
            let first = here("tests/cases/base").join(folder);
            let all =
                |root: &Path| walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).collect::<Vec<_>>();
            for entry in all(&self.at(folder)) {
                if !first.join(entry.path().strip_prefix(self.at(folder)).unwrap()).exists() {
                    std::fs::remove_file(entry.path()).unwrap();
                }
            }
            for entry in all(&first) {
                let to = self.at(folder).join(entry.path().strip_prefix(&first).unwrap());
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }

    fn chapter(&self, name: &str) {
        for (code, title) in [("en", "Chapter"), ("cy", "Pennod")] {
            let text = format!("---\ntitle: {title} {name}\nsummary: {title} {name}.\n---\n\n## {title}\n\nSee [](initiative:one-01).\n");
            self.put(&self.at(&format!("content/about/{name}.{code}.md")), text.as_bytes());
        }
    }

    /// Changes something; what it was.
    fn edit(&mut self) -> String {
        self.number += 1;
        let number = self.number;
        // Nobody leaves everything broken.
        if let Some((from, to)) = self.moved.take_if(|_| number.is_multiple_of(3)) {
            std::fs::rename(&to, &from).unwrap();
            return format!("moves {} back", from.display());
        }
        if number.is_multiple_of(16) && self.moved.is_none() {
            self.check_out();
            return "checks everything out again".to_owned();
        }
        let choice = self.pick(if self.broken.len() > 1 { 3 } else { 13 });
        match choice {
            0..=2 if !self.broken.is_empty() && self.moved.is_none() => {
                let (path, before) = self.broken.pop().unwrap();
                match before {
                    Some(bytes) => self.put(&path, &bytes),
                    None => drop(std::fs::remove_file(&path)),
                }
                format!("mends {}", path.display())
            }
            _ if self.moved.is_some() => {
                let place = if self.at("themes").is_dir() { "themes/default/assets" } else { "content/about" };
                self.spoil(self.at(place).join("while.txt"), Some(number.to_string().into_bytes()));
                format!("writes into {place} while a folder is away")
            }
            3 => {
                let path = self.some();
                let text = std::fs::read(&path).unwrap_or_default();
                let half = self.pick(text.len().max(1));
                self.spoil(path.clone(), Some(text[..half].to_vec()));
                format!("writes half of {}", path.display())
            }
            4 => {
                let path = self.some();
                self.spoil(path.clone(), None);
                format!("deletes {}", path.display())
            }
            5 => {
                let path = self.some();
                let mut text = std::fs::read(&path).unwrap_or_default();
                let at = self.pick(text.len() + 1);
                text.splice(at..at, *b"\n}: [\t");
                self.spoil(path.clone(), Some(text));
                format!("garbles {}", path.display())
            }
            6 => {
                let name = format!("more-{number}");
                self.chapter(&name);
                self.chapters.push(name);
                "adds a chapter".to_owned()
            }
            7 if !self.chapters.is_empty() => {
                let at = self.pick(self.chapters.len());
                let (old, new) = (self.chapters.remove(at), format!("renamed-{number}"));
                for code in ["en", "cy"] {
                    let (from, to) = (self.at(&format!("content/about/{old}.{code}.md")), self.at(&format!("content/about/{new}.{code}.md")));
                    drop(std::fs::rename(from, to));
                }
                self.chapters.push(new);
                "renames a chapter".to_owned()
            }
            8 if !self.chapters.is_empty() => {
                let name = self.chapters.remove(0);
                for code in ["en", "cy"] {
                    drop(std::fs::remove_file(self.at(&format!("content/about/{name}.{code}.md"))));
                }
                "deletes a chapter".to_owned()
            }
            9 => {
                let style = format!(":root {{ --accent: rgb({} 0 0) }}\n", self.pick(256));
                self.put(&self.at("themes/default/assets/own.css"), style.as_bytes());
                "changes a colour".to_owned()
            }
            10 => {
                let folder = ["content", "content/about", "data/initiatives", "data/initiatives/one", "themes"][self.pick(5)];
                let (from, to) = (self.at(folder), self.root.join(format!("away-{number}")));
                std::fs::rename(&from, &to).unwrap();
                self.moved = Some((from, to));
                format!("moves {folder} away")
            }
            11 => {
                // Another folder of the same name, with the same files.
                let folder = ["content", "data", "data/initiatives"][self.pick(3)];
                let folder = self.at(folder);
                let (copy, old) = (self.root.join("copy"), self.root.join("old"));
                for entry in walkdir::WalkDir::new(&folder).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
                    let to = copy.join(entry.path().strip_prefix(&folder).unwrap());
                    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                    std::fs::copy(entry.path(), to).unwrap();
                }
                std::fs::rename(&folder, &old).unwrap();
                std::fs::rename(&copy, &folder).unwrap();
                std::fs::remove_dir_all(&old).unwrap();
                "puts another folder in the place of one".to_owned()
            }
            _ => {
                let (path, key) =
                    [("data/initiatives/one/01.yaml", "{en: "), ("data/initiatives/three/02.yaml", "{en: "), ("data/site.yaml", "title: {en: ")][self.pick(3)];
                let text = String::from_utf8_lossy(&std::fs::read(self.at(path)).unwrap_or_default()).into_owned();
                self.put(&self.at(path), text.replacen(key, &format!("{key}{} ", ["Æble", "New", "Old"][number % 3]), 1).as_bytes());
                format!("changes {path}")
            }
        }
    }
}

fn site(name: &str) -> Folder {
    let folder = Folder::site(name);
    folder.change("data/site.yaml", "base_url", "share_images: true\nbase_url");
    folder
}

#[test]
fn after_any_edit_the_preview_is_a_clean_build() {
    let (seed, edits) = (setting("SPORBAR_SEED", 1), setting("SPORBAR_EDITS", 60));
    let folder = site("preview-edits");
    let mut writer = Writer::new(&folder.0, seed);
    let preview = Preview::new(&folder.0, "vscode".parse().unwrap()).unwrap();
    let mut good = preview.site();
    let mut states = [0, 0];
    for number in 1..=edits {
        let done = writer.edit();
        preview.refresh();
        let built = compile(read::read(&folder.0).unwrap(), Goal::Publish);
        let is_good = built.is_publishable();
        states[usize::from(is_good)] += 1;
        let what = format!("seed {seed}, edit {number}: {done}");
        let told = &built.diagnostics[..built.diagnostics.len().min(200)];
        let faults = emit::render_below(&read::from_here(&folder.0), told, &built.sources, Format::Human, false);
        assert!(preview.faults().0 == faults, "{what}\n{}", super::super::super::difference(&faults, &preview.faults().0));
        if is_good {
            good = built.output;
        }
        let shown = preview.site();
        assert!(shown == good, "{what}: other than a clean build are {}", other(&shown, &good));
    }
    assert!(states.iter().all(|count| *count * 5 > edits), "faulty and whole: {states:?} of {edits}");
}

fn other(shown: &FileTree, good: &FileTree) -> String {
    let paths: std::collections::BTreeSet<&str> = shown.iter().chain(good.iter()).map(|file| file.path.as_str()).collect();
    paths.into_iter().filter(|path| shown.get(path) != good.get(path)).collect::<Vec<_>>().join(", ")
}

/// The same through the watcher and the network: what was not noticed would stay for ever.
#[test]
fn every_edit_is_noticed() {
    let (seed, edits) = (setting("SPORBAR_SEED", 2), setting("SPORBAR_EDITS", 60) / 3);
    let folder = site("preview-noticed");
    let mut writer = Writer::new(&folder.0, seed);
    // By way of a link, as some keep their sites.
    let link = folder.0.with_extension("link");
    drop(std::fs::remove_file(&link));
    std::os::unix::fs::symlink(&folder.0, &link).unwrap();
    let server = Server::start(&link, &["--port", "0"]);
    let mut good = clean(&folder);
    for number in 1..=edits {
        let done = writer.edit();
        let built = compile(read::read(&folder.0).unwrap(), Goal::Publish);
        let faults: Vec<String> = built.diagnostics.iter().take(200).map(|fault| fault.message.clone()).collect();
        if built.is_publishable() {
            good = built.output;
        }
        until(|| {
            let told: Vec<String> = server.news("/")["faults"].as_array().unwrap().iter().map(|fault| fault["message"].as_str().unwrap().to_owned()).collect();
            if told != faults {
                return Err(format!("seed {seed}, edit {number}: {done}: {told:?} and not {faults:?}"));
            }
            differences(&server, &good).map_err(|list| format!("seed {seed}, edit {number}: {done}: {list:?}"))
        });
    }
    std::fs::remove_file(&link).unwrap();
}
