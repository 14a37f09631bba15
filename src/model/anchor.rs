//! Names for places on a page that have no id of their own.
//!
//! In: titles, in the order of the page. Out: an anchor of the words of each, which no other place on the page has. It changes
//! with the title; what must last has an id in its record.

use std::collections::HashMap;

use crate::check::anchors::OF_EVERY_PAGE;

/// Most letters of an anchor that is made of words.
const LONGEST: usize = 80;

/// An anchor of letters and digits from a title, different from the earlier ones on its page.
pub fn anchor(title: &str, earlier: &mut HashMap<String, usize>) -> String {
    let slug = slug(title);
    let slug = if slug.is_empty() { "section" } else { &slug };
    let mut number = earlier.get(slug).copied().unwrap_or(1);
    let id = loop {
        let candidate = if number == 1 { slug.to_owned() } else { format!("{slug}-{number}") };
        number += 1;
        if !OF_EVERY_PAGE.contains(&candidate.as_str()) && !earlier.contains_key(&candidate) {
            break candidate;
        }
    };
    // Where the words themselves were free, the id is their entry.
    earlier.insert(id.clone(), 2);
    earlier.insert(slug.to_owned(), number);
    id
}

/// The words of a title with hyphens between, as many as have room.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for word in title.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !slug.is_empty() {
            if slug.chars().count() + word.chars().count() >= LONGEST {
                break;
            }
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST));
    }
    slug
}
