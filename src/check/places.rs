//! Places in documents that are something on the site: a point, a figure, an initiative, a recommendation, a proposal, a chapter.
//!
//! In: a citation. Out: what its place stands for, or a diagnostic where the document has no such record. Judges no word for
//! a place, and no place that records do not count.

use std::collections::HashMap;

use super::addresses::RECOMMENDATIONS;
use super::index::Index;
use super::{ChapterId, Cited, FigureId, PointId, unknown};
use crate::diagnostic::Diagnostics;
use crate::load::Content;
use crate::load::record::Citation;
use crate::load::value::Place;
use crate::locale::Locale;
use crate::source::Spanned;

/// The points that are retold, by document and number.
pub(super) type Points<'c> = HashMap<&'c str, HashMap<String, PointId>>;

/// The points of the strategies that are there, in the order of the graph.
pub(super) fn points<'c>(content: &'c Content, is_there: impl Fn(&str) -> bool) -> Points<'c> {
    let mut points = Points::new();
    let mut next = 0;
    for (_, record) in content.points.iter().filter(|(strategy, _)| is_there(strategy)) {
        let of_document = points.entry(record.document.value.as_str()).or_default();
        for point in record.sections.iter().flat_map(|section| &section.points) {
            of_document.entry(point.number.to_string()).or_insert(PointId(next));
            next += 1;
        }
    }
    points
}

/// The figures that are retold, by document and number: each is first cited from its own place.
pub(super) type Figures<'c> = HashMap<(&'c str, &'c str), FigureId>;

/// The figures, in the order of the graph.
pub(super) fn figures(content: &Content) -> Figures<'_> {
    let mut figures = Figures::new();
    for (at, figure) in content.figures.iter().enumerate() {
        let cite = figure.record.cites.first();
        let place = cite.and_then(|cite| numbered(cite.at.as_ref()?).next());
        if let (Some(cite), Some(("figure", number))) = (cite, place) {
            figures.entry((cite.document.value.as_str(), number)).or_insert(FigureId(at));
        }
    }
    figures
}

/// The chapters that retell their document, by the place that each is first cited from.
pub(super) type Chapters<'c> = HashMap<(&'c str, &'c Place), ChapterId>;

/// The chapters of documents, in the order of the graph. Chapters about the site retell none.
pub(super) fn chapters(content: &Content) -> Chapters<'_> {
    let of_strategies = content.strategies.iter().map(|strategy| (strategy.id.as_str(), strategy.record.document.value.as_str()));
    let of_advice = content.council.iter().map(|council| (RECOMMENDATIONS, council.document.value.as_str()));
    let documents: HashMap<&str, &str> = of_strategies.chain(of_advice).collect();
    let mut chapters = Chapters::new();
    for (at, chapter) in content.chapters.iter().enumerate() {
        let cite = chapter.pages[Locale::SOURCE].front.cites.first();
        let own = cite.filter(|cite| documents.get(chapter.section.as_str()) == Some(&cite.document.value.as_str()));
        let place = own.and_then(|cite| Some((cite, cite.at.as_ref()?)));
        if let Some((cite, place)) = place.filter(|(_, place)| !is_of_a_record(place)) {
            chapters.entry((cite.document.value.as_str(), &place.value)).or_insert(ChapterId(at));
        }
    }
    chapters
}

impl Index<'_> {
    /// What the place of a citation stands for: `overview, recommendation 3, proposal 2` is the second proposal of recommendation 3.
    ///
    /// The first step with a number decides. What stands before it says only where that is printed; within anything else, as in
    /// `chapter 2, initiative 3`, a document may count anew. Nearer than a record is the chapter that retells just this part of it.
    pub(super) fn cited(&self, citation: &Citation, into: &mut Diagnostics) -> Option<Cited> {
        let at = citation.at.as_ref()?;
        let record = self.record(&citation.document, at, into);
        let chapter = self.chapters_by_place.get(&(citation.document.value.as_str(), &at.value));
        chapter.copied().map(Cited::Chapter).or(record)
    }

    fn record(&self, document: &str, at: &Spanned<Place>, into: &mut Diagnostics) -> Option<Cited> {
        let mut steps = numbered(&at.value);
        let (word, number) = steps.next()?;
        match word {
            "point" => self.point(document, &Spanned::new(number.to_owned(), at.span), into).map(Cited::Point),
            // A site need not retell every figure of a document.
            "figure" => self.figures_by_number.get(&(document, number)).copied().map(Cited::Figure),
            "initiative" => {
                let number: u32 = number.parse().ok()?;
                let strategies = || self.content.strategies.iter().filter(|strategy| strategy.record.document.value.as_str() == document);
                // An id ends like the name of its file: with two digits or more.
                let ids = || strategies().map(|strategy| format!("{}-{number:02}", strategy.id));
                let id = ids().find(|id| self.initiatives.contains_key(id.as_str())).or_else(|| ids().next())?;
                self.initiative_id(&Spanned::new(id, at.span), into).map(Cited::Initiative)
            }
            "recommendation" => {
                let council = self.content.council.as_ref().filter(|council| council.document.value.as_str() == document)?;
                let id = format!("{}{}", council.prefix.0, number.parse::<u32>().ok()?);
                match steps.next() {
                    Some(("proposal", number)) => self.proposal(&Spanned::new(format!("{id}.{number}"), at.span), into).map(Cited::Proposal),
                    _ => self.recommendation(&Spanned::new(id, at.span), into).map(Cited::Recommendation),
                }
            }
            _ => None,
        }
    }

    fn point(&self, document: &str, number: &Spanned<String>, into: &mut Diagnostics) -> Option<PointId> {
        let points = self.points.get(document)?;
        let found = points.get(&number.value).copied();
        if found.is_none() {
            into.push(unknown(number.span, "point", number, Some("the points of the document are in data/points".into())));
        }
        found
    }
}

/// Whether a place is all of something that has a record, not a part of it.
fn is_of_a_record(place: &Place) -> bool {
    place.steps.last().is_some_and(|step| matches!(step.word.as_str(), "point" | "figure" | "initiative" | "recommendation" | "proposal"))
}

/// The steps of a place from its first with a number on.
fn numbered(place: &Place) -> impl Iterator<Item = (&str, &str)> {
    let steps = place.steps.iter().skip_while(|step| step.label.is_none());
    steps.map_while(|step| Some((step.word.as_str(), step.label.as_deref()?)))
}
