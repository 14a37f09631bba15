//! Whether translations are in step with the language they were made from.
//!
//! In: texts as they are read, and `data/translations.yaml`, where reviews are recorded. Out: a fingerprint of each
//! source text, and the fingerprints that were confirmed. Compares nothing: that is for `check`.

use std::fmt;

use serde_json::{Value, json};

use super::decode::{Cx, Decode, Table};
use super::value::Key;
use super::yaml::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::locale::Languages;
use crate::source::{FileId, Span, Spanned};

/// What identifies a text: it changes when a word does, and not when lines are broken elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u32);

impl Fingerprint {
    /// The fingerprint of a text.
    pub fn of(text: &str) -> Self {
        // In one piece: hashing a few bytes takes as long as hashing a whole block of them.
        let mut words = String::with_capacity(text.len() + 1);
        let mut add = |word: &str| {
            words.push_str(word);
            words.push(' ');
        };
        match is_evenly_spaced(text) {
            true => text.split('\n').map(|line| line.trim_matches(' ')).filter(|line| !line.is_empty()).for_each(&mut add),
            false => text.split_whitespace().for_each(&mut add),
        }
        let [a, b, c, d, ..] = *blake3::hash(words.as_bytes()).as_bytes();
        Fingerprint(u32::from_be_bytes([a, b, c, d]))
    }

    fn parse(text: &str) -> Option<Self> {
        let written = text.len() == 8 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        u32::from_str_radix(text, 16).ok().filter(|_| written).map(Fingerprint)
    }
}

/// Whether each line of a text is its words with one space between, as most are, which spares to tell words from white space
/// sign by sign: the others may have another white space.
fn is_evenly_spaced(text: &str) -> bool {
    // With `|`, which skips nothing, a processor can ask many bytes at once.
    let may_be_space = |b: &u8| (*b < b' ') & (*b != b'\n') | (*b == 0xc2) | (*b >= 0xe1) & (*b <= 0xe3);
    let bytes = text.as_bytes();
    !bytes.chunks(256).any(|piece| piece.iter().fold(false, |found, b| found | may_be_space(b))) && memchr::memmem::find(bytes, b"  ").is_none()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A text in the source language and where its translations stand.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// What it says.
    pub fingerprint: Fingerprint,
    /// Where it stands.
    pub span: Span,
    /// Where each translation stands, in the order of the site's other languages.
    pub twins: Vec<Span>,
}

/// The texts of a record or chapter that are translated.
#[derive(Debug, Clone)]
pub struct Translated {
    /// The file of the record; of a chapter, that of the source language.
    pub file: FileId,
    /// The path of that file.
    pub path: String,
    /// Its texts, in the order they are read.
    pub texts: Vec<SourceText>,
}

/// `data/translations.yaml`: for each file and language, the source texts whose translation was confirmed.
#[derive(Debug, Clone)]
pub struct TranslationsRecord(pub Table<String, Table<Key, Confirmed>>);

impl Decode for TranslationsRecord {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        Table::decode(node, cx).map(TranslationsRecord)
    }

    fn schema(languages: &Languages) -> Value {
        Table::<String, Table<Key, Confirmed>>::schema(languages)
    }
}

/// Fingerprints of the source texts at the time of a review, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed(pub Vec<Fingerprint>);

impl Decode for Confirmed {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let text: Spanned<String> = Spanned::decode(node, cx)?;
        match text.split_whitespace().map(Fingerprint::parse).collect::<Option<Vec<_>>>() {
            Some(mut list) => {
                list.sort_unstable();
                Some(Confirmed(list))
            }
            None => cx.fail(
                Diagnostic::new(Code::BadValue, text.span, "these are not the fingerprints of texts")
                    .help("`sporbar translations confirm` writes this file; do not change it by hand"),
            ),
        }
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "string", "pattern": "^[0-9a-f]{8}(\\s[0-9a-f]{8})*$" })
    }
}
