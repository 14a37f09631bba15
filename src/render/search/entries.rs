//! What can be found: every record and text of the site in one language, as plain words.
//!
//! In: a page. Out: the entries that lead to it or to a place on it. Decides nothing about how they are found.

use rust_decimal::Decimal;

use super::Kind;
use crate::check::{ChapterId, FigureId, InitiativeId, Link, Note, PointId, ProposalId, Prose, RecommendationId, Scope, StrategyId, Sums, ThemeId};
use crate::load::words;
use crate::locale::Localized;
use crate::model::Page;
use crate::render::markdown::{self, Passage};
use crate::render::view::{LinkView, View, word};

/// Something that can be found.
pub struct Entry {
    pub kind: Kind,
    pub url: String,
    pub title: String,
    /// The work that it stands in.
    pub context: Option<String>,
    /// The id that is shown before the title, and that leads straight here.
    pub id: Option<String>,
    /// What else leads straight here, in words of every language.
    pub names: Vec<String>,
    /// What it is called besides its title.
    pub forms: String,
    pub summary: String,
    pub passages: Vec<Passage>,
    pub amounts: Vec<Amount>,
}

/// An amount of money that leads to an entry.
pub struct Amount {
    /// Without needless noughts: 13, 0.5.
    pub value: String,
    /// As it is written in the language, with its unit.
    pub money: String,
    /// Nothing for a sum of all years.
    pub year: Option<u16>,
}

impl Entry {
    fn new(kind: Kind, link: LinkView, summary: &str) -> Self {
        let LinkView { url, title } = link;
        let summary = summary.to_owned();
        Entry { kind, url, title, summary, context: None, id: None, names: Vec::new(), forms: String::new(), passages: Vec::new(), amounts: Vec::new() }
    }

    fn say(&mut self, text: String) {
        if !text.is_empty() {
            self.passages.push(Passage { heading: None, text });
        }
    }
}

/// The entries of a page.
pub fn of(view: &View<'_, '_>, page: Page) -> Vec<Entry> {
    match page {
        Page::Strategy(id) => vec![view.found_strategy(id)],
        Page::Theme(id) => vec![view.found_theme(id)],
        Page::Initiative(id) => vec![view.found_initiative(id)],
        Page::Recommendations => view.found_advice(),
        Page::Recommendation(id) => view.found_recommendation(id),
        Page::Chapter(id) => vec![view.found_chapter(id)],
        Page::Actor(id) => {
            let actor = view.site.graph.actors[id.0];
            let mut entry = Entry::new(Kind::Actors, view.link(page), actor.summary.as_ref().map_or("", |summary| view.text(summary)));
            // Who knows an authority by its own name looks for that.
            let names = view.site.graph.content.languages.iter().map(|locale| actor.name[locale].as_str());
            entry.forms = names.filter(|name| *name != entry.title).collect::<Vec<_>>().join(" ");
            vec![entry]
        }
        Page::Points(id) => view.found_points(id),
        Page::Figures => view.with_its_page(page, (0..view.site.graph.figures.len()).map(|at| view.found_figure(FigureId(at)))),
        Page::People => view.with_its_page(page, view.found_people()),
        Page::KeyFigures => view.with_its_page(page, view.found_key_figures()),
        Page::Glossary => view.with_its_page(page, view.found_terms()),
        Page::Timeline => view.with_its_page(page, view.found_events()),
        Page::Sources => view.found_documents(),
        // What these show is found at the records they list; they themselves, by their names.
        Page::Strategies | Page::Initiatives | Page::Fundings | Page::Funding(_) | Page::Traceability | Page::Actors | Page::Data | Page::Changes => {
            view.with_its_page(page, [])
        }
        Page::Home | Page::About | Page::Search => Vec::new(),
    }
}

impl View<'_, '_> {
    fn plain(&self, prose: &Localized<Prose<'_>>) -> Vec<Passage> {
        markdown::plain(self.site, &prose[self.locale()], self.locale())
    }

    fn plain_notes<'n>(&self, notes: &'n [Note<'n>]) -> Vec<Passage> {
        notes.iter().flat_map(|note| self.plain(&note.text)).collect()
    }

    fn below(&self, page: Page, anchor: &str, title: &str) -> LinkView {
        LinkView { url: format!("{}#{anchor}", self.link(page).url), title: title.to_owned() }
    }

    /// What is found on a page that lists it, and before it the page.
    fn with_its_page(&self, page: Page, entries: impl IntoIterator<Item = Entry>) -> Vec<Entry> {
        std::iter::once(Entry::new(Kind::Chapters, self.link(page), "")).chain(entries).collect()
    }

    /// A numbered record as documents name it, in every language: initiative 7.
    fn numbered(&self, kind: &str, number: u32) -> Vec<String> {
        let content = self.site.graph.content;
        let words = content.documents.places.get(kind);
        words.map_or_else(Vec::new, |words| content.languages.iter().map(|locale| format!("{} {number}", words[locale])).collect())
    }

    /// A label of the theme in every language, each with every value in its place.
    fn names(&self, label: &str, place: &str, values: &[&str]) -> Vec<String> {
        let labels = self.site.graph.content.languages.iter().filter_map(|locale| word(self.site, locale, label));
        labels.flat_map(|label| values.iter().map(move |value| label.replace(place, value))).collect()
    }

    fn amount(&self, strategy: StrategyId, amount: Decimal, year: Option<u16>) -> Amount {
        Amount { value: amount.normalize().to_string(), money: self.money(strategy, amount), year }
    }

    /// Every sum of a part of a table, and the sum of them.
    fn sum_amounts(&self, strategy: StrategyId, sums: &Sums<'_>) -> Vec<Amount> {
        let years = sums.years.iter().filter_map(|sum| Some(self.amount(strategy, sum.shown()?, Some(sum.year.0))));
        let mut amounts: Vec<Amount> = years.collect();
        amounts.extend(sums.of_all_years().map(|sum| self.amount(strategy, sum, None)));
        amounts
    }

    fn found_strategy(&self, id: StrategyId) -> Entry {
        let node = &self.site.graph.strategies[id.0];
        let mut entry = Entry::new(Kind::Strategies, self.link(Page::Strategy(id)), self.text(&node.strategy.record.summary));
        entry.id = Some(node.strategy.id.clone()).filter(|id| !entry.title.contains(id.as_str()));
        entry.passages = node.text.iter().flat_map(|text| self.plain(text)).chain(self.plain_notes(&node.source_notes)).collect();
        entry.amounts = node.sums.iter().filter(|sums| sums.scope == Scope::Total).flat_map(|sums| self.sum_amounts(id, sums)).collect();
        entry
    }

    fn found_theme(&self, id: ThemeId) -> Entry {
        let graph = &self.site.graph;
        let node = &graph.themes[id.0];
        let mut entry = Entry::new(Kind::Strategies, self.link(Page::Theme(id)), self.text(&node.record.summary));
        entry.context = Some(self.strategy_title(node.strategy));
        for started in self.started(id) {
            let heading = markdown::Heading { id: started.anchor, title: started.title, level: 3 };
            entry.passages.push(Passage { heading: Some(heading), text: words::plain(&started.summary) });
        }
        let sums = graph.strategies[node.strategy.0].sums.iter().filter(|sums| sums.scope == Scope::Theme(id));
        entry.amounts = sums.flat_map(|sums| self.sum_amounts(node.strategy, sums)).collect();
        entry
    }

    fn found_initiative(&self, id: InitiativeId) -> Entry {
        let node = &self.site.graph.initiatives[id.0];
        let record = &node.initiative.record;
        let mut entry = Entry::new(Kind::Initiatives, self.link(Page::Initiative(id)), self.text(&record.summary));
        entry.id = Some(node.initiative.id.clone());
        entry.names = self.numbered("initiative", node.initiative.number);
        entry.context = Some(self.strategy_title(node.strategy));
        entry.passages = self.plain(&node.text);
        record.also_titled.iter().for_each(|other| entry.say(other.title.clone()));
        let names: Vec<&str> = node.actors.iter().map(|actor| self.text(&self.site.graph.actors[actor.0].name)).collect();
        if !names.is_empty() {
            let label = word(self.site, self.locale(), "initiative.actors").unwrap_or_default();
            entry.say(format!("{label}: {}", names.join(", ")));
        }
        entry.passages.extend(self.plain_notes(&node.source_notes));
        let cells = &record.funding.value.0;
        for (year, cell) in cells {
            let amounts = [cell.kind.value.amount(), cell.already_financed.as_ref().map(|amount| amount.value)];
            entry.amounts.extend(amounts.into_iter().flatten().map(|amount| self.amount(node.strategy, amount.0, Some(year.value.0))));
        }
        entry.amounts.extend(self.new_money(id).map(|total| self.amount(node.strategy, total, None)));
        entry
    }

    /// The advice as a whole.
    fn found_advice(&self) -> Vec<Entry> {
        let Some(council) = &self.site.graph.council else { return Vec::new() };
        let LinkView { url, .. } = self.link(Page::Recommendations);
        let mut entry =
            Entry::new(Kind::Recommendations, LinkView { url, title: self.text(&council.record.title).to_owned() }, self.text(&council.record.summary));
        for chapter in &council.chapters {
            let heading = markdown::Heading { id: chapter.record.id.to_string(), title: self.text(&chapter.record.title).to_owned(), level: 2 };
            entry.passages.push(Passage { heading: Some(heading), text: self.text(&chapter.record.summary).to_owned() });
        }
        entry.passages.extend(self.plain_notes(&council.source_notes));
        vec![entry]
    }

    /// A recommendation and its proposals.
    fn found_recommendation(&self, id: RecommendationId) -> Vec<Entry> {
        let graph = &self.site.graph;
        let node = &graph.recommendations[id.0];
        let advice = self.advice_title();
        let mut entry = Entry::new(Kind::Recommendations, self.link(Page::Recommendation(id)), self.text(&node.recommendation.record.summary));
        entry.id = Some(node.id.clone());
        entry.names = self.names("recommendation.label", "{id}", &[&node.id, &node.recommendation.number.to_string()]);
        entry.context.clone_from(&advice);
        entry.passages = node.text.iter().flat_map(|text| self.plain(text)).chain(self.plain_notes(&node.source_notes)).collect();
        let proposal = |id: &ProposalId| {
            let this = self.proposal_ref(*id);
            let mut entry = Entry::new(Kind::Recommendations, LinkView { url: this.url, title: this.title }, self.text(&graph.proposals[id.0].record.summary));
            let number = format!("{}.{}", node.recommendation.number, this.id.rsplit('.').next().unwrap_or_default());
            entry.names = self.names("recommendation.label", "{id}", &[&this.id, &number]);
            entry.id = Some(this.id);
            entry.context.clone_from(&advice);
            self.site.traces_of_proposal[id.0].iter().for_each(|at| entry.say(self.text(&graph.traces[*at].record.rationale).to_owned()));
            entry
        };
        let proposals: Vec<Entry> = node.proposals.iter().map(proposal).collect();
        std::iter::once(entry).chain(proposals).collect()
    }

    fn found_chapter(&self, id: ChapterId) -> Entry {
        let node = &self.site.graph.chapters[id.0];
        let front = &node.chapter.pages[self.locale()].front;
        let mut entry = Entry::new(Kind::Chapters, self.link(Page::Chapter(id)), &front.summary);
        entry.context = self.section_title(node.section);
        entry.passages = self.plain(&node.text);
        entry
    }

    fn found_points(&self, strategy: StrategyId) -> Vec<Entry> {
        let graph = &self.site.graph;
        let sections = graph.sections.iter().filter(|section| section.strategy == strategy);
        let point = |id: &PointId, section: &str| {
            let node = &graph.points[id.0];
            let mut entry = Entry::new(Kind::Points, self.point_link(*id), "");
            entry.context = Some(format!("{section}, {}", self.strategy_title(strategy)));
            entry.names = self.names("points.label", "{number}", &[&node.record.number.value.to_string()]);
            entry.passages = self.plain(&node.text);
            entry
        };
        let of_section = |section: &crate::check::SectionNode<'_>| -> Vec<Entry> {
            let title = self.text(&section.record.title);
            section.points.iter().map(|id| point(id, title)).collect()
        };
        sections.flat_map(of_section).collect()
    }

    fn found_figure(&self, id: FigureId) -> Entry {
        let node = &self.site.graph.figures[id.0];
        let record = &node.figure.record;
        let mut entry = Entry::new(
            Kind::Figures,
            self.target(Link::Figure(id)).unwrap_or(LinkView { url: String::new(), title: String::new() }),
            self.text(&record.caption),
        );
        entry.context = node.cites.first().map(|cite| self.text(&self.site.graph.documents[cite.document.0].title).to_owned());
        let labels = record.columns.iter().chain(record.rows.iter().map(|row| &row.label));
        entry.say(labels.map(|label| self.text(label)).collect::<Vec<_>>().join(", "));
        record.source.iter().for_each(|source| entry.say(self.text(source).to_owned()));
        entry.passages.extend(self.plain_notes(&node.source_notes));
        entry
    }

    fn found_people(&self) -> Vec<Entry> {
        let group = |node: &crate::check::GroupNode<'_>| {
            let link = self.below(Page::People, node.record.id.value.as_str(), self.text(&node.record.title));
            let mut entry = Entry::new(Kind::People, link, self.text(&node.record.summary));
            for member in &node.record.members {
                let more = [member.role.as_ref(), member.position.as_ref()].into_iter().flatten().map(|text| self.text(text));
                entry.say(std::iter::once(member.name.as_str()).chain(more).collect::<Vec<_>>().join(", "));
            }
            entry
        };
        self.site.graph.groups.iter().map(group).collect()
    }

    fn found_key_figures(&self) -> Vec<Entry> {
        let topic = |node: &crate::check::TopicNode<'_>| {
            let link = self.below(Page::KeyFigures, node.record.id.value.as_str(), self.text(&node.record.title));
            let mut entry = Entry::new(Kind::Figures, link, self.text(&node.record.summary));
            entry.context = Some(self.link(Page::KeyFigures).title);
            for figure in &node.record.figures {
                entry.say(format!("{}: {}", self.text(&figure.value), self.text(&figure.definition)));
            }
            entry
        };
        self.site.graph.topics.iter().map(topic).collect()
    }

    fn found_terms(&self) -> Vec<Entry> {
        let term = |node: &crate::check::TermNode<'_>| {
            let link = self.below(Page::Glossary, node.record.id.value.as_str(), self.text(&node.record.term));
            let mut entry = Entry::new(Kind::Terms, link, self.text(&node.record.text));
            entry.forms = node.record.forms[self.locale()].join(" ");
            entry
        };
        self.site.graph.terms.iter().map(term).collect()
    }

    fn found_events(&self) -> Vec<Entry> {
        let event = |(node, anchor): (&crate::check::EventNode<'_>, &String)| {
            let mut entry = Entry::new(Kind::Events, self.below(Page::Timeline, anchor, self.text(&node.record.title)), "");
            entry.context = Some(self.date(node.record.date.value));
            entry.passages = self.plain(&node.text);
            entry
        };
        self.site.graph.events.iter().zip(&self.site.material.event_anchors[self.locale()]).map(event).collect()
    }

    /// The documents, and where they disagree.
    fn found_documents(&self) -> Vec<Entry> {
        let graph = &self.site.graph;
        let document = |record: &&crate::load::record::DocumentRecord| {
            let link = self.below(Page::Sources, record.id.value.as_str(), self.text(&record.title));
            let mut entry = Entry::new(Kind::Documents, link, record.note.as_ref().map_or("", |note| self.text(note)));
            entry.context = Some(format!("{}, {}", self.text(&record.publisher), self.date(record.date)));
            entry.forms = record.short.as_ref().map(|short| self.text(short).to_owned()).unwrap_or_default();
            entry
        };
        let mut entries: Vec<Entry> = graph.documents.iter().map(document).collect();
        if !graph.general_notes.is_empty() {
            let mut notes = Entry::new(Kind::Documents, self.link(Page::Sources), "");
            notes.passages = graph.general_notes.iter().flat_map(|(_, note)| self.plain(&note.text)).collect();
            entries.push(notes);
        }
        entries
    }
}
