//! Which hooks are due, which were begun, and how the last one of each place ended: so that a crash neither forgets nor repeats one.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::{HookAction, HookWord};
use fieldpost_common::id::{AppName, OrderId};
use fieldpost_common::name::PatchName;
use fieldpost_common::plan::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is remembered of hooks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Hooks {
    waiting: Vec<WaitingHook>,
    ended: BTreeMap<Place, (OrderId, HookWord)>,
}

/// A file whose order is done, and whose hook has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingHook {
    /// The order.
    pub order: OrderId,
    /// The application.
    pub application: AppName,
    /// The file.
    pub patch: PatchName,
    /// What was done with it.
    pub action: HookAction,
    /// The content that was put, or taken away; none where that isn't known.
    pub sha256: Option<ContentHash>,
    /// Whether the hook was begun.
    pub stage: Stage,
}

/// How far a hook has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It was never begun.
    Due,
    /// It was begun.
    Begun,
}

/// The form in the file: JSON has no maps by pairs.
#[derive(Serialize, Deserialize)]
struct Written {
    waiting: Vec<WaitingHook>,
    ended: Vec<(AppName, PatchName, OrderId, HookWord)>,
}

impl From<Written> for Hooks {
    fn from(Written { waiting, ended }: Written) -> Self {
        let ended = ended.into_iter().map(|(app, patch, order, word)| ((app, patch), (order, word)));
        Self { waiting, ended: ended.collect() }
    }
}

impl From<Hooks> for Written {
    fn from(Hooks { waiting, ended }: Hooks) -> Self {
        let ended = ended.into_iter().map(|((app, patch), (order, word))| (app, patch, order, word));
        Self { waiting, ended: ended.collect() }
    }
}

impl Hooks {
    /// Notes that a hook is due. One for the same file that was not begun yet is left out: its order is an older one.
    pub fn add(&mut self, hook: WaitingHook) {
        let is_same = |one: &WaitingHook| one.application == hook.application && one.patch == hook.patch;
        self.waiting.retain(|one| one.stage == Stage::Begun || !is_same(one));
        self.waiting.push(hook);
    }

    /// Those that were not begun, oldest first.
    pub fn due(&self) -> impl Iterator<Item = &WaitingHook> {
        self.waiting.iter().filter(|one| one.stage == Stage::Due)
    }

    /// Those that were begun and have not ended.
    pub fn begun(&self) -> impl Iterator<Item = &WaitingHook> {
        self.waiting.iter().filter(|one| one.stage == Stage::Begun)
    }

    /// Notes that the hook of these orders is about to begin.
    pub fn begin(&mut self, orders: &[OrderId]) {
        for one in self.waiting.iter_mut().filter(|one| orders.contains(&one.order)) {
            one.stage = Stage::Begun;
        }
    }

    /// Notes that it was not begun after all, or is to be begun again.
    pub fn postpone(&mut self, order: &OrderId) {
        for one in self.waiting.iter_mut().filter(|one| one.order == *order) {
            one.stage = Stage::Due;
        }
    }

    /// Notes how it ended; gives what was waited for.
    pub fn end(&mut self, order: &OrderId, word: HookWord) -> Option<WaitingHook> {
        let index = self.waiting.iter().position(|one| one.order == *order)?;
        let hook = self.waiting.remove(index);
        self.set_end((hook.application.clone(), hook.patch.clone()), order.clone(), word);
        Some(hook)
    }

    /// Notes how the hook of an order ended that was never waited for.
    pub fn set_end(&mut self, place: Place, order: OrderId, word: HookWord) {
        let short = match word {
            HookWord::Ended(report) => HookWord::Ended(report.shortened()),
            word => word,
        };
        self.ended.insert(place, (order, short));
    }

    /// How the hook of an order ended, if it was the last of its place.
    pub fn ended(&self, place: &Place, order: &OrderId) -> Option<&HookWord> {
        self.ended.get(place).filter(|(last, _)| last == order).map(|(_, word)| word)
    }

    /// Whether the hook of an order is waited for.
    pub fn is_waiting(&self, order: &OrderId) -> bool {
        self.waiting.iter().any(|one| one.order == *order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::hook::{HookEnd, HookPer, HookReport};

    fn id(n: u8) -> OrderId {
        fieldpost_common::id::hex32([n; 16]).parse().expect("order")
    }

    fn waiting(n: u8, patch: &str) -> WaitingHook {
        WaitingHook {
            order: id(n),
            application: "trading".parse().expect("app"),
            patch: patch.parse().expect("patch"),
            action: HookAction::Put,
            sha256: None,
            stage: Stage::Due,
        }
    }

    #[test]
    fn what_is_remembered_of_hooks_is_read_back() {
        let mut hooks = Hooks::default();
        hooks.add(waiting(1, "a.st"));
        hooks.add(waiting(2, "b.st"));
        hooks.begin(&[id(1)]);
        let report = HookReport { end: HookEnd::Code { code: 3 }, per: HookPer::Patch, output: "x".repeat(4000).as_str().into() };
        hooks.end(&id(2), HookWord::Ended(report));
        let json = serde_json::to_string(&hooks).expect("json");
        assert!(json.len() < 1000, "long words are not kept for long");
        assert_eq!(serde_json::from_str::<Hooks>(&json).expect("readable"), hooks);
        assert_eq!((hooks.begun().count(), hooks.due().count()), (1, 0));
        let place = ("trading".parse().expect("app"), "b.st".parse().expect("patch"));
        assert!(hooks.ended(&place, &id(2)).is_some() && hooks.ended(&place, &id(1)).is_none());
    }

    #[test]
    fn of_two_orders_for_one_file_only_the_newer_ones_hook_is_due_unless_the_other_runs() {
        let mut hooks = Hooks::default();
        hooks.add(waiting(1, "a.st"));
        hooks.add(waiting(2, "a.st"));
        assert_eq!(hooks.due().map(|one| one.order.clone()).collect::<Vec<_>>(), [id(2)]);
        hooks.begin(&[id(2)]);
        hooks.add(waiting(3, "a.st"));
        assert!(hooks.is_waiting(&id(2)) && hooks.is_waiting(&id(3)));
    }
}
