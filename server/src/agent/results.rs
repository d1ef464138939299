//! `POST /agent/v1/results`: this became of your orders and commands. The same result twice changes nothing.

use super::output::output_keep;
use crate::auth::Agent;
use crate::clock;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::settle::{agreement_by, order_note};
use crate::store::agreement::agreement_add;
use crate::store::cell::{cell_base_set, cell_fetch};
use crate::store::command_output::command_output_fetch;
use crate::store::{Effect, Tx, command, counter, order, site_app};
use crate::submit::believable_counter;
use crate::wish::command_advance;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{Change, CommandOutput, OrderInfo};
use fieldpost_common::hook::{HookPer, HookWord};
use fieldpost_common::id::SiteName;
use fieldpost_common::order::Failure;
use fieldpost_common::order::state::{OrderEvent, OrderState, Progress, advance};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{CommandResult, OrderOutcome, OrderResult, Results};

pub(crate) async fn results(
    State(server): State<Shared>,
    Agent(site): Agent,
    Said(results): Said<Results>,
) -> Result<StatusCode, Error> {
    let now = clock::now();
    let keep = move |tx: &mut Tx<'_>| {
        results.orders.into_iter().try_for_each(|result| keep(tx, &site, result, now))?;
        results.commands.into_iter().try_for_each(|result| command_keep(tx, &site, result, now))
    };
    server.store.write(keep).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn keep(tx: &mut Tx<'_>, site: &SiteName, result: OrderResult, now: Timestamp) -> Result<(), Error> {
    let Some(order) = order::order_fetch(tx, &result.order)?.filter(|order| order.site == *site) else {
        // An id is made of an order's bytes: what came there isn't what was given, and is offered again.
        tx.then(Effect::Wake(site.clone()));
        return Ok(());
    };
    let highest = counter::counter_highest(tx, site, &order.application, &order.patch)?;
    if believable_counter(result.counter, highest) {
        counter::counter_raise(tx, site, &order.application, &order.patch, result.counter)?;
    }
    let was = order.state.clone();
    let state = match result.outcome {
        OrderOutcome::Failed { reason } => advance(was, OrderEvent::Failed(reason), now),
        OrderOutcome::Waiting { reason } => advance(was, OrderEvent::Waiting(reason), now),
        OrderOutcome::Progress { step: Progress::Installed, hook } => {
            let word = hook.unwrap_or(HookWord::Absent);
            hook_keep(tx, &order, &word, now)?;
            let state = advance(was, OrderEvent::of_hook(&word, order.action.into(), now), now);
            shown_already(tx, &order, state, &word, now)?
        }
        OrderOutcome::Progress { step, .. } => advance(was, OrderEvent::Progress(step), now),
    };
    if state == order.state { Ok(()) } else { state_keep(tx, &order, &state, now) }
}

/// An order for what the site has anyway changes no inventory: the last one shows it.
fn shown_already(
    tx: &Tx<'_>,
    order: &OrderInfo,
    state: OrderState,
    word: &HookWord,
    now: Timestamp,
) -> Result<OrderState, Error> {
    let place = (&order.site, &order.application);
    let newest = order::order_newest(tx, place.0, place.1, &order.patch)?;
    let cell = cell_fetch(tx, place.0, place.1, &order.patch)?;
    let (Some(newest), Some(cell)) = (newest, cell) else { return Ok(state) };
    let is_shown = cell.cant_say.is_none() && site_app::site_app_is_known(tx, place.0, place.1)?;
    if newest.id != order.id || cell.has != order.action.outcome() || !is_shown {
        return Ok(state);
    }
    let version = site_app::site_app_version(tx, place.0, place.1)?;
    let agreement = version.map(|version| agreement_by(tx, order, &version)).transpose()?.flatten();
    if let Some(agreement) = agreement.filter(|agreement| (agreement.base, agreement.publication) != (cell.base, cell.agreed)) {
        agreement_add(tx, place, &order.patch, &agreement)?;
        cell_base_set(tx, place, &order.patch, Some(agreement))?;
    }
    Ok(advance(state, OrderEvent::Shown { awaits_hook: !word.is_well() }, now))
}

/// A result of a command that is unknown, or another site's, changes nothing; what is open is told again.
fn command_keep(tx: &mut Tx<'_>, site: &SiteName, result: CommandResult, now: Timestamp) -> Result<(), Error> {
    let Some(info) = command::command_fetch(tx, &result.command)?.filter(|info| info.site == *site) else {
        tx.then(Effect::Wake(site.clone()));
        return Ok(());
    };
    let before = info.clone();
    command_advance(tx, info, result.outcome.into(), now)?;
    let has_whole = command_output_fetch(tx, &before.id)?.is_some_and(|output| output.whole);
    let (Some(tail), Some(most)) = (result.tail.filter(|_| !has_whole), before.wish.most_output()) else { return Ok(()) };
    let tail = tail.as_str().as_bytes();
    let content = tail[tail.len().saturating_sub(most)..].to_vec();
    output_keep(tx, &before, &CommandOutput { at: now, whole: true, content }, now)
}

fn state_keep(tx: &mut Tx<'_>, order: &OrderInfo, state: &OrderState, now: Timestamp) -> Result<(), Error> {
    order::order_state_set(tx, &order.id, state)?;
    match state {
        // What the hook said stands there already, with more of its words.
        OrderState::Failed { reason: Failure::Hook { .. }, .. } => {}
        OrderState::Failed { reason, .. } => order_note(tx, order, "failed", Some(reason.to_string()), now)?,
        OrderState::Unknown { cause, .. } => order_note(tx, order, "unknown", Some(cause.explain().to_owned()), now)?,
        OrderState::Confirmed { .. } => order_note(tx, order, "confirmed", None, now)?,
        OrderState::Waiting { reason, .. } if !matches!(order.state, OrderState::Waiting { .. }) => {
            order_note(tx, order, "waiting", Some(reason.to_string()), now)?;
        }
        _ => {}
    }
    if !state.is_open() {
        tx.then(Effect::Wake(order.site.clone()));
    }
    tx.then(Effect::Changed(Change::Grid { application: order.application.clone() }));
    Ok(())
}

/// Keeps what is said of a hook; the same twice, or what came before an end, changes nothing.
fn hook_keep(tx: &mut Tx<'_>, order: &OrderInfo, word: &HookWord, now: Timestamp) -> Result<(), Error> {
    let has_ended = order.hook.as_ref().is_some_and(|known| !matches!(known, HookWord::Due { .. } | HookWord::Newer));
    if order.hook.as_ref() == Some(word) || has_ended {
        return Ok(());
    }
    order::order_hook_set(tx, &order.id, word)?;
    tx.then(Effect::Changed(Change::Grid { application: order.application.clone() }));
    let Some(report) = word.report() else { return Ok(()) };
    if !report.ok() {
        let words = format!("{}: {}", report.words(), report.output);
        return order_note(tx, order, "hook_failed", Some(words), now);
    }
    if report.per == HookPer::Batch { Ok(order::order_hooks_over(tx, order)?) } else { Ok(()) }
}
