//! `/api/v1/sites/{site}/commands` and `/state`: what is asked of a site, and what its applications say.

use crate::agent::state::shown;
use crate::auth::{Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::measures::Measures;
use crate::random;
use crate::request::{At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::state::{StateRow, state_content, state_marks, state_newest_list};
use crate::store::{Effect, StoreError, command, site, site_app};
use crate::watch::command_queue;
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, CommandInfo, StateView};
use fieldpost_common::command::{CommandKind, CommandState};
use fieldpost_common::id::{CommandId, SiteName};
use rusqlite::Connection;
use std::time::Duration;

/// How many commands are listed, and how many states are shown in short.
const COMMANDS: u64 = 100;
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

pub(crate) async fn give(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(name): At<SiteName>,
    Said(wish): Said<CommandKind>,
) -> Result<Json<CommandInfo>, Error> {
    let now = clock::now();
    let id = random::hex32()?.parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are an id"));
    let info = CommandInfo {
        id,
        site: name,
        wish,
        given_by: Some(by.clone()),
        created: now,
        deadline: now.plus(PATIENCE),
        state: CommandState::Queued,
    };
    let give = server.store.write(move |tx| {
        site::site_fetch(tx, &info.site)?.ok_or_else(|| Error::no_such("site", &info.site))?;
        match &info.wish {
            CommandKind::State { application } => site_app::site_app_version(tx, &info.site, application)?
                .map(drop)
                .ok_or_else(|| Error::no_such("application at this site", application))?,
            CommandKind::Unknown => return Err(Error::Invalid("this server knows no such command".to_owned())),
        }
        // Who asks for what is asked already gets that one's answer.
        let open = command::command_open_list(tx, Some(&info.site))?.into_iter().find(|one| one.wish == info.wish);
        if let Some(open) = open {
            return Ok(open);
        }
        command_queue(tx, &info)?;
        let mut row = activity(format!("user:{by}"), "command_given");
        row.site = Some(info.site.clone());
        row.detail = Some(info.wish.word().to_owned());
        activity_add(tx, row, now)?;
        tx.then(Effect::Changed(Change::Activity));
        Ok(info)
    });
    give.await.map(Json)
}

pub(crate) async fn states(
    State(server): State<Shared>,
    _: Viewer,
    At(name): At<SiteName>,
) -> Result<Json<Vec<StateView>>, Error> {
    let config = server.config.clone();
    let read = server.store.read(move |db| {
        site::site_fetch(db, &name)?.ok_or_else(|| Error::no_such("site", &name))?;
        let rows = state_newest_list(db, Some(&name))?;
        rows.into_iter().map(|row| Ok(view(db, &row, &config.measures(&row.application))?)).collect()
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
        findings: found.as_ref().map_or_else(|| row.findings.clone(), |found| found.findings.clone()),
        lines: found.map(|found| found.lines).unwrap_or_default(),
        history: state_marks(db, &row.site, &row.application, MARKS)?,
    })
}
