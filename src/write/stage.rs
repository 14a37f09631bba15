//! The site before it is published: the folder of the one before last is made into that of the next.
//!
//! In: the files of the site, the published folder, and the folder beside it, whatever is there. Out: the latter, holding the
//! site. A file that is published as it is to be is shared by both folders: making and clearing a whole tree was two thirds of
//! the time of a rebuild on a disk. Never writes into a file that is there, as that may be the published one.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Changed, Entry, Foreign, MARK, MARK_TEXT, folders, named, remove, system, walk};
use crate::source::{File, FileTree};

/// Makes the stage hold a site. `probe` is a place for a folder and a file that show how the system makes them now.
///
/// # Errors
/// Says what could not be done; the stage is then of no use.
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
pub fn fill(tree: &FileTree, target: &Path, stage: &Path, probe: &Path, foreign: &Foreign) -> io::Result<Changed> {
    let files: FxHashSet<&OsStr> = tree.iter().map(|file| OsStr::new(&file.path)).collect();
    let others = foreign.files.iter().chain(&foreign.folders).map(|path| &**path);
    let mut folders = folders(files.iter().copied().chain(others));
    folders.extend(foreign.folders.iter().map(|path| &**path));
    let fresh = Fresh::look(probe)?;
    let left_alone: FxHashSet<&OsStr> = foreign.folders.iter().map(|path| &**path).collect();
    let there = trim(stage, &fresh, &files, &folders, &left_alone)?;
    let published = target.try_exists()?;
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
        system::close(&folder).map_err(|error| named("keep", &folder, error))?;
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
    let put = |file: &File| {
        let old = published.then(|| target.join(&file.path));
        place(file, old.as_deref(), &stage.join(&file.path), there.contains(OsStr::new(&file.path)), &fresh)
    };
    let both = |a: Changed, b: Changed| Ok(Changed { files: a.files + b.files, bytes: a.bytes + b.bytes });
    // A few at a time, so that no thread is left with the last hundreds.
    let changed = files.par_iter().with_max_len(16).map(|file| put(file)).try_reduce(Changed::default, both)?;
    let list: String = tree.iter().map(|file| format!("{}\n", file.path)).collect();
    put(&File { path: MARK.into(), bytes: format!("{MARK_TEXT}{list}").into_bytes() })?;
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
/// files and folders that are left. Folders that are left alone are as open as those that are published.
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
        let stays = match kind.is_dir() {
            true => folders.contains(&*path) && (left_alone.contains(&*path) || is_kept(&there)?),
            false => kind.is_file() && files.contains(&*path),
        };
        match stays {
            true => drop(left.insert(path)),
            false => remove(&there)?,
        }
    }
    Ok(left)
}

/// Leaves, links or writes a file at its `new` place, where one may be `there`; says what was written because it is not
/// published as it is to be at the `old` place, if anything is, or not open to the same people.
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
fn place(file: &File, old: Option<&Path>, new: &Path, there: bool, fresh: &Fresh) -> io::Result<Changed> {
    let is_same = |meta: &fs::Metadata| meta.is_file() && meta.len() == file.bytes.len() as u64 && system::is_alike(meta, &fresh.file);
    let same = old.and_then(|old| Some((old, fs::symlink_metadata(old).ok().filter(is_same)?)));
    let same = same.filter(|(old, _)| fs::read(old).is_ok_and(|bytes| bytes == file.bytes));
    if there {
        let meta = look(new)?;
        if same.as_ref().is_some_and(|(_, same)| system::is_same(same, &meta)) {
            return Ok(Changed::default());
        }
        fs::remove_file(new).map_err(|error| named("replace", new, error))?;
    }
    if same.as_ref().is_some_and(|(old, _)| fs::hard_link(old, new).is_ok()) {
        return Ok(Changed::default());
    }
    let mut out = fs::File::create_new(new).map_err(|error| named("write", new, error))?;
    out.write_all(&file.bytes).map_err(|error| named("write", new, error))?;
    // Not every disk has links; the time at least stays.
    let Some(time) = same.and_then(|(_, meta)| meta.modified().ok()) else { return Ok(Changed { files: 1, bytes: file.bytes.len() }) };
    drop(out.set_modified(time));
    Ok(Changed::default())
}
