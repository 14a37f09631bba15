//! What systems do each in their own way: two folders change places, two names are of one file, links are copied.
//!
//! In: paths. Out: whether it was done. Where a system has no such thing, says so or does what comes nearest.

use std::fs;
use std::io;
use std::path::Path;

/// Two folders change places in one step.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

/// There is no such step here.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether two names are of one file.
#[cfg(unix)]
pub fn is_same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Not known here.
#[cfg(not(unix))]
pub fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

/// Whether two folders, or two files, are open to the same people.
#[cfg(unix)]
pub fn is_alike(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.mode(), a.uid(), a.gid()) == (b.mode(), b.uid(), b.gid())
}

/// There is nothing here that a build would set.
#[cfg(not(unix))]
pub fn is_alike(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// Copies a file, or a link as a link.
#[cfg(unix)]
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::symlink_metadata(from)?.is_symlink() {
        true => std::os::unix::fs::symlink(fs::read_link(from)?, to),
        false => fs::copy(from, to).map(drop),
    }
}

/// Copies a file.
#[cfg(not(unix))]
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to).map(drop)
}

/// Makes a folder ours to write, and closes it to all others.
#[cfg(unix)]
pub fn close(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// Folders here are as open as those around them.
#[cfg(not(unix))]
pub fn close(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Lets the folders below a folder be emptied; what is no folder, a link to one included, is left alone.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "part of the only writer")]
pub fn unlock(folder: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(folder)?.is_dir() {
        return Ok(());
    }
    close(folder)?;
    for entry in fs::read_dir(folder)? {
        unlock(&entry?.path())?;
    }
    Ok(())
}

/// Nothing stands in the way here.
#[cfg(not(unix))]
pub fn unlock(_: &Path) -> io::Result<()> {
    Ok(())
}
