//! Watches over the sites: asks for their states, looks at what is wrong, keeps incidents and what is to be told of them.
//!
//! What is wrong is found by `watch::sight`, what that means for incidents by `common`; mailing is left to `mail`.

mod disk;
mod jump;
mod schedule;
pub(crate) mod sight;

use crate::clock;
use crate::error::Error;
use crate::lineage;
use crate::random;
use crate::server::Server;
use crate::store::activity::{activity, activity_add};
use crate::store::command_output::command_output_prune;
use crate::store::error_group::Alarms;
use crate::store::{
    Effect, FILE, StoreError, Tx, command, damaged_content, drift, error_group, incident, mail, maintenance, order, restored,
    site, site_app, state, wal, walkback,
};
use crate::trust_held::Behind;
use crate::wish::{command_advance, command_queue};
use fieldpost_common::api::{Change, CommandInfo};
use fieldpost_common::command::{CommandEvent, CommandKind, CommandState};
use fieldpost_common::drift::DriftRule;
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::incident::{Change as IncidentChange, Incident, IncidentId, Known, Subject, Transition, incidents};
use fieldpost_common::time::Timestamp;
use jump::Jumps;
use schedule::Schedule;
use sight::{Facts, Sight};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often everything is looked at, beside whenever there is news.
const LOOK: Duration = Duration::from_secs(1);
/// How long what commands brought is kept.
const KEEP_OUTPUT: Duration = Duration::from_hours(24 * 14);
/// How long incidents that are over and mails that went out are kept.
const KEEP: Duration = Duration::from_hours(24 * 400);
/// How often what is too old is forgotten, in looks.
const PRUNE: u32 = 600;
/// What is too old is only judged by a clock that has gone evenly for so long: one that is wrong for a while deletes nothing.
const STEADY: Duration = Duration::from_hours(1);
/// The most damaged contents that are told one by one.
const DAMAGED: u64 = 20;
/// A state that was asked for by a clock that went ahead is asked for again.
const AHEAD: Duration = Duration::from_mins(1);

/// Watches until the server stops.
pub(crate) async fn keep_watch(server: &Server) {
    let begun = clock::instant();
    let mut jumps = Jumps::begin(clock::now(), Duration::ZERO);
    let mut schedule = Schedule::new(server.config.state.every);
    for count in 0_u32.. {
        let now = clock::now();
        let mono = clock::instant().duration_since(begun);
        jumps.look(now, mono);
        let listening_since = jumps.listening_since();
        let sight = Sight {
            listening_since,
            disk: disk::trouble(&server.config.data),
            log: wal::trouble(&server.config.data.join(FILE)),
            outdated: lineage::trouble(server),
            ..server.sight()
        };
        if let Err(error) = once(server, &mut schedule, &sight, (now, mono)).await {
            tracing::warn!(%error, "the sites could not be watched over");
            hold(server, &sight, &error, now).await;
        }
        if count.is_multiple_of(PRUNE)
            && jumps.steady(mono) >= STEADY
            && let Err(error) = prune(server, now).await
        {
            tracing::warn!(%error, "old states could not be cleared away");
        }
        tokio::select! {
            () = server.memory.news.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = server.stopped() => break,
        }
    }
}

/// Asks what is due, ends what is late, and looks. What was held in memory until now is kept with it.
async fn once(server: &Server, schedule: &mut Schedule, sight: &Sight, (now, mono): (Timestamp, Duration)) -> Result<(), Error> {
    let places = server.store.read(site_app::site_app_places).await?;
    let due = schedule.due(&places, mono);
    if !due.is_empty() {
        ask(server, due, now).await?;
    }
    let (sight, seen, held) = (sight.clone(), server.memory.mailboxes.last_seen(), server.health.held_incidents());
    let polls = Polls { seen, differing: server.memory.mailboxes.differing(), behind: server.memory.mailboxes.behind() };
    let trust = server.memory.mailboxes.trust();
    let look = server.store.write(move |tx| {
        hand_over(tx, &held, now)?;
        look(tx, &sight, (&polls, trust), now)
    });
    look.await?;
    server.health.release();
    Ok(())
}

/// What is wrong can't be kept: what is wrong with the server itself is held in memory and mailed from there.
async fn hold(server: &Server, sight: &Sight, error: &Error, now: Timestamp) {
    if let Some(error) = error.store_error() {
        server.health.observe(&error);
    }
    let kept = server.store.read(move |db| Ok::<_, Error>((incident::incident_known(db, now)?, incident::incident_next(db)?)));
    let (kept, next) = kept.await.unwrap_or_else(|_| (Known::new(), IncidentId(1)));
    if server.health.hold(&kept, &sight.itself(now), next, now) {
        server.memory.to_tell.notify_one();
        server.memory.feed.push(Change::Status);
    }
}

/// Incidents that were held in memory are kept as they are; what was told of them was told from there.
fn hand_over(tx: &mut Tx<'_>, held: &[Incident], now: Timestamp) -> Result<(), Error> {
    if held.is_empty() {
        return Ok(());
    }
    let known = incident::incident_known(tx, now)?;
    for one in held {
        // Under its own id only where that is still its own.
        let id = match (known.get(&one.subject), incident::incident_fetch(tx, one.id)?) {
            (Some(before), _) if before.is_open() => before.id,
            (_, Some(other)) if other.subject != one.subject => incident::incident_next(tx)?,
            _ => one.id,
        };
        let change = IncidentChange { incident: Incident { id, ..one.clone() }, transition: Transition::Opened, notice: None };
        incident_keep(tx, &change, now)?;
    }
    Ok(())
}

/// Queues the wish for a state, where the one before has ended.
async fn ask(server: &Server, due: Vec<(SiteName, AppName)>, now: Timestamp) -> Result<(), Error> {
    let deadline = now.plus(server.config.state.every.saturating_mul(2));
    let wishes = due.into_iter().map(|(site, application)| {
        let id = random::hex32()?.parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are an id"));
        let wish = CommandKind::State { application };
        Ok(CommandInfo { id, site, wish, given_by: None, created: now, deadline, state: CommandState::Queued })
    });
    let wishes = wishes.collect::<Result<Vec<_>, Error>>()?;
    let queue = move |tx: &mut Tx<'_>| {
        for wish in &wishes {
            let open = command::command_open_list(tx, Some(&wish.site))?;
            if open.iter().all(|one| one.wish != wish.wish) {
                command_queue(tx, wish)?;
            }
        }
        Ok(())
    };
    server.store.write(queue).await
}

/// What polls have said that isn't in the store.
struct Polls {
    seen: Vec<(SiteName, Timestamp)>,
    differing: BTreeMap<SiteName, Timestamp>,
    behind: BTreeMap<SiteName, Behind>,
}

/// One look: commands run out, incidents open and close, and what is to be told is noted with them.
fn look(tx: &mut Tx<'_>, sight: &Sight, (polls, trust): (&Polls, u64), now: Timestamp) -> Result<(), Error> {
    commands_end(tx, now)?;
    let known = incident::incident_known(tx, now)?;
    let errors = error_group::group_alarming(tx, before(now, sight::NEW_FOR))?;
    let facts = Facts {
        sites: site::site_list(tx)?,
        seen: &polls.seen,
        listings: site_app::site_app_troubled(tx)?,
        states: state::state_newest_list(tx, None)?,
        orders: [order::order_troubled_list(tx)?, order::order_waiting_list(tx)?].concat(),
        differing: &polls.differing,
        trust,
        behind: &polls.behind,
        maintenance: maintenance::maintenance_list(tx, now)?,
        mail: mail::mail_trouble(tx)?,
        restored: restored::restored_fetch(tx)?,
        damaged: damaged_content::damaged_list(tx, DAMAGED)?,
        errors_aged: errors_aged(tx, &known, &errors, before(now, sight::NEW_FOR))?,
        errors,
        mended: mended(tx, &known)?,
        drift: drift::drift_list(tx, Some(DriftRule::Alert))?,
        known: &known,
        silences_over: incident::incident_silences_over(tx, before(now, sight.memory()), now)?,
    };
    let observed = sight.observe(&facts, now);
    for change in incidents(&known, &observed, incident::incident_next(tx)?, now) {
        incident_keep(tx, &change, now)?;
    }
    Ok(())
}

/// Errors of open incidents that alert nobody any more only because they were not seen for long, and where they happened.
fn errors_aged(
    tx: &Tx<'_>,
    known: &Known,
    errors: &Alarms,
    new_since: Timestamp,
) -> Result<Vec<(ErrorGroupId, Vec<SiteName>)>, StoreError> {
    let mut aged = Vec::new();
    for incident in known.values().filter(|incident| incident.is_open()) {
        let Subject::NewErrorGroup { group, .. } = incident.subject else { continue };
        if errors.told.iter().all(|told| told.id != group)
            && let Some(sites) = error_group::group_aged_sites(tx, group, new_since)?
        {
            aged.push((group, sites));
        }
    }
    Ok(aged)
}

/// Open incidents of failed orders and hooks after which an order or a hook succeeded there.
fn mended(tx: &Tx<'_>, known: &Known) -> Result<BTreeSet<Subject>, StoreError> {
    let mut mended = BTreeSet::new();
    for incident in known.values().filter(|incident| incident.is_open()) {
        let Subject::AgentFailing { site, what } = &incident.subject else { continue };
        let succeeded = match what.split_once(' ') {
            None if what == "disk" => order::order_confirmed_since(tx, site, incident.opened)?,
            Some(("hook", app)) => match app.parse() {
                Ok(app) => order::order_hook_newest_ok(tx, site, &app)?,
                Err(_) => true,
            },
            _ => false,
        };
        if succeeded {
            mended.insert(incident.subject.clone());
        }
    }
    Ok(mended)
}

/// Keeps a step in the life of an incident, and the one row for the outbox with it.
pub(crate) fn incident_keep(tx: &mut Tx<'_>, change: &IncidentChange, now: Timestamp) -> Result<(), Error> {
    incident::incident_set(tx, &change.incident)?;
    if let Some(notice) = change.notice {
        incident::outbox_add(tx, notice, &change.incident, now)?;
        tx.then(Effect::ToTell);
    }
    let what = match change.transition {
        Transition::Opened => Some("incident_opened"),
        Transition::Returned => Some("incident_returned"),
        Transition::Worsened => Some("incident_worsened"),
        Transition::Closed => Some("incident_closed"),
        Transition::Reworded | Transition::Due | Transition::Held => None,
    };
    if let Some(what) = what {
        let mut row = activity("server", what);
        row.site = change.incident.subject.site().cloned();
        row.detail = Some(change.incident.words.to_string());
        activity_add(tx, row, now)?;
        tx.then(Effect::Changed(Change::Activity));
    }
    tx.then(Effect::Changed(Change::Status));
    Ok(())
}

fn commands_end(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    for open in command::command_open_list(tx, None)? {
        let ahead = open.given_by.is_none() && open.created > now.plus(AHEAD);
        let late = CommandEvent::Tick { deadline: if ahead { now } else { open.deadline } };
        command_advance(tx, open, late, now)?;
    }
    Ok(())
}

async fn prune(server: &Server, now: Timestamp) -> Result<(), Error> {
    let keep = server.config.state.keep;
    let forget = move |tx: &mut Tx<'_>| {
        state::state_prune(tx, before(now, keep))?;
        command_output_prune(tx, before(now, KEEP_OUTPUT))?;
        mail::mail_prune(tx, before(now, KEEP))?;
        incident::incident_prune(tx, before(now, KEEP))?;
        walkback::piece_prune(tx, before(now, KEEP))?;
        Ok(())
    };
    server.store.write(forget).await
}

/// The moment so long ago.
fn before(now: Timestamp, ago: Duration) -> Timestamp {
    Timestamp::from_ms(now.as_ms().saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX)))
}
