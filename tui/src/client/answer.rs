//! Judges answers: ours or not, good or bad, and says which in words.

use super::ClientError;
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::text::Clean;
use fieldpost_common::wire::header;
use reqwest::header::CONTENT_ENCODING;
use reqwest::{Response, StatusCode};
use std::error::Error as _;
use std::io::Read as _;

/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 256 << 20;

/// The body of a good answer of our server.
pub(super) async fn judge(url: &str, sent: Result<Response, reqwest::Error>) -> Result<Vec<u8>, ClientError> {
    let response = sent.map_err(|error| broken(url, &error))?;
    let status = response.status();
    if !response.headers().contains_key(header::SERVER) {
        return Err(ClientError::NotOurs { url: url.to_owned(), what: stranger(&response) });
    }
    let packed = response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "zstd");
    let body = body(url, response).await?;
    let body = if packed { unpack(url, &body)? } else { body };
    if status.is_success() { Ok(body) } else { Err(ClientError::Problem(problem(status, &body))) }
}

fn problem(status: StatusCode, body: &[u8]) -> Problem {
    let Ok(mut problem) = serde_json::from_slice::<Problem>(body) else {
        return Problem::new(Code::Other, format!("the server answers {status} without an explanation"));
    };
    problem.detail = Clean::line(&problem.detail).to_string();
    problem.cure = match problem.cure {
        Some(cure) => Some(Clean::line(&cure).to_string()),
        None if problem.code == Code::Unauthorized => {
            Some("the token is unknown or was revoked: ask for a login string and use `fieldpost login`".to_owned())
        }
        None => None,
    };
    problem
}

/// Says what something that isn't fieldpost answered.
fn stranger(response: &Response) -> String {
    let status = response.status();
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let what = match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => "the proxy wants a login (407)".to_owned(),
        status if status.is_redirection() => {
            format!("a redirect ({status}) to {:?}, which is not followed: perhaps a login page of the network", text("location"))
        }
        status if status.is_success() => {
            format!("a page ({status}, {}): perhaps a login page of the network, or the address is wrong", text("content-type"))
        }
        status => format!("an error page ({status}, {}): perhaps a proxy whose server is down", text("content-type")),
    };
    Clean::line(&what).to_string()
}

async fn body(url: &str, mut response: Response) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(url, &error))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(ClientError::NotOurs { url: url.to_owned(), what: format!("an answer of more than {MAX_BODY} bytes") });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Unpacks what came packed with zstd, never to more than is read otherwise.
fn unpack(url: &str, packed: &[u8]) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    let most = MAX_BODY as u64 + 1;
    let read = zstd::Decoder::new(packed).and_then(|decoder| decoder.take(most).read_to_end(&mut body));
    match read {
        Ok(size) if size <= MAX_BODY => Ok(body),
        Ok(_) => Err(ClientError::NotOurs { url: url.to_owned(), what: format!("an answer of more than {MAX_BODY} bytes") }),
        Err(error) => Err(ClientError::NotOurs { url: url.to_owned(), what: format!("its answer can't be unpacked: {error}") }),
    }
}

fn broken(url: &str, error: &reqwest::Error) -> ClientError {
    let why = if error.is_timeout() { "it took too long".to_owned() } else { causes(error) };
    ClientError::Unreachable { url: url.to_owned(), why: Clean::line(&why).to_string() }
}

/// An error with its causes, without the address that stands before it anyway.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let word = error.to_string();
        if !words.iter().any(|known| known.contains(&word)) {
            words.push(word);
        }
        cause = error.source();
    }
    if words.is_empty() { error.to_string() } else { words.join(": ") }
}
