//! The last grid of each application, packed: many apps that ask after one change share one computation.

use crate::error::Error;
use crate::server::Shared;
use crate::store::StoreError;
use crate::store::grid::grid_fetch;
use fieldpost_common::api::Change;
use fieldpost_common::grid::wire::{Body, Head};
use fieldpost_common::grid::{Feed, Grid};
use fieldpost_common::id::AppName;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, BufWriter, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

/// Level 3 packs a grid tenfold at a few hundred megabytes a second.
const LEVEL: i32 = 3;

/// The last grids.
#[derive(Default)]
pub(crate) struct Grids {
    by_app: Mutex<HashMap<AppName, Slot>>,
}

/// One application's last grid, and the place in the feed up to which it is right. Held while it is read anew.
type Slot = Arc<tokio::sync::Mutex<Option<(Feed, Arc<Kept>)>>>;

/// A grid in two parts.
pub(super) struct Kept {
    /// Without patches and cells; clock and ages are those of whoever asks.
    pub(super) head: Grid,
    /// Patches and cells, packed.
    pub(super) body: Vec<u8>,
}

impl Grids {
    fn slot(&self, app: &AppName) -> Slot {
        let mut all = self.by_app.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(app.clone()).or_default())
    }

    fn forget(&self, app: &AppName) {
        self.by_app.lock().unwrap_or_else(PoisonError::into_inner).remove(app);
    }
}

/// An application's grid, and the place in the feed up to which it is right.
pub(super) async fn grid(server: &Shared, app: AppName) -> Result<(Feed, Arc<Kept>), Error> {
    let slot = server.grids.slot(&app);
    let mut slot = slot.lock().await;
    // The place is taken before the data is read: what changes meanwhile is told again rather than never.
    let place = server.memory.feed.place();
    let still_right = slot.take().filter(|(read, _)| !changed_since(server, read, &app));
    let kept = match still_right {
        Some((_, kept)) => kept,
        None => Arc::new(read(server, app).await?),
    };
    *slot = Some((place.clone(), Arc::clone(&kept)));
    Ok((place, kept))
}

fn changed_since(server: &Shared, place: &Feed, app: &AppName) -> bool {
    let since = server.memory.feed.since(place);
    let concerns = |change: &Change| match change {
        Change::Grid { application } => application == app,
        Change::Apps | Change::Sites | Change::Other => true,
        Change::Users | Change::Activity | Change::Commands | Change::Errors | Change::Status => false,
    };
    since.reload || since.changes.iter().any(concerns)
}

async fn read(server: &Shared, app: AppName) -> Result<Kept, Error> {
    let name = app.clone();
    let kept = server.store.read(move |db| grid_fetch(db, &name)?.map(keep).transpose()).await?;
    kept.ok_or_else(|| {
        server.grids.forget(&app);
        Error::no_such("application", app)
    })
}

fn keep(mut grid: Grid) -> Result<Kept, StoreError> {
    let body = pack(b"", &Body::of(&grid), b"]").map_err(|error| StoreError::Io(format!("the grid can't be packed: {error}")))?;
    (grid.patches, grid.cells) = (Vec::new(), Vec::new());
    Ok(Kept { head: grid, body })
}

/// Head and body as one JSON text. Two zstd streams after one another are one, so that the body is packed only once.
pub(super) fn answer(head: &Grid, body: &[u8], packed: bool) -> Result<Vec<u8>, Error> {
    let head = pack(b"[", &Head::of(head), b",");
    let whole = head.map(|head| [&head, body].concat());
    let whole = whole.and_then(|whole| if packed { Ok(whole) } else { zstd::decode_all(whole.as_slice()) });
    whole.map_err(|error| {
        tracing::error!(%error, "a grid can't be packed");
        Error::Internal
    })
}

fn pack(before: &[u8], value: &impl Serialize, after: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = BufWriter::with_capacity(1 << 16, zstd::Encoder::new(Vec::new(), LEVEL)?);
    out.write_all(before)?;
    serde_json::to_writer(&mut out, value)?;
    out.write_all(after)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
}
