//! Sites whose clocks are off, and the server's own, where that is the likelier one.

use super::at_site::failing;
use super::{Facts, note};
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::incident::{Answer, Observation, Subject};
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// A clock that is off by so much is a problem and not only a warning: states are stale, and soon no order is in time.
const GRAVE: Duration = Duration::from_hours(1);
/// So many sites at least have to agree before the server's clock is doubted.
const AGREE: usize = 3;

/// What of an agent or the server fails.
pub(super) const WHAT: &str = "clock";

/// What is known of a silent site stays: nothing has shown that its clock was set right. It has no say of the server's own.
pub(super) fn observe(facts: &Facts<'_>, now: Timestamp, wrong: &mut Observation) {
    let known = facts.sites.iter().filter_map(|row| Some((&row.name, ClockError::from_ms(row.clock_error_ms?))));
    let known: Vec<_> = known.collect();
    let heard: Vec<_> = known.iter().filter(|(site, _)| wrong.site_unseen(site).is_none()).map(|(_, error)| *error).collect();
    let own = own_error(&heard);
    if let Some(error) = own {
        let off = heard.iter().filter(|error| error.is_off()).count();
        let words = format!("{off} of {} say that this server's clock is {error}: set it, or theirs", count(heard.len(), "site"));
        note(wrong, own_clock(), severity(error), &words, now);
    }
    // Beside a server whose clock is wrong, a site's is judged by what most sites say.
    let own = own.map_or(0, ClockError::as_ms);
    let errors = known.iter().map(|(site, error)| (*site, ClockError::from_ms(error.as_ms().saturating_add(own))));
    for (site, error) in errors.filter(|(_, error)| error.is_off()) {
        let words = format!(
            "{site}'s clock is {error}: set it there, since orders are judged by it (`fieldpost send --any-time` sends meanwhile)"
        );
        note(wrong, failing(site, WHAT.to_owned()), severity(error), &words, now);
    }
}

fn own_clock() -> Subject {
    Subject::Server { what: WHAT.to_owned() }
}

/// Whether most sites say that the server's own clock is wrong.
pub(super) fn is_doubted(seen: &Observation) -> bool {
    matches!(seen.answer(&own_clock()), Answer::Wrong(_))
}

fn severity(error: ClockError) -> Severity {
    if error.as_ms().unsigned_abs() >= GRAVE.as_secs() * 1_000 { Severity::Problem } else { Severity::Warning }
}

/// How far the server's own clock is off, if most sites that are heard of agree on that.
fn own_error(heard: &[ClockError]) -> Option<ClockError> {
    let mut errors: Vec<i64> = heard.iter().filter(|error| error.is_off()).map(|error| error.as_ms()).collect();
    if errors.len() < AGREE || errors.len() * 2 <= heard.len() {
        return None;
    }
    errors.sort_unstable();
    let middle = errors[errors.len() / 2];
    let near = errors.iter().filter(|error| !ClockError::from_ms(middle.saturating_sub(**error)).is_off()).count();
    (near >= AGREE && near * 2 > heard.len()).then(|| ClockError::from_ms(middle.saturating_neg()))
}
