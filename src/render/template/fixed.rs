//! What stands on every page of a language alike: the foot, and the menu with the entry that a page belongs to.
//!
//! In: the theme and what the pages of a language share. Out: `menu_html` and `foot_html`, rendered once for a section or a
//! language instead of for every page, which took a twentieth of a build. Never keeps a fault: what cannot be rendered here is
//! rendered again by its pages, and so is the menu of a page of no section.

use serde_json::json;
use tera::{Context, Tera, TeraResult, Value};

use super::PageView;

/// What is rendered for a language, as far as it can be.
pub struct Fixed {
    menus: Vec<Menus>,
    foot: Option<Value>,
}

/// The menu as the pages of a section show it.
struct Menus {
    section: &'static str,
    /// Where the entry of the section leads.
    url: String,
    /// On the page that the entry leads to.
    there: Option<Value>,
    /// On the others.
    elsewhere: Option<Value>,
}

impl Fixed {
    /// What the pages of a language have in common; `entries` are the sections of the menu and where they lead.
    pub fn new(tera: &Tera, shared: &Context, entries: impl Iterator<Item = (&'static str, String)>) -> Self {
        let menus = entries.map(|(section, url)| {
            let [there, elsewhere] = [url.as_str(), ""].map(|url| menu(tera, shared, section, url).ok());
            Menus { section, url, there, elsewhere }
        });
        Fixed { menus: menus.collect(), foot: foot(tera, shared).ok() }
    }

    /// Gives a page its menu and its foot.
    pub fn give(&self, tera: &Tera, page: &PageView, context: &mut Context) -> TeraResult<()> {
        let menus = self.menus.iter().find(|menus| menus.section == page.section);
        let known = menus.and_then(|menus| if menus.url == page.url { menus.there.clone() } else { menus.elsewhere.clone() });
        context.insert_value("menu_html", known.map_or_else(|| menu(tera, context, page.section, &page.url), Ok)?);
        context.insert_value("foot_html", self.foot.clone().map_or_else(|| foot(tera, context), Ok)?);
        Ok(())
    }
}

/// The menu of a page of a section; of the page itself it needs to know only whether an entry leads to it.
fn menu(tera: &Tera, shared: &Context, section: &str, url: &str) -> TeraResult<Value> {
    let mut context = shared.clone();
    context.insert("page", &json!({ "section": section, "url": url }));
    Ok(Value::safe_string(&tera.render("_menu.html", &context)?))
}

fn foot(tera: &Tera, shared: &Context) -> TeraResult<Value> {
    Ok(Value::safe_string(&tera.render("_foot.html", shared)?))
}
