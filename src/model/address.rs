//! Where a page is: below its language, in words of that language, with ids that never change.
//!
//! In: a page and a language. Out: its path on the site, which begins and ends with a slash.

use super::{Page, Site};
use crate::check::addresses::{self, chapter_slug};
use crate::check::{ChapterSection, ProposalId};
use crate::load::value::Key;
use crate::locale::Locale;
use crate::source::Spanned;

/// The path of a page: `/en/initiatives/2021-19/`.
pub fn path(site: &Site<'_>, page: Page, locale: Locale) -> String {
    let graph = &site.graph;
    let content = graph.content;
    let code = content.languages.code(locale);
    let slugs = &content.site.languages[locale.index()].slugs;
    // Every page names dozens of others, so this is written with no more than it takes, and without the formatter.
    let below = |steps: &[&str]| {
        let mut path = String::with_capacity(2 + code.len() + steps.iter().map(|step| step.len() + 1).sum::<usize>());
        path.push('/');
        for step in std::iter::once(&code).chain(steps) {
            path.push_str(step);
            path.push('/');
        }
        path
    };
    let strategy = |at: usize| graph.strategies[at].strategy.id.as_str();
    match page {
        Page::Home => below(&[]),
        Page::Strategies => below(&[slugs.strategy.as_str()]),
        Page::Strategy(id) => below(&[slugs.strategy.as_str(), strategy(id.0)]),
        Page::Theme(id) => {
            let node = &graph.themes[id.0];
            let slug = node.record.slug.as_ref().map_or(&node.record.id.value, |slug| &slug[locale].value);
            below(&[slugs.strategy.as_str(), strategy(node.strategy.0), slugs.themes.as_str(), slug.as_str()])
        }
        Page::Chapter(id) => {
            let node = &graph.chapters[id.0];
            let slug = chapter_slug(node.chapter, locale);
            match node.section {
                ChapterSection::Strategy(id) => below(&[slugs.strategy.as_str(), strategy(id.0), slug]),
                ChapterSection::Recommendations => below(&[slugs.recommendations.as_str(), slug]),
                ChapterSection::About => below(&[slugs.about.as_str(), slug]),
            }
        }
        Page::Initiatives => below(&[slugs.initiatives.as_str()]),
        Page::Initiative(id) => below(&[slugs.initiatives.as_str(), &graph.initiatives[id.0].initiative.id]),
        Page::Recommendations => below(&[slugs.recommendations.as_str()]),
        Page::Recommendation(id) => below(&[slugs.recommendations.as_str(), &graph.recommendations[id.0].id.to_lowercase()]),
        Page::Fundings => below(&[slugs.funding.as_str()]),
        Page::Funding(id) => below(&[slugs.funding.as_str(), strategy(id.0)]),
        Page::Traceability => below(&[slugs.traceability.as_str()]),
        Page::Actors => below(&[slugs.actors.as_str()]),
        Page::Actor(id) => below(&[slugs.actors.as_str(), graph.actors[id.0].id.as_str()]),
        Page::Points(id) => below(&[slugs.strategy.as_str(), strategy(id.0), word(&slugs.points, "points")]),
        Page::Figures => below(&[word(&slugs.figures, "figures")]),
        Page::People => below(&[word(&slugs.people, "people")]),
        Page::KeyFigures => below(&[word(&slugs.key_figures, "key-figures")]),
        Page::Glossary => below(&[word(&slugs.glossary, "glossary")]),
        Page::Timeline => below(&[word(&slugs.timeline, "timeline")]),
        Page::Search => below(&[word(&slugs.search, addresses::SEARCH)]),
        Page::Data => below(&[word(&slugs.data, "data")]),
        Page::Changes => below(&[word(&slugs.changes, "changes")]),
        Page::About => below(&[slugs.about.as_str()]),
        Page::Sources => below(&[slugs.about.as_str(), slugs.sources.as_str()]),
    }
}

/// The word of an address, or the one that stands where the site names none.
fn word<'s>(slug: &'s Option<Spanned<Key>>, default: &'s str) -> &'s str {
    slug.as_ref().map_or(default, |slug| slug.value.as_str())
}

/// The anchor of a point on the page of its strategy's points, in words of the language: `point-12`.
pub fn point_anchor(site: &Site<'_>, number: u32, locale: Locale) -> String {
    let word = site.graph.content.documents.places.get("point").map_or("point", |word| word[locale].as_str());
    format!("{}-{number}", word.to_lowercase().replace(' ', "-"))
}

/// The anchor of a proposal on the page of its recommendation: `r3-2`.
pub fn proposal_anchor(site: &Site<'_>, proposal: ProposalId) -> String {
    site.graph.proposals[proposal.0].id.to_lowercase().replace('.', "-")
}

/// The path of a proposal, anchor included.
pub fn proposal_path(site: &Site<'_>, proposal: ProposalId, locale: Locale) -> String {
    let page = Page::Recommendation(site.graph.proposals[proposal.0].recommendation);
    format!("{}#{}", path(site, page, locale), proposal_anchor(site, proposal))
}
