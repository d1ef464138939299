//! Sends one batch of walkbacks: packed beside the loop, taken out of the spool only once the server has it.

use super::local;
use crate::machine::Event;
use crate::server::Server;
use crate::trouble::Trouble;
use crate::walkbacks::Collector;
use fieldpost_common::problem::Code;
use fieldpost_common::time::Timestamp;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) async fn send(walkbacks: &Arc<Mutex<Collector>>, server: &Server, now: Timestamp) -> Event {
    let packed = with(walkbacks, move |walkbacks| {
        let Some((numbers, batch)) = walkbacks.batch(now)? else { return Ok(None) };
        Ok(Some((numbers, zstd::encode_all(serde_json::to_vec(&batch)?.as_slice(), 3)?)))
    });
    let answer = match packed.await {
        Ok(Some((numbers, body))) => match server.send_walkbacks(body).await {
            Ok(_) => Ok(with(walkbacks, move |walkbacks| walkbacks.sent(&numbers)).await),
            Err(trouble) => {
                if matches!(trouble.code(), Some(Code::Invalid | Code::TooLarge | Code::WrongHash)) {
                    refused(walkbacks, numbers).await;
                }
                Err(trouble)
            }
        },
        Ok(None) => Ok(Vec::new()),
        Err(error) => Err(unreadable(&error)),
    };
    let waiting = with(walkbacks, |walkbacks| walkbacks.waiting()).await;
    Event::WalkbacksSent { waiting, answer }
}

async fn refused(walkbacks: &Arc<Mutex<Collector>>, numbers: Vec<u64>) {
    let dropped = with(walkbacks, move |walkbacks| walkbacks.refused(&numbers)).await;
    if dropped > 0 {
        tracing::error!("a walkback that the server does not take was dropped");
    }
}

fn unreadable(error: &io::Error) -> Trouble {
    local(&format!("walkbacks that wait can't be read: {error}"))
}

/// Works with the collector on a thread that may wait for the disk.
async fn with<T: Send + 'static>(
    walkbacks: &Arc<Mutex<Collector>>,
    work: impl FnOnce(&mut Collector) -> T + Send + 'static,
) -> T {
    let walkbacks = Arc::clone(walkbacks);
    let work = tokio::task::spawn_blocking(move || work(&mut walkbacks.lock().unwrap_or_else(PoisonError::into_inner)));
    work.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
