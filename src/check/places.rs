//! Places in documents that are something on the site: a point, a figure, an initiative, a recommendation, a proposal, a chapter.
//!
//! In: a citation. Out: what its place stands for, or a diagnostic where the document has no such record. Never judges whether
//! a word for a place is declared, nor a place that has no label.

use std::collections::HashMap;
use std::hash::Hash;

use super::addresses::RECOMMENDATIONS;
use super::index::Index;
use super::{ChapterId, Cited, FigureId, PointId, unknown};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::record::Citation;
use crate::load::value::Place;
use crate::load::{Content, Strategy};
use crate::locale::Locale;
use crate::source::{Span, Spanned};

/// What stands where in the documents, by document and number or place.
pub(super) struct Places<'c> {
    /// The strategy that each document is.
    strategies: HashMap<&'c str, &'c Strategy>,
    /// The points that are retold.
    points: HashMap<&'c str, HashMap<u32, PointId>>,
    /// The figures, each of which is first cited from its own place.
    figures: HashMap<(&'c str, u32), FigureId>,
    /// The chapters that retell their document, by the place that each is first cited from. Chapters about the site retell none.
    chapters: HashMap<(&'c str, &'c Place), ChapterId>,
}

impl<'c> Places<'c> {
    /// The places of all records; of points those whose strategy `is_there`, in the order of the graph.
    pub(super) fn new(content: &'c Content, is_there: impl Fn(&str) -> bool) -> Self {
        let strategies = only(content.strategies.iter().map(|strategy| (strategy.record.document.value.as_str(), strategy)));
        let mut points: HashMap<&str, HashMap<u32, PointId>> = HashMap::new();
        let mut next = 0;
        for (strategy, record) in content.points.iter().filter(|(strategy, _)| is_there(strategy)) {
            let document = strategies.iter().find(|(_, known)| known.id == *strategy).map(|(document, _)| *document);
            for point in record.sections.iter().flat_map(|section| &section.points) {
                document.map(|document| points.entry(document).or_default().entry(point.number.value).or_insert(PointId(next)));
                next += 1;
            }
        }
        let figure = |(at, cites): (usize, &'c [Citation])| match numbered(&cites.first()?.at.as_ref()?.value).next() {
            Some(("figure", number)) => Some(((cites.first()?.document.value.as_str(), number), FigureId(at))),
            _ => None,
        };
        let figures = only(content.figures.iter().map(|figure| &*figure.record.cites).enumerate().filter_map(figure));
        let advice = content.council.iter().map(|council| (council.document.value.as_str(), RECOMMENDATIONS));
        let sections: HashMap<&str, &str> = strategies.iter().map(|(document, strategy)| (*document, strategy.id.as_str())).chain(advice).collect();
        let chapter = |(at, chapter): (usize, &'c crate::load::chapter::Chapter)| {
            let cite = chapter.pages[Locale::SOURCE].front.cites.first()?;
            let (document, place) = (cite.document.value.as_str(), &cite.at.as_ref()?.value);
            (sections.get(document) == Some(&chapter.section.as_str()) && !is_all_of_a_record(place)).then_some(((document, place), ChapterId(at)))
        };
        let chapters = only(content.chapters.iter().enumerate().filter_map(chapter));
        Places { strategies, points, figures, chapters }
    }
}

/// What each key stands for; one that stands for two stands for nothing.
fn only<K: Hash + Eq, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, V> {
    let mut found: HashMap<K, Option<V>> = HashMap::new();
    for (key, value) in pairs {
        found.entry(key).and_modify(|known| *known = None).or_insert(Some(value));
    }
    found.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

impl Index<'_> {
    /// What the place of a citation stands for: `overview, recommendation 3, proposal 2` is the second proposal of recommendation 3.
    ///
    /// Nearer than a record is the chapter that retells just this part of it.
    pub(super) fn cited(&self, citation: &Citation, into: &mut Diagnostics) -> Option<Cited> {
        let at = citation.at.as_ref()?;
        let document = citation.document.value.as_str();
        let record = self.record(document, &at.value, at.span, into);
        self.places.chapters.get(&(document, &at.value)).copied().map(Cited::Chapter).or(record)
    }

    /// The first step with a number decides. What stands before it says only where initiatives and recommendations are printed, as in
    /// `appendix, initiative 19`; within anything else, as in `chapter 2, initiative 3`, a document may count anew.
    fn record(&self, document: &str, place: &Place, span: Span, into: &mut Diagnostics) -> Option<Cited> {
        let mut steps = numbered(place);
        let Some((word, number)) = steps.next() else {
            self.no_number(document, place, span, into);
            return None;
        };
        let is_first = place.steps.first().is_some_and(|step| step.word == word);
        match word {
            "point" if is_first => self.point(document, number, span, into).map(Cited::Point),
            // A site need not retell every figure of a document.
            "figure" if is_first => self.places.figures.get(&(document, number)).copied().map(Cited::Figure),
            "initiative" => {
                // An id ends like the name of its file: with two digits or more.
                let id = format!("{}-{number:02}", self.places.strategies.get(document)?.id);
                self.initiative_id(&Spanned::new(id, span), into).map(Cited::Initiative)
            }
            "recommendation" => {
                let council = self.content.council.as_ref().filter(|council| council.document.value.as_str() == document)?;
                let recommendation = self.recommendation(&Spanned::new(format!("{}{number}", council.prefix.0), span), into)?;
                match steps.next() {
                    Some(("proposal", proposal)) => {
                        self.proposal(&Spanned::new(format!("{}{number}.{proposal}", council.prefix.0), span), into).map(Cited::Proposal)
                    }
                    _ => Some(Cited::Recommendation(recommendation)),
                }
            }
            _ => None,
        }
    }

    /// Reports a record of the document that is named otherwise than by its number: nobody could tell which it is.
    fn no_number(&self, document: &str, place: &Place, span: Span, into: &mut Diagnostics) {
        let labelled = place.steps.iter().find_map(|step| Some((step.word.as_str(), step.label.as_ref()?)));
        let Some((word, label)) = labelled else { return };
        let has_records = match word {
            "initiative" => self.places.strategies.contains_key(document),
            "point" => self.places.points.contains_key(document),
            "recommendation" | "proposal" => self.content.council.as_ref().is_some_and(|council| council.document.value.as_str() == document),
            _ => false,
        };
        if has_records {
            let message = format!("`{word} {label}` is no number of one {word}");
            into.push(Diagnostic::new(Code::BadValue, span, message).help(format!("write a citation for each, by its number: `{word} 2`")));
        }
    }

    fn point(&self, document: &str, number: u32, span: Span, into: &mut Diagnostics) -> Option<PointId> {
        let found = self.places.points.get(document)?.get(&number).copied();
        if found.is_none() {
            into.push(unknown(span, "point", &number.to_string(), Some("the points of the document are in data/points".into())));
        }
        found
    }
}

/// Whether a place is all of something that can have a record, not a part of it.
fn is_all_of_a_record(place: &Place) -> bool {
    place.steps.last().is_some_and(|step| matches!(step.word.as_str(), "point" | "figure" | "initiative" | "recommendation" | "proposal"))
}

/// The steps of a place from its first with a label on, as long as the labels are numbers.
fn numbered(place: &Place) -> impl Iterator<Item = (&str, u32)> {
    let steps = place.steps.iter().skip_while(|step| step.label.is_none());
    steps.map_while(|step| Some((step.word.as_str(), step.label.as_ref()?.parse().ok()?)))
}
