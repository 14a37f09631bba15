//! The anchors of the built-in templates. `sporbar check` makes no page of a site that has them and none of its own, so none of
//! their anchors may be one that a record brings to the same page.

use std::collections::{BTreeMap, BTreeSet};

use sporbar::check::anchors::{OF_EVERY_PAGE, OF_SOURCES};

use super::here;

/// The ids of records that are anchors as they are written: letters a-z, digits and hyphens. `check::anchors` goes through them.
const OF_RECORDS: [&str; 8] =
    ["{{ change.id }}", "{{ chapter.id }}", "{{ document.id }}", "{{ figure.id }}", "{{ group.id }}", "{{ kind.id }}", "{{ term.id }}", "{{ topic.id }}"];

/// The templates of pages with anchors that are made of any words: of headings, efforts, events. Those of every page are left out.
const WITH_WORDS: [&str; 3] = ["chapter.html", "theme.html", "timeline.html"];
const OF_WORDS: [&str; 2] = ["{{ item.anchor }}", "{event.anchor}"];

/// Anchors that are put together, and why no other one of their page is the same. No other begins like one with words before it.
const PUT_TOGETHER: [(&str, &str); 14] = [
    ("f-{{ row.initiative.id }}", ""),
    ("panel-{{ item.id }}", ""),
    ("values-{{ item.id }}", ""),
    ("linked-{{ part.id }}", ""),
    ("unlinked-{{ part.id }}", ""),
    ("outcome-{{ item.outcome }}", ""),
    ("s-{{ group.id }}", ""),
    ("{{ group.anchor }}", "m-r3: no letters alone after the hyphen"),
    ("{{ row.proposal.anchor }}", "r3-2: a digit before the first hyphen"),
    ("{{ proposal.anchor }}", "r3-2: a digit before the first hyphen"),
    ("{{ cell.anchor }}", "r3-2.2024-05: a point"),
    ("{{ trace.cell }}", "r3-2.2024-05: a point"),
    ("{{ point.anchor }}", "point-12: a number behind a hyphen"),
    ("{set.id}", "a name of the program's own"),
];

/// The anchors that a template makes, as they are written.
fn anchors(text: &str) -> Vec<&str> {
    let at = text.match_indices("id=").filter(|(at, _)| text[..*at].ends_with(char::is_whitespace)).map(|(at, sign)| at + sign.len());
    let anchor = |at: usize| match text[at..].split_at(1) {
        ("\"", rest) => rest.split('"').next().unwrap(),
        ("{", rest) => &text[at..at + rest.find('}').unwrap() + 2],
        _ => panic!("an id is written `id=\"…\"`: {}", text[at..].lines().next().unwrap()),
    };
    at.map(anchor).collect()
}

#[test]
fn no_anchor_of_a_template_is_one_of_a_record() {
    let mut templates: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(here("themes/default/templates")).unwrap().map(Result::unwrap) {
        templates.insert(entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap());
    }
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, text) in &templates {
        let found = anchors(text);
        let has_any_name = found.iter().any(|anchor| OF_RECORDS.contains(anchor)) || WITH_WORDS.contains(&name.as_str()) || name.starts_with('_');
        let own: &[&str] = if name == "sources.html" { &OF_SOURCES } else { &[] };
        for (at, anchor) in found.iter().copied().enumerate() {
            used.insert(anchor);
            let before = anchor.split('{').next().unwrap();
            // No id of a record and no word has an underscore; and `id` is what stands at the place where a part is used.
            let is_apart = before.contains('_') || anchor == "{{ id }}" && name == "_parts.html";
            let is_put_together = PUT_TOGETHER.iter().any(|(known, _)| *known == anchor);
            let is_of_page = OF_EVERY_PAGE.contains(&anchor) || own.contains(&anchor);
            let is_any_name = has_any_name && (OF_RECORDS.contains(&anchor) || OF_WORDS.contains(&anchor));
            if !(is_apart || is_put_together || is_of_page || is_any_name || !has_any_name && before == anchor) {
                faults.push(format!("{name} has the anchor {anchor}, which may be another one of its page"));
            }
            // What an underscore stands in is filled in by the program, with names of its own.
            let is_like = |other: &str| other == anchor || !is_apart && !before.is_empty() && before != anchor && other.starts_with(before);
            if found.iter().enumerate().any(|(other, another)| other != at && is_like(another)) {
                faults.push(format!("{name} has the anchor {anchor}, and another one like it"));
            }
        }
    }
    let known = OF_EVERY_PAGE.into_iter().chain(OF_SOURCES).chain(OF_RECORDS).chain(OF_WORDS).chain(PUT_TOGETHER.map(|(anchor, _)| anchor));
    faults.extend(known.filter(|anchor| !used.contains(anchor)).map(|anchor| format!("no template has the anchor {anchor}")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
