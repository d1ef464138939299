//! Draws the alerts tab: only the incidents that are seen, and the columns that there is room for.

use super::{AlertsView, line};
use crate::app::dialog::draw::wrap;
use crate::app::grid::layout::explain_height;
use crate::app::header::Said;
use crate::app::keymap::Context;
use crate::app::list::draw::{TITLES, frame, head, mark};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use crate::app::when::short;
use fieldpost_common::incident::{Incident, Phase};
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use ratatui::layout::Rect;

/// Where the columns begin; who has it stands at the right.
struct Columns {
    /// Whether how bad it is has room for a word beside its sign.
    how: bool,
    since: u16,
    place: u16,
    application: Option<u16>,
    kind: Option<u16>,
    what: u16,
    who: u16,
}

impl Columns {
    fn of(width: u16) -> Self {
        if width >= 120 {
            Self { how: true, since: 13, place: 21, application: Some(41), kind: Some(57), what: 66, who: width - 22 }
        } else if width >= 100 {
            Self { how: true, since: 13, place: 21, application: None, kind: Some(41), what: 50, who: width - 19 }
        } else if width >= 74 {
            // The kind is in the line below the list.
            Self { how: true, since: 13, place: 21, application: None, kind: None, what: 35, who: width - 17 }
        } else {
            Self { how: false, since: 4, place: 12, application: None, kind: None, what: 24, who: width - 16 }
        }
    }

    /// Where the column after the place begins.
    fn after_place(&self) -> u16 {
        self.application.or(self.kind).unwrap_or(self.what)
    }
}

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let view = &model.alerts;
    let Some(frame) = frame(model, said(model), &empty(model), painter, area) else { return };
    let columns = Columns::of(area.width);
    titles(view, &columns, painter, area.width);
    for (y, selected, index) in frame.rows(&view.list) {
        if let Some(one) = view.at(index) {
            row(model, &columns, painter, y, (selected, one), area.width);
        }
    }
    if let Some(one) = view.selected() {
        explanation(model, one, painter, frame.explanation, area);
    }
}

fn said(model: &Model) -> Said {
    let view = &model.alerts;
    let mut said = Said::default();
    said.filter(&view.list.filter, view.list.typing);
    let Some(status) = &view.status else { return said };
    if let Some(trouble) = &status.mail.trouble {
        said.counts.push((Tone::Alarm, format!("{} mails wait: {}", status.mail.waiting, trouble.cut(30))));
    } else if !status.mail.configured {
        said.counts.push((Tone::Faint, "no mail".to_owned()));
    }
    let counts = status.counts();
    for (severity, number, word) in
        [(Severity::Problem, counts.problems, "problem"), (Severity::Warning, counts.warnings, "warning")]
    {
        if number > 0 {
            said.counts.push((line::tone(severity), format!("{} {}", severity.sign(), count(number, word))));
        }
    }
    if counts.cant_say > 0 {
        said.counts.push((Tone::Busy, format!("? {} can't be seen", count(counts.cant_say, "site"))));
    }
    if counts.drifted > 0 {
        said.counts.push((Tone::Accent, format!("≠ {} changed at sites", counts.drifted)));
    }
    if counts.in_maintenance > 0 {
        said.counts.push((Tone::Faint, format!("{} in maintenance", counts.in_maintenance)));
    }
    said
}

fn titles(view: &AlertsView, columns: &Columns, painter: &mut Painter<'_>, width: u16) {
    if columns.how {
        painter.line(2, TITLES, 10, Tone::Strong, "How");
    }
    painter.line(columns.since, TITLES, 7, Tone::Strong, "Since");
    painter.line(columns.place, TITLES, 12, Tone::Strong, "Where");
    if let Some(x) = columns.application {
        painter.line(x, TITLES, 12, Tone::Strong, "Application");
    }
    if let Some(x) = columns.kind {
        painter.line(x, TITLES, 8, Tone::Strong, "Kind");
    }
    painter.line(columns.what, TITLES, 12, Tone::Strong, "What");
    painter.line(columns.who, TITLES, 10, Tone::Strong, "Who has it");
    let (shown, all) = (view.list.rows.len(), view.all().count());
    if shown < all {
        painter.right(0, TITLES, width - 1, Tone::Faint, &format!("{shown}/{all}"));
    }
}

fn row(model: &Model, columns: &Columns, painter: &mut Painter<'_>, y: u16, (selected, one): (bool, &Incident), width: u16) {
    mark(painter, y, selected);
    let (tone, how) = line::how(one);
    painter.line(2, y, columns.since - 3, tone, if columns.how { &how } else { how.split(' ').next().unwrap_or_default() });
    painter.line(columns.since, y, columns.place - columns.since - 1, Tone::Plain, &line::since(one, model.grid.now));
    let room = columns.after_place() - columns.place - 2;
    let plain = if one.is_open() { Tone::Plain } else { Tone::Faint };
    head(painter, (columns.place, y, room), plain, selected, &line::place(one));
    if let Some(x) = columns.application {
        let app = line::application(one).map_or("–".to_owned(), ToString::to_string);
        painter.line(x, y, 14, plain, &app);
    }
    if let Some(x) = columns.kind {
        painter.line(x, y, 7, plain, line::kind(one));
    }
    let what = line::what_and_when(one, columns.application.is_some(), model.grid.now);
    painter.line(columns.what, y, columns.who - columns.what - 2, if one.is_open() { tone } else { Tone::Faint }, &what);
    painter.line(columns.who, y, width - columns.who, Tone::Plain, &line::who(one, &model.zone));
}

/// The whole words, then since when and who has it; long words push that out.
fn explanation(model: &Model, one: &Incident, painter: &mut Painter<'_>, y: u16, area: Rect) {
    let room = area.width - 2;
    let (tone, _) = line::how(one);
    let lines = wrap(&format!("{} {}: {}", one.severity.sign(), line::place(one), one.words), usize::from(room));
    painter.line(1, y, room, tone, &lines[0]);
    if explain_height(area.height) < 2 {
        return;
    }
    if lines.len() > 1 {
        return painter.line(1, y + 1, room, tone, &lines[1..].join(" "));
    }
    let at = |at| short(at, &model.zone).trim_start().to_owned();
    let time = match one.phase {
        Phase::Open { .. } => {
            let unseen = one.unseen_words(model.grid.now).map(|words| format!(", {words}")).unwrap_or_default();
            format!("since {}{unseen}", at(one.since))
        }
        Phase::Closed { at: end } => format!("{} to {}", at(one.since), at(end)),
    };
    let helps =
        if model.may_act() { model.say(Context::Alerts, ": {acknowledge} takes it, {snooze} snoozes") } else { String::new() };
    let words = format!("{}, {time} · {}", one.subject.kind().replace('_', " "), line::held(one, &helps, &model.zone));
    painter.line(1, y + 1, room, Tone::Faint, &words);
}

/// What stands where the list would be.
fn empty(model: &Model) -> Vec<String> {
    let view = &model.alerts;
    let Some(status) = &view.status else {
        return unread::words(model, view.trouble.as_ref(), "what is wrong");
    };
    if view.all().next().is_none() {
        let mut words = vec!["Nothing is wrong, and nothing was.".to_owned(), String::new()];
        if status.mail.configured {
            words.push("What goes wrong stands here, and is mailed.".to_owned());
        } else {
            words.push("The server's config has no [mail]: nobody is told of what goes wrong.".to_owned());
        }
        words.push(
            model.say(Context::Alerts, "{show-sites} shows the sites; `fieldpost badge` makes an icon to embed elsewhere."),
        );
        return words;
    }
    if view.list.rows.is_empty() {
        return vec![
            format!("Nothing that is or was wrong matches /{}", view.list.filter.shown()),
            String::new(),
            model.say(Context::Alerts, "{back} shows everything again"),
        ];
    }
    Vec::new()
}
