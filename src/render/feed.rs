//! The changes of the site as a feed in each language, for those who follow it.
//!
//! In: the changes. Out: an Atom file for each language; none where the site records no changes.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Generator, Link, Text};

use super::markdown;
use crate::locale::Locale;
use crate::model::{Page, Site, address};
use crate::source::File;

/// The path of the feed of a language.
pub fn path(site: &Site<'_>, locale: Locale) -> String {
    format!("{}feed.xml", address::path(site, Page::Home, locale))
}

/// The feeds.
pub fn files(site: &Site<'_>) -> Vec<File> {
    let Some(latest) = site.graph.changes.first() else { return Vec::new() };
    let base = site.base_url.as_str();
    // A date is exact to the day, which begins in no time zone in particular.
    let moment = |date: &dyn std::fmt::Display| -> FixedDateTime { format!("{date}T00:00:00Z").parse().unwrap_or_default() };
    let feed = |locale: Locale| {
        let code = site.graph.content.languages.code(locale);
        let page = format!("{base}{}", address::path(site, Page::Changes, locale));
        let own = format!("{base}{}", path(site, locale));
        let link = |rel: &str, media: &str, href: &str| Link {
            rel: rel.to_owned(),
            mime_type: Some(media.to_owned()),
            hreflang: Some(code.to_owned()),
            href: href.to_owned(),
            ..Link::default()
        };
        let entries = site.graph.changes.iter().map(|node| {
            let permalink = format!("{page}#{}", node.record.id);
            let html = markdown::html_elsewhere(site, &node.text[locale], locale, base);
            Entry {
                id: permalink.clone(),
                title: Text::plain(node.record.title[locale].clone()),
                updated: moment(&node.record.date.value),
                published: Some(moment(&node.record.date.value)),
                links: vec![link("alternate", "text/html", &permalink)],
                content: Some(Content { value: Some(html), content_type: Some("html".to_owned()), ..Content::default() }),
                ..Entry::default()
            }
        });
        let name = site.graph.content.site.title[locale].clone();
        Feed {
            id: own.clone(),
            title: Text::plain(name.clone()),
            subtitle: Some(Text::plain(site.graph.content.site.description[locale].clone())),
            updated: moment(&latest.record.date.value),
            authors: vec![atom_syndication::Person { name, ..Default::default() }],
            generator: Some(Generator { value: "Sporbar".to_owned(), ..Generator::default() }),
            links: vec![link("self", "application/atom+xml", &own), link("alternate", "text/html", &page)],
            lang: Some(code.to_owned()),
            entries: entries.collect(),
            ..Feed::default()
        }
    };
    let languages = site.graph.content.languages.iter();
    languages
        .map(|locale| File { path: path(site, locale).trim_start_matches('/').to_owned(), bytes: format!("{}\n", feed(locale).to_string()).into_bytes() })
        .collect()
}
