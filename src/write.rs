//! Memory to disk: the only place that writes a site, whole or not at all.
//!
//! In: the files of a site and the folder they belong in. Out: that folder, either as it was or with exactly these
//! files. The new site is made beside the published one, out of the one before that, which is kept for it: most of its files
//! are the same and stay where they are. Then the two folders change places in one step. Never touches a folder that Sporbar
//! did not make, and in its own never a file that it did not make: those go along. Does not wait until the disk has
//! everything: what a power cut takes, the next build, which compares every file, writes again.

mod stage;
mod system;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::source::FileTree;

/// The file that marks a folder as made by Sporbar, and lists what was made.
const MARK: &str = ".sporbar";
const MARK_TEXT: &str =
    "This folder is written by `sporbar build`, as a whole. The files below are its own and are replaced; any other file is left alone.\n\n";

/// What a build changed on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Those that are new or different.
    pub changed: Changed,
    /// Files in the folder that no build made, and that are left alone.
    pub foreign: Vec<String>,
    /// What could not be put aside for the next build.
    pub leftover: Option<String>,
}

/// What was written, as it was not published as it is to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: usize,
}

/// Puts a site into a folder. `waiting` is called where another build holds the folder, before waiting for it.
///
/// # Errors
/// Says what could not be done, and what to do; the folder is then as it was.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
pub fn write(tree: &FileTree, target: &Path, waiting: impl FnOnce()) -> io::Result<Written> {
    // Where the folder is a link, what it leads to is replaced and the link stays.
    let target = &match fs::symlink_metadata(target) {
        Ok(meta) if meta.is_symlink() => fs::canonicalize(target).map_err(|error| {
            let message = format!("{} is a link that leads nowhere ({error}); make the folder it leads to, or take the link away", target.display());
            io::Error::new(error.kind(), message)
        })?,
        _ => target.to_owned(),
    };
    let _lock = lock(target, waiting).map_err(|error| as_it_was(error, target))?;
    let (stage, old) = (beside(target, "spare"), beside(target, "old"));
    // A build that was killed where two folders cannot change places in one step had moved the old site away.
    if !target.try_exists()? && old.join(MARK).try_exists()? {
        fs::rename(&old, target).map_err(|error| named("put back", target, error))?;
    }
    let mark = mark(target)?;
    let foreign = foreign(tree, target, &mark)?;
    let existing = target.try_exists()?;
    let fill = || stage::fill(tree, target, &stage, &beside(target, "probe"), &foreign);
    // What lies there may be closed to us, or on a disk that is full; without it, the site takes only a little longer.
    let filled = remove(&old).and_then(|()| fill().or_else(|_| remove(&stage).and_then(|()| fill())));
    let result = filled.and_then(|changed| {
        swap(&stage, target, existing)?;
        Ok(changed)
    });
    let changed = result.inspect_err(|_| drop(remove(&stage))).map_err(|error| as_it_was(error, target))?;
    // Where two folders cannot change places, the site before is in a third one.
    let kept = fs::rename(&old, &stage).err().filter(|error| error.kind() != ErrorKind::NotFound);
    let leftover = kept.map(|error| format!("the new site is in place, but {}", named("put aside", &old, error)));
    let foreign = foreign.files.into_iter().map(|path| path.display().to_string()).collect();
    Ok(Written { files: tree.len(), changed, foreign, leftover })
}

/// Keeps two builds from mixing; released when it is dropped, even by a crash.
fn lock(target: &Path, waiting: impl FnOnce()) -> io::Result<fs::File> {
    let path = beside(target, "lock");
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(&path).map_err(|error| named("create", &path, error))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(fs::TryLockError::WouldBlock) => waiting(),
        Err(fs::TryLockError::Error(error)) => return Err(named("lock", &path, error)),
    }
    file.lock().map_err(|error| named("lock", &path, error))?;
    Ok(file)
}

/// The mark of a folder, with the list of the files that a build made there; empty where nothing stands in it.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn mark(target: &Path) -> io::Result<String> {
    if !target.try_exists()? {
        return Ok(String::new());
    }
    if !target.is_dir() {
        return Err(io::Error::new(ErrorKind::AlreadyExists, format!("{} is a file; move it away", target.display())));
    }
    match fs::read_to_string(target.join(MARK)) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => match fs::read_dir(target).map_err(|error| named("look into", target, error))?.next() {
            None => Ok(String::new()),
            Some(_) => {
                let message = format!("{} was not made by Sporbar and is not empty; move it away, and build again", target.display());
                Err(io::Error::new(ErrorKind::AlreadyExists, message))
            }
        },
        Err(error) => Err(named("read", &target.join(MARK), error)),
    }
}

/// What stands in the published folder and was not made by a build; paths are within it.
#[derive(Default)]
struct Foreign {
    files: Vec<OsString>,
    folders: Vec<OsString>,
}

fn foreign(tree: &FileTree, target: &Path, mark: &str) -> io::Result<Foreign> {
    if !target.try_exists()? {
        return Ok(Foreign::default());
    }
    let files: FxHashSet<&OsStr> = tree.iter().map(|file| OsStr::new(&file.path)).collect();
    // Where a power cut took the list, what the site has is its own.
    let own: FxHashSet<&OsStr> = match mark.split_once("\n\n") {
        Some((_, list)) => list.lines().chain([MARK]).map(OsStr::new).collect(),
        None => files.iter().copied().chain([OsStr::new(MARK)]).collect(),
    };
    let own_folders = folders(own.iter().copied());
    let folders = folders(files.iter().copied());
    let mut found = Foreign::default();
    let mut in_the_way = Vec::new();
    for Entry { path, kind } in walk(target, OsStr::new(""))? {
        let (is_own, is_in_the_way) = match kind.is_dir() {
            true => (own_folders.contains(&*path), files.contains(&*path)),
            false => (own.contains(&*path), files.contains(&*path) || folders.contains(&*path)),
        };
        match (is_own, is_in_the_way) {
            (true, _) => {}
            (false, true) => in_the_way.push(path),
            (false, false) if kind.is_dir() => found.folders.push(path),
            (false, false) => found.files.push(path),
        }
    }
    if let Some(path) = in_the_way.iter().min() {
        let message = format!("{} was not made by a build, but the site has something of that name; move it away", target.join(path).display());
        return Err(io::Error::new(ErrorKind::AlreadyExists, message));
    }
    found.files.sort();
    Ok(found)
}

/// Every folder that some files are in, the outermost, which has no name, included.
fn folders<'p>(paths: impl Iterator<Item = &'p OsStr>) -> FxHashSet<&'p OsStr> {
    let mut found = FxHashSet::default();
    for path in paths {
        for folder in Path::new(path).ancestors().skip(1) {
            // Where a folder is known, so are those around it.
            if !found.insert(folder.as_os_str()) {
                break;
            }
        }
    }
    found
}

/// Something that stands below a folder; its path is within that, with `/` between the parts.
struct Entry {
    path: OsString,
    kind: fs::FileType,
}

/// Everything below a folder within another, each folder before what is in it; links are not followed.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn walk(root: &Path, below: &OsStr) -> io::Result<Vec<Entry>> {
    let folder = root.join(below);
    let failed = |error| named("look into", &folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let mut path = below.to_owned();
        path.push(if below.is_empty() { "" } else { "/" });
        path.push(entry.file_name());
        found.push(Entry { path, kind: entry.file_type().map_err(failed)? });
    }
    let folders = found.par_iter().filter(|entry| entry.kind.is_dir());
    let below: Vec<Vec<Entry>> = folders.map(|folder| walk(root, &folder.path)).collect::<io::Result<_>>()?;
    found.extend(below.into_iter().flatten());
    Ok(found)
}

/// Puts the stage in the place of the target, in one step where the system can.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn swap(stage: &Path, target: &Path, existing: bool) -> io::Result<()> {
    if !existing {
        return fs::rename(stage, target).map_err(|error| named("put in place", target, error));
    }
    match system::exchange(stage, target) {
        Ok(()) => return Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::CrossesDevices) => return Err(named("replace", target, error)),
        Err(_) => {}
    }
    let old = beside(target, "old");
    fs::rename(target, &old).map_err(|error| named("replace", target, error))?;
    fs::rename(stage, target).inspect_err(|_| drop(fs::rename(&old, target))).map_err(|error| named("put in place", target, error))
}

#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn remove(folder: &Path) -> io::Result<()> {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    };
    let result = gone(fs::remove_dir_all(folder));
    let result = result.or_else(|error| match error.kind() {
        ErrorKind::NotADirectory => fs::remove_file(folder),
        // Folders that someone has made read-only are still ours.
        ErrorKind::PermissionDenied => {
            system::unlock(folder)?;
            gone(fs::remove_dir_all(folder))
        }
        _ => Err(error),
    });
    result.map_err(|error| named("remove", folder, error))
}

/// A hidden neighbour of the target, on the same disk: `.public.sporbar-spare`.
fn beside(target: &Path, role: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or("site".as_ref()));
    name.push(format!(".sporbar-{role}"));
    target.with_file_name(name)
}

fn named(verb: &str, path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {verb} {}: {error}", path.display()))
}

/// A failure after which the folder is as it was, with the way out where it is known.
fn as_it_was(error: io::Error, target: &Path) -> io::Error {
    let around = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let help = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("; make room and build again: the new site is built beside the old one, in {}", around.display())
        }
        ErrorKind::PermissionDenied => {
            format!(
                "; the new site is built beside the old one, so whoever builds must be allowed to write in {} and to remove what earlier builds left there",
                around.display()
            )
        }
        ErrorKind::ReadOnlyFilesystem => "; the disk can only be read".to_owned(),
        ErrorKind::ResourceBusy | ErrorKind::CrossesDevices => {
            format!("; it is a place where a disk is mounted, which cannot be replaced in one step; mount {} instead", around.display())
        }
        _ => String::new(),
    };
    let state = if target.exists() { "is as it was" } else { "is still not there" };
    io::Error::new(error.kind(), format!("{error}; {} {state}{help}", target.display()))
}
