//! What can be asked of a site, and how a person chooses it: the list of it, then which part of a log, or why an action. The logs and
//! actions are those that the agent named last; opening the list asks it for them anew.

use super::output;
use crate::app::dialog::Dialog;
use crate::app::dialog::ask::{AskDialog, Of};
use crate::app::dialog::pick::{Choice, Pick};
use crate::app::keymap::Context;
use crate::app::model::{Effect, Model};
use crate::app::office::{Askable, Request, Trouble, Wish};
use crate::app::when::ago;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::CommandKind;
use fieldpost_common::id::{ActionName, AppName, LogName, SiteName};
use fieldpost_common::text::{age, size};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{AgentInfo, LogInfo};

/// One thing that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asking {
    Log { application: AppName, log: LogName, about: String },
    Action { application: AppName, action: ActionName },
    State(AppName),
    Walkbacks(AppName),
    Rescan,
    Inventory,
    AgentInfo,
}

impl Asking {
    /// What it is, for a list.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Log { application, log, about } => format!("log {log} of {application}  {about}"),
            Self::Action { application, action } => format!("run {action} of {application}"),
            Self::State(application) => format!("the state of {application}"),
            Self::Walkbacks(application) => format!("walkbacks of {application} that are not home yet"),
            Self::Rescan => "a look at the patch directories that reads every file".to_owned(),
            Self::Inventory => "the list of all patches, whole".to_owned(),
            Self::AgentInfo => "what the agent knows of itself and its machine".to_owned(),
        }
    }
}

/// Opens the list of what can be asked of a site.
pub(crate) fn open(model: &mut Model, site: SiteName) -> Vec<Effect> {
    let choices = choices(&applications(model, &site), None, model.grid.now);
    model.dialog = pick(&site, choices, "reading which logs and actions it has…");
    vec![Effect::Ask(Request::Askable { site, refresh: true })]
}

/// While the list is open: what the agent says of itself may have come.
pub(crate) fn read(model: &Model) -> Vec<Effect> {
    let site = asked_site(model).cloned();
    site.map(|site| Effect::Ask(Request::Askable { site, refresh: false })).into_iter().collect()
}

/// Takes what a site can be asked for; the cursor stays on its line.
pub(crate) fn take(model: &mut Model, site: &SiteName, answer: Result<Box<Askable>, Trouble>) {
    if asked_site(model) != Some(site) {
        return;
    }
    let (known, note) = match answer {
        Ok(askable) => {
            let note = note(&askable, model.grid.now);
            (askable.known.map(|known| known.info), note)
        }
        Err(trouble) => return noted(model, format!("its logs and actions can't be read: {}", trouble.words())),
    };
    let choices = choices(&applications(model, site), known.as_ref(), model.grid.now);
    if let Some(Dialog::Pick(pick)) = &mut model.dialog {
        pick.renew(choices.into_iter().map(|asking| Choice::Ask(site.clone(), asking)).collect(), &note);
    }
}

/// Says so below the list; what is in it stays.
fn noted(model: &mut Model, words: String) {
    if let Some(Dialog::Pick(pick)) = &mut model.dialog {
        pick.note = words;
    }
}

/// The site whose list is open.
fn asked_site(model: &Model) -> Option<&SiteName> {
    match &model.dialog {
        Some(Dialog::Pick(pick)) => match pick.picked() {
            Some(Choice::Ask(site, _)) => Some(site),
            _ => None,
        },
        _ => None,
    }
}

/// How old what is listed is, and what will come.
fn note(askable: &Askable, now: Timestamp) -> String {
    match &askable.known {
        None => "asked which logs and actions it has; they appear here as soon as it answers".to_owned(),
        Some(known) if known.info.applications.iter().all(|app| app.logs.is_empty() && app.actions.is_empty()) => {
            "the agent's config names no logs and no actions: [app.logs] main = \"/path/of/the.log\"".to_owned()
        }
        Some(known) => match age(known.at.age(now)).trim() {
            "now" => String::new(),
            old => format!("as the agent said {old} ago"),
        },
    }
}

fn applications(model: &Model, site: &SiteName) -> Vec<AppName> {
    let site = model.sites.find(site);
    site.map(|site| site.applications.iter().map(|one| one.application.clone()).collect()).unwrap_or_default()
}

/// Logs and actions first: they are what people come for.
fn choices(applications: &[AppName], info: Option<&AgentInfo>, now: Timestamp) -> Vec<Asking> {
    let known = info.map(|info| info.applications.as_slice()).unwrap_or_default();
    let logs = known.iter().flat_map(|app| {
        app.logs.iter().map(|log| Asking::Log {
            application: app.application.clone(),
            log: log.name.clone(),
            about: about(log, now),
        })
    });
    let actions = known.iter().flat_map(|app| {
        app.actions.iter().map(|action| Asking::Action { application: app.application.clone(), action: action.clone() })
    });
    let of_apps = applications.iter().flat_map(|app| [Asking::State(app.clone()), Asking::Walkbacks(app.clone())]);
    logs.chain(actions).chain(of_apps).chain([Asking::AgentInfo, Asking::Inventory, Asking::Rescan]).collect()
}

/// `12 MB, written 3m ago`.
fn about(log: &LogInfo, now: Timestamp) -> String {
    match (log.size, log.modified) {
        (Some(bytes), Some(at)) => format!("{}, written {}", size(bytes), ago(at, now)),
        (Some(bytes), None) => size(bytes),
        (None, _) => "not there, or not readable".to_owned(),
    }
}

fn pick(site: &SiteName, choices: Vec<Asking>, note: &str) -> Option<Dialog> {
    let choices: Vec<_> = choices.into_iter().map(|asking| Choice::Ask(site.clone(), asking)).collect();
    let first = choices.first()?.clone();
    let mut pick = Pick::new(choices, &first)?;
    note.clone_into(&mut pick.note);
    Some(Dialog::Pick(pick))
}

/// Something was chosen: it is asked at once, or after the rest of the question.
pub(crate) fn chosen(model: &mut Model, site: SiteName, asking: Asking) -> Vec<Effect> {
    let of = match asking {
        Asking::Log { application, log, .. } => Of::Log { application, log },
        Asking::Action { application, action } => Of::Action { application, action },
        Asking::State(application) => return ask(model, site, CommandKind::State { application }),
        Asking::Walkbacks(application) => return ask(model, site, CommandKind::Walkbacks { application }),
        Asking::Rescan => return ask(model, site, CommandKind::Rescan),
        Asking::Inventory => return ask(model, site, CommandKind::Inventory),
        Asking::AgentInfo => return ask(model, site, CommandKind::AgentInfo),
    };
    model.dialog = Some(Dialog::Ask(Box::new(AskDialog::new(site, of))));
    Vec::new()
}

fn ask(model: &mut Model, site: SiteName, kind: CommandKind) -> Vec<Effect> {
    wish(model, site, Wish::Plain(kind))
}

/// Asks.
pub(crate) fn wish(model: &mut Model, site: SiteName, wish: Wish) -> Vec<Effect> {
    model.working += 1;
    vec![Effect::Ask(Request::Ask { site, wish })]
}

/// The site is asked by its next poll, or can't be. What brings lines is shown at once, unless somebody has gone on meanwhile.
pub(crate) fn asked(model: &mut Model, site: &SiteName, answer: Result<Box<CommandInfo>, Trouble>) -> Vec<Effect> {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(command) => {
            let is_near = matches!(model.context(), Context::Sites | Context::Site | Context::Commands | Context::Output);
            if command.wish.most_output().is_some() && is_near {
                return output::open(model, *command);
            }
            let words = model.keys.label(model.place(), crate::app::keymap::Action::Commands);
            model.note(format!("{site} is asked for: {} ({words} shows what becomes of it)", super::line::wish(&command)));
        }
        Err(trouble) => model.error(format!("{site} can't be asked: {}", trouble.words())),
    }
    Vec::new()
}
