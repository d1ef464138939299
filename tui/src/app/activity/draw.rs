//! Draws the activity tab: only the entries that are seen.

use super::{ActivityView, Known, line};
use crate::app::header::Said;
use crate::app::keymap::Context;
use crate::app::list::draw::{TITLES, frame, head, mark};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use crate::app::when::short;
use fieldpost_common::api::Activity;
use fieldpost_common::text::age;
use ratatui::layout::Rect;

/// Where the columns begin.
struct Columns {
    when: Option<u16>,
    age: u16,
    who: u16,
    what: u16,
    place: u16,
    detail: Option<u16>,
}

impl Columns {
    fn of(width: u16) -> Self {
        if width >= 140 {
            Self { when: Some(2), age: 16, who: 24, what: 44, place: 62, detail: Some(62 + (width - 62) / 2) }
        } else if width >= 100 {
            Self { when: Some(2), age: 16, who: 24, what: 40, place: 58, detail: None }
        } else {
            // The date is in the line below the list.
            Self { when: None, age: 2, who: 9, what: 24, place: 41, detail: None }
        }
    }
}

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let view = &model.activity;
    let Some(frame) = frame(model, said(view), &empty(model), painter, area) else { return };
    let columns = Columns::of(area.width);
    titles(view, &columns, painter, area.width);
    for (y, selected, index) in frame.rows(&view.list) {
        row(model, &columns, painter, y, (selected, &view.entries[index]), area.width);
    }
    if let Some(one) = view.selected() {
        let words = format!("{} · {}", short(one.at, &model.zone).trim_start(), line::sentence(one));
        let wrapped = crate::app::dialog::draw::wrap(&words, usize::from(area.width - 2));
        for (y, words) in (frame.explanation..area.height - 1).zip(&wrapped) {
            painter.line(1, y, area.width - 2, Tone::Plain, words);
        }
    }
}

fn said(view: &ActivityView) -> Said {
    let mut said = Said::default();
    said.chosen.extend(view.kind.map(|kind| (Tone::Accent, kind.word().to_owned())));
    said.filter(&view.list.filter, view.list.typing);
    if view.reading_older {
        said.counts.push((Tone::Busy, "reading older ones…".to_owned()));
    }
    if let Some(audit) = &view.audit {
        said.counts.push(match audit.broken_at {
            None => (Tone::Plain, format!("audit ok, {}", entries(audit.rows))),
            Some(row) => (Tone::Alarm, format!("AUDIT BROKEN at {row}")),
        });
    }
    if view.fresh > 0 {
        said.counts.push((Tone::Accent, format!("{} new", view.fresh)));
    }
    said
}

/// `1,204 entries`.
fn entries(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if number == 1 { "entry" } else { "entries" })
}

fn titles(view: &ActivityView, columns: &Columns, painter: &mut Painter<'_>, width: u16) {
    if let Some(when) = columns.when {
        painter.line(when, TITLES, 12, Tone::Strong, "When");
    }
    painter.line(columns.age, TITLES, 6, Tone::Strong, "Age");
    painter.line(columns.who, TITLES, 12, Tone::Strong, "Who");
    painter.line(columns.what, TITLES, 12, Tone::Strong, "What");
    painter.line(columns.place, TITLES, 12, Tone::Strong, "Where");
    if let Some(detail) = columns.detail {
        painter.line(detail, TITLES, 12, Tone::Strong, "Result");
    }
    let (shown, read) = (view.list.rows.len(), view.entries.len());
    let more = if view.complete { "" } else { "+" };
    let numbers = if shown == read { format!("{read}{more}") } else { format!("{shown}/{read}{more}") };
    painter.right(0, TITLES, width - 1, Tone::Faint, &numbers);
}

fn row(model: &Model, columns: &Columns, painter: &mut Painter<'_>, y: u16, (selected, one): (bool, &Activity), width: u16) {
    mark(painter, y, selected);
    if let Some(when) = columns.when {
        painter.line(when, y, 12, Tone::Plain, &short(one.at, &model.zone));
    }
    painter.line(columns.age, y, 6, Tone::Plain, &age(one.at.age(model.grid.now)));
    painter.line(columns.who, y, columns.what - columns.who - 2, Tone::Plain, &line::who(one));
    let room = columns.place - columns.what - 2;
    head(painter, (columns.what, y, room), line::tone(one), selected, &line::what(one));
    let (words, detail) = (line::place(one), line::detail(one));
    if let Some(x) = columns.detail {
        painter.line(columns.place, y, x - columns.place - 2, Tone::Plain, &words);
        painter.line(x, y, width - x, Tone::Plain, &detail);
    } else {
        let words = [words, detail].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ");
        painter.line(columns.place, y, width - columns.place, Tone::Plain, &words);
    }
}

/// What stands where the list would be: why there is none, and the next key.
fn empty(model: &Model) -> Vec<String> {
    let view = &model.activity;
    if view.known == Known::Unread {
        return unread::words(model, view.trouble.as_ref(), "what happened");
    }
    if view.entries.is_empty() {
        return vec!["Nothing has happened yet.".to_owned()];
    }
    if view.list.rows.is_empty() {
        let kind = view.kind.map_or(String::new(), |kind| format!(" among the {}", kind.word()));
        let filter = if view.list.filter.is_empty() { String::new() } else { format!(" matches /{}", view.list.filter.shown()) };
        let far = if view.reading_older {
            "Looking further back…"
        } else if view.complete {
            ""
        } else {
            "{bottom} looks further back"
        };
        return vec![
            format!("Nothing{kind}{filter} in the last {}.", entries(view.entries.len() as u64)),
            String::new(),
            model.say(Context::Activity, "{back} shows everything again, {pick-kind} another kind"),
            model.say(Context::Activity, far),
        ];
    }
    Vec::new()
}
