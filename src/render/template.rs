//! Templates and the values they are given: the only place that renders them.
//!
//! In: the theme and the views of pages. Out: HTML files, or faults with the line of the template and the page. What the
//! engine says of a fault is put into plain words in `fault`.

mod fault;
mod fixed;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::json;
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

pub use fault::Fault;
use fault::Places;
use fixed::Fixed;

use super::look::Look;
use super::redirects::{self, Redirect};
use super::view::{self, Known, LinkView, PageView, View};
use super::{Language, Late, feed, file_of, picture};
use crate::check::ChapterSection;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Content;
use crate::load::words::pieces;
use crate::locale::Locale;
use crate::locale::format::Formatter;
use crate::model::{Page, Site};
use crate::source::{File, FileId, FileTree, Span};

/// The compiled theme and what every page of a language shares.
pub struct Engine {
    tera: Arc<Tera>,
    languages: Arc<Vec<Language>>,
    shared: Vec<Context>,
    /// What stands on the pages of each language alike.
    fixed: Vec<Fixed>,
    /// What the pages of each language have shown of others.
    known: Vec<Known>,
    places: Places,
    /// Templates without what is faulty in them, to find what else is.
    mended: BTreeMap<FileId, String>,
}

impl Engine {
    /// What is needed to render pages.
    pub fn new(site: &Site<'_>, look: &Look) -> Self {
        let Compiled { tera, places, mended } = look.compiled.clone();
        let shared: Vec<Context> = look.languages.iter().map(|language| shared(site, language, &look.names)).collect();
        let fixed = look.languages.par_iter().zip(&shared).map(|(language, shared)| Fixed::new(&tera, shared, menu(site, language))).collect();
        let known = look.languages.iter().map(|_| Known::new(site)).collect();
        Engine { tera, languages: Arc::clone(&look.languages), shared, fixed, known, places, mended }
    }

    /// What the languages of the site need again and again.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn view<'v, 'c>(&'v self, site: &'v Site<'c>, locale: Locale, terms: &'v RefCell<Vec<usize>>) -> View<'v, 'c> {
        View { site, language: &self.languages[locale.index()], known: &self.known[locale.index()], terms, here: None }
    }

    /// Renders a page in a language; those that show what else was made need to know it.
    pub fn page(&self, site: &Site<'_>, sources: &FileTree, page: Page, locale: Locale, late: Option<&Late>) -> Result<File, Box<Fault>> {
        let terms = RefCell::default();
        let view = View { here: Some(page), ..self.view(site, locale, &terms) };
        let page_view = view.page(page);
        let path = file_of(&page_view.url);
        let context = || -> tera::TeraResult<Context> {
            let mut context = self.shared[locale.index()].clone();
            self.fixed[locale.index()].give(&self.tera, &page_view, &mut context)?;
            context.insert("page", &page_view);
            context.extend(view.body(page)?);
            match (page, late) {
                (Page::Data, Some(late)) => context.insert("data", &view.data(&late.exports)),
                (Page::Search, Some(late)) => context.insert("search_index", &late.indexes.get(locale.index())),
                _ => {}
            }
            Ok(context)
        };
        let template = format!("{}.html", page_view.kind);
        self.file(sources, path, context().and_then(|context| self.render(&template, &context)))
    }

    /// Goes on without what is faulty at some places; whether there is more to find then.
    pub fn go_on_without(&mut self, places: &[Span], sources: &FileTree) -> bool {
        let mut is_other = false;
        for place in places {
            let Some((name, _)) = self.places.files.iter().find(|(_, file)| **file == place.file) else { continue };
            let text = self.mended.get(&place.file).map(String::as_str).or_else(|| sources.text(place.file)).unwrap_or_default();
            if let Some(text) = fault::without(text, place.range().start).filter(|without| without != text)
                && Arc::make_mut(&mut self.tera).add_raw_template(name, &text).is_ok()
            {
                self.mended.insert(place.file, text);
                is_other = true;
            }
        }
        is_other
    }

    /// What is written on the picture that is shared with a page.
    pub fn picture(&self, site: &Site<'_>, page: Page, locale: Locale) -> picture::Words {
        let terms = RefCell::default();
        self.view(site, locale, &terms).picture(page)
    }

    /// The pages above all languages: the choice of a language, and what stands where nothing is found.
    pub fn without_language(&self, site: &Site<'_>, sources: &FileTree) -> Vec<Result<File, Box<Fault>>> {
        let homes: Vec<_> = self
            .languages
            .iter()
            .map(|language| {
                let terms = RefCell::default();
                let view = self.view(site, language.locale, &terms);
                let LinkView { url, title } = view.link(Page::Home);
                let name = &site.graph.content.site.languages[language.locale.index()].name;
                json!({ "code": language.code, "name": name, "url": url, "title": title, "menu": self.shared[language.locale.index()].get("menu"),
                        "t": site.graph.content.theme.messages[language.locale],
                        "description": view.text(&site.graph.content.site.description) })
            })
            .collect();
        let mut context = self.shared[0].clone();
        context.insert("homes", &homes);
        let above = ["index.html", "404.html"].into_iter().map(|name| self.file(sources, name.to_owned(), self.render(&format!("_{name}"), &context)));
        above.chain(self.languages.iter().map(|language| self.not_found(site, sources, language))).collect()
    }

    /// What stands where nothing is found below the address of a language.
    fn not_found(&self, site: &Site<'_>, sources: &FileTree, language: &Language) -> Result<File, Box<Fault>> {
        let terms = RefCell::default();
        let word = |key: &str| view::word(site, language.locale, &format!("not_found.{key}")).unwrap_or_default();
        let page = self.view(site, language.locale, &terms).not_found(&word("title"), &word("text"));
        let mut context = self.shared[language.locale.index()].clone();
        let html = self.fixed[language.locale.index()].give(&self.tera, &page, &mut context).and_then(|()| {
            context.insert("page", &page);
            self.render("not_found.html", &context)
        });
        self.file(sources, page.url.trim_start_matches('/').to_owned(), html)
    }

    /// What stands at an address that was given up.
    pub fn moved(&self, site: &Site<'_>, sources: &FileTree, redirect: &Redirect) -> Result<File, Box<Fault>> {
        let terms = RefCell::default();
        let mut context = self.shared[redirect.locale.index()].clone();
        context.insert("page", &self.view(site, redirect.locale, &terms).link(redirect.page));
        self.file(sources, redirects::file(&redirect.from), self.render("_moved.html", &context))
    }

    /// Thousands of pages wait in memory until all are there: each takes the room that it needs, and none that it grew in,
    /// which were 14 of 678 million instructions and a tenth of the page faults of a check.
    fn render(&self, template: &str, context: &Context) -> tera::TeraResult<Vec<u8>> {
        thread_local! {
            /// Grows to the largest page and serves all others.
            static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        let mut room = ROOM.take();
        room.clear();
        let bytes = self.tera.render_to(template, context, &mut room).map(|()| room.as_slice().to_vec());
        ROOM.set(room);
        bytes
    }

    fn file(&self, sources: &FileTree, path: String, html: tera::TeraResult<Vec<u8>>) -> Result<File, Box<Fault>> {
        match html {
            Ok(bytes) => Ok(File { path, bytes }),
            Err(error) => Err(Box::new(fault::of(&error, &self.places, sources, Some(&path)).swap_remove(0))),
        }
    }
}

/// Templates that are ready for pages, their files, and those from which a fault was taken.
#[derive(Clone)]
pub struct Compiled {
    tera: Arc<Tera>,
    places: Places,
    mended: BTreeMap<FileId, String>,
}

/// The theme's templates, ready for pages; nothing where a fault leaves none, and each fault is reported.
pub fn compile(content: &Content, sources: &FileTree, languages: &Arc<Vec<Language>>, diagnostics: &mut Diagnostics) -> Option<Compiled> {
    let theme = &content.theme;
    let mut tera = Tera::default();
    tera.autoescape_on([".html"]);
    let known = Arc::clone(languages);
    tera.register_filter("fill", move |word: &Value, values: Kwargs, state: &State| fill(&known, word, &values, state));
    let known = Arc::clone(languages);
    tera.register_filter("number", move |count: &Value, _: Kwargs, state: &State| Ok::<_, tera::Error>(written(of(&known, state)?, count)));
    tera.register_filter("words", words);
    let files: BTreeMap<String, FileId> = theme.templates.iter().cloned().collect();
    let places = Places { theme: *files.values().next()?, files };
    let mut texts = BTreeMap::new();
    for (name, id) in &theme.templates {
        texts.insert(name.as_str(), crate::load::utf8(sources, *id, diagnostics)?.to_owned());
    }
    let mended = add(&mut tera, texts, &places, sources, diagnostics)?;
    Some(Compiled { tera: Arc::new(tera), places, mended })
}

/// Compiles all templates, reporting what is wrong with each; where they can be used without that, those that differ now.
fn add(
    tera: &mut Tera,
    mut texts: BTreeMap<&str, String>,
    places: &Places,
    sources: &FileTree,
    diagnostics: &mut Diagnostics,
) -> Option<BTreeMap<FileId, String>> {
    let mut is_sound = true;
    let mut mended = BTreeMap::new();
    // The engine stops at the first template that it cannot read; without its text, it goes on to the next.
    while let Err(error) = tera.add_raw_templates(&texts) {
        let unread = match error.kind() {
            ErrorKind::SyntaxError(report) => Some(report.filename()),
            ErrorKind::MissingParent { current, .. } => Some(current.as_str()),
            _ => None,
        };
        let mut goes_on = unread.is_some();
        for fault in fault::of(&error, places, sources, None) {
            let span = fault.span;
            // What the others lack of a template that is left out is no news.
            if is_sound || !fault.may_follow {
                diagnostics.push(fault.diagnostic());
            }
            let name = places.files.iter().find(|(_, file)| **file == span.file).map(|(name, _)| name.as_str()).filter(|_| unread.is_none());
            if let Some(text) = name.and_then(|name| texts.get_mut(name))
                && let Some(without) = fault::without(text, span.range().start).filter(|without| without != text)
            {
                *text = without.clone();
                mended.insert(span.file, without);
                goes_on = true;
            }
        }
        if let Some(text) = unread.and_then(|name| texts.get_mut(name)) {
            is_sound = false;
            goes_on = !std::mem::take(text).is_empty();
        }
        if !goes_on {
            return None;
        }
    }
    is_sound.then_some(mended)
}

/// The languages of the site with the forms of each.
pub fn languages(content: &Content, diagnostics: &mut Diagnostics) -> Option<Vec<Language>> {
    let list = content.languages.iter().zip(&content.site.languages).map(|(locale, record)| {
        let (code, span) = record.tag();
        let formatter = Formatter::new(code).or_else(|| {
            diagnostics.push(Diagnostic::new(Code::BadValue, span, format!("`{code}` is not the code of a language")).help("write a BCP 47 code: da, en-GB"));
            None
        })?;
        Some(Language { locale, code: record.code.to_string(), locale_code: code.to_owned(), formatter })
    });
    list.collect()
}

/// What all pages of a language see alike.
fn shared(site: &Site<'_>, language: &Language, assets: &BTreeMap<String, String>) -> Context {
    let content = site.graph.content;
    let terms = RefCell::default();
    let view = View { site, language, known: &Known::default(), terms: &terms, here: None };
    let menu: Vec<_> = menu(site, language)
        .map(|(section, url)| json!({ "section": section, "url": url, "title": view::word(site, language.locale, &format!("pages.{section}")) }))
        .collect();
    let mut context = Context::new();
    context.insert("t", &content.theme.messages[language.locale]);
    context.insert("lang", &language.code);
    context.insert(
        "site",
        &json!({
            "title": view.text(&content.site.title),
            "description": view.text(&content.site.description),
            "base_url": site.base_url,
            "languages": content.languages.codes().collect::<Vec<_>>(),
            "source_language": content.languages.code(Locale::SOURCE),
            "source_language_name": content.site.languages[Locale::SOURCE.index()].name,
        }),
    );
    context.insert("draft", &site.draft);
    context.insert("has_advice", &site.graph.council.is_some());
    context.insert("menu", &menu);
    context.insert("about", &view.links(&view.chapters_of(|node| node.section == ChapterSection::About)));
    context.insert("search_url", &view.link(Page::Search).url);
    context.insert("data_page", &view.link(Page::Data));
    if site.has(Page::Changes) {
        context.insert("changes_page", &view.link(Page::Changes));
    }
    let feed = site.has(Page::Changes).then(|| feed::path(site, language.locale));
    context.insert("feed", &feed.unwrap_or_default());
    context.insert("assets", assets);
    context
}

/// The entries of the menu: section and address.
fn menu<'m>(site: &'m Site<'_>, language: &'m Language) -> impl Iterator<Item = (&'static str, String)> + 'm {
    let all = [Page::Home, Page::Strategies, Page::Initiatives, Page::Recommendations, Page::Fundings, Page::Traceability, Page::Actors, Page::About];
    let there = all.into_iter().filter(|page| site.has(*page));
    there.map(|page| (view::kind(page).1, super::path(site, page, language.locale)))
}

/// `{{ summary | words }}`: a text whose marks, `[ad hoc](lang:la)`, say which words are in another language.
fn words(text: &str, _: Kwargs, state: &State) -> tera::TeraResult<Value> {
    let pieces = pieces(text);
    if pieces.iter().all(|(_, language)| language.is_none()) {
        return Ok(Value::normal_string(text));
    }
    let mut html = String::new();
    for (words, language) in pieces {
        let words = state.escape(words)?;
        html.push_str(&match language {
            Some(language) => format!("<span lang=\"{}\">{words}</span>", state.escape(language)?),
            None => words,
        });
    }
    Ok(Value::safe_string(&html))
}

/// The language of the page that is rendered.
fn of<'l>(languages: &'l [Language], state: &State) -> tera::TeraResult<Option<&'l Language>> {
    let code = state.get::<String>("lang")?.unwrap_or_default();
    Ok(languages.iter().find(|language| language.code == code))
}

/// A count as the language writes it. Views give years and numbers of points as text, which stays as it is.
fn written(language: Option<&Language>, value: &Value) -> String {
    match (language, value.as_i64()) {
        (Some(language), Some(count)) => language.formatter.number(count.into()),
        _ => value.to_string(),
    }
}

/// `{{ t.some_words | fill(count=3) }}`: puts values in the places of a word that are named like them, and picks the
/// form of the word that goes with `count`.
fn fill(languages: &[Language], word: &Value, values: &Kwargs, state: &State) -> tera::TeraResult<String> {
    let language = of(languages, state)?;
    let form = match (word.as_map(), values.get::<u64>("count")?) {
        (Some(_), Some(count)) => {
            let form = language.map_or("other", |language| language.formatter.plural(count));
            word.get_from_path(form).or_else(|| word.get_from_path("other"))
        }
        _ => Some(word),
    };
    let Some(form) = form.and_then(Value::as_str) else {
        return Err(tera::Error::message("`fill` needs a word of the theme"));
    };
    let mut filled = String::with_capacity(2 * form.len());
    let mut rest = form;
    while let Some((before, from)) = rest.split_once('{') {
        filled.push_str(before);
        let place = from.split_once('}').and_then(|(name, after)| Some((values.iter().find(|(key, _)| key.as_str() == Some(name))?.1, after)));
        match place {
            Some((value, _)) => filled.push_str(&written(language, value)),
            None => filled.push('{'),
        }
        rest = place.map_or(from, |(_, after)| after);
    }
    filled.push_str(rest);
    Ok(filled)
}
