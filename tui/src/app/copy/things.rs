//! What can be copied from each screen, and which issue it is about.

use super::{Copyable, Text};
use crate::app::commands;
use crate::app::diff::{DiffView, Of, Side};
use crate::app::errors;
use crate::app::grid::Place;
use crate::app::model::{Apps, Model};
use crate::app::screens::{Screen, Tab};
use fieldpost_common::api::{AppSettings, CommandInfo};
use fieldpost_common::cell::Cell;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;

/// What is offered; empty where nothing is selected.
#[derive(Default)]
struct Things(Vec<Copyable>);

impl Things {
    fn add(&mut self, letter: char, what: &'static str, text: Option<String>) {
        self.0.extend(text.map(|text| Copyable { letter, what, text: Text::Known(text) }));
    }

    fn add_shown(&mut self, letter: char, what: &'static str) {
        self.0.push(Copyable { letter, what, text: Text::Shown });
    }
}

/// What can be copied from the screen that is shown.
pub(super) fn things(model: &Model) -> Vec<Copyable> {
    let mut things = Things::default();
    match (model.screens.top(), model.screens.tab) {
        (Some(Screen::Diff(diff)), _) => diffs(model, diff, &mut things),
        (Some(Screen::History(view)), _) => {
            things.add('n', "name", Some(view.patch().to_string()));
            things.add('h', "SHA-256 of the revision", view.selected().map(|one| one.sha256.to_string()));
            things.add('i', "issue link", super::issue_link(model));
        }
        (Some(Screen::Error(_)), _) | (None, Tab::Errors) => of_error(model, &mut things),
        (Some(Screen::Output(page)), _) => {
            of_command(page.command(), &mut things);
            if page.text().is_some() {
                things.add_shown('o', "all that came");
            }
        }
        (Some(Screen::Commands), _) => {
            if let Some(command) = commands::bindings::command(model) {
                of_command(command, &mut things);
            }
        }
        (None, Tab::Activity) => {
            let entry = model.activity.selected();
            things.add('w', "what happened, in words", entry.map(crate::app::activity::line::sentence));
            things.add('h', "SHA-256 of the content", entry.and_then(|one| one.sha256).map(|sha256| sha256.to_string()));
        }
        _ => match place(model) {
            Some(place) => of_cell(model, place, &mut things),
            None => things.add('n', "name", site(model).map(ToString::to_string)),
        },
    }
    things.0
}

/// The cell that the screen is about: the merge's, or the selected one.
fn place(model: &Model) -> Option<Place> {
    match (model.screens.top(), model.screens.tab) {
        (Some(Screen::Conflict(view)), _) => model.grid.find(&view.patch, &view.site),
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

fn of_cell(model: &Model, place: Place, things: &mut Things) {
    let grid = &model.grid;
    let patch = grid.patch(place.patch);
    if model.screens.top().is_none() && !grid.marks.is_empty() {
        let names: Vec<_> = grid.marks.iter().map(ToString::to_string).collect();
        things.add('m', "names of the marked patches", Some(names.join("\n")));
    }
    things.add('n', "name", Some(patch.name.to_string()));
    things.add('s', "site", Some(grid.site(place.site).name.to_string()));
    let (published, at_site) = hashes(model, place);
    things.add('p', "SHA-256 of what is published", published);
    things.add('h', "SHA-256 of what the site has", at_site);
    things.add('i', "issue link", super::issue_link(model));
    things.add('d', "command line that compares", command(model, place, "diff", "--site"));
    let verb = doing(&grid.cell(place));
    things.add('c', "command line that does the same", verb.and_then(|(verb, to)| command(model, place, verb, to)));
}

fn diffs(model: &Model, diff: &DiffView, things: &mut Things) {
    if diff.text().is_some() {
        things.add_shown('u', "the diff");
    }
    let place = diff.site().and_then(|site| model.grid.find(&diff.patch, site));
    if let (Some(place), Of::Cell { .. }) = (place, &diff.of) {
        return of_cell(model, place, things);
    }
    let hash = |side: &Side| side.sha256.map(|sha256| sha256.to_string());
    things.add('n', "name", Some(diff.patch.to_string()));
    things.add('b', "SHA-256 of what was before", hash(&diff.left));
    things.add('a', "SHA-256 of what came after", hash(&diff.right));
    things.add('i', "issue link", super::issue_link(model));
}

fn of_error(model: &Model, things: &mut Things) {
    let Some(one) = errors::bindings::group(model) else { return };
    things.add('n', "what it says", Some(errors::line::what(one)));
    things.add('f', "where it happens", one.top_frame.as_ref().map(ToString::to_string));
    things.add('i', "issue link", super::issue_link(model));
    things.add('p', "name of the patch that fixes it", one.fixed_by.as_ref().map(ToString::to_string));
    things.add('c', "command line that shows it", Some(format!("fieldpost errors show {}", one.id)));
}

fn of_command(command: &CommandInfo, things: &mut Things) {
    things.add('s', "site", Some(command.site.to_string()));
    things.add('w', "what was asked, in words", Some(commands::line::wish(command)));
    things.add('c', "command line that shows it", Some(format!("fieldpost command {} output {}", command.site, command.id)));
}

/// The issue of what the screen is about, and the application whose tracker has it.
pub(super) fn issue(model: &Model) -> Option<(Option<&AppSettings>, Issue)> {
    let of_patch = |patch: &PatchName| {
        let row = model.grid.table.grid.patches.iter().find(|row| row.name == *patch)?;
        Some((model.grid.settings(), row.issue.clone()?))
    };
    match (model.screens.top(), model.screens.tab) {
        (Some(Screen::Diff(diff)), _) => of_patch(&diff.patch),
        (Some(Screen::Conflict(view)), _) => of_patch(&view.patch),
        (Some(Screen::History(view)), _) => of_patch(view.patch()),
        (None, Tab::Patches) => of_patch(&model.grid.patch(model.grid.selected()?.patch).name),
        (Some(Screen::Error(_)), _) | (None, Tab::Errors) => {
            let one = errors::bindings::group(model)?;
            Some((settings(model, &one.application), one.issue.as_ref()?.as_str().parse().ok()?))
        }
        (None, Tab::Activity) => of_patch(model.activity.selected()?.patch.as_ref()?),
        _ => None,
    }
}

fn settings<'a>(model: &'a Model, application: &AppName) -> Option<&'a AppSettings> {
    let Apps::Read(apps) = &model.apps else { return None };
    apps.iter().find(|one| one.name == *application)
}

fn hashes(model: &Model, place: Place) -> (Option<String>, Option<String>) {
    let table = &model.grid.table;
    let published = table.published(place.patch, place.site).and_then(|one| one.sha256);
    (published.map(|sha256| sha256.to_string()), table.has(place.patch, place.site).map(|sha256| sha256.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_survives_the_shell() {
        for (word, expected) in [("a/b-1.st", "a/b-1.st"), ("it's here.st", r"'it'\''s here.st'"), ("$(x)", "'$(x)'")] {
            assert_eq!(quoted(word), expected);
        }
    }
}
