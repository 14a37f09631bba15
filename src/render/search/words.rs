//! The words of entries, gathered into a vocabulary: which entries have each word, and which words are forms of one.
//!
//! In: entries, a folder of words and the name of a stemming algorithm. Out: a [`Vocabulary`], in order. The browser
//! needs no stemmer: it finds the other forms of a word in the same group.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Value;
use snowball_stemmers_rs::Algorithm;
pub use snowball_stemmers_rs::Stemmer;

use super::entries::Entry;
use crate::locale::fold::Folder;

/// Where a word stands in an entry, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Title,
    Summary,
    Text,
}

/// How many [`Field`]s there are.
pub const FIELDS: usize = 3;

/// The words of a language.
#[derive(Default)]
pub struct Vocabulary {
    /// Each folded word with the entries that have it, in order, and its best place there.
    pub words: Vec<(String, Vec<(usize, Field)>)>,
    /// The words with one stem, by their place in the list: two or more.
    pub groups: Vec<Vec<usize>>,
}

/// A spelling with the word that it is compared as.
struct Folded<'e> {
    word: String,
    surface: &'e str,
    lower: String,
    postings: Vec<(usize, Field)>,
}

/// The stemmer of an algorithm of Snowball, by its name; `Ok(None)` for the word that says there is none.
pub fn stemmer(name: &str) -> Result<Option<Stemmer>, ()> {
    match name {
        "none" => Ok(None),
        _ => serde_json::from_value::<Algorithm>(Value::from(name)).map(|algorithm| Some(Stemmer::create(algorithm))).map_err(drop),
    }
}

/// Gathers the words of entries; each spelling is folded and stemmed once, however often it stands there.
pub fn vocabulary(entries: &[Entry], folder: &Folder, stemmer: Option<&Stemmer>) -> Vocabulary {
    let bags: Vec<Vec<(&str, Field)>> = entries.par_iter().map(|entry| bag(entry, folder)).collect();
    let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
    let mut surfaces: Vec<(&str, Vec<(usize, Field)>)> = Vec::new();
    for (at, bag) in bags.iter().enumerate() {
        for (word, field) in bag {
            let number = *numbers.entry(word).or_insert_with(|| {
                surfaces.push((word, Vec::new()));
                surfaces.len() - 1
            });
            // The first place of a word in an entry is its best.
            let postings = &mut surfaces[number].1;
            if postings.last().is_none_or(|(entry, _)| *entry != at) {
                postings.push((at, *field));
            }
        }
    }
    let folded = surfaces.into_iter().map(|(surface, postings)| {
        let lower = folder.lower(surface);
        Folded { word: folder.fold(&lower), surface, lower, postings }
    });
    // What is nothing but accents is no word.
    let mut folded: Vec<Folded> = folded.filter(|folded| !folded.word.is_empty()).collect();
    folded.sort_unstable_by(|a, b| (&a.word, a.surface).cmp(&(&b.word, b.surface)));
    let mut groups: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    let mut vocabulary = Vocabulary::default();
    // Words that differ in case or accents alone are one word; its stem is that of the first of them.
    for forms in folded.chunk_by_mut(|a, b| a.word == b.word) {
        let Some((Folded { word, lower, postings, .. }, others)) = forms.split_first_mut() else { continue };
        others.iter_mut().for_each(|other| postings.append(&mut other.postings));
        postings.sort_unstable();
        postings.dedup_by_key(|(entry, _)| *entry);
        let stem = stemmer.filter(|_| !lower.contains(char::is_numeric)).map_or_else(|| word.clone(), |stemmer| folder.fold(&stemmer.stem(lower)));
        groups.entry(stem).or_default().push(vocabulary.words.len());
        vocabulary.words.push((std::mem::take(word), std::mem::take(postings)));
    }
    vocabulary.groups = groups.into_values().filter(|group| group.len() > 1).collect();
    vocabulary.groups.sort_unstable();
    vocabulary
}

/// The words of an entry, as written, those of the best places first.
fn bag<'e>(entry: &'e Entry, folder: &Folder) -> Vec<(&'e str, Field)> {
    let title = [Some(&entry.title), entry.id.as_ref(), Some(&entry.forms)].into_iter().flatten().chain(&entry.names);
    let passages = entry.passages.iter().flat_map(|passage| passage.heading.iter().map(|heading| &heading.title).chain([&passage.text]));
    let texts = title.map(|text| (text, Field::Title)).chain([(&entry.summary, Field::Summary)]).chain(passages.map(|text| (text, Field::Text)));
    let mut words = Vec::new();
    for (text, field) in texts {
        folder.words(text, |word| words.push((word, field)));
    }
    words
}
