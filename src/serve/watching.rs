//! Notices that files of a site may have changed.
//!
//! In: the root folder. Out: a call for every burst of changes. Says only *that* something happened, never what: whoever is
//! called reads the site again, so that no event that was lost, doubled or late can do harm.
//!
//! Every folder is watched by itself, and after each burst the folders are listed until those that are there are those that
//! are watched: a folder that was made, moved or put in the place of another is seen with all that is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::load::read::{self, FOLDERS};

/// How long nothing must happen until one file that was saved is taken to be whole.
const AFTER_ONE: Duration = Duration::from_millis(4);
/// The same while a file is still being written.
const WHILE_WRITING: Duration = Duration::from_millis(25);
/// The same when several files change together.
const AFTER_SEVERAL: Duration = Duration::from_millis(50);
/// Files that change together.
const SEVERAL: usize = 4;
/// After how long a burst that does not end is looked at all the same.
const LONGEST: Duration = Duration::from_millis(500);
/// The same while git says that it has not finished.
const LONGEST_OF_GIT: Duration = Duration::from_secs(2);
/// When to look again although nothing was heard, soon after a burst and then for good.
const SOON: Duration = Duration::from_millis(300);
const LOOKS: u32 = 3;
/// How often the folders are compared with those that are watched, and, where not all can be, the files read.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// What was heard.
enum Heard {
    /// Something happened to a file; whether it is finished.
    Change(PathBuf, bool),
    /// Some events were lost.
    Gap,
}

/// Why it is time to read the site again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Something changed.
    Heard,
    /// Something may have been missed.
    Look,
}

/// Watches the folders of a site.
pub struct Watch {
    root: PathBuf,
    watcher: RecommendedWatcher,
    heard: mpsc::Receiver<Heard>,
    /// What git holds for as long as it changes files.
    git: Option<PathBuf>,
    /// The folders that are watched, and which folder each was.
    folders: BTreeMap<PathBuf, u64>,
    /// Whether there is a folder that cannot be watched.
    is_blind: bool,
    /// How often to look again soon.
    looks: u32,
}

impl Watch {
    /// Begins to watch; what happens from now on is noticed.
    ///
    /// # Errors
    /// Where the system has no way of watching.
    pub fn new(root: &Path) -> io::Result<Watch> {
        let (sender, heard) = mpsc::channel();
        let base = root.to_owned();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Without a receiver the preview is already ending.
            match event {
                Ok(event) if event.need_rescan() => drop(sender.send(Heard::Gap)),
                Ok(event) => {
                    let Some(finished) = finished(event.kind) else { return };
                    for path in event.paths.into_iter().filter(|path| is_of_site(&base, path)) {
                        drop(sender.send(Heard::Change(path, finished)));
                    }
                }
                Err(_) => drop(sender.send(Heard::Gap)),
            }
        })
        .map_err(io::Error::other)?;
        let mut watch = Watch { root: root.to_owned(), watcher, heard, git: lock_of_git(root), folders: BTreeMap::new(), is_blind: false, looks: 0 };
        watch.follow();
        Ok(watch)
    }

    /// Waits until files may have changed; nothing when it is to end.
    pub fn wait(&mut self) -> Option<Why> {
        loop {
            let patience = if self.looks > 0 { SOON * (1 << (LOOKS - self.looks)) } else { HEARTBEAT };
            match self.heard.recv_timeout(patience) {
                Ok(first) => {
                    for path in self.settle(first) {
                        // Whatever happened to a folder itself, its watch may be gone with it.
                        if self.folders.remove(&path).is_some() {
                            drop(self.watcher.unwatch(&path));
                        }
                    }
                    self.follow();
                    self.looks = LOOKS;
                    return Some(Why::Heard);
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    let moved = self.follow();
                    let look = self.looks > 0 && !self.is_git_busy();
                    self.looks -= u32::from(look);
                    if moved || look || self.is_blind {
                        return Some(if moved { Why::Heard } else { Why::Look });
                    }
                }
            }
        }
    }

    /// Whether not everything can be watched.
    pub fn is_blind(&self) -> bool {
        self.is_blind
    }

    /// Whether git is changing files at this moment.
    fn is_git_busy(&self) -> bool {
        self.git.as_ref().is_some_and(|lock| lock.exists())
    }

    /// Waits for the end of a burst; what it was about.
    fn settle(&self, first: Heard) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        let (mut waited, mut quiet) = (Duration::ZERO, AFTER_SEVERAL);
        let mut event = Some(first);
        loop {
            let is_quiet = event.is_none();
            match event {
                Some(Heard::Change(path, finished)) => {
                    files.insert(path);
                    quiet = match finished {
                        _ if files.len() >= SEVERAL => AFTER_SEVERAL,
                        true => AFTER_ONE,
                        false => WHILE_WRITING,
                    };
                }
                Some(Heard::Gap) => quiet = AFTER_SEVERAL,
                None => {}
            }
            let is_git_busy = self.is_git_busy();
            let longest = if is_git_busy { LONGEST_OF_GIT } else { LONGEST };
            if waited >= longest || is_quiet && !is_git_busy {
                return files;
            }
            let after;
            (event, after) = self.next_within(quiet);
            waited += after;
        }
    }

    #[expect(clippy::disallowed_methods, reason = "how long a burst lasts has no part in what is built")]
    fn next_within(&self, quiet: Duration) -> (Option<Heard>, Duration) {
        let start = std::time::Instant::now();
        (self.heard.recv_timeout(quiet).ok(), start.elapsed())
    }

    /// Watches all folders that are there, and only those; whether they were others than before.
    fn follow(&mut self) -> bool {
        let mut moved = false;
        // Folders that come while others are listed are in the next list; who makes folders without end is not waited for.
        for _ in 0..8 {
            let now = read::folders(&self.root);
            if now == self.folders && !self.is_blind {
                return moved;
            }
            moved |= now != self.folders;
            let gone: Vec<PathBuf> = self.folders.iter().filter(|(path, id)| now.get(*path) != Some(*id)).map(|(path, _)| path.clone()).collect();
            for path in gone {
                // A folder that is gone has taken its watch with it.
                drop(self.watcher.unwatch(&path));
                self.folders.remove(&path);
            }
            self.is_blind = false;
            for (path, id) in now {
                if self.folders.contains_key(&path) {
                    continue;
                }
                match self.watcher.watch(&path, RecursiveMode::NonRecursive) {
                    Ok(()) => drop(self.folders.insert(path, id)),
                    // One that is gone again is not missed.
                    Err(_) => self.is_blind |= path.exists(),
                }
            }
            if self.is_blind {
                return moved;
            }
        }
        moved
    }
}

/// The file that is there for as long as git changes others; nothing outside a repository.
#[expect(clippy::disallowed_methods, reason = "where git keeps its own files has no part in what is built")]
fn lock_of_git(root: &Path) -> Option<PathBuf> {
    let git = root.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    // In a second working tree it is a file that names the folder.
    let named = std::fs::read_to_string(&git).ok().and_then(|text| Some(git.parent()?.join(text.strip_prefix("gitdir: ")?.trim_end())));
    Some(named.unwrap_or(git).join("index.lock"))
}

/// Whether an event says that something changed, and whether whoever changed it has finished.
fn finished(kind: EventKind) -> Option<bool> {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => Some(true),
        EventKind::Access(_) => None,
        _ => Some(false),
    }
}

/// Whether a path can be one of the site: below one of its folders and not hidden.
fn is_of_site(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return true };
    let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
    // An event of the root itself may mean that it is gone.
    let Some(first) = parts.next() else { return true };
    FOLDERS.contains(&&*first) && parts.all(|part| !part.starts_with('.'))
}
