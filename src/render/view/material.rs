//! Figures, points, people, key figures, terms and events; and where the material of a document touches a record.
//!
//! In: the records of a document’s material. Out: what their templates see, each with its citations. Compares no figure with another.

use serde::Serialize;

use super::known::Shown;
use super::{CiteView, InitiativeRef, LinkView, MentionView, NoteView, View};
use crate::check::{ActorId, Cite, FigureId, InitiativeId, PointId, StartedId, StrategyId, ThemeId};
use crate::load::value::{ChapterKind, FigureKind};
use crate::model::material::Piece;
use crate::model::{Page, address};
use crate::render::chart;
use crate::render::markdown::Block;

/// A piece of a chapter: running text, or a figure.
#[derive(Serialize)]
pub struct BlockView {
    html: Option<String>,
    figure: Option<FigureView>,
}

#[derive(Serialize)]
pub struct FigureView {
    id: String,
    url: String,
    title: String,
    kind: FigureKind,
    unit: Option<String>,
    columns: Vec<String>,
    rows: Vec<FigureRowView>,
    caption: String,
    source: Option<String>,
    theme: Option<LinkView>,
    initiatives: Vec<Shown<InitiativeRef>>,
    cites: Vec<CiteView>,
    source_notes: Vec<NoteView>,
    mentions: Vec<MentionView>,
}

#[derive(Serialize)]
struct FigureRowView {
    label: String,
    cells: Vec<FigureCellView>,
}

#[derive(Serialize)]
struct FigureCellView {
    value: Option<String>,
    /// Length of the bar, in hundredths of the longest.
    share: Option<String>,
}

#[derive(Serialize)]
pub struct FiguresView {
    documents: Vec<FiguresOf>,
}

#[derive(Serialize)]
struct FiguresOf {
    title: String,
    figures: Vec<FigureView>,
}

#[derive(Serialize)]
pub struct PointsView {
    strategy: LinkView,
    sections: Vec<SectionView>,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
struct SectionView {
    label: String,
    title: String,
    theme: Option<LinkView>,
    points: Vec<PointView>,
}

#[derive(Serialize)]
struct PointView {
    number: String,
    anchor: String,
    html: String,
    initiatives: Vec<Shown<InitiativeRef>>,
}

#[derive(Serialize)]
pub struct PeopleView {
    groups: Vec<GroupView>,
}

#[derive(Serialize)]
struct GroupView {
    id: String,
    title: String,
    summary: String,
    actor: Option<LinkView>,
    members: Vec<MemberView>,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
struct MemberView {
    name: String,
    role: Option<String>,
    /// What stands before the name of the actor, the name, and what stands after it; without the name all is before it.
    position: Option<[String; 3]>,
    actor: Option<LinkView>,
}

#[derive(Serialize)]
pub struct KeyFiguresView {
    topics: Vec<TopicView>,
}

#[derive(Serialize)]
struct TopicView {
    id: String,
    title: String,
    summary: String,
    figures: Vec<KeyFigureView>,
}

#[derive(Serialize)]
struct KeyFigureView {
    value: String,
    /// Nothing where the document states none.
    year: Option<String>,
    definition: String,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
pub struct GlossaryView {
    terms: Vec<TermView>,
}

#[derive(Serialize)]
struct TermView {
    id: String,
    term: String,
    text: String,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
pub struct TimelineView<'c> {
    events: Vec<EventView<'c>>,
}

#[derive(Serialize)]
struct EventView<'c> {
    anchor: &'c str,
    date: String,
    iso: String,
    title: String,
    html: String,
    cites: Vec<CiteView>,
}

#[derive(Serialize)]
pub struct StartedView {
    pub anchor: String,
    pub title: String,
    pub summary: String,
    actors: Vec<LinkView>,
    initiatives: Vec<Shown<InitiativeRef>>,
    cites: Vec<CiteView>,
}

/// The chapters of a section by what they are.
#[derive(Serialize, Default)]
pub struct ChaptersView {
    chapters: Vec<super::sources::ChapterLink>,
    cases: Vec<super::sources::ChapterLink>,
    boxes: Vec<super::sources::ChapterLink>,
}

impl View<'_, '_> {
    pub fn block(&self, block: Block) -> BlockView {
        match block {
            Block::Html(html) => BlockView { html: Some(html), figure: None },
            Block::Figure(id) => BlockView { html: None, figure: Some(self.figure(id)) },
        }
    }

    pub fn figure(&self, id: FigureId) -> FigureView {
        let node = &self.site.graph.figures[id.0];
        let record = &node.figure.record;
        let link = self.target(crate::check::Link::Figure(id));
        let values = record.rows.iter().flat_map(|row| &row.values).filter_map(|value| value.value.0);
        let most = values.map(|amount| amount.0.abs()).max().unwrap_or_default();
        let cell = |value: &crate::source::Spanned<crate::load::record::material::FigureValue>| {
            let amount = value.value.0.map(|amount| amount.0);
            FigureCellView {
                value: amount.map(|amount| self.language.formatter.number(amount)),
                share: amount.filter(|_| !most.is_zero()).map(|amount| chart::length(chart::share(amount.abs(), most))),
            }
        };
        FigureView {
            id: node.figure.id.clone(),
            url: link.map(|link| link.url).unwrap_or_default(),
            title: self.text(&record.title).to_owned(),
            kind: record.kind,
            unit: record.unit.as_ref().map(|unit| self.text(unit).to_owned()),
            columns: record.columns.iter().map(|column| self.text(column).to_owned()).collect(),
            rows: record
                .rows
                .iter()
                .map(|row| FigureRowView { label: self.text(&row.label).to_owned(), cells: row.values.iter().map(cell).collect() })
                .collect(),
            caption: self.words(&record.caption),
            source: record.source.as_ref().map(|source| self.words(source)),
            theme: node.theme.map(|theme| self.link(Page::Theme(theme))),
            initiatives: self.shown_initiatives(&node.initiatives),
            cites: self.cites(&node.cites),
            source_notes: self.notes(&node.source_notes),
            mentions: self.mentions(&self.site.mentions_of_figure[id.0]),
        }
    }

    pub fn shown_initiatives(&self, ids: &[InitiativeId]) -> Vec<Shown<InitiativeRef>> {
        ids.iter().map(|id| self.shown_initiative(*id)).collect()
    }

    pub fn figures(&self) -> FiguresView {
        let graph = &self.site.graph;
        let of = |at: usize| {
            let here = graph.figures.iter().enumerate().filter(|(_, node)| node.cites.first().is_some_and(|cite| cite.document.0 == at));
            let figures: Vec<FigureView> = here.map(|(at, _)| self.figure(FigureId(at))).collect();
            FiguresOf { title: self.text(&graph.documents[at].title).to_owned(), figures }
        };
        FiguresView { documents: (0..graph.documents.len()).map(of).filter(|of| !of.figures.is_empty()).collect() }
    }

    /// Address and name of a point.
    pub fn point_link(&self, id: PointId) -> LinkView {
        let word = super::word(self.site, self.locale(), "points.label").unwrap_or_default();
        LinkView { url: self.point_url(id), title: word.replace("{number}", &self.site.graph.points[id.0].record.number.to_string()) }
    }

    /// Address of a point.
    pub fn point_url(&self, id: PointId) -> String {
        let node = &self.site.graph.points[id.0];
        let anchor = address::point_anchor(self.site, node.record.number.value, self.locale());
        [&address::path(self.site, Page::Points(node.strategy), self.locale()), "#", &anchor].concat()
    }

    pub fn points(&self, id: StrategyId) -> PointsView {
        let graph = &self.site.graph;
        let point = |id: &PointId| {
            let node = &graph.points[id.0];
            PointView {
                number: node.record.number.to_string(),
                anchor: address::point_anchor(self.site, node.record.number.value, self.locale()),
                html: self.html(&node.text),
                initiatives: self.shown_initiatives(&node.initiatives),
            }
        };
        let sections = graph.sections.iter().filter(|section| section.strategy == id).map(|section| SectionView {
            label: section.record.label.clone(),
            title: self.text(&section.record.title).to_owned(),
            theme: section.theme.map(|theme| self.link(Page::Theme(theme))),
            points: section.points.iter().map(point).collect(),
        });
        PointsView { strategy: self.link(Page::Strategy(id)), sections: sections.collect(), cites: self.cites(&graph.strategies[id.0].points_cites) }
    }

    pub fn people(&self) -> PeopleView {
        let graph = &self.site.graph;
        let groups = graph.groups.iter().map(|node| GroupView {
            id: node.record.id.to_string(),
            title: self.text(&node.record.title).to_owned(),
            summary: self.words(&node.record.summary),
            actor: node.actor.map(|actor| self.link(Page::Actor(actor))),
            members: node
                .record
                .members
                .iter()
                .zip(&node.members)
                .map(|(member, actor)| {
                    let actor = actor.map(|actor| self.link(Page::Actor(actor)));
                    let position = member.position.as_ref().map(|position| {
                        let text = self.text(position);
                        // Its name may have an abbreviation or an explanation behind it.
                        let title = actor.as_ref().map_or("", |actor| &actor.title);
                        let names = [title, title.split(" (").next().unwrap_or_default()];
                        let named = names.into_iter().filter(|name| !name.is_empty());
                        match named.filter_map(|name| text.split_once(name).map(|(before, after)| [before, name, after])).next() {
                            Some(parts) => parts.map(str::to_owned),
                            None => [text.to_owned(), String::new(), String::new()],
                        }
                    });
                    MemberView { name: member.name.clone(), role: member.role.as_ref().map(|role| self.text(role).to_owned()), position, actor }
                })
                .collect(),
            cites: self.cites(&node.cites),
        });
        PeopleView { groups: groups.collect() }
    }

    pub fn key_figures(&self) -> KeyFiguresView {
        let topics = self.site.graph.topics.iter().map(|node| TopicView {
            id: node.record.id.to_string(),
            title: self.text(&node.record.title).to_owned(),
            summary: self.words(&node.record.summary),
            figures: node
                .record
                .figures
                .iter()
                .zip(&node.cites)
                .map(|(figure, cites)| KeyFigureView {
                    value: self.text(&figure.value).to_owned(),
                    year: Some(figure.year.clone()).filter(|year| year != "not-stated"),
                    definition: self.words(&figure.definition),
                    cites: self.cites(cites),
                })
                .collect(),
        });
        KeyFiguresView { topics: topics.collect() }
    }

    pub fn glossary(&self) -> GlossaryView {
        let mut terms: Vec<TermView> = self
            .site
            .graph
            .terms
            .iter()
            .map(|node| TermView {
                id: node.record.id.to_string(),
                term: self.text(&node.record.term).to_owned(),
                text: self.words(&node.record.text),
                cites: self.cites(&node.cites),
            })
            .collect();
        terms.sort_by(|a, b| self.language.formatter.compare(&a.term, &b.term));
        GlossaryView { terms }
    }

    pub fn timeline(&self) -> TimelineView<'_> {
        let events = self.site.graph.events.iter().zip(&self.site.material.event_anchors[self.locale()]).map(|(node, anchor)| EventView {
            anchor,
            date: self.date(node.record.date.value),
            iso: node.record.date.value.to_string(),
            title: self.text(&node.record.title).to_owned(),
            html: self.html(&node.text),
            cites: self.cites(&node.cites),
        });
        TimelineView { events: events.collect() }
    }

    fn started_view(&self, id: StartedId) -> StartedView {
        let node = &self.site.graph.started[id.0];
        StartedView {
            anchor: self.site.material.started_anchors[self.locale()][id.0].clone(),
            title: self.text(&node.record.title).to_owned(),
            summary: self.words(&node.record.summary),
            actors: node.actors.iter().map(|actor| self.link(Page::Actor(*actor))).collect(),
            initiatives: self.shown_initiatives(&node.initiatives),
            cites: self.cites(&node.cites),
        }
    }

    /// What a theme lists as already started.
    pub fn started(&self, theme: ThemeId) -> Vec<StartedView> {
        self.site.material.started_of_theme[theme.0].iter().map(|id| self.started_view(*id)).collect()
    }

    /// The figures that belong to a theme.
    pub fn figures_of_theme(&self, theme: ThemeId) -> Vec<LinkView> {
        self.site.material.figures_of_theme[theme.0].iter().filter_map(|id| self.target(crate::check::Link::Figure(*id))).collect()
    }

    /// The chapters that a condition picks, by what they are.
    pub fn chapters_by_kind(&self, pick: impl Fn(&crate::check::ChapterNode<'_>) -> bool) -> ChaptersView {
        let of = |kind| self.chapter_links(&self.chapters_of(|node| node.kind == kind && pick(node)));
        ChaptersView { chapters: of(ChapterKind::Chapter), cases: of(ChapterKind::Case), boxes: of(ChapterKind::Box) }
    }

    /// The points, figures and started efforts that name an initiative.
    pub fn material_of_initiative(&self, id: InitiativeId) -> Vec<MentionView> {
        self.site.material.of_initiative[id.0].iter().filter_map(|piece| self.mention(*piece, None)).collect()
    }

    /// The groups and the started efforts that an actor has a part in.
    pub fn material_of_actor(&self, id: ActorId) -> Vec<MentionView> {
        self.site.material.of_actor[id.0].iter().filter_map(|piece| self.mention(*piece, Some(id))).collect()
    }

    /// Where a piece is shown, and the work that has it; of a group, with those of its people who are of an actor.
    fn mention(&self, piece: Piece, of: Option<ActorId>) -> Option<MentionView> {
        let graph = &self.site.graph;
        let document = |cites: &[Cite<'_>]| cites.first().map(|cite| self.text(&graph.documents[cite.document.0].title).to_owned());
        let (LinkView { url, title }, context) = match piece {
            Piece::Point(id) => (self.point_link(id), Some(self.strategy_title(graph.points[id.0].strategy))),
            Piece::Figure(id) => (self.target(crate::check::Link::Figure(id))?, document(&graph.figures[id.0].cites)),
            Piece::Started(id) => {
                let node = &graph.started[id.0];
                let theme = node.theme?;
                let url = format!("{}#{}", self.link(Page::Theme(theme)).url, self.site.material.started_anchors[self.locale()][id.0]);
                (LinkView { url, title: self.text(&node.record.title).to_owned() }, Some(self.strategy_title(graph.themes[theme.0].strategy)))
            }
            Piece::Group(at) => {
                let node = &graph.groups[at];
                let people = node.record.members.iter().zip(&node.members).filter(|(_, actor)| actor.is_some() && **actor == of);
                let names: Vec<&str> = people.filter(|(member, _)| member.position.is_some()).map(|(member, _)| member.name.as_str()).collect();
                let title = self.text(&node.record.title);
                let title = if names.is_empty() { title.to_owned() } else { format!("{title} ({})", names.join(", ")) };
                (LinkView { url: format!("{}#{}", self.link(Page::People).url, node.record.id), title }, document(&node.cites))
            }
        };
        Some(MentionView { url, title, context: Some(context?) })
    }
}
