//! Markdown to HTML, with links to records already followed.
//!
//! In: [`Prose`] and a language. Out: HTML. Works on events only; what comes out is serialised once.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};

use crate::check::{Link, Prose};
use crate::load::markdown::OPTIONS;
use crate::locale::Locale;
use crate::model::{Page, Site, address};

/// Address and title of what a link leads to, in the language of the page.
pub fn target(site: &Site<'_>, link: Link<'_>, locale: Locale) -> Option<(String, String)> {
    let graph = &site.graph;
    let page = match link {
        Link::Broken => return None,
        Link::Web(url) => return Some((url.to_owned(), url.to_owned())),
        Link::Proposal(id) => return Some((address::proposal_path(site, id, locale), graph.proposals[id.0].record.title[locale].clone())),
        Link::Document(id) => {
            let document = graph.documents[id.0];
            return Some((format!("{}#{}", address::path(site, Page::Sources, locale), document.id), document.title[locale].clone()));
        }
        Link::Initiative(id) => Page::Initiative(id),
        Link::Recommendation(id) => Page::Recommendation(id),
        Link::Actor(id) => Page::Actor(id),
        Link::Chapter(id) => Page::Chapter(id),
        Link::Strategy(id) => Page::Strategy(id),
        Link::Theme(id) => Page::Theme(id),
    };
    Some((address::path(site, page, locale), super::view::page_title(site, page, locale).unwrap_or_default()))
}

/// A heading of a text, for its table of contents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Heading {
    /// The anchor.
    pub id: String,
    /// The words.
    pub title: String,
    /// 2 for the highest level below the page's own.
    pub level: u8,
}

/// The HTML of a text and its headings.
pub fn html(site: &Site<'_>, prose: &Prose<'_>, locale: Locale) -> (String, Vec<Heading>) {
    let mut links = prose.links.iter();
    let mut headings: Vec<Heading> = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut parser = Parser::new_ext(prose.markdown, OPTIONS);
    // The title to fill in where a link has no text of its own, and where that link begins.
    let mut open_link: Option<(Option<String>, usize)> = None;
    while let Some(event) = parser.next() {
        match event {
            Event::Start(Tag::Link { link_type, title, id, .. }) => {
                let target = links.next().and_then(|link| target(site, *link, locale));
                let (dest, name) = target.map_or((None, None), |(dest, name)| (Some(dest), Some(name)));
                open_link = Some((name, events.len()));
                // A link that leads nowhere is reported; its words stay.
                events.push(match dest {
                    Some(dest) => Event::Start(Tag::Link { link_type, dest_url: dest.into(), title, id }),
                    None => Event::Text("".into()),
                });
            }
            Event::End(TagEnd::Link) => {
                if let Some((name, start)) = open_link.take() {
                    let empty = events.len() == start + 1;
                    let linked = matches!(events[start], Event::Start(_));
                    if let (true, Some(name)) = (empty, name) {
                        events.push(Event::Text(name.into()));
                    }
                    if linked {
                        events.push(Event::End(TagEnd::Link));
                    }
                }
            }
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                let start = events.len();
                events.push(Event::Start(Tag::Heading { level, id: None, classes, attrs }));
                for inner in parser.by_ref() {
                    let end = matches!(inner, Event::End(TagEnd::Heading(_)));
                    events.push(inner);
                    if end {
                        break;
                    }
                }
                let title: String = events[start..].iter().filter_map(words).collect();
                let id = anchor(&title, &headings);
                if let Event::Start(Tag::Heading { id: place, .. }) = &mut events[start] {
                    *place = Some(id.clone().into());
                }
                headings.push(Heading { id, title, level: heading_level(level) });
            }
            // Wide tables scroll in a box of their own, which the keyboard can reach.
            Event::Start(Tag::Table(alignment)) => {
                let label = super::view::word(site, locale, "scroll").unwrap_or_default();
                events.push(Event::Html(
                    format!(
                        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">",
                        label.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
                    )
                    .into(),
                ));
                events.push(Event::Start(Tag::Table(alignment)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html("</div>".into()));
            }
            other => events.push(other),
        }
    }
    let mut out = String::with_capacity(prose.markdown.len() * 5 / 4);
    html::push_html(&mut out, events.into_iter());
    (out, headings)
}

fn words<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak => Some(" "),
        _ => None,
    }
}

fn heading_level(level: HeadingLevel) -> u8 {
    level as u8
}

/// An anchor of letters and digits from a heading, different from the earlier ones.
fn anchor(title: &str, earlier: &[Heading]) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        match c {
            c if c.is_alphanumeric() => slug.push(c),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "section" } else { slug };
    let taken = |candidate: &str| earlier.iter().any(|heading| heading.id == candidate);
    let numbered = (2..).map(|n| format!("{slug}-{n}"));
    std::iter::once(slug.to_owned()).chain(numbered).find(|candidate| !taken(candidate)).unwrap_or_default()
}
