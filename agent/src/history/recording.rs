//! What is recorded of each effect and event: every one is decided here, so that a new one doesn't compile without a decision.

use super::record::{Act, Outcome, Record, Signer};
use crate::clock::Now;
use crate::hook::{HookFile, HookRun};
use crate::machine::{Effect, Ended, Event, Executed, SentFile, State, UploadEnd, Work};
use fieldpost_common::command::CommandKind;
use fieldpost_common::command::action::ActionOrder;
use fieldpost_common::hook::HookPer;
use fieldpost_common::id::{CommandId, KeyId, OrderId};
use fieldpost_common::inventory::Directory;
use fieldpost_common::order::Action;
use fieldpost_common::plan::{Step, What};
use fieldpost_common::text::Clean;
use fieldpost_common::trust::Trust;

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Nothing, for this reason.
    Nothing(&'static str),
    /// A beginning: it is on the disk before the thing is done. Without it the thing is not done.
    Began(Vec<Record>),
    /// A further try: its beginning is on the disk before the thing is done, and is written only if it doesn't stand there yet.
    Retried(Box<Record>),
    /// A beginning that is written with its end: nothing changes here.
    Ahead(Box<Record>),
    /// An end; what only its beginning knew is filled in.
    Ended(Vec<Record>),
    /// All in one.
    Whole(Vec<Record>),
}

/// What is recorded before an effect is carried out.
pub fn of_effect(effect: &Effect, state: &State, now: Now) -> Entry {
    match effect {
        // Tries follow each other for as long as something stands in the way: one beginning speaks for all of them.
        Effect::Execute(step) if state.waits(&step.order) => {
            Entry::Retried(Box::new(step_record(step, state, Outcome::Began, now)))
        }
        Effect::Execute(step) => Entry::Began(vec![step_record(step, state, Outcome::Began, now)]),
        Effect::Hook(run) => Entry::Began(run.files.iter().map(|file| hook_begins(run, file, state, now)).collect()),
        Effect::Concluded(step) => Entry::Ended(vec![concluded(step, state, now)]),
        Effect::Work { command, work } => work_begins(command, work, state, now),
        Effect::Upload { sha256, places } => {
            let mut record = Record::new(Act::Upload, Outcome::Began, now.wall);
            record.sha256 = Some(*sha256);
            if let Some((application, patch)) = places.first() {
                record.application = Some(application.clone());
                record.patch = Some(patch.clone());
            }
            Entry::Ahead(Box::new(record))
        }
        Effect::SaveTrust(_) => {
            let mut record = Record::new(Act::Trust, Outcome::Done, now.wall);
            record.detail = state.trust.newest.as_ref().map(|trust| Clean::line(&trust_words(trust)));
            Entry::Whole(vec![record])
        }
        Effect::SendWalkbacks { .. } => Entry::Nothing("its end names what was sent"),
        Effect::Stop(_) => Entry::Nothing("the end of what is stopped says so"),
        Effect::Fetch { .. } => Entry::Nothing("nothing of the site changes or leaves it; the put says what came"),
        Effect::KeepDownloads(_) => Entry::Nothing("these are the agent's own copies"),
        Effect::Save => Entry::Nothing("this is the agent's own memory"),
        Effect::Scan(_) | Effect::LookForWalkbacks => Entry::Nothing("a look changes nothing; what is sent of it is recorded"),
        Effect::Poll(_) | Effect::PutInventory(_) | Effect::PutMemory => {
            Entry::Nothing("names, sizes and hashes travel whenever they change")
        }
        Effect::TellCommands(_) | Effect::SendResults(_) => Entry::Nothing("these are the outcomes that are recorded here"),
        Effect::Timer { .. } | Effect::Log(..) => Entry::Nothing("nobody is concerned"),
    }
}

/// What is recorded of an event before the machine takes it in.
pub fn of_event(event: &Event, state: &State, now: Now) -> Entry {
    match event {
        Event::Executed { step, end: Executed::Failed(why) } if why.may_pass() && state.waits(&step.order) => {
            Entry::Nothing("it waits still, as was recorded at the first try")
        }
        Event::Executed { step, end } => {
            let outcome = if matches!(end, Executed::Put(_) | Executed::Removed) { Outcome::Done } else { Outcome::Failed };
            let mut record = step_record(step, state, outcome, now);
            record.detail = match end {
                Executed::Put(_) | Executed::Removed => None,
                Executed::Failed(why) => Some(Clean::joined(&why.to_string())),
                Executed::Held(directory) => Some(Clean::line(directory.explain())),
            };
            Entry::Ended(vec![record])
        }
        Event::HookDone { orders, report } => {
            let outcome = if report.ok() { Outcome::Done } else { Outcome::Failed };
            let ended = |order: &OrderId| {
                let mut record = ordered(Act::Hook, order, state, outcome, now);
                record.detail = Some(report.words());
                record
            };
            Entry::Ended(orders.iter().map(ended).collect())
        }
        Event::Worked { command, end } => Entry::Ended(vec![work_ended(command, end, state, now)]),
        Event::Uploaded { sha256, end: UploadEnd::Failed(_) | UploadEnd::Blocked(_) } if state.has_failed_to_upload(sha256) => {
            Entry::Nothing("it failed before, as was recorded then")
        }
        Event::Uploaded { sha256, end } => {
            let (outcome, detail) = match end {
                UploadEnd::Stored(_) => (Outcome::Done, None),
                UploadEnd::Changed => (Outcome::Failed, Some(Clean::line("the file had changed: nothing was sent"))),
                UploadEnd::Blocked(failure) => (Outcome::Failed, Some(Clean::joined(&failure.to_string()))),
                UploadEnd::Failed(trouble) => (Outcome::Failed, Some(Clean::joined(&trouble.to_string()))),
            };
            let mut record = Record::new(Act::Upload, outcome, now.wall);
            (record.sha256, record.detail) = (Some(*sha256), detail);
            Entry::Ended(vec![record])
        }
        Event::WalkbacksSent { files, answer, .. } => {
            let failure = answer.as_ref().err().map(|trouble| Clean::joined(&trouble.to_string()));
            Entry::Whole(files.iter().map(|file| walkback_record(file, failure.as_ref(), now)).collect())
        }
        Event::Scanned(report) => {
            let changed = report.inventory.applications.iter().filter_map(|(application, listing)| {
                let before = state.report.as_ref().and_then(|report| report.inventory.applications.get(application));
                let before = before.map_or(Directory::Present, |before| before.directory);
                (before != listing.directory).then(|| {
                    let mut record = Record::new(Act::Directory, Outcome::Done, now.wall);
                    record.application = Some(application.clone());
                    record.detail = Some(Clean::line(listing.directory.explain()));
                    record
                })
            });
            Entry::Whole(changed.collect())
        }
        Event::Started => Entry::Ended(cut_off(state, now)),
        Event::Timer(_) | Event::FileHint | Event::WalkbacksLooked(_) => Entry::Nothing("nothing was done"),
        Event::ServerClock(_) | Event::AddressTried(_) => Entry::Nothing("the log says it where it matters"),
        Event::Polled { .. } | Event::InventoryPut { .. } | Event::MemoryPut { .. } => {
            Entry::Nothing("what follows from it is recorded")
        }
        Event::Fetched { .. } => Entry::Nothing("the put says what came"),
        Event::CommandsTold { .. } | Event::ResultsSent { .. } => Entry::Nothing("these outcomes are recorded already"),
        Event::SaveFailed(_) => Entry::Nothing("the log says it; nothing is done without the journal"),
    }
}

/// A step, with whoever signed its order.
fn step_record(step: &Step, state: &State, outcome: Outcome, now: Now) -> Record {
    let (act, sha256, replaced) = match step.what {
        What::Put { expected, sha256, .. } => (Act::Put, Some(sha256), expected),
        What::Remove { expected, .. } => (Act::Remove, Some(expected), None),
        _ => (Act::Other, None, None),
    };
    let mut record = ordered(act, &step.order, state, outcome, now);
    (record.sha256, record.replaced) = (sha256, replaced);
    record.application = Some(step.application.clone());
    record.patch = Some(step.patch.clone());
    record
}

fn hook_begins(run: &HookRun, file: &HookFile, state: &State, now: Now) -> Record {
    let mut record = ordered(Act::Hook, &file.order, state, Outcome::Began, now);
    record.application = Some(run.application.clone());
    record.patch = Some(file.patch.clone());
    record.sha256 = file.sha256;
    record.name = Some(Clean::line(&match run.per {
        HookPer::Patch => format!("after {}", file.action.word()),
        HookPer::Batch => format!("after {}, one of {} in a batch", file.action.word(), run.files.len()),
    }));
    record
}

/// An order that ended without a step: what it asks for was there, or it was refused.
fn concluded(step: &Step, state: &State, now: Now) -> Record {
    let removes = state.order(&step.order).is_some_and(|order| order.action == Action::Remove);
    let (outcome, detail) = match &step.what {
        What::Refuse { why, .. } => (Outcome::Failed, format!("refused: {why}")),
        _ => (Outcome::Done, "nothing was to be changed: it was so already".to_owned()),
    };
    let mut record = ordered(if removes { Act::Remove } else { Act::Put }, &step.order, state, outcome, now);
    record.application = Some(step.application.clone());
    record.patch = Some(step.patch.clone());
    record.detail = Some(Clean::line(&detail));
    record
}

/// What ran when the agent was ended: nobody saw how it ended.
fn cut_off(state: &State, now: Now) -> Vec<Record> {
    let unknown = |act, id: &str| {
        let mut record = Record::new(act, Outcome::Unknown, now.wall);
        record.order = Some(Clean::line(id));
        record.detail = Some(Clean::line("the agent was ended while it ran"));
        record
    };
    let actions = state.journal.ran.unended();
    let actions = actions.iter().map(|command| unknown(Act::Action, command.as_str()));
    actions.chain(state.journal.hooks.begun().map(|hook| unknown(Act::Hook, hook.order.as_str()))).collect()
}

fn ordered(act: Act, id: &OrderId, state: &State, outcome: Outcome, now: Now) -> Record {
    let mut record = Record::new(act, outcome, now.wall);
    record.order = Some(Clean::line(id.as_str()));
    if let Some(order) = state.order(id) {
        record.sha256 = order.action.outcome();
        record.by = signer(state, &order.key);
        record.reason = order.reason.as_deref().map(Clean::line);
    }
    record
}

fn signer(state: &State, key: &KeyId) -> Option<Signer> {
    let developers = &state.trust.newest.as_ref()?.developers;
    let developer = developers.iter().find(|developer| developer.key.id() == *key)?;
    Some(Signer { user: developer.user.clone(), key: Clean::line(&developer.key.fingerprint()) })
}

fn trust_words(trust: &Trust) -> String {
    let signers: Vec<_> = trust.developers.iter().map(|one| format!("{} (key {})", one.user, one.key.fingerprint())).collect();
    let revoked = trust.revoked.len();
    format!("version {}: {} may sign; {revoked} keys revoked", trust.version, signers.join(", "))
}

fn work_begins(command: &CommandId, work: &Work, state: &State, now: Now) -> Entry {
    let (act, application, name) = match work {
        Work::State { application } => (Act::State, Some(application), None),
        Work::Log { application, log, part } => (Act::Log, Some(application), Some(format!("{log}: {part}"))),
        Work::About => (Act::Info, None, None),
        Work::Action { application, action } => (Act::Action, Some(application), Some(action.to_string())),
    };
    let mut record = Record::new(act, Outcome::Began, now.wall);
    record.order = Some(Clean::line(command.as_str()));
    record.application = application.cloned();
    record.name = name.as_deref().map(Clean::line);
    if act != Act::Action {
        return Entry::Ahead(Box::new(record));
    }
    if let Some(order) = action_order(command, state, now) {
        record.by = signer(state, &order.key);
        record.reason = order.reason.as_deref().map(Clean::line);
    }
    Entry::Began(vec![record])
}

fn action_order(command: &CommandId, state: &State, now: Now) -> Option<ActionOrder> {
    let command = state.journal.commands.iter().find(|one| one.id == *command)?;
    let CommandKind::Action { envelope, .. } = &command.kind else { return None };
    ActionOrder::open(envelope, state.trust.newest.as_ref()?, &state.setup.site, now.wall.max(state.setup.built)).ok()
}

fn work_ended(command: &CommandId, end: &Ended, state: &State, now: Now) -> Record {
    let kind = state.journal.commands.iter().find(|one| one.id == *command).map(|one| &one.kind);
    let act = match kind {
        Some(CommandKind::State { .. }) => Act::State,
        Some(CommandKind::Log { .. }) => Act::Log,
        Some(CommandKind::AgentInfo) => Act::Info,
        Some(CommandKind::Action { .. }) => Act::Action,
        _ => Act::Other,
    };
    let (outcome, detail) = match end {
        Ended::Known => (Outcome::Done, None),
        Ended::Done { note, .. } => (Outcome::Done, note.clone()),
        Ended::Failed { reason, .. } => (Outcome::Failed, Some(reason.clone())),
        Ended::Stopped => (Outcome::Failed, Some(Clean::line("stopped: somebody took it back"))),
        Ended::Unsent(trouble) => (Outcome::Failed, Some(Clean::joined(&format!("it did not reach the server: {trouble}")))),
    };
    let mut record = Record::new(act, outcome, now.wall);
    record.order = Some(Clean::line(command.as_str()));
    record.application = kind.and_then(|kind| kind.application().cloned());
    record.detail = detail;
    record
}

fn walkback_record(file: &SentFile, failure: Option<&Clean>, now: Now) -> Record {
    let outcome = if failure.is_some() { Outcome::Failed } else { Outcome::Done };
    let mut record = Record::new(Act::Walkback, outcome, now.wall);
    record.application = Some(file.application.clone());
    record.name = Some(file.path.clone());
    record.sha256 = Some(file.sha256);
    record.detail = failure.or(file.then.as_ref()).cloned();
    record
}
