//! `PUT /agent/v1/state/{application}`: what an application says about its health. Kept as it came, with what it was found to say.

use crate::auth::Agent;
use crate::clock;
use crate::error::Error;
use crate::measures::Measures;
use crate::request::{At, Said};
use crate::server::Shared;
use crate::store::state::{StateRow, state_add, state_end};
use crate::store::{Effect, Tx, command, site_app};
use crate::wish::command_advance;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::Change;
use fieldpost_common::command::CommandEvent;
use fieldpost_common::id::{AppName, CommandId, SiteName};
use fieldpost_common::state::{Finding, Findings, Format, Reading, Severity};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{StateOutcome, StateReport};

pub(crate) async fn put(
    State(server): State<Shared>,
    Agent(site): Agent,
    At(app): At<AppName>,
    Said(report): Said<StateReport>,
) -> Result<StatusCode, Error> {
    let (measures, now) = (server.config.measures(&app), clock::now());
    // Reading may take a while: it is done before the writer's turn.
    let read = tokio::task::spawn_blocking(move || (read(&report, &measures, (&site, &app), now), report, site, app)).await;
    let (row, report, site, app) = read.map_err(|error| {
        tracing::error!(%error, "reading a state failed");
        Error::Internal
    })?;
    server.store.write(move |tx| keep(tx, (&site, &app), row.as_ref(), &report, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn keep(
    tx: &mut Tx<'_>,
    (site, app): (&SiteName, &AppName),
    row: Option<&StateRow>,
    report: &StateReport,
    now: Timestamp,
) -> Result<(), Error> {
    site_app::site_app_version(tx, site, app)?.ok_or_else(|| Error::no_such("application at this site", app))?;
    if let Some(row) = row {
        let content = match &report.outcome {
            StateOutcome::Content { content, .. } => Some(content.as_slice()),
            _ => None,
        };
        state_add(tx, row, content)?;
    } else {
        state_end(tx, site, app)?;
    }
    command_done(tx, site, &report.command, now)?;
    tx.then(Effect::News);
    tx.then(Effect::Changed(Change::Status));
    Ok(())
}

/// The command that asked is done. One that is unknown, or another site's, changes nothing.
fn command_done(tx: &mut Tx<'_>, site: &SiteName, id: &CommandId, now: Timestamp) -> Result<(), Error> {
    let Some(info) = command::command_fetch(tx, id)?.filter(|info| info.site == *site) else { return Ok(()) };
    command_advance(tx, info, CommandEvent::Done(None), now).map(drop)
}

/// What is kept of a report; none where the site's config names no state.
fn read(report: &StateReport, measures: &Measures, (site, app): (&SiteName, &AppName), now: Timestamp) -> Option<StateRow> {
    let row = |worst, findings| StateRow {
        site: site.clone(),
        application: app.clone(),
        at: now,
        modified: None,
        exit: None,
        format: None,
        worst,
        findings,
    };
    let problem = |words: &str| row(Severity::Problem, vec![whole(words)]);
    match &report.outcome {
        StateOutcome::Content { content, exit, modified } => {
            // The site's clock may be wrong; how long before the reading the file was written is right all the same.
            let modified = modified.map(|modified| Timestamp::from_ms(now.as_ms() - (report.at.as_ms() - modified.as_ms())));
            let found = measures.read(&Reading { content, exit: *exit, format: report.format }, modified, now);
            Some(StateRow { modified, exit: *exit, format: Some(found.format), ..row(found.worst, found.findings) })
        }
        StateOutcome::Unavailable { reason } => Some(problem(reason.as_str())),
        StateOutcome::TimedOut { after_s } => Some(problem(&format!("the state command took longer than {after_s} s"))),
        StateOutcome::NotConfigured => None,
    }
}

fn whole(words: &str) -> Finding {
    Finding { severity: Severity::Problem, words: Clean::line(words), line: None }
}

/// What is shown of a state that is kept: lines are made anew, so that new rules colour old states.
pub(crate) fn shown(row: &StateRow, content: &[u8], measures: &Measures) -> Findings {
    let reading = Reading { content, exit: row.exit, format: row.format.or(Some(Format::Report)) };
    measures.read(&reading, row.modified, row.at)
}
