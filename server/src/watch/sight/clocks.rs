//! Sites whose clocks are off, and the server's own, where that is the likelier one.

use super::at_site::failing;
use super::{Facts, note};
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::id::SiteName;
use fieldpost_common::incident::{Observation, Subject};
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// A clock that is off by so much is a problem and not only a warning: states are stale, and soon no order is in time.
const GRAVE: Duration = Duration::from_hours(1);
/// So many sites at least have to agree before the server's clock is doubted.
const AGREE: usize = 3;

/// What is known of a silent site stays: nothing has shown that its clock was set right.
pub(super) fn observe(facts: &Facts<'_>, now: Timestamp, wrong: &mut Observation) {
    let known = facts.sites.iter().filter_map(|row| Some((&row.name, ClockError::from_ms(row.clock_error_ms?))));
    let known: Vec<_> = known.collect();
    let off: Vec<_> = known.iter().filter(|(_, error)| error.is_off()).copied().collect();
    if let Some(error) = own_error(known.len(), &off) {
        let words =
            format!("{} of {} say that this server's clock is {error}: set it, or theirs", off.len(), count(known.len(), "site"));
        return note(wrong, Subject::Server { what: "clock".to_owned() }, severity(error), &words, now);
    }
    for (site, error) in off {
        let words = format!(
            "{site}'s clock is {error}: set it there, since orders are judged by it (`fieldpost send --any-time` sends meanwhile)"
        );
        note(wrong, failing(site, "clock".to_owned()), severity(error), &words, now);
    }
}

fn severity(error: ClockError) -> Severity {
    if error.as_ms().unsigned_abs() >= GRAVE.as_secs() * 1_000 { Severity::Problem } else { Severity::Warning }
}

/// How far the server's own clock is off, if most sites agree on that.
fn own_error(known: usize, off: &[(&SiteName, ClockError)]) -> Option<ClockError> {
    if off.len() < AGREE || off.len() * 2 <= known {
        return None;
    }
    let mut errors: Vec<i64> = off.iter().map(|(_, error)| error.as_ms()).collect();
    errors.sort_unstable();
    let middle = errors[errors.len() / 2];
    let near = errors.iter().filter(|error| !ClockError::from_ms(middle.saturating_sub(**error)).is_off()).count();
    (near >= AGREE && near * 2 > known).then(|| ClockError::from_ms(middle.saturating_neg()))
}
