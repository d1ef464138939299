//! Which actions were begun here, so that none is begun twice: not after a restart, not when the server says it again, not when a
//! clock goes back.

use fieldpost_common::id::CommandId;
use fieldpost_common::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Actions that were begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    runs: BTreeMap<CommandId, Run>,
    /// Whatever had to be begun by then is refused, unless it is among the runs: it may have been.
    forgotten: Timestamp,
    /// What was signed before then may have been begun too: the journal of that time was lost.
    #[serde(default)]
    lost: Option<Timestamp>,
}

/// One run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it had to be begun at the latest.
    pub by: Timestamp,
    /// Whether its end was seen.
    pub ended: bool,
}

impl Default for Ran {
    fn default() -> Self {
        Self { runs: BTreeMap::new(), forgotten: Timestamp::from_ms(0), lost: None }
    }
}

/// Runs are remembered for so long after they could be begun.
const KEEP: Duration = Duration::from_hours(24);
/// And no more than so many.
const MOST: usize = 1000;

impl Ran {
    /// Notes that an action is about to begin.
    pub fn begin(&mut self, id: CommandId, by: Timestamp) {
        self.runs.insert(id, Run { by, ended: false });
    }

    /// Notes that its end was seen, or given up.
    pub fn end(&mut self, id: &CommandId) {
        if let Some(run) = self.runs.get_mut(id) {
            run.ended = true;
        }
    }

    /// What is known of an action.
    pub fn run(&self, id: &CommandId) -> Option<Run> {
        self.runs.get(id).copied()
    }

    /// Actions whose end was not seen.
    pub fn unended(&self) -> Vec<CommandId> {
        self.runs.iter().filter(|(_, run)| !run.ended).map(|(id, _)| id.clone()).collect()
    }

    /// What is remembered after a journal was lost: nothing, so that whatever was signed before is not begun.
    pub fn lost(now: Timestamp) -> Self {
        Self { lost: Some(now), ..Self::default() }
    }

    /// Whether an action that was signed then, and had to be begun by then, may have been begun and forgotten.
    pub fn may_have_run(&self, signed: Timestamp, by: Timestamp) -> bool {
        by <= self.forgotten || self.was_lost_since(signed)
    }

    /// Whether a journal was lost since then: what was signed before may have been done here.
    pub fn was_lost_since(&self, signed: Timestamp) -> bool {
        self.lost.is_some_and(|lost| signed <= lost)
    }

    /// Forgets what can't be begun any more, and what is too much; from then on nothing as old is begun.
    pub fn forget(&mut self, now: Timestamp) {
        let mut oldest: Vec<(Timestamp, CommandId)> =
            self.runs.iter().filter(|(_, run)| run.ended).map(|(id, run)| (run.by, id.clone())).collect();
        oldest.sort_unstable();
        let excess = self.runs.len().saturating_sub(MOST);
        for (index, (by, id)) in oldest.into_iter().enumerate() {
            if index < excess || by.plus(KEEP) < now {
                self.runs.remove(&id);
                self.forgotten = self.forgotten.max(by);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> CommandId {
        fieldpost_common::id::hex32([n; 16]).parse().expect("command")
    }

    fn hours(hours: u64) -> Timestamp {
        Timestamp::from_ms(0).plus(Duration::from_hours(hours))
    }

    #[test]
    fn what_was_forgotten_is_not_begun_again_even_when_the_clock_goes_back() {
        let mut ran = Ran::default();
        ran.begin(id(1), hours(1));
        ran.end(&id(1));
        ran.forget(hours(20));
        assert!(ran.run(&id(1)).is_some_and(|run| run.ended));
        ran.forget(hours(26));
        assert_eq!(ran.run(&id(1)), None);
        assert!(ran.may_have_run(hours(0), hours(1)) && !ran.may_have_run(hours(0), hours(2)));
    }

    #[test]
    fn after_a_lost_journal_nothing_is_begun_that_was_signed_before() {
        let ran = Ran::lost(hours(5));
        assert!(ran.may_have_run(hours(4), hours(9)) && !ran.may_have_run(hours(6), hours(9)));
    }

    #[test]
    fn what_has_no_end_is_not_forgotten() {
        let mut ran = Ran::default();
        ran.begin(id(1), hours(1));
        ran.forget(hours(1000));
        assert_eq!(ran.unended(), [id(1)]);
    }

    #[test]
    fn a_flood_of_actions_does_not_fill_the_journal() {
        let mut ran = Ran::default();
        for n in 0..2000_u128 {
            let id: CommandId = fieldpost_common::id::hex32(n.to_be_bytes()).parse().expect("command");
            ran.begin(id.clone(), hours(u64::try_from(n).expect("small")));
            ran.end(&id);
            ran.forget(hours(0));
        }
        assert_eq!(ran.runs.len(), MOST);
        assert!(ran.may_have_run(hours(0), hours(999)) && !ran.may_have_run(hours(0), hours(1000)));
    }
}
