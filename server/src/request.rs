//! Reads requests: ids in the path, queries, `Prefer`, headers, JSON. How bodies are received is left to `body`.

use crate::body::{BodyLimit, receive_json};
use crate::error::Error;
use crate::server::Shared;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use std::time::Duration;

/// The one id in a path.
pub(crate) struct At<T>(pub(crate) T);

impl<T: FromStr<Err: ToString>, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(word) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|error| Error::Invalid(error.to_string()))?;
        word.parse().map(Self).map_err(|error: T::Err| Error::Invalid(error.to_string()))
    }
}

/// A query.
pub(crate) struct Ask<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|error| Error::Invalid(error.to_string()))
    }
}

/// A body in JSON, packed or plain, within the limit of its route.
pub(crate) struct Said<T>(pub(crate) T);

impl<T: DeserializeOwned + Send + 'static> FromRequest<Shared> for Said<T> {
    type Rejection = Error;
    async fn from_request(request: Request, server: &Shared) -> Result<Self, Error> {
        let limit = request.extensions().get().copied().unwrap_or(BodyLimit(0));
        let (parts, body) = request.into_parts();
        receive_json(server, &parts.headers, body, limit).await.map(Self)
    }
}

/// For how long the caller would wait: `Prefer: wait=SECONDS`.
pub(crate) fn wait(headers: &HeaderMap, most: Duration) -> Duration {
    let prefer = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let wait = prefer.flat_map(|value| value.split(',')).find_map(|one| one.trim().strip_prefix("wait=")?.trim().parse().ok());
    wait.map_or(Duration::ZERO, Duration::from_secs).min(most)
}

/// A header's value, parsed; `None`: it isn't there.
pub(crate) fn header<T: FromStr<Err: ToString>>(headers: &HeaderMap, name: &str) -> Result<Option<T>, Error> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let word = value.to_str().map_err(|error| Error::Invalid(format!("header {name}: {error}")))?;
    word.parse().map(Some).map_err(|error: T::Err| Error::Invalid(format!("header {name}: {}", error.to_string())))
}

/// Whether the body is packed with zstd.
pub(crate) fn is_packed(headers: &HeaderMap) -> Result<bool, Error> {
    match headers.get(CONTENT_ENCODING).map(axum::http::HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"zstd") => Ok(true),
        Some(_) => Err(Error::Invalid("the body must be plain or packed with zstd".to_owned())),
    }
}
