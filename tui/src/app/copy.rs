//! What can be copied from where one is, and the menu that offers it. How it reaches the clipboard is left to `drive`.

pub(crate) mod bindings;
pub(crate) mod draw;

use super::grid::Place;
use super::keymap::{Action, Valid, when};
use super::model::{Effect, Model};
use super::overlay::Overlay;
use super::screens::{Screen, Tab};
use super::scroll::stepped;
use fieldpost_common::cell::Cell;
use fieldpost_common::id::SiteName;

/// One thing to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copyable {
    /// The key that copies it at once.
    pub(crate) letter: char,
    /// What it is: `name`.
    pub(crate) what: &'static str,
    pub(crate) text: String,
}

/// The menu; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CopyMenu {
    pub(crate) title: &'static str,
    pub(crate) items: Vec<Copyable>,
    pub(crate) cursor: usize,
}

/// What can be copied from the screen that is shown.
pub(crate) fn copyables(model: &Model) -> Vec<Copyable> {
    let mut items = Vec::new();
    let mut add = |letter, what, text: Option<String>| items.extend(text.map(|text| Copyable { letter, what, text }));
    let grid = &model.grid;
    let Some(place) = place(model) else {
        add('n', "name", site(model).map(ToString::to_string));
        return items;
    };
    let patch = grid.patch(place.patch);
    if model.screens.top().is_none() && !grid.marks.is_empty() {
        let names: Vec<_> = grid.marks.iter().map(ToString::to_string).collect();
        add('m', "names of the marked patches", Some(names.join("\n")));
    }
    add('n', "name", Some(patch.name.to_string()));
    add('s', "site", Some(grid.site(place.site).name.to_string()));
    let (published, at_site) = hashes(model, place);
    add('p', "SHA-256 of what is published", published);
    add('h', "SHA-256 of what the site has", at_site);
    add('i', "issue link", issue_link(model));
    add('d', "command line that compares", command(model, place, "diff", "--site"));
    let verb = doing(&grid.cell(place));
    add('c', "command line that does the same", verb.and_then(|(verb, to)| command(model, place, verb, to)));
    items
}

fn hashes(model: &Model, place: Place) -> (Option<String>, Option<String>) {
    let table = &model.grid.table;
    let published = table.published(place.patch, place.site).and_then(|one| one.sha256);
    (published.map(|sha256| sha256.to_string()), table.has(place.patch, place.site).map(|sha256| sha256.to_string()))
}

/// The cell that the screen is about: the diff's, or the selected one.
fn place(model: &Model) -> Option<Place> {
    match (model.screens.top(), model.screens.tab) {
        (Some(Screen::Diff(diff)), _) => model.grid.find(&diff.patch, diff.site()?),
        (None, Tab::Patches) => model.grid.selected(),
        _ => None,
    }
}

/// The site that the screen is about, where it is about a site alone.
fn site(model: &Model) -> Option<&SiteName> {
    match (model.screens.top(), model.screens.tab) {
        (Some(Screen::Site(page)), _) => Some(&page.name),
        (None, Tab::Sites) => model.sites.selected().map(|site| &site.name),
        (None, Tab::Alerts) => model.alerts.selected().and_then(|one| one.subject.site()),
        _ => None,
    }
}

/// The verb for what the cell's own key would do.
fn doing(cell: &Cell) -> Option<(&'static str, &'static str)> {
    use fieldpost_common::cell::Direction::Forward;
    match (cell.send(), cell.retrieve()) {
        (Some(Forward), _) => Some(("send", "--to")),
        (_, Some(_)) => Some(("retrieve", "--from")),
        _ => None,
    }
}

fn command(model: &Model, place: Place, verb: &str, site: &str) -> Option<String> {
    let grid = &model.grid;
    let name = grid.patch(place.patch).name.as_str();
    let rest = format!("--app {} {site} {}", grid.application()?, grid.site(place.site).name);
    // A name that begins with a dash would be taken for an option.
    let is_like_an_option = name.starts_with('-');
    let name = quoted(name);
    Some(if is_like_an_option { format!("fieldpost {verb} {rest} -- {name}") } else { format!("fieldpost {verb} {name} {rest}") })
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:@%,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The address of the issue of what is selected, where it is one for a browser.
pub(crate) fn issue_link(model: &Model) -> Option<String> {
    let place = place(model)?;
    let issue = model.grid.patch(place.patch).issue.as_ref()?;
    model.grid.settings()?.issue_link(issue).filter(|link| is_web(link))
}

/// Anything else might start a program, or be taken for an option.
fn is_web(link: &str) -> bool {
    let has_scheme = ["https://", "http://"].iter().any(|scheme| link.starts_with(scheme));
    has_scheme && link.chars().all(|c| !c.is_whitespace() && !fieldpost_common::text::is_hidden(c))
}

pub(crate) fn can_copy(model: &Model) -> Valid {
    when(place(model).is_some() || site(model).is_some(), "nothing is selected that could be copied")
}

pub(crate) fn has_issue(model: &Model) -> Valid {
    let issue = place(model).is_some_and(|place| model.grid.patch(place.patch).issue.is_some());
    when(issue, "no issue is known of this patch")?;
    when(issue_link(model).is_some(), "the application has no issue address: `fieldpost app set --issue-url` gives it one")
}

/// Opens the menu.
pub(crate) fn open(model: &mut Model) {
    let items = copyables(model);
    if !items.is_empty() {
        model.overlay = Some(Overlay::Copy(CopyMenu { title: "Copy", items, cursor: 0 }));
    }
}

/// Opens the issue where there is a browser; else shows its address to copy.
pub(crate) fn open_issue(model: &mut Model) -> Vec<Effect> {
    let Some(link) = issue_link(model) else { return Vec::new() };
    if let Some(browser) = model.browser.clone() {
        return vec![Effect::Browse { browser, link }];
    }
    let item = Copyable { letter: 'i', what: "issue link", text: link };
    model.overlay = Some(Overlay::Copy(CopyMenu { title: "No browser here: copy the address", items: vec![item], cursor: 0 }));
    Vec::new()
}

/// Carries out a key of the menu.
pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Overlay::Copy(menu)) = &mut model.overlay else { return Vec::new() };
    match action {
        Action::Accept => {
            let chosen = menu.cursor;
            return copy(model, chosen);
        }
        Action::Decline => model.overlay = None,
        _ => menu.cursor = stepped(menu.cursor, menu.items.len(), menu.items.len(), action),
    }
    Vec::new()
}

/// Takes a letter of the menu.
pub(crate) fn letter(model: &mut Model, letter: char) -> Vec<Effect> {
    let Some(Overlay::Copy(menu)) = &model.overlay else { return Vec::new() };
    match menu.items.iter().position(|item| item.letter == letter) {
        Some(chosen) => copy(model, chosen),
        None => Vec::new(),
    }
}

fn copy(model: &mut Model, chosen: usize) -> Vec<Effect> {
    let Some(Overlay::Copy(mut menu)) = model.overlay.take() else { return Vec::new() };
    let Copyable { what, text, .. } = menu.items.swap_remove(chosen);
    vec![Effect::Copy { what, text }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_survives_the_shell() {
        for (word, expected) in [("a/b-1.st", "a/b-1.st"), ("it's here.st", r"'it'\''s here.st'"), ("$(x)", "'$(x)'")] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn only_web_addresses_go_to_a_browser() {
        assert!(is_web("https://tracker.example/4711"));
        for link in ["file:///etc/passwd", "-remote", "javascript:alert(1)", "https://a b", "https://a\u{202e}b", ""] {
            assert!(!is_web(link), "{link}");
        }
    }
}
