//! The help: every key of the place that it was asked from, made from the live bindings, searchable.

pub(crate) mod bindings;
mod legend;

use super::fuzzy::ranked;
use super::input::Input;
use super::keymap::{Action, Context, Live};
use super::model::Model;
use super::overlay::Overlay;
use super::paint::Painter;
use super::popup::{Popup, Row, field_width, inside, page};
use super::scroll::stepped;
use super::theme::Tone;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// How it is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Help {
    pub(crate) filter: Input,
    /// Whether keys go into the filter.
    pub(crate) typing: bool,
    /// Rows that are scrolled away.
    pub(crate) top: usize,
}

/// Carries out a key.
pub(crate) fn act(model: &mut Model, context: Context, action: Action) {
    let Some(Overlay::Help(help)) = &model.overlay else { return };
    let mut help = help.clone();
    match (context, action) {
        (Context::HelpFilter, Action::Accept) => help.typing = false,
        (Context::HelpFilter, Action::Decline) => help = Help::default(),
        (_, Action::Filter) => help.typing = true,
        (_, Action::Decline) => {
            // The filter first, then the help itself.
            model.overlay = (!help.filter.is_empty()).then(|| Overlay::Help(Help::default()));
            return;
        }
        _ => {
            let area = Rect::new(0, 0, model.size.0, model.size.1);
            let (rows, page) = (rows(model, &help).len(), page(area, help.has_head()));
            // What scrolls is the window, not a cursor in it.
            help.top = stepped(help.top, rows, page, action).min(rows.saturating_sub(page));
        }
    }
    model.overlay = Some(Overlay::Help(help));
}

impl Help {
    fn has_head(&self) -> bool {
        self.typing || !self.filter.is_empty()
    }
}

/// Every key of the place below the help; what can't be done now is faint and says why.
fn rows(model: &Model, help: &Help) -> Vec<Row> {
    let place = model.place();
    let lives: Vec<_> = model.keys.of(place).iter().filter(|live| !live.keys.is_empty()).collect();
    let line = |live: &Live| model.say(place, live.binding.help);
    let words: Vec<_> = lives.iter().map(|live| format!("{} {}", line(live), live.labels())).collect();
    let wide = key_column(lives.iter().copied());
    let room = inside(Rect::new(0, 0, model.size.0, model.size.1));
    let found = ranked(&help.filter.text(), &words);
    let mut rows: Vec<_> = found.into_iter().flat_map(|found| key_rows(model, lives[found.line], wide, room)).collect();
    if help.filter.is_empty() {
        let legend = match place {
            Context::Grid => legend::CELLS,
            Context::Diff => legend::LINES,
            _ => &[],
        };
        rows.extend(legend.iter().map(|line| legend_row(*line, wide)));
    }
    rows
}

/// How wide the column of keys is; a few that have many keys may stand out of it.
pub(crate) fn key_column<'a>(lives: impl Iterator<Item = &'a Live>) -> usize {
    const WIDEST: usize = 14;
    lives.map(|live| live.labels().chars().count()).max().unwrap_or(0).min(WIDEST)
}

/// One row, and another for the reason where both have no room in one.
fn key_rows(model: &Model, live: &Live, wide: usize, room: usize) -> Vec<Row> {
    let words = model.say(model.place(), live.binding.help);
    let keys = format!("{:<wide$}  ", live.labels());
    let Err(why) = live.binding.ready(model) else {
        return vec![Row { pieces: vec![(Tone::Strong, keys), (Tone::Plain, words)], selected: false }];
    };
    let why = model.say(model.place(), why);
    let fits = keys.width() + words.width() + why.width() + 4 <= room;
    let mut first = vec![(Tone::Faint, keys), (Tone::Faint, words)];
    if fits {
        first.push((Tone::Faint, format!("  ({why})")));
        return vec![Row { pieces: first, selected: false }];
    }
    let second = vec![(Tone::Faint, format!("{:<wide$}  ({why})", ""))];
    [first, second].map(|pieces| Row { pieces, selected: false }).into()
}

fn legend_row((signs, words): (&str, &str), wide: usize) -> Row {
    if signs.is_empty() {
        return Row { pieces: vec![(Tone::Strong, words.to_owned())], selected: false };
    }
    // Each sign is a piece of its own: in ASCII mode a sign and the same character within words differ.
    let mut pieces: Vec<_> =
        signs.split(' ').flat_map(|one| [(Tone::Strong, one.to_owned()), (Tone::Plain, " ".to_owned())]).collect();
    let gap = (wide + 1).saturating_sub(signs.chars().count());
    pieces.push((Tone::Plain, format!("{:gap$}{words}", "")));
    Row { pieces, selected: false }
}

/// Draws it.
pub(crate) fn draw(model: &Model, help: &Help, painter: &mut Painter<'_>, area: Rect) {
    let rows = rows(model, help);
    let head = help.has_head().then(|| {
        let found = if rows.is_empty() { "   no key matches" } else { "" };
        let text = if help.typing { help.filter.field(field_width(area)) } else { help.filter.shown().to_string() };
        (Tone::Strong, format!("/{text}{found}"))
    });
    Popup { title: "Keys".to_owned(), head, rows, top: help.top, ..Popup::default() }.draw(painter, area);
}
