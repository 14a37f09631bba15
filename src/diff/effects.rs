//! What follows from the records: sums, addresses, and whether translations are in step.
//!
//! In: sites without faults. Out: the changes of what nobody wrote down.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Field, Kind, Verb};
use crate::check::{self, translations::unconfirmed};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{self, Page, Site, address};
use crate::source::FileTree;
use crate::{Goal, compile, load, render};

/// What follows from the records of a site.
pub struct Effects {
    /// Strategy, scope and year; what is stated, what is computed, and the first less the second.
    sums: BTreeMap<String, [Option<String>; 3]>,
    /// The address of each page in each language.
    pages: BTreeMap<(String, String), String>,
    /// Every address at which something is published, assets under changing names left out.
    published: BTreeSet<String>,
    /// Where addresses lead that were given up.
    redirects: BTreeMap<String, String>,
    /// The translations that are not confirmed as they stand, where the site keeps a record; and all that there are.
    outdated: Option<BTreeSet<(String, String)>>,
    translated: BTreeSet<String>,
}

impl Effects {
    /// What follows from a site's records, or how many faults it has.
    pub fn of(tree: &FileTree) -> Result<Self, String> {
        let compilation = compile(tree.clone(), Goal::Preview);
        // Sums, counts and links that are off are what one wants to be told of; any other fault may keep a record from being counted.
        let hides = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error && !(Code::SumOff..=Code::NumberGap).contains(&diagnostic.code);
        let errors = compilation.diagnostics.iter().filter(hides).count();
        if errors > 0 {
            return Err(if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") });
        }
        let mut quiet = Diagnostics::default();
        let content = load::parse(&compilation.sources, &mut quiet).ok_or("no languages")?;
        let site = model::build(check::check(&content, &mut quiet), false, &model::Edition::default());
        let languages = &content.languages;
        let mut pages = BTreeMap::new();
        for (page, locale) in site.in_every_language() {
            pages.insert((name(&site, page), languages.code(locale).to_owned()), address::path(&site, page, locale));
        }
        // Assets have other names with every change; files of the server have no readers.
        let published = compilation.output.iter().map(|file| file.path.as_str()).filter(|path| !path.starts_with("assets/") && !path.starts_with('_'));
        let published = published.map(|path| format!("/{}", path.strip_suffix("index.html").unwrap_or(path))).collect();
        let outdated = content.translations.as_ref().map(|_| {
            let list = unconfirmed(&content);
            list.iter().map(|standing| (standing.translated.path.clone(), languages.code(standing.locale).to_owned())).collect()
        });
        let translated = content.translated.iter().map(|translated| translated.path.clone()).collect();
        let redirects = render::redirects::resolve(&site, &mut quiet).into_iter().map(|redirect| (redirect.from, redirect.to)).collect();
        Ok(Effects { sums: sums(&site), pages, published, redirects, outdated, translated })
    }
}

/// What a page is, by ids that outlive its address.
fn name(site: &Site<'_>, page: Page) -> String {
    let graph = &site.graph;
    let strategy = |at: usize| graph.strategies[at].strategy.id.as_str();
    match page {
        Page::Strategy(id) => format!("strategy:{}", strategy(id.0)),
        Page::Funding(id) => format!("funding:{}", strategy(id.0)),
        Page::Points(id) => format!("points:{}", strategy(id.0)),
        Page::Theme(id) => format!("theme:{}/{}", strategy(graph.themes[id.0].strategy.0), graph.themes[id.0].record.id),
        Page::Chapter(id) => format!("chapter:{}/{}", graph.chapters[id.0].chapter.section, graph.chapters[id.0].chapter.key),
        Page::Initiative(id) => format!("initiative:{}", graph.initiatives[id.0].initiative.id),
        Page::Recommendation(id) => format!("recommendation:{}", graph.recommendations[id.0].recommendation.number),
        Page::Actor(id) => format!("actor:{}", graph.actors[id.0].id),
        other => format!("{other:?}"),
    }
}

fn sums(site: &Site<'_>) -> BTreeMap<String, [Option<String>; 3]> {
    let mut all = BTreeMap::new();
    for node in &site.graph.strategies {
        for sums in &node.sums {
            let scope = site.graph.word_of(sums.scope);
            for sum in &sums.years {
                let amounts = [sum.stated, sum.computed, sum.difference()].map(|amount| amount.map(|amount| amount.normalize().to_string()));
                all.insert(format!("{}/{scope}/{}", node.strategy.id, sum.year), amounts);
            }
        }
    }
    all
}

/// What follows from one site's records and not from the other's.
pub fn compare(old: &Effects, new: &Effects) -> Vec<Change> {
    let mut changes = Vec::new();
    let ids: BTreeSet<&String> = old.sums.keys().chain(new.sums.keys()).collect();
    let none = [None, None, None];
    for id in ids {
        let (before, after) = (old.sums.get(id), new.sums.get(id));
        let change = match (before, after) {
            (None, _) => Verb::Added,
            (_, None) => Verb::Removed,
            _ => Verb::Changed,
        };
        let values = before.unwrap_or(&none).iter().zip(after.unwrap_or(&none));
        let named = ["stated", "computed", "difference"].into_iter().zip(values).filter(|(_, (before, after))| before != after);
        let fields: Vec<Field> = named
            .map(|(name, (before, after))| Field { name: name.to_owned(), language: None, old: before.clone(), new: after.clone(), money: None })
            .collect();
        if !fields.is_empty() {
            changes.push(Change { kind: Kind::Sum, id: id.clone(), title: None, change, fields });
        }
    }
    translations(old, new, &mut changes);
    addresses(old, new, &mut changes);
    changes
}

fn translations(old: &Effects, new: &Effects, changes: &mut Vec<Change>) {
    let (Some(before), Some(after)) = (&old.outdated, &new.outdated) else { return };
    let mut add = |(path, code): &(String, String), change| {
        changes.push(Change { kind: Kind::Translation, id: format!("{path} {code}"), title: None, change, fields: Vec::new() });
    };
    after.difference(before).for_each(|translation| add(translation, Verb::OutOfStep));
    // What is gone, or was never there, was not confirmed.
    before.difference(after).filter(|(path, _)| new.translated.contains(path)).for_each(|translation| add(translation, Verb::Confirmed));
}

fn addresses(old: &Effects, new: &Effects, changes: &mut Vec<Change>) {
    let page_at: BTreeMap<&String, &(String, String)> = old.pages.iter().map(|(page, path)| (path, page)).collect();
    let there = |path: &String| new.published.contains(path) && !new.redirects.contains_key(path);
    for path in old.published.iter().filter(|path| !there(path)) {
        let now = new.redirects.get(path);
        if now.is_some() && now == old.redirects.get(path) {
            continue;
        }
        let moved = page_at.get(path).and_then(|page| new.pages.get(*page));
        let field = now.or(moved).map(|to| Field { name: "address".to_owned(), language: None, old: Some(path.clone()), new: Some(to.clone()), money: None });
        let change = match (now, moved) {
            (Some(_), _) => Verb::Redirected,
            (None, Some(_)) => Verb::Changed,
            (None, None) => Verb::Removed,
        };
        changes.push(Change { kind: Kind::Address, id: path.clone(), title: None, change, fields: field.into_iter().collect() });
    }
}
