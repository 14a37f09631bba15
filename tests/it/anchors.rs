//! The anchors of the built-in templates. `sporbar check` makes no page of a site that has them and none of its own, so none of
//! their anchors may be one that a record brings to the same page.

use std::collections::{BTreeMap, BTreeSet};

use sporbar::check::anchors::{OF_EVERY_PAGE, OF_SOURCES};

use super::here;

/// The ids of records that are anchors as they are written: letters a-z, digits and hyphens. `check::anchors` goes through them.
const OF_RECORDS: [&str; 8] = [
    "{{ change.id }}",
    "{{ chapter.id }}",
    "{{ document.id }}",
    "{{ figure.id }}",
    "{{ group.id }}",
    "{{ kind.id }}",
    "{{ term.id }}",
    "{{ topic.id }}",
];

/// Anchors that are put together, and why none is another one of its page.
const PUT_TOGETHER: [(&str, &str); 16] = [
    ("f-{{ row.initiative.id }}", "behind the one letter stands a strategy; no other anchor of the page begins with it and a hyphen"),
    ("panel-{{ item.id }}", "no other anchor of the page begins with it"),
    ("values-{{ item.id }}", "no other anchor of the page begins with it"),
    ("linked-{{ part.id }}", "no other anchor of the page begins with it"),
    ("unlinked-{{ part.id }}", "no other anchor of the page begins with it"),
    ("outcome-{{ item.outcome }}", "no other anchor of the page begins with it"),
    ("{{ group.anchor }}", "m-r3: a hyphen behind one letter"),
    ("{{ row.proposal.anchor }}", "r3-2: a digit before the first hyphen"),
    ("{{ proposal.anchor }}", "r3-2: a digit before the first hyphen"),
    ("{{ cell.anchor }}", "r3-2.2024-05: the only one of its page with a point"),
    ("{{ trace.cell }}", "r3-2.2024-05: the only one of its page with a point"),
    ("{{ point.anchor }}", "point-12: a number behind a hyphen, and the others of its page have an underscore"),
    ("{{ item.anchor }}", "made of words, with those of every page and of its own page in mind"),
    ("{event.anchor}", "made of words, with those of every page and of its own page in mind"),
    ("s-{{ group.id }}", "no other anchor of the page begins with it"),
    ("{set.id}", "a name of the program's own"),
];

/// The anchors that a template makes, as they are written.
fn anchors(text: &str) -> Vec<&str> {
    let quoted = text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let bare = text.split(" id={").skip(1).map(|rest| &rest[..rest.find('}').unwrap()]);
    // With the braces around it, which stand right before and behind.
    quoted.chain(bare.map(|name| &text[name.as_ptr() as usize - text.as_ptr() as usize - 1..][..name.len() + 2])).collect()
}

#[test]
fn no_anchor_of_a_template_is_one_of_a_record() {
    let mut templates: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(here("themes/default/templates")).unwrap().map(Result::unwrap) {
        templates.insert(entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap());
    }
    let mut known: BTreeSet<&str> = OF_EVERY_PAGE.into_iter().collect();
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, text) in &templates {
        let found = anchors(text);
        let has_records = found.iter().any(|anchor| OF_RECORDS.contains(anchor));
        let own: &[&str] = if name == "sources.html" { &OF_SOURCES } else { &[] };
        for anchor in found {
            used.insert(anchor);
            // No id of a record has an underscore; and `id` is what stands at the place where a part is used.
            let is_apart = anchor.split("{{").next().unwrap().contains('_') || anchor == "{{ id }}";
            let is_put_together = PUT_TOGETHER.iter().any(|(known, _)| *known == anchor);
            let is_of_page = OF_EVERY_PAGE.contains(&anchor) || own.contains(&anchor);
            let is_sound = match name.starts_with('_') {
                true => is_apart || is_put_together || is_of_page,
                false if has_records => is_apart || is_of_page || OF_RECORDS.contains(&anchor),
                false => is_apart || is_put_together || is_of_page || !anchor.contains('{'),
            };
            if !is_sound {
                faults.push(format!("{name} has the anchor {anchor}, which may be another one of its page"));
            }
        }
    }
    known.extend(OF_SOURCES);
    known.extend(OF_RECORDS);
    known.extend(PUT_TOGETHER.map(|(anchor, _)| anchor));
    faults.extend(known.difference(&used).map(|anchor| format!("no template has the anchor {anchor}")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
