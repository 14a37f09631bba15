//! Files that are written for editors, not published: new records, schemas, settings.
//!
//! In: files and the folder they belong in. Out: those files on the disk, each named on standard output.

use std::io::{self, Write};
use std::path::Path;

use super::Failure;
use super::report::tell;
use crate::source::File;

/// Makes sure that a folder holds nothing: it is empty, or not there yet.
#[expect(clippy::disallowed_methods, reason = "a new site is written for the editor, not published")]
pub fn empty(folder: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Usage(format!("{} is not empty; choose a folder that is, or one that is not there yet", folder.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("cannot look into {}: {error}", folder.display())).into()),
    }
}

/// Creates files that must not be there yet.
#[expect(clippy::disallowed_methods, reason = "records and settings are written for the editor, not published")]
pub fn create(root: &Path, files: &[File]) -> Result<(), Failure> {
    if let Some(file) = files.iter().find(|file| root.join(&file.path).exists()) {
        return Err(Failure::Usage(format!("{} is already there", root.join(&file.path).display())));
    }
    for file in files {
        let path = root.join(&file.path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let mut new = std::fs::File::create_new(&path).map_err(|error| io::Error::new(error.kind(), format!("cannot create {}: {error}", path.display())))?;
        new.write_all(&file.bytes)?;
        tell(&format!("{}\n", path.display()))?;
    }
    Ok(())
}

/// Writes files, whether they are there or not.
#[expect(clippy::disallowed_methods, reason = "schemas are written for the editor, not published")]
pub fn overwrite(root: &Path, files: &[File]) -> Result<(), Failure> {
    for file in files {
        let path = root.join(&file.path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(&path, &file.bytes).map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display())))?;
        tell(&format!("{}\n", path.display()))?;
    }
    Ok(())
}
