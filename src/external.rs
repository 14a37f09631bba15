//! The web: whether the pages that the site links to are still there.
//!
//! In: addresses elsewhere, each with its place, and what earlier runs remember. Out: diagnostics, each with all the places
//! of its address. Asks every address once, a few at a time, and few at a time of one host. Uses the network, the clock and a
//! folder of its own below the root; nothing of it goes into what is published.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use url::Url;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};

mod ask;
mod cache;

use ask::{Answer, Asker, Reply};
use cache::Cache;

/// How many addresses are asked at a time.
const AT_A_TIME: usize = 8;
/// How many of one host.
const OF_ONE_HOST: usize = 2;
/// So many addresses without any answer, and none with one, mean that there is no network.
const SILENT_ENOUGH: usize = 8;
/// How many addresses that answered some days ago are asked again before that is believed.
const WITNESSES: usize = 3;

/// How long things may take and last.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For one answer.
    pub timeout: Duration,
    /// Until an address that answered is asked again.
    pub max_age: Duration,
}

/// What came of trying the addresses.
pub struct Tried {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// How many addresses there are, each counted once.
    pub addresses: usize,
    /// How many of them were asked now.
    pub asked: usize,
    /// Why the next run will not know of this one.
    pub forgotten: Option<io::Error>,
}

/// Tries every address once, telling `progress` how many are done of how many.
///
/// # Errors
/// Where there is no network: no address answers at all, not even one that did some days ago.
pub fn check(root: &Path, links: &[Spanned<String>], patience: Patience, progress: impl Fn(usize, usize)) -> io::Result<Tried> {
    let mut diagnostics = Vec::new();
    // A part of a page is on the page; each page is asked once.
    let mut places: BTreeMap<Url, Vec<Span>> = BTreeMap::new();
    for link in links {
        match Url::parse(&link.value) {
            Ok(mut address) => {
                address.set_fragment(None);
                places.entry(address).or_default().push(link.span);
            }
            Err(error) => {
                let message = format!("`{}` is not an address that can be asked: {error}", link.value);
                diagnostics.push(Diagnostic::new(Code::DeadLink, link.span, message).help("write the address as the browser shows it"));
            }
        }
    }
    let mut cache = Cache::read(root, patience.max_age);
    let (known, new): (Vec<&Url>, Vec<&Url>) = places.keys().partition(|address| cache.get(address).is_some());
    let replies = ask_all(&new, &known, &Asker::new(patience.timeout), progress)?;
    for (address, reply) in &replies {
        if let Answer::Here { moved } = &reply.answer {
            cache.remember((*address).clone(), moved.clone());
        }
    }
    for (address, places) in &places {
        let moved = cache.get(address).map(|seen| seen.moved.as_ref());
        let found = match (replies.get(address), moved) {
            (Some(reply), None) => Some(dead(address, reply)),
            (_, Some(Some(to))) => Some((Code::MovedLink, format!("`{address}` has moved for good to `{to}`"), "write the new address")),
            _ => None,
        };
        if let (Some((code, message, help)), [first, others @ ..]) = (found, &places[..]) {
            let diagnostic = Diagnostic::new(code, *first, message).help(help);
            diagnostics.push(others.iter().fold(diagnostic, |diagnostic, place| diagnostic.related(*place, "and here")));
        }
    }
    // What was found is worth telling although it cannot be kept.
    let forgotten = if new.is_empty() { None } else { cache.write(root).err() };
    Ok(Tried { diagnostics, addresses: places.len(), asked: new.len(), forgotten })
}

/// What is wrong with an address that did not answer well, and what to do.
fn dead(address: &Url, reply: &Reply) -> (Code, String, &'static str) {
    let help = match reply.answer {
        Answer::Status { code: 401 | 403, .. } => "open it in a browser: some pages turn programs away; if it is gone, link to another",
        Answer::Status { code: 429 | 500.., .. } | Answer::Silent(_) => "try again later; if it stays away, link to another page, or take the link out",
        _ => "correct the address, link to another page, or take the link out",
    };
    let message = match reply.from == *address {
        true => format!("`{address}` {}", reply.answer),
        false => format!("`{address}` leads to `{}`, which {}", reply.from, reply.answer),
    };
    (Code::DeadLink, message, help)
}

/// Asks all `new` addresses; where none answers, those `known` to have answered are witnesses that there is a network.
fn ask_all<'a>(new: &[&'a Url], known: &[&Url], asker: &Asker, progress: impl Fn(usize, usize)) -> io::Result<BTreeMap<&'a Url, Reply>> {
    let lanes = lanes(new);
    let workers = AT_A_TIME.min(lanes.len());
    let lanes = Mutex::new(lanes.into_iter());
    let stop = AtomicBool::new(false);
    let work = |replies: mpsc::Sender<(&'a Url, Reply)>| {
        let next = || lanes.lock().unwrap_or_else(PoisonError::into_inner).next();
        for address in std::iter::from_fn(next).flatten() {
            // Whoever listens may have heard enough.
            if stop.load(Ordering::Relaxed) || replies.send((address, asker.ask(address))).is_err() {
                break;
            }
        }
    };
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..workers {
            let sender = sender.clone();
            scope.spawn(|| work(sender));
        }
        drop(sender);
        let (mut replies, mut connected) = (BTreeMap::new(), false);
        for (address, reply) in receiver {
            connected |= !reply.is_silent();
            if !connected && replies.len() + 1 == SILENT_ENOUGH.min(new.len()) {
                let failing: BTreeSet<_> = replies.keys().map(|address: &&Url| address.authority()).chain([address.authority()]).collect();
                let mut witnesses = known.iter().filter(|known| !failing.contains(known.authority())).take(WITNESSES);
                connected = witnesses.any(|witness| !asker.ask(witness).is_silent());
                if !connected {
                    stop.store(true, Ordering::Relaxed);
                    let message = format!("no address elsewhere answers: `{address}` {}, and so on; is there a network?", reply.answer);
                    return Err(io::Error::new(io::ErrorKind::NetworkUnreachable, message));
                }
            }
            replies.insert(address, reply);
            progress(replies.len(), new.len());
        }
        Ok(replies)
    })
}

/// The addresses in lanes of which each is asked one by one, a few for each host; all hosts come before the second lane of any.
fn lanes<'a>(addresses: &[&'a Url]) -> Vec<Vec<&'a Url>> {
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lanes: BTreeMap<(usize, &str), Vec<&Url>> = BTreeMap::new();
    for address in addresses {
        let host = address.host_str().unwrap_or_default();
        let number = hosts.entry(host).and_modify(|number| *number += 1).or_default();
        lanes.entry((*number % OF_ONE_HOST, host)).or_default().push(address);
    }
    lanes.into_values().collect()
}
