//! What a page says of itself to those who find, share and cite it.
//!
//! In: a page and a language. Out: tags for its head, structured data, and a citation.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{LinkView, PageView, View, word};
use crate::check::{Cite, DocumentId};
use crate::model::Page;
use crate::render::picture::{self, Words};
use crate::render::{export, path};

/// What a page says of itself.
#[derive(Serialize)]
pub struct ShareView {
    /// `article` for a page about one thing.
    kind: &'static str,
    /// The whole address of the picture that is shared with the page.
    image: Option<String>,
    /// Language and country, where the site names a country.
    locale: Option<String>,
    /// Structured data, safe to stand in a script element.
    linked: String,
    /// The documents it rests on, on pages that are cited.
    pub rests_on: Vec<DocumentView>,
}

/// A document that a page rests on.
#[derive(Serialize)]
pub struct DocumentView {
    url: String,
    title: String,
    publisher: String,
    date: String,
}

impl View<'_, '_> {
    /// What a page says of itself; `page` is what its template sees besides.
    pub fn share(&self, page: Page, seen: &PageView) -> ShareView {
        let site = &self.site.graph.content.site;
        let documents = self.rests_on(page);
        let graph = json!({ "@context": "https://schema.org", "@graph": self.things(page, seen, &documents) });
        let language = &site.languages[self.locale().index()];
        ShareView {
            kind: if documents.is_empty() { "website" } else { "article" },
            image: site.share_images.unwrap_or_default().then(|| self.absolute(&format!("/{}", picture::path(self.site, page, self.locale())))),
            locale: language.locale.as_ref().filter(|locale| locale.value.contains('-')).map(|locale| locale.value.replace('-', "_")),
            linked: inert(&graph.to_string()),
            rests_on: documents.iter().map(|id| self.document(*id)).collect(),
        }
    }

    fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.site.graph.content.site.base_url.value.0.trim_end_matches('/'))
    }

    /// The documents of a page about one thing, each once.
    fn rests_on(&self, page: Page) -> Vec<DocumentId> {
        let graph = &self.site.graph;
        let cites: &[Cite<'_>] = match page {
            Page::Initiative(id) => &graph.initiatives[id.0].cites,
            Page::Recommendation(id) => &graph.recommendations[id.0].cites,
            Page::Chapter(id) => &graph.chapters[id.0].cites[self.locale()],
            _ => &[],
        };
        let mut documents = Vec::new();
        for cite in cites {
            documents.extend((!documents.contains(&cite.document)).then_some(cite.document));
        }
        documents
    }

    fn document(&self, id: DocumentId) -> DocumentView {
        let record = self.site.graph.documents[id.0];
        DocumentView {
            url: format!("{}#{}", path(self.site, Page::Sources, self.locale()), record.id),
            title: self.text(&record.title).to_owned(),
            publisher: self.text(&record.publisher).to_owned(),
            date: self.date(record.date),
        }
    }

    /// What the page is and where it stands, in the words of schema.org.
    fn things(&self, page: Page, seen: &PageView, documents: &[DocumentId]) -> Vec<Value> {
        let site = &self.site.graph.content.site;
        let home = self.absolute(&path(self.site, Page::Home, self.locale()));
        let url = self.absolute(&seen.url);
        let mut thing = Map::new();
        let mut set = |key: &str, value: Value| thing.insert(key.to_owned(), value);
        set("@id", url.clone().into());
        set("url", url.clone().into());
        set("name", seen.title.clone().into());
        set("description", seen.description.clone().into());
        set("inLanguage", self.language.code.clone().into());
        let kind = match page {
            Page::Home => {
                set("hasPart", json!({ "@id": self.absolute(&path(self.site, Page::Data, self.locale())) }));
                "WebSite"
            }
            Page::Data => {
                let all: Vec<DocumentId> = (0..self.site.graph.documents.len()).map(DocumentId).collect();
                set("isBasedOn", self.works(&all));
                set("isAccessibleForFree", true.into());
                set("distribution", self.distribution());
                if let Some(license) = &site.license {
                    set("license", license.url.0.clone().into());
                }
                "Dataset"
            }
            _ if documents.is_empty() => "WebPage",
            _ => {
                set("headline", seen.title.clone().into());
                set("isBasedOn", self.works(documents));
                if let Page::Initiative(id) = page {
                    set("about", self.project(id, seen));
                }
                "Article"
            }
        };
        set("@type", kind.into());
        if page != Page::Home {
            set("isPartOf", json!({ "@type": "WebSite", "@id": home, "url": home, "name": self.text(&site.title) }));
        }
        let mut things = vec![Value::Object(thing)];
        if !seen.breadcrumbs.is_empty() {
            let home = word(self.site, self.locale(), "pages.home").unwrap_or_default();
            let first = std::iter::once(home.as_str()).chain(seen.breadcrumbs.iter().skip(1).map(|link| link.title.as_str()));
            let steps = first.zip(seen.breadcrumbs.iter().map(|link| link.url.as_str())).chain([(seen.title.as_str(), seen.url.as_str())]);
            let items = (1..).zip(steps).map(|(at, (name, url))| json!({ "@type": "ListItem", "position": at, "name": name, "item": self.absolute(url) }));
            things.push(json!({ "@type": "BreadcrumbList", "itemListElement": items.collect::<Vec<_>>() }));
        }
        things
    }

    /// An initiative as an undertaking, with the new money that its document grants it.
    fn project(&self, id: crate::check::InitiativeId, seen: &PageView) -> Value {
        let node = &self.site.graph.initiatives[id.0];
        let mut project = Map::new();
        project.insert("@type".into(), "Project".into());
        project.insert("name".into(), seen.title.clone().into());
        project.insert("identifier".into(), node.initiative.id.clone().into());
        let money = node.initiative.record.funding.value.0.iter().filter_map(|(_, cell)| cell.kind.value.new_money()).reduce(|sum, amount| sum + amount);
        let unit = &self.site.graph.strategies[node.strategy.0].strategy.record.unit;
        if let Some(whole) = money.and_then(|money| money.checked_mul(unit.scale.value.into())).filter(|whole| !whole.is_zero()) {
            let amount = json!({ "@type": "MonetaryAmount", "currency": unit.currency.value, "value": export::number(whole.normalize()) });
            project.insert("funding".into(), json!({ "@type": "MonetaryGrant", "amount": amount }));
        }
        Value::Object(project)
    }

    fn works(&self, documents: &[DocumentId]) -> Value {
        let work = |id: &DocumentId| {
            let record = self.site.graph.documents[id.0];
            let publisher = json!({ "@type": "Organization", "name": self.text(&record.publisher) });
            let mut work =
                json!({ "@type": "CreativeWork", "name": self.text(&record.title), "publisher": publisher, "datePublished": record.date.to_string() });
            if let (Value::Object(work), Some(url)) = (&mut work, &record.url) {
                work.insert("url".into(), url.0.clone().into());
            }
            work
        };
        documents.iter().map(work).collect()
    }

    fn distribution(&self) -> Value {
        let media = |name: &str| match name.rsplit('.').next() {
            Some("csv") => "text/csv",
            Some("json") => "application/json",
            _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        let files = export::names(self.site);
        let download = |name: String| json!({ "@type": "DataDownload", "name": name, "encodingFormat": media(&name), "contentUrl": self.absolute(&format!("/data/{name}")) });
        files.into_iter().map(download).collect()
    }

    /// What is written on the picture of a page.
    pub fn picture(&self, page: Page) -> Words {
        let graph = &self.site.graph;
        let site = self.text(&graph.content.site.title).to_owned();
        let Page::Initiative(id) = page else {
            return Words { above: String::new(), title: site, amount: None, site: self.text(&graph.content.site.description).to_owned() };
        };
        let node = &graph.initiatives[id.0];
        let theme = node.theme.map(|theme| self.text(&graph.themes[theme.0].record.title));
        Words {
            above: std::iter::once(node.initiative.id.as_str()).chain(theme).collect::<Vec<_>>().join(" · "),
            title: self.text(&node.initiative.record.title).to_owned(),
            amount: self.initiative_total(id),
            site,
        }
    }

    /// Where a page stands that no address leads to: the language's own, with ways out.
    pub fn not_found(&self, title: &str, text: &str) -> PageView {
        let content = self.site.graph.content;
        let LinkView { url: home, .. } = self.link(Page::Home);
        let alternates = content.languages.iter().zip(&content.site.languages).map(|(locale, language)| super::Alternate {
            code: language.code.to_string(),
            name: language.name.clone(),
            url: path(self.site, Page::Home, locale),
            current: locale == self.locale(),
        });
        PageView {
            kind: "not_found",
            section: "",
            title: title.to_owned(),
            description: text.to_owned(),
            url: format!("{home}404.html"),
            alternates: alternates.collect(),
            breadcrumbs: Vec::new(),
            outdated: false,
            within: None,
            share: None,
        }
    }
}

/// JSON that means the same and can end no element: whatever HTML gives a meaning is written as a number.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
