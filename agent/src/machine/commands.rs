//! What the server asks beside orders: each command has one effect at most and is answered until the answer is heard.

use super::effect::{Effect, Level, ScanReason};
use super::errand::Errand;
use super::link;
use super::patience::{Thing, held_back};
use super::state::{Lane, MOST_RESULTS, State};
use super::work::{self, Ended, Way, Work, way};
use crate::clock::Now;
use crate::trouble::Trouble;
use crate::walkbacks::{Looked, Queue};
use fieldpost_common::command::Command;
use fieldpost_common::command::action::ActionOrder;
use fieldpost_common::envelope::Envelope;
use fieldpost_common::id::{AppName, CommandId};
use fieldpost_common::order::Refusal;
use fieldpost_common::text::{Clean, count};
use fieldpost_common::time::minute;
use fieldpost_common::wire::{CommandOutcome, CommandResult};

/// What is under way for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    Work {
        lane: work::Lane,
        stopping: bool,
    },
    /// It waits for a full look to begin.
    LookAhead,
    /// That look is under way.
    Looking,
    /// It waits for the inventory to arrive.
    Inventory,
    /// It waits until the walkbacks of this application are home.
    Walkbacks(AppName, Errand),
}

/// A batch came: these are the open commands. One that was answered a moment ago may still stand there.
pub(super) fn take(state: &mut State, commands: Vec<Command>, now: Now) {
    state.answered.retain(|id| commands.iter().any(|command| command.id == *id));
    // What is under way and no longer asked for goes on to its end: the server gave it up, and hears of it all the same.
    let told = |result: &CommandResult| result.outcome != CommandOutcome::Began;
    let mut known = state.answered.clone();
    known.extend(state.journal.command_results.iter().filter(|result| told(result)).map(|result| result.command.clone()));
    state.journal.commands = commands.into_iter().filter(|command| !known.contains(&command.id)).collect();
    state.journal.ran.forget(state.judged(now));
}

/// The agent begins: of an action that was begun before nobody can say whether it was done.
pub(super) fn lost(state: &mut State, now: Now) {
    for id in state.journal.ran.unended() {
        let reason = Clean::line("the agent ended while it ran: look at the site whether it was done");
        finish(state, &id, CommandOutcome::Unknown { reason }, None, now);
    }
}

/// Begins what can be begun, in the order of the commands.
pub(super) fn start(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    for command in state.journal.commands.clone() {
        match state.doing.get(&command.id).cloned() {
            Some(Doing::Work { lane, stopping: false }) if command.cancel => {
                state.doing.insert(command.id.clone(), Doing::Work { lane, stopping: true });
                out.push(Effect::Stop(command.id));
            }
            Some(Doing::LookAhead | Doing::Inventory | Doing::Walkbacks(..)) if command.cancel => {
                finish(state, &command.id, CommandOutcome::Stopped, None, now);
            }
            Some(_) => {}
            None if command.cancel => finish(state, &command.id, CommandOutcome::Stopped, None, now),
            None => begin(state, &command, now, out),
        }
    }
}

fn begin(state: &mut State, command: &Command, now: Now, out: &mut Vec<Effect>) {
    match way(&command.kind) {
        Way::Work(work) => do_work(state, &command.id, work, now, out),
        Way::Action(envelope) => begin_action(state, &command.id, &envelope, now, out),
        Way::Look => {
            state.doing.insert(command.id.clone(), Doing::LookAhead);
            state.scan_wanted = Some(ScanReason::Command);
        }
        Way::Inventory => {
            state.doing.insert(command.id.clone(), Doing::Inventory);
            state.put = None;
            state.patience.wake(|thing| *thing == Thing::Inventory);
        }
        Way::Walkbacks(application) if state.setup.walkbacks.contains(&application) => {
            tell_later(state, &command.id, CommandOutcome::Began, None, now);
            state.walkbacks.ask(&application);
            state.doing.insert(command.id.clone(), Doing::Walkbacks(application, Errand::Ahead));
        }
        Way::Walkbacks(application) => {
            let reason = Clean::line(&format!("the agent's config names no walkbacks for {application}"));
            finish(state, &command.id, CommandOutcome::Failed { reason }, None, now);
        }
        Way::LeftAlone => {}
    }
}

/// Of each kind of work one is done at a time, and only while the server can hear of it.
fn do_work(state: &mut State, id: &CommandId, work: Work, now: Now, out: &mut Vec<Effect>) {
    let lane = work.lane();
    let busy = state.doing.values().any(|doing| matches!(doing, Doing::Work { lane: other, .. } if *other == lane));
    if busy || !state.link.is_open() || state.patience.rests(&Thing::Command(id.clone()), now) {
        return;
    }
    if lane != work::Lane::Quick {
        tell_later(state, id, CommandOutcome::Began, None, now);
    }
    state.doing.insert(id.clone(), Doing::Work { lane, stopping: false });
    out.push(Effect::Work { command: id.clone(), work });
}

/// An action is begun once: that it begins is journalled before it does.
fn begin_action(state: &mut State, id: &CommandId, envelope: &Envelope, now: Now, out: &mut Vec<Effect>) {
    if state.journal.ran.run(id).is_some() {
        let reason = Clean::line("it was begun here before, and is not begun twice");
        finish(state, id, CommandOutcome::Unknown { reason }, None, now);
        return;
    }
    match action(state, id, envelope, now) {
        Ok(order) => {
            let before = out.len();
            let work = Work::Action { application: order.application, action: order.action };
            do_work(state, id, work, now, out);
            if out.len() > before {
                state.journal.ran.begin(id.clone(), order.run_by);
            }
        }
        Err(reason) => {
            out.push(Effect::Log(Level::Warn, format!("an action was ordered and is not run: {reason}")));
            finish(state, id, CommandOutcome::Failed { reason }, None, now);
        }
    }
}

fn action(state: &State, id: &CommandId, envelope: &Envelope, now: Now) -> Result<ActionOrder, Clean> {
    let refused = |refusal: Refusal| Clean::line(&format!("refused at the site: {refusal}{}", clock_words(state, refusal, now)));
    if ActionOrder::id(envelope) != *id {
        return Err(refused(Refusal::Malformed));
    }
    let trust = state.trust.newest.as_ref().ok_or_else(|| refused(Refusal::UnknownKey))?;
    let order = ActionOrder::open(envelope, trust, &state.setup.site, state.judged(now)).map_err(refused)?;
    if state.journal.ran.may_have_run(order.created, order.run_by) {
        return Err(refused(Refusal::Expired));
    }
    let place = (order.application.clone(), order.action.clone());
    if !state.setup.actions.contains(&place) {
        let words = format!("the agent's config names no action {} for {}", order.action, order.application);
        return Err(Clean::line(&words));
    }
    Ok(order)
}

/// By which clock a rule about time was judged, where that clock is off.
fn clock_words(state: &State, refusal: Refusal, now: Now) -> String {
    let is_about_time = matches!(refusal, Refusal::Expired | Refusal::KeyExpired);
    match state.clock_error.filter(|error| is_about_time && error.is_off()) {
        Some(error) => {
            format!(": this site's clock says {}, the server's {}", minute(now.wall), minute(error.correct(now.wall)))
        }
        None => String::new(),
    }
}

/// Work ended.
pub(super) fn worked(state: &mut State, id: &CommandId, end: Ended, now: Now, out: &mut Vec<Effect>) {
    match end {
        Ended::Known => {
            link::reached(state, out);
            done(state, id);
        }
        Ended::Done { note, tail } => finish(state, id, CommandOutcome::Done { note }, tail, now),
        Ended::Failed { reason, tail } => finish(state, id, CommandOutcome::Failed { reason }, tail, now),
        Ended::Stopped => finish(state, id, CommandOutcome::Stopped, None, now),
        // What has no room now would be read again and again; whoever asked may ask again.
        Ended::Unsent(trouble) if trouble.is_refusal() || trouble.is_about_room() => {
            out.push(Effect::Log(Level::Error, format!("the server does not take what a command brought: {trouble}")));
            let reason = Clean::joined(&format!("the server did not take it: {trouble}"));
            finish(state, id, CommandOutcome::Failed { reason }, None, now);
        }
        // The command stays, and is carried out anew once the server can be reached.
        Ended::Unsent(trouble) => {
            state.doing.remove(id);
            held_back(state, &Thing::Command(id.clone()), &trouble, now, out);
        }
    }
}

/// Whatever asked for a look: if a command waits for one, it reads every file.
pub(super) fn scan_reason(state: &State, reason: ScanReason) -> ScanReason {
    if state.doing.values().any(|doing| *doing == Doing::LookAhead) { ScanReason::Command } else { reason }
}

/// A look at the directories begins: one that reads every file is what some commands wait for.
pub(super) fn looking(state: &mut State, reason: ScanReason) {
    if reason == ScanReason::Command {
        let waiting = state.doing.values_mut().filter(|doing| **doing == Doing::LookAhead);
        waiting.for_each(|doing| *doing = Doing::Looking);
    }
}

/// A look ended.
pub(super) fn looked(state: &mut State, now: Now) {
    let Some(report) = &state.report else { return };
    let files: usize = report.inventory.applications.values().map(|listing| listing.files.len()).sum();
    let words = format!("every file was read: {}", count(files, "patch"));
    finish_all(state, &Doing::Looking, &words, now);
}

/// The inventory was given to the server, or not.
pub(super) fn inventory_put(state: &mut State, given: bool, now: Now) {
    if given {
        finish_all(state, &Doing::Inventory, "the inventory was sent whole", now);
    }
}

/// A look for walkbacks begins.
pub(super) fn looking_for_walkbacks(state: &mut State) {
    errands(state).for_each(|(_, errand)| errand.looking());
}

/// A look for walkbacks ended.
pub(super) fn looked_for_walkbacks(state: &mut State, looked: &Looked, now: Now) {
    errands(state).for_each(|(application, errand)| errand.looked(application, looked, now.mono));
}

/// Tells those who asked for walkbacks and whose are home; of some nobody knows, because they could not be read.
pub(super) fn walkbacks_home(state: &mut State, queue: &Queue, now: Now) {
    let home: Vec<_> = state
        .doing
        .iter()
        .filter_map(|(id, doing)| match doing {
            Doing::Walkbacks(application, errand) => Some((id.clone(), errand.outcome(application, queue)?)),
            _ => None,
        })
        .collect();
    for (id, outcome) in home {
        finish(state, &id, outcome, None, now);
    }
}

/// The server takes no walkbacks for a while, or none of one application: nobody waits for that.
pub(super) fn walkbacks_stay(state: &mut State, of: Option<&AppName>, trouble: &Trouble, now: Now) {
    let is_meant = |doing: &Doing| matches!(doing, Doing::Walkbacks(application, _) if of.is_none_or(|of| of == application));
    let waiting: Vec<_> = state.doing.iter().filter(|(_, doing)| is_meant(doing)).map(|(id, _)| id.clone()).collect();
    for id in waiting {
        let reason = Clean::joined(&format!("walkbacks wait at the site: {trouble}"));
        finish(state, &id, CommandOutcome::Failed { reason }, None, now);
    }
}

fn errands(state: &mut State) -> impl Iterator<Item = (&AppName, &mut Errand)> {
    state.doing.values_mut().filter_map(|doing| match doing {
        Doing::Walkbacks(application, errand) => Some((&*application, errand)),
        _ => None,
    })
}

fn finish_all(state: &mut State, doing: &Doing, words: &str, now: Now) {
    let waiting: Vec<_> = state.doing.iter().filter(|(_, one)| *one == doing).map(|(id, _)| id.clone()).collect();
    for id in waiting {
        finish(state, &id, CommandOutcome::Done { note: Some(Clean::line(words)) }, None, now);
    }
}

fn finish(state: &mut State, id: &CommandId, outcome: CommandOutcome, tail: Option<Clean>, now: Now) {
    tell_later(state, id, outcome, tail, now);
    done(state, id);
}

fn tell_later(state: &mut State, id: &CommandId, outcome: CommandOutcome, tail: Option<Clean>, now: Now) {
    state.journal.queue_command(CommandResult { command: id.clone(), outcome, tail, at: now.wall });
    state.unsaved = true;
}

fn done(state: &mut State, id: &CommandId) {
    state.doing.remove(id);
    state.journal.commands.retain(|one| one.id != *id);
    state.journal.ran.end(id);
    state.answered.insert(id.clone());
    state.patience.forget(&Thing::Command(id.clone()));
    state.unsaved = true;
}

/// Tells the server what became of commands.
pub(super) fn tell(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    if state.is_busy(Lane::CommandResults) || state.patience.rests(&Thing::CommandResults, now) {
        return;
    }
    let queued = &state.journal.command_results;
    let waiting = queued.iter().filter(|result| !state.patience.rests(&Thing::CommandResult(result.command.clone()), now));
    let portion: Vec<_> = waiting.take(state.command_portion).cloned().collect();
    if !portion.is_empty() {
        state.busy.insert(Lane::CommandResults);
        out.push(Effect::TellCommands(portion));
    }
}

/// The server was told, or not.
pub(super) fn results_told(
    state: &mut State,
    sent: &[CommandResult],
    answer: Result<(), Trouble>,
    now: Now,
    out: &mut Vec<Effect>,
) {
    state.busy.remove(&Lane::CommandResults);
    match answer {
        Ok(()) => {
            link::reached(state, out);
            state.command_portion = MOST_RESULTS;
            state.patience.forget(&Thing::CommandResults);
            for result in sent {
                state.patience.forget(&Thing::CommandResult(result.command.clone()));
            }
            state.journal.command_results.retain(|queued| !sent.contains(queued));
            state.unsaved = true;
        }
        Err(trouble) if trouble.is_refusal() && sent.len() > 1 => state.command_portion = sent.len() / 2,
        Err(trouble) if trouble.is_refusal() => {
            state.command_portion = MOST_RESULTS;
            let result = sent.first().map_or(Thing::CommandResults, |result| Thing::CommandResult(result.command.clone()));
            held_back(state, &result, &trouble, now, out);
        }
        Err(trouble) => held_back(state, &Thing::CommandResults, &trouble, now, out),
    }
}
