//! From a YAML tree to records, reporting every fault on the way.
//!
//! In: [`Node`]s. Out: the types of [`super::record`], and the JSON Schema of each from the same table. A record with a
//! fault yields nothing, but all of its faults are reported first. Never looks at another file: whether a reference
//! leads anywhere is for `check` to say.

mod localized;

use std::collections::HashMap;

use serde_json::{Value, json};

use super::markdown;
use super::reference::Reference;
use super::translation::SourceText;
use super::yaml::{Kind, Node};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::locale::Languages;
use crate::source::{FileId, Span, Spanned};

/// What decoding needs to know and where it reports.
pub struct Cx<'a> {
    /// The file that is read.
    pub file: FileId,
    /// Its text, to find places inside scalars.
    pub text: &'a str,
    /// The languages that every text must have.
    pub languages: &'a Languages,
    /// Takes the faults.
    pub diagnostics: &'a mut Diagnostics,
    /// Takes the texts that are translated.
    pub texts: Vec<SourceText>,
    /// Takes the references of a record that turned out to have a fault.
    references: Option<Vec<Reference>>,
    /// The records around the value that is read, the innermost last: what each calls its value, its keys and its place.
    around: Vec<(&'static str, &'static [&'static str], Span)>,
    /// Keys that stand deeper than they belong, with the place of the record that misses them.
    misplaced: Vec<(Span, String)>,
}

impl<'a> Cx<'a> {
    /// For reading a file.
    pub fn new(file: FileId, text: &'a str, languages: &'a Languages, diagnostics: &'a mut Diagnostics) -> Self {
        Cx { file, text, languages, diagnostics, texts: Vec::new(), references: None, around: Vec::new(), misplaced: Vec::new() }
    }

    /// What a record refers to that cannot be read as a whole; its faults are reported already.
    pub fn references_of<T: Decode>(node: &Node<'_>, file: FileId, text: &str, languages: &Languages) -> Vec<Reference> {
        let mut quiet = Diagnostics::default();
        let mut cx = Cx::new(file, text, languages, &mut quiet);
        cx.references = Some(Vec::new());
        drop(T::decode(node, &mut cx));
        cx.references.unwrap_or_default()
    }

    /// Keeps a reference where it may otherwise be lost.
    pub fn refer(&mut self, reference: impl FnOnce() -> Reference) {
        if let Some(references) = &mut self.references {
            references.push(reference());
        }
    }

    /// Reports a fault and stands for the value that could not be had.
    pub fn fail<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// Reports a key that is indented as if it belonged to the value before it, though it is one of the record around;
    /// that the record misses it is no news then.
    fn report_misplaced(&mut self, word: &str, place: Span) -> bool {
        let Some((of, _, record)) = self.around.last().filter(|(_, known, _)| known.contains(&word)) else { return false };
        let (message, record) = (format!("`{word}` is indented as if it belonged to `{of}`"), *record);
        self.diagnostics.take_back(|found| found.code == Code::MissingKey && found.span == record && found.message == format!("`{word}` is missing"));
        self.misplaced.push((record, word.to_owned()));
        self.diagnostics.push(Diagnostic::new(Code::UnknownKey, place, message).help(format!("begin `{word}` in the same column as `{of}`")));
        true
    }

    /// Reports that something else was expected.
    pub fn wrong_type<T>(&mut self, node: &Node<'_>, expected: &str) -> Option<T> {
        if matches!(node.kind, Kind::Broken) {
            return None;
        }
        let message = format!("expected {expected}, found {}", node.noun());
        self.fail(Diagnostic::new(Code::WrongType, node.span, message))
    }
}

/// A type that stands in a record.
pub trait Decode: Sized {
    /// What holds where the key is not written; nothing where it must be.
    fn absent() -> Option<Self> {
        None
    }

    /// Reads a value, reporting all that is wrong with it.
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self>;

    /// The words, where the type is a text that is translated.
    fn words(&self) -> Option<&str> {
        None
    }

    /// Reports what of a text that readers see is written as in Markdown, and would be shown as it stands.
    fn leftovers(&self, _place: Span, _into: &mut Diagnostics) {}

    /// Reports where a value and its twin in another language do not say the same.
    fn agree(_source: &Self, _twin: &Self, _into: &mut Diagnostics) {}

    /// The JSON Schema of the type on a site with these languages.
    fn schema(languages: &Languages) -> Value;
}

/// Defines a record: a struct whose fields are the keys of a mapping, read and described from one table.
macro_rules! record {
    ($(#[doc = $doc:literal])* pub struct $name:ident { $($(#[doc = $field_doc:literal])* pub $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $field_doc])* pub $field: $type,)*
            /// Where the record begins.
            pub span: $crate::source::Span,
        }

        impl $crate::load::decode::Decode for $name {
            fn decode(node: &$crate::load::yaml::Node<'_>, cx: &mut $crate::load::decode::Cx<'_>) -> Option<Self> {
                let fields = $crate::load::decode::Fields::open(node, &[$(stringify!($field)),*], cx)?;
                $(let $field: Option<$type> = fields.take(stringify!($field), cx);)*
                Some($name { $($field: $field?,)* span: node.span })
            }

            fn schema(languages: &$crate::locale::Languages) -> serde_json::Value {
                $crate::load::decode::object_schema(concat!($($doc),*), vec![
                    $((
                        stringify!($field),
                        concat!($($field_doc),*),
                        <$type as $crate::load::decode::Decode>::schema(languages),
                        <$type as $crate::load::decode::Decode>::absent().is_none(),
                    ),)*
                ])
            }
        }
    };
}
pub(crate) use record;

/// The entries of a mapping whose keys are known.
pub struct Fields<'n, 'a> {
    node: &'n Node<'a>,
    entries: Vec<(&'n str, &'n Node<'a>)>,
    known: &'static [&'static str],
    /// The keys that unknown ones were probably meant to be: that these are missing is no news.
    meant: Vec<String>,
}

impl<'n, 'a> Fields<'n, 'a> {
    /// Opens a mapping, reporting keys that are unknown or written twice.
    pub fn open(node: &'n Node<'a>, known: &'static [&'static str], cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(map) = &node.kind else {
            return cx.wrong_type(node, &format!("a mapping with {}", list(known)));
        };
        let mut entries: Vec<(&str, &Node<'_>)> = Vec::with_capacity(map.len());
        let mut places: Vec<Span> = Vec::with_capacity(map.len());
        let mut meant = Vec::new();
        for (key, value) in map {
            let Some(word) = key.scalar() else {
                cx.wrong_type::<()>(key, "a key");
                continue;
            };
            // In what is not well-formed, which was reported, other keys may stand.
            if matches!(value.kind, Kind::Broken) {
                let inside = cx.text.get(value.span.range()).unwrap_or_default();
                let words = || inside.lines().filter_map(|line| Some(line.split_once(':')?.0.trim()));
                meant.extend(known.iter().filter(|key| words().any(|word| word == **key)).map(|key| (*key).to_owned()));
            }
            if !known.contains(&word) {
                if matches!(value.kind, Kind::Broken) {
                    meant.extend(entries.last().filter(|(_, value)| matches!(value.kind, Kind::Nothing)).map(|(empty, _)| (*empty).to_owned()));
                    meant.extend(nearest(word, known.iter().copied()).map(str::to_owned));
                    continue;
                }
                let guess = nearest(word, known.iter().copied());
                // A character that cannot be seen is reported as such by whoever took the bytes for text.
                if word.contains(super::files::is_unseen) {
                    meant.extend(guess.map(str::to_owned));
                    continue;
                }
                if cx.report_misplaced(word, key.span) {
                    // Where it has no value, what follows in its column is one.
                    match value.kind {
                        Kind::Nothing => break,
                        _ => continue,
                    }
                }
                // After a key without a value, it probably is a part of that.
                if let Some((empty, _)) = entries.last().filter(|(_, value)| guess.is_none() && matches!(value.kind, Kind::Nothing)) {
                    if !meant.iter().any(|meant| meant == empty) {
                        let diagnostic = Diagnostic::new(Code::UnknownKey, key.span, format!("unknown key `{word}`"));
                        cx.diagnostics.push(diagnostic.help(format!("indent it two spaces more than `{empty}` if it belongs to that")));
                        meant.push((*empty).to_owned());
                    }
                    continue;
                }
                meant.extend(guess.map(str::to_owned));
                let help = guess.map_or_else(|| format!("the keys here are {}", list(known)), |guess| format!("did you mean `{guess}`?"));
                cx.diagnostics.push(Diagnostic::new(Code::UnknownKey, key.span, format!("unknown key `{word}`")).help(help));
                // Its value is read as what it was meant to be: what others refer to in it is there.
                let is_free = |key: &str| !map.iter().any(|(there, _)| there.scalar() == Some(key)) && !entries.iter().any(|(known, _)| *known == key);
                if let Some(guess) = known.iter().copied().find(|key| Some(*key) == guess && is_free(key)) {
                    entries.push((guess, value));
                    places.push(key.span);
                }
            } else if let Some(first) = entries.iter().position(|(known, _)| *known == word) {
                let message = format!("`{word}` is written twice");
                cx.diagnostics.push(Diagnostic::new(Code::DuplicateKey, key.span, message).related(places[first], "first written here"));
            } else {
                entries.push((word, value));
                places.push(key.span);
            }
        }
        Some(Fields { node, entries, known, meant })
    }

    /// The value of a key, or of one that is nearly it, without a word about the others.
    pub fn pick<T: Decode>(node: &Node<'_>, key: &str, cx: &mut Cx<'_>) -> Option<T> {
        let Kind::Map(map) = &node.kind else { return None };
        let exact = map.iter().find(|(known, _)| known.scalar() == Some(key));
        let nearly = || map.iter().find(|(known, _)| known.scalar().is_some_and(|word| nearest(word, [key]).is_some()));
        let (_, value) = exact.or_else(nearly)?;
        T::decode(value, cx)
    }

    /// The value of a key; reports one that is missing and must not be.
    pub fn take<T: Decode>(&self, key: &'static str, cx: &mut Cx<'_>) -> Option<T> {
        match self.entries.iter().find(|(word, _)| *word == key) {
            Some((_, value)) if matches!(value.kind, Kind::Nothing) && self.meant.iter().any(|meant| meant == key) => None,
            Some((_, value)) if matches!(value.kind, Kind::Nothing) => cx.fail(
                Diagnostic::new(Code::MissingKey, value.span, format!("`{key}` has no value")).help("write a value, or take the key out if it may be left out"),
            ),
            Some((_, value)) => {
                cx.around.push((key, self.known, self.node.span));
                let decoded = T::decode(value, cx);
                cx.around.pop();
                decoded
            }
            None if cx.misplaced.iter().any(|(record, word)| *record == self.node.span && word == key) => None,
            None if T::absent().is_none() && self.meant.iter().any(|meant| meant == key) => None,
            None => T::absent()
                .or_else(|| cx.fail(Diagnostic::new(Code::MissingKey, self.node.span, format!("`{key}` is missing")).help(format!("add a line `{key}: …`")))),
        }
    }
}

/// The schema of a mapping with these keys: name, meaning, schema, whether it must be there.
pub fn object_schema(doc: &str, fields: Vec<(&str, &str, Value, bool)>) -> Value {
    let required: Vec<&str> = fields.iter().filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
    let properties: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|(name, doc, mut schema, _)| {
            if let Value::Object(object) = &mut schema {
                object.insert("description".into(), doc.trim().into());
            }
            (name.to_owned(), schema)
        })
        .collect();
    json!({ "type": "object", "description": doc.trim(), "additionalProperties": false, "required": required, "properties": properties })
}

/// Decodes every item before it gives up on the list.
pub fn items<T: Decode>(nodes: &[Node<'_>], cx: &mut Cx<'_>) -> Option<Vec<T>> {
    let decoded: Vec<Option<T>> = nodes.iter().map(|node| T::decode(node, cx)).collect();
    decoded.into_iter().collect()
}

/// Reads one scalar, or reports what was expected instead.
pub fn scalar<'n>(node: &'n Node<'_>, expected: &str, cx: &mut Cx<'_>) -> Option<&'n str> {
    match node.scalar() {
        Some(text) => Some(text),
        None => cx.wrong_type(node, expected),
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

impl<T: Decode> Decode for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }

    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        T::decode(node, cx).map(Some)
    }

    fn schema(languages: &Languages) -> Value {
        T::schema(languages)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn absent() -> Option<Self> {
        Some(Vec::new())
    }

    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.kind {
            Kind::List(nodes) => items(nodes, cx),
            _ => cx.wrong_type(node, "a list"),
        }
    }

    fn schema(languages: &Languages) -> Value {
        json!({ "type": "array", "items": T::schema(languages) })
    }
}

/// A list that must be there and have an item.
#[derive(Debug, Clone)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> std::ops::Deref for NonEmpty<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a NonEmpty<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Decode> Decode for NonEmpty<T> {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let list = Vec::decode(node, cx)?;
        if list.is_empty() {
            return cx.fail(Diagnostic::new(Code::MissingKey, node.span, "the list is empty").help("it needs one item or more"));
        }
        Some(NonEmpty(list))
    }

    fn schema(languages: &Languages) -> Value {
        json!({ "type": "array", "minItems": 1, "items": T::schema(languages) })
    }
}

impl<T: Decode> Decode for Spanned<T> {
    fn absent() -> Option<Self> {
        None
    }

    fn leftovers(&self, place: Span, into: &mut Diagnostics) {
        self.value.leftovers(place, into);
    }

    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        T::decode(node, cx).map(|value| Spanned::new(value, node.span))
    }

    fn words(&self) -> Option<&str> {
        self.value.words()
    }

    fn agree(source: &Self, twin: &Self, into: &mut Diagnostics) {
        T::agree(&source.value, &twin.value, into);
    }

    fn schema(languages: &Languages) -> Value {
        T::schema(languages)
    }
}

/// A text: not empty, without white space at its ends.
impl Decode for String {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let text = scalar(node, "a text", cx)?.trim();
        if text.is_empty() {
            return cx.fail(Diagnostic::new(Code::BadValue, node.span, "the text is empty").help("write a text, or take the key out if it may be left out"));
        }
        Some(text.to_owned())
    }

    fn words(&self) -> Option<&str> {
        Some(self)
    }

    fn leftovers(&self, place: Span, into: &mut Diagnostics) {
        markdown::leftovers(self, place, into);
    }

    fn schema(_: &Languages) -> Value {
        // An id like `2021` or a version like `1.0` is text as it stands.
        json!({ "type": ["string", "number"] })
    }
}

impl Decode for u32 {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let text = scalar(node, "a whole number", cx)?;
        match text.parse() {
            Ok(number) => Some(number),
            Err(_) => cx.fail(Diagnostic::new(Code::BadValue, node.span, format!("`{text}` is not a whole number")).help("write it with digits: 12")),
        }
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl Decode for bool {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match scalar(node, "true or false", cx)? {
            "true" => Some(true),
            "false" => Some(false),
            other => cx.fail(Diagnostic::new(Code::BadValue, node.span, format!("`{other}` is neither `true` nor `false`")).help("write one of the two")),
        }
    }

    fn schema(_: &Languages) -> Value {
        json!({ "type": "boolean" })
    }
}

/// A mapping with free keys, in the order written.
#[derive(Debug, Clone)]
pub struct Table<K, T>(pub Vec<(Spanned<K>, T)>);

impl<K: Decode + PartialEq + std::fmt::Display, T: Decode> Decode for Table<K, T> {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(map) = &node.kind else {
            return cx.wrong_type(node, "a mapping");
        };
        let mut entries: Vec<Option<(Spanned<K>, T)>> = Vec::with_capacity(map.len());
        let mut seen: HashMap<String, Span> = HashMap::with_capacity(map.len());
        for (key, value) in map {
            let key: Option<Spanned<K>> = Spanned::decode(key, cx);
            if let Some(key) = &key {
                if let Some(first) = seen.get(&key.to_string()) {
                    let diagnostic = Diagnostic::new(Code::DuplicateKey, key.span, format!("`{key}` is written twice")).related(*first, "first written here");
                    cx.diagnostics.push(diagnostic);
                    continue;
                }
                seen.insert(key.to_string(), key.span);
            }
            let value = T::decode(value, cx);
            entries.push(key.zip(value));
        }
        entries.into_iter().collect::<Option<Vec<_>>>().map(Table)
    }

    fn schema(languages: &Languages) -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(languages) })
    }
}

impl<K: PartialEq, T> Table<K, T> {
    /// The value under a key.
    pub fn get<Q: ?Sized>(&self, key: &Q) -> Option<&T>
    where
        K: PartialEq<Q>,
    {
        self.0.iter().find(|(known, _)| known.value == *key).map(|(_, value)| value)
    }
}
