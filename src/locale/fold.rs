//! Texts without what tells them apart only on paper: file names without case, words as a search compares them, without
//! case, accents and the letters that a keyboard may lack.
//!
//! In: text; for words, a language's code and its letters that are also written otherwise. Out: the words of the text and
//! their folded forms. The script in the browser does the same with the same table; a test in the browser holds the two together.

use icu::casemap::{CaseMapper, CaseMapperBorrowed};
use icu::locale::LanguageIdentifier;
use icu::normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu::properties::props::{GeneralCategory, GeneralCategoryGroup};
use icu::properties::{CodePointMapData, CodePointMapDataBorrowed};

/// The signs that join numbers; between them they do not differ.
const JOINS: [char; 5] = ['.', ',', '/', '-', '\u{2013}'];

/// A text as it is on machines that tell neither capitals nor composed letters apart.
pub fn file_name(text: &str) -> String {
    match text.is_ascii() {
        // Nearly every path; nothing is composed in it.
        true => text.to_ascii_lowercase(),
        false => CaseMapper::new().fold_string(&ComposingNormalizerBorrowed::new_nfc().normalize(text)).into_owned(),
    }
}

/// Folds the words of one language.
pub struct Folder {
    language: LanguageIdentifier,
    letters: Vec<(String, String)>,
    /// Whether one of them can stand in a word of ASCII.
    has_ascii: bool,
    cases: CaseMapperBorrowed<'static>,
    compose: ComposingNormalizerBorrowed<'static>,
    decompose: DecomposingNormalizerBorrowed<'static>,
    categories: CodePointMapDataBorrowed<'static, GeneralCategory>,
}

impl Folder {
    /// The forms of a BCP 47 code, with pairs of a letter and what stands for it; nothing where the code is not one.
    pub fn new(code: &str, letters: Vec<(String, String)>) -> Option<Self> {
        Some(Folder {
            language: code.parse().ok()?,
            has_ascii: letters.iter().any(|(letter, _)| letter.is_ascii()),
            letters,
            cases: CaseMapper::new(),
            compose: ComposingNormalizerBorrowed::new_nfc(),
            decompose: DecomposingNormalizerBorrowed::new_nfkd(),
            categories: CodePointMapData::<GeneralCategory>::new(),
        })
    }

    /// The letters and what stands for them.
    pub fn letters(&self) -> &[(String, String)] {
        &self.letters
    }

    /// A word in small letters, as its stem is taken from.
    pub fn lower(&self, word: &str) -> String {
        // Most words, and the same in every language: its rules took 12 of 995 million instructions of a build for them.
        if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return word.to_owned();
        }
        self.cases.lowercase_to_string(&self.compose.normalize(word), &self.language).into_owned()
    }

    /// A word in small letters as it is compared.
    pub fn fold(&self, lower: &str) -> String {
        let mut word = lower.replace(JOINS, ".");
        if word.is_ascii() && !self.has_ascii {
            return word;
        }
        for (letter, written) in &self.letters {
            word = word.replace(letter.as_str(), written);
        }
        self.decompose.normalize(&word).chars().filter(|c| !GeneralCategoryGroup::Mark.contains(self.categories.get(*c))).collect()
    }

    /// Tells every word of a text: letters, numbers and marks in a row. Numbers that one sign joins, as 13,0 or 2021-19,
    /// are a word besides their parts.
    pub fn words<'t>(&self, text: &'t str, mut tell: impl FnMut(&'t str)) {
        // Where the last word stood, and where the numbers began that are joined up to there.
        let mut last = 0..0;
        let mut run: Option<usize> = None;
        loop {
            let start = self.end::<false>(text, last.end);
            if start == text.len() {
                break;
            }
            let joins = text[start..].starts_with(char::is_numeric)
                && text[..last.end].ends_with(char::is_numeric)
                && text[last.end..start].strip_prefix(JOINS) == Some("");
            match run {
                None if joins => run = Some(last.start),
                Some(first) if !joins => {
                    tell(&text[first..last.end]);
                    run = None;
                }
                _ => {}
            }
            last = start..self.end::<true>(text, start);
            tell(&text[last.clone()]);
        }
        if let Some(first) = run {
            tell(&text[first..last.end]);
        }
    }

    /// Where the characters from somewhere on stop being those of a word, or those between words. Which of them is known to
    /// the compiler: as an argument, it made finding words a seventh dearer.
    fn end<const OF_WORD: bool>(&self, text: &str, from: usize) -> usize {
        const WORD: GeneralCategoryGroup = GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Number).union(GeneralCategoryGroup::Mark);
        let mut at = from;
        while let Some(&byte) = text.as_bytes().get(at) {
            // Most characters are one byte, which is told without decoding and without the table.
            let (is_of_word, length) = match byte {
                0..=0x7F => (byte.is_ascii_alphanumeric(), 1),
                _ => text[at..].chars().next().map_or((false, 1), |c| (WORD.contains(self.categories.get(c)), c.len_utf8())),
            };
            if is_of_word != OF_WORD {
                break;
            }
            at += length;
        }
        at
    }
}
