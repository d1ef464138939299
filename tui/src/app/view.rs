//! Puts the screen together: what is below, then the dialog, then what lies over all; the footer shows the keys that mean something now.

use super::keymap::{Action, Context, Live};
use super::model::{Link, Model, Toast};
use super::paint::Painter;
use super::screens::{Screen, Tab};
use super::theme::Tone;
use super::{activity, alerts, commands, conflict, dialog, diff, errors, grid, history, jobs, login, messages, sites};
use fieldpost_common::text::{Clean, age};
use ratatui::Frame;
use unicode_width::UnicodeWidthStr as _;

/// Below this nothing sensible fits.
const LEAST: (u16, u16) = (60, 15);

/// Draws everything. Changes nothing.
pub(crate) fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut painter = Painter::new(frame.buffer_mut(), model.look);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        painter.line(0, 0, area.width, Tone::Plain, &format!("The terminal is {}×{};", area.width, area.height));
        painter.line(0, 1, area.width, Tone::Plain, &format!("fieldpost needs {}×{}.", LEAST.0, LEAST.1));
        return;
    }
    match (&model.login, model.screens.top(), model.screens.tab) {
        (Some(login), ..) => login::draw::draw(login, &mut painter, area),
        (None, Some(Screen::Diff(diff)), _) => diff::draw::draw(model, diff, &mut painter, area),
        (None, Some(Screen::Conflict(conflict)), _) => conflict::draw::draw(model, conflict, &mut painter, area),
        (None, Some(Screen::History(history)), _) => history::draw::draw(model, history, &mut painter, area),
        (None, Some(Screen::Site(page)), _) => sites::site::draw::draw(model, page, &mut painter, area),
        (None, Some(Screen::Jobs(view)), _) => jobs::draw::draw(model, *view, &mut painter, area),
        (None, Some(Screen::Commands), _) => commands::draw::draw(model, &mut painter, area),
        (None, Some(Screen::Output(page)), _) => commands::output::draw::draw(model, page, &mut painter, area),
        (None, Some(Screen::Messages(view)), _) => messages::draw::draw(model, *view, &mut painter, area),
        (None, None, Tab::Sites) => sites::draw::draw(model, &mut painter, area),
        (None, Some(Screen::Error(page)), _) => errors::page::draw::draw(model, page, &mut painter, area),
        (None, None, Tab::Errors) => errors::draw::draw(model, &mut painter, area),
        (None, None, Tab::Alerts) => alerts::draw::draw(model, &mut painter, area),
        (None, None, Tab::Activity) => activity::draw::draw(model, &mut painter, area),
        (None, None, Tab::Patches) => grid::draw::draw(model, &mut painter, area),
    }
    footer(model, &mut painter, area.width, area.height - 1);
    if let Some(dialog) = &model.dialog {
        dialog::draw::draw(dialog, &model.keys, &mut painter, area);
    }
    if let Some(overlay) = &model.overlay {
        overlay.draw(model, &mut painter, area);
    }
}

/// What was just said, or the keys that mean something now; the less useful ones fall off at the right.
fn footer(model: &Model, painter: &mut Painter<'_>, width: u16, y: u16) {
    match &model.toast {
        Some(Toast::Error(words)) => {
            let words = words.lines().collect::<Vec<_>>().join(" · ");
            return said(painter, Tone::Alarm, &format!("! {}", Clean::line(&words)), width, y);
        }
        Some(Toast::Note(words, _)) => return said(painter, Tone::Strong, Clean::line(words).as_str(), width, y),
        None => {}
    }
    let mut x = 1;
    let mut end = width;
    let shown = footer_keys(model);
    if let Some((keys, short, _)) = shown.iter().find(|(_, short, _)| *short == "help") {
        end = width.saturating_sub(wide(keys, short) + 1);
        key_words(painter, end, y, keys, short);
    }
    // How sites are is in sight on every screen; the tab of alerts says more above.
    if let Some((tone, words)) = model.alerts.words().filter(|_| model.context() != Context::Alerts) {
        end = end.saturating_sub(u16::try_from(words.width()).unwrap_or(0) + 2);
        painter.line(end, y, width - end, tone, &words);
        end = end.saturating_sub(1);
    }
    // Keys that come and go with the cell have a place of their own, so that moving doesn't push the others about.
    let has_place = matches!(model.context(), Context::Grid);
    let (acting, others): (Vec<_>, Vec<_>) =
        shown.into_iter().filter(|(_, short, _)| *short != "help").partition(|one| has_place && one.2);
    for (place, (keys, short, _)) in others.iter().enumerate() {
        if place == 1 && has_place {
            fill(painter, x, y, (x + ACTING).min(end), &acting);
            x += ACTING;
        }
        if x + wide(keys, short) + 1 > end {
            break;
        }
        key_words(painter, x, y, keys, short);
        x += wide(keys, short) + 3;
    }
}

/// What was just said: what doesn't fit into the last row begins in the one above; `@` has the rest.
fn said(painter: &mut Painter<'_>, tone: Tone, words: &str, width: u16, y: u16) {
    let room = width.saturating_sub(1);
    let lines = dialog::draw::wrap(words, usize::from(room));
    let [first, rest @ ..] = &lines[..] else { return };
    if rest.is_empty() {
        return painter.line(1, y, room, tone, first);
    }
    painter.line(0, y - 1, width, Tone::Plain, &" ".repeat(usize::from(width)));
    painter.line(1, y - 1, room, tone, first);
    painter.line(1, y, room, tone, &rest.join(" "));
}

/// How much room the keys have that come and go.
const ACTING: u16 = 25;

type FooterKey = (String, &'static str, bool);

fn fill(painter: &mut Painter<'_>, mut x: u16, y: u16, end: u16, keys: &[FooterKey]) {
    for (keys, short, _) in keys {
        if x + wide(keys, short) + 1 > end {
            break;
        }
        key_words(painter, x, y, keys, short);
        x += wide(keys, short) + 3;
    }
}

fn wide(keys: &str, short: &str) -> u16 {
    u16::try_from(keys.chars().count() + 1 + short.chars().count()).unwrap_or(u16::MAX / 2)
}

fn key_words(painter: &mut Painter<'_>, x: u16, y: u16, keys: &str, short: &str) {
    let at = painter.pieces(x, y, wide(keys, ""), &[(Tone::Strong, keys.to_owned())]) + 1;
    painter.line(at, y, wide("", short), Tone::Plain, short);
}

/// Keys that do the same are shown together: `+ > send`. The flag says that the key acts on the cell.
fn footer_keys(model: &Model) -> Vec<FooterKey> {
    let mut shown: Vec<FooterKey> = Vec::new();
    for Live { keys, binding } in model.keys.of(model.context()) {
        let Some(key) = keys.first().map(|key| key.label()) else { continue };
        if binding.short.is_empty() || binding.ready(model).is_err() {
            continue;
        }
        match shown.iter_mut().find(|(_, short, _)| *short == binding.short) {
            Some((keys, _, _)) => {
                keys.push(' ');
                keys.push_str(&key);
            }
            None => shown.push((key, binding.short, binding.action.changes_something())),
        }
    }
    shown
}

/// How far jobs are, or that some came to nothing and nobody has looked.
fn job_words(model: &Model) -> Option<(Tone, String)> {
    match (model.jobs.progress(), model.jobs.unseen()) {
        (Some((_, 1)), _) => Some((Tone::Busy, "sending…".to_owned())),
        (Some((answered, all)), _) => Some((Tone::Busy, format!("sending {answered}/{all}"))),
        (None, 0) => (model.working > 0).then(|| (Tone::Busy, "working…".to_owned())),
        (None, bad) => {
            // Within a dialog it isn't bound; the screen below has it.
            let key = model.keys.label(Context::Grid, Action::Jobs);
            Some((Tone::Alarm, format!("! {bad} not done: {key}")))
        }
    }
}

/// How it stands with the server, for the header; nothing while all is well.
pub(crate) fn link_words(model: &Model) -> Option<(Tone, String)> {
    match &model.link {
        Link::Online => job_words(model),
        Link::Connecting => Some((Tone::Busy, "connecting…".to_owned())),
        Link::Offline { since, .. } => {
            let for_ = age(since.age(model.now));
            let words = if for_ == "now" { "OFFLINE".to_owned() } else { format!("OFFLINE {for_}") };
            Some((Tone::Alarm, words))
        }
    }
}
