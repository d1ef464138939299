//! Draws the jobs: the list, newest first, or one job item by item, what came to nothing first.

use super::item::{Item, State};
use super::{Job, JobsView, Tally};
use crate::app::dialog::draw::wrap;
use crate::app::grid::explain::ago;
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use fieldpost_common::text::count;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// Title and rule above; rule, two lines of explanation and the footer below.
const HEAD: u16 = 2;
const FOOT: u16 = 4;
/// How much room the time of a job takes.
const WHEN: u16 = 13;
/// The widest that names are shown in a job.
const WIDEST: usize = 48;

/// How many lines are seen at once.
pub(crate) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(HEAD + FOOT)).max(1)
}

pub(crate) fn draw(model: &Model, view: JobsView, painter: &mut Painter<'_>, area: Rect) {
    let job = view.job.and_then(|ticket| model.jobs.find(ticket));
    let page = page((area.width, area.height));
    let top = (view.cursor + 1).saturating_sub(page);
    painter.rule(1);
    painter.rule(area.height - FOOT);
    let below = match job {
        Some(job) => items(model, job, (view.cursor, top), painter, area),
        None => jobs(model, (view.cursor, top), painter, area),
    };
    for (y, line) in (area.height - FOOT + 1..area.height - 1).zip(wrap(&below, usize::from(area.width - 2))) {
        painter.line(1, y, area.width - 2, Tone::Plain, &line);
    }
}

/// The list; gives the line about the selected job.
fn jobs(model: &Model, (cursor, top): (usize, usize), painter: &mut Painter<'_>, area: Rect) -> String {
    painter.line(0, 0, area.width, Tone::Strong, " Jobs of this session");
    painter.right(0, 0, area.width - 1, Tone::Faint, &count(model.jobs.list().len(), "job"));
    let rows = HEAD..area.height - FOOT;
    for (y, (place, job)) in rows.zip(model.jobs.list().iter().rev().enumerate().skip(top)) {
        let tally = job.tally();
        pointer(painter, y, place == cursor);
        painter.line(2, y, WHEN, Tone::Faint, &ago(job.at, model.now));
        let (tone, words) = standing(job, tally);
        let wide = u16::try_from(words.width()).unwrap_or(area.width).min(area.width / 2);
        painter.line(2 + WHEN, y, area.width.saturating_sub(WHEN + wide + 5), Tone::Plain, &job.words());
        painter.right(0, y, area.width - 1, tone, &words);
    }
    match model.jobs.list().iter().rev().nth(cursor) {
        Some(job) => {
            format!("{} in {} · {}", job.words(), job.application, model.say(Context::Jobs, "{open} shows each item"))
        }
        None => "Nothing was sent or published yet. What you do is listed here with what became of it.".to_owned(),
    }
}

/// How far a job is, in a few words.
fn standing(job: &Job, tally: Tally) -> (Tone, String) {
    if job.is_running() {
        return (Tone::Busy, format!("sending {}/{}", tally.answered, tally.all));
    }
    match (tally.bad, tally.under_way) {
        (0, 0) => (Tone::Plain, "done".to_owned()),
        (0, under_way) => (Tone::Busy, format!("{under_way} of {} on the way", tally.all)),
        (bad, 0) => (Tone::Alarm, format!("! {bad} of {} not done", tally.all)),
        (bad, under_way) => (Tone::Alarm, format!("! {bad} of {} not done, {under_way} on the way", tally.all)),
    }
}

/// The items of a job as they are listed: what came to nothing, what is on the way, what is done.
pub(crate) fn in_order(job: &Job) -> Vec<&Item> {
    let rank = |state: &State| match state {
        State::Refused(_) | State::Blocked(_) => 0,
        State::Asked => 2,
        state if state.is_under_way() => 1,
        _ => 3,
    };
    let mut items: Vec<_> = job.items.iter().collect();
    items.sort_by_key(|item| rank(&item.state));
    items
}

/// One job; gives all words about the selected item.
fn items(model: &Model, job: &Job, (cursor, top): (usize, usize), painter: &mut Painter<'_>, area: Rect) -> String {
    let tally = job.tally();
    painter.line(0, 0, area.width, Tone::Strong, &format!(" {}, {}", job.words(), ago(job.at, model.now)));
    let (tone, words) = standing(job, tally);
    painter.right(0, 0, area.width - 1, tone, &format!("  {words}"));
    let items = in_order(job);
    let widest = items.iter().skip(top).take(usize::from(area.height)).map(|item| item.task.what().width()).max();
    let most = WIDEST.min(usize::from(area.width) / 2);
    let wide = u16::try_from(widest.unwrap_or(0).min(most)).unwrap_or(0);
    for (y, (place, item)) in (HEAD..area.height - FOOT).zip(items.iter().enumerate().skip(top)) {
        let (sign, tone) = sign(&item.state);
        pointer(painter, y, place == cursor);
        painter.line(2, y, 1, tone, sign);
        painter.line(4, y, wide, Tone::Plain, &item.task.what());
        painter.line(6 + wide, y, area.width.saturating_sub(wide + 7), tone, &item.state.words());
    }
    items.get(cursor).map_or(String::new(), |item| format!("{}: {}", item.task.what(), item.state.words()))
}

fn pointer(painter: &mut Painter<'_>, y: u16, selected: bool) {
    painter.line(0, y, 1, Tone::Strong, if selected { "▌" } else { " " });
}

fn sign(state: &State) -> (&'static str, Tone) {
    match state {
        State::Refused(_) | State::Blocked(_) => ("!", Tone::Alarm),
        State::Asked => (" ", Tone::Faint),
        State::Given | State::Sending(_) => ("…", Tone::Busy),
        State::Confirmed | State::Done(_) => ("=", Tone::Good),
        State::Ended(_) => ("-", Tone::Faint),
    }
}
