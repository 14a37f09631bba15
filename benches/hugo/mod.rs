//! The same site for Hugo: the texts, pages, links, tables and sums of the checked graph, as its experts would keep
//! them – a Markdown file per page and language, with front matter; themes, strategies and actors as taxonomies.
//!
//! Where it was a choice, Hugo gets the cheaper way: front matter in JSON, which it reads faster than YAML; both ends of a
//! link in the front matter of both pages; the columns of the matrix worked out beforehand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};
use sporbar::check::{Cite, Cited, InitiativeId, Succession, Trace};
use sporbar::load::value::Relation;
use sporbar::locale::Locale;
use sporbar::model::{Page, Site, address};
use sporbar::source::{File, FileTree};

pub mod same;

/// As in `render/view`: beyond these, pages list less.
const MOST_ROWS: usize = 2_000;
const MOST_PROPOSALS: usize = 3_000;
const MOST_LINKS: usize = 1_500;
const MOST_COLUMNS: usize = 64;
const MOST_PARTS: usize = 40;
const REACH: usize = 10;

/// The folder of a Hugo site: configuration, content, words, layouts, assets.
pub fn make(site: &Site<'_>, sources: &FileTree) -> FileTree {
    let mut files = vec![File { path: "hugo.json".into(), bytes: configuration(site).to_string().into() }];
    for locale in site.graph.content.languages.iter() {
        let one = InOneLanguage { site, locale, code: site.graph.content.languages.code(locale) };
        files.push(File { path: format!("i18n/{}.json", one.code), bytes: one.words().to_string().into() });
        one.content(&mut files);
    }
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/hugo/layouts");
    for entry in walkdir::WalkDir::new(&layouts).sort_by_file_name().into_iter().map(|entry| entry.expect("the layouts can be read")) {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(&layouts).expect("it is below").display();
            files.push(File { path: format!("layouts/{name}"), bytes: std::fs::read(entry.path()).expect("a layout can be read") });
        }
    }
    // One style sheet, as the theme's are bundled; the same icon.
    let assets = &site.graph.content.theme.assets;
    let bytes = |name: &str| assets.iter().filter(|(known, _)| *known == name).flat_map(|(_, id)| sources.file(*id).bytes.clone()).collect::<Vec<u8>>();
    let names: Vec<&String> = assets.iter().map(|(name, _)| name).filter(|name| name.ends_with(".css") && name.as_str() != "site.css").collect();
    files.push(File { path: "assets/site.css".into(), bytes: names.into_iter().flat_map(|name| bytes(name)).collect() });
    files.push(File { path: "assets/icon.svg".into(), bytes: bytes("icon.svg") });
    files.into_iter().collect()
}

fn configuration(site: &Site<'_>) -> Value {
    let content = site.graph.content;
    let menu = [Page::Strategies, Page::Initiatives, Page::Recommendations, Page::Fundings, Page::Traceability, Page::Actors, Page::About];
    let language = |locale: Locale| {
        let record = &content.site.languages[locale.index()];
        let path = |page| address::path(site, page, locale);
        let documents: Map<String, Value> = site
            .graph
            .documents
            .iter()
            .map(|document| (document.id.to_string(), document.short.as_ref().unwrap_or(&document.title)[locale].clone().into()))
            .collect();
        let menu: Vec<Value> = menu
            .iter()
            .enumerate()
            .map(|(at, page)| json!({ "identifier": folder(*page), "name": word(site, locale, &format!("pages.{}", folder(*page))), "pageRef": format!("/{}", folder(*page)), "weight": at + 1 }))
            .collect();
        let value = json!({
            "label": record.name, "weight": locale.index() + 1, "contentDir": format!("content/{}", record.code),
            "title": content.site.title[locale], "menus": { "main": menu },
            "params": { "sources": path(Page::Sources), "traceability": path(Page::Traceability), "documents": documents,
                        "matrix_is_whole": site.graph.traces.len() <= MOST_LINKS, "most_parts": MOST_PARTS, "reach": REACH },
        });
        (record.code.to_string(), value)
    };
    let languages: Map<String, Value> = content.languages.iter().map(language).collect();
    json!({
        "baseURL": content.site.base_url.value.0, "languages": languages,
        "defaultContentLanguage": content.languages.code(Locale::SOURCE), "defaultContentLanguageInSubdir": true,
        "disableKinds": ["rss"], "enableRobotsTXT": true,
        "taxonomies": { "strategy": "strategies", "theme": "themes", "actor": "actors" },
        "markup": { "goldmark": { "extensions": { "typographer": { "disable": true } } } },
    })
}

/// Where pages of a kind are kept.
fn folder(page: Page) -> &'static str {
    match page {
        Page::Strategies => "strategies",
        Page::Initiatives => "initiatives",
        Page::Recommendations => "recommendations",
        Page::Fundings => "funding",
        Page::Traceability => "traceability",
        Page::Actors => "actors",
        _ => "about",
    }
}

fn word(site: &Site<'_>, locale: Locale, place: &str) -> Option<String> {
    let messages = &site.graph.content.theme.messages[locale];
    place.split('.').try_fold(messages, |value, key| value.get(key)).and_then(Value::as_str).map(str::to_owned)
}

/// `{count} of {all}` as Hugo writes it.
fn form(text: &str) -> String {
    let mut parts = text.split('{');
    let mut form = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        // The number as such decides on the form; what is shown is written out by the layout.
        let name = if name == "count" { "written" } else { name };
        form.push_str(&format!("{{{{ .{name} }}}}{rest}"));
    }
    form
}

struct InOneLanguage<'s, 'c> {
    site: &'s Site<'c>,
    locale: Locale,
    code: &'s str,
}

impl InOneLanguage<'_, '_> {
    /// The words of the theme under dotted names.
    fn words(&self) -> Value {
        fn collect(prefix: &str, value: &Value, into: &mut Map<String, Value>) {
            match value {
                Value::String(text) => drop(into.insert(prefix.to_owned(), json!({ "other": form(text) }))),
                Value::Object(forms) if forms.contains_key("other") => {
                    let forms: Map<String, Value> = forms.iter().map(|(name, text)| (name.clone(), form(text.as_str().unwrap_or_default()).into())).collect();
                    into.insert(prefix.to_owned(), forms.into());
                }
                Value::Object(group) => {
                    group.iter().for_each(|(name, value)| collect(&if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") }, value, into));
                }
                _ => {}
            }
        }
        let mut words = Map::new();
        collect("", &self.site.graph.content.theme.messages[self.locale], &mut words);
        words.into()
    }

    fn content(&self, files: &mut Vec<File>) {
        let graph = &self.site.graph;
        let description = &graph.content.site.description[self.locale];
        let mut add = |path: String, page: Option<Page>, mut front: Value, text: &str| {
            if let Some(page) = page {
                front["url"] = address::path(self.site, page, self.locale).into();
            }
            files.push(File { path: format!("content/{}/{path}.md", self.code), bytes: format!("{front}\n\n{text}").into_bytes() });
        };
        let index = |page, weight| {
            let lead = word(self.site, self.locale, &format!("{}.lead", folder(page)));
            json!({ "title": word(self.site, self.locale, &format!("pages.{}", folder(page))), "weight": weight, "description": lead.as_ref().unwrap_or(description) })
        };
        add("_index".into(), Some(Page::Home), json!({ "title": graph.content.site.title[self.locale], "description": description }), "");
        let mut initiatives = index(Page::Initiatives, 2);
        initiatives["is_whole"] = (graph.initiatives.len() <= MOST_ROWS).into();
        add("initiatives/_index".into(), Some(Page::Initiatives), initiatives, "");
        add("strategies/_index".into(), Some(Page::Strategies), index(Page::Strategies, 1), "");
        add("funding/_index".into(), Some(Page::Fundings), index(Page::Fundings, 4), "");
        add("about/_index".into(), Some(Page::About), index(Page::About, 7), "");
        add("about/sources".into(), Some(Page::Sources), self.sources(), "");
        add("themes/_index".into(), None, json!({ "title": "themes", "build": { "render": "never" } }), "");
        let mut traceability = index(Page::Traceability, 5);
        traceability["tables"] = self.tables();
        add("traceability/_index".into(), Some(Page::Traceability), traceability, "");
        let kinds = &graph.content.actors.kinds;
        let mut actors = index(Page::Actors, 6);
        actors["kinds"] = kinds.0.iter().map(|(id, title)| json!({ "id": id.value.as_str(), "title": title[self.locale] })).collect();
        add("actors/_index".into(), Some(Page::Actors), actors, "");
        for (at, actor) in graph.actors.iter().enumerate() {
            let front = json!({
                "title": actor.name[self.locale], "description": description,
                // Hugo has a `kind` of its own, so this one is named where it cannot be mistaken.
                "params": { "kind": actor.kind.value.as_str() },
                "kind_title": kinds.get(actor.kind.value.as_str()).map(|kind| &kind[self.locale]),
                "is_council": graph.council.as_ref().is_some_and(|council| council.actor.0 == at),
            });
            add(format!("actors/{}/_index", actor.id), Some(Page::Actor(sporbar::check::ActorId(at))), front, "");
        }
        for (at, node) in graph.strategies.iter().enumerate() {
            let id = sporbar::check::StrategyId(at);
            let (record, own) = (&node.strategy.record, &node.strategy.id);
            let sums = node.sums.iter().find(|sums| sums.scope == sporbar::check::Scope::Total);
            let stated: Vec<f64> = sums.iter().flat_map(|sums| &sums.years).map(|sum| number(sum.stated.unwrap_or_default())).collect();
            let (before, after) = self.around(id);
            let parts = node.themes.iter().filter(|theme| !graph.themes[theme.0].initiatives.is_empty());
            let front = json!({
                "title": record.title[self.locale], "description": record.summary[self.locale], "weight": at + 1, "id": own,
                "years": record.years.iter().map(ToString::to_string).collect::<Vec<_>>(), "stated": stated, "unit": record.unit.label[self.locale],
                "before": before, "after": after, "parts": parts.map(|theme| self.theme_key(*theme)).collect::<Vec<_>>(),
                "document": graph.documents[node.document.0].id.to_string(), "issued": graph.documents[node.document.0].date.year.to_string(),
                "cites": self.cites(&node.cites),
            });
            add(format!("strategies/{own}/_index"), Some(Page::Strategy(id)), front, "");
            let title = word(self.site, self.locale, "pages.funding_of").unwrap_or_default().replace("{title}", &record.title[self.locale]);
            let lead = word(self.site, self.locale, "funding.lead");
            add(format!("funding/{own}"), Some(Page::Funding(id)), json!({ "title": title, "description": lead, "strategy": own, "weight": at + 1 }), "");
            for (place, theme) in node.themes.iter().enumerate() {
                let record = &graph.themes[theme.0].record;
                let key = |at: usize| node.themes.get(at).map(|theme| format!("/themes/{}", self.theme_key(*theme)));
                let front = json!({
                    "title": record.title[self.locale], "description": record.summary[self.locale], "key": self.theme_key(*theme), "strategy": own,
                    "weight": theme.0 + 1, "place": place, "previous": place.checked_sub(1).and_then(key), "next": key(place + 1), "cites": self.cites(&graph.themes[theme.0].cites),
                });
                add(format!("themes/{}/_index", self.theme_key(*theme)), Some(Page::Theme(*theme)), front, "");
            }
        }
        for at in 0..graph.initiatives.len() {
            let id = InitiativeId(at);
            let text = paths(graph.initiatives[at].text[self.locale].markdown);
            add(format!("initiatives/{}", graph.initiatives[at].initiative.id), Some(Page::Initiative(id)), self.initiative(id), &text);
        }
        let Some(council) = &graph.council else { return };
        let chapters = council.chapters.iter().map(|chapter| {
            json!({ "id": chapter.record.id.to_string(), "title": chapter.record.title[self.locale], "summary": chapter.record.summary[self.locale],
                    "recommendations": chapter.recommendations.iter().map(|id| graph.recommendations[id.0].id.to_lowercase()).collect::<Vec<_>>() })
        });
        let mut front = index(Page::Recommendations, 3);
        front["heading"] = council.record.title[self.locale].clone().into();
        front["description"] = council.record.summary[self.locale].to_string().into();
        front["council"] = graph.actors[council.actor.0].id.to_string().into();
        front["document"] = graph.documents[council.document.0].id.to_string().into();
        front["chapters"] = chapters.collect();
        front["cites"] = self.cites(&council.cites);
        front["with_proposals"] = (graph.proposals.len() <= MOST_PROPOSALS).into();
        add("recommendations/_index".into(), Some(Page::Recommendations), front, "");
        for at in 0..graph.recommendations.len() {
            let node = &graph.recommendations[at];
            let text = node.text.as_ref().map(|text| paths(text[self.locale].markdown)).unwrap_or_default();
            let page = Page::Recommendation(sporbar::check::RecommendationId(at));
            add(format!("recommendations/{}", node.id.to_lowercase()), Some(page), self.recommendation(at), &text);
        }
    }

    fn initiative(&self, id: InitiativeId) -> Value {
        let graph = &self.site.graph;
        let node = &graph.initiatives[id.0];
        let record = &node.initiative.record;
        let siblings = &graph.strategies[node.strategy.0].initiatives;
        let at = siblings.binary_search(&id).unwrap_or_default();
        let sibling = |at: usize| siblings.get(at).map(|id| format!("/initiatives/{}", graph.initiatives[id.0].initiative.id));
        let succession = |other: InitiativeId, succession: &Succession<'_>| json!({ "initiative": graph.initiatives[other.0].initiative.id, "rationale": succession.record.rationale[self.locale], "evidence": self.cites_on(Some(id), &succession.evidence) });
        let later = self.site.successors[id.0].iter().filter_map(|later| {
            let found = graph.initiatives[later.0].continues.iter().find(|known| known.earlier == id)?;
            Some(succession(*later, found))
        });
        let traces = |relation: Relation| -> Value {
            let all = self.site.traces_of_initiative[id.0].iter().map(|at| &graph.traces[*at]).filter(|trace| trace.relation() == relation);
            let trace = |trace: &Trace<'_>| {
                let proposal = &graph.proposals[trace.from.0];
                let recommendation = &graph.recommendations[proposal.recommendation.0];
                let at = recommendation.proposals.iter().position(|id| *id == trace.from);
                json!({ "recommendation": recommendation.id.to_lowercase(), "at": at, "degree": trace.to.map(|end| end.degree),
                        "rationale": trace.record.rationale[self.locale], "evidence": self.cites_on(Some(id), &trace.evidence) })
            };
            all.map(trace).collect()
        };
        let money = record.funding.value.0.iter().map(|(year, cell)| json!({ "year": year.to_string(), "amount": cell.kind.value.new_money().map(number) }));
        let (before, after) = self.around(node.strategy);
        let themes: Vec<String> = node.theme.iter().map(|theme| self.theme_key(*theme)).collect();
        json!({
            "title": record.title[self.locale], "description": record.summary[self.locale], "weight": id.0 + 1, "id": node.initiative.id,
            "number": node.initiative.number, "strategy": node.initiative.strategy, "strategies": [node.initiative.strategy],
            "theme": themes.first(), "themes": themes, "actors": node.actors.iter().map(|actor| graph.actors[actor.0].id.to_string()).collect::<Vec<_>>(),
            "funding": money.collect::<Vec<_>>(), "before": before, "after": after,
            "continues": node.continues.iter().map(|earlier| succession(earlier.earlier, earlier)).collect::<Vec<_>>(), "continued_by": later.collect::<Vec<_>>(),
            "follow_ups": traces(Relation::FollowUp), "precedents": traces(Relation::Precedent),
            "cites": self.cites_on(Some(id), &node.cites), "previous": at.checked_sub(1).and_then(sibling), "next": sibling(at + 1),
        })
    }

    fn recommendation(&self, at: usize) -> Value {
        let graph = &self.site.graph;
        let node = &graph.recommendations[at];
        let record = &node.recommendation.record;
        let sibling = |at: usize| graph.recommendations.get(at).map(|node| format!("/recommendations/{}", node.id.to_lowercase()));
        let proposals = node.proposals.iter().map(|id| {
            let proposal = &graph.proposals[id.0];
            let traces = |relation| -> Value {
                let trace = |trace: &Trace<'_>| {
                    let end = trace.to?;
                    Some(json!({ "initiative": graph.initiatives[end.initiative.0].initiative.id, "degree": end.degree,
                                 "rationale": trace.record.rationale[self.locale], "evidence": self.cites(&trace.evidence) }))
                };
                self.site.traces(*id, relation).filter_map(trace).collect()
            };
            json!({ "id": proposal.id, "anchor": address::proposal_anchor(self.site, *id), "title": proposal.record.title[self.locale],
                    "summary": proposal.record.summary[self.locale], "outcome": self.site.outcomes[id.0].word(),
                    "follow_ups": traces(Relation::FollowUp), "precedents": traces(Relation::Precedent) })
        });
        let chapter = node.chapter.and_then(|id| Some(&graph.council.as_ref()?.chapters[id.0].record.title[self.locale]));
        json!({
            "title": record.title[self.locale], "description": record.summary[self.locale], "weight": at + 1, "id": node.id, "chapter": chapter,
            "proposals": proposals.collect::<Vec<_>>(), "cites": self.cites(&node.cites), "previous": at.checked_sub(1).and_then(sibling), "next": sibling(at + 1),
        })
    }

    fn sources(&self) -> Value {
        let graph = &self.site.graph;
        let list = graph.documents.iter().enumerate().map(|(at, document)| {
            let strategy = graph.strategies.iter().find(|node| node.document.0 == at).map(|node| format!("/strategies/{}", node.strategy.id));
            let advice = graph.council.as_ref().filter(|council| council.document.0 == at).map(|_| "/recommendations".to_owned());
            json!({ "id": document.id.to_string(), "title": document.title[self.locale], "publisher": document.publisher[self.locale], "date": document.date.year.to_string(),
                    "kind": graph.content.documents.kinds.get(document.kind.value.as_str()).map(|kind| &kind[self.locale]), "page": strategy.or(advice) })
        });
        let word = |place: &str| word(self.site, self.locale, place);
        json!({ "title": word("pages.sources"), "description": word("sources.lead"), "list": list.collect::<Vec<_>>() })
    }

    /// The tables of the matrix: consecutive recommendations share one as long as it does not get too wide.
    fn tables(&self) -> Value {
        let graph = &self.site.graph;
        if graph.traces.len() > MOST_LINKS {
            return Value::Null;
        }
        type Column = (std::cmp::Reverse<usize>, Option<usize>, InitiativeId);
        let column =
            |id: InitiativeId| -> Column { (std::cmp::Reverse(graph.initiatives[id.0].strategy.0), graph.initiatives[id.0].theme.map(|theme| theme.0), id) };
        let mut tables = Vec::new();
        let (mut columns, mut members) = (BTreeSet::new(), Vec::new());
        for (at, node) in graph.recommendations.iter().enumerate() {
            let traces = node.proposals.iter().flat_map(|proposal| &self.site.traces_of_proposal[proposal.0]);
            let own: BTreeSet<Column> = traces.filter_map(|at| graph.traces[*at].to).map(|end| column(end.initiative)).collect();
            if !members.is_empty() && columns.union(&own).count() > MOST_COLUMNS {
                tables.push((std::mem::take(&mut members), std::mem::take(&mut columns)));
            }
            columns.extend(own);
            members.push(at);
        }
        tables.push((members, columns));
        let table = |(members, columns): (Vec<usize>, BTreeSet<Column>)| {
            let places: BTreeMap<InitiativeId, usize> = columns.iter().enumerate().map(|(at, (_, _, id))| (*id, at)).collect();
            let columns: Vec<Column> = columns.into_iter().collect();
            let strategies = columns.chunk_by(|a, b| a.0 == b.0).map(|part| json!({ "id": graph.strategies[part[0].0.0].strategy.id, "span": part.len() }));
            let groups = members.iter().map(|at| {
                let node = &graph.recommendations[*at];
                json!({ "recommendation": node.id.to_lowercase(), "rows": node.proposals.iter().map(|id| self.row(*id, &places)).collect::<Vec<_>>() })
            });
            let name = |at: Option<&usize>| at.map(|at| graph.recommendations[*at].id.clone());
            json!({ "first": name(members.first()), "last": name(members.last()), "strategies": strategies.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(),
                    "columns": columns.iter().map(|(_, _, id)| &graph.initiatives[id.0].initiative.id).collect::<Vec<_>>() })
        };
        tables.into_iter().map(table).collect()
    }

    fn row(&self, proposal: sporbar::check::ProposalId, places: &BTreeMap<InitiativeId, usize>) -> Value {
        let graph = &self.site.graph;
        let mut by_place: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        for trace in self.site.traces_of_proposal[proposal.0].iter().map(|at| &graph.traces[*at]) {
            let Some(end) = trace.to else { continue };
            let relation = if trace.relation() == Relation::Precedent { "precedent" } else { "follow-up" };
            let mark = json!({ "initiative": graph.initiatives[end.initiative.0].initiative.id, "relation": relation, "degree": end.degree });
            by_place.entry(places[&end.initiative]).or_default().push(mark);
        }
        let (mut cells, mut next) = (Vec::new(), 0);
        for (place, marks) in by_place {
            cells.extend((place > next).then(|| json!({ "span": place - next })));
            cells.push(json!({ "marks": marks }));
            next = place + 1;
        }
        cells.extend((places.len() > next).then(|| json!({ "span": places.len() - next })));
        cells.into()
    }

    fn theme_key(&self, theme: sporbar::check::ThemeId) -> String {
        let node = &self.site.graph.themes[theme.0];
        format!("{}-{}", self.site.graph.strategies[node.strategy.0].strategy.id, node.record.id.value.as_str())
    }

    /// What stands before and after an amount of a strategy.
    fn around(&self, strategy: sporbar::check::StrategyId) -> (String, String) {
        let form = self.site.graph.strategies[strategy.0].strategy.record.unit.form[self.locale].replace(' ', "\u{a0}");
        let (before, after) = form.split_once("{amount}").unwrap_or(("", &form));
        (before.to_owned(), after.to_owned())
    }

    /// Each document once, with all its places, of which those that are initiatives lead there.
    fn cites(&self, cites: &[Cite<'_>]) -> Value {
        self.cites_on(None, cites)
    }

    /// As [`Self::cites`], on the page of an initiative, which does not lead to itself.
    fn cites_on(&self, here: Option<InitiativeId>, cites: &[Cite<'_>]) -> Value {
        let graph = &self.site.graph;
        let words = &graph.content.documents.places;
        let mut documents: Vec<(String, Vec<Value>)> = Vec::new();
        for cite in cites {
            let document = graph.documents[cite.document.0].id.to_string();
            let at = documents.iter().position(|(known, _)| *known == document).unwrap_or_else(|| {
                documents.push((document, Vec::new()));
                documents.len() - 1
            });
            let step = |step: &sporbar::load::value::PlaceStep| {
                let word = words.get(step.word.as_str()).map_or(step.word.as_str(), |word| word[self.locale].as_str());
                step.label.as_ref().map_or_else(|| word.to_owned(), |label| format!("{word}\u{a0}{label}"))
            };
            let initiative = match cite.means {
                Some(Cited::Initiative(id)) if here != Some(id) => Some(&graph.initiatives[id.0].initiative.id),
                _ => None,
            };
            let text = cite.at.map(|at| at.steps.iter().map(step).collect::<Vec<_>>().join(", "));
            documents[at].1.extend(text.map(|text| json!({ "text": text, "initiative": initiative })));
        }
        documents.into_iter().map(|(document, places)| json!({ "document": document, "places": places })).collect()
    }
}

/// An amount as Hugo reckons with it.
fn number(amount: rust_decimal::Decimal) -> f64 {
    amount.to_string().parse().expect("a decimal is a number")
}

/// Links to records as links to the pages of Hugo's content: `[](/initiatives/2021-19)`.
fn paths(markdown: &str) -> String {
    let mut text = markdown.replace("](initiative:", "](/initiatives/").replace("](actor:", "](/actors/");
    for at in markdown.match_indices("](recommendation:").map(|(at, _)| &markdown[at..]) {
        let link = &at[..=at.find(')').unwrap_or(at.len() - 1)];
        text = text.replace(link, &link.replace("recommendation:", "/recommendations/").to_lowercase());
    }
    text
}
