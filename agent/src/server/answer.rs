//! Judges answers: ours or not, good or bad, and says which in words.

use super::Server;
use super::diagnosis::{Way, diagnose};
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::problem::Problem;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::checksum::{CONTENT_DIGEST, answer_checksum, content_digest};
use fieldpost_common::wire::header;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use std::error::Error as _;
use std::time::Duration;

/// What a good answer may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 2xx.
    Body,
    /// 200 or 304.
    Poll,
    /// 200, 206, or 416 to a range that the content doesn't have.
    Content,
}

/// The largest JSON answer that is read, in bytes.
const MAX_JSON: usize = 64 << 20;
/// The largest error answer that is read, in bytes.
const MAX_PROBLEM: usize = 64 << 10;
/// No end is asked to wait longer than this.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Judges the answer to the request with that checksum.
pub(super) async fn judge(
    server: &Server,
    sent: Result<Response, reqwest::Error>,
    kind: Kind,
    request: &ContentHash,
) -> Result<Response, Trouble> {
    let response = sent.map_err(|error| broken(server, &error))?;
    let status = response.status();
    let retry_after = retry_after(&response);
    if !response.headers().contains_key(header::SERVER) {
        let what = stranger(&response);
        return Err(Trouble::NotOurs { server: server.address.to_string(), proxy: server.proxy.clone(), what, retry_after });
    }
    let proven = is_proven(server, &response, request)?;
    let fine = match kind {
        Kind::Body => status.is_success(),
        Kind::Poll => status == StatusCode::OK || status == StatusCode::NOT_MODIFIED,
        Kind::Content => {
            matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE)
        }
    };
    if fine {
        return Ok(response);
    }
    let body = body(server, response, MAX_PROBLEM).await?;
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(Trouble::Problem { problem: clean(problem), retry_after, proven }),
        Err(_) => Err(Trouble::Unclear { detail: Clean::line(&format!("status {status} without an explanation")) }),
    }
}

/// Whether an answer proves that it answers this very request, which arrived as it was sent. Servers of before prove nothing.
fn is_proven(server: &Server, response: &Response, request: &ContentHash) -> Result<bool, Trouble> {
    let Some(claimed) = response.headers().get(header::CHECKSUM) else { return Ok(false) };
    let fields = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let found = answer_checksum(request, response.status().as_u16(), fields);
    if claimed.as_bytes() == found.to_string().as_bytes() {
        return Ok(true);
    }
    Err(damaged(server, "its checksum does not fit to it and to what was asked"))
}

fn damaged(server: &Server, words: &str) -> Trouble {
    Trouble::Damaged { server: server.address.to_string(), proxy: server.proxy.clone(), detail: Clean::line(words) }
}

fn clean(mut problem: Problem) -> Problem {
    problem.detail = Clean::line(&problem.detail).to_string();
    problem.cure = problem.cure.map(|cure| at_the_site(Clean::line(&cure).to_string()));
    problem
}

/// The app's verbs are the vendor's: whoever reads this has none of them.
fn at_the_site(cure: String) -> String {
    if cure.contains("`fieldpost ") || cure.contains("in the server's config") { format!("ask the vendor: {cure}") } else { cure }
}

/// What the server's clock says, as it stands in its answers.
pub(super) fn server_clock(response: &Response) -> Option<Timestamp> {
    let date = response.headers().get(reqwest::header::DATE)?.to_str().ok()?;
    let date = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(Timestamp::from_ms(date.timestamp().as_millisecond()))
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// Says what something that isn't fieldpost answered.
fn stranger(response: &Response) -> Clean {
    let status = response.status();
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let what = match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            "the proxy wants a login (407): set proxy = \"http://USER:PASSWORD@HOST:PORT\" in the config".to_owned()
        }
        status if status.is_redirection() => {
            format!("a redirect ({status}) to {:?}, which is not followed: perhaps a login page of the network", text("location"))
        }
        status if status.is_success() => {
            format!("a page ({status}, {}): perhaps a login page of the network, or the address is wrong", text("content-type"))
        }
        status => format!("an error page ({status}, {}): perhaps a proxy whose server is down", text("content-type")),
    };
    Clean::line(&what)
}

pub(super) async fn json<T: DeserializeOwned>(server: &Server, response: Response) -> Result<T, Trouble> {
    let body = body(server, response, MAX_JSON).await?;
    serde_json::from_slice(&body).map_err(|error| Trouble::Unclear { detail: Clean::line(&error.to_string()) })
}

async fn body(server: &Server, mut response: Response, limit: usize) -> Result<Vec<u8>, Trouble> {
    let digest = response.headers().get(CONTENT_DIGEST).cloned();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(server, &error))? {
        if body.len() + chunk.len() > limit {
            return Err(Trouble::Unclear { detail: Clean::line(&format!("it is longer than {limit} bytes")) });
        }
        body.extend_from_slice(&chunk);
    }
    if digest.is_some_and(|digest| digest.as_bytes() != content_digest(&body).as_bytes()) {
        return Err(damaged(server, "its body does not have the digest that it was announced with"));
    }
    Ok(body)
}

/// Tells a connection that was never made from one that broke.
pub(super) fn broken(at: &Server, error: &reqwest::Error) -> Trouble {
    let (server, proxy) = (at.address.to_string(), at.proxy.clone());
    let (host, port) = at.address.host_and_port();
    let way = Way { host, port, is_https: at.address.is_https(), proxy: proxy.as_deref() };
    let detail = Clean::lines(&diagnose(error, &way));
    if error.is_connect() { Trouble::Unreachable { server, proxy, detail } } else { Trouble::Lost { server, proxy, detail } }
}

/// An error with its causes, without the address that stands before it anyway.
pub(super) fn causes(error: &reqwest::Error) -> String {
    if error.is_timeout() && !error.is_connect() {
        return "it took too long".to_owned();
    }
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
