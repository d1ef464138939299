//! What lies over everything else: the help, the list of actions, the copy menu. One at a time.

use super::copy::CopyMenu;
use super::help::Help;
use super::input::Input;
use super::keymap::Context;
use super::model::Model;
use super::paint::Painter;
use super::palette::Palette;
use super::{copy, help, palette};
use ratatui::layout::Rect;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Overlay {
    Help(Help),
    Palette(Palette),
    Copy(CopyMenu),
}

impl Overlay {
    /// Where keys go while it is open.
    pub(crate) fn context(&self) -> Context {
        match self {
            Self::Help(help) if help.typing => Context::HelpFilter,
            Self::Help(_) => Context::Help,
            Self::Palette(_) => Context::Palette,
            Self::Copy(_) => Context::Copy,
        }
    }

    /// The text field, if it has one now.
    pub(crate) fn input(&mut self) -> Option<&mut Input> {
        match self {
            Self::Help(help) => help.typing.then_some(&mut help.filter),
            Self::Palette(palette) => Some(&mut palette.input),
            Self::Copy(_) => None,
        }
    }

    /// After the text changed: what is chosen is the best match.
    pub(crate) fn typed(&mut self) {
        match self {
            Self::Help(help) => help.top = 0,
            Self::Palette(palette) => palette.cursor = 0,
            Self::Copy(_) => {}
        }
    }

    pub(crate) fn draw(&self, model: &Model, painter: &mut Painter<'_>, area: Rect) {
        match self {
            Self::Help(help) => help::draw(model, help, painter, area),
            Self::Palette(palette) => palette::draw::draw(model, palette, painter, area),
            Self::Copy(menu) => copy::draw::draw(menu, painter, area),
        }
    }
}
