//! A site that can be looked at: whole, or while it is being made.
//!
//! In: files, or somebody who makes them. Out: each file as it is published. Of a site that is being made, a page comes as
//! soon as somebody asks for it, before all the others; what is not a page comes with the whole.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};

use tokio::sync::oneshot;

use crate::progress::Ready;
use crate::source::{File, FileTree, Origin};
use crate::{Edition, Goal, compile_edition, progress};

/// Where the files are that are made only when somebody asks for them.
const LATER: &str = "share/";

/// Files by their paths.
type Files = BTreeMap<String, Arc<File>>;

/// A site that can be looked at.
#[derive(Default)]
pub struct Shown {
    /// What it is made from.
    pub sources: Arc<FileTree>,
    /// Its pages and the files behind them.
    pub origins: Arc<Vec<Origin>>,
    /// Its files, as far as they are there.
    files: Mutex<Files>,
    /// Takes questions for files that are not there yet.
    asks: Mutex<Option<mpsc::Sender<Ask>>>,
    is_whole: bool,
    /// Whether no error was found in it until now.
    pub is_sound: bool,
    /// The files as they are published, with the pictures, once somebody asked for one of those.
    complete: OnceLock<Files>,
}

/// A question for the first of some files that can be made at once.
struct Ask {
    paths: Vec<String>,
    answer: oneshot::Sender<()>,
}

/// Where a file is that somebody wants.
pub enum Place {
    /// Here, or nowhere.
    Known,
    /// Here as soon as this is answered; without an answer, where the whole site is.
    Coming(oneshot::Receiver<()>),
}

/// A file that is sent, without a copy of it.
pub struct Held(pub Arc<File>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Shown {
    /// A site of which nothing is known yet.
    pub fn waiting(sources: Arc<FileTree>) -> Shown {
        Shown { sources, ..Shown::default() }
    }

    /// A site that was made to its end.
    pub fn whole(sources: Arc<FileTree>, origins: Arc<Vec<Origin>>, output: FileTree, is_sound: bool) -> Shown {
        Shown { sources, origins, files: Mutex::new(shared(output)), is_whole: true, is_sound, ..Shown::default() }
    }

    /// A site that is being made: `publish` shows it, and `rest` makes it to its end; until then, questions are answered.
    pub fn making(sources: &Arc<FileTree>, is_sound: bool, ready: &dyn Ready, publish: impl FnOnce(&Arc<Shown>), rest: &mut (dyn FnMut() + Send)) {
        let (asks, asked) = mpsc::channel();
        let assets = ready.assets().iter().map(|file| (file.path.clone(), Arc::new(file.clone()))).collect();
        let (sources, origins) = (Arc::clone(sources), Arc::new(ready.origins()));
        let shown = Arc::new(Shown { sources, origins, files: Mutex::new(assets), asks: Mutex::new(Some(asks)), is_sound, ..Shown::default() });
        std::thread::scope(|scope| {
            scope.spawn(|| asked.into_iter().for_each(|ask| shown.answer(ask, ready)));
            // However the rest ends, nobody is to be asked any more.
            let _closed = Closing(&shown);
            publish(&shown);
            rest();
        });
    }

    fn answer(&self, Ask { paths, answer }: Ask, ready: &dyn Ready) {
        let known = || paths.iter().any(|path| self.files().contains_key(path));
        if !known() {
            let Some(file) = paths.iter().find_map(|path| ready.file(path)) else { return };
            self.files().insert(file.path.clone(), Arc::new(file));
        }
        // Whoever asked may be gone.
        answer.send(()).unwrap_or_default();
    }

    /// Whether it was made to its end.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Asks for the first of some files that there is.
    pub fn ask(&self, paths: Vec<String>) -> Place {
        if self.is_whole || paths.iter().any(|path| self.files().contains_key(path)) {
            return Place::Known;
        }
        let (answer, answered) = oneshot::channel();
        if let Some(asks) = &*locked(&self.asks) {
            // Where nobody takes questions any more, the answer is dropped with the question.
            asks.send(Ask { paths, answer }).unwrap_or_default();
        }
        Place::Coming(answered)
    }

    /// The file at exactly this path, made now if it is one of those that are made when they are asked for.
    pub fn file(&self, path: &str) -> Option<Arc<File>> {
        if Shown::is_later(path) && self.is_whole {
            return self.complete().get(path).cloned();
        }
        self.files().get(path).cloned()
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        locked(&self.files)
    }

    /// The files as a build makes them, so that what is made later cannot differ from what is published.
    fn complete(&self) -> &Files {
        self.complete.get_or_init(|| {
            let compilation = compile_edition(Arc::clone(&self.sources), Goal::Publish, Edition::default(), None, &progress::Unobserved);
            shared(compilation.output)
        })
    }

    /// Whether a file is made only when it is asked for.
    pub fn is_later(path: &str) -> bool {
        path.starts_with(LATER)
    }

    /// All files, those included that nobody has asked for yet.
    pub fn all(&self) -> FileTree {
        let later = self.complete().values().filter(|file| Shown::is_later(&file.path));
        self.files().values().chain(later).map(|file| File::clone(file)).collect()
    }

    /// The style sheets that pages name.
    pub fn styles(&self) -> Vec<String> {
        self.files().range("assets/".to_owned().."assets0".to_owned()).map(|(path, _)| path).filter(|path| path.ends_with(".css")).cloned().collect()
    }

    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.is_whole && self.files().is_empty()
    }

    /// The page at a path of the site.
    pub fn origin(&self, path: &str) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.path == path)
    }
}

/// Takes no questions any more when it goes.
struct Closing<'s>(&'s Shown);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        locked(&self.0.asks).take();
    }
}

fn shared(tree: FileTree) -> Files {
    tree.into_iter().map(|file| (file.path.clone(), Arc::new(file))).collect()
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
