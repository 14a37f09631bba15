//! Memory to disk: the only place that writes a site, whole or not at all.
//!
//! In: the files of a site and the folder they belong in. Out: that folder, either as it was or with exactly these
//! files. The new site is built beside the old one, files that stay the same are linked rather than written again, and the two
//! folders change places in one step. Never touches a folder that Sporbar did not make.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::source::{File, FileTree};

/// The file that marks a folder as made by Sporbar.
const MARK: &str = ".sporbar";
const MARK_TEXT: &str = "This folder was made by `sporbar build`, which replaces it as a whole. Do not keep anything of your own here.\n";

/// What a build changed on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Those that are new or different.
    pub changed: usize,
}

/// Puts a site into a folder.
///
/// # Errors
/// Says what could not be done; the folder is then as it was.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
pub fn write(tree: &FileTree, target: &Path) -> io::Result<Written> {
    let _lock = lock(target)?;
    let existing = target.try_exists()?;
    if existing && !target.is_dir() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is a file; move it away", target.display())));
    }
    if existing && !target.join(MARK).try_exists()? && fs::read_dir(target)?.next().is_some() {
        let message = format!("{} was not made by Sporbar and is not empty; move it away or choose another folder", target.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    let stage = beside(target, "new");
    let result = fill(tree, target, &stage).and_then(|written| swap(&stage, target, existing).map(|()| written));
    // After the swap the stage holds the old site, and after a failure an unfinished one.
    remove(&stage)?;
    result
}

/// Keeps two builds from mixing; released when it is dropped, even by a crash.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn lock(target: &Path) -> io::Result<fs::File> {
    let path = beside(target, "lock");
    let file = fs::File::create(&path).map_err(|error| named("create", &path, error))?;
    file.lock()?;
    Ok(file)
}

#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn fill(tree: &FileTree, target: &Path, stage: &Path) -> io::Result<Written> {
    remove(stage)?;
    let mark = File { path: MARK.into(), bytes: MARK_TEXT.into() };
    let folders: BTreeSet<PathBuf> = tree.iter().filter_map(|file| Some(stage.join(&file.path).parent()?.to_owned())).collect();
    fs::create_dir_all(stage).map_err(|error| named("create", stage, error))?;
    for folder in folders {
        fs::create_dir_all(&folder).map_err(|error| named("create", &folder, error))?;
    }
    place(&mark, target, stage)?;
    let files: Vec<&File> = tree.iter().collect();
    let changed = files.par_iter().map(|file| place(file, target, stage)).sum::<io::Result<usize>>()?;
    Ok(Written { files: tree.len(), changed })
}

/// Links a file that stays the same, writes one that does not; 1 where it was written.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn place(file: &File, target: &Path, stage: &Path) -> io::Result<usize> {
    let (old, new) = (target.join(&file.path), stage.join(&file.path));
    let same = fs::symlink_metadata(&old).is_ok_and(|meta| meta.is_file() && meta.len() == file.bytes.len() as u64)
        && fs::read(&old).is_ok_and(|bytes| bytes == file.bytes);
    if same && fs::hard_link(&old, &new).is_ok() {
        return Ok(0);
    }
    let mut out = fs::File::create(&new).map_err(|error| named("write", &new, error))?;
    out.write_all(&file.bytes).map_err(|error| named("write", &new, error))?;
    Ok(1)
}

/// Puts the stage in the place of the target, in one step where the system can.
#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn swap(stage: &Path, target: &Path, existing: bool) -> io::Result<()> {
    if !existing {
        return fs::rename(stage, target).map_err(|error| named("put in place", target, error));
    }
    if exchange(stage, target).is_ok() {
        return Ok(());
    }
    let old = beside(target, "old");
    remove(&old)?;
    fs::rename(target, &old).map_err(|error| named("replace", target, error))?;
    fs::rename(stage, target).inspect_err(|_| drop(fs::rename(&old, target))).map_err(|error| named("put in place", target, error))?;
    remove(&old)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[expect(clippy::disallowed_methods, reason = "the only writer")]
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named("remove", folder, error)),
        _ => Ok(()),
    }
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
