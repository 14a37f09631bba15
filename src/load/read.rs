//! Disk to memory: the only place that reads files.
//!
//! In: the root folder of a site. Out: the [`FileTree`] of `data/`, `content/` and `themes/`. Never interprets a byte.

use std::io;
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::source::{File, FileTree};

/// The folders that a site is made of.
pub const FOLDERS: [&str; 3] = ["data", "content", "themes"];

/// Reads a site.
///
/// Files and folders whose names begin with a dot are left alone: they belong to editors and tools.
///
/// # Errors
/// The first file or folder that cannot be read, by name.
#[expect(clippy::disallowed_methods, reason = "the only reader")]
pub fn read(root: &Path) -> io::Result<FileTree> {
    let mut paths = Vec::new();
    for folder in FOLDERS.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir()) {
        let visible = |entry: &walkdir::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
        for entry in WalkDir::new(folder).into_iter().filter_entry(visible) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(root).display().to_string();
                named(&path, error.into())
            })?;
            if entry.file_type().is_symlink() {
                let message = format!("{} is a symbolic link; put the file itself there", entry.path().display());
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
            if entry.file_type().is_file() {
                paths.push(entry.into_path());
            }
        }
    }
    let files: io::Result<Vec<File>> = paths
        .into_par_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).map_err(|error| named(&path.display().to_string(), error))?;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            Ok(File { path: parts.join("/"), bytes })
        })
        .collect();
    Ok(files?.into_iter().collect())
}

fn named(path: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot read {path}: {error}"))
}
