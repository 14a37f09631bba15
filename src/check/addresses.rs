//! That no two pages can have one address, that addresses and languages are what they say, and that chapters have their place.
//!
//! In: the words of addresses from the site's languages, themes and chapters. Out: diagnostics only.

use std::collections::BTreeMap;

use super::{ChapterSection, Graph};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::chapter::Chapter;
use crate::load::value::unknown_language;
use crate::locale::Locale;
use crate::locale::format::Formatter;
use crate::source::Span;

/// The section of chapters about the site itself.
pub const ABOUT: &str = "about";
/// The section of chapters of the recommendations.
pub const RECOMMENDATIONS: &str = "recommendations";
/// The word of the search in addresses, where the site names none.
pub const SEARCH: &str = "search";

/// The word in a chapter's address.
pub fn chapter_slug(chapter: &Chapter, locale: Locale) -> &str {
    chapter.pages[locale].front.slug.as_ref().map_or(chapter.key.as_str(), |slug| slug.value.as_str())
}

/// Reports every address that would stand for two pages.
pub fn check(graph: &Graph<'_>, into: &mut Diagnostics) {
    let content = graph.content;
    let base = &content.site.base_url;
    if base.value.0.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/').contains(['/', '?', '#'])) {
        let help = "the pages link to each other from the root; publish below a name of its own: https://strategies.example.org";
        into.push(Diagnostic::new(Code::BadValue, base.span, "the address of the site has a path").help(help));
    }
    let mut codes = BTreeMap::new();
    for language in &content.site.languages {
        let code = &language.code;
        if let Some(first) = codes.insert(code.value.as_str(), code.span) {
            let diagnostic =
                Diagnostic::new(Code::PathClash, code.span, format!("two languages have the code `{}`", code.value)).related(first, "the other one");
            into.push(diagnostic.help("take one of them out, or correct its code"));
        }
    }
    for (locale, language) in content.languages.iter().zip(&content.site.languages) {
        if let Some(locale) = language.locale.as_ref().filter(|locale| Formatter::new(locale).is_none()) {
            let message = format!("`{locale}` is not the code of a language");
            into.push(Diagnostic::new(Code::BadValue, locale.span, message).help("write a BCP 47 code: da, en-GB"));
        }
        // A code of the right form would be taken, and numbers and dates would be written as in no language at all.
        let (written, span) = language.tag();
        let is_reported = language.locale.is_none() && content.languages.code(locale) != language.code.value.as_str();
        if !is_reported
            && Formatter::new(written).is_some()
            && let Some(help) = unknown_language(written)
        {
            into.push(Diagnostic::new(Code::BadValue, span, format!("there is no language with the code `{written}`")).help(help));
        }
        let slugs = &language.slugs;
        let mut words = BTreeMap::new();
        let named = [&slugs.strategy, &slugs.initiatives, &slugs.recommendations, &slugs.funding, &slugs.traceability, &slugs.actors, &slugs.about];
        let optional = [&slugs.figures, &slugs.people, &slugs.key_figures, &slugs.glossary, &slugs.timeline, &slugs.search, &slugs.data, &slugs.changes];
        if slugs.search.is_none() {
            words.insert(SEARCH, language.code.span);
        }
        for slug in named.into_iter().chain(optional.into_iter().flatten()) {
            clash(&mut words, slug.value.as_str(), slug.span, "give one of them another word", into);
        }
    }
    for (locale, language) in content.languages.iter().zip(&content.site.languages) {
        for strategy in &graph.strategies {
            let mut words = BTreeMap::new();
            for theme in strategy.themes.iter().map(|theme| graph.themes[theme.0].record) {
                let slug = theme.slug.as_ref().map_or(&theme.id, |slug| &slug[locale]);
                clash(&mut words, slug.value.as_str(), slug.span, "give one of the themes another word, as its `slug`", into);
            }
        }
        let mut sections: BTreeMap<&str, BTreeMap<&str, Span>> = BTreeMap::new();
        for node in &graph.chapters {
            let chapter = node.chapter;
            let front = &chapter.pages[locale].front;
            let place = front.slug.as_ref().map_or(front.span, |slug| slug.span);
            let words = sections.entry(&chapter.section).or_insert_with(|| {
                let mut words = BTreeMap::new();
                match chapter.section.as_str() {
                    ABOUT => drop(words.insert(language.slugs.sources.value.as_str(), language.slugs.sources.span)),
                    RECOMMENDATIONS => {}
                    _ => {
                        words.insert(language.slugs.themes.value.as_str(), language.slugs.themes.span);
                        words.extend(language.slugs.points.as_ref().map(|slug| (slug.value.as_str(), slug.span)));
                    }
                }
                words
            });
            clash(words, chapter_slug(chapter, locale), place, "give the chapter another word: `slug: …` in its front matter", into);
        }
    }
    strays(graph, into);
}

/// Reports chapters of a section that the site does not have.
fn strays(graph: &Graph<'_>, into: &mut Diagnostics) {
    let content = graph.content;
    let advice = content.council.is_some().then_some(RECOMMENDATIONS);
    for node in &graph.chapters {
        let section = node.chapter.section.as_str();
        let may_be_strategy = || {
            content.is_faulty("strategy", section)
                || content.strategies.iter().any(|strategy| strategy.id == section)
                || content.initiatives.iter().any(|initiative| initiative.strategy == *section)
        };
        let (message, help) = match section {
            ABOUT => continue,
            RECOMMENDATIONS if advice.is_some() || content.faulty.contains("council") => continue,
            RECOMMENDATIONS => (
                "chapters of recommendations have no place on a site that has none".to_owned(),
                "add `data/council.yaml`, which says whose recommendations they are".to_owned(),
            ),
            _ if matches!(node.section, ChapterSection::Strategy(_)) || may_be_strategy() => continue,
            _ => {
                let known: Vec<&str> = graph.strategies.iter().map(|strategy| strategy.strategy.id.as_str()).chain([ABOUT]).chain(advice).collect();
                (format!("chapters of a section `{section}` have no place on the site"), format!("the sections are {}", known.join(", ")))
            }
        };
        into.push(Diagnostic::new(Code::StrayFile, Span::top(node.chapter.pages[Locale::SOURCE].file), message).help(help));
    }
}

fn clash<'a>(words: &mut BTreeMap<&'a str, Span>, word: &'a str, span: Span, help: &str, into: &mut Diagnostics) {
    match words.get(word) {
        Some(first) => into.push(
            Diagnostic::new(Code::PathClash, span, format!("two pages would have `{word}` at the same place in their addresses"))
                .related(*first, "the other one")
                .help(help),
        ),
        None => drop(words.insert(word, span)),
    }
}
