//! What is wrong, where, and what to do about it.
//!
//! In: faults from every room. Out: [`Diagnostics`], the one list that decides the exit code. Never prints: the forms
//! for people and machines are in [`emit`], and only the command line writes them anywhere.

use std::collections::BTreeMap;

use crate::source::{FileId, Span};

pub mod codes;
pub mod emit;

pub use codes::Code;

/// How much a fault matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is published.
    Error,
    /// Published all the same, unless `--strict`.
    Warning,
    /// Worth knowing; never stops anything.
    Note,
}

impl Severity {
    /// It in a word.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A second place that a fault is about, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub span: Span,
    /// What stands there.
    pub label: String,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What is wrong, in one plain sentence without a full stop.
    pub message: String,
    /// A few words at the marked place; may be empty.
    pub label: String,
    /// The other places it is about.
    pub related: Vec<Related>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault at a place, as severe as its code says.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { code, severity: code.info().severity, span, message: message.into(), label: String::new(), related: Vec::new(), help: None }
    }

    /// Adds a few words at the marked place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do, where there is anything to say.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// Adds a second place.
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related { span, label: label.into() });
        self
    }
}

/// Most faults of one code that are kept: a file of a million faults is told by the first of them. No code takes the place of
/// another, so that it never depends on warnings whether there are errors.
pub const MOST_FAULTS: usize = 1_000;

/// All faults of a run.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// How many of each code are in the list.
    counts: BTreeMap<Code, usize>,
    settings: BTreeMap<Code, Option<Severity>>,
}

impl Diagnostics {
    /// Takes a fault.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.is_full(diagnostic.code) {
            *self.counts.entry(diagnostic.code).or_default() += 1;
            self.list.push(diagnostic);
        }
    }

    /// Whether more faults of a code would not be kept.
    pub fn is_full(&self, code: Code) -> bool {
        self.counts.get(&code).is_some_and(|count| *count >= MOST_FAULTS)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes the faults of another list, for instance of a parallel part.
    pub fn append(&mut self, other: Diagnostics) {
        other.list.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether a file has an error.
    pub fn has_error_in(&self, file: FileId) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.span.file == file && self.severity(diagnostic) == Some(Severity::Error))
    }

    /// Takes faults out again that turned out to follow from another.
    pub fn take_back(&mut self, is_meant: impl Fn(&Diagnostic) -> bool) {
        let list = std::mem::take(&mut self.list);
        self.counts.clear();
        list.into_iter().filter(|diagnostic| !is_meant(diagnostic)).for_each(|diagnostic| self.push(diagnostic));
    }

    /// Gives a code another severity on this site; nothing silences it.
    pub fn set(&mut self, code: Code, severity: Option<Severity>) {
        self.settings.insert(code, severity);
    }

    /// Whether there is a fault with this code, silenced or not.
    pub fn has(&self, code: Code) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.code == code)
    }

    fn severity(&self, diagnostic: &Diagnostic) -> Option<Severity> {
        self.settings.get(&diagnostic.code).copied().unwrap_or(Some(diagnostic.severity))
    }

    /// The faults by place, each once, as severe as the site has them.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        let mut list = std::mem::take(&mut self.list);
        list.retain_mut(|diagnostic| match self.severity(diagnostic) {
            Some(severity) => {
                diagnostic.severity = severity;
                true
            }
            None => false,
        });
        list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        list.dedup();
        list
    }

    /// The severities that the site gives to codes.
    pub fn settings(&self) -> BTreeMap<Code, Option<Severity>> {
        self.settings.clone()
    }

    /// A list with the same settings and these faults.
    pub fn with(settings: BTreeMap<Code, Option<Severity>>, list: Vec<Diagnostic>) -> Self {
        let mut all = Diagnostics { settings, ..Diagnostics::default() };
        list.into_iter().for_each(|diagnostic| all.push(diagnostic));
        all
    }

    /// Whether any fault forbids publishing.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| self.severity(diagnostic) == Some(Severity::Error))
    }
}

/// How many names are looked through for the one that was meant.
const MOST_GUESSES: usize = 2_000;

/// The known word that was most likely meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Where thousands of names are wrong, guessing at each among thousands helps nobody. Words that differ more in length
    // than they may in letters need not be compared, which would take long where one is as long as a book.
    let length = word.chars().count();
    let limit = 1 + length / 3;
    let candidates = known.into_iter().take(MOST_GUESSES).filter(|candidate| candidate.chars().count().abs_diff(length) <= limit);
    let (distance, nearest) = candidates.map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate)).min()?;
    (distance <= limit).then_some(nearest)
}

/// The known word that was most likely meant, as a help sentence.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|nearest| format!("did you mean `{nearest}`?"))
}
