//! Markdown to HTML, with links to records already followed.
//!
//! In: [`Prose`] and a language. Out: HTML, and the figures that stand between. Works on events only; what comes out is
//! serialised once.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd, html};

use super::code;
use crate::check::{FigureId, Link, Prose};
use crate::load::markdown::OPTIONS;
use crate::locale::Locale;
use crate::model::anchor::anchor;
use crate::model::{Page, Site, address};

/// Address and title of what a link leads to, in the language of the page.
pub fn target(site: &Site<'_>, link: Link<'_>, locale: Locale) -> Option<(String, String)> {
    let graph = &site.graph;
    let page = match link {
        Link::Broken | Link::Language(_) => return None,
        Link::Web(url) => return Some((url.to_owned(), url.to_owned())),
        Link::Proposal(id) => return Some((address::proposal_path(site, id, locale), graph.proposals[id.0].record.title[locale].clone())),
        Link::Document(id) => {
            let document = graph.documents[id.0];
            return Some(([&address::path(site, Page::Sources, locale), "#", document.id.as_str()].concat(), document.title[locale].clone()));
        }
        Link::Figure(id) => {
            let figure = graph.figures[id.0].figure;
            return Some((format!("{}#{}", address::path(site, Page::Figures, locale), figure.id), figure.record.title[locale].clone()));
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

/// A piece of a text.
pub enum Block {
    /// Running text.
    Html(String),
    /// A figure between it.
    Figure(FigureId),
}

/// The pieces of a text and its headings.
///
/// `terms` are those that the page has linked already.
pub fn blocks(site: &Site<'_>, prose: &Prose<'_>, locale: Locale, terms: &mut Vec<usize>) -> (Vec<Block>, Vec<Heading>) {
    written(site, prose, locale, "", terms)
}

/// As [`blocks`], with `base` before the path of every page that a link leads to.
fn written(site: &Site<'_>, prose: &Prose<'_>, locale: Locale, base: &str, terms: &mut Vec<usize>) -> (Vec<Block>, Vec<Heading>) {
    let mut writer = Writer {
        site,
        locale,
        base,
        links: prose.links.iter(),
        headings: Vec::new(),
        events: Vec::new(),
        blocks: Vec::new(),
        terms,
        notes: HashSet::new(),
        anchors: HashMap::new(),
    };
    // Raw HTML is an error, so it is never published; the preview, which shows faulty texts too, shows it as it is written.
    writer.run(Parser::new_ext(prose.markdown, OPTIONS).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }));
    writer.flush();
    (writer.blocks, writer.headings)
}

/// The HTML of a text that has no figures between.
pub fn html(site: &Site<'_>, prose: &Prose<'_>, locale: Locale, terms: &mut Vec<usize>) -> String {
    running(blocks(site, prose, locale, terms).0)
}

/// The HTML of a text that is read far from the site, as in a feed: links are whole addresses, and no term is linked.
pub fn html_elsewhere(site: &Site<'_>, prose: &Prose<'_>, locale: Locale, base: &str) -> String {
    running(written(site, prose, locale, base, &mut (0..site.graph.terms.len()).collect()).0)
}

fn running(pieces: Vec<Block>) -> String {
    pieces.into_iter().filter_map(|block| if let Block::Html(html) = block { Some(html) } else { None }).collect()
}

/// A text without its markup: the paragraphs below a heading, each on a line of its own.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// The heading; nothing for what stands before the first.
    pub heading: Option<Heading>,
    /// The paragraphs.
    pub text: String,
}

/// The words of a text, without figures and numbers of footnotes; anchors are those of [`blocks`].
pub fn plain(site: &Site<'_>, prose: &Prose<'_>, locale: Locale) -> Vec<Passage> {
    let mut links = prose.links.iter();
    let mut anchors = HashMap::new();
    let mut passages = vec![Passage::default()];
    let mut text = String::new();
    // A paragraph ends where it is said to, and where another begins within it, as a list in an item does.
    let close = |passages: &mut Vec<Passage>, text: &mut String| {
        if let Some(passage) = passages.last_mut() {
            let line = text.trim();
            if !line.is_empty() {
                passage.text.push_str(if passage.text.is_empty() { "" } else { "\n" });
                passage.text.push_str(line);
            }
        }
        text.clear();
    };
    let mut parser = Parser::new_ext(prose.markdown, OPTIONS);
    while let Some(event) = parser.next() {
        match event {
            Event::Start(Tag::Link { .. }) => {
                let name = links.next().and_then(|link| target(site, *link, locale)).map(|(_, name)| name);
                let words: String = words_of_link(&mut parser, &mut links).iter().filter_map(plain_words).collect();
                text.push_str(if words.is_empty() { name.as_deref().unwrap_or_default() } else { &words });
            }
            Event::Start(Tag::Image { .. }) => {
                links.next();
                until(&mut parser, TagEnd::Image);
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let title: String = until(&mut parser, TagEnd::Heading(level)).iter().filter_map(plain_words).collect();
                let heading = Heading { id: anchor(&title, &mut anchors), title, level: level as u8 };
                passages.extend([Passage { heading: Some(heading), text: String::new() }]);
            }
            Event::Start(Tag::List(_) | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Paragraph)
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableHead | TagEnd::TableRow | TagEnd::CodeBlock) => close(&mut passages, &mut text),
            Event::End(TagEnd::TableCell) | Event::HardBreak => text.push(' '),
            other => text.push_str(plain_words(&other).unwrap_or_default()),
        }
    }
    passages.retain(|passage| passage.heading.is_some() || !passage.text.is_empty());
    passages
}

struct Writer<'w, 'c, 'p> {
    site: &'w Site<'c>,
    locale: Locale,
    /// What stands before the paths of pages; nothing on the site itself.
    base: &'w str,
    links: std::slice::Iter<'w, Link<'c>>,
    headings: Vec<Heading>,
    events: Vec<Event<'p>>,
    blocks: Vec<Block>,
    /// The terms that are linked already.
    terms: &'w mut Vec<usize>,
    /// The footnotes that were referred to already.
    notes: HashSet<CowStr<'p>>,
    /// The anchors of the headings, each with the number that the next heading of the same words tries first.
    anchors: HashMap<String, usize>,
}

impl<'p> Writer<'_, '_, 'p> {
    /// Ends a piece of running text.
    fn flush(&mut self) {
        if !self.events.is_empty() {
            let mut out = String::new();
            html::push_html(&mut out, self.events.drain(..));
            self.blocks.push(Block::Html(out));
        }
    }

    fn raw(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }

    fn run(&mut self, mut parser: impl Iterator<Item = Event<'p>>) {
        // Inside code a term is not a term.
        let mut code = false;
        // Words that a line break stands between are one text.
        let mut words = String::new();
        while let Some(event) = parser.next() {
            match event {
                Event::Text(text) if !code => {
                    words.push_str(&text);
                    continue;
                }
                Event::SoftBreak if !code => {
                    words.push(' ');
                    continue;
                }
                _ => self.text(std::mem::take(&mut words)),
            }
            match event {
                Event::Start(Tag::Link { link_type, title, id, .. }) => {
                    let link = self.links.next();
                    let target = link.and_then(|link| target(self.site, *link, self.locale));
                    let words = words_of_link(&mut parser, &mut self.links);
                    if let Some(Link::Language(tag)) = link {
                        self.raw(format!("<span lang=\"{}\">", escape(tag)));
                        self.events.extend(words);
                        self.raw("</span>".to_owned());
                        continue;
                    }
                    // A link that leads nowhere is reported; its words stay.
                    let Some((dest, name)) = target else {
                        self.events.extend(words);
                        continue;
                    };
                    let dest = if dest.starts_with('/') && !self.base.is_empty() { [self.base, &dest].concat() } else { dest };
                    self.events.push(Event::Start(Tag::Link { link_type, dest_url: dest.into(), title, id }));
                    if words.is_empty() {
                        self.events.push(Event::Text(name.into()));
                    }
                    self.events.extend(words);
                    self.events.push(Event::End(TagEnd::Link));
                }
                Event::Start(Tag::Image { .. }) => {
                    until(&mut parser, TagEnd::Image);
                    // The figure takes the place of the paragraph that it is alone in.
                    if let Some(Link::Figure(id)) = self.links.next() {
                        self.events.pop();
                        self.flush();
                        self.blocks.push(Block::Figure(*id));
                        until(&mut parser, TagEnd::Paragraph);
                    }
                }
                Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                    let words = until(&mut parser, TagEnd::Heading(level));
                    let title: String = words.iter().filter_map(plain_words).collect();
                    let id = anchor(&title, &mut self.anchors);
                    // The link to the heading stands beside it, so that the heading is read as it is written.
                    let word = super::view::word(self.site, self.locale, "nav.permalink").unwrap_or_default();
                    let label = escape(&word.replace("{title}", &title));
                    self.raw("<div class=\"heading\">".to_owned());
                    self.events.push(Event::Start(Tag::Heading { level, id: Some(id.clone().into()), classes, attrs }));
                    self.events.extend(words);
                    self.events.push(Event::End(TagEnd::Heading(level)));
                    self.raw(format!("<a class=\"permalink\" href=\"#{id}\" aria-label=\"{label}\">#</a></div>\n"));
                    self.headings.push(Heading { id, title, level: level as u8 });
                }
                // Wide tables scroll in a box of their own, which the keyboard can reach.
                Event::Start(Tag::Table(alignment)) => {
                    let label = escape(&super::view::word(self.site, self.locale, "scroll").unwrap_or_default());
                    self.raw(format!("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">"));
                    self.events.push(Event::Start(Tag::Table(alignment)));
                }
                Event::End(TagEnd::Table) => {
                    self.events.push(Event::End(TagEnd::Table));
                    self.raw("</div>".to_owned());
                }
                // No heading has a point in its anchor.
                Event::FootnoteReference(name) => {
                    let label = escape(&name);
                    let id = if self.notes.insert(name) { format!(" id=\"fnref.{label}\"") } else { String::new() };
                    self.raw(format!("<sup class=\"fn\"><a href=\"#fn.{label}\"{id}>{label}</a></sup>"));
                }
                Event::Start(Tag::FootnoteDefinition(name)) => {
                    let label = escape(&name);
                    self.raw(format!("<div class=\"footnote\" id=\"fn.{label}\"><a href=\"#fnref.{label}\">{label}</a>"));
                }
                Event::End(TagEnd::FootnoteDefinition) => self.raw("</div>\n".to_owned()),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if !language.is_empty() => {
                    self.code(&language, until(&mut parser, TagEnd::CodeBlock));
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    code = true;
                    self.events.push(Event::Start(Tag::CodeBlock(kind)));
                }
                Event::End(TagEnd::CodeBlock) => {
                    code = false;
                    self.events.push(Event::End(TagEnd::CodeBlock));
                }
                other => self.events.push(other),
            }
        }
    }

    /// Code in a language, in a box that the keyboard can scroll.
    fn code(&mut self, language: &str, words: Vec<Event<'p>>) {
        let text: String = words.iter().filter_map(plain_words).collect();
        // What may follow the name of the language is for other programs.
        let name = language.split([' ', '\t', ',']).next().unwrap_or_default();
        let html = self.site.for_readers.then(|| code::highlight(name, &text)).flatten().unwrap_or_else(|| escape(&text));
        self.raw(format!("<pre class=\"code\" tabindex=\"0\" translate=\"no\"><code>{html}</code></pre>\n"));
    }

    /// Running text, with each term of the glossary linked where it first stands.
    fn text(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        let found = self.site.terms[self.locale].as_ref().map(|terms| terms.find(&text, self.terms)).unwrap_or_default();
        let page = if found.is_empty() { String::new() } else { address::path(self.site, Page::Glossary, self.locale) };
        let mut at = 0;
        for (range, term) in found {
            let id = &self.site.graph.terms[term].record.id;
            self.events.push(Event::Text(text[at..range.start].to_owned().into()));
            self.raw(format!("<a class=\"term\" href=\"{page}#{id}\">"));
            self.events.push(Event::Text(text[range.clone()].to_owned().into()));
            self.raw("</a>".to_owned());
            at = range.end;
        }
        self.events.push(Event::Text(text[at..].to_owned().into()));
    }
}

/// The events before an end that is known to come.
fn until<'p>(parser: &mut impl Iterator<Item = Event<'p>>, end: TagEnd) -> Vec<Event<'p>> {
    parser.take_while(|event| *event != Event::End(end)).collect()
}

/// The words of a link. A picture in it, which is a fault, is left out together with its own target.
fn words_of_link<'p>(parser: &mut impl Iterator<Item = Event<'p>>, links: &mut impl Iterator) -> Vec<Event<'p>> {
    let mut words = until(parser, TagEnd::Link);
    words.retain(|event| match event {
        Event::Start(Tag::Image { .. }) => {
            links.next();
            false
        }
        Event::End(TagEnd::Image) => false,
        _ => true,
    });
    words
}

fn plain_words<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak => Some(" "),
        _ => None,
    }
}

/// Text that stands in an element or between double quotes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
