//! The one place of this crate that reads clocks; everything else takes the time as an argument.

use fieldpost_common::time::Timestamp;
use std::time::Instant;

/// The present moment, by the server's clock.
#[expect(clippy::disallowed_methods, reason = "the driver's clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_ms(jiff::Timestamp::now().as_millisecond())
}

/// A moment that only moves forward.
#[expect(clippy::disallowed_methods, reason = "the driver's clock")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}
