//! Lines of words, some of which may be in another language.
//!
//! In: a text of a record, in which `[ad hoc](lang:la)` marks words in Latin. Out: the text without its marks, which is
//! what everybody sees who does not ask, and with them, for pages. There is no other markup here; that is for [`super::markdown`].

use std::ops::Deref;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::decode::{Cx, Decode};
use super::markdown::{self, MARKING};
use super::value::LanguageCode;
use super::yaml::Node;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::Languages;
use crate::source::Span;

/// What stands between the words and their language.
const MARK: &str = "](lang:";

/// A text that is shown as it is written, but for its marks of language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    written: String,
    /// Without the marks, where it has any.
    plain: Option<String>,
}

impl Words {
    /// The text with its marks.
    pub fn written(&self) -> &str {
        &self.written
    }
}

/// The text without its marks.
impl Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        self.plain.as_ref().unwrap_or(&self.written)
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// A piece of a text and the language that it is marked with.
pub type Piece<'t> = (&'t str, Option<&'t str>);

/// The pieces of a text, in order.
pub fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some((before, after)) = text.split_once(MARK) {
        let Some((start, (tag, rest))) = before.rfind('[').zip(after.split_once(')')) else { break };
        pieces.extend((start > 0).then(|| (&before[..start], None)));
        pieces.push((&before[start + 1..], Some(tag)));
        text = rest;
    }
    pieces.extend((!text.is_empty()).then_some((text, None)));
    pieces
}

/// A text without its marks.
pub fn plain(text: &str) -> String {
    pieces(text).iter().map(|(words, _)| *words).collect()
}

impl Decode for Words {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let written = String::decode(node, cx)?;
        if !written.contains(MARK) {
            return Some(Words { written, plain: None });
        }
        let pieces = pieces(&written);
        let plain = plain(&written);
        let fault = |(words, tag): &Piece<'_>| {
            let fault = LanguageCode::new((*tag)?).err();
            fault.or_else(|| words.trim().is_empty().then_some(None))
        };
        if let Some(help) = pieces.iter().find_map(fault).or_else(|| plain.contains(MARK).then_some(None)) {
            let message = "a mark of language that is none";
            cx.diagnostics.push(Diagnostic::new(Code::BadLink, node.span, message).help(help.unwrap_or_else(|| MARKING.into())));
        }
        Some(Words { plain: Some(plain), written })
    }

    fn words(&self) -> Option<&str> {
        Some(self)
    }

    fn leftovers(&self, place: Span, into: &mut Diagnostics) {
        markdown::leftovers(self, place, into);
    }

    fn schema(languages: &Languages) -> Value {
        String::schema(languages)
    }
}
