//! Ids that stand for other records.
//!
//! In: one scalar each. Out: the id with its place and the kind of record it names. Never looks whether the record is
//! there. A record that cannot be read still says what it refers to: that is followed too, so that one fault does not
//! hide another.

use std::fmt;

use serde_json::Value;

use super::decode::{Cx, Decode};
use super::markdown::Target;
use super::value::Place;
use super::yaml::Node;
use crate::locale::Languages;
use crate::source::Spanned;

/// What a record that cannot be read refers to.
#[derive(Debug, Clone)]
pub enum Reference {
    /// An actor.
    Actor(Spanned<String>),
    /// A document.
    Document(Spanned<String>),
    /// An initiative.
    Initiative(Spanned<String>),
    /// A theme of the strategy that the record belongs to.
    Theme(Spanned<String>),
    /// A proposal.
    Proposal(Spanned<String>),
    /// A chapter of the recommendations.
    CouncilChapter(Spanned<String>),
    /// A place in a document.
    Place(Spanned<Place>),
    /// Whatever a link in a text names.
    Link(Spanned<Target>),
}

macro_rules! references {
    ($($(#[doc = $doc:literal])* $name:ident $kind:ident;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(Spanned<String>);

        impl std::ops::Deref for $name {
            type Target = Spanned<String>;

            fn deref(&self) -> &Spanned<String> {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Decode for $name {
            fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
                let id = Spanned::decode(node, cx)?;
                cx.refer(|| Reference::$kind(Spanned::clone(&id)));
                Some($name(id))
            }

            fn schema(languages: &Languages) -> Value {
                String::schema(languages)
            }
        }
    )*};
}

references! {
    /// Id of an actor.
    ActorRef Actor;
    /// Id of a document.
    DocumentRef Document;
    /// Id of an initiative: 2021-19
    InitiativeRef Initiative;
    /// Id of a theme of the record's own strategy.
    ThemeRef Theme;
    /// Id of a proposal: R3.2
    ProposalRef Proposal;
    /// Id of a chapter of the recommendations.
    CouncilChapterRef CouncilChapter;
}
