//! What is copied: the menu that offers it, and the issue that a browser opens. What each screen has to offer is left to
//! `copy::things`, how it reaches the clipboard to `drive`.

pub(crate) mod bindings;
pub(crate) mod draw;
mod things;

use super::compare::unified::unified;
use super::keymap::{Action, Valid, when};
use super::model::{Effect, Model};
use super::overlay::Overlay;
use super::screens::Screen;
use super::scroll::stepped;
use things::{issue, things};

/// One thing to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copyable {
    /// The key that copies it at once.
    pub(crate) letter: char,
    /// What it is: `name`.
    pub(crate) what: &'static str,
    pub(crate) text: Text,
}

/// Its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text {
    /// This.
    Known(String),
    /// All of what is shown, which may be long: made when it is copied.
    Shown,
}

/// The menu; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CopyMenu {
    pub(crate) title: &'static str,
    pub(crate) items: Vec<Copyable>,
    pub(crate) cursor: usize,
}

/// The address of the issue of what is selected, where it is one for a browser.
fn issue_link(model: &Model) -> Option<String> {
    let (application, issue) = issue(model)?;
    application?.issue_link(&issue).filter(|link| is_web(link))
}

/// Anything else might start a program, or be taken for an option.
fn is_web(link: &str) -> bool {
    let has_scheme = ["https://", "http://"].iter().any(|scheme| link.starts_with(scheme));
    has_scheme && link.chars().all(|c| !c.is_whitespace() && !fieldpost_common::text::is_hidden(c))
}

pub(crate) fn can_copy(model: &Model) -> Valid {
    when(!things(model).is_empty(), "nothing is shown here that could be copied")
}

pub(crate) fn has_issue(model: &Model) -> Valid {
    when(issue(model).is_some(), "no issue is known of what is selected")?;
    when(issue_link(model).is_some(), "the application has no issue address: `fieldpost app set --issue-url` gives it one")
}

/// Opens the menu.
pub(crate) fn open(model: &mut Model) {
    let items = things(model);
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
    let item = Copyable { letter: 'i', what: "issue link", text: Text::Known(link) };
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
    let text = match text {
        Text::Known(text) => text,
        Text::Shown => shown(model),
    };
    vec![Effect::Copy { what, text }]
}

/// All of what the screen shows a part of.
fn shown(model: &Model) -> String {
    match model.screens.top() {
        Some(Screen::Diff(diff)) => {
            let names = (diff.left.title.as_str(), diff.right.title.as_str());
            diff.text().map_or(String::new(), |(texts, lines)| unified(texts, lines, names))
        }
        Some(Screen::Output(page)) => page.all(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_go_to_a_browser() {
        assert!(is_web("https://tracker.example/4711"));
        for link in ["file:///etc/passwd", "-remote", "javascript:alert(1)", "https://a b", "https://a\u{202e}b", ""] {
            assert!(!is_web(link), "{link}");
        }
    }
}
