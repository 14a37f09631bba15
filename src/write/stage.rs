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

/// Makes the stage hold a site; the number of files that are not published as they are to be. `probe` is a place for a folder
/// and a file that show how the system makes them now.
///
/// # Errors
/// Says what could not be done; the stage is then of no use.
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
pub fn fill(tree: &FileTree, target: &Path, stage: &Path, probe: &Path, foreign: &Foreign) -> io::Result<usize> {
    let files: FxHashSet<&OsStr> = tree.iter().map(|file| OsStr::new(&file.path)).collect();
    let others = foreign.files.iter().chain(&foreign.folders).map(|path| &**path);
    let mut folders = folders(files.iter().copied().chain(others));
    folders.extend(foreign.folders.iter().map(|path| &**path));
    let fresh = Fresh::look(probe)?;
    let left_alone: FxHashSet<&OsStr> = foreign.folders.iter().map(|path| &**path).collect();
    let there = trim(stage, &fresh, &files, &folders, &left_alone)?;
    let create = |folder: &OsStr| {
        let folder = stage.join(folder);
        fs::create_dir_all(&folder).map_err(|error| named("create", &folder, error))
    };
    create(OsStr::new(""))?;
    let missing: Vec<&OsStr> = folders.into_iter().filter(|folder| !there.contains(*folder)).collect();
    missing.into_par_iter().try_for_each(create)?;
    // What is left alone is ours to write and closed to all others, until it is as open as it is published.
    for path in &foreign.folders {
        let folder = stage.join(path);
        system::unlock(&folder).map_err(|error| named("keep", &folder, error))?;
    }
    for path in &foreign.files {
        let (old, new) = (target.join(path), stage.join(path));
        let kept = fs::hard_link(&old, &new).or_else(|error| match error.kind() {
            // A copy would be written into what is there.
            ErrorKind::AlreadyExists => Err(error),
            _ => system::copy(&old, &new),
        });
        kept.map_err(|error| named("keep", &old, error))?;
    }
    let files: Vec<&File> = tree.iter().collect();
    let changed = files.par_iter().with_max_len(16).map(|file| place(file, target, stage, &fresh)).sum::<io::Result<usize>>()?;
    let list: String = tree.iter().map(|file| format!("{}\n", file.path)).collect();
    place(&File { path: MARK.into(), bytes: format!("{MARK_TEXT}{list}").into_bytes() }, target, stage, &fresh)?;
    // The innermost first: whoever may look into a folder may do so as before.
    for path in foreign.folders.iter().rev() {
        let (old, new) = (target.join(path), stage.join(path));
        let opened = fs::metadata(&old).and_then(|meta| fs::set_permissions(&new, meta.permissions()));
        opened.map_err(|error| named("keep", &old, error))?;
    }
    Ok(changed)
}

/// How the system makes a folder and a file now, whoever they are open to.
struct Fresh {
    folder: fs::Metadata,
    file: fs::Metadata,
}

impl Fresh {
    /// Makes both at a place where nothing stays.
    #[expect(clippy::disallowed_methods, reason = "part of the only writer")]
    fn look(probe: &Path) -> io::Result<Self> {
        let inner = probe.join("file");
        remove(probe)?;
        fs::create_dir_all(probe).map_err(|error| named("create", probe, error))?;
        fs::File::create_new(&inner).map_err(|error| named("create", &inner, error))?;
        let fresh = Fresh { folder: look(probe)?, file: look(&inner)? };
        remove(probe).map(|()| fresh)
    }
}

/// What a path is, a link itself included.
fn look(path: &Path) -> io::Result<fs::Metadata> {
    fs::symlink_metadata(path).map_err(|error| named("look into", path, error))
}

/// Takes away what the site does not have, the mark first, and folders that are open to others than one that is made now; the
/// folders that are left. Folders that are left alone are as open as those that are published.
fn trim(
    stage: &Path,
    fresh: &Fresh,
    files: &FxHashSet<&OsStr>,
    folders: &FxHashSet<&OsStr>,
    left_alone: &FxHashSet<&OsStr>,
) -> io::Result<FxHashSet<OsString>> {
    let mut left = FxHashSet::default();
    if !stage.is_symlink() && !stage.try_exists()? {
        return Ok(left);
    }
    let is_kept = |path: &Path| look(path).map(|meta| meta.is_dir() && system::is_alike(&meta, &fresh.folder));
    if !is_kept(stage)? {
        return remove(stage).map(|()| left);
    }
    left.insert(OsString::new());
    remove(&stage.join(MARK))?;
    for Entry { path, kind } in walk(stage, OsStr::new(""))? {
        if Path::new(&path).parent().is_none_or(|folder| !left.contains(folder.as_os_str())) {
            // It went with the folder it was in.
            continue;
        }
        let there = stage.join(&path);
        if kind.is_dir() && folders.contains(&*path) && (left_alone.contains(&*path) || is_kept(&there)?) {
            left.insert(path);
        } else if !(kind.is_file() && files.contains(&*path)) {
            remove(&there)?;
        }
    }
    Ok(left)
}

/// Leaves, links or writes a file; 1 where it was written because it is not published as it is to be, or not open to the same people.
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
fn place(file: &File, target: &Path, stage: &Path, fresh: &Fresh) -> io::Result<usize> {
    let (old, new) = (target.join(&file.path), stage.join(&file.path));
    let same = fs::symlink_metadata(&old).ok().filter(|meta| meta.is_file() && meta.len() == file.bytes.len() as u64 && system::is_alike(meta, &fresh.file));
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
