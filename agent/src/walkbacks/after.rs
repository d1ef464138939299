//! What becomes of pieces that the server has, and of their files: in an order in which the agent may be killed at any moment.

use super::spool::Header;
use super::{Collector, Outgoing};
use crate::config::AfterSending;
use crate::guarded_path::PathGuard;

/// One thing that is done about all pieces of a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The ledger says that the server has them.
    Note,
    /// Their files are treated as the config says.
    ClearAway,
    /// They leave the spool.
    Forget,
}

/// A piece leaves the spool last: until then it is sent again, the server knows it, and nothing is forgotten of its file.
pub(super) const STEPS: [Step; 3] = [Step::Note, Step::ClearAway, Step::Forget];

impl Collector {
    /// Does these steps, and says what stood in the way.
    pub(super) fn after(&mut self, outgoing: &Outgoing, steps: &[Step]) -> Vec<String> {
        let headers: Vec<Header> = outgoing.numbers.iter().filter_map(|number| self.spool.header(*number)).collect();
        let mut troubles = Vec::new();
        for step in steps {
            match step {
                Step::Note => self.note(&headers, &mut troubles),
                Step::ClearAway => {
                    let guard = PathGuard::new(&self.config);
                    for header in &headers {
                        self.clear_away(&guard, header, &mut troubles);
                    }
                }
                Step::Forget => self.forget(&outgoing.numbers, &mut troubles),
            }
        }
        troubles
    }

    fn note(&mut self, headers: &[Header], troubles: &mut Vec<String>) {
        for header in headers {
            self.ledger.sent(&header.origin, header.offset);
        }
        // What the server has matters only where files are cleared away: there it must not be forgotten.
        let clears = self.config.applications.iter().any(|one| one.walkbacks_sent != AfterSending::Keep);
        if clears && let Err(error) = self.save() {
            troubles.push(format!("what was sent of walkbacks can't be noted: {error}"));
        }
    }

    fn clear_away(&self, guard: &PathGuard, header: &Header, troubles: &mut Vec<String>) {
        let Some(application) = self.config.application(&header.application) else { return };
        let target = match &application.walkbacks_sent {
            AfterSending::Keep => return,
            AfterSending::Delete => None,
            AfterSending::Move(folder) => Some(folder.as_path()),
        };
        if !self.ledger.server_has(&header.origin) {
            return;
        }
        if let Err(error) = header.origin.clear_away(guard, target) {
            let path = header.origin.directory.join(&header.origin.path);
            troubles.push(format!("the walkback {} was sent and can't be cleared away: {error}", path.display()));
        }
    }

    fn forget(&mut self, numbers: &[u64], troubles: &mut Vec<String>) {
        for number in numbers {
            if let Err(error) = self.spool.remove(*number) {
                troubles.push(format!("a walkback that was sent can't be cleared away: {error}"));
            }
        }
    }
}
