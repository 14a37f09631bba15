//! Which files a page is made from.
//!
//! In: a page and a language, or a whole site. Out: the records and chapters behind each page, the most telling first, and
//! whether what is said there has moved on since it was translated.

use std::ops::Range;

use super::{Page, Site, address};
use crate::locale::Locale;
use crate::source::{FileId, FileTree, Origin, Span};

/// Every page in every language.
pub fn all(site: &Site<'_>, sources: &FileTree) -> Vec<Origin> {
    let languages = &site.graph.content.languages;
    let origin = |page: Page, locale: Locale| Origin {
        path: address::path(site, page, locale),
        language: languages.code(locale).to_owned(),
        files: files(site, page, locale).into_iter().map(|file| sources.file(file).path.clone()).collect(),
        outdated: is_outdated(site, page, locale),
    };
    site.in_every_language().map(|(page, locale)| origin(page, locale)).collect()
}

/// The files behind a page: a chapter's own language first, then the language it was written in.
pub fn files(site: &Site<'_>, page: Page, locale: Locale) -> Vec<FileId> {
    match page {
        Page::Chapter(id) => {
            let pages = &site.graph.chapters[id.0].chapter.pages;
            let mut files = vec![pages[locale].file, pages[Locale::SOURCE].file];
            files.dedup();
            files
        }
        _ => {
            let mut files: Vec<FileId> = parts(site, page).into_iter().map(|(file, _)| file).collect();
            files.dedup();
            files
        }
    }
}

/// Whether a text behind a page has changed since its translation into the page's language was confirmed.
pub fn is_outdated(site: &Site<'_>, page: Page, locale: Locale) -> bool {
    let outdated = &site.graph.outdated;
    let changed = |(file, range): (FileId, Range<u32>)| outdated.get(&(file, locale)).is_some_and(|texts| texts.iter().any(|text| range.contains(&text.start)));
    !outdated.is_empty() && parts(site, page).into_iter().any(changed)
}

/// The parts of files that a page tells.
fn parts(site: &Site<'_>, page: Page) -> Vec<(FileId, Range<u32>)> {
    let graph = &site.graph;
    let content = graph.content;
    let whole = |span: Span| (span.file, 0..u32::MAX);
    // One of several records in a file reaches to where the next begins.
    let among = |spans: Vec<Span>, at: usize| (spans[at].file, spans[at].start..spans.get(at + 1).map_or(u32::MAX, |next| next.start));
    match page {
        Page::Home | Page::Strategies | Page::Initiatives | Page::Fundings | Page::Search | Page::Data | Page::About => vec![whole(content.site.span)],
        Page::Strategy(id) => vec![whole(graph.strategies[id.0].strategy.record.span)],
        Page::Funding(id) => vec![whole(graph.strategies[id.0].strategy.record.span)],
        Page::Theme(id) => {
            let strategy = &graph.strategies[graph.themes[id.0].strategy.0];
            let at = strategy.themes.iter().position(|theme| *theme == id).unwrap_or(0);
            vec![among(strategy.themes.iter().map(|theme| graph.themes[theme.0].record.span).collect(), at)]
        }
        Page::Chapter(id) => vec![(graph.chapters[id.0].chapter.pages[Locale::SOURCE].file, 0..u32::MAX)],
        Page::Initiative(id) => vec![whole(graph.initiatives[id.0].initiative.record.span)],
        Page::Recommendations => content.council.iter().map(|council| whole(council.span)).collect(),
        Page::Recommendation(id) => vec![whole(graph.recommendations[id.0].recommendation.record.span)],
        Page::Traceability => content.traces.iter().map(|trace| whole(trace.span)).collect(),
        Page::Actors => vec![whole(content.actors.span)],
        Page::Actor(id) => vec![among(graph.actors.iter().map(|actor| actor.span).collect(), id.0)],
        Page::Points(id) => {
            let own = content.points.iter().filter(|(strategy, _)| *strategy == graph.strategies[id.0].strategy.id);
            own.map(|(_, points)| whole(points.span)).collect()
        }
        Page::Figures => content.figures.iter().map(|figure| whole(figure.record.span)).collect(),
        Page::People => content.people.iter().map(|record| whole(record.span)).collect(),
        Page::KeyFigures => content.key_figures.iter().map(|record| whole(record.span)).collect(),
        Page::Glossary => content.glossary.iter().map(|record| whole(record.span)).collect(),
        Page::Timeline => content.timeline.iter().map(|record| whole(record.span)).collect(),
        Page::Changes => content.changes.iter().map(|record| whole(record.span)).collect(),
        Page::Sources => [whole(content.documents.span)].into_iter().chain(content.source_notes.iter().map(|record| whole(record.span))).collect(),
    }
}
