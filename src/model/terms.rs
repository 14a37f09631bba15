//! Where the terms of the glossary stand in a text.
//!
//! In: the glossary in one language. Out: places in texts. Finds whole words only, as they are written.

use std::cmp::Reverse;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::check::Graph;
use crate::locale::{Locale, Localized};

/// The terms of a language, ready to be found.
pub struct Terms {
    /// The forms by the word they begin with, the longest first, each with its term as an index into [`Graph::terms`].
    forms: FxHashMap<String, Vec<(String, usize)>>,
    /// For each [`mark`], whether a form begins with a word that has it.
    marks: [bool; MARKS],
}

/// The terms of every language; nothing where the site has no glossary.
pub fn all(graph: &Graph<'_>) -> Localized<Option<Terms>> {
    let languages = &graph.content.languages;
    let locales: Vec<Locale> = languages.iter().collect();
    let of = |locale: Locale| {
        let forms = graph.terms.iter().enumerate().flat_map(|(at, node)| node.record.forms[locale].iter().map(move |form| (form.as_str(), at)));
        Terms::new(forms)
    };
    let mut terms = locales.into_par_iter().map(of).collect::<Vec<_>>().into_iter();
    Localized::from_fn(languages, |_| terms.next().flatten())
}

impl Terms {
    /// The terms with these forms, each of which is no empty text; nothing where there are none.
    pub fn new<'f>(forms: impl Iterator<Item = (&'f str, usize)>) -> Option<Self> {
        let mut terms = Terms { forms: FxHashMap::default(), marks: [false; MARKS] };
        for (form, term) in forms {
            let word = &form[..end_of_word(form, 0)];
            terms.marks[mark(word.as_bytes())] = true;
            terms.forms.entry(word.to_owned()).or_default().push((form.to_owned(), term));
        }
        terms.forms.values_mut().for_each(|forms| forms.sort_by_key(|(form, _)| Reverse(form.len())));
        (!terms.forms.is_empty()).then_some(terms)
    }

    /// The places of terms that were not `seen` yet, each term once, in the order of the text.
    pub fn find(&self, text: &str, seen: &mut Vec<usize>) -> Vec<(std::ops::Range<usize>, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(byte) = text.as_bytes().get(at) {
            // Every other place is a sign between two words.
            if byte.is_ascii() && !LETTERS[usize::from(*byte)] && !self.marks[mark(&[*byte])] {
                at += 1;
                continue;
            }
            let end = end_of_word(text, at);
            let word = &text.as_bytes()[at..end];
            let form = if self.marks[mark(word)] { self.form(&text[at..end], &text[at..]) } else { None };
            // A form that begins with a sign may stand behind a word, of which it is a part.
            let form = form.filter(|_| !text[..at].ends_with(is_letter));
            let Some((form, term)) = form else {
                at = end;
                continue;
            };
            if !seen.contains(term) {
                seen.push(*term);
                found.push((at..at + form.len(), *term));
            }
            at += form.len();
        }
        found
    }

    /// The longest form that a text begins with, whose first word is `word`; none that ends within a word.
    fn form(&self, word: &str, text: &str) -> Option<&(String, usize)> {
        self.forms.get(word)?.iter().find(|(form, _)| text.strip_prefix(form.as_str()).is_some_and(|rest| !rest.starts_with(is_letter)))
    }
}

/// What a word is made of.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

/// Where the word that begins at a place ends; behind the sign, where another sign stands there.
fn end_of_word(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        match LETTERS[usize::from(*byte)] {
            true => end += 1,
            false if byte.is_ascii() => return end.max(start + 1),
            false => {
                let sign = text[end..].chars().next().unwrap_or_default();
                match is_letter(sign) {
                    true => end += sign.len_utf8(),
                    false => return if end == start { end + sign.len_utf8() } else { end },
                }
            }
        }
    }
    end
}

/// Of each byte, whether it is a letter by itself.
const LETTERS: [bool; 256] = {
    let mut letters = [false; 256];
    let mut byte = 0;
    while byte < 128u8 {
        letters[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'-';
        byte += 1;
    }
    letters
};

/// How many marks there are: enough for few words to share one, in a table of two pages of memory. Nothing hangs on the factors.
const MARKS: usize = 1024;

/// A number that few words share, told from both ends of a word and its length: most words of a text begin no form, and are
/// not looked up.
fn mark(word: &[u8]) -> usize {
    match word {
        [first, .., last] => (usize::from(*first) * 7 + usize::from(*last) * 31 + word.len() * 131) % MARKS,
        [only] => usize::from(*only),
        [] => 0,
    }
}
