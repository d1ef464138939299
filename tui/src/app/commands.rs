//! What people asked of sites: the list of it, its filter and selection. Keys are left to `commands::keys`, words to `commands::line`,
//! reading to `commands::live`, asking to `commands::ask`, what one brought to `commands::output`.

pub(crate) mod ask;
pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod line;
pub(crate) mod live;
pub(crate) mod output;

use super::flight::Flight;
use super::fuzzy;
use super::list::List;
use super::model::Model;
use super::screens::Screen;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::id::CommandId;

/// The list.
#[derive(Debug, Default)]
pub(crate) struct CommandsView {
    /// Newest first; `None`: not read yet.
    pub(crate) commands: Option<Vec<CommandInfo>>,
    /// Why it couldn't be read last time.
    pub(crate) trouble: Option<String>,
    pub(crate) flight: Flight,
    pub(crate) list: List,
}

impl CommandsView {
    /// Every command that is known.
    pub(crate) fn all(&self) -> &[CommandInfo] {
        self.commands.as_deref().unwrap_or_default()
    }

    /// Takes what was newly read; the selection stays on its command, and at the top where it was there.
    pub(crate) fn load(&mut self, commands: Vec<CommandInfo>) {
        let selected = self.selected().filter(|_| self.list.row > 0).map(|one| one.id.clone());
        self.commands = Some(commands);
        self.trouble = None;
        self.derive(selected.as_ref());
    }

    /// Works out the rows anew after the filter changed.
    pub(crate) fn refilter(&mut self) {
        let selected = self.selected().map(|one| one.id.clone());
        self.derive(selected.as_ref());
    }

    fn derive(&mut self, selected: Option<&CommandId>) {
        let all = self.commands.as_deref().unwrap_or_default();
        let rows = fuzzy::containing(&self.list.filter.text(), all.iter().map(line::haystack));
        self.list.show(rows, |row| Some(&all[row].id) == selected);
    }

    pub(crate) fn selected(&self) -> Option<&CommandInfo> {
        self.list.selected().and_then(|row| self.all().get(row))
    }
}

/// Whether the list is shown.
pub(crate) fn is_shown(model: &Model) -> bool {
    matches!(model.screens.top(), Some(Screen::Commands))
}
