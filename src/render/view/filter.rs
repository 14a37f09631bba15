//! What a reader can narrow a page down to, and in which order the rest may stand.
//!
//! In: the site and a language. Out: the choices of a form, whose names are those of the `data-` attributes of the rows
//! and of the address: `?strategy=2024&degree=partial`. Values are ids, the same in every language.

use serde::Serialize;

use super::View;
use crate::check::ThemeId;

/// A form above a list or a table.
#[derive(Serialize)]
pub struct FilterView {
    selects: Vec<Select>,
    /// The unit of the amounts that can be asked for; nothing where there is no such question.
    unit: Option<String>,
    sorts: Vec<&'static str>,
}

/// A choice; the empty value, which the template adds, stands for all.
#[derive(Serialize)]
pub struct Select {
    name: &'static str,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    title: Option<String>,
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    title: String,
}

/// Values and their titles.
pub type Options = Vec<(String, String)>;

impl Select {
    pub fn new(name: &'static str, options: Options) -> Self {
        Select { name, groups: vec![Group { title: None, options: choices(options) }] }
    }

    pub fn grouped(name: &'static str, groups: Vec<(String, Options)>) -> Self {
        let group = |(title, options)| Group { title: Some(title), options: choices(options) };
        Select { name, groups: groups.into_iter().map(group).collect() }
    }

    /// Whether there is anything to choose between.
    fn is_choice(&self) -> bool {
        self.groups.iter().map(|group| group.options.len()).sum::<usize>() > 1
    }
}

fn choices(options: Options) -> Vec<Choice> {
    options.into_iter().map(|(value, title)| Choice { value, title }).collect()
}

impl FilterView {
    pub fn new(selects: Vec<Select>) -> Self {
        FilterView { selects: selects.into_iter().filter(Select::is_choice).collect(), unit: None, sorts: Vec::new() }
    }

    /// The orders to choose between, the one of the page first.
    pub fn sorted_by(self, sorts: Vec<&'static str>) -> Self {
        FilterView { sorts, ..self }
    }

    pub fn with_amounts(self, unit: Option<String>) -> Self {
        FilterView { unit, ..self }
    }
}

impl View<'_, '_> {
    /// A word of the theme; nothing where it lacks it, which is reported elsewhere.
    pub fn word(&self, place: &str) -> String {
        super::word(self.site, self.locale(), place).unwrap_or_default()
    }

    /// Words of a closed list to choose between, whose titles stand below a place of the theme's words.
    pub fn word_options(&self, place: &str, words: &[&str]) -> Options {
        words.iter().map(|word| ((*word).to_owned(), self.word(&format!("{place}.{word}")))).collect()
    }

    /// The strategies to choose between.
    pub fn strategy_options(&self) -> Options {
        let strategies = &self.site.graph.strategies;
        strategies.iter().map(|node| (node.strategy.id.clone(), self.text(&node.strategy.record.title).to_owned())).collect()
    }

    /// The themes that have what is asked for, strategy by strategy.
    pub fn theme_options(&self, wanted: impl Fn(ThemeId) -> bool) -> Vec<(String, Options)> {
        let graph = &self.site.graph;
        let theme = |id: &ThemeId| (self.theme_key(*id), self.text(&graph.themes[id.0].record.title).to_owned());
        let of_strategy = |node: &crate::check::StrategyNode<'_>| -> (String, Options) {
            (self.text(&node.strategy.record.title).to_owned(), node.themes.iter().filter(|id| wanted(**id)).map(theme).collect())
        };
        graph.strategies.iter().map(of_strategy).filter(|(_, themes)| !themes.is_empty()).collect()
    }

    /// The name of a theme in addresses: `2024.eu`.
    pub fn theme_key(&self, id: ThemeId) -> String {
        let theme = &self.site.graph.themes[id.0];
        format!("{}.{}", self.site.graph.strategies[theme.strategy.0].strategy.id, theme.record.id)
    }

    /// The unit that all strategies count in; nothing where they differ.
    pub fn common_unit(&self) -> Option<String> {
        let unit = |at: usize| &self.site.graph.strategies[at].strategy.record.unit;
        let first = (!self.site.graph.strategies.is_empty()).then(|| unit(0))?;
        let alike = |at| unit(at).currency.value == first.currency.value && unit(at).scale.value == first.scale.value;
        (1..self.site.graph.strategies.len()).all(alike).then(|| self.text(&first.label).to_owned())
    }
}
