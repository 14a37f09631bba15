//! Disk to memory: the only place that reads files.
//!
//! In: the root folder of a site. Out: the [`FileTree`] of `data/`, `content/` and `themes/`. Never interprets a byte, and
//! never leaves the root: what is not an ordinary file of a sensible size is refused by name.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use walkdir::WalkDir;

use crate::source::{File, FileTree};

/// The folders that a site is made of.
pub const FOLDERS: [&str; 3] = ["data", "content", "themes"];

/// Largest record, chapter, template or asset that is read, in bytes: a hundred times what people write by hand.
pub const LARGEST: u64 = 16 << 20;

/// Deepest folder below the root.
const DEEPEST: usize = 32;

/// What became of a file.
enum Outcome {
    Read(File),
    /// Path and reason.
    Refused(String, String),
    /// It was there when the folder was listed, and is not now: an editor replaces files like this.
    Gone,
}

/// Reads a site. What cannot be read stands in the tree with the reason.
///
/// Files and folders whose names begin with a dot are left alone: they belong to editors and tools.
///
/// # Errors
/// The root itself cannot be listed.
#[expect(clippy::disallowed_methods, reason = "the only reader")]
pub fn read(root: &Path) -> io::Result<FileTree> {
    std::fs::read_dir(root).map_err(|error| io::Error::new(error.kind(), format!("cannot read {}: {error}", root.display())))?;
    let (tell, told) = mpsc::channel();
    // It is listened to until the end.
    let tell = |outcome: Outcome| tell.send(outcome).unwrap_or_default();
    let refuse = |path: &Path, why: &str| tell(Outcome::Refused(name(root, path), why.to_owned()));
    // Files are read while the rest of the folders is listed.
    rayon::in_place_scope(|readers| {
        for folder in FOLDERS.iter().map(|folder| root.join(folder)) {
            let Ok(kind) = std::fs::symlink_metadata(&folder) else { continue };
            if !kind.is_dir() {
                refuse(&folder, if kind.is_symlink() { LINK } else { NO_FILE });
                continue;
            }
            let visible = |entry: &walkdir::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
            for entry in WalkDir::new(&folder).max_depth(DEEPEST).into_iter().filter_entry(visible) {
                match entry {
                    Ok(entry) if entry.file_type().is_dir() && entry.depth() < DEEPEST => {}
                    Ok(entry) if entry.file_type().is_dir() => refuse(entry.path(), "the folder is nested too deeply"),
                    Ok(entry) if entry.file_type().is_symlink() => refuse(entry.path(), LINK),
                    Ok(entry) if entry.file_type().is_file() => readers.spawn(move |_| tell(open(root, entry.path()))),
                    Ok(entry) => refuse(entry.path(), NO_FILE),
                    Err(error) => {
                        let path = error.path().unwrap_or(&folder).to_owned();
                        refuse(&path, &io::Error::from(error).to_string());
                    }
                }
            }
        }
    });
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    for outcome in told.try_iter() {
        match outcome {
            Outcome::Read(file) => files.push(file),
            Outcome::Refused(path, why) => refused.push((path, why)),
            Outcome::Gone => {}
        }
    }
    let mut tree: FileTree = files.into_iter().collect();
    refused.into_iter().for_each(|(path, why)| tree.refuse(path, why));
    Ok(tree)
}

/// What stands before the paths of a site, so that whoever reads them finds its files from the current folder: nothing, `sites/water/`,
/// or, where the site is not below that folder, the root as it was named.
pub fn from_here(root: &Path) -> String {
    let below = match (root.canonicalize(), Path::new(".").canonicalize()) {
        (Ok(root), Ok(here)) => root.strip_prefix(here).ok().map(Path::to_owned),
        _ => None,
    };
    let path = below.as_deref().unwrap_or(root).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    if path.is_empty() || path.ends_with('/') { path } else { path + "/" }
}

/// The root and every folder of a site, and for each a number that tells it from another in its place.
pub fn folders(root: &Path) -> BTreeMap<PathBuf, u64> {
    let mut folders = BTreeMap::new();
    folders.extend(std::fs::metadata(root).ok().map(|data| (root.to_owned(), identity(&data))));
    for folder in FOLDERS.iter().map(|folder| root.join(folder)) {
        let visible = |entry: &walkdir::DirEntry| entry.file_type().is_dir() && !entry.file_name().to_string_lossy().starts_with('.');
        let found = WalkDir::new(&folder).follow_root_links(false).max_depth(DEEPEST).into_iter().filter_entry(visible).filter_map(Result::ok);
        folders.extend(found.filter_map(|entry| entry.metadata().ok().map(|data| (entry.into_path(), identity(&data)))));
    }
    folders
}

fn identity(data: &std::fs::Metadata) -> u64 {
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(data);
    #[cfg(not(unix))]
    let number = 0;
    // Numbers are given again; together with the time it was made one is as good as unique.
    let made = data.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    number.rotate_left(40) ^ made.map_or(0, |time| time.as_nanos() as u64)
}

const LINK: &str = "it is a symbolic link; put the file itself there";
const NO_FILE: &str = "it is neither a file nor a folder";

#[expect(clippy::disallowed_methods, reason = "the only reader")]
fn open(root: &Path, path: &Path) -> Outcome {
    let relative = name(root, path);
    let mut bytes = Vec::new();
    // The limit holds for what is read, not for what the file was said to be.
    let read = std::fs::File::open(path).and_then(|file| {
        bytes.reserve(file.metadata().map_or(0, |data| data.len().min(LARGEST)) as usize);
        file.take(LARGEST + 1).read_to_end(&mut bytes)
    });
    match read {
        _ if path.to_str().is_none() => Outcome::Refused(relative, "its name is not UTF-8 text".into()),
        Ok(length) if length as u64 > LARGEST => Outcome::Refused(relative, format!("it is larger than {} MB", LARGEST >> 20)),
        Ok(_) => Outcome::Read(File { path: relative, bytes }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Outcome::Gone,
        Err(error) => Outcome::Refused(relative, error.to_string()),
    }
}

/// The path of a file in its tree.
fn name(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
