//! Draws the patches screen: only the rows and columns that are seen.

mod empty;

use super::explain::{explain, stamp_ago};
use super::layout::{Frozen, Layout, MARGIN, body_height, current, explain_height, site_label};
use super::{GridView, Mode, Place, is_silent};
use crate::app::dialog::draw::wrap;
use crate::app::header::{self, Said};
use crate::app::model::{Link, Model};
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use fieldpost_common::cell::{Cell, Newer, Overlay, Standing};
use fieldpost_common::grid::GridPatch;
use fieldpost_common::text::{Clean, age, count};
use ratatui::layout::Rect;

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let grid = &model.grid;
    header::draw(model, said(grid), painter, area.width);
    painter.rule(1);
    let body = body_height((area.width, area.height));
    let layout = Layout::of(grid, (area.width, area.height));
    let words = empty::words(model);
    if words.is_empty() {
        titles(grid, &layout, painter, 2);
        for (line, place) in (0..body).zip(grid.top..grid.rows.len()) {
            row(grid, &layout, painter, 3 + line, place);
        }
    } else {
        for (line, words) in (5..).zip(&words) {
            painter.line(3, line, area.width - 3, Tone::Plain, words);
        }
    }
    let y = 3 + body;
    painter.rule(y);
    if let Some(place) = grid.selected().filter(|_| words.is_empty()) {
        explanation(grid, place, painter, y + 1, area);
    } else if let Link::Offline { why, .. } = &model.link {
        painter.line(1, y + 1, area.width - 2, Tone::Alarm, Clean::line(why.lines().next().unwrap_or_default()).as_str());
    }
}

/// From this height on the keys are explained too; on smaller screens the footer must do, which costs fewer bytes.
const ROOMY: u16 = 30;

fn explanation(grid: &GridView, place: Place, painter: &mut Painter<'_>, y: u16, area: Rect) {
    let (fact, advice) = explain(grid, place);
    let tone = tone(&grid.cell(place));
    let tone = if tone == Tone::Faint { Tone::Plain } else { tone };
    if explain_height(area.height) < 2 {
        return painter.line(1, y, area.width - 2, tone, &fact);
    }
    let lines = wrap(&fact, usize::from(area.width - 2));
    painter.line(1, y, area.width - 2, tone, &lines[0]);
    if lines.len() > 1 {
        painter.line(1, y + 1, area.width - 2, tone, &lines[1..].join(" "));
    } else if area.height >= ROOMY {
        painter.line(1, y + 1, area.width - 2, Tone::Faint, &advice);
    }
}

fn said(grid: &GridView) -> Said {
    let mut chosen = Vec::new();
    if let Some(application) = grid.application() {
        chosen.push((Tone::Accent, application.to_string()));
        chosen.push((Tone::Plain, grid.version.as_ref().map_or("all versions".to_owned(), ToString::to_string)));
    }
    chosen.extend(grid.group.as_ref().map(|group| (Tone::Accent, format!("@{group}"))));
    match (&grid.mode, grid.filter.is_empty()) {
        (Mode::Filter, _) => chosen.push((Tone::Strong, format!("/{}", grid.filter.field(header::FILTER_CELLS)))),
        (_, false) => chosen.push((Tone::Accent, format!("/{}", grid.filter.shown()))),
        _ => {}
    }
    Said { chosen, counts: counts(grid) }
}

fn counts(grid: &GridView) -> Vec<(Tone, String)> {
    if grid.read_at.is_none() {
        return Vec::new();
    }
    let mut words = vec![(Tone::Plain, count(grid.table.grid.sites.len(), "site"))];
    if grid.tally.problems > 0 {
        words.push((Tone::Alarm, count(grid.tally.problems, "problem")));
    }
    if grid.tally.silent > 0 {
        let since = grid.tally.longest.map_or("never seen".to_owned(), age);
        words.push((Tone::Alarm, format!("{} silent {since}", grid.tally.silent)));
    }
    match (grid.marks.len(), grid.site_marks.len()) {
        (0, 0) => {}
        (patches, 0) => words.push((Tone::Accent, format!("● {patches}"))),
        (patches, sites) => words.push((Tone::Accent, format!("● {patches} × {}", count(sites, "site")))),
    }
    words
}

fn titles(grid: &GridView, layout: &Layout, painter: &mut Painter<'_>, y: u16) {
    let mut x = MARGIN;
    for (column, wide) in &layout.frozen {
        let title = match column {
            Frozen::Patch => {
                let (shown, all) = (grid.rows.len(), grid.table.grid.patches.len());
                if shown == all { format!("Patch {all}") } else { format!("Patch {shown}/{all}") }
            }
            other => other.title().to_owned(),
        };
        painter.line(x, y, *wide, Tone::Strong, &title);
        x += wide + 2;
    }
    let sites = layout.sites(grid);
    if grid.left > 0 {
        painter.line(layout.sites_x - 2, y, 1, Tone::Faint, "‹");
    }
    if sites.last().is_some_and(|(place, _, _)| place + 1 < grid.columns.len()) {
        painter.right(
            0,
            y - 1,
            painter.width(),
            Tone::Strong,
            &format!(" {} more › ", grid.columns.len() - 1 - sites[sites.len() - 1].0),
        );
    }
    for (place, x, wide) in sites {
        let site = grid.site(grid.columns[place]);
        let label = site_label(site, grid.now);
        if grid.site_marks.contains(&site.name) {
            painter.line(x - 1, y, 1, Tone::Strong, "●");
        }
        if place == grid.column {
            painter.line(x, y, wide, Tone::Accent, &label);
        } else {
            painter.line(x, y, wide, if is_silent(site, grid.now) { Tone::Faint } else { Tone::Strong }, &label);
        }
    }
}

fn row(grid: &GridView, layout: &Layout, painter: &mut Painter<'_>, y: u16, place: usize) {
    let patch = grid.patch(grid.rows[place]);
    let selected = place == grid.row;
    let marked = grid.marks.contains(&patch.name) || grid.range().is_some_and(|range| range.contains(&place));
    painter.line(0, y, 1, Tone::Strong, if selected { "▌" } else { " " });
    painter.line(1, y, 1, Tone::Strong, if marked { "●" } else { " " });
    let mut x = MARGIN;
    for (column, wide) in &layout.frozen {
        painter.line(x, y, *wide, Tone::Plain, &frozen(grid, patch, *column));
        x += wide + 2;
    }
    for (column, x, wide) in layout.sites(grid) {
        let cell = grid.cell(Place { patch: grid.rows[place], site: grid.columns[column] });
        let pieces = mark(&cell);
        if selected && column == grid.column {
            let text: String = pieces.iter().map(|(_, text)| *text).collect();
            painter.selected(x, y, wide.min(3), tone(&cell), &format!("{text:<3}"));
        } else {
            let pieces: Vec<_> = pieces.into_iter().map(|(tone, text)| (tone, text.to_owned())).collect();
            painter.pieces(x, y, wide, &pieces);
        }
    }
}

fn frozen(grid: &GridView, patch: &GridPatch, column: Frozen) -> String {
    match column {
        Frozen::Patch => Clean::line(patch.name.as_str()).to_string(),
        Frozen::Issue => patch.issue.as_ref().map_or("–".to_owned(), ToString::to_string),
        Frozen::By => patch.author.as_deref().map_or("–".to_owned(), |author| Clean::line(author).to_string()),
        Frozen::Changed => {
            let when = patch.changed_at.as_ref().or(patch.filed_out_at.as_ref());
            when.map_or("–".to_owned(), |when| changed(&stamp_ago(when, grid.now)))
        }
        Frozen::Current => current(&grid.table, patch),
    }
}

/// `2 h ago` as a table wants it.
fn changed(words: &str) -> String {
    match words {
        "just now" => "now".to_owned(),
        "yesterday" => "1 d".to_owned(),
        words if words.starts_with("on ") => "future".to_owned(),
        words => words.trim_end_matches(" ago").to_owned(),
    }
}

/// What a cell means, for its colour. Old knowledge is faint whatever it says.
pub(crate) fn tone(cell: &Cell) -> Tone {
    match (&cell.overlay, cell.standing) {
        (Overlay::Blocked(_), _) => Tone::Alarm,
        (Overlay::Sending(_), _) => Tone::Busy,
        _ if cell.is_stale() => Tone::Faint,
        (_, Standing::Unknown | Standing::Conflict | Standing::DeletedAtSite) => Tone::Alarm,
        (_, Standing::OnlyAtSite | Standing::Retrieve) => Tone::Accent,
        (_, Standing::NotSent | Standing::SendUpdate) => Tone::Good,
        (_, Standing::InSync) => Tone::Plain,
        (_, Standing::Removed | Standing::OtherVersion | Standing::Absent | Standing::NotApplicable) => Tone::Faint,
    }
}

/// The mark in pieces: of `> <` only the half that points from the newer side is bright.
fn mark(cell: &Cell) -> Vec<(Tone, &'static str)> {
    let bright = tone(cell);
    match (&cell.overlay, cell.newer()) {
        (Overlay::None, Some(Newer::Published)) => vec![(bright, ">"), (Tone::Faint, " <")],
        (Overlay::None, Some(Newer::Site)) => vec![(Tone::Faint, "> "), (bright, "<")],
        _ => vec![(bright, cell.mark())],
    }
}
