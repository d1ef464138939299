//! What a key does: the table of bindings says which action it is, the room that it was typed in carries it out.

use crate::app::act::orders;
use crate::app::dialog::plan::Verb;
use crate::app::dialog::{self, Dialog};
use crate::app::help::Help;
use crate::app::input::Input;
use crate::app::jobs::{self, JobsView};
use crate::app::keymap::{Action, Binding, Context, answers};
use crate::app::messages::{self, MessagesView};
use crate::app::model::{Effect, Model};
use crate::app::office::Request;
use crate::app::overlay::Overlay;
use crate::app::palette::Palette;
use crate::app::screens::{Screen, Tab};
use crate::app::{activity, alerts, commands, conflict, copy, diff, errors, grid, help, history, login, palette, review, sites};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

pub(super) fn key(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let context = model.context();
    match model.keys.find(context, event.into()) {
        Some(binding) => perform(model, context, binding),
        None if event.modifiers.contains(KeyModifiers::ALT) && field(model).is_none() => {
            // Over a slow line Esc and the key after it arrive together, which reads as that key with Alt.
            let mut effects = key(model, KeyCode::Esc.into());
            effects.extend(key(model, KeyEvent { modifiers: event.modifiers - KeyModifiers::ALT, ..event }));
            effects
        }
        None => typed(model, event),
    }
}

/// Does what a binding asks for, or says why not.
fn perform(model: &mut Model, context: Context, binding: &'static Binding) -> Vec<Effect> {
    if let Err(reason) = binding.ready(model) {
        refuse(model, context, binding.action, reason);
        return Vec::new();
    }
    if let Some(effects) = anywhere(model, binding.action) {
        return effects;
    }
    match context {
        Context::Filter => filter(model, binding.action),
        Context::Grid => grid::keys::act(model, context, binding.action),
        Context::Sites => sites::keys::act(model, binding.action),
        Context::Site => sites::site::keys::act(model, binding.action),
        Context::Alerts => alerts::keys::act(model, binding.action),
        Context::Errors => errors::keys::act(model, binding.action),
        Context::Error => errors::page::keys::act(model, binding.action),
        Context::Activity => activity::keys::act(model, binding.action),
        Context::Diff => diff::keys::act(model, binding.action),
        Context::Conflict => conflict::keys::act(model, binding.action),
        Context::Search => search(model, binding.action),
        Context::History => history::keys::act(model, binding.action),
        Context::Review => review::keys::act(model, binding.action),
        Context::Jobs => jobs::keys::act(model, binding.action),
        Context::Commands => commands::keys::act(model, binding.action),
        Context::Output => commands::output::keys::act(model, binding.action),
        Context::Messages => {
            messages::act(model, binding.action);
            Vec::new()
        }
        Context::Confirm | Context::Word | Context::Versions | Context::Pick | Context::Narrow | Context::Read => {
            dialog::keys::act(model, binding.action)
        }
        Context::Help | Context::HelpFilter => {
            help::act(model, context, binding.action);
            Vec::new()
        }
        Context::Palette => match palette::act(model, binding.action) {
            Some(chosen) => perform(model, model.place(), chosen),
            None => Vec::new(),
        },
        Context::Copy => copy::act(model, binding.action),
        Context::Login => login::act(model, binding.action),
    }
}

/// A key while a search is typed.
fn search(model: &mut Model, action: Action) -> Vec<Effect> {
    if commands::output::shown(model).is_some() {
        commands::output::keys::search(model, action);
        return Vec::new();
    }
    diff::keys::search(model, action)
}

/// A key while a filter is typed.
fn filter(model: &mut Model, action: Action) -> Vec<Effect> {
    if commands::is_shown(model) {
        return commands::keys::act(model, action);
    }
    match model.screens.tab {
        Tab::Patches => grid::keys::act(model, Context::Filter, action),
        Tab::Sites => sites::keys::act(model, action),
        Tab::Alerts => alerts::keys::act(model, action),
        Tab::Errors => errors::keys::act(model, action),
        Tab::Activity => activity::keys::act(model, action),
    }
}

/// Shows a tab as it was left.
fn show(model: &mut Model, tab: Tab) -> Vec<Effect> {
    model.screens.tab = tab;
    let commands = commands::live::shown(model);
    let effects = match tab {
        Tab::Patches => Vec::new(),
        Tab::Sites => sites::live::shown(model),
        Tab::Alerts => [alerts::live::shown(model), sites::live::read_page(model)].concat(),
        Tab::Errors => errors::live::shown(model),
        Tab::Activity => activity::live::shown(model),
    };
    [effects, commands].concat()
}

/// What means the same on every screen.
fn anywhere(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Help => model.overlay = Some(Overlay::Help(Help::default())),
        Action::Palette => model.overlay = Some(Overlay::Palette(Palette::default())),
        Action::CopyMenu => copy::open(model),
        Action::OpenIssue => return Some(copy::open_issue(model)),
        Action::Quit | Action::Interrupt => return Some(vec![Effect::Quit]),
        Action::Suspend => return Some(vec![Effect::Suspend]),
        Action::Redraw => return Some(vec![Effect::Redraw]),
        Action::Refresh => return Some(refresh(model)),
        // A job is left for the list, and a review says what is left of it.
        Action::Back if matches!(model.context(), Context::Jobs | Context::Review) => return None,
        Action::Back if model.screens.top().is_some() => model.screens.back(),
        Action::ShowPatches => return Some(show(model, Tab::Patches)),
        Action::ShowSites => return Some(show(model, Tab::Sites)),
        Action::ShowAlerts => return Some(show(model, Tab::Alerts)),
        Action::ShowErrors => return Some(show(model, Tab::Errors)),
        Action::ShowActivity => return Some(show(model, Tab::Activity)),
        Action::NextTab => return Some(show(model, model.screens.tab.next())),
        Action::PreviousTab => return Some(show(model, model.screens.tab.previous())),
        Action::Jobs => {
            model.jobs.seen();
            toggle(model, Screen::Jobs(JobsView::default()));
        }
        Action::Commands => return Some(commands::keys::toggle(model)),
        Action::Messages => toggle(model, Screen::Messages(MessagesView::default())),
        _ => return None,
    }
    Some(Vec::new())
}

/// Opens a screen over what is shown, or closes it when it is on top.
fn toggle(model: &mut Model, screen: Screen) {
    let same = |top: &Screen| std::mem::discriminant(top) == std::mem::discriminant(&screen);
    if model.screens.top().is_some_and(same) {
        model.screens.back();
    } else {
        model.screens.open(screen);
    }
}

/// A key that is no binding goes into the text field, if there is one.
fn typed(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    // Suspend works everywhere, also where its letter isn't bound.
    if event.code == KeyCode::Char('z') && event.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Suspend];
    }
    if let (Context::Copy, KeyCode::Char(letter), KeyModifiers::NONE | KeyModifiers::SHIFT) =
        (model.context(), event.code, event.modifiers)
    {
        return copy::letter(model, letter);
    }
    if field(model).is_some_and(|input| input.key(event)) { text_changed(model) } else { Vec::new() }
}

/// Pasted text goes into text fields only.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let Some(input) = field(model) else { return Vec::new() };
    input.paste(text);
    text_changed(model)
}

fn field(model: &mut Model) -> Option<&mut Input> {
    match model.context() {
        Context::Filter if model.list().is_some() => model.list_mut().map(|list| &mut list.filter),
        Context::Filter => Some(&mut model.grid.filter),
        Context::Search => match model.screens.top_mut() {
            Some(Screen::Diff(diff)) => Some(&mut diff.search.input),
            Some(Screen::Output(page)) => Some(&mut page.search.input),
            _ => None,
        },
        Context::Word | Context::Narrow => model.dialog.as_mut().and_then(Dialog::input),
        Context::Login => model.login.as_mut().map(|login| &mut login.input),
        _ => model.overlay.as_mut().and_then(Overlay::input),
    }
}

fn text_changed(model: &mut Model) -> Vec<Effect> {
    if let Some(overlay) = &mut model.overlay {
        overlay.typed();
    }
    match (model.context(), model.screens.tab) {
        (Context::Filter, _) if commands::is_shown(model) => model.commands.refilter(),
        (Context::Filter, Tab::Patches) => model.grid.refilter(),
        (Context::Filter, Tab::Sites) => model.sites.typed(model.grid.now),
        (Context::Filter, Tab::Alerts) => model.alerts.refilter(),
        (Context::Filter, Tab::Errors) => model.errors.refilter(),
        (Context::Filter, Tab::Activity) => {
            model.activity.refilter();
            return activity::live::fill(model);
        }
        (Context::Narrow, _) => {
            if let Some(Dialog::Pick(pick)) = &mut model.dialog {
                pick.refilter();
            }
        }
        (Context::Search, _) => {
            let size = model.size;
            match model.screens.top_mut() {
                Some(Screen::Diff(diff)) => diff.typed(size),
                Some(Screen::Output(page)) => page.typed(size),
                _ => {}
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Says why a key does nothing now.
fn refuse(model: &mut Model, context: Context, action: Action, reason: &'static str) {
    let sends = matches!(action, Action::SendNew | Action::SendUpdate);
    if sends && context == Context::Grid && model.may_act() && answers(model).is_ok() && model.grid.selected().is_some() {
        // The dialog knows the reason best.
        return orders::ask(model, Verb::Update);
    }
    model.note(model.say(context, reason));
}

/// Reads everything again.
pub(super) fn refresh(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::Ask(Request::Apps)];
    if model.role.is_none() {
        effects.push(Effect::Ask(Request::Whoami));
    }
    model.sites.stale = true;
    model.activity.outdate();
    model.alerts.over_stale = true;
    model.errors.stale = true;
    effects.extend(alerts::live::read(model));
    effects.extend(show(model, model.screens.tab));
    effects.extend(diff::renew(model));
    effects
}
