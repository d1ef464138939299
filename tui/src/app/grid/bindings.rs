//! The keys of the patches screen, and when each can do something.

use super::Place;
use crate::app::act::is_told;
use crate::app::keymap::{Action as A, Binding, Valid, always, answers, bind, ch, ctrl, key, when};
use crate::app::model::{Apps, Model};
use crossterm::event::KeyCode as K;
use fieldpost_common::cell::{Cell, Standing};

pub(crate) const GRID: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "open the cell: compare, choose, or say why", can_open),
    bind(&[ch('+')], A::SendNew, "send", "send what is published to where it never was", can_send),
    bind(&[ch('>')], A::SendUpdate, "send", "send what is published to where it is missing or older", can_send),
    bind(&[ch('R')], A::RunHook, "", "run the site's hook again for what is in place", can_run_hook),
    bind(&[ch('<')], A::Retrieve, "retrieve", "look at the site's content and publish it", can_retrieve),
    bind(&[ch('d')], A::Diff, "diff", "compare what is published with what the site has", has_cell),
    bind(&[ch('m')], A::Merge, "", "merge what was changed on both sides, three-way", can_merge),
    bind(&[ch('e')], A::ErrorsSince, "", "what was reported from this site since the patch came there", has_cell),
    bind(&[ch('H')], A::History, "", "all revisions of the patch", has_rows),
    bind(&[ch('=')], A::Look, "", "look at the content and what is known of it", has_cell),
    bind(&[ch('p')], A::Publish, "publish", "publish this content for other versions", can_publish),
    bind(&[ch('D'), key(K::Delete)], A::Remove, "", "have the site remove the patch", can_remove),
    bind(&[ch('u')], A::Undo, "", "undo what you did last", has_done),
    bind(&[ch('x')], A::Cancel, "take back", "take back the order that is on its way", can_cancel),
    bind(&[ch(' ')], A::Mark, "mark", "mark the patch and go on to the next", has_rows),
    bind(&[ch('V')], A::Range, "", "mark a range: once at its start, once at its end", has_rows),
    bind(&[ctrl('a')], A::MarkAll, "", "mark all shown patches, or none", has_rows),
    bind(&[ch('*')], A::Invert, "", "mark the shown patches that are not marked, and unmark the others", has_rows),
    bind(&[ch('c')], A::MarkSite, "", "mark the site, so that bulk sends go to marked sites only", has_rows),
    bind(&[ch('/')], A::Filter, "filter", "show what matches name, issue or author; @text: only such sites", has_patches),
    bind(&[ch('n')], A::NextNeed, "", "to the next cell that needs a person", has_rows),
    bind(&[ch('N')], A::PreviousNeed, "", "to the one before it", has_rows),
    bind(&[ch('S')], A::Sort, "", "sort the patches by name, last change, issue or what is worst", has_rows),
    bind(&[ch('a')], A::PickApp, "app", "choose the application", has_apps),
    bind(&[ch('v')], A::PickVersion, "version", "show one version only", has_versions),
    bind(&[ch('s')], A::PickGroup, "sites", "show one group of sites only", has_groups),
    bind(&[ch('h'), key(K::Left)], A::Left, "", "one site to the left", has_rows),
    bind(&[ch('l'), key(K::Right)], A::Right, "", "one site to the right", has_rows),
    bind(&[key(K::Home)], A::First, "", "the first site", has_rows),
    bind(&[key(K::End)], A::Last, "", "the last site", has_rows),
    bind(&[key(K::Esc)], A::Back, "", "end the range, the filter, the marks: one at a time", always),
    bind(&[ch('q')], A::Quit, "", "quit", always),
];

pub(crate) const FILTER: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "keep", "keep the filter", always),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "clear", "show everything again", always),
    bind(&[key(K::Up)], A::Up, "", "one up", always),
    bind(&[key(K::Down)], A::Down, "", "one down", always),
];

fn selected(model: &Model) -> Option<(Place, Cell)> {
    let place = model.grid.selected()?;
    Some((place, model.grid.cell(place)))
}

fn has_rows(model: &Model) -> Valid {
    when(!model.grid.rows.is_empty(), "no patch is shown")
}

fn has_patches(model: &Model) -> Valid {
    when(!model.grid.table.grid.patches.is_empty(), "there is no patch yet")
}

fn has_apps(model: &Model) -> Valid {
    when(matches!(&model.apps, Apps::Read(apps) if !apps.is_empty()), "there is no application yet")
}

fn has_versions(model: &Model) -> Valid {
    when(model.grid.settings().is_some_and(|settings| settings.versions.len() > 1), "the application has one version only")
}

fn has_groups(model: &Model) -> Valid {
    let grouped = model.grid.table.grid.sites.iter().any(|site| !site.groups.is_empty());
    when(grouped, "no site is in a group: `fieldpost site group` makes one")
}

fn has_cell(model: &Model) -> Valid {
    let runs = selected(model).is_some_and(|(_, cell)| cell.standing != Standing::NotApplicable);
    when(runs, "the site doesn't run the application")
}

/// Words are there without the server, contents aren't.
fn can_open(model: &Model) -> Valid {
    has_cell(model)?;
    if selected(model).is_some_and(|(_, cell)| is_told(&cell)) { Ok(()) } else { answers(model) }
}

/// Whether something may be changed by this person.
pub(crate) fn may_act(model: &Model) -> Valid {
    when(model.may_act(), "viewers look only: ask an admin for the role developer")
}

fn can_send(model: &Model) -> Valid {
    may_act(model)?;
    let bulk = is_bulk(model);
    let one = selected(model).is_some_and(|(_, cell)| cell.send().is_some() && !is_sending(&cell));
    when(bulk || one, "there is nothing to send here")
}

fn can_run_hook(model: &Model) -> Valid {
    may_act(model)?;
    let one = selected(model).is_some_and(|(_, cell)| cell.hook_again);
    when(is_bulk(model) || one, "no hook failed here")
}

/// Whether keys that act mean what is marked.
fn is_bulk(model: &Model) -> bool {
    let grid = &model.grid;
    !(grid.marks.is_empty() && grid.site_marks.is_empty()) && grid.selected().is_some()
}

fn can_remove(model: &Model) -> Valid {
    may_act(model)?;
    let there = |place: Place| model.grid.table.has(place.patch, place.site).is_some();
    when(is_bulk(model) || model.grid.selected().is_some_and(there), "the site doesn't have the patch")
}

fn has_done(model: &Model) -> Valid {
    may_act(model)?;
    when(!model.jobs.list().is_empty(), "you have not done anything yet in this session")
}

fn can_retrieve(model: &Model) -> Valid {
    may_act(model)?;
    if is_bulk(model) {
        return Ok(());
    }
    when(selected(model).is_some_and(|(_, cell)| cell.retrieve().is_some()), "the site has nothing of its own here")
}

fn can_publish(model: &Model) -> Valid {
    may_act(model)?;
    let publishable = |place: Place| crate::app::act::content_to_publish(&model.grid, place).is_some();
    when(model.grid.selected().is_some_and(publishable), "there is no content to publish here")
}

fn can_merge(model: &Model) -> Valid {
    when(
        selected(model).is_some_and(|(_, cell)| cell.standing == Standing::Conflict),
        "nothing to merge: not changed on both sides",
    )
}

fn can_cancel(model: &Model) -> Valid {
    may_act(model)?;
    let giving = model.grid.selected().is_some_and(|place| model.grid.is_giving(place));
    when(!giving, "the order is still being given: a moment")?;
    when(selected(model).is_some_and(|(_, cell)| is_sending(&cell)), "no order is on its way here")
}

/// Whether an order of the cell is on its way.
pub(crate) fn is_sending(cell: &Cell) -> bool {
    cell.overlay.is_open()
}
