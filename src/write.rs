//! Memory to disk: the only place that writes a site, whole or not at all.
//!
//! In: the files of a site and the folder they belong in. Out: that folder, either as it was or with exactly these
//! files. The new site is built beside the old one, files that stay the same are linked rather than written again, and the two
//! folders change places in one step. Never touches a folder that Sporbar did not make, and in its own never a file that it
//! did not make: those go along. Does not wait until the disk has everything: what a power cut takes, the next build, which
//! compares every file, writes again.

mod system;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::source::{File, FileTree};

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
    pub changed: usize,
    /// Files in the folder that no build made, and that are left alone.
    pub foreign: Vec<String>,
    /// What could not be cleaned up.
    pub leftover: Option<String>,
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
    let (stage, old) = (beside(target, "new"), beside(target, "old"));
    // A build that was killed where two folders cannot change places in one step had moved the old site away.
    if !target.try_exists()? && old.join(MARK).try_exists()? {
        fs::rename(&old, target).map_err(|error| named("put back", target, error))?;
    }
    let own = own(target)?;
    let foreign = foreign(tree, target, &own)?;
    let existing = target.try_exists()?;
    let result = remove(&stage).and_then(|()| remove(&old)).and_then(|()| fill(tree, target, &stage, &foreign)).and_then(|changed| {
        swap(&stage, target, existing)?;
        Ok(changed)
    });
    // After the swap the stage holds the old site, and after a failure an unfinished one.
    let cleaned = remove(&stage);
    let changed = result.map_err(|error| as_it_was(error, target))?;
    let cleaned = cleaned.and_then(|()| remove(&old));
    let leftover = cleaned.err().map(|error| format!("the new site is in place, but {error}"));
    let foreign = foreign.into_iter().filter(|(_, folder)| !folder).map(|(path, _)| path.display().to_string()).collect();
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

/// The files that a build made in a folder; nothing where there is no such list yet.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn own(target: &Path) -> io::Result<Option<BTreeSet<PathBuf>>> {
    if !target.try_exists()? {
        return Ok(Some(BTreeSet::new()));
    }
    if !target.is_dir() {
        return Err(io::Error::new(ErrorKind::AlreadyExists, format!("{} is a file; move it away", target.display())));
    }
    let mark = match fs::read_to_string(target.join(MARK)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match fs::read_dir(target).map_err(|error| named("look into", target, error))?.next() {
                None => Ok(Some(BTreeSet::new())),
                Some(_) => {
                    let message = format!("{} was not made by Sporbar and is not empty; move it away or choose another folder", target.display());
                    Err(io::Error::new(ErrorKind::AlreadyExists, message))
                }
            };
        }
        Err(error) => return Err(named("read", &target.join(MARK), error)),
    };
    // The first form of the mark had no list: everything beside it was a build's.
    Ok(mark.split_once("\n\n").map(|(_, list)| list.lines().map(PathBuf::from).collect()))
}

/// What stands in the folder and was not made by a build, folders marked as such.
fn foreign(tree: &FileTree, target: &Path, own: &Option<BTreeSet<PathBuf>>) -> io::Result<Vec<(PathBuf, bool)>> {
    let Some(own) = own else { return Ok(Vec::new()) };
    if !target.try_exists()? {
        return Ok(Vec::new());
    }
    let parents =
        |paths: &mut dyn Iterator<Item = &Path>| -> BTreeSet<PathBuf> { paths.flat_map(|path| path.ancestors().skip(1).map(Path::to_owned)).collect() };
    let own_folders = parents(&mut own.iter().map(PathBuf::as_path));
    let (files, folders): (BTreeSet<&Path>, _) =
        (tree.iter().map(|file| Path::new(&file.path)).collect(), parents(&mut tree.iter().map(|file| Path::new(&file.path))));
    let mut found = Vec::new();
    walk(target, Path::new(""), &mut found)?;
    found.sort();
    found.retain(|(path, folder)| if *folder { !own_folders.contains(path) } else { path != Path::new(MARK) && !own.contains(path) });
    let in_the_way = |(path, folder): &&(PathBuf, bool)| files.contains(path.as_path()) || !folder && folders.contains(path);
    if let Some((path, _)) = found.iter().find(in_the_way) {
        let message = format!("{} was not made by a build, but the site has something of that name; move it away", target.join(path).display());
        return Err(io::Error::new(ErrorKind::AlreadyExists, message));
    }
    Ok(found)
}

/// Every file and folder below a folder, relative to it.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn walk(root: &Path, below: &Path, found: &mut Vec<(PathBuf, bool)>) -> io::Result<()> {
    let folder = root.join(below);
    for entry in fs::read_dir(&folder).map_err(|error| named("look into", &folder, error))? {
        let entry = entry.map_err(|error| named("look into", &folder, error))?;
        let path = below.join(entry.file_name());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        found.push((path.clone(), is_folder));
        if is_folder {
            walk(root, &path, found)?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn fill(tree: &FileTree, target: &Path, stage: &Path, foreign: &[(PathBuf, bool)]) -> io::Result<usize> {
    let list: String = tree.iter().map(|file| format!("{}\n", file.path)).collect();
    let mark = File { path: MARK.into(), bytes: format!("{MARK_TEXT}{list}").into_bytes() };
    fs::create_dir_all(stage).map_err(|error| named("create", stage, error))?;
    let own: BTreeSet<&str> = tree.iter().map(|file| file.path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
    let folders: Vec<&Path> = own.into_iter().map(Path::new).chain(foreign.iter().filter(|(_, folder)| *folder).map(|(path, _)| path.as_path())).collect();
    folders
        .into_par_iter()
        .map(|folder| stage.join(folder))
        .try_for_each(|folder| fs::create_dir_all(&folder).map_err(|error| named("create", &folder, error)))?;
    for (path, _) in foreign.iter().filter(|(_, folder)| !folder) {
        let (old, new) = (target.join(path), stage.join(path));
        fs::hard_link(&old, &new).or_else(|_| system::copy(&old, &new)).map_err(|error| named("keep", &old, error))?;
    }
    let files: Vec<&File> = tree.iter().collect();
    let changed = files.par_iter().map(|file| place(file, target, stage)).sum::<io::Result<usize>>()?;
    place(&mark, target, stage)?;
    Ok(changed)
}

/// Links a file that stays the same, writes one that does not; 1 where it was written.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn place(file: &File, target: &Path, stage: &Path) -> io::Result<usize> {
    let (old, new) = (target.join(&file.path), stage.join(&file.path));
    let same = fs::symlink_metadata(&old).ok().filter(|meta| meta.is_file() && meta.len() == file.bytes.len() as u64);
    let same = same.filter(|_| fs::read(&old).is_ok_and(|bytes| bytes == file.bytes));
    if same.is_some() && fs::hard_link(&old, &new).is_ok() {
        return Ok(0);
    }
    let mut out = fs::File::create(&new).map_err(|error| named("write", &new, error))?;
    out.write_all(&file.bytes).map_err(|error| named("write", &new, error))?;
    // Not every disk has links; the time at least stays.
    let Some(time) = same.and_then(|meta| meta.modified().ok()) else { return Ok(1) };
    drop(out.set_modified(time));
    Ok(0)
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

/// A hidden neighbour of the target, on the same disk: `.public.sporbar-new`.
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
            format!("; the new site is built beside the old one, so whoever builds must be allowed to write in {}", around.display())
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
