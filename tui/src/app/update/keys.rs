//! What a key does: the table of bindings says which action it is, the room that it was typed in carries it out.

use crate::app::dialog::send::Verb;
use crate::app::dialog::{self, Dialog};
use crate::app::input::Input;
use crate::app::keymap::{self, Action, Context};
use crate::app::model::{Effect, Model};
use crate::app::office::Request;
use crate::app::{act, diff, grid, help};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

pub(super) fn key(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let context = model.context();
    let Some(binding) = keymap::find(context, event.into()) else {
        return typed(model, event);
    };
    if let Err(reason) = (binding.valid)(model) {
        refuse(model, context, binding.action, reason);
        return Vec::new();
    }
    if let Some(effects) = anywhere(model, context, binding.action) {
        return effects;
    }
    match context {
        Context::Grid | Context::Filter => grid::keys::act(model, context, binding.action),
        Context::Diff => diff::keys::act(model, binding.action),
        Context::Confirm | Context::Word | Context::Versions | Context::Pick | Context::Read => {
            dialog::keys::act(model, binding.action)
        }
        Context::Help => {
            help::act(model, binding.action);
            Vec::new()
        }
    }
}

/// What means the same on every screen.
fn anywhere(model: &mut Model, context: Context, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Help => model.help = Some(0),
        Action::Quit | Action::Interrupt => return Some(vec![Effect::Quit]),
        Action::Suspend => return Some(vec![Effect::Suspend]),
        Action::Refresh => return Some(refresh(model)),
        Action::Back if context != Context::Grid => model.screens.back(),
        _ => return None,
    }
    Some(Vec::new())
}

/// A key that is no binding goes into the text field, if there is one.
fn typed(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    // Suspend works everywhere, also where its letter isn't bound.
    if event.code == KeyCode::Char('z') && event.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Suspend];
    }
    if field(model).is_some_and(|input| input.key(event)) {
        refilter(model);
    }
    Vec::new()
}

/// Pasted text goes into text fields only.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(input) = field(model) {
        input.paste(text);
        refilter(model);
    }
}

fn field(model: &mut Model) -> Option<&mut Input> {
    match model.context() {
        Context::Filter => Some(&mut model.grid.filter),
        Context::Word => model.dialog.as_mut().and_then(Dialog::input),
        _ => None,
    }
}

fn refilter(model: &mut Model) {
    if model.context() == Context::Filter {
        model.grid.refilter();
    }
}

/// Says why a key does nothing now.
fn refuse(model: &mut Model, context: Context, action: Action, reason: &'static str) {
    let sends = matches!(action, Action::SendNew | Action::SendUpdate);
    if sends && context == Context::Grid && model.may_act() && model.grid.selected().is_some() {
        // The dialog knows the reason best.
        return act::send(model, Verb::Update);
    }
    model.note(reason);
}

/// Reads everything again.
pub(super) fn refresh(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::Ask(Request::Apps)];
    if model.role.is_none() {
        effects.push(Effect::Ask(Request::Whoami));
    }
    effects
}
