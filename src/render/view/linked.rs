//! What a page says of itself to machines: structured data in the words of schema.org.
//!
//! In: a page and what its template sees. Out: JSON-LD that can stand in a script element, its keys in the order of the
//! alphabet, written straight, without a tree of values before. Never says what the page does not show.

use serde::Serialize;
use serde_json::Value;

use super::{PageView, View, word};
use crate::check::{DocumentId, InitiativeId};
use crate::model::Page;
use crate::render::{export, path};

#[derive(Serialize)]
struct Linked<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: Vec<Node<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Node<'a> {
    Thing(Box<Thing<'a>>),
    Trail(Trail<'a>),
}

/// The page itself.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Thing<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<Project<'a>>,
    description: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    distribution: Vec<Download>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_part: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<&'a str>,
    in_language: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_accessible_for_free: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_based_on: Option<Vec<Work<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_part_of: Option<Whole<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'a str>,
    name: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Reference {
    #[serde(rename = "@id")]
    id: String,
}

/// The site that the page is a part of.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: &'a str,
}

/// A document that the page is based on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Work<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    date_published: String,
    name: &'a str,
    publisher: Publisher<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Publisher<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Download {
    #[serde(rename = "@type")]
    kind: &'static str,
    content_url: String,
    encoding_format: &'static str,
    name: String,
}

/// An initiative as an undertaking.
#[derive(Serialize)]
struct Project<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    funding: Option<Grant<'a>>,
    identifier: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Grant<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    amount: Amount<'a>,
}

#[derive(Serialize)]
struct Amount<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    currency: &'a str,
    value: Value,
}

/// Where the page stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trail<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item_list_element: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item: String,
    name: &'a str,
    position: usize,
}

impl View<'_, '_> {
    /// What the page is and where it stands; `documents` are those that it rests on.
    pub fn linked(&self, page: Page, seen: &PageView, documents: &[DocumentId]) -> String {
        let site = &self.site.graph.content.site;
        let (home, url) = (self.absolute(&path(self.site, Page::Home, self.locale())), self.absolute(&seen.url));
        let mut thing = Thing {
            id: &url,
            kind: "WebPage",
            description: &seen.description,
            in_language: &self.language.code,
            is_part_of: (page != Page::Home).then(|| Whole { id: &home, kind: "WebSite", name: self.text(&site.title), url: &home }),
            name: &seen.title,
            url: &url,
            ..Thing::default()
        };
        match page {
            Page::Home => {
                thing.kind = "WebSite";
                thing.has_part = Some(Reference { id: self.absolute(&path(self.site, Page::Data, self.locale())) });
            }
            Page::Data => {
                let all: Vec<DocumentId> = (0..self.site.graph.documents.len()).map(DocumentId).collect();
                thing.kind = "Dataset";
                thing.is_based_on = Some(self.works(&all));
                thing.is_accessible_for_free = true;
                thing.distribution = self.distribution();
                thing.license = site.license.as_ref().map(|license| license.url.0.as_str());
            }
            _ if documents.is_empty() => {}
            _ => {
                thing.kind = "Article";
                thing.headline = Some(&seen.title);
                thing.is_based_on = Some(self.works(documents));
                if let Page::Initiative(id) = page {
                    thing.about = Some(self.project(id, seen));
                }
            }
        }
        let mut graph = vec![Node::Thing(Box::new(thing))];
        let first = word(self.site, self.locale(), "pages.home").unwrap_or_default();
        if !seen.breadcrumbs.is_empty() {
            let above = seen.breadcrumbs.iter().enumerate().map(|(at, link)| (if at == 0 { &first } else { &link.title }, &link.url));
            let steps = (1..).zip(above.chain([(&seen.title, &seen.url)]));
            let steps = steps.map(|(position, (name, url))| Step { kind: "ListItem", item: self.absolute(url), name, position });
            graph.push(Node::Trail(Trail { kind: "BreadcrumbList", item_list_element: steps.collect() }));
        }
        inert(serde_json::to_string(&Linked { context: "https://schema.org", graph }).expect("texts, numbers and lists are JSON"))
    }

    /// An initiative as an undertaking, with the new money that its document grants it.
    fn project<'p>(&'p self, id: InitiativeId, seen: &'p PageView) -> Project<'p> {
        let node = &self.site.graph.initiatives[id.0];
        let unit = &self.site.graph.strategies[node.strategy.0].strategy.record.unit;
        let whole = self.new_money(id).and_then(|money| money.checked_mul(unit.scale.value.into())).filter(|whole| !whole.is_zero());
        let amount = |whole: rust_decimal::Decimal| Amount { kind: "MonetaryAmount", currency: &unit.currency.value, value: export::number(whole.normalize()) };
        Project {
            kind: "Project",
            funding: whole.map(|whole| Grant { kind: "MonetaryGrant", amount: amount(whole) }),
            identifier: &node.initiative.id,
            name: &seen.title,
        }
    }

    fn works(&self, documents: &[DocumentId]) -> Vec<Work<'_>> {
        let work = |id: &DocumentId| {
            let record = self.site.graph.documents[id.0];
            Work {
                kind: "CreativeWork",
                date_published: record.date.to_string(),
                name: self.text(&record.title),
                publisher: Publisher { kind: "Organization", name: self.text(&record.publisher) },
                url: record.url.as_ref().map(|url| url.0.as_str()),
            }
        };
        documents.iter().map(work).collect()
    }

    fn distribution(&self) -> Vec<Download> {
        let media = |name: &str| match name.rsplit('.').next() {
            Some("csv") => "text/csv",
            Some("json") => "application/json",
            _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        let files = export::names(self.site).into_iter();
        let download =
            |name: String| Download { kind: "DataDownload", content_url: self.absolute(&format!("/data/{name}")), encoding_format: media(&name), name };
        files.map(download).collect()
    }
}

/// JSON that means the same and can end no element: whatever HTML gives a meaning is written as a number.
fn inert(mut json: String) -> String {
    for (sign, number) in [('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")] {
        // `replace` copies everything, and most of it has none of them.
        if json.contains(sign) {
            json = json.replace(sign, number);
        }
    }
    json
}
