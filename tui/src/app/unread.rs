//! What stands where a list would be that was never read: that it is being read, or why it can't be and the next key.

use super::dialog::draw::wrap;
use super::model::{Link, Model};
use super::paint::Painter;
use super::theme::Tone;
use fieldpost_common::text::Clean;

/// The words; `what` as in `the sites`.
pub(crate) fn words(model: &Model, trouble: Option<&String>, what: &str) -> Vec<String> {
    let why = match (trouble, &model.link) {
        (Some(why), _) | (None, Link::Offline { why, .. }) => why,
        (None, Link::Connecting | Link::Online) => return vec![format!("Reading {what}…")],
    };
    let mut words = vec![format!("There is no way to read {what} now."), String::new()];
    words.extend(reason(model, why));
    words.extend([String::new(), model.say(model.place(), "fieldpost keeps trying; {refresh} tries at once.")]);
    words
}

/// Words where the lines of a list would be.
pub(crate) fn draw(words: &[String], painter: &mut Painter<'_>) {
    for (y, words) in (5..).zip(words) {
        painter.line(3, y, painter.width() - 3, Tone::Plain, words);
    }
}

/// Why the server can't be asked, in lines that fit where a list would be.
pub(crate) fn reason(model: &Model, why: &str) -> Vec<String> {
    let room = usize::from(model.size.0.saturating_sub(6));
    why.lines().flat_map(|line| wrap(Clean::line(line).as_str(), room)).collect()
}
