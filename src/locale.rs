//! The languages of a site and texts in them.
//!
//! In: the list of languages from `data/site.yaml`. Out: [`Locale`], a number that only this list gives out, and
//! [`Localized`], the only way to hold a text in every language. Knows no language by name.

pub mod fold;
pub mod format;

/// One of the site's languages, by its place in the list; the first is the source language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(u8);

impl Locale {
    /// The language that texts are written in first.
    pub const SOURCE: Locale = Locale(0);

    /// The place in the list.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The codes of the site's languages, in order: `da`, `en`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Languages {
    codes: Vec<String>,
}

impl Languages {
    /// The languages with these codes. More than 255 cannot be told apart and are left out.
    pub fn new(codes: impl IntoIterator<Item = String>) -> Self {
        Languages { codes: codes.into_iter().take(u8::MAX as usize).collect() }
    }

    /// Every language, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Locale> + use<> {
        (0..self.codes.len() as u8).map(Locale)
    }

    /// How many languages there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The code of a language.
    pub fn code(&self, locale: Locale) -> &str {
        &self.codes[locale.index()]
    }

    /// Every code, in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(String::as_str)
    }

    /// The language with this code.
    pub fn find(&self, code: &str) -> Option<Locale> {
        let index = self.codes.iter().position(|known| known == code)?;
        Some(Locale(index as u8))
    }
}

/// A value in every language of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localized<T>(Box<[T]>);

impl<T> Localized<T> {
    /// Asks for the value of each language in turn.
    pub fn from_fn(languages: &Languages, value: impl FnMut(Locale) -> T) -> Self {
        Localized(languages.iter().map(value).collect())
    }

    /// As [`Localized::from_fn`], or nothing where a language has none.
    pub fn try_from_fn(languages: &Languages, value: impl FnMut(Locale) -> Option<T>) -> Option<Self> {
        languages.iter().map(value).collect::<Option<_>>().map(Localized)
    }

    /// The values in the order of the languages.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> std::ops::Index<Locale> for Localized<T> {
    type Output = T;

    fn index(&self, locale: Locale) -> &T {
        &self.0[locale.index()]
    }
}
