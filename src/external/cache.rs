//! What answered well in earlier runs.
//!
//! In: addresses that answered, and when. Out: the same at the next run, by way of `.sporbar-cache/links.json` below the root, which
//! git ignores without being told. A file that cannot be read is one that remembers nothing; it is written whole or not at all.
//! Remembers no address that did not answer.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use url::Url;

const FOLDER: &str = ".sporbar-cache";
const FILE: &str = "links.json";

/// The addresses that answered not long ago.
pub struct Cache {
    links: BTreeMap<Url, Seen>,
    /// Seconds since 1970.
    now: u64,
}

/// That an address answered.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    /// When, in seconds since 1970.
    at: u64,
    /// Where it has moved for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Url>,
}

impl Cache {
    /// What is remembered and is not older than `max_age`.
    #[expect(clippy::disallowed_methods, reason = "the cache is not of the site, and days pass")]
    pub fn read(root: &Path, max_age: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let text = fs::read(root.join(FOLDER).join(FILE)).unwrap_or_default();
        let mut links: BTreeMap<Url, Seen> = serde_json::from_slice(&text).unwrap_or_default();
        // A clock that was set back makes no memory young.
        links.retain(|_, seen| now.checked_sub(seen.at).is_some_and(|age| age < max_age.as_secs()));
        Cache { links, now }
    }

    /// What is remembered of an address.
    pub fn get(&self, address: &Url) -> Option<&Seen> {
        self.links.get(address)
    }

    /// Remembers that an address answered now.
    pub fn remember(&mut self, address: Url, moved: Option<Url>) {
        self.links.insert(address, Seen { at: self.now, moved });
    }

    /// Writes what is remembered.
    ///
    /// # Errors
    /// What could not be written, by name.
    #[expect(clippy::disallowed_methods, reason = "the cache is not of the site")]
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let folder = root.join(FOLDER);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot write {}: {error}", folder.display()));
        let text = serde_json::to_string_pretty(&self.links).map_err(io::Error::other).map_err(named)?;
        fs::create_dir_all(&folder).map_err(named)?;
        fs::write(folder.join(".gitignore"), "*\n").map_err(named)?;
        // Two runs at a time have two files, and the later one stays.
        let draft = folder.join(format!("{FILE}.{}", std::process::id()));
        fs::write(&draft, text + "\n").and_then(|()| fs::rename(&draft, folder.join(FILE))).map_err(named)
    }
}
