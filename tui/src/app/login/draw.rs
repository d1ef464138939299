//! Draws the login screen: what to do, the field, and how it went.

use super::{LoginView, Step};
use crate::app::dialog::draw::wrap;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use fieldpost_common::text::Clean;
use ratatui::layout::Rect;

const WORDS: &[&str] = &[
    "Nobody is logged in here yet.",
    "",
    "An admin gives you a login string, made with `fieldpost user add NAME`.",
    "The very first one was printed by `fieldpost-server init`.",
    "Paste it here; it is good once, for 24 hours.",
];

const CA_FILE: &str =
    "For a server behind a company's own certificate authority leave this and use `fieldpost login STRING --ca-file FILE`.";

/// Everything of the field is hidden but the word that says what it is.
fn clear(text: &str) -> usize {
    if text.starts_with("fieldpost-") { text.find('.').map_or(0, |dot| dot + 1) } else { 0 }
}

pub(crate) fn draw(login: &LoginView, painter: &mut Painter<'_>, area: Rect) {
    painter.line(0, 0, area.width, Tone::Strong, " fieldpost");
    painter.rule(1);
    let width = area.width - 6;
    let mut y = 3;
    for words in WORDS {
        painter.line(3, y, width, Tone::Plain, words);
        y += 1;
    }
    y += 1;
    let field = login.input.masked_field(clear(&login.input.text()), usize::from(width) - 14);
    painter.pieces(3, y, width, &[(Tone::Strong, "Login string: ".to_owned()), (Tone::Plain, field)]);
    y += 2;
    let (tone, words) = match &login.step {
        Step::Typing => (Tone::Faint, CA_FILE.to_owned()),
        Step::Asking => (Tone::Busy, "Asking the server…".to_owned()),
        Step::Failed(why) => (Tone::Alarm, format!("! {why}")),
    };
    let lines = words.lines().flat_map(|line| wrap(Clean::line(line).as_str(), usize::from(width)));
    for (y, line) in (y..area.height - 1).zip(lines) {
        painter.line(3, y, width, tone, &line);
    }
}
