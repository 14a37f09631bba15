//! The closed lists of words that stand in records.
//!
//! In: a scalar. Out: one of the words that can stand there. Never takes a word for another that is like it, but says which was meant.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::load::decode::{Cx, Decode, scalar};
use crate::load::yaml::Node;
use crate::locale::Languages;

/// Defines a closed list of words.
macro_rules! words {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($(#[doc = $variant_doc:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[doc = $variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every word, in the order of the list.
            pub const WORDS: &[&str] = &[$($word),*];

            /// The word as it is written in records and exports.
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl Decode for $name {
            fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
                match scalar(node, "a word", cx)? {
                    $($word => Some($name::$variant),)*
                    other => {
                        let help = did_you_mean(other, Self::WORDS.iter().copied()).unwrap_or_else(|| format!("the words are {}", Self::WORDS.join(", ")));
                        cx.fail(Diagnostic::new(Code::BadValue, node.span, format!("`{other}` is not one of the words that can stand here")).help(help))
                    }
                }
            }

            fn schema(_: &Languages) -> Value {
                json!({ "enum": Self::WORDS })
            }
        }
    };
}

words! {
    /// How much a fault matters on a site.
    pub enum SeverityWord {
        /// Nothing is published.
        Error = "error",
        /// Published all the same, unless `--strict`.
        Warning = "warning",
        /// Worth knowing.
        Note = "note",
        /// Not said at all.
        Off = "off",
    }
}

words! {
    /// What an initiative is to its document.
    pub enum InitiativeKind {
        /// The document commits to it.
        Commitment = "commitment",
        /// The document only notes that it is decided elsewhere.
        Noted = "noted",
    }
}

words! {
    /// How a proposal and an initiative are related.
    pub enum Relation {
        /// A later initiative carries the proposal out.
        FollowUp = "follow-up",
        /// The proposal builds on an earlier initiative.
        Precedent = "precedent",
        /// No initiative takes the proposal up.
        None = "none",
    }
}

words! {
    /// How far a relation goes; of those of one relation, the strongest first.
    pub enum Degree {
        /// Follow-up: commits to what the proposal asks.
        Full = "full",
        /// Follow-up: commits to a part of it, or to study it.
        Partial = "partial",
        /// Follow-up: only notes that it is done elsewhere.
        Noted = "noted",
        /// Precedent: the document names the initiative or its product.
        Explicit = "explicit",
        /// Precedent: the same instrument or body.
        Topical = "topical",
    }
}

impl Degree {
    /// The relation that this degree grades.
    pub fn relation(self) -> Relation {
        match self {
            Degree::Full | Degree::Partial | Degree::Noted => Relation::FollowUp,
            Degree::Explicit | Degree::Topical => Relation::Precedent,
        }
    }
}

words! {
    /// What a chapter is to its document.
    pub enum ChapterKind {
        /// A part of the running text.
        Chapter = "chapter",
        /// An example that the document tells.
        Case = "case",
        /// A box of facts beside the text.
        Box = "box",
    }
}

words! {
    /// How a figure is shown.
    pub enum FigureKind {
        /// Values side by side.
        Bar = "bar",
        /// Values over time.
        Line = "line",
        /// Parts of a whole.
        Share = "share",
        /// In words: the document states no values.
        Text = "text",
    }
}

words! {
    /// What documents can disagree about.
    pub enum NoteKind {
        /// Sums that do not add up.
        Sum = "sum",
        /// Titles that differ in meaning.
        Title = "title",
        /// Amounts.
        Amount = "amount",
        /// Years.
        Year = "year",
        /// Figures for the same thing.
        Figure = "figure",
        /// Names.
        Name = "name",
        /// What a news report says otherwise.
        News = "news",
        /// Transcriptions of one document.
        Transcription = "transcription",
    }
}
