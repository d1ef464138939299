//! `/api/v1/sites/{site}/commands`, `/api/v1/commands` and `/state`: what is asked of a site, and what its applications say.

use crate::agent::state::shown;
use crate::auth::{Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::measures::Measures;
use crate::random;
use crate::request::{Ask, At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::command_output::command_output_fetch;
use crate::store::state::{StateRow, state_content, state_marks, state_newest_list};
use crate::store::{Effect, StoreError, Tx, command, site, site_app, trust};
use crate::wish::{command_advance, command_queue};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, CommandInfo, CommandOutput, StateView};
use fieldpost_common::command::action::{ActionOrder, LONGEST_WAIT};
use fieldpost_common::command::{CommandEvent, CommandKind, CommandState};
use fieldpost_common::id::{CommandId, SiteName};
use fieldpost_common::order::Refusal;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;
use std::time::Duration;

/// How many commands are listed, and how many states are shown in short.
const COMMANDS: u64 = 100;
const MOST: u64 = 1000;
const MARKS: u64 = 144;
/// How long a wish of a person's waits for the site.
const PATIENCE: Duration = Duration::from_hours(1);

pub(crate) async fn list(
    State(server): State<Shared>,
    _: Viewer,
    At(site): At<SiteName>,
) -> Result<Json<Vec<CommandInfo>>, Error> {
    let list = server.store.read(move |db| command::command_list(db, &site, COMMANDS)).await;
    Ok(Json(list.map_err(|error: StoreError| error)?))
}

pub(crate) async fn one(State(server): State<Shared>, _: Viewer, At(id): At<CommandId>) -> Result<Json<CommandInfo>, Error> {
    server.store.peek(|db| command::command_fetch(db, &id))?.map(Json).ok_or_else(|| Error::no_such("command", id))
}

#[derive(Deserialize)]
pub(crate) struct Limit {
    limit: Option<u64>,
}

pub(crate) async fn all(State(server): State<Shared>, _: Viewer, Ask(ask): Ask<Limit>) -> Result<Json<Vec<CommandInfo>>, Error> {
    let limit = ask.limit.unwrap_or(COMMANDS).min(MOST);
    let list = server.store.read(move |db| command::command_of_people_list(db, limit)).await;
    Ok(Json(list.map_err(|error: StoreError| error)?))
}

pub(crate) async fn output(
    State(server): State<Shared>,
    _: Developer,
    At(id): At<CommandId>,
) -> Result<Json<CommandOutput>, Error> {
    let read = server.store.read(move |db| {
        command::command_fetch(db, &id)?.ok_or_else(|| Error::no_such("command", &id))?;
        command_output_fetch(db, &id)?.ok_or_else(|| Error::no_such("output of command", &id))
    });
    read.await.map(Json)
}

pub(crate) async fn cancel(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(id): At<CommandId>,
) -> Result<Json<CommandInfo>, Error> {
    let now = clock::now();
    let take_back = server.store.write(move |tx| {
        let info = command::command_fetch(tx, &id)?.ok_or_else(|| Error::no_such("command", &id))?;
        command_advance(tx, info, CommandEvent::Cancelled(by), now)
    });
    take_back.await.map(Json)
}

pub(crate) async fn give(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(name): At<SiteName>,
    Said(wish): Said<CommandKind>,
) -> Result<Json<CommandInfo>, Error> {
    let now = clock::now();
    let (id, deadline) = match &wish {
        CommandKind::Action { envelope, .. } => (ActionOrder::id(envelope), now.plus(LONGEST_WAIT)),
        _ => (random::hex32()?.parse().unwrap_or_else(|_| unreachable!("hexadecimal digits")), now.plus(PATIENCE)),
    };
    let state = CommandState::Queued;
    let info = CommandInfo { id, site: name, wish, given_by: Some(by), created: now, deadline, state };
    server.store.write(move |tx| queue(tx, info, now)).await.map(Json)
}

fn queue(tx: &mut Tx<'_>, mut info: CommandInfo, now: Timestamp) -> Result<CommandInfo, Error> {
    let site = site::site_fetch(tx, &info.site)?.ok_or_else(|| Error::no_such("site", &info.site))?;
    if site.enrolled_at.is_none() {
        return Err(Error::Invalid(format!(
            "{0} was never seen: no agent has enrolled there, so nobody answers; `fieldpost site enrolment {0}` prints what enrols it",
            info.site
        )));
    }
    if let Some(application) = info.wish.application() {
        let runs = site_app::site_app_version(tx, &info.site, application)?;
        runs.ok_or_else(|| Error::no_such("application at this site", application))?;
    }
    if let Some(by) = judge(tx, &info, now)? {
        info.deadline = by.plus(PATIENCE);
    }
    // Who asks for what is asked already gets that one's answer; an action is one by its signature.
    let open =
        command::command_open_list(tx, Some(&info.site))?.into_iter().find(|one| one.wish == info.wish && !one.is_cancelling());
    if let Some(known) = open.or(command::command_fetch(tx, &info.id)?) {
        return Ok(known);
    }
    command_queue(tx, &info)?;
    let by = info.given_by.as_ref().map_or_else(|| "server".to_owned(), |by| format!("user:{by}"));
    let mut row = activity(by, "command_given");
    row.site = Some(info.site.clone());
    row.application = info.wish.application().cloned();
    row.detail = Some(info.wish.words());
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Activity));
    Ok(info)
}

/// Whether a wish can be carried out at all; the site judges again. Of an action also: by when it must begin.
fn judge(tx: &Tx<'_>, info: &CommandInfo, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let refused = |why| Error::Refused { what: "the action", why };
    match &info.wish {
        CommandKind::Unknown => Err(Error::Invalid("this server knows no such command".to_owned())),
        CommandKind::Log { part, .. } => part.check().map(|()| None).map_err(|error| Error::Invalid(error.to_string())),
        CommandKind::Action { application, action, envelope } => {
            let trust = trust::trust_newest(tx)?.ok_or_else(|| refused(Refusal::UnknownKey))?;
            let order = ActionOrder::open(envelope, &trust, &info.site, now).map_err(refused)?;
            if order.application != *application || order.action != *action {
                return Err(refused(Refusal::Malformed));
            }
            Ok(Some(order.run_by))
        }
        _ => Ok(None),
    }
}

pub(crate) async fn states(
    State(server): State<Shared>,
    _: Viewer,
    At(name): At<SiteName>,
) -> Result<Json<Vec<StateView>>, Error> {
    let (config, sight, now) = (server.config.clone(), server.sight(), clock::now());
    let heard = server.memory.mailboxes.of(&name).seen().map(|seen| seen.at);
    let read = server.store.read(move |db| {
        let site = site::site_fetch(db, &name)?.ok_or_else(|| Error::no_such("site", &name))?;
        let unseen = sight.unseen(&site, heard, now);
        let shown = |row: StateRow| {
            let view = view(db, &row, &config.measures(&row.application))?;
            Ok(StateView { unseen: unseen.clone().or_else(|| sight.state_outdated(&row, now)), ..view })
        };
        state_newest_list(db, Some(&name))?.into_iter().map(shown).collect()
    });
    read.await.map(Json)
}

/// A state as it is shown.
pub(crate) fn view(db: &Connection, row: &StateRow, measures: &Measures) -> Result<StateView, StoreError> {
    let content = state_content(db, &row.site, &row.application)?;
    let found = content.map(|content| shown(row, &content, measures));
    Ok(StateView {
        application: row.application.clone(),
        at: row.at,
        modified: row.modified,
        exit: row.exit,
        format: row.format,
        worst: found.as_ref().map_or(row.worst, |found| found.worst),
        unseen: None,
        findings: found.as_ref().map_or_else(|| row.findings.clone(), |found| found.findings.clone()),
        lines: found.map(|found| found.lines).unwrap_or_default(),
        history: state_marks(db, &row.site, &row.application, MARKS)?,
    })
}
