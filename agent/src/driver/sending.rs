//! Sends one batch of walkbacks, of one application: packed beside the loop, taken out of the spool only once the server has it.

use super::local;
use crate::machine::Event;
use crate::server::Server;
use crate::trouble::Trouble;
use crate::walkbacks::{Collector, Outgoing};
use fieldpost_common::id::AppName;
use fieldpost_common::problem::Code;
use fieldpost_common::time::Timestamp;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) async fn send(
    walkbacks: &Arc<Mutex<Collector>>,
    server: &Server,
    put_off: BTreeSet<AppName>,
    now: Timestamp,
) -> Event {
    let packed = with(walkbacks, move |walkbacks| {
        let Some((outgoing, batch)) = walkbacks.batch(now, &put_off)? else { return Ok(None) };
        Ok(Some((outgoing, zstd::encode_all(serde_json::to_vec(&batch)?.as_slice(), 3)?)))
    });
    let (of, files, answer) = match packed.await {
        Ok(Some((outgoing, body))) => {
            let named = outgoing.clone();
            let files = with(walkbacks, move |walkbacks| walkbacks.files(&named)).await;
            (Some(outgoing.application.clone()), files, give(walkbacks, server, outgoing, body).await)
        }
        Ok(None) => (None, Vec::new(), Ok(Vec::new())),
        Err(error) => (None, Vec::new(), Err(unreadable(&error))),
    };
    let queue = with(walkbacks, |walkbacks| walkbacks.queue()).await;
    Event::WalkbacksSent { of, files, queue, answer }
}

async fn give(
    walkbacks: &Arc<Mutex<Collector>>,
    server: &Server,
    outgoing: Outgoing,
    body: Vec<u8>,
) -> Result<Vec<String>, Trouble> {
    match server.send_walkbacks(body).await {
        Ok(_) => Ok(with(walkbacks, move |walkbacks| walkbacks.sent(&outgoing)).await),
        Err(trouble) => {
            // Only what the server has surely understood is taken out: crash reports stand nowhere else.
            if trouble.is_refusal() && matches!(trouble.code(), Some(Code::Invalid | Code::TooLarge | Code::WrongHash)) {
                refused(walkbacks, outgoing).await;
            }
            Err(trouble)
        }
    }
}

async fn refused(walkbacks: &Arc<Mutex<Collector>>, outgoing: Outgoing) {
    let dropped = with(walkbacks, move |walkbacks| walkbacks.refused(&outgoing)).await;
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
