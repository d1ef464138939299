//! Reads who, when and why out of revisions whose bytes are here. What is found is for `common` to say.
//!
//! A revision is committed unread; then, off the writer, its text is read and what it says is committed in a transaction of its
//! own. That is the one way for all that makes a revision unread (an upload, a publication, an inventory that names a known
//! content, new settings, a new version of this program), it never holds the writer for longer than a few rows take, and
//! nothing is lost when the server stops in between: what is unread stays so until somebody reads it.

use crate::clock;
use crate::damage::set_aside;
use crate::error::Error;
use crate::server::Server;
use crate::store::revision::{RevisionKey, Scope, revision_read, revision_settle, revision_unread, revision_unstamp_due};
use crate::store::{Effect, StoreError, Tx, application, content, stamp};
use fieldpost_common::api::{AppSettings, Change};
use fieldpost_common::issue::{Issue, issue};
use fieldpost_common::stamp::{Hints, Stamp, stamp_with};
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use std::time::Duration;

/// How many revisions, and about how many bytes, are read between two transactions.
const ROWS: u64 = 64;
const BYTES: usize = 8 << 20;
/// How often times that lay ahead are looked at.
const AGAIN: Duration = Duration::from_hours(1);

/// What one revision says.
struct Read {
    key: RevisionKey,
    stamp: Option<Stamp>,
    issue: Option<Issue>,
}

/// Some revisions of one application, and the settings by which they were read.
struct Batch {
    settings: AppSettings,
    reads: Vec<Read>,
}

/// Reads whatever is unread, at the start and whenever there is something, until the server stops.
pub(crate) async fn keep_up(server: &Server) {
    loop {
        catch_up(server, &Scope::Everything).await;
        tokio::select! {
            () = server.memory.unread.notified() => {}
            () = tokio::time::sleep(AGAIN) => look_again(server, clock::now()).await,
            () = server.stopped() => break,
        }
    }
}

/// Reads what is unread there; when that fails it stays unread, and the log says why.
pub(crate) async fn catch_up(server: &Server, scope: &Scope) {
    if let Err(error) = read_all(server, scope).await {
        tracing::error!(%error, "stamps could not be read; they will be with the next change");
    }
}

async fn read_all(server: &Server, scope: &Scope) -> Result<(), Error> {
    let mut passed = None;
    loop {
        // One at a time, so that nothing is read twice at once; in turn, so that one new patch doesn't wait for a thousand old ones.
        let _turn = server.memory.reading.lock().await;
        let (scope, now) = (scope.clone(), clock::now());
        let batch = match server.store.read(move |db| read_some(db, &scope, now)).await {
            // One that is damaged keeps no other from being read; it is read once it is healed.
            Err(Error::ContentDamaged(sha256)) if passed != Some(sha256) => {
                passed = Some(sha256);
                set_aside(server, sha256).await;
                continue;
            }
            batch => batch?,
        };
        let Some(batch) = batch else { return Ok(()) };
        server.store.write(move |tx| keep(tx, &batch)).await?;
    }
}

/// Times that lay ahead and no longer do.
pub(crate) async fn look_again(server: &Server, now: Timestamp) {
    let due = server.store.write(move |tx| revision_unstamp_due(tx, now)).await;
    if let Err(error) = due {
        tracing::warn!(%error, "times that lay ahead could not be looked at again");
    }
}

fn read_some(db: &Connection, scope: &Scope, now: Timestamp) -> Result<Option<Batch>, Error> {
    let mut keys = revision_unread(db, scope, ROWS)?;
    let Some(first) = keys.first() else { return Ok(None) };
    let app = first.application.clone();
    keys.retain(|key| key.application == app);
    let settings = application::application_fetch(db, &app)?.ok_or_else(|| Error::no_such("application", &app))?;
    let hints = settings.hints(now).unwrap_or_else(|error| {
        tracing::error!(%error, application = %app, "settings were checked when they were set; this one is passed over");
        Hints { date_order: settings.date_order, people: settings.people.clone(), now: Some(now), patterns: Vec::new() }
    });
    let prefix = settings.prefix().ok().flatten();
    let (mut reads, mut bytes) = (Vec::new(), 0);
    for key in keys {
        let text = content::content_fetch(db, &key.sha256)?.unwrap_or_default();
        bytes += text.len();
        let stamp = stamp_with(&text, key.patch.file_name(), &hints);
        let issue = issue(key.patch.as_str(), &text, prefix.as_ref());
        reads.push(Read { key, stamp, issue });
        if bytes > BYTES {
            break;
        }
    }
    Ok(Some(Batch { settings, reads }))
}

/// Keeps what was read, unless the settings are other ones by now: then it stays unread, and is read by those.
fn keep(tx: &mut Tx<'_>, batch: &Batch) -> Result<(), StoreError> {
    let name = &batch.settings.name;
    let is = application::application_fetch(tx, name)?;
    if !is.is_some_and(|is| is.reads_like(&batch.settings)) {
        return Ok(());
    }
    for Read { key, stamp, issue } in &batch.reads {
        if revision_read(tx, key, issue.as_ref())? {
            stamp::stamp_set(tx, key, stamp.as_ref())?;
            revision_settle(tx, key)?;
        }
    }
    tx.then(Effect::Changed(Change::Grid { application: name.clone() }));
    Ok(())
}
