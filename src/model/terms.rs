//! Where the terms of the glossary stand in a text.
//!
//! In: the glossary in one language. Out: places in texts. Finds whole words only, as they are written.

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use crate::check::Graph;
use crate::locale::{Locale, Localized};

/// The terms of a language, ready to be found.
pub struct Terms {
    matcher: AhoCorasick,
    /// The term of each pattern, as an index into [`Graph::terms`].
    terms: Vec<usize>,
}

/// The terms of every language; nothing where the site has no glossary.
pub fn all(graph: &Graph<'_>) -> Localized<Option<Terms>> {
    let languages = &graph.content.languages;
    let locales: Vec<Locale> = languages.iter().collect();
    let mut terms = locales.into_par_iter().map(|locale| Terms::new(graph, locale)).collect::<Vec<_>>().into_iter();
    Localized::from_fn(languages, |_| terms.next().flatten())
}

impl Terms {
    /// The terms of a language; nothing where the site has no glossary.
    pub fn new(graph: &Graph<'_>, locale: Locale) -> Option<Self> {
        let forms = graph.terms.iter().enumerate().flat_map(|(at, node)| node.record.forms[locale].iter().map(move |form| (at, form)));
        let (terms, patterns): (Vec<usize>, Vec<&String>) = forms.unzip();
        if terms.is_empty() {
            return None;
        }
        let matcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()?;
        Some(Terms { matcher, terms })
    }

    /// The places of terms that were not `seen` yet, each term once, in the order of the text.
    pub fn find(&self, text: &str, seen: &mut Vec<usize>) -> Vec<(std::ops::Range<usize>, usize)> {
        let letter = |c: char| c.is_alphanumeric() || c == '-';
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(place) = self.matcher.find(aho_corasick::Input::new(text).range(from..)) {
            let term = self.terms[place.pattern().as_usize()];
            let whole = !text[..place.start()].chars().next_back().is_some_and(letter) && !text[place.end()..].chars().next().is_some_and(letter);
            if !whole {
                // A shorter term may begin inside the words that were no term.
                from = place.start() + text[place.start()..].chars().next().map_or(1, char::len_utf8);
                continue;
            }
            from = place.end();
            if !seen.contains(&term) {
                seen.push(term);
                found.push((place.range(), term));
            }
        }
        found
    }
}
