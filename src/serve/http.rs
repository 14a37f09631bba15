//! The server: requests in, files of the site out.
//!
//! In: connections. Out: answers from what there is to show at that moment, whole. Never opens a file. Everything is bounded:
//! connections, their life, the size and the time of a request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Preview;
use super::page;
use super::request;
use super::shown::{Held, Shown};
use super::snapshot::Snapshot;

/// Most connections at a time; others wait.
const CONNECTIONS: usize = 400;
/// How long a request may take to arrive, and a connection may be idle.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a browser's question for news is kept open.
const NEWS: Duration = Duration::from_secs(25);
/// How long a connection is used, and what it then has to finish.
const LIFE: Duration = Duration::from_secs(120);
const GRACE: Duration = Duration::from_secs(30);
/// How long answers may still take when the preview ends.
const FAREWELL: Duration = Duration::from_secs(1);
/// Largest head of a request, in bytes.
const LARGEST_HEAD: usize = 16 << 10;

/// What a published site says to browsers, so that what it forbids is forbidden here too.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
form-action 'self'; frame-ancestors 'none'";

type Answer = Response<Full<Bytes>>;

/// Answers until `ending` says so.
pub async fn run(listener: TcpListener, preview: Arc<Preview>, host: IpAddr, ending: watch::Receiver<bool>) {
    let mut end = ending.clone();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let next = async { (place.await, listener.accept().await) };
        tokio::select! {
            _ = end.wait_for(|ending| *ending) => break,
            (place, accepted) = next => match accepted {
                Ok((stream, _)) => {
                    let (preview, ending) = (Arc::clone(&preview), ending.clone());
                    connections.spawn(async move {
                        converse(stream, preview, host, ending).await;
                        drop(place);
                    });
                }
                // No descriptors left, or the peer is gone already: neither ends the preview.
                Err(_) => sleep(Duration::from_millis(20)).await,
            },
        }
        while connections.try_join_next().is_some() {}
    }
    drop(timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await);
}

/// Answers the requests of one connection.
async fn converse(stream: TcpStream, preview: Arc<Preview>, host: IpAddr, mut ending: watch::Receiver<bool>) {
    drop(stream.set_nodelay(true));
    let end = ending.clone();
    let service = service_fn(move |request| {
        let (preview, end) = (Arc::clone(&preview), end.clone());
        async move { Ok::<_, std::convert::Infallible>(answer(&request, preview, host, end).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(LARGEST_HEAD);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        () = sleep(LIFE) => {}
        _ = ending.wait_for(|ending| *ending) => {}
    }
    connection.as_mut().graceful_shutdown();
    drop(timeout(GRACE, connection).await);
}

async fn answer(request: &Request<Incoming>, preview: Arc<Preview>, host: IpAddr, ending: watch::Receiver<bool>) -> Answer {
    let path = match request::path(request.method(), request.uri()) {
        Ok(path) => path,
        Err(StatusCode::METHOD_NOT_ALLOWED) => {
            let mut refusal = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
            refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        Err(status) => return plain(status, "this is no request for a page\n"),
    };
    let internal = path.strip_prefix("/_sporbar/");
    if !request::is_own(request.headers(), host, internal.is_some()) {
        return plain(StatusCode::FORBIDDEN, "the preview answers only at the address that it printed, and no other pages\n");
    }
    match internal {
        Some("news") => {
            let page = request::value(request.uri(), "path").unwrap_or_default();
            let known = request::value(request.uri(), "epoch").unwrap_or_default();
            news(&preview, page, &known, ending).await
        }
        Some("preview.js") => sent(StatusCode::OK, "a.js", page::SCRIPT.into()),
        Some("preview.css") => sent(StatusCode::OK, "a.css", page::STYLE.into()),
        Some(_) => plain(StatusCode::NOT_FOUND, "there is no such page\n"),
        None => {
            let (epoch, snapshot) = preview.with(candidates(&path)).await;
            let raw = request.uri().path().to_owned();
            if Shown::is_later(&request::file(&path)) {
                // Making what was not made before takes long enough to keep others waiting.
                let shown = tokio::task::spawn_blocking(move || show(&epoch, &snapshot, &path, &raw));
                return shown.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, ""));
            }
            show(&epoch, &snapshot, &path, &raw)
        }
    }
}

/// Answers as soon as there is something else to see than the browser has.
async fn news(preview: &Preview, page: String, known: &str, mut ending: watch::Receiver<bool>) -> Answer {
    let mut news = preview.news();
    tokio::select! {
        _ = news.wait_for(|epoch| epoch != known) => {}
        _ = ending.wait_for(|ending| *ending) => {}
        () = sleep(NEWS) => {}
    }
    // The path is encoded in the page's address already, and the query encodes it once more.
    let path = percent_encoding::percent_decode_str(&page).decode_utf8_lossy().into_owned();
    let (epoch, snapshot) = preview.with(candidates(&path)).await;
    let file = found(&snapshot.shown, &path).map(|(_, name)| name);
    let news = preview.tell(&epoch, &snapshot, &path, file.as_deref());
    sent(StatusCode::OK, "news.json", news.to_string().into())
}

/// The files that may stand at a path.
fn candidates(path: &str) -> Vec<String> {
    let file = request::file(path);
    let below = format!("{file}/index.html");
    vec![file, below]
}

/// The file that stands at a path, and with which status; where there is none, the page that says so.
fn found(shown: &Shown, path: &str) -> Option<(StatusCode, String)> {
    let name = request::file(path);
    if shown.file(&name).is_some() {
        return Some((StatusCode::OK, name));
    }
    let language = path.split('/').nth(1).unwrap_or_default();
    let own = format!("{language}/404.html");
    let missing = [own.as_str(), "404.html"].into_iter().find(|name| shown.file(name).is_some())?;
    Some((StatusCode::NOT_FOUND, missing.to_owned()))
}

fn show(epoch: &str, snapshot: &Snapshot, path: &str, raw: &str) -> Answer {
    let shown = &snapshot.shown;
    if shown.file(&request::file(path)).is_none() && shown.file(&format!("{}/index.html", request::file(path))).is_some() {
        // Not for good: the next site may have a file there.
        let mut there = plain(StatusCode::TEMPORARY_REDIRECT, "");
        if let Ok(place) = HeaderValue::from_str(&format!("{raw}/")) {
            there.headers_mut().insert(header::LOCATION, place);
        }
        return there;
    }
    match found(shown, path) {
        Some((status, name)) if name.ends_with(".html") => {
            let page = shown.file(&name);
            sent(status, &name, page::with_preview(page.as_ref().map(|file| file.bytes.as_slice()), epoch, shown).into())
        }
        Some((status, name)) => {
            let bytes = shown.file(&name).map(|file| Bytes::from_owner(Held(file))).unwrap_or_default();
            sent(status, &name, bytes)
        }
        None => sent(missing_status(snapshot), "index.html", page::with_preview(None, epoch, shown).into()),
    }
}

/// Without any page, a site that has only faults is not the same as an address that is wrong.
fn missing_status(snapshot: &Snapshot) -> StatusCode {
    if snapshot.shown.is_empty() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NOT_FOUND }
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    sent(status, "a.txt", text.into())
}

fn sent(status: StatusCode, name: &str, bytes: Bytes) -> Answer {
    let mut response = Response::new(Full::new(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| drop(headers.insert(name, HeaderValue::from_static(value)));
    set(header::CONTENT_TYPE, kind(name));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    // The names of assets change with their content; everything else may be another at any moment.
    set(header::CACHE_CONTROL, if name.starts_with("assets/") { "max-age=31536000, immutable" } else { "no-store" });
    response
}

/// The kind of a file, by what its name ends in.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "csv" => "text/csv; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pdf" => "application/pdf",
        "atom" => "application/atom+xml; charset=utf-8",
        "rss" => "application/rss+xml; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        _ => "application/octet-stream",
    }
}
