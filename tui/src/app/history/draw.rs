//! Draws the history: one row a revision, and below them the selected one in full.

use super::{Body, HistoryView, origin};
use crate::app::grid::explain::{ago, short_ago, stamp_ago, without_address};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::view::link_words;
use fieldpost_common::api::{Origin, Revision};
use fieldpost_common::correction::Corrections;
use fieldpost_common::id::{SiteName, Version};
use fieldpost_common::text::{Clean, count, cut, size};
use fieldpost_common::time::Timestamp;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// Title, rule, headings.
const HEAD: u16 = 3;
/// A rule and what is known of the selected revision.
const FOOT: u16 = 6;
/// The columns before the last, which takes the rest; each with its width on a narrow and on a wide terminal.
const COLUMNS: [(&str, usize, usize); 7] = [
    ("Revision", 9, 10),
    ("Seen", 6, 10),
    ("By", 9, 18),
    ("Changed", 8, 12),
    ("From", 15, 30),
    ("Size", 9, 11),
    ("Current", 9, 14),
];
/// From so many columns on a terminal is wide.
const WIDE: u16 = 120;

/// How many revisions are seen at once.
pub(super) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(HEAD + FOOT + 1))
}

pub(crate) fn draw(model: &Model, view: &HistoryView, painter: &mut Painter<'_>, area: Rect) {
    let width = area.width;
    let revisions = view.revisions();
    painter.line(1, 0, width - 2, Tone::Strong, &format!("{} · history", view.patch));
    let counted = || (Tone::Faint, format!("{} · {} marked", count(revisions.len(), "revision"), view.marks.len()));
    let (tone, words) = link_words(model).unwrap_or_else(counted);
    painter.right(0, 0, width - 1, tone, &words);
    painter.rule(1);
    match &view.body {
        Body::Loading => return painter.line(1, HEAD, width - 2, Tone::Faint, "Fetching the history…"),
        Body::Failed(why) => {
            for (y, line) in (HEAD..area.height - 1).zip(why.lines()) {
                painter.line(1, y, width - 2, Tone::Alarm, Clean::line(line).as_str());
            }
            return;
        }
        Body::Ready(revisions) if revisions.is_empty() => {
            return painter.line(1, HEAD, width - 2, Tone::Faint, "No revision yet: publish a file, or wait for a site's.");
        }
        Body::Ready(_) => {}
    }
    let heads: Vec<_> = COLUMNS.iter().map(|(head, ..)| (*head).to_owned()).chain(["At".to_owned()]).collect();
    painter.line(0, 2, width, Tone::Faint, &format!("   {}", columns(&heads, width)));
    for (y, (place, revision)) in (HEAD..area.height - FOOT - 1).zip(revisions.iter().enumerate().skip(view.top)) {
        row(model, view, (place, revision), painter, (y, width));
    }
    let foot = area.height - FOOT - 1;
    painter.rule(foot);
    if let Some(revision) = view.selected() {
        for (y, line) in (foot + 1..area.height - 1).zip(facts(revision, model.grid.now)) {
            painter.line(1, y, width - 2, Tone::Plain, &line);
        }
    }
}

fn row(
    model: &Model,
    view: &HistoryView,
    (place, revision): (usize, &Revision),
    painter: &mut Painter<'_>,
    (y, width): (u16, u16),
) {
    let now = model.grid.now;
    let marked = view.marks.contains(&revision.sha256);
    let cursor = if place == view.at { '▌' } else { ' ' };
    let mark = if marked { '●' } else { ' ' };
    let from = match &revision.origin {
        Origin::User(user) => format!("published {user}"),
        Origin::Site(site) => format!("site {site}"),
    };
    let cells = [
        revision.sha256.short(),
        short_ago(&ago(revision.first_seen, now)),
        revision.author.as_deref().map_or("–".to_owned(), |author| Clean::line(without_address(author)).to_string()),
        revision.changed_at.as_ref().map_or("–".to_owned(), |when| short_ago(&stamp_ago(when, now))),
        from,
        if revision.stored { size(revision.size) } else { "coming".to_owned() },
        versions(&revision.current_for),
        sites(&revision.at_sites),
    ];
    let line = format!(" {cursor}{mark}{}", columns(&cells, width));
    if place == view.at {
        let padded = format!("{line}{}", " ".repeat(usize::from(width).saturating_sub(line.width())));
        painter.selected(0, y, width, Tone::Plain, &padded);
    } else {
        let tone = if revision.current_for.is_empty() { Tone::Plain } else { Tone::Strong };
        painter.line(0, y, width, tone, &line);
    }
}

fn columns(cells: &[String], width: u16) -> String {
    let mut line = String::new();
    for (place, cell) in cells.iter().enumerate() {
        let Some((_, narrow, wide)) = COLUMNS.get(place) else {
            line.push_str(cell);
            break;
        };
        let wide = if width < WIDE { narrow } else { wide };
        let cell = cut(cell, wide - 1);
        line.push_str(&cell);
        line.push_str(&" ".repeat(wide - cell.width()));
    }
    line
}

fn versions(versions: &[Version]) -> String {
    versions.iter().rev().map(Version::as_str).collect::<Vec<_>>().join(" ")
}

fn sites(sites: &[SiteName]) -> String {
    match sites.len() {
        0 => "–".to_owned(),
        1..=3 => sites.iter().map(SiteName::as_str).collect::<Vec<_>>().join(" "),
        many => format!("{many} sites"),
    }
}

/// Which stamp counts and why, what is in doubt, and what people say against it.
fn stamp(revision: &Revision, now: Timestamp) -> String {
    let read = revision.stamp.as_ref();
    let mut words = vec![read.map_or("no stamp was read".to_owned(), |read| format!("stamp: {}", read.reason()))];
    if read.is_some_and(|read| read.ambiguous) {
        words.push("a date is ambiguous".to_owned());
    }
    if read.is_some_and(|read| read.future) {
        words.push("a time lies ahead and was left out".to_owned());
    }
    let Corrections { author, changed_at, issue } = &revision.corrections;
    let said = [
        author.as_ref().map(|said| ("author", &said.by, said.at)),
        changed_at.as_ref().map(|said| ("time", &said.by, said.at)),
        issue.as_ref().map(|said| ("issue", &said.by, said.at)),
    ];
    words.extend(said.into_iter().flatten().map(|(what, by, at)| format!("{what} corrected by {by} {}", ago(at, now))));
    words.join(" · ")
}

/// The selected revision in full.
fn facts(revision: &Revision, now: Timestamp) -> [String; 5] {
    let issue = revision.issue.as_ref().map_or(String::new(), |issue| format!(" · issue {issue}"));
    let published: Vec<_> = revision
        .publications
        .iter()
        .map(|one| format!("for {} by {} {}", versions(&one.versions), one.by, ago(one.at, now)))
        .collect();
    let published =
        if published.is_empty() { "never published".to_owned() } else { format!("published {}", published.join(", ")) };
    let filed = revision.filed_out_at.as_ref().map_or(String::new(), |when| format!(" · filed out {when}"));
    let changed = revision.changed_at.as_ref().map_or("no time in it".to_owned(), |when| format!("changed {when}"));
    let person = revision.person.as_deref().map_or(String::new(), |person| format!(" ({})", Clean::line(person)));
    let author = revision.author.as_deref().map_or(String::new(), |author| format!("{}{person}, ", Clean::line(author)));
    let names: Vec<_> = revision.at_sites.iter().map(SiteName::as_str).collect();
    let at = if names.is_empty() { "at no site now".to_owned() } else { format!("at {}", names.join(", ")) };
    [
        revision.sha256.to_string(),
        format!("{author}{changed}{filed}{issue}"),
        stamp(revision, now),
        format!("{} · {published}", origin(revision, now)),
        at,
    ]
}
