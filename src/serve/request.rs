//! What a request asks for, and whether it may.
//!
//! In: the line and the headers of a request. Out: the name of a file as the site has it, or a refusal. Decodes once and
//! compares whole names; there is no way from here to the disk.

use std::net::IpAddr;

use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;

/// Longest path that is looked at, in bytes.
const LONGEST: usize = 2048;

/// The path that is asked for, decoded, with its first slash.
///
/// # Errors
/// The status of a request that is refused.
pub fn path(method: &Method, uri: &Uri) -> Result<String, StatusCode> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    // Only proxies are asked for whole addresses.
    if uri.authority().is_some() || uri.scheme().is_some() || !uri.path().starts_with('/') {
        return Err(StatusCode::BAD_REQUEST);
    }
    if uri.path().len() > LONGEST {
        return Err(StatusCode::URI_TOO_LONG);
    }
    let path = percent_decode_str(uri.path()).decode_utf8().map_err(|_| StatusCode::BAD_REQUEST)?;
    if path.chars().any(char::is_control) { Err(StatusCode::BAD_REQUEST) } else { Ok(path.into_owned()) }
}

/// The name of the file at a decoded path.
pub fn file(path: &str) -> String {
    let name = path.strip_prefix('/').unwrap_or(path);
    if name.is_empty() || name.ends_with('/') { format!("{name}index.html") } else { name.to_owned() }
}

/// The value of a key of the query, decoded.
pub fn value(uri: &Uri, key: &str) -> Option<String> {
    let pair = uri.query()?.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))?;
    Some(percent_decode_str(pair).decode_utf8().ok()?.into_owned())
}

/// Whether a request comes from the preview itself or from whoever opens it, so that no foreign page can read the preview
/// through the browser.
pub fn is_own(headers: &HeaderMap, host: IpAddr, is_internal: bool) -> bool {
    let only = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(drop),
            _ => Err(()),
        }
    };
    let (Ok(Some(name)), Ok(origin)) = (only(header::HOST), only(header::ORIGIN)) else { return false };
    let (Ok(site), Ok(mode), Ok(dest)) = (only(FETCH_SITE), only(FETCH_MODE), only(FETCH_DEST)) else { return false };
    let by_whom = match site {
        None | Some("same-origin" | "none") => true,
        // A link on another page may lead here; that page does not see what it leads to.
        Some(_) => !is_internal && mode == Some("navigate") && dest == Some("document"),
    };
    by_whom && is_known(name, host) && origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(name))
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Whether a name in a request is one of this machine.
fn is_known(name: &str, host: IpAddr) -> bool {
    let (name, port) = match name.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (name, "80"),
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).map_or_else(|| name.parse().ok(), |name| name.parse().ok().map(IpAddr::V6));
    let ours = |ip: IpAddr| ip.is_loopback() || ip == host || host.is_unspecified();
    port.parse::<u16>().is_ok() && (name.eq_ignore_ascii_case("localhost") || address.is_some_and(ours))
}
