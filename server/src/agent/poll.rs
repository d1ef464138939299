//! `GET /agent/v1/poll`: anything for me? The idle case is answered from memory.

use crate::auth::{Agent, Peer};
use crate::clock;
use crate::damage::prove_recently;
use crate::error::Error;
use crate::lineage::{Outdated, judge, judge_batch, went_back};
use crate::mailbox::{InventoryState, Mailbox, Reception};
use crate::presence::PollId;
use crate::request::{header, wait};
use crate::server::{Server, Shared};
use crate::store::activity::{activity, activity_add};
use crate::store::site::Seen;
use crate::store::{Effect, StoreError, Tx, command, meta, order, site, trust, upload};
use crate::trust_held::Holds;
use crate::wish::command_advance;
use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fieldpost_common::api::{Change, CommandInfo};
use fieldpost_common::command::{CommandEvent, CommandState};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{BootId, Generation, OrderId, SiteName};
use fieldpost_common::order::state::{OrderEvent, OrderState, advance};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{Batch, etag, etag_at, etag_state, header as name};
use rusqlite::Connection;

/// What a poll says.
struct Poll {
    boot: BootId,
    number: u64,
    checksum: Option<ContentHash>,
    etag: Option<String>,
    digest: Option<ContentHash>,
    holds: Holds,
    followed: Option<Generation>,
    seen: Seen,
}

impl Poll {
    /// The version of the trust document that it holds; 0: none that it says.
    fn trust(&self) -> u64 {
        self.holds.trust.unwrap_or(0)
    }
}

fn read(headers: &HeaderMap, peer: Peer) -> Result<Poll, Error> {
    let missing = |name: &str| Error::Invalid(format!("a poll needs the header {name}"));
    let now = clock::now();
    let clock: Option<Timestamp> = header(headers, name::CLOCK)?;
    let agent = header::<String>(headers, USER_AGENT.as_str())?.and_then(|agent| Some(agent.split_once('/')?.1.to_owned()));
    Ok(Poll {
        boot: header(headers, name::BOOT)?.ok_or_else(|| missing(name::BOOT))?,
        number: header(headers, name::POLL)?.ok_or_else(|| missing(name::POLL))?,
        checksum: header(headers, name::CHECKSUM)?,
        // What a proxy takes out of the one stands in the other.
        etag: header(headers, name::BATCH)?.or(header(headers, IF_NONE_MATCH.as_str())?),
        digest: header(headers, name::INVENTORY)?,
        holds: Holds { trust: header(headers, name::TRUST)?, format: header(headers, name::FORMAT)? },
        followed: header(headers, name::GENERATION)?,
        seen: Seen {
            at: now,
            address: Some(peer.0.to_string()),
            agent_version: agent.map(|version| version.chars().take(64).collect()),
            clock_error_ms: clock.map(|clock| clock.as_ms() - now.as_ms()),
        },
    })
}

pub(crate) async fn poll(
    State(server): State<Shared>,
    Agent(site): Agent,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut response = received(&server, site, peer, &headers).await?;
    // Without a wish of the server's the agent's own config decides.
    if let Some(every) = server.config.poll.every {
        response.headers_mut().insert(name::INTERVAL, every.as_secs().into());
    }
    Ok(response)
}

async fn received(server: &Server, site: SiteName, peer: Peer, headers: &HeaderMap) -> Result<Response, Error> {
    let poll = read(headers, peer)?;
    let mailbox = server.memory.mailboxes.of(&site);
    let now = clock::instant();
    let mut until = now + wait(headers, server.config.poll.wait);
    let id = PollId { boot: &poll.boot, number: poll.number, checksum: poll.checksum.as_ref() };
    match mailbox.poll(id, poll.digest, poll.seen.clone(), until) {
        Reception::Welcome => {}
        Reception::Again(first) => until = first.min(until),
        Reception::Late => return Ok(StatusCode::NOT_MODIFIED.into_response()),
        Reception::Clones { addresses, new } => return Err(clones(server, site, addresses, new).await),
    }
    let given = server.memory.mailboxes.start()..=mailbox.revision();
    let batch = || judge_batch(&server.generation, &server.runs, given, poll.etag.as_deref());
    // Once shown, it stays so: a site that has forgotten its last batch has followed it all the same.
    let shown = || mailbox.has_shown().then_some(Outdated::Rewound);
    let outdated = judge(&server.generation, poll.followed.as_ref()).or_else(batch).or_else(shown);
    mailbox.outdated_set(outdated);
    if outdated == Some(Outdated::Rewound) {
        went_back(server, site.clone(), poll.seen.at).await;
    }
    if let Some(outdated) = outdated {
        return Err(Error::Outdated(outdated));
    }
    server.memory.mailboxes.holds_set(&mailbox, poll.holds, poll.seen.at, server.sight().silent_after());
    let asks_memory = server.memory.mailboxes.asks_memory(&mailbox, poll.trust(), poll.seen.at);
    let mut change = mailbox.watch();
    let before = mailbox.inventory();
    let tag = tag(server, *change.borrow_and_update(), &poll, poll.digest != before.digest);
    // Who was asked for an inventory and can't bring it now waits like everybody else.
    let held = poll.etag.as_deref().filter(|held| etag_state(held) == tag);
    if let Some(held) = held
        && !asks_memory
        && !server.park(&mut change, until.saturating_duration_since(now)).await
    {
        return Ok(tagged(StatusCode::NOT_MODIFIED, held));
    }
    // They may be found out while this poll waits, or while its answer is made.
    unless_clones(&mailbox)?;
    let answer = answer(server, (&site, &mailbox), &poll, before, asks_memory).await?;
    unless_clones(&mailbox).map(|()| answer)
}

fn unless_clones(mailbox: &Mailbox) -> Result<(), Error> {
    mailbox.clones().map_or(Ok(()), |addresses| Err(Error::Clones(addresses)))
}

/// The tag of the batch that this poll gets in this state of the mailbox.
fn tag(server: &Server, revision: u64, poll: &Poll, inventory_wanted: bool) -> String {
    etag(&server.generation, server.store.run, revision, poll.digest.as_ref().filter(|_| inventory_wanted))
}

fn tagged(body: impl IntoResponse, tag: &str) -> Response {
    ([(ETAG.as_str(), tag), (name::BATCH, tag)], body).into_response()
}

async fn answer(
    server: &Server,
    (site, mailbox): (&SiteName, &Mailbox),
    poll: &Poll,
    before: InventoryState,
    memory_wanted: bool,
) -> Result<Response, Error> {
    // What an order puts or replaces must be sound when the site hears of it: else it waits, or the site is asked for its bytes first.
    for sha256 in server.store.peek(|db| order::order_queued_contents(db, site))? {
        prove_recently(server, sha256).await;
    }
    // The revision is read before what it stands for: what changes meanwhile is delivered twice rather than never.
    let revision = mailbox.revision();
    let (name, held) = (site.clone(), poll.trust());
    let waiting = server.store.read(move |db| {
        let commands = command::command_open_list(db, Some(&name))?;
        let commit = meta::mark_fetch(db)?.unwrap_or_default().commit;
        let orders = orders(db, &name)?;
        Ok::<_, StoreError>((orders, trust::trust_after(db, held)?, upload::upload_wanted(db, &name)?, commands, commit))
    });
    let ((orders, queued), trust, wanted, mut open, commit) = waiting.await?;
    if queued || open.iter().any(|command| command.state == CommandState::Queued) {
        open = offer(server, site.clone(), open, clock::now()).await?;
    }
    let after = mailbox.inventory();
    // An inventory that came while this poll was under way is newer than what the poll says.
    let inventory_wanted = after.puts == before.puts && after.digest != poll.digest;
    let commands = open.iter().map(command::command_of).collect();
    let generation = server.generation.clone();
    let batch = Batch { generation, trust, orders, wanted, commands, inventory_wanted, memory_wanted };
    Ok(tagged(Json(batch), &etag_at(&tag(server, revision, poll, inventory_wanted), commit)))
}

fn orders(db: &Connection, site: &SiteName) -> Result<(Vec<Envelope>, bool), StoreError> {
    let open: Vec<(OrderId, OrderState, Envelope)> = order::order_batch(db, site)?;
    let queued = open.iter().any(|(_, state, _)| *state == OrderState::Queued);
    Ok((open.into_iter().map(|(_, _, envelope)| envelope).collect(), queued))
}

/// Notes that they go out. The commands that really do: one that was taken back meanwhile doesn't.
async fn offer(server: &Server, site: SiteName, read: Vec<CommandInfo>, now: Timestamp) -> Result<Vec<CommandInfo>, Error> {
    let offer = move |tx: &mut Tx<'_>| {
        for (id, state, _) in order::order_batch(tx, &site)? {
            let next = advance(state.clone(), OrderEvent::Offered, now);
            if next == state {
                continue;
            }
            order::order_state_set(tx, &id, &next)?;
            if let Some(order) = order::order_fetch(tx, &id)? {
                tx.then(Effect::Changed(Change::Grid { application: order.application }));
            }
        }
        let open = command::command_open_list(tx, Some(&site))?;
        open.into_iter().map(|open| command_advance(tx, open, CommandEvent::Offered, now)).collect::<Result<Vec<_>, Error>>()
    };
    match server.store.write(offer).await {
        // That orders went out can't be noted on a full or failing disk; that they go out matters more. A command that isn't noted as having
        // gone out could be called taken back though it is carried out: it waits.
        Err(Error::NoSpace | Error::Unwritable(_) | Error::Busy) => {
            Ok(read.into_iter().filter(|command| command.state != CommandState::Queued).collect())
        }
        other => other,
    }
}

async fn clones(server: &Server, site: SiteName, addresses: [String; 2], new: bool) -> Error {
    let found = Error::Clones(addresses.clone());
    if !new {
        return found;
    }
    let now = clock::now();
    let note = move |tx: &mut Tx<'_>| {
        site::site_clones_set(tx, &site, &addresses)?;
        let mut row = activity("server", "clones_found");
        row.detail = Some(format!("two agents poll as {site}: from {} and from {}", addresses[0], addresses[1]));
        row.site = Some(site);
        activity_add(tx, row, now)?;
        tx.then(Effect::Changed(Change::Sites));
        tx.then(Effect::Changed(Change::Activity));
        Ok::<_, Error>(())
    };
    server.store.write(note).await.err().unwrap_or(found)
}
