//! `POST /agent/v1/walkbacks`: crash reports from a site. Read and grouped before the writer's turn, kept in one transaction.

mod flood;

use crate::auth::Agent;
use crate::clock;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::store::error_group::{Face, Tally, count_add, fix_since, group_count, group_state_set};
use crate::store::walkback::{NEWEST, Text, dropped_set, piece_add, piece_known, text_add, text_evict};
use crate::store::{Effect, Tx, site_app};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::Change;
use fieldpost_common::error_group::{GroupEvent, advance, week_of};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version, WalkbackId};
use fieldpost_common::time::Timestamp;
use fieldpost_common::walkback::{Fingerprint, dated, walkbacks};
use fieldpost_common::wire::{Dropped, MAX_COUNT, MAX_PIECE, Piece, StoredAnswer, Walkbacks};
use fieldpost_common::zone::Zone;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The most that is kept of one walkback's text, in bytes: its head, and a little of its end.
const HEAD: usize = 48 << 10;
const TAIL: usize = 8 << 10;

/// How many texts may go with a batch beside as many as it brought: a quota that was lowered is reached step by step.
const MORE_TEXTS: usize = 500;

pub(crate) async fn post(
    State(server): State<Shared>,
    Agent(site): Agent,
    Said(report): Said<Walkbacks>,
) -> Result<Json<StoredAnswer>, Error> {
    check(&report)?;
    let now = clock::now();
    let bounds = Bounds { texts: server.config.walkback_quota, new: server.config.walkback_new_errors };
    let report = Arc::new(report);
    // What came already is left out before it is read; should it come at the same moment by another way, it is tried again.
    for _ in 0..3 {
        let ids: Vec<WalkbackId> = report.pieces.iter().map(|piece| piece.id.clone()).collect();
        let known: HashSet<WalkbackId> = server.store.peek(|db| piece_known(db, &site, &ids))?.into_iter().collect();
        let (pieces, from) = (Arc::clone(&report), known);
        let read = tokio::task::spawn_blocking(move || read(&pieces, &from, now)).await;
        let batch = read.map_err(std::io::Error::other).flatten().map_err(|error| {
            tracing::error!(%error, "reading walkbacks failed");
            Error::Internal
        })?;
        let of = site.clone();
        if server.store.write(move |tx| keep(tx, &of, batch, bounds, now)).await? {
            return Ok(Json(StoredAnswer { generation: server.generation.clone() }));
        }
    }
    Err(Error::Changed("the same walkbacks came twice at once".to_owned()))
}

fn check(report: &Walkbacks) -> Result<(), Error> {
    if report.pieces.len() > MAX_COUNT {
        return Err(Error::Invalid(format!("more than {MAX_COUNT} pieces")));
    }
    for piece in &report.pieces {
        if piece.content.len() > MAX_PIECE {
            return Err(Error::TooLarge { limit: MAX_PIECE as u64 });
        }
        if ContentHash::of(&piece.content) != piece.sha256 {
            return Err(Error::WrongHash);
        }
    }
    Ok(())
}

/// What is kept at most.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Of texts, in bytes.
    texts: u64,
    /// Of errors that a site is the first to report on one day.
    new: u64,
}

type Groups = BTreeMap<(AppName, Fingerprint), Found>;

/// What a report holds, by error.
#[derive(Default)]
struct Batch {
    ids: Vec<WalkbackId>,
    groups: Groups,
    dropped: Vec<Dropped>,
}

/// The walkbacks of one error.
struct Found {
    face: Face,
    total: Tally,
    /// When the newest was written that the application hasn't mailed itself: only of those people have to hear.
    heard: Option<Timestamp>,
    counts: BTreeMap<(Version, i64), Tally>,
    /// The first, and the newest few.
    texts: Vec<Text>,
}

fn read(report: &Walkbacks, known: &HashSet<WalkbackId>, now: Timestamp) -> std::io::Result<Batch> {
    let mut batch = Batch { dropped: report.dropped.clone(), ..Batch::default() };
    let mut seen = known.clone();
    for piece in &report.pieces {
        if seen.insert(piece.id.clone()) {
            batch.ids.push(piece.id.clone());
            take(&mut batch, piece, &Clock { sent: report.at, zone: &report.zone, now });
        }
    }
    // Packing takes time too: it is done before the writer's turn.
    for found in batch.groups.values_mut() {
        for text in &mut found.texts {
            text.body = zstd::encode_all(text.body.as_slice(), 3)?;
        }
    }
    Ok(batch)
}

/// What is known of a site's clock.
struct Clock<'a> {
    /// What it said when the report was sent.
    sent: Timestamp,
    zone: &'a Zone,
    /// What ours says.
    now: Timestamp,
}

impl Clock<'_> {
    /// A moment of the site by our clock. Theirs may be wrong; how long before the sending something was is right all the same.
    fn ours(&self, theirs: Timestamp) -> Timestamp {
        Timestamp::from_ms(self.now.as_ms() - (self.sent.as_ms() - theirs.as_ms()).max(0))
    }
}

fn take(batch: &mut Batch, piece: &Piece, clock: &Clock<'_>) {
    let found = walkbacks(&piece.content);
    let written: Vec<_> = found.iter().map(|walkback| walkback.written).collect();
    let written = dated(&written, piece.modified.min(clock.sent), clock.zone);
    for (walkback, at) in found.into_iter().zip(written) {
        let at = clock.ours(at);
        let tally = Tally::one(at, piece.mailed);
        let key = (piece.application.clone(), walkback.fingerprint.clone());
        let found = batch.groups.entry(key).or_insert_with(|| Found {
            face: Face {
                dialect: walkback.dialect,
                exception: walkback.exception.clone(),
                message: walkback.message.clone(),
                top_frame: walkback.top_frame().cloned(),
            },
            total: Tally { count: 0, mailed: 0, ..tally },
            heard: None,
            counts: BTreeMap::new(),
            texts: Vec::new(),
        });
        found.total.add(&tally);
        found.heard = found.heard.max((!piece.mailed).then_some(at));
        let count = found.counts.entry((piece.version.clone(), week_of(at))).or_insert(Tally { count: 0, mailed: 0, ..tally });
        count.add(&tally);
        // By when they were written: the first, and the newest few.
        let place = found.texts.partition_point(|text| text.at <= at);
        let full = found.texts.len() > NEWEST;
        if full && place == 1 {
            continue;
        }
        let whole = piece.content.get(walkback.span.clone()).unwrap_or_default();
        found.texts.insert(
            place,
            Text {
                version: piece.version.clone(),
                at,
                file: piece.file.clone(),
                process: walkback.process,
                mailed: piece.mailed,
                size: whole.len() as u64,
                // Packed once it is known to stay.
                body: shortened(whole),
            },
        );
        if full {
            found.texts.remove(1);
        }
    }
}

fn shortened(whole: &[u8]) -> Vec<u8> {
    if whole.len() <= HEAD + TAIL {
        return whole.to_vec();
    }
    let left_out = whole.len() - HEAD - TAIL;
    [&whole[..HEAD], format!("\n[… {left_out} bytes are left out here …]\n").as_bytes(), &whole[whole.len() - TAIL..]].concat()
}

/// Keeps a batch; false: some of it was kept by somebody else meanwhile, and nothing is done.
fn keep(tx: &mut Tx<'_>, site: &SiteName, batch: Batch, bounds: Bounds, now: Timestamp) -> Result<bool, Error> {
    for (app, _) in batch.groups.keys() {
        site_app::site_app_version(tx, site, app)?.ok_or_else(|| Error::no_such("application at this site", app))?;
    }
    for (at, id) in batch.ids.iter().enumerate() {
        if !piece_add(tx, site, id, now)? {
            // Only the first can be refused without leaving something behind; the rest is rolled back by the error.
            return if at == 0 { Ok(false) } else { Err(Error::Changed("the same walkbacks came twice at once".to_owned())) };
        }
    }
    for dropped in &batch.dropped {
        // A count that nobody can look up here is no reason to refuse walkbacks: older agents name every application that they ever had.
        if site_app::site_app_version(tx, site, &dropped.application)?.is_some() {
            dropped_set(tx, site, dropped)?;
        }
    }
    let mut texts = 0;
    for ((app, fingerprint), found) in &flood::bounded(tx, site, batch.groups, bounds.new, now)? {
        let (id, mut state) = group_count(tx, (app, fingerprint), &found.face, &found.total)?;
        for ((version, week), tally) in &found.counts {
            count_add(tx, id, (site, version, *week), tally)?;
        }
        if let (Some(fix), Some(at)) = (state.fix().cloned(), found.heard) {
            let has_fix_since = fix_since(tx, site, app, &fix)?;
            let seen = GroupEvent::Seen { site: site.clone(), at, has_fix_since };
            let after = advance(state.clone(), seen, now);
            if after != state {
                group_state_set(tx, id, &after)?;
                state = after;
            }
        }
        tracing::debug!(group = %id, state = %state.state(), count = found.total.count, %site, "walkbacks");
        text_add(tx, id, site, &found.texts)?;
        texts += found.texts.len();
    }
    text_evict(tx, bounds.texts, texts + MORE_TEXTS)?;
    if !batch.ids.is_empty() {
        tx.then(Effect::News);
    }
    if !batch.ids.is_empty() || !batch.dropped.is_empty() {
        tx.then(Effect::Changed(Change::Errors));
    }
    Ok(true)
}
