//! The agent's requests to the server. Believes only answers that carry the server's header; follows no redirect.

mod answer;
mod client;
mod diagnosis;

use crate::address_book::AddressBook;
use crate::config::{Config, ServerUrl};
use crate::token::Token;
use crate::trouble::Trouble;
use crate::trust::Held;
use answer::{Kind, json, server_clock};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, BootId, CommandId, Generation};
use fieldpost_common::state::MAX_STATE;
use fieldpost_common::statement::FORMAT;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::checksum::{CONTENT_DIGEST, content_digest, digest_of, request_checksum};
use fieldpost_common::wire::{
    Batch, EnrollAnswer, EnrollRequest, InventoryAnswer, MemoryAnswer, PeekAnswer, PeekRequest, Results, StateReport,
    StoredAnswer, header, path,
};
use reqwest::header::HeaderValue;
use reqwest::{Request, RequestBuilder, Response, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use client::ClientError;

/// A way to the server.
#[derive(Debug, Clone)]
pub struct Server {
    client: reqwest::Client,
    address: ServerUrl,
    proxy: Option<String>,
    token: Token,
    /// The data that are followed: named with each request, so that a server that is behind them takes and gives nothing.
    followed: Arc<Mutex<Option<Generation>>>,
}

/// What one poll says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollAsk {
    /// Counts up within a boot.
    pub number: u64,
    /// How long the server may keep it; zero: not at all.
    pub wait: Duration,
    /// The tag of the batch that is journalled.
    pub etag: Option<String>,
    /// The digest of the inventory.
    pub digest: ContentHash,
    /// The version of the trust document.
    pub trust: u64,
}

/// What a poll brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollAnswer {
    /// What waits for the site; `None`: nothing new.
    pub news: Option<(Option<String>, Batch)>,
    /// The pace that the server wants.
    pub interval: Option<Duration>,
}

/// How long a short request may take in all.
const SHORT: Duration = Duration::from_secs(30);
/// The slowest way that is still waited for, in bytes per second.
pub const MIN_RATE: u64 = 1024;

/// How long a transfer of so many bytes may take in all.
pub fn transfer_time(bytes: u64) -> Duration {
    Duration::from_secs(60 + bytes / MIN_RATE)
}

fn set(request: &mut Request, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).unwrap_or_else(|_| unreachable!("hashes are plain letters"));
    request.headers_mut().insert(name, value);
}

impl Server {
    /// A way to the server that the config names.
    pub fn new(config: &Config, token: Token) -> Result<Self, ClientError> {
        let ca_file = config.ca_file.as_ref().map(crate::config::AbsolutePath::as_path);
        let (client, proxy) = client::build(&config.server, config.proxy.as_deref(), ca_file)?;
        Ok(Self { client, address: config.server.clone(), proxy, token, followed: Arc::default() })
    }

    /// The way to the server at another address.
    pub fn at(&self, config: &Config, address: &ServerUrl) -> Result<Self, ClientError> {
        if *address == self.address {
            return Ok(self.clone());
        }
        let ca_file = config.ca_file.as_ref().map(crate::config::AbsolutePath::as_path);
        let (client, proxy) = client::build(address, config.proxy.as_deref(), ca_file)?;
        Ok(Self { client, address: address.clone(), proxy, token: self.token.clone(), followed: Arc::clone(&self.followed) })
    }

    /// The way to the server at the address that is in use: that of the config, or one that the trust document names.
    pub fn in_use(config: &Config, token: Token, trust: &Held) -> Result<Self, ClientError> {
        let book = AddressBook::open(config, trust.address());
        Self::new(config, token)?.at(config, book.current())
    }

    /// From now on these data are followed.
    pub fn follow(&self, generation: Option<&Generation>) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if followed.as_ref() != generation {
            *followed = generation.cloned();
        }
    }

    async fn send(&self, mut request: RequestBuilder, kind: Kind) -> Result<Response, Trouble> {
        let followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(ToString::to_string);
        if let Some(followed) = followed {
            request = request.header(header::GENERATION, followed);
        }
        self.send_checked(request.bearer_auth(self.token.expose()), kind).await
    }

    /// Every request carries the digest of its body and a checksum, so that the server can tell damage from what is meant.
    async fn send_checked(&self, request: RequestBuilder, kind: Kind) -> Result<Response, Trouble> {
        let mut request = request.build().map_err(|error| self.lost(&error))?;
        if let Some(body) = request.body().and_then(reqwest::Body::as_bytes) {
            let digest = content_digest(body);
            set(&mut request, CONTENT_DIGEST, &digest);
        }
        let fields = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let path = request
            .url()
            .query()
            .map_or_else(|| request.url().path().to_owned(), |query| format!("{}?{query}", request.url().path()));
        let checksum = request_checksum(request.method().as_str(), &path, fields);
        set(&mut request, header::CHECKSUM, &checksum.to_string());
        let sent = self.client.execute(request).await;
        answer::judge(self, sent, kind, &checksum).await
    }

    fn lost(&self, error: &reqwest::Error) -> Trouble {
        answer::broken(self, error)
    }

    /// Trades the one-time secret. The only request without a token.
    pub async fn enroll(&self, request: &EnrollRequest) -> Result<EnrollAnswer, Trouble> {
        let request = self.client.post(self.address.join(path::ENROLL)).json(request).timeout(SHORT);
        json(self, self.send_checked(request, Kind::Body).await?).await
    }

    /// Asks for news; what the server's clock said when it answered comes along.
    pub async fn poll(&self, ask: &PollAsk, boot: &BootId, clock: Timestamp) -> Result<(PollAnswer, Option<Timestamp>), Trouble> {
        let mut request = self
            .client
            .get(self.address.join(path::POLL))
            .header(header::INVENTORY, ask.digest.to_string())
            .header(header::BOOT, boot.as_str())
            .header(header::POLL, ask.number)
            .header(header::TRUST, ask.trust)
            .header(header::FORMAT, FORMAT)
            .header(header::CLOCK, clock.to_string())
            .timeout(ask.wait + SHORT);
        if let Some(etag) = &ask.etag {
            request = request.header(reqwest::header::IF_NONE_MATCH, etag).header(header::BATCH, etag);
        }
        if !ask.wait.is_zero() {
            request = request.header("prefer", format!("wait={}", ask.wait.as_secs()));
        }
        let response = self.send(request, Kind::Poll).await?;
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let interval = text(header::INTERVAL).and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let (etag, clock) = (text(header::BATCH).or_else(|| text("etag")), server_clock(&response));
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok((PollAnswer { news: None, interval }, clock));
        }
        let batch = json(self, response).await?;
        Ok((PollAnswer { news: Some((etag, batch)), interval }, clock))
    }

    /// Looks at what waits, and at the server's clock; nothing is handed over, and it is no poll.
    pub async fn peek(&self, request: &PeekRequest) -> Result<(PeekAnswer, Option<Timestamp>), Trouble> {
        let request = self.client.post(self.address.join(path::PEEK)).json(request).timeout(SHORT);
        let response = self.send(request, Kind::Body).await?;
        let clock = server_clock(&response);
        Ok((json(self, response).await?, clock))
    }

    /// Says what is there. `body`: an inventory, JSON, zstd; `clock`: the date here, for the moments that stand in it.
    pub async fn put_inventory(&self, body: Vec<u8>, clock: Timestamp) -> Result<InventoryAnswer, Trouble> {
        let time = transfer_time(body.len() as u64);
        let request = self
            .client
            .put(self.address.join(path::INVENTORY))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .header(reqwest::header::CONTENT_ENCODING, "zstd")
            .header(header::CLOCK, clock.to_string())
            .timeout(time)
            .body(body);
        json(self, self.send(request, Kind::Body).await?).await
    }

    /// Says what is remembered. `body`: a [`fieldpost_common::wire::SiteMemory`], JSON, zstd.
    pub async fn put_memory(&self, body: Vec<u8>) -> Result<MemoryAnswer, Trouble> {
        let time = transfer_time(body.len() as u64);
        let request = self
            .client
            .put(self.address.join(path::MEMORY))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .header(reqwest::header::CONTENT_ENCODING, "zstd")
            .timeout(time)
            .body(body);
        json(self, self.send(request, Kind::Body).await?).await
    }

    /// Gives the server a content. `body`: zstd, `size` bytes long, with the hash `travelling`.
    pub async fn put_content(
        &self,
        sha256: &ContentHash,
        body: reqwest::Body,
        (size, travelling): (u64, ContentHash),
    ) -> Result<StoredAnswer, Trouble> {
        let request = self
            .client
            .put(self.content(sha256))
            .header(reqwest::header::CONTENT_TYPE, "application/octet-stream")
            .header(reqwest::header::CONTENT_ENCODING, "zstd")
            .header(reqwest::header::CONTENT_LENGTH, size)
            .header(CONTENT_DIGEST, digest_of(&travelling))
            .timeout(transfer_time(size))
            .body(body);
        json(self, self.send(request, Kind::Body).await?).await
    }

    /// Asks for a content from an offset on.
    pub async fn get_content(&self, sha256: &ContentHash, from: u64, size: u64) -> Result<Download, Trouble> {
        let mut request = self.client.get(self.content(sha256)).timeout(transfer_time(size));
        if from > 0 {
            request = request.header(reqwest::header::RANGE, format!("bytes={from}-"));
        }
        let response = self.send(request, Kind::Content).await?;
        let start = match response.status() {
            StatusCode::PARTIAL_CONTENT => Some(from),
            StatusCode::RANGE_NOT_SATISFIABLE => None,
            _ => Some(0),
        };
        Ok(Download { response, start, server: self.clone() })
    }

    fn content(&self, sha256: &ContentHash) -> String {
        self.address.join(&path::CONTENT.replace("{sha256}", &sha256.to_string()))
    }

    /// Says what an application says about its health.
    pub async fn put_state(&self, application: &AppName, report: &StateReport) -> Result<(), Trouble> {
        let address = self.address.join(&path::STATE.replace("{application}", application.as_str()));
        let request = self.client.put(address).json(report).timeout(transfer_time(MAX_STATE as u64));
        self.send(request, Kind::Body).await.map(|_| ())
    }

    /// Gives the server walkbacks. `body`: a [`fieldpost_common::wire::Walkbacks`], JSON, zstd.
    pub async fn send_walkbacks(&self, body: Vec<u8>) -> Result<StoredAnswer, Trouble> {
        let time = transfer_time(body.len() as u64);
        let request = self
            .client
            .post(self.address.join(path::WALKBACKS))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .header(reqwest::header::CONTENT_ENCODING, "zstd")
            .timeout(time)
            .body(body);
        json(self, self.send(request, Kind::Body).await?).await
    }

    /// Says what a command has brought so far; `whole`: there is no more to come.
    pub async fn put_output(&self, command: &CommandId, output: &[u8], whole: bool) -> Result<(), Trouble> {
        let packed = zstd::encode_all(output, 3).map_err(|error| Trouble::Local { detail: Clean::line(&error.to_string()) })?;
        let request = self
            .client
            .put(self.address.join(&path::OUTPUT.replace("{command}", command.as_str())))
            .query(&[("whole", whole)])
            .header(reqwest::header::CONTENT_TYPE, "application/octet-stream")
            .header(reqwest::header::CONTENT_ENCODING, "zstd")
            .timeout(transfer_time(packed.len() as u64))
            .body(packed);
        self.send(request, Kind::Body).await.map(|_| ())
    }

    /// Says what became of orders.
    pub async fn send_results(&self, results: &Results) -> Result<(), Trouble> {
        let request = self.client.post(self.address.join(path::RESULTS)).json(results).timeout(SHORT);
        self.send(request, Kind::Body).await.map(|_| ())
    }
}

/// A content on its way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    /// At which offset the bytes begin; `None`: the server has no such range.
    pub start: Option<u64>,
    server: Server,
}

/// How long not a single byte may come.
const SILENCE: Duration = Duration::from_secs(30);

impl Download {
    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, Trouble> {
        match tokio::time::timeout(SILENCE, self.response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(self.server.lost(&error)),
            Err(_) => Err(self.lost("no byte came for 30 s")),
        }
    }

    /// So few bytes came in so long that others go first.
    pub fn dripping(&self, bytes: u64, within: Duration) -> Trouble {
        self.lost(&format!("only {bytes} bytes came within {} s", within.as_secs()))
    }

    fn lost(&self, words: &str) -> Trouble {
        let (server, proxy) = (self.server.address.to_string(), self.server.proxy.clone());
        Trouble::Lost { server, proxy, detail: Clean::line(words) }
    }
}
