//! Somebody asked for the walkbacks of an application: what was there then is brought home, however many come meanwhile.

use crate::walkbacks::{Looked, Obstacle, Queue};
use fieldpost_common::id::AppName;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::CommandOutcome;
use std::time::Duration;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errand {
    /// The look that shows what is there hasn't begun.
    Ahead,
    /// It is under way.
    Looking,
    /// It ended then. What was being written is waited for: until it was taken, or was gone.
    Settling(Duration),
    /// What waits up to this number is waited for.
    Sending {
        /// The number of the newest piece that counts.
        upto: u64,
        /// What could not be read, in words.
        unread: Option<Clean>,
    },
}

impl Errand {
    /// A look begins.
    pub(super) fn looking(&mut self) {
        if *self == Self::Ahead {
            *self = Self::Looking;
        }
    }

    /// A look has ended.
    pub(super) fn looked(&mut self, application: &AppName, looked: &Looked, now: Duration) {
        let first = match self {
            Self::Ahead | Self::Sending { .. } => return,
            Self::Looking => now,
            Self::Settling(first) => *first,
        };
        // What began to be written after that look is of the next one who asks.
        let is_settled = looked.unsettled_since.get(application).is_none_or(|since| *since > first);
        *self = if is_settled {
            let upto = looked.queue.newest(application).unwrap_or(0);
            Self::Sending { upto, unread: unread(&looked.obstacles, application) }
        } else {
            Self::Settling(first)
        };
    }

    /// What becomes of it, once all is home but what could not be read.
    pub(super) fn outcome(&self, application: &AppName, queue: &Queue) -> Option<CommandOutcome> {
        let Self::Sending { upto, unread } = self else { return None };
        let is_home = queue.oldest(application).is_none_or(|oldest| oldest > *upto);
        is_home.then(|| match unread {
            None => CommandOutcome::Done { note: Some(Clean::line("all walkbacks are home")) },
            Some(reason) => CommandOutcome::Failed { reason: reason.clone() },
        })
    }
}

/// What of an application could not be read, in words that have an end.
fn unread(obstacles: &[Obstacle], application: &AppName) -> Option<Clean> {
    const NAMED: usize = 5;
    const CELLS: usize = 300;
    let its = |one: &&Obstacle| one.application.as_ref().is_none_or(|of| of == application);
    let all: Vec<&Obstacle> = obstacles.iter().filter(its).collect();
    let named: Vec<String> = all.iter().take(NAMED).map(|one| Clean::line(&one.words).cut(CELLS)).collect();
    let more = if all.len() > NAMED { format!("; and {} more", all.len() - NAMED) } else { String::new() };
    (!all.is_empty()).then(|| Clean::line(&format!("what could be read is home, but {}{more}", named.join("; "))))
}
