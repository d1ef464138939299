//! Checks agents' requests against their checksums, and puts one on every answer: what was damaged on its way is never taken for what was meant.

use crate::error::Error;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::wire::checksum::{CONTENT_DIGEST, answer_checksum, content_digest, request_checksum};
use fieldpost_common::wire::header::CHECKSUM;

/// Marks an answer whose body needs no digest: whoever asked knows its hash.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByItsHash;

/// Refuses a head that isn't as it was sent. Agents of before say no checksum and get none.
pub(crate) async fn checked(request: Request, next: Next) -> Response {
    let Some(claimed) = request.headers().get(CHECKSUM) else { return next.run(request).await };
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    let checksum = request_checksum(request.method().as_str(), path, fields(request.headers()));
    let response = if claimed.as_bytes() == checksum.to_string().as_bytes() {
        next.run(request).await
    } else {
        Error::Damaged("the head is not as it was sent".to_owned()).into_response()
    };
    sealed(response, &checksum).await
}

/// Puts the digest of the body and the checksum of the head on an answer.
async fn sealed(response: Response, request: &ContentHash) -> Response {
    let (mut head, mut body) = response.into_parts();
    if head.extensions.get::<ByItsHash>().is_none() && !body.is_end_stream() {
        match to_bytes(body, usize::MAX).await {
            Ok(bytes) => {
                if let Ok(digest) = HeaderValue::from_str(&content_digest(&bytes)) {
                    head.headers.insert(CONTENT_DIGEST, digest);
                }
                body = Body::from(bytes);
            }
            Err(error) => {
                tracing::error!(%error, "an answer could not be made");
                return Error::Internal.into_response();
            }
        }
    }
    let checksum = answer_checksum(request, head.status.as_u16(), fields(&head.headers));
    if let Ok(checksum) = HeaderValue::from_str(&checksum.to_string()) {
        head.headers.insert(CHECKSUM, checksum);
    }
    Response::from_parts(head, body)
}

fn fields(headers: &HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
}
