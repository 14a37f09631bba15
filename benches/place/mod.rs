//! Where it is measured: in memory or on a disk.
//!
//! What a run made on a disk is put aside until all is measured: before ext4 without a journal, as on many virtual machines,
//! makes a file, it looks at those that were removed in the last minutes (`recently_deleted` in its `ialloc.c`), and a cold
//! build would pay for the removal of the one before.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure::remove;

/// A folder on a file system, which is removed in the end.
pub struct Place {
    pub name: &'static str,
    pub base: PathBuf,
    /// Where what was made is put until the end; nothing where removing costs the next run nothing.
    aside: Option<PathBuf>,
}

impl Place {
    pub fn in_memory(base: PathBuf) -> Self {
        Place { name: "memory", base, aside: None }
    }

    pub fn on_disk(base: PathBuf) -> Self {
        Place { name: "disk", aside: Some(base.join("aside")), base }
    }

    pub fn is_memory(&self) -> bool {
        self.aside.is_none()
    }

    /// The folder and the kind of its file system, as the system has it.
    pub fn described(&self) -> String {
        std::fs::create_dir_all(&self.base).expect("a folder can be made");
        let kind = Command::new("stat").args(["-f", "-c", "%T"]).arg(&self.base).output();
        let kind = kind.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        format!("in {} ({}, {kind})", self.name, self.base.display())
    }

    /// Takes folders away that may be there, so that the next run is a cold one.
    pub fn clear<const K: usize>(&self, folders: [PathBuf; K]) {
        let Some(aside) = &self.aside else {
            return folders.iter().for_each(|folder| remove(folder));
        };
        std::fs::create_dir_all(aside).expect("a folder can be made");
        for folder in folders.iter().filter(|folder| folder.exists()) {
            let count = std::fs::read_dir(aside).expect("the folder is there").count();
            std::fs::rename(folder, aside.join(count.to_string())).expect("a folder can be moved");
        }
    }

    /// Waits until the disk has what the last run wrote: it must not be written while the next is measured.
    pub fn settle(&self) {
        if self.aside.is_some() {
            assert!(Command::new("sync").status().is_ok_and(|status| status.success()), "`sync` is needed for the disk to come to rest");
        }
    }
}

impl Drop for Place {
    /// Leaves nothing, even where a run failed.
    fn drop(&mut self) {
        remove(Path::new(&self.base));
        self.settle();
    }
}
