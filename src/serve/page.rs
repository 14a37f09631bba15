//! What the preview adds to a page: one element, which loads everything else.
//!
//! In: a page as it will be published. Out: the page as the preview sends it, and what tells two states of it apart. Nothing
//! here is ever part of what is published.

use std::collections::BTreeMap;

use memchr::memmem;

use super::shown::Shown;

/// What runs in the browser.
pub const SCRIPT: &str = include_str!("preview.js");
/// The look of the bar and of the faults, which the pages' own styles do not reach.
pub const STYLE: &str = include_str!("preview.css");

/// Shown where there is no page at all.
const EMPTY: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>No page yet</title></head><body><main><h1>There is no page here yet</h1>\
<p>The preview shows the site as soon as there is something to show.</p></main></body></html>";

/// The page with the script before the end of its body.
pub fn with_preview(page: Option<&[u8]>, epoch: &str, shown: &Shown) -> Vec<u8> {
    let mark = Mark::of(page, shown);
    let page = page.unwrap_or(EMPTY.as_bytes());
    let script = format!("<script src=\"/_sporbar/preview.js\" data-epoch=\"{epoch}\" data-page=\"{}\"></script>", mark.shape);
    let at = memmem::rfind(page, b"</body>").unwrap_or(page.len());
    [&page[..at], script.as_bytes(), &page[at..]].concat()
}

/// What tells two states of a page apart.
pub struct Mark {
    /// The same as long as nothing but the names of style sheets changes.
    pub shape: String,
    /// The style sheets that it names: their name without what changes with their content, and with it.
    pub styles: BTreeMap<String, String>,
}

impl Mark {
    /// The mark of a page of a site, or of what stands where there is none.
    pub fn of(page: Option<&[u8]>, shown: &Shown) -> Mark {
        let page = page.unwrap_or(EMPTY.as_bytes());
        let mut names: Vec<(usize, &str)> = Vec::new();
        let styles = shown.styles();
        for style in &styles {
            names.extend(memmem::find_iter(page, style).map(|at| (at, style.as_str())));
        }
        names.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        let mut from = 0;
        // A name can be the end of another.
        for (at, style) in &names {
            if *at < from {
                continue;
            }
            hasher.update(&page[from..*at]).update(stem(style).as_bytes());
            from = at + style.len();
        }
        hasher.update(&page[from..]);
        let styles = names.into_iter().map(|(_, style)| (format!("/{}", stem(style)), format!("/{style}"))).collect();
        Mark { shape: hasher.finalize().to_hex()[..16].to_owned(), styles }
    }
}

/// The name of an asset without what changes with its content.
fn stem(path: &str) -> &str {
    path.rsplitn(3, '.').last().unwrap_or(path)
}
