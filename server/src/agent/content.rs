//! `GET` and `PUT /agent/v1/content/{sha256}`: what was ordered for the site, and what it has to hand over.

use crate::auth::Agent;
use crate::body::receive_content;
use crate::checksum::ByItsHash;
use crate::clock;
use crate::content::{send, settle};
use crate::damage::{load, prove};
use crate::error::Error;
use crate::mailbox::Mailbox;
use crate::reading::catch_up;
use crate::request::At;
use crate::server::Shared;
use crate::store::revision::Scope;
use crate::store::{content, order, upload};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::wire::StoredAnswer;
use futures_util::Stream;
use std::io;
use std::sync::Arc;

/// A download goes out in pieces of so many bytes.
const PIECE: usize = 64 << 10;

pub(crate) async fn download(
    State(server): State<Shared>,
    Agent(site): Agent,
    At(sha256): At<ContentHash>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mailbox = server.memory.mailboxes.of(&site);
    let found = load(&server, move |db| {
        // The same answer for what isn't here and what is not for this site.
        if order::order_brings(db, &site, &sha256)? { Ok(content::content_fetch(db, &sha256)?) } else { Ok(None) }
    });
    let bytes = found.await?.ok_or_else(|| Error::no_such("content", sha256))?;
    let (head, body) = send(&headers, bytes)?.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| Error::Internal)?;
    let mut response = Response::from_parts(head, Body::from_stream(while_one_agent(bytes, mailbox)));
    response.extensions_mut().insert(ByItsHash);
    Ok(response)
}

/// The bytes in pieces, until two agents are found to be this site: then the rest is given to nobody.
fn while_one_agent(bytes: Bytes, mailbox: Arc<Mailbox>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold((bytes, mailbox), |(mut rest, mailbox)| async move {
        if rest.is_empty() {
            return Ok(None);
        }
        if mailbox.clones().is_some() {
            return Err(io::Error::other("two agents poll as this site"));
        }
        let piece = rest.split_to(rest.len().min(PIECE));
        Ok(Some((piece, (rest, mailbox))))
    })
}

pub(crate) async fn upload(
    State(server): State<Shared>,
    Agent(site): Agent,
    At(sha256): At<ContentHash>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<StoredAnswer>, Error> {
    let quota = server.config.site_quota;
    let used = server.store.peek(|db| upload::upload_total(db, &site, &sha256))?;
    let over = Error::Quota { site: site.to_string(), quota };
    if used >= quota {
        return Err(over);
    }
    let packed = receive_content(&server, &headers, body, sha256).await?;
    // It is called stored only if what lies there is good: else these bytes take its place.
    prove(&server, sha256).await;
    let now = clock::now();
    let store = server.store.write(move |tx| {
        if upload::upload_total(tx, &site, &sha256)?.saturating_add(packed.size) > quota {
            return Err(over);
        }
        upload::upload_add(tx, &site, &sha256, packed.size, now)?;
        settle(tx, &packed, now)
    });
    store.await?;
    catch_up(&server, &Scope::Content(sha256)).await;
    Ok(Json(StoredAnswer { generation: server.generation.clone() }))
}
