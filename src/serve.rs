//! The preview: the site in a browser, rebuilt and shown anew at every change.
//!
//! In: the folder of a site. Out: a server on this machine. Builds in memory and swaps whole sites, so a request never
//! meets half of one; when a build fails the last good site stays, with the faults on top. Serves nothing but what the site
//! contains, and writes nothing.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf, absolute};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::load::{read, theme};
use crate::source::FileTree;

mod editor;
mod http;
mod news;
mod page;
mod request;
mod snapshot;
mod watching;

pub use editor::Editor;
use snapshot::Snapshot;

/// How the preview is to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port, and no other; where left out, [`PORT`] or the next that is free.
    pub port: Option<u16>,
    /// Whether to open a browser.
    pub open: bool,
    /// What opens files.
    pub editor: Editor,
}

/// The first port that is tried.
pub const PORT: u16 = 4000;

/// How many ports after it.
const TRIED: u16 = 50;

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
}

impl Preview {
    /// Builds a site for the first time, faulty or not.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn new(root: &Path, editor: Editor) -> io::Result<Preview> {
        let root = absolute(root)?;
        let first = Snapshot::new(sources(&root)?, None, &root, &editor);
        let nonce = RandomState::new().build_hasher().finish();
        let epochs = watch::Sender::new(epoch(nonce, 0));
        Ok(Preview { root, editor, nonce, current: RwLock::new((0, Arc::new(first))), building: Mutex::new(()), epochs })
    }

    /// Reads the site again and shows it, if it is not the one that is shown; whether there is something new.
    pub fn refresh(&self) -> bool {
        let _one = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, last) = self.current();
        // A fault of the program itself must not end the preview.
        let built = catch_unwind(AssertUnwindSafe(|| {
            let sources = sources(&self.root)?;
            Ok((!last.is_of(&sources)).then(|| Snapshot::new(sources, Some(&last), &self.root, &self.editor)))
        }));
        let next = match built.unwrap_or_else(|_| Err(io::Error::other("the site could not be made because of a fault of sporbar itself"))) {
            Ok(None) => return false,
            Ok(Some(next)) => next,
            Err(error) if last.trouble.as_ref() == Some(&error.to_string()) => return false,
            Err(error) => last.with_trouble(error.to_string()),
        };
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = (current.0 + 1, Arc::new(next));
        self.epochs.send_replace(epoch(self.nonce, current.0));
        true
    }

    /// What there is to show, and its epoch: another whenever it is not the same, also after a restart.
    fn current(&self) -> (String, Arc<Snapshot>) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (epoch(self.nonce, current.0), Arc::clone(&current.1))
    }

    fn news(&self) -> watch::Receiver<String> {
        self.epochs.subscribe()
    }

    fn tell(&self, epoch: &str, snapshot: &Snapshot, path: &str, file: Option<&str>) -> Value {
        news::news(snapshot, epoch, path, file, &self.root, &self.editor)
    }

    /// Every file that can be fetched, as it is published.
    pub fn site(&self) -> FileTree {
        let (_, snapshot) = self.current();
        let paths = snapshot.shown.paths();
        paths.into_iter().filter_map(|path| snapshot.shown.file(path).cloned()).collect()
    }

    /// The faults, as on the terminal; and how often there was something new to show.
    pub fn faults(&self) -> (String, u64) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (current.1.text.clone(), current.0)
    }
}

fn epoch(nonce: u64, count: u64) -> String {
    format!("{nonce:x}-{count}")
}

/// The files of a site over those that are built in.
fn sources(root: &Path) -> io::Result<FileTree> {
    Ok(read::read(root)?.over(theme::built_in()))
}

/// Serves until it is interrupted.
///
/// # Errors
/// Where the port cannot be had, the folder cannot be read, or the system cannot watch.
pub fn serve(root: &Path, options: Options) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(4).enable_all().build()?;
    let served = runtime.block_on(async {
        let listener = listen(options.host, options.port).await?;
        let address = listener.local_addr()?;
        let preview = Arc::new(Preview::new(root, options.editor)?);
        report(&preview.current().1);
        follow(&preview)?;
        let here = if options.host.is_unspecified() { format!("http://localhost:{}/", address.port()) } else { format!("http://{address}/") };
        say(&format!("{here}\n"));
        if !options.host.is_loopback() {
            say(&format!(
                "warning: everybody who can reach this machine by its IP number, at port {}, can read the preview, drafts included; \
                 end it when it is no longer needed\n",
                address.port()
            ));
        }
        if options.open
            && let Err(error) = open::that_detached(&here)
        {
            say(&format!("warning: no browser could be opened: {error}\n"));
        }
        let (end, ending) = watch::channel(false);
        tokio::spawn(async move {
            interrupted().await;
            end.send_replace(true);
        });
        http::run(listener, preview, options.host, ending).await;
        Ok(())
    });
    // Whatever is still being built is not waited for.
    runtime.shutdown_background();
    served
}

/// Follows the files for as long as the program runs.
fn follow(preview: &Arc<Preview>) -> io::Result<()> {
    let mut watch = watching::Watch::new(&preview.root)?;
    let preview = Arc::clone(preview);
    std::thread::spawn(move || {
        let (mut was_blind, mut told) = (false, preview.faults().0);
        // What changed between the first build and the first watch is seen by the first look.
        loop {
            let (_, snapshot) = preview.refresh().then(|| preview.current()).unzip();
            if let Some(snapshot) = snapshot.filter(|snapshot| snapshot.text != told || snapshot.trouble.is_some()) {
                told.clone_from(&snapshot.text);
                report(&snapshot);
            }
            if watch.is_blind() && !was_blind {
                say("warning: the system cannot watch all folders; they are read every two seconds instead\n");
            }
            was_blind = watch.is_blind();
            if !watch.wait() {
                break;
            }
        }
    });
    Ok(())
}

/// Waits for Ctrl-C, or for whoever asks the program to end.
async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut asked) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = asked.recv() => {}
        }
        return;
    }
    drop(tokio::signal::ctrl_c().await);
}

/// The port that was asked for, or the first free one.
async fn listen(host: IpAddr, port: Option<u16>) -> io::Result<TcpListener> {
    let explained = |port: u16, error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => io::Error::new(error.kind(), format!("port {port} is taken by another program; leave --port out for a free one")),
        kind => io::Error::new(kind, format!("cannot listen on {}: {error}", SocketAddr::new(host, port))),
    };
    if let Some(port) = port {
        return TcpListener::bind(SocketAddr::new(host, port)).await.map_err(|error| explained(port, error));
    }
    for port in PORT..PORT + TRIED {
        match TcpListener::bind(SocketAddr::new(host, port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            bound => return bound.map_err(|error| explained(port, error)),
        }
    }
    TcpListener::bind(SocketAddr::new(host, 0)).await.map_err(|error| explained(0, error))
}

fn report(snapshot: &Snapshot) {
    say(&snapshot.text);
    match (&snapshot.trouble, &snapshot.summary) {
        (Some(trouble), _) => say(&format!("error: {trouble}; the last site stays\n")),
        (None, Some(summary)) => say(&format!("{summary}\n")),
        (None, None) => say("the content is in order\n"),
    }
}

fn say(text: &str) {
    drop(io::Write::write_all(&mut io::stderr(), text.as_bytes()));
}
