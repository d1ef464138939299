//! The head of the diff screen: what is compared, both contents' facts, the search and the notes. Two lines for the contents on a
//! small terminal, more where there is room.

use super::{Body, DiffView, Of, Side, outdated};
use crate::app::compare::Blob;
use crate::app::compare::lines::Spaces;
use crate::app::dialog::draw::wrap;
use crate::app::grid::explain::{stamp_ago, without_address};
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::review::Review;
use crate::app::theme::Tone;
use crate::app::view::link_words;
use fieldpost_common::stamp::{Stamp, When, Why};
use fieldpost_common::text::{Clean, size};
use fieldpost_common::time::Timestamp;

/// Why nothing can be done from here, and the key that helps.
pub(super) const OUTDATED: &str = "changed meanwhile: {refresh} shows it";
/// From so many rows on each content has three lines.
const ROOMY: u16 = 30;
/// From so many columns on the issue has its link beside it.
const WITH_LINK: u16 = 100;
/// At most so many rows of notes.
const NOTES: usize = 3;

/// How many rows are seen at once.
pub(crate) fn page(view: &DiffView, size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(height(view, size) + 1)
}

/// Rows above the lines: title, contents, a rule, search and notes.
pub(super) fn height(view: &DiffView, size: (u16, u16)) -> usize {
    let sides: usize = [&view.left, &view.right].into_iter().map(|side| rows_of(side, size.1)).sum();
    2 + sides + usize::from(view.search.is_on()) + notes(view, size.0).len()
}

fn rows_of(side: &Side, height: u16) -> usize {
    if height >= ROOMY && side.sha256.is_some() { 3 } else { 1 }
}

/// Everything that the lines don't say.
fn notes(view: &DiffView, width: u16) -> Vec<String> {
    let mut notes = Vec::new();
    let lines = view.text().map(|(_, lines)| lines);
    let coarse = lines.is_some_and(|lines| lines.coarse);
    let closer = coarse && view.spaces_asked == lines.map(|lines| lines.spaces);
    match (view.spaces_asked, lines) {
        (Some(_), _) if !closer => notes.push("comparing anew…".to_owned()),
        (None, Some(lines)) if lines.spaces == Spaces::Ignored => notes.push("whitespace is ignored".to_owned()),
        _ => {}
    }
    if closer {
        notes.push("first look: unchanged lines may be shown as changed; comparing closely…".to_owned());
    } else if coarse {
        notes.push("compared coarsely: unchanged lines may be shown as changed".to_owned());
    }
    if let Body::Ready(comparison) = &view.body {
        notes.extend(comparison.notes.iter().cloned());
    }
    if notes.is_empty() {
        return notes;
    }
    let mut rows = wrap(&notes.join(" · "), usize::from(width).saturating_sub(2));
    rows.truncate(NOTES);
    rows
}

/// Draws it and gives the first row below.
pub(super) fn draw(model: &Model, view: &DiffView, painter: &mut Painter<'_>, area: ratatui::layout::Rect) -> u16 {
    title(model, view, painter, area);
    let mut y = 1;
    for (side, sign, tone) in [(&view.left, '-', Tone::Gone), (&view.right, '+', Tone::Added)] {
        draw_side(model.grid.now, view, side, (sign, tone), painter, (y, area));
        y += u16::try_from(rows_of(side, area.height)).unwrap_or(1);
    }
    painter.rule(y);
    y += 1;
    if view.search.is_on() {
        painter.line(1, y, area.width - 2, Tone::Accent, &view.search.words());
        y += 1;
    }
    for note in notes(view, area.width) {
        painter.line(1, y, area.width - 2, Tone::Busy, &note);
        y += 1;
    }
    y
}

fn title(model: &Model, view: &DiffView, painter: &mut Painter<'_>, area: ratatui::layout::Rect) {
    let of = match &view.of {
        Of::Cell { site, .. } | Of::PutBack(site) => format!("@ {site}"),
        Of::Revisions => "two revisions".to_owned(),
    };
    let issue =
        model.grid.table.grid.patches.iter().find(|patch| patch.name == view.patch).and_then(|patch| patch.issue.as_ref());
    let issue = issue.map_or(String::new(), |issue| {
        let link = model.grid.settings().and_then(|settings| settings.issue_link(issue));
        // A link that is cut off is of no use.
        let link = link.filter(|_| area.width >= WITH_LINK).map_or(String::new(), |link| format!("  {}", Clean::line(&link)));
        format!("   issue {issue}{link}")
    });
    let (tone, words) = match outdated(model) {
        Some(_) => (Tone::Alarm, model.say(Context::Diff, OUTDATED)),
        None => link_words(model).unwrap_or_else(|| (Tone::Faint, position(view, area))),
    };
    let room = area.width.saturating_sub(u16::try_from(words.chars().count()).unwrap_or(0) + 3);
    let place = model.review.as_ref().and_then(Review::place).map_or(String::new(), |place| format!("{place}  "));
    painter.pieces(1, 0, room, &[(Tone::Strong, format!("{place}{} {of}", view.patch)), (Tone::Faint, issue)]);
    painter.right(0, 0, area.width - 1, tone, &words);
}

/// `change 2/5 · 40/120`.
fn position(view: &DiffView, area: ratatui::layout::Rect) -> String {
    if view.text().is_none() {
        return String::new();
    }
    let many = view.rows.hunks().len();
    let changes = match (many, view.hunk()) {
        (0, _) => "no change".to_owned(),
        (_, Some(hunk)) => format!("change {}/{many}", hunk + 1),
        (_, None) => format!("change {many}/{many}"),
    };
    let last = (view.top + page(view, (area.width, area.height))).min(view.rows.len());
    format!("{changes} · {last}/{}", view.rows.len())
}

fn draw_side(
    now: Timestamp,
    view: &DiffView,
    side: &Side,
    (sign, tone): (char, Tone),
    painter: &mut Painter<'_>,
    (y, area): (u16, ratatui::layout::Rect),
) {
    let blob = side.sha256.and_then(|sha256| view.blob(&sha256));
    let roomy = rows_of(side, area.height) > 1;
    let unread = matches!(&view.body, Body::Ready(comparison) if comparison.stamps_follow);
    let stamp = match blob {
        Some(blob) if !unread => stamped(blob.stamp.as_ref(), roomy, now),
        _ => side.stamp.clone(),
    };
    let facts: Vec<_> = [stamp, side.event.clone()].into_iter().filter(|words| !words.is_empty()).collect();
    let words = format!("{sign} {}: {}", side.title, facts.join(" · "));
    let short = side.sha256.map_or(String::new(), |sha256| {
        let length = blob.map_or(String::new(), |blob| format!(" · {}", size(blob.size)));
        format!(" {}{length}", sha256.short())
    });
    let short = if roomy { String::new() } else { short };
    let room = area.width.saturating_sub(u16::try_from(short.chars().count()).unwrap_or(0) + 2);
    painter.line(1, y, room, tone, &words);
    painter.right(0, y, area.width - 1, Tone::Faint, &short);
    if roomy {
        let why = if unread { "reading the stamp…".to_owned() } else { blob.map_or(String::new(), why) };
        let kind = blob.map_or(String::new(), |blob| format!("{} · {} · ", size(blob.size), blob.kind));
        let hash = side.sha256.map_or(String::new(), |sha256| sha256.to_string());
        painter.line(3, y + 1, area.width - 4, Tone::Faint, &why);
        painter.line(3, y + 2, area.width - 4, Tone::Faint, &format!("{kind}{hash}"));
    }
}

/// Who changed a content and when, and when it was filed out.
fn stamped(stamp: Option<&Stamp>, roomy: bool, now: Timestamp) -> String {
    let Some(stamp) = stamp.filter(|stamp| stamp.why != Why::Nothing) else { return "no author or date".to_owned() };
    let when = |when: &When| if roomy { format!("{when} ({})", stamp_ago(when, now)) } else { stamp_ago(when, now) };
    let author = stamp.author.as_deref().map_or("nobody named", |author| if roomy { author } else { without_address(author) });
    let author = Clean::line(author);
    let person = stamp.person.as_deref().map_or(String::new(), |person| format!(" ({})", Clean::line(person)));
    // Where the time is the file-out's, saying it once is enough.
    let changed = stamp.changed_at.as_ref().filter(|_| stamp.why != Why::FileOutTime);
    let changed = changed.map_or(String::new(), |at| format!(" {}", when(at)));
    // In one line the age of the content says it, and what happened to it here is worth more.
    let filed = stamp.filed_out_at.as_ref().filter(|_| roomy || changed.is_empty());
    let filed = filed.map_or(String::new(), |at| format!(", filed out {}", when(at)));
    format!("{author}{person}{changed}{filed}")
}

/// By which rule the stamp was chosen, and what else the content says about itself.
fn why(blob: &Blob) -> String {
    let Some(stamp) = &blob.stamp else { return "no format that carries a stamp was recognised".to_owned() };
    let kind = stamp.author_from.or(stamp.time_from).map_or(String::new(), |kind| format!(" ({kind})"));
    let mut words = vec![format!("stamp: {}{kind}", stamp.why)];
    if stamp.ambiguous {
        words.push("a date was left out: day and month can't be told apart".to_owned());
    }
    if stamp.future {
        words.push("a time that lies ahead was left out".to_owned());
    }
    let named = [("title", &stamp.title), ("made against", &stamp.base), ("number", &stamp.number)];
    words.extend(named.into_iter().filter_map(|(name, text)| Some(format!("{name}: {}", Clean::line(text.as_deref()?)))));
    if !stamp.removals.is_empty() {
        let removed: Vec<_> = stamp.removals.iter().map(|one| Clean::line(one).to_string()).collect();
        words.push(format!("removes {}: {}", removed.len(), removed.join(", ")));
    }
    words.join(" · ")
}
