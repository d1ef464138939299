//! A site's agent that a test leads by the hand, one request at a time.

use super::world::{World, hash, read};
use crate::trust_held::Holds;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{BootId, OrderId};
use fieldpost_common::inventory::{CantSay, Directory, FileFact, Inventory, Listing};
use fieldpost_common::problem::Problem;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{Batch, InventoryAnswer, OrderOutcome, OrderResult, Results, StoredAnswer, header, path as wire};
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH};
use reqwest::{Method, RequestBuilder, Response, StatusCode};

/// A site's agent, one request at a time.
#[derive(Clone)]
pub(super) struct Agent {
    pub(super) token: String,
    pub(super) version: String,
    pub(super) boot: BootId,
    pub(super) poll: u64,
    pub(super) etag: Option<String>,
    pub(super) digest: Option<ContentHash>,
    /// The trust version and the highest format that its polls say.
    pub(super) holds: Holds,
    pub(super) files: Vec<(&'static str, String)>,
    pub(super) cant_say: Vec<(&'static str, CantSay)>,
}

impl Agent {
    pub(super) fn file(&mut self, name: &'static str, text: &str) {
        self.files.retain(|(one, _)| *one != name);
        self.files.push((name, text.to_owned()));
    }

    fn headers(&mut self) -> HeaderMap {
        self.poll += 1;
        let mut headers = HeaderMap::new();
        headers.insert(header::BOOT, self.boot.as_str().parse().unwrap());
        headers.insert(header::POLL, self.poll.to_string().parse().unwrap());
        if let Some(digest) = self.digest {
            headers.insert(header::INVENTORY, digest.to_string().parse().unwrap());
        }
        if let Some(trust) = self.holds.trust {
            headers.insert(header::TRUST, trust.to_string().parse().unwrap());
        }
        if let Some(format) = self.holds.format {
            headers.insert(header::FORMAT, format.to_string().parse().unwrap());
        }
        if let Some(etag) = &self.etag {
            headers.insert(IF_NONE_MATCH, etag.parse().unwrap());
        }
        headers
    }

    /// One poll; `None`: nothing new.
    pub(super) async fn poll(&mut self, world: &World) -> Result<Option<Batch>, Problem> {
        self.wait(world, 0).await
    }

    /// One poll that may be parked for so many seconds.
    pub(super) async fn wait(&mut self, world: &World, seconds: u64) -> Result<Option<Batch>, Problem> {
        let headers = self.headers();
        let request = world.request(Method::GET, wire::POLL, &self.token).headers(headers);
        let response = request.header("prefer", format!("wait={seconds}")).send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let etag = response.headers().get(ETAG).map(|etag| etag.to_str().unwrap().to_owned());
        let batch = read::<Batch>(response).await?;
        self.etag = etag;
        Ok(Some(batch))
    }

    /// The newest poll once more, as a proxy that doubles requests sends it. `etag`: as the first one had it.
    pub(super) async fn poll_doubled(&mut self, world: &World, etag: Option<String>) -> Result<Option<Batch>, Problem> {
        (self.poll, self.etag) = (self.poll - 1, etag);
        self.poll(world).await
    }

    /// A poll that is parked for as long as the server lets it.
    pub(super) fn parked_request(&mut self, world: &World) -> RequestBuilder {
        let headers = self.headers();
        world.request(Method::GET, wire::POLL, &self.token).headers(headers).header("prefer", "wait=50")
    }

    pub(super) fn inventory(&self, directory: Directory) -> Inventory {
        let fact = |text: &String| FileFact { sha256: hash(text), size: text.len() as u64, modified: Timestamp::from_ms(9) };
        let files = self.files.iter().map(|(name, text)| (name.parse().unwrap(), fact(text))).collect();
        let cant_say = self.cant_say.iter().map(|(name, unsaid)| (name.parse().unwrap(), *unsaid)).collect();
        let listing = Listing { files, cant_say, ..Listing::empty(self.version.parse().unwrap(), directory) };
        Inventory { applications: [("trading".parse().unwrap(), listing)].into() }
    }

    /// Tells what is there, packed as agents do.
    pub(super) async fn tell(&mut self, world: &World) -> InventoryAnswer {
        self.tell_of(world, Directory::Present).await
    }

    pub(super) async fn tell_of(&mut self, world: &World, directory: Directory) -> InventoryAnswer {
        self.tell_bytes(world, &self.inventory(directory).to_bytes()).await
    }

    /// Tells exactly these bytes.
    pub(super) async fn tell_bytes(&mut self, world: &World, bytes: &[u8]) -> InventoryAnswer {
        self.digest = Some(ContentHash::of(bytes));
        let body = zstd::bulk::compress(bytes, 3).unwrap();
        let request = world.request(Method::PUT, wire::INVENTORY, &self.token).header("content-encoding", "zstd");
        read(request.body(body).send().await.unwrap()).await.unwrap()
    }

    pub(super) async fn hand_over(&self, world: &World, text: &str) -> Result<StoredAnswer, Problem> {
        let path = wire::CONTENT.replace("{sha256}", &hash(text).to_string());
        read(world.request(Method::PUT, &path, &self.token).body(text.to_owned()).send().await.unwrap()).await
    }

    pub(super) async fn fetch(&self, world: &World, text: &str) -> Response {
        let path = wire::CONTENT.replace("{sha256}", &hash(text).to_string());
        world.request(Method::GET, &path, &self.token).send().await.unwrap()
    }

    pub(super) async fn report(&self, world: &World, order: &OrderId, outcome: OrderOutcome) {
        let result = OrderResult { order: order.clone(), outcome, counter: 1, at: Timestamp::from_ms(1) };
        let results = Results { orders: vec![result], ..Results::default() };
        read::<()>(world.request(Method::POST, wire::RESULTS, &self.token).json(&results).send().await.unwrap()).await.unwrap();
    }
}
