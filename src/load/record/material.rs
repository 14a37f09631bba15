//! The rest of a document's material: figures, numbered points, what was already started, people, key figures, terms,
//! events and notes.
//!
//! In: YAML trees. Out: records as they were written.

use serde_json::{Value, json};

use super::{Citation, SourceNote};
use crate::diagnostic::{Code, Diagnostic};
use crate::load::decode::{Cx, Decode, NonEmpty, record};
use crate::load::markdown::Markdown;
use crate::load::reference::{ActorRef, DocumentRef, InitiativeRef, ThemeRef};
use crate::load::value::{Amount, FigureKind, Key, NoteKind, PartialDate};
use crate::load::words::Words;
use crate::load::yaml::Node;
use crate::locale::{Languages, Localized};
use crate::source::{Span, Spanned};

record! {
    /// `data/figures/<id>.yaml`: a figure of a document, as far as the document states its values.
    pub struct FigureRecord {
        /// The document's own title.
        pub title: Localized<String>,
        /// How it is shown; `text` where the document states no values.
        pub kind: FigureKind,
        /// The unit of the values.
        pub unit: Option<Localized<String>>,
        /// The name of each series of values.
        pub columns: Vec<Localized<String>>,
        /// The values that the document states.
        pub rows: Vec<FigureRow>,
        /// What it shows, and what is not stated.
        pub caption: Localized<Words>,
        /// The source line of the document.
        pub source: Option<Localized<Words>>,
        /// Id of the theme it belongs to, in the strategy of its document.
        pub theme: Option<ThemeRef>,
        /// The initiatives it concerns.
        pub initiatives: Vec<InitiativeRef>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
        /// Where the documents disagree about it.
        pub source_notes: Vec<SourceNote>,
    }
}

record! {
    /// A row of a figure.
    pub struct FigureRow {
        /// A year, a group.
        pub label: Localized<String>,
        /// A number for each column, or `not-stated`.
        pub values: Vec<Spanned<FigureValue>>,
    }
}

/// A value of a figure; nothing where the document does not state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureValue(pub Option<Amount>);

impl Decode for FigureValue {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.scalar() {
            Some("not-stated") => Some(FigureValue(None)),
            _ => Amount::decode(node, cx).map(|amount| FigureValue(Some(amount))),
        }
    }

    fn schema(languages: &Languages) -> Value {
        json!({ "oneOf": [Amount::schema(languages), { "const": "not-stated" }] })
    }
}

record! {
    /// `data/points/<strategy>.yaml`: the numbered points of a strategy's document.
    pub struct PointsRecord {
        /// The document.
        pub document: DocumentRef,
        /// Its sections, in order.
        pub sections: NonEmpty<SectionRecord>,
        /// Where they come from.
        pub cites: Vec<Citation>,
    }
}

record! {
    /// A section of numbered points.
    pub struct SectionRecord {
        /// As the document numbers it: IV
        pub label: String,
        /// Its title.
        pub title: Localized<String>,
        /// Id of the theme that it is, where it is one.
        pub theme: Option<ThemeRef>,
        /// Its points.
        pub points: Vec<PointRecord>,
    }
}

record! {
    /// A numbered point.
    pub struct PointRecord {
        /// Its number, unique in the document.
        pub number: Spanned<u32>,
        /// All that it says, in our words.
        pub summary: Localized<Markdown>,
        /// The initiatives that it gives rise to or speaks of.
        pub initiatives: Vec<InitiativeRef>,
    }
}

record! {
    /// An entry of `data/started/<strategy>.yaml`: what the document lists as started before it.
    pub struct StartedRecord {
        /// Id of the theme that lists it.
        pub theme: ThemeRef,
        /// Its title.
        pub title: Localized<String>,
        /// All that the document says of it, amounts and years included.
        pub summary: Localized<Words>,
        /// Organisations that have a part in it.
        pub actors: Vec<ActorRef>,
        /// Initiatives that it is related to, where the document shows it.
        pub initiatives: Vec<InitiativeRef>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// `data/people.yaml`: councils and working groups and who is in them.
    pub struct PeopleRecord {
        /// The groups, in order.
        pub groups: Vec<GroupRecord>,
    }
}

record! {
    /// A council or a working group.
    pub struct GroupRecord {
        /// The id in its address.
        pub id: Spanned<Key>,
        /// Its name.
        pub title: Localized<String>,
        /// Its task, when and by whom it was set up.
        pub summary: Localized<Words>,
        /// The actor that it is, where it is one.
        pub actor: Option<ActorRef>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
        /// Who is in it, in the document's order.
        pub members: Vec<MemberRecord>,
    }
}

record! {
    /// A member of a group: a person, or an organisation where the document names no person.
    pub struct MemberRecord {
        /// The name as printed.
        pub name: String,
        /// What the member is to the group: chair.
        pub role: Option<Localized<String>>,
        /// Title and organisation, as printed.
        pub position: Option<Localized<String>>,
        /// The organisation, where it is an actor.
        pub actor: Option<ActorRef>,
    }
}

record! {
    /// `data/key-figures.yaml`: the quantitative claims of the documents, side by side.
    pub struct KeyFiguresRecord {
        /// What the claims are about, in order.
        pub topics: Vec<TopicRecord>,
    }
}

record! {
    /// Claims about one thing.
    pub struct TopicRecord {
        /// The id in its address.
        pub id: Spanned<Key>,
        /// What they are about.
        pub title: Localized<String>,
        /// Which of them can be compared and which cannot, and why.
        pub summary: Localized<Words>,
        /// The claims.
        pub figures: Vec<KeyFigureRecord>,
    }
}

record! {
    /// A quantitative claim.
    pub struct KeyFigureRecord {
        /// The value with its unit.
        pub value: Localized<String>,
        /// The year or years it is for, or `not-stated`.
        pub year: String,
        /// Exactly what is counted, as the document says.
        pub definition: Localized<Words>,
        /// Where it stands.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// `data/glossary.yaml`: terms and abbreviations.
    pub struct GlossaryRecord {
        /// The terms.
        pub terms: Vec<TermRecord>,
    }
}

record! {
    /// A term.
    pub struct TermRecord {
        /// The id in its address.
        pub id: Spanned<Key>,
        /// The term.
        pub term: Localized<String>,
        /// The words that are linked to it where they first stand in a text.
        pub forms: Localized<Vec<String>>,
        /// What it means, in plain words.
        pub text: Localized<Words>,
        /// Where the documents explain it.
        pub cites: Vec<Citation>,
    }
}

record! {
    /// `data/timeline.yaml`: what happened when.
    pub struct TimelineRecord {
        /// The events, the earliest first.
        pub events: Vec<EventRecord>,
    }
}

record! {
    /// An event.
    pub struct EventRecord {
        /// When, as exactly as is known.
        pub date: Spanned<PartialDate>,
        /// What happened.
        pub title: Localized<String>,
        /// More about it.
        pub text: Localized<Markdown>,
        /// Where it comes from.
        pub cites: NonEmpty<Citation>,
    }
}

record! {
    /// `data/source-notes.yaml`: disagreements that belong to no single record.
    pub struct SourceNotesRecord {
        /// The notes.
        pub notes: Vec<GeneralNoteRecord>,
    }
}

record! {
    /// A disagreement in or between the documents.
    pub struct GeneralNoteRecord {
        /// What kind of disagreement.
        pub kind: NoteKind,
        /// The note: both places, what is published and why.
        pub text: Localized<Markdown>,
        /// The places that disagree.
        pub cites: NonEmpty<Citation>,
    }
}

impl FigureRecord {
    /// Reports values where there should be none or none where there should be some, rows that do not fit the columns, and commas that part a number from its decimals.
    pub fn check(&self, diagnostics: &mut crate::diagnostic::Diagnostics) {
        let told = match (self.kind, self.rows.is_empty()) {
            (FigureKind::Text, false) => Some(("a figure of the kind `text` has values", "take `rows` out, or name the kind of drawing: bar, line or share")),
            (FigureKind::Bar | FigureKind::Line | FigureKind::Share, true) => {
                Some(("the figure has no values", "add `rows:` with the values that the document states; where it states none, write `kind: text`"))
            }
            _ => None,
        };
        if let Some((message, help)) = told {
            diagnostics.push(Diagnostic::new(Code::BadValue, self.span, message).help(help));
        }
        for row in &self.rows {
            let commas: Vec<Diagnostic> = row.values.windows(2).filter_map(decimal_comma).collect();
            if !commas.is_empty() {
                commas.into_iter().for_each(|fault| diagnostics.push(fault));
                continue;
            }
            if row.values.len() == self.columns.len() {
                continue;
            }
            let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
            let (columns, values) = (counted(self.columns.len(), "column"), counted(row.values.len(), "value"));
            let message = format!("the figure has {columns}, but this row has {values}");
            diagnostics.push(Diagnostic::new(Code::BadValue, row.span, message).help(match self.columns.is_empty() {
                true => "add `columns:` with the heading of each column",
                false => "write a number or `not-stated` for each column",
            }));
        }
    }
}

/// The fault of two values that only a comma stands between: it may have been meant for one with decimals.
fn decimal_comma(pair: &[Spanned<FigureValue>]) -> Option<Diagnostic> {
    let [first, second] = pair else { return None };
    let (whole, decimals) = (first.value.0?.0, second.value.0?.0);
    let (from, to) = (first.span.range(), second.span.range());
    let is_one = to.start == from.end + 1 && whole.scale() == 0 && decimals.scale() == 0 && !decimals.is_sign_negative();
    let message = format!("it cannot be told whether `{whole},{decimals}` is one number or two");
    let help = format!("write decimals behind a point: `{whole}.{decimals}`; write a space after a comma that parts two values: `{whole}, {decimals}`");
    is_one.then(|| Diagnostic::new(Code::BadAmount, Span::new(first.span.file, from.start..to.end), message).help(help))
}

record! {
    /// `data/changes.yaml`: what changed on the site, for its readers; also the feeds.
    pub struct ChangesRecord {
        /// The changes, the latest first.
        pub changes: NonEmpty<ChangeRecord>,
    }
}

record! {
    /// A change that readers should know of.
    pub struct ChangeRecord {
        /// The id; it stands in the address of the change and never changes.
        pub id: Spanned<Key>,
        /// The day it was published.
        pub date: Spanned<PartialDate>,
        /// What changed, in a few words.
        pub title: Localized<String>,
        /// What changed, with links to it.
        pub text: Localized<Markdown>,
    }
}
