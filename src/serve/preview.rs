//! The site that a preview shows, followed in memory.
//!
//! In: the folder of a site, each time something in it may have changed. Out: a [`Snapshot`] after another. A site is shown
//! as soon as its content is in order, and made to its end behind that; newer files abandon the rest of an older site, unless
//! somebody waits for it or they have errors and it is what stays in view.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf, absolute};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::editor::Editor;
use super::news;
use super::shown::{Place, Shown};
use super::snapshot::{Faults, Snapshot};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::load::read;
use crate::progress::{Observer, Phase, Ready};
use crate::source::FileTree;
use crate::{Edition, Goal, Memory, compile_edition, whole};

/// How long browsers have to draw a page before the others are made, in ticks.
const COURTESY: u32 = 15;
const TICK: Duration = Duration::from_millis(10);

/// A site that is followed in memory.
pub struct Preview {
    root: PathBuf,
    editor: Editor,
    /// Tells this preview from another at the same address, before or after it.
    nonce: u64,
    current: RwLock<(u64, Arc<Snapshot>)>,
    /// One rebuild at a time.
    building: Mutex<()>,
    epochs: watch::Sender<String>,
    /// Moves on whenever there may be more to send than before.
    turns: watch::Sender<u64>,
    /// What the files came to last.
    memory: Memory,
    /// How often files changed since it began.
    changes: AtomicU64,
    /// How many questions wait for a whole site.
    waiting: AtomicUsize,
}

impl Preview {
    /// Builds a site for the first time, faulty or not.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn new(root: &Path, editor: Editor) -> io::Result<Preview> {
        let preview = Preview::waiting(root, editor)?;
        preview.refresh();
        Ok(preview)
    }

    /// Shows nothing yet; whoever asks for a page waits.
    pub(super) fn waiting(root: &Path, editor: Editor) -> io::Result<Preview> {
        let root = absolute(root)?;
        root.read_dir()?;
        let nonce = RandomState::new().build_hasher().finish();
        Ok(Preview {
            root,
            editor,
            nonce,
            current: RwLock::new((0, Arc::new(Snapshot::waiting()))),
            building: Mutex::new(()),
            epochs: watch::Sender::new(epoch(nonce, 0)),
            turns: watch::Sender::new(0),
            memory: Memory::default(),
            changes: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Is told that files changed: what is being made now is no longer the newest.
    pub(super) fn hear(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// Reads the site again and shows it, if it is not the one that is shown; whether it was made to its end.
    pub fn refresh(&self) -> bool {
        let _one = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, last) = self.current();
        let known = self.changes.load(Ordering::Relaxed);
        // A fault of the program itself must not end the preview.
        let built = catch_unwind(AssertUnwindSafe(|| {
            let sources = whole(read::read(&self.root)?);
            if last.is_of(&sources) {
                return Ok(None);
            }
            // The same files once more, because their site was abandoned, are no news: what was saved stays what was saved.
            let sources = if *sources == *last.sources { Arc::clone(&last.sources) } else { sources };
            Ok(self.make(sources, &last, known))
        }));
        let next = match built.unwrap_or_else(|_| Err(io::Error::other("the site could not be made because of a fault of sporbar itself"))) {
            Ok(None) => return false,
            Ok(Some(next)) => next,
            Err(error) if last.trouble.as_ref() == Some(&error.to_string()) => return false,
            Err(error) => last.with_trouble(error.to_string()),
        };
        self.publish(next);
        true
    }

    /// Makes a site, which is shown while it is being made; nothing where it was abandoned for newer files.
    fn make(&self, sources: Arc<FileTree>, last: &Snapshot, known: u64) -> Option<Snapshot> {
        let build =
            |sources: &Arc<FileTree>, above| Build { preview: self, sources: Arc::clone(sources), above, last, known, abandoned: AtomicBool::new(false) };
        // A site with errors is worth showing only where there is nothing better.
        let goal = if last.good.is_some() || last.shown.is_sound { Goal::Review } else { Goal::Preview };
        let (shown, faults) = build(&sources, None).run(goal)?;
        if shown.is_sound || last.shown.is_whole() || !last.shown.is_sound {
            return Some(Snapshot::made(last, shown, faults));
        }
        // The site in view was abandoned for these files. They have errors, so it stays, and is made to its end.
        let above = Some((Arc::clone(&sources), faults.clone()));
        let (before, _) = build(&last.shown.sources, above).run(Goal::Review)?;
        if before.is_sound {
            return Some(Snapshot::keeping(last, sources, Arc::new(before), faults));
        }
        let shown = if last.good.is_some() { shown } else { build(&sources, None).run(Goal::Preview)?.0 };
        Some(Snapshot::made(last, shown, faults))
    }

    /// Shows something else from now on. Browsers are told of it, unless it only has more of what they were told of.
    fn publish(&self, next: Snapshot) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Of the same files the same was saved, also where the end of their site has more to say of them: a browser that was hidden
        // or slow may hear only of the end.
        let is_same = Arc::ptr_eq(&next.sources, &current.1.sources) && next.faults.is_good && next.trouble.is_none();
        let saved = if is_same { current.1.saved.clone() } else { next.saved };
        let next = Arc::new(Snapshot { saved, ..next });
        if next.is_as(&current.1) {
            current.1 = next;
        } else {
            *current = (current.0 + 1, next);
            self.epochs.send_replace(epoch(self.nonce, current.0));
        }
        self.turns.send_modify(|turn| *turn += 1);
    }

    /// What there is to show as soon as the first of these files that there is can be sent.
    pub(super) async fn with(&self, paths: Vec<String>) -> (String, Arc<Snapshot>) {
        let mut turns = self.turns.subscribe();
        loop {
            turns.borrow_and_update();
            let (epoch, snapshot) = self.current();
            let Place::Coming(answer) = snapshot.shown.ask(paths.clone()) else { return (epoch, snapshot) };
            let made = tokio::select! {
                answer = answer => answer.is_ok(),
                _ = turns.changed() => true,
            };
            if !made {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                let _counted = Counted(&self.waiting);
                drop(turns.changed().await);
            }
        }
    }

    /// What there is to show, and its epoch: another whenever it is not the same, also after a restart.
    pub(super) fn current(&self) -> (String, Arc<Snapshot>) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (epoch(self.nonce, current.0), Arc::clone(&current.1))
    }

    pub(super) fn news(&self) -> watch::Receiver<String> {
        self.epochs.subscribe()
    }

    pub(super) fn tell(&self, epoch: &str, snapshot: &Snapshot, path: &str, file: Option<&str>) -> Value {
        news::news(snapshot, epoch, path, file, &self.root, &self.editor)
    }

    /// Every file that can be fetched, as it is published.
    pub fn site(&self) -> FileTree {
        self.current().1.shown.all()
    }

    /// The faults, as on the terminal; and how often there was something new to show.
    pub fn faults(&self) -> (String, u64) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (current.1.faults.text.clone(), current.0)
    }
}

fn epoch(nonce: u64, count: u64) -> String {
    format!("{nonce:x}-{count}")
}

/// A question that waits, as long as it does.
struct Counted<'w>(&'w AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A site that is being made for a preview.
struct Build<'p> {
    preview: &'p Preview,
    sources: Arc<FileTree>,
    /// Newer files with errors, above which it is shown, and those errors.
    above: Option<(Arc<FileTree>, Faults)>,
    last: &'p Snapshot,
    /// How often files had changed when it began.
    known: u64,
    abandoned: AtomicBool,
}

impl Build<'_> {
    /// The site and its faults; nothing where it was abandoned.
    fn run(&self, goal: Goal) -> Option<(Shown, Faults)> {
        let compilation = compile_edition(Arc::clone(&self.sources), goal, Edition::default(), Some(&self.preview.memory), self);
        if self.abandoned.load(Ordering::Relaxed) {
            return None;
        }
        let (_, making) = self.preview.current();
        let is_shown = Arc::ptr_eq(&making.shown.sources, &self.sources);
        let origins = if is_shown { Arc::clone(&making.shown.origins) } else { Arc::default() };
        let faults = self.told(&compilation.diagnostics);
        Some((Shown::whole(compilation.sources, origins, compilation.output, faults.is_good), faults))
    }

    /// Browsers that were told of the new page have the machine for themselves first.
    fn let_browsers_draw(&self) {
        let watched = self.preview.epochs.receiver_count() > 0;
        let is_waited_for = || self.preview.waiting.load(Ordering::Relaxed) > 0;
        for _ in 0..if watched { COURTESY } else { 0 } {
            if is_waited_for() || self.is_abandoned() {
                break;
            }
            std::thread::sleep(TICK);
        }
    }

    fn told(&self, faults: &[Diagnostic]) -> Faults {
        Faults::of(faults, &self.sources, &self.preview.root, &self.preview.editor)
    }
}

impl Observer for Build<'_> {
    fn begin(&self, _: Phase) {}

    fn meanwhile(&self, ready: &dyn Ready, found: &Diagnostics, rest: &mut (dyn FnMut() + Send)) {
        let found = self.told(&found.clone().sorted());
        let is_sound = found.is_good;
        let publish = |shown: &Arc<Shown>| {
            let shown = Arc::clone(shown);
            self.preview.publish(match &self.above {
                Some((sources, faults)) => Snapshot::keeping(self.last, Arc::clone(sources), shown, faults.clone()),
                None => Snapshot::making(self.last, shown, found),
            });
        };
        let mut later = || {
            self.let_browsers_draw();
            rest();
        };
        Shown::making(&self.sources, is_sound, ready, publish, &mut later);
    }

    /// Newer files are worth more than the rest of this site, unless somebody waits for a part of it that is not a page.
    fn is_abandoned(&self) -> bool {
        let is_old = self.preview.changes.load(Ordering::Relaxed) != self.known && self.preview.waiting.load(Ordering::Relaxed) == 0;
        self.abandoned.fetch_or(is_old, Ordering::Relaxed) || is_old
    }
}
