//! Draws the patches screen: only the rows and columns that are seen.

mod empty;

use super::explain::{explain, short_ago, stamp_ago, without_address};
use super::filter::Finder;
use super::layout::{
    FULL_SUM, Frozen, Layout, MARGIN, body_height, current, explain_height, rows_height, site_label, sums_height,
};
use super::sort::Sort;
use super::{GridView, Mode, Place, sums};
use crate::app::header::{self, Said};
use crate::app::keymap::Context;
use crate::app::model::{Link, Model};
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use fieldpost_common::cell::{Cell, Newer, Overlay, Standing};
use fieldpost_common::grid::GridPatch;
use fieldpost_common::text::{Clean, age, count, cut};
use ratatui::layout::Rect;
use std::ops::RangeInclusive;
use unicode_segmentation::UnicodeSegmentation as _;

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let grid = &model.grid;
    header::draw(model, said(grid), painter, area.width);
    painter.rule(1);
    let size = (area.width, area.height);
    let body = body_height(size);
    let words = empty::words(model);
    if words.is_empty() {
        let mut table = Shown::of(grid, size);
        table.titles(painter, 2);
        let first = 3 + sums_height(area.height);
        if first > 3 {
            table.sums(painter, 3);
        }
        for (y, place) in (first..first + rows_height(size)).zip(grid.top..grid.rows.len()) {
            table.row(painter, y, place);
        }
    } else {
        for (line, words) in (5..).zip(&words) {
            painter.line(3, line, area.width - 3, Tone::Plain, words);
        }
    }
    let y = 3 + body;
    painter.rule(y);
    if let Some(place) = grid.selected().filter(|_| words.is_empty()) {
        explanation(model, place, painter, y + 1, area);
    } else if let Link::Offline { why, .. } = &model.link {
        painter.line(1, y + 1, area.width - 2, Tone::Alarm, Clean::line(why.lines().next().unwrap_or_default()).as_str());
    }
}

fn explanation(model: &Model, place: Place, painter: &mut Painter<'_>, y: u16, area: Rect) {
    let grid = &model.grid;
    let (fact, advice) = explain(grid, &model.keys, place);
    // The keys that it names act, and a viewer's don't.
    let advice = match &model.link {
        Link::Offline { .. } => {
            model.say(Context::Grid, "the server doesn't answer: what takes it has to wait · {refresh} tries at once")
        }
        _ if model.may_act() => advice,
        _ => model.say(Context::Grid, "{open} says more"),
    };
    let tone = tone(&grid.cell(place));
    let tone = if tone == Tone::Faint { Tone::Plain } else { tone };
    painter.line(1, y, area.width - 2, tone, &fact);
    if explain_height(area.height) > 1 {
        // However long the fact is: the key is what a newcomer looks for, and it leads to the rest.
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
    let found = format!("{}/{}", grid.rows.len(), grid.table.grid.patches.len());
    match (&grid.mode, grid.filter.is_empty()) {
        (Mode::Filter, _) => {
            let field = (Tone::Strong, format!("/{}", grid.filter.field(header::FILTER_CELLS)));
            chosen.extend([field, (Tone::Plain, found)]);
        }
        (_, false) => chosen.extend([(Tone::Accent, format!("/{}", grid.filter.shown())), (Tone::Plain, found)]),
        _ => {}
    }
    if grid.sort != Sort::default() {
        chosen.push((Tone::Accent, grid.sort.words().to_owned()));
    }
    Said { chosen, counts: counts(grid) }
}

fn counts(grid: &GridView) -> Vec<(Tone, String)> {
    if grid.read_at.is_none() {
        return Vec::new();
    }
    let (shown, all) = (grid.columns.len(), grid.table.grid.sites.len());
    let sites = if shown == all { count(all, "site") } else { format!("{shown}/{}", count(all, "site")) };
    let mut words = vec![(Tone::Plain, sites)];
    // "Problems" are incidents, on every screen; these are cells, each number with its sign.
    let tally = &grid.tally;
    let cells = [("!", tally.blocked), ("≠", tally.conflicts), ("-", tally.deleted), ("?", tally.unknown)];
    let cells = cells.into_iter().filter(|(_, number)| *number > 0).map(|(sign, number)| format!("{sign}{number}"));
    let cells = cells.collect::<Vec<_>>().join(" ");
    if !cells.is_empty() {
        words.push((Tone::Alarm, cells));
    }
    if grid.tally.silent > 0 {
        let since = grid.tally.longest.map_or("never seen".to_owned(), age);
        words.push((Tone::Alarm, format!("{} silent {since}", grid.tally.silent)));
    }
    if !(grid.marks.is_empty() && grid.site_marks.is_empty()) {
        let patches = with_hidden(grid.marks.len(), grid.hidden_marks());
        words.push((
            Tone::Accent,
            match grid.site_marks.len() {
                0 => format!("● {patches}"),
                sites => format!("● {patches} × {}", with_hidden(sites, grid.hidden_site_marks())),
            },
        ));
    }
    words
}

/// `12`, or `12, 3 hidden`.
fn with_hidden(marks: usize, hidden: usize) -> String {
    if hidden == 0 { marks.to_string() } else { format!("{marks}, {hidden} hidden") }
}

/// What one frame shows of the table, measured once.
struct Shown<'a> {
    grid: &'a GridView,
    layout: Layout,
    /// The sites that fit: places in the columns, each with its x and width.
    sites: Vec<(usize, u16, u16)>,
    range: Option<RangeInclusive<usize>>,
    finder: Finder,
}

impl<'a> Shown<'a> {
    fn of(grid: &'a GridView, size: (u16, u16)) -> Self {
        let layout = Layout::of(grid, size);
        Self { sites: layout.sites(grid), layout, range: grid.range(), finder: Finder::default(), grid }
    }

    fn titles(&mut self, painter: &mut Painter<'_>, y: u16) {
        let grid = self.grid;
        let mut x = MARGIN;
        for (column, wide) in &self.layout.frozen {
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
        self.more(painter, y);
        for (place, x, wide) in &self.sites {
            let site = grid.site(grid.columns[*place]);
            let label = site_label(grid, site);
            let tone = match site {
                _ if *place == grid.column => Tone::Accent,
                site if grid.is_silent(site, grid.now) => Tone::Faint,
                _ => Tone::Strong,
            };
            if grid.site_marks.contains(&site.name) {
                painter.line(x - 1, y, 1, Tone::Strong, "●");
            }
            let hits = grid.wanted.in_site(site.name.as_str(), &mut self.finder);
            painter.pieces(*x, y, *wide, &lit(&cut(&label, usize::from(*wide)), tone, &hits));
        }
    }

    /// That there are more sites at the left and at the right.
    fn more(&self, painter: &mut Painter<'_>, y: u16) {
        if self.grid.left > 0 {
            painter.line(self.layout.sites_x - 2, y, 1, Tone::Faint, "‹");
        }
        let left = self.sites.last().map_or(0, |(place, _, _)| self.grid.columns.len() - 1 - place);
        if left > 0 {
            painter.right(0, y - 1, painter.width(), Tone::Strong, &format!(" {left} more › "));
        }
    }

    /// The columns in numbers.
    fn sums(&self, painter: &mut Painter<'_>, y: u16) {
        for (place, x, wide) in &self.sites {
            if let Some(summary) = self.grid.site_summary(self.grid.columns[*place]) {
                let (tone, words) = sums::column(summary);
                painter.line(*x, y, *wide, tone, &words);
            }
        }
    }

    fn row(&mut self, painter: &mut Painter<'_>, y: u16, place: usize) {
        let grid = self.grid;
        let index = grid.rows[place];
        let patch = grid.patch(index);
        let selected = place == grid.row;
        let marked = grid.marks.contains(&patch.name) || self.range.as_ref().is_some_and(|range| range.contains(&place));
        painter.line(0, y, 1, Tone::Strong, if selected { "▌" } else { " " });
        painter.line(1, y, 1, Tone::Strong, if marked { "●" } else { " " });
        let mut x = MARGIN;
        for (column, wide) in &self.layout.frozen {
            match column {
                Frozen::Patch => {
                    let name = Clean::line(patch.name.as_str()).cut(usize::from(*wide));
                    let hits = grid.wanted.in_name(&name, &mut self.finder);
                    painter.pieces(x, y, *wide, &lit(&name, Tone::Plain, &hits));
                }
                Frozen::Sum => {
                    painter.pieces(x, y, *wide, &sum(grid, index, *wide));
                }
                other => painter.line(x, y, *wide, Tone::Plain, &frozen(grid, patch, *other)),
            }
            x += wide + 2;
        }
        for (column, x, wide) in &self.sites {
            let cell = grid.cell(Place { patch: index, site: grid.columns[*column] });
            let pieces = mark(&cell);
            if selected && *column == grid.column {
                let text: String = pieces.iter().map(|(_, text)| *text).collect();
                painter.selected(*x, y, (*wide).min(3), tone(&cell), &format!("{text:<3}"));
            } else {
                let pieces: Vec<_> = pieces.into_iter().map(|(tone, text)| (tone, text.to_owned())).collect();
                painter.pieces(*x, y, *wide, &pieces);
            }
        }
    }
}

fn sum(grid: &GridView, patch: usize, wide: u16) -> Vec<(Tone, String)> {
    let Some(summary) = grid.summary(patch) else { return Vec::new() };
    if wide >= FULL_SUM { sums::full(summary, usize::from(wide)) } else { vec![sums::short(summary)] }
}

/// A text with the matched characters bright. `hits`: their places.
fn lit(text: &str, tone: Tone, hits: &[u32]) -> Vec<(Tone, String)> {
    if hits.is_empty() {
        return vec![(tone, text.to_owned())];
    }
    let mut pieces: Vec<(Tone, String)> = Vec::new();
    for (place, character) in (0_u32..).zip(text.graphemes(true)) {
        let tone = if hits.binary_search(&place).is_ok() { Tone::Accent } else { tone };
        match pieces.last_mut() {
            Some((last, piece)) if *last == tone => piece.push_str(character),
            _ => pieces.push((tone, character.to_owned())),
        }
    }
    pieces
}

fn frozen(grid: &GridView, patch: &GridPatch, column: Frozen) -> String {
    match column {
        Frozen::Patch | Frozen::Sum => String::new(),
        Frozen::Issue => patch.issue.as_ref().map_or("–".to_owned(), ToString::to_string),
        Frozen::By => patch.author.as_deref().map_or("–".to_owned(), |author| Clean::line(without_address(author)).to_string()),
        Frozen::Changed => {
            let when = patch.changed_at.as_ref().or(patch.filed_out_at.as_ref());
            when.map_or("–".to_owned(), |when| short_ago(&stamp_ago(when, grid.now)))
        }
        Frozen::Current => current(&grid.table, patch),
    }
}

/// What a cell means, for its colour. Old knowledge is faint whatever it says.
pub(crate) fn tone(cell: &Cell) -> Tone {
    match (&cell.overlay, cell.standing) {
        (Overlay::Blocked(_), _) => Tone::Alarm,
        (Overlay::Waiting(_), _) => Tone::Warning,
        (Overlay::Sending(_), _) => Tone::Busy,
        _ if cell.is_stale => Tone::Faint,
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
