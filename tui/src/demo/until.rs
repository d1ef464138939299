//! Waiting for what should happen, with one generous limit.

use super::DemoError;
use crate::clock::Stopwatch;
use std::time::Duration;

/// Nothing on a busy machine takes longer.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Looks again and again until the look finds something. Words of a look say what should hold and what was seen instead; the last
/// ones are the error.
pub(super) async fn until<T>(mut look: impl AsyncFnMut() -> Result<Result<T, String>, DemoError>) -> Result<T, DemoError> {
    let watch = Stopwatch::start();
    loop {
        match look().await? {
            Ok(found) => return Ok(found),
            Err(words) if watch.left_of(PATIENCE).is_zero() => return Err(DemoError::Check(words)),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
