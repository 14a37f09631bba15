//! The preview: the site in a browser, rebuilt and shown anew at every change.
//!
//! In: the folder of a site. Out: a server on this machine. Builds in memory and swaps whole sites: a request for a page that
//! is still to be made waits for that page alone, and never meets the old one in its place; when a build fails the last good
//! site stays, with the faults on top. Serves nothing but what the site contains, and writes nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, mpsc};

use tokio::net::TcpListener;
use tokio::sync::watch;

mod editor;
mod http;
mod news;
mod page;
mod preview;
mod request;
mod shown;
mod snapshot;
mod watching;

pub use editor::Editor;
pub use preview::Preview;
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

/// Serves until it is interrupted.
///
/// # Errors
/// Where the port cannot be had, the folder cannot be read, or the system cannot watch.
pub fn serve(root: &Path, options: Options) -> io::Result<()> {
    // Few threads: the processors are for the build.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(4).enable_all().build()?;
    let served = runtime.block_on(async {
        let listener = listen(options.host, options.port).await?;
        let address = listener.local_addr()?;
        let preview = Arc::new(Preview::waiting(root, options.editor)?);
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

/// Follows the files for as long as the program runs: one thread hears of changes, one makes the site anew.
fn follow(preview: &Arc<Preview>) -> io::Result<()> {
    let mut watch = watching::Watch::new(preview.root())?;
    let (call, called) = mpsc::channel();
    let listening = Arc::clone(preview);
    std::thread::spawn(move || {
        let mut was_blind = false;
        while let Some(why) = watch.wait() {
            if why == watching::Why::Heard {
                listening.hear();
            }
            if watch.is_blind() && !was_blind {
                say("warning: the system cannot watch all folders; they are read every two seconds instead\n");
            }
            was_blind = watch.is_blind();
            if call.send(()).is_err() {
                break;
            }
        }
    });
    let preview = Arc::clone(preview);
    std::thread::spawn(move || {
        let mut told = None;
        // What changed between the first build and the first watch is seen by the first look.
        loop {
            if preview.refresh() {
                let (_, snapshot) = preview.current();
                let news = (snapshot.faults.text.clone(), snapshot.trouble.clone());
                if told.as_ref() != Some(&news) {
                    told = Some(news);
                    report(&snapshot);
                }
            }
            if called.recv().is_err() {
                say("error: changes are no longer noticed; end the preview and start it again\n");
                break;
            }
            // Calls that came together are one.
            while called.try_recv().is_ok() {}
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
    say(&snapshot.faults.text);
    match (&snapshot.trouble, &snapshot.faults.summary) {
        (Some(trouble), _) => say(&format!("error: {trouble}; the last site stays\n")),
        (None, Some(summary)) => say(&format!("{summary}\n")),
        (None, None) => say("the content is in order\n"),
    }
}

fn say(text: &str) {
    drop(io::Write::write_all(&mut io::stderr(), text.as_bytes()));
}
