//! What the documents say besides their initiatives: who is named there, and where it stands on its page.
//!
//! In: a [`Graph`]. Out: points, figures, efforts and groups, found from the other end of each relation, and the anchors of
//! what has no id of its own. Looks up no name and cannot fail.

use std::collections::HashMap;
use std::hash::Hash;

use super::anchor::anchor;
use crate::check::{FigureId, Graph, PointId, StartedId};
use crate::locale::Localized;

/// Something that a document has besides initiatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A numbered point.
    Point(PointId),
    /// A figure.
    Figure(FigureId),
    /// An effort that was already started.
    Started(StartedId),
    /// A council or a working group, as an index into [`Graph::groups`].
    Group(usize),
}

/// The pieces, from the other end of their relations.
pub struct Material {
    /// The points, figures and efforts that name each initiative.
    pub of_initiative: Vec<Vec<Piece>>,
    /// The groups and efforts that each actor has a part in.
    pub of_actor: Vec<Vec<Piece>>,
    /// The figures of each theme.
    pub figures_of_theme: Vec<Vec<FigureId>>,
    /// The efforts of each theme.
    pub started_of_theme: Vec<Vec<StartedId>>,
    /// The anchor of each effort on the page of its theme.
    pub started_anchors: Localized<Vec<String>>,
    /// The anchor of each event on the timeline.
    pub event_anchors: Localized<Vec<String>>,
}

impl Material {
    /// The material of a graph.
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut material = Material {
            of_initiative: vec![Vec::new(); graph.initiatives.len()],
            of_actor: vec![Vec::new(); graph.actors.len()],
            figures_of_theme: vec![Vec::new(); graph.themes.len()],
            started_of_theme: vec![Vec::new(); graph.themes.len()],
            started_anchors: anchors(graph, graph.started.iter().map(|node| (node.theme, &node.record.title))),
            event_anchors: anchors(graph, graph.events.iter().map(|node| ((), &node.record.title))),
        };
        for (at, node) in graph.points.iter().enumerate() {
            node.initiatives.iter().for_each(|id| add(&mut material.of_initiative[id.0], Piece::Point(PointId(at))));
        }
        for (at, node) in graph.figures.iter().enumerate() {
            node.theme.iter().for_each(|theme| material.figures_of_theme[theme.0].push(FigureId(at)));
            node.initiatives.iter().for_each(|id| add(&mut material.of_initiative[id.0], Piece::Figure(FigureId(at))));
        }
        for (at, node) in graph.groups.iter().enumerate() {
            node.members.iter().chain([&node.actor]).flatten().for_each(|id| add(&mut material.of_actor[id.0], Piece::Group(at)));
        }
        for (at, node) in graph.started.iter().enumerate() {
            node.theme.iter().for_each(|theme| material.started_of_theme[theme.0].push(StartedId(at)));
            node.initiatives.iter().for_each(|id| add(&mut material.of_initiative[id.0], Piece::Started(StartedId(at))));
            node.actors.iter().for_each(|id| add(&mut material.of_actor[id.0], Piece::Started(StartedId(at))));
        }
        material
    }
}

/// Adds a piece once, although it may name whom it names twice.
fn add(list: &mut Vec<Piece>, piece: Piece) {
    if list.last() != Some(&piece) {
        list.push(piece);
    }
}

/// The anchors of titles in every language, each title with the page it stands on; those of one page differ.
fn anchors<'g, P: Hash + Eq>(graph: &Graph<'g>, titles: impl Iterator<Item = (P, &'g Localized<String>)> + Clone) -> Localized<Vec<String>> {
    Localized::from_fn(&graph.content.languages, |locale| {
        let mut pages: HashMap<P, HashMap<String, usize>> = HashMap::new();
        titles.clone().map(|(page, title)| anchor(&title[locale], pages.entry(page).or_default())).collect()
    })
}
