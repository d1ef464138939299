//! `/api/v1/status`, `/incidents`, `/maintenance`: how everything is, and what people say to it.

use crate::auth::{Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::health::Part;
use crate::request::{Ask, At, Said};
use crate::server::{Server, Shared};
use crate::store::activity::{activity, activity_add};
use crate::store::drift::drift_list;
use crate::store::{Effect, StoreError, Tx, incident, mail, maintenance, restored, site, site_app, state};
use crate::watch::incident_keep;
use crate::watch::sight::Sight;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{Change, MailStatus, Maintenance, Restored, SetHold, SiteScope, SiteStatus, Status, Verdict};
use fieldpost_common::drift::DriftRule;
use fieldpost_common::id::{SiteName, UserName};
use fieldpost_common::incident::{Hold, Incident, IncidentId, person};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// The most incidents that are over that are listed, and how many unless told otherwise.
const MOST: u64 = 10_000;
const LIMIT: u64 = 100;

#[derive(Deserialize)]
pub(crate) struct HowMuch {
    #[serde(default)]
    brief: bool,
}

pub(crate) async fn status(
    State(server): State<Shared>,
    _: Viewer,
    Ask(HowMuch { brief }): Ask<HowMuch>,
) -> Result<Json<Status>, Error> {
    let mut status = status_of(&server).await?;
    if brief {
        // Whoever follows it over a slow line wants to hear of what is wrong.
        status.sites.retain(|site| site.verdict > Verdict::Ok || site.maintenance);
    }
    Ok(Json(status))
}

/// How everything is now.
pub(crate) async fn status_of(server: &Server) -> Result<Status, Error> {
    let seen: HashMap<_, _> = server.memory.mailboxes.last_seen().into_iter().collect();
    let refused: HashSet<String> = server.memory.mailboxes.outdated().into_iter().map(|(site, _)| site).collect();
    let (configured, sight, now) = (server.config.mail.is_some(), server.sight(), clock::now());
    let gathered = server.store.read(move |db| Ok::<_, Error>(gather(db, (&seen, &refused), configured, &sight, now)?)).await;
    let mut status: Status = gathered?;
    add_held(server, &mut status.incidents);
    status.worst = status.judge();
    if status.mail.trouble.is_none() {
        status.mail.trouble = server.health.fault(Part::Mail).map(|fault| Clean::line(&fault.words));
    }
    Ok(status)
}

/// What can't be written down is wrong all the same.
fn add_held(server: &Server, incidents: &mut Vec<Incident>) {
    for held in server.health.held_incidents().into_iter().filter(Incident::is_open) {
        if incidents.iter().all(|one| one.subject != held.subject) {
            incidents.insert(0, held);
        }
    }
}

fn gather(
    db: &Connection,
    (seen, refused): (&HashMap<SiteName, Timestamp>, &HashSet<String>),
    configured: bool,
    sight: &Sight,
    now: Timestamp,
) -> Result<Status, StoreError> {
    let mut incidents = incident::incident_open_list(db)?;
    incidents.sort_by_key(|one| (Reverse(one.severity), Reverse(one.opened)));
    let windows = maintenance::maintenance_list(db, now)?;
    let (mut states, mut outdated) = (HashMap::<SiteName, Timestamp>::new(), HashMap::<SiteName, Clean>::new());
    for row in state::state_newest_list(db, None)? {
        outdated.extend(sight.state_outdated(&row, now).map(|unseen| (row.site.clone(), unseen.why)));
        states.entry(row.site).and_modify(|at| *at = (*at).min(row.at)).or_insert(row.at);
    }
    let mut unsaid = site_app::site_app_unsaid(db)?;
    let mut unreported = site_app::site_app_unreported(db)?;
    let mut worst_of: HashMap<SiteName, (Verdict, Clean)> = HashMap::new();
    // The worst come first, and stay.
    for one in &incidents {
        let Some(site) = one.subject.site() else { continue };
        worst_of.entry(site.clone()).or_insert_with(|| (one.severity.into(), one.words.clone()));
    }
    let sites = site::site_list(db)?.into_iter().map(|row| {
        let heard = seen.get(&row.name).copied();
        let unseen = sight.unseen(&row, heard, now).map(|unseen| match unseen.since {
            None => (Verdict::NeverSeen, unseen.why),
            Some(_) => (Verdict::CantSay, unseen.why),
        });
        let unreported = unreported.remove(&row.name).map(|why| (Verdict::CantSay, Clean::line(why.explain())));
        let follows_other =
            || (Verdict::CantSay, Clean::line("it follows newer data than this server has, and takes nothing from it"));
        let unsaid = unsaid.remove(&row.name).unwrap_or_default();
        let felt =
            unsaid.iter().find(|count| count.cant_say.is_felt(now)).map(|count| (Verdict::CantSay, Clean::line(&count.words())));
        let unseen = unseen
            .or_else(|| refused.contains(row.name.as_str()).then(follows_other))
            .or(unreported)
            .or(felt)
            .or_else(|| outdated.remove(&row.name).map(|why| (Verdict::CantSay, why)));
        let (verdict, words) = match worst_of.remove(&row.name).or(unseen) {
            Some((verdict, words)) => (verdict, Some(words)),
            None => (Verdict::Ok, None),
        };
        let last = row.last_seen.max(heard);
        let covered = |window: &Maintenance| window.from <= now && window.scope.covers(&row.name, &row.groups);
        SiteStatus {
            verdict,
            words,
            last_seen_s: last.map(|at| at.age(now).as_secs()),
            state_age_s: states.get(&row.name).map(|at| at.age(now).as_secs()),
            maintenance: windows.iter().any(covered),
            cant_say: unsaid.iter().map(|count| count.files).sum(),
            site: row.name,
        }
    });
    let sites: Vec<SiteStatus> = sites.collect();
    let (waiting, trouble) = mail::mail_backlog(db)?;
    let mail = MailStatus { configured, waiting, trouble };
    let restored = restored::restored_fetch(db)?.filter(Restored::is_waiting);
    let mut drift = drift_list(db, None)?;
    drift.retain(|one| one.rule != DriftRule::Quiet);
    let mut all = Status { worst: Verdict::Ok, sites, incidents, maintenance: windows, drift, mail, restored, now };
    all.worst = all.judge();
    Ok(all)
}

#[derive(Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    closed: bool,
    limit: Option<u64>,
}

pub(crate) async fn incidents(
    State(server): State<Shared>,
    _: Viewer,
    Ask(which): Ask<Which>,
) -> Result<Json<Vec<Incident>>, Error> {
    let (limit, closed) = (which.limit.unwrap_or(LIMIT).min(MOST), which.closed);
    let list = server
        .store
        .read(move |db| if closed { incident::incident_closed_list(db, limit) } else { incident::incident_open_list(db) });
    let mut list = list.await.map_err(|error: StoreError| error)?;
    if !closed {
        add_held(&server, &mut list);
    }
    Ok(Json(list))
}

pub(crate) async fn hold(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(id): At<u64>,
    Said(said): Said<SetHold>,
) -> Result<Json<Incident>, Error> {
    let now = clock::now();
    let hold = match said {
        SetHold::Acknowledge => Hold::Acknowledged { by: by.clone(), at: now },
        SetHold::SnoozeUntil(until) if until <= now => {
            return Err(Error::Invalid("a snooze needs an end that lies ahead".to_owned()));
        }
        SetHold::SnoozeUntil(until) => Hold::Snoozed { by: by.clone(), until },
        SetHold::Release => Hold::None,
    };
    server.store.write(move |tx| held(tx, IncidentId(id), hold, &by, now)).await.map(Json)
}

fn held(tx: &mut Tx<'_>, id: IncidentId, hold: Hold, by: &UserName, now: Timestamp) -> Result<Incident, Error> {
    let incident = incident::incident_fetch(tx, id)?.ok_or_else(|| Error::no_such("incident", id.0))?;
    if !incident.is_open() {
        return Err(Error::Invalid(format!("incident {} is over", id.0)));
    }
    let what = match &hold {
        Hold::Acknowledged { .. } => "incident_acknowledged",
        Hold::Snoozed { .. } => "incident_snoozed",
        Hold::None => "incident_released",
    };
    let Some(change) = person(&incident, hold) else { return Ok(incident) };
    incident_keep(tx, &change, now)?;
    let mut row = activity(format!("user:{by}"), what);
    row.site = incident.subject.site().cloned();
    row.detail = Some(incident.words.to_string());
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Activity));
    Ok(change.incident)
}

pub(crate) async fn maintenance(State(server): State<Shared>, _: Viewer) -> Result<Json<Vec<Maintenance>>, Error> {
    let now = clock::now();
    let list = server.store.read(move |db| maintenance::maintenance_list(db, now)).await;
    Ok(Json(list.map_err(|error: StoreError| error)?))
}

pub(crate) async fn maintenance_add(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    Said(window): Said<Maintenance>,
) -> Result<Json<Maintenance>, Error> {
    let now = clock::now();
    if window.until <= window.from || window.until <= now {
        return Err(Error::Invalid("maintenance needs an end after its beginning and after now".to_owned()));
    }
    let add = server.store.write(move |tx| {
        if let SiteScope::Site(name) = &window.scope {
            site::site_fetch(tx, name)?.ok_or_else(|| Error::no_such("site", name))?;
        }
        let id = maintenance::maintenance_add(tx, &window, &by)?;
        noted(tx, &by, "maintenance_added", &window, now)?;
        Ok(Maintenance { id, by: Some(by), ..window })
    });
    add.await.map(Json)
}

pub(crate) async fn maintenance_end(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(id): At<u64>,
) -> Result<StatusCode, Error> {
    let now = clock::now();
    let end = server.store.write(move |tx| {
        let window = maintenance::maintenance_list(tx, now)?.into_iter().find(|one| one.id == id);
        let window = window.ok_or_else(|| Error::no_such("maintenance", id))?;
        maintenance::maintenance_end(tx, id, now)?;
        noted(tx, &by, "maintenance_ended", &window, now)
    });
    end.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn noted(tx: &mut Tx<'_>, by: &UserName, what: &str, window: &Maintenance, now: Timestamp) -> Result<(), Error> {
    let mut row = activity(format!("user:{by}"), what);
    let of = match &window.scope {
        SiteScope::All => "all sites".to_owned(),
        SiteScope::Group(group) => format!("group {group}"),
        SiteScope::Site(site) => {
            row.site = Some(site.clone());
            "the site".to_owned()
        }
    };
    row.detail = Some(format!("{of}, {} to {}", window.from, window.until));
    activity_add(tx, row, now)?;
    tx.then(Effect::News);
    tx.then(Effect::Changed(Change::Activity));
    tx.then(Effect::Changed(Change::Status));
    Ok(())
}
