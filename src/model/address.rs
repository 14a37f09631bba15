//! Where a page is: below its language, in words of that language, with ids that never change.
//!
//! In: a page and a language. Out: its path on the site, which begins and ends with a slash.

use super::{Page, Site};
use crate::check::ProposalId;
use crate::check::addresses::{self, chapter_slug};
use crate::load::value::Key;
use crate::locale::Locale;
use crate::source::Spanned;

/// The path of a page: `/da/initiativer/2021-19/`.
pub fn path(site: &Site<'_>, page: Page, locale: Locale) -> String {
    let graph = &site.graph;
    let content = graph.content;
    let code = content.languages.code(locale);
    let slugs = &content.site.languages[locale.index()].slugs;
    let strategy = |at: usize| graph.strategies[at].strategy.id.as_str();
    match page {
        Page::Home => format!("/{code}/"),
        Page::Strategies => format!("/{code}/{}/", slugs.strategy),
        Page::Strategy(id) => format!("/{code}/{}/{}/", slugs.strategy, strategy(id.0)),
        Page::Theme(id) => {
            let node = &graph.themes[id.0];
            let slug = node.record.slug.as_ref().map_or(&node.record.id.value, |slug| &slug[locale]);
            format!("/{code}/{}/{}/{}/{slug}/", slugs.strategy, strategy(node.strategy.0), slugs.themes)
        }
        Page::Chapter(id) => {
            let node = &graph.chapters[id.0];
            let slug = chapter_slug(node.chapter, locale);
            match (node.strategy, node.chapter.section.as_str()) {
                (Some(id), _) => format!("/{code}/{}/{}/{slug}/", slugs.strategy, strategy(id.0)),
                (None, addresses::RECOMMENDATIONS) => format!("/{code}/{}/{slug}/", slugs.recommendations),
                (None, _) => format!("/{code}/{}/{slug}/", slugs.about),
            }
        }
        Page::Initiatives => format!("/{code}/{}/", slugs.initiatives),
        Page::Initiative(id) => format!("/{code}/{}/{}/", slugs.initiatives, graph.initiatives[id.0].initiative.id),
        Page::Recommendations => format!("/{code}/{}/", slugs.recommendations),
        Page::Recommendation(id) => format!("/{code}/{}/{}/", slugs.recommendations, graph.recommendations[id.0].id.to_lowercase()),
        Page::Fundings => format!("/{code}/{}/", slugs.funding),
        Page::Funding(id) => format!("/{code}/{}/{}/", slugs.funding, strategy(id.0)),
        Page::Traceability => format!("/{code}/{}/", slugs.traceability),
        Page::Actors => format!("/{code}/{}/", slugs.actors),
        Page::Actor(id) => format!("/{code}/{}/{}/", slugs.actors, graph.actors[id.0].id),
        Page::Points(id) => format!("/{code}/{}/{}/{}/", slugs.strategy, strategy(id.0), word(&slugs.points, "points")),
        Page::Figures => format!("/{code}/{}/", word(&slugs.figures, "figures")),
        Page::People => format!("/{code}/{}/", word(&slugs.people, "people")),
        Page::KeyFigures => format!("/{code}/{}/", word(&slugs.key_figures, "key-figures")),
        Page::Glossary => format!("/{code}/{}/", word(&slugs.glossary, "glossary")),
        Page::Timeline => format!("/{code}/{}/", word(&slugs.timeline, "timeline")),
        Page::Search => format!("/{code}/{}/", word(&slugs.search, addresses::SEARCH)),
        Page::Data => format!("/{code}/{}/", word(&slugs.data, "data")),
        Page::Changes => format!("/{code}/{}/", word(&slugs.changes, "changes")),
        Page::About => format!("/{code}/{}/", slugs.about),
        Page::Sources => format!("/{code}/{}/{}/", slugs.about, slugs.sources),
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
