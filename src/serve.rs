//! The preview: the site in a browser, rebuilt and reloaded at every change.
//!
//! In: the folder of a site. Out: a server on this machine. Builds in memory and swaps whole sites, so a request never
//! meets half of one; when a build fails the last good site stays, with the faults on top. Serves nothing but what the site
//! contains.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use notify::{RecursiveMode, Watcher};
use tokio::sync::watch;

use crate::diagnostic::emit::{self, Format};
use crate::load::read::{self, FOLDERS};
use crate::source::FileTree;
use crate::{Goal, compile};

mod page;

/// How long to wait for the rest of a burst of changes.
const QUIET: Duration = Duration::from_millis(20);
/// How long a browser's question for news is kept open.
const PATIENCE: Duration = Duration::from_secs(25);

/// A site that is being shown.
struct Snapshot {
    /// Changes with every byte that the browser could see.
    epoch: String,
    output: FileTree,
    /// The faults as text; nothing where there are none.
    faults: String,
}

#[derive(Clone)]
struct Preview {
    current: Arc<RwLock<Arc<Snapshot>>>,
    news: watch::Receiver<String>,
    /// Says when the preview ends.
    ending: watch::Receiver<bool>,
}

/// Serves until it is interrupted.
///
/// # Errors
/// Where no port can be had or the folder cannot be watched.
pub fn serve(root: &Path, host: IpAddr, port: u16) -> io::Result<()> {
    let first = Arc::new(build(root, None)?);
    let (sender, news) = watch::channel(first.epoch.clone());
    let current = Arc::new(RwLock::new(first));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = listen(host, port).await?;
        let address = listener.local_addr()?;
        say(&format!("http://{address}/\n"));
        if !host.is_loopback() {
            say("warning: everyone who can reach this machine can read the preview\n");
        }
        let (root, shared) = (root.to_owned(), Arc::clone(&current));
        watch_folder(&root, move |root| {
            let last = shared.read().map(|snapshot| Arc::clone(&snapshot)).ok();
            // A fault of the program itself must not end the preview.
            let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| build(root, last.as_deref())));
            match built.unwrap_or_else(|_| Err(io::Error::other("the site could not be built; the preview goes on with the last one"))) {
                Ok(snapshot) => {
                    let epoch = snapshot.epoch.clone();
                    if let Ok(mut slot) = shared.write() {
                        *slot = Arc::new(snapshot);
                    }
                    sender.send_replace(epoch);
                }
                Err(error) => say(&format!("error: {error}\n")),
            }
        })?;
        let (end, ending) = watch::channel(false);
        let state = Preview { current, news, ending };
        let app = Router::new().route("/_sporbar/news", get(tell_news)).fallback(get(show)).with_state(state);
        let app = app.layer(axum::middleware::from_fn(move |request, next| local_only(host, request, next)));
        axum::serve(listener, app)
            .with_graceful_shutdown(async move {
                drop(tokio::signal::ctrl_c().await);
                end.send_replace(true);
            })
            .await
    })
}

/// The port that was asked for, or the next free one.
async fn listen(host: IpAddr, port: u16) -> io::Result<tokio::net::TcpListener> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in port..=port.saturating_add(20) {
        match tokio::net::TcpListener::bind(SocketAddr::new(host, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Compiles the site; with faults, the last good site stays under them.
fn build(root: &Path, last: Option<&Snapshot>) -> io::Result<Snapshot> {
    let compilation = compile(read::read(root)?, Goal::Preview);
    let faults = emit::render(&compilation.diagnostics, &compilation.sources, Format::Human, false);
    say(&faults);
    let output = match (compilation.is_publishable(), last) {
        (false, Some(last)) if !last.output.is_empty() => last.output.clone(),
        _ => compilation.output,
    };
    let mut hash = blake3::Hasher::new();
    for file in output.iter() {
        hash.update(file.path.as_bytes()).update(&file.bytes);
    }
    hash.update(faults.as_bytes());
    Ok(Snapshot { epoch: hash.finalize().to_hex()[..16].to_owned(), output, faults })
}

/// Calls back once for every burst of changes below the folders of a site, for as long as the program runs.
fn watch_folder(root: &Path, rebuild: impl Fn(&Path) + Send + 'static) -> io::Result<()> {
    let (sender, changes) = mpsc::channel();
    let relevant = |event: &notify::Event| !matches!(event.kind, notify::EventKind::Access(_));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.as_ref().map_or(true, relevant) {
            // Without a receiver the preview is already ending.
            let _ = sender.send(());
        }
    })
    .map_err(io::Error::other)?;
    // The root itself shows folders that come later; what is built there must not be watched.
    watcher.watch(root, RecursiveMode::NonRecursive).map_err(io::Error::other)?;
    let root: PathBuf = root.to_owned();
    std::thread::spawn(move || {
        let mut watched = Vec::new();
        loop {
            watched.retain(|folder: &PathBuf| folder.is_dir());
            for folder in FOLDERS.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir()) {
                if !watched.contains(&folder) && watcher.watch(&folder, RecursiveMode::Recursive).is_ok() {
                    watched.push(folder);
                }
            }
            if changes.recv().is_err() {
                break;
            }
            while changes.recv_timeout(QUIET).is_ok() {}
            rebuild(&root);
        }
    });
    Ok(())
}

/// Refuses requests that name another host, so that no foreign page can read the preview through the browser.
async fn local_only(host: IpAddr, request: Request, next: axum::middleware::Next) -> Response {
    let name = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = name.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(name, |(name, _)| name);
    let known = name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip == host || host.is_unspecified());
    if known { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

#[derive(serde::Deserialize)]
struct News {
    epoch: String,
}

/// Answers as soon as there is something else to see than the browser has.
async fn tell_news(State(mut preview): State<Preview>, Query(News { epoch }): Query<News>) -> String {
    tokio::select! {
        Ok(current) = preview.news.wait_for(|current| *current != epoch) => current.clone(),
        _ = preview.ending.wait_for(|ending| *ending) => epoch.clone(),
        () = tokio::time::sleep(PATIENCE) => epoch.clone(),
    }
}

async fn show(State(preview): State<Preview>, request: Request) -> Response {
    let Ok(snapshot) = preview.current.read().map(|snapshot| Arc::clone(&snapshot)) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let path = request.uri().path().trim_start_matches('/');
    let name = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    if let Some(file) = snapshot.output.get(&name) {
        return answer(StatusCode::OK, &name, &file.bytes, &snapshot);
    }
    if snapshot.output.get(&format!("{name}/index.html")).is_some() {
        return axum::response::Redirect::to(&format!("/{path}/")).into_response();
    }
    let missing = snapshot.output.get("404.html").map_or(&b""[..], |file| &file.bytes);
    answer(StatusCode::NOT_FOUND, "404.html", missing, &snapshot)
}

fn answer(status: StatusCode, name: &str, bytes: &[u8], snapshot: &Snapshot) -> Response {
    let kind = match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "xml" => "application/xml",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    let body = if name.ends_with(".html") { page::with_preview(bytes, &snapshot.epoch, &snapshot.faults) } else { bytes.to_vec() };
    let mut response = (status, Body::from(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn say(text: &str) {
    drop(io::Write::write_all(&mut io::stderr(), text.as_bytes()));
}
