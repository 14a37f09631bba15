//! What a page says of itself to those who find, share and cite it.
//!
//! In: a page and a language. Out: tags for its head and a citation; its structured data is made in `linked`.

use serde::Serialize;

use super::{LinkView, PageView, View};
use crate::check::{Cite, DocumentId};
use crate::model::Page;
use crate::render::path;
use crate::render::picture::{self, Words};

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
        let language = &site.languages[self.locale().index()];
        ShareView {
            kind: if documents.is_empty() { "website" } else { "article" },
            image: site.share_images.unwrap_or_default().then(|| self.absolute(&format!("/{}", picture::path(self.site, page, self.locale())))),
            locale: language.locale.as_ref().filter(|locale| locale.value.contains('-')).map(|locale| locale.value.replace('-', "_")),
            linked: self.linked(page, seen, &documents),
            rests_on: documents.iter().map(|id| self.document(*id)).collect(),
        }
    }

    pub fn absolute(&self, path: &str) -> String {
        [&self.site.base_url, path].concat()
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
