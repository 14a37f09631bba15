//! The site before it is published: the folder of the one before last is made into that of the next.
//!
//! In: the files of the site, the published folder, and the folder beside it, whatever is there. Out: the latter, holding the
//! site. A file that is published as it is to be is shared by both folders. Never writes into a file that is there, as that
//! may be the published one.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Entry, Foreign, MARK, MARK_TEXT, folders, named, remove, system, walk};
use crate::source::{File, FileTree};

/// Makes the stage hold a site; the number of files that are not published as they are to be.
///
/// # Errors
/// Says what could not be done; the stage is then of no use.
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
pub fn fill(tree: &FileTree, target: &Path, stage: &Path, foreign: &Foreign) -> io::Result<usize> {
    let files: FxHashSet<&OsStr> = tree.iter().map(|file| OsStr::new(&file.path)).collect();
    let own = files.iter().copied().chain(foreign.files.iter().map(|path| &**path));
    let own = folders(own.chain(foreign.folders.iter().map(|path| &**path)));
    let folders: FxHashSet<&OsStr> = own.into_iter().chain(foreign.folders.iter().map(|path| &**path)).collect();
    let there = trim(stage, &files, &folders)?;
    let create = |folder: &OsStr| {
        let folder = stage.join(folder);
        fs::create_dir_all(&folder).map_err(|error| named("create", &folder, error))
    };
    create(OsStr::new(""))?;
    let missing: Vec<&OsStr> = folders.into_iter().filter(|folder| !there.contains(*folder)).collect();
    missing.into_par_iter().try_for_each(create)?;
    for path in &foreign.files {
        let (old, new) = (target.join(path), stage.join(path));
        fs::hard_link(&old, &new).or_else(|_| system::copy(&old, &new)).map_err(|error| named("keep", &old, error))?;
    }
    let files: Vec<&File> = tree.iter().collect();
    let changed = files.par_iter().map(|file| place(file, target, stage)).sum::<io::Result<usize>>()?;
    let list: String = tree.iter().map(|file| format!("{}\n", file.path)).collect();
    place(&File { path: MARK.into(), bytes: format!("{MARK_TEXT}{list}").into_bytes() }, target, stage)?;
    Ok(changed)
}

/// Takes away what the site does not have, the mark first; the folders that are left.
fn trim(stage: &Path, files: &FxHashSet<&OsStr>, folders: &FxHashSet<&OsStr>) -> io::Result<FxHashSet<OsString>> {
    let mut left = FxHashSet::default();
    match fs::symlink_metadata(stage) {
        Ok(meta) if meta.is_dir() => left.insert(OsString::new()),
        Ok(_) => return remove(stage).map(|()| left),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(left),
        Err(error) => return Err(named("look into", stage, error)),
    };
    remove(&stage.join(MARK))?;
    for Entry { path, kind } in walk(stage, OsStr::new(""))? {
        let is_gone = Path::new(&path).parent().is_none_or(|folder| !left.contains(folder.as_os_str()));
        let stays = kind.is_dir() && folders.contains(&*path) || kind.is_file() && files.contains(&*path);
        match (is_gone, stays) {
            (true, _) => {}
            (false, false) => remove(&stage.join(path))?,
            (false, true) if kind.is_dir() => drop(left.insert(path)),
            (false, true) => {}
        }
    }
    Ok(left)
}

/// Leaves, links or writes a file; 1 where it was written because it is not published as it is to be.
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
fn place(file: &File, target: &Path, stage: &Path) -> io::Result<usize> {
    let (old, new) = (target.join(&file.path), stage.join(&file.path));
    let same = fs::symlink_metadata(&old).ok().filter(|meta| meta.is_file() && meta.len() == file.bytes.len() as u64);
    let same = same.filter(|_| fs::read(&old).is_ok_and(|bytes| bytes == file.bytes));
    if let Ok(there) = fs::symlink_metadata(&new) {
        if same.as_ref().is_some_and(|same| system::is_same(same, &there)) {
            return Ok(0);
        }
        fs::remove_file(&new).map_err(|error| named("replace", &new, error))?;
    }
    if same.is_some() && fs::hard_link(&old, &new).is_ok() {
        return Ok(0);
    }
    let mut out = fs::File::create_new(&new).map_err(|error| named("write", &new, error))?;
    out.write_all(&file.bytes).map_err(|error| named("write", &new, error))?;
    // Not every disk has links; the time at least stays.
    let Some(time) = same.and_then(|meta| meta.modified().ok()) else { return Ok(1) };
    drop(out.set_modified(time));
    Ok(0)
}
