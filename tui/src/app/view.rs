//! Puts the screen together: what is below, then the dialog, then the help; the footer shows the keys that mean something now.

use super::keymap::{self, Context};
use super::model::{Link, Model, Screen, Toast};
use super::paint::Painter;
use super::theme::Tone;
use super::{dialog, diff, grid};
use fieldpost_common::text::{Clean, age};
use ratatui::Frame;

/// Below this nothing sensible fits.
const LEAST: (u16, u16) = (60, 15);

/// Draws everything. Changes nothing.
pub(crate) fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut painter = Painter::new(frame.buffer_mut(), model.theme);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let words = format!("The terminal is {}×{}; fieldpost needs {}×{}.", area.width, area.height, LEAST.0, LEAST.1);
        painter.line(0, 0, area.width, Tone::Plain, &words);
        return;
    }
    match &model.screen {
        Screen::Grid => grid::draw::draw(model, &mut painter, area),
        Screen::Diff(diff) => diff::draw::draw(model, diff, &mut painter, area),
    }
    footer(model, &mut painter, area.width, area.height - 1);
    if let Some(dialog) = &model.dialog {
        dialog::draw::draw(dialog, &mut painter, area);
    }
    if let Some(top) = model.help {
        let lines: Vec<_> = help_lines(model).into_iter().skip(top).collect();
        dialog::draw::window(&mut painter, area, "Keys", &lines, None);
    }
}

/// Every key of the place below the help, valid now or not.
pub(crate) fn help_lines(model: &Model) -> Vec<(Tone, String)> {
    let line = |binding: &keymap::Binding| {
        let keys: Vec<_> = binding.keys.iter().map(|key| key.label()).collect();
        let tone = if (binding.valid)(model) { Tone::Plain } else { Tone::Faint };
        (tone, format!("{:<14} {}", keys.join(" "), binding.help))
    };
    let mut lines: Vec<_> = keymap::of(model.place()).map(line).collect();
    if model.place() == Context::Grid {
        lines.push((Tone::Plain, String::new()));
        lines.extend(legend().map(|words| (Tone::Plain, words.to_owned())));
    }
    lines
}

fn legend() -> impl Iterator<Item = &'static str> {
    [
        "=     the same on both sides",
        "+     published, never sent to this site",
        "> <   both there; the bright half points from the newer side",
        "≠     changed on both sides: compare and choose",
        "*     only at the site        ~  published for another version only",
        "-     gone at the site        ·  neither published nor there",
        "…     an order is on its way  !  an order came to nothing",
        "?     nothing is known of the site's files",
    ]
    .into_iter()
}

/// What was just said, or the keys that mean something now; the less useful ones fall off at the right.
fn footer(model: &Model, painter: &mut Painter<'_>, width: u16, y: u16) {
    match &model.toast {
        Some(Toast::Error(words)) => {
            let words = words.lines().collect::<Vec<_>>().join(" · ");
            return painter.line(1, y, width - 1, Tone::Alarm, &format!("! {}", Clean::line(&words)));
        }
        Some(Toast::Note(words, _)) => return painter.line(1, y, width - 1, Tone::Strong, Clean::line(words).as_str()),
        None => {}
    }
    let mut x = 1;
    let help = if matches!(model.context(), Context::Grid | Context::Diff) { 8 } else { 0 };
    for (keys, short) in footer_keys(model) {
        let wide = keys.chars().count() + 1 + short.chars().count();
        let wide = u16::try_from(wide).unwrap_or(u16::MAX);
        let reserve = if short == "help" { 0 } else { help };
        if x + wide + reserve > width {
            if short == "help" || help == 0 {
                break;
            }
            continue;
        }
        painter.line(x, y, width - x, Tone::Strong, &keys);
        let at = x + u16::try_from(keys.chars().count()).unwrap_or(0) + 1;
        painter.line(at, y, width - at, Tone::Faint, short);
        x += wide + 3;
    }
}

/// Keys that do the same are shown together: `+ > send`.
fn footer_keys(model: &Model) -> Vec<(String, &'static str)> {
    let mut shown: Vec<(String, &'static str)> = Vec::new();
    let valid = keymap::of(model.context()).filter(|binding| !binding.short.is_empty() && (binding.valid)(model));
    for binding in valid {
        let key = binding.keys[0].label();
        match shown.iter_mut().find(|(_, short)| *short == binding.short) {
            Some((keys, _)) => {
                keys.push(' ');
                keys.push_str(&key);
            }
            None => shown.push((key, binding.short)),
        }
    }
    shown
}

/// How it stands with the server, for the header; nothing while all is well.
pub(crate) fn link_words(model: &Model) -> Option<(Tone, String)> {
    match &model.link {
        Link::Online => (model.working > 0).then(|| (Tone::Busy, "working…".to_owned())),
        Link::Connecting => Some((Tone::Busy, "connecting…".to_owned())),
        Link::Offline { since, .. } => {
            let for_ = age(since.age(model.now));
            let words = if for_ == "now" { "OFFLINE".to_owned() } else { format!("OFFLINE {for_}") };
            Some((Tone::Alarm, words))
        }
    }
}
