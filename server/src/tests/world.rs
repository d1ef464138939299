//! A server with one developer who may do everything, and agents that a test leads by the hand.

use super::agent::Agent;
use crate::net::Limits;
use crate::server::{Server, Shared};
use crate::{Config, command, run};
use fieldpost_common::api::{Invited, Prepare, PrepareCell, Prepared};
use fieldpost_common::api::{
    LoginAnswer, LoginRequest, NewOrder, NewSite, NewUser, OrderAnswer, OrderInfo, Publish, Published, Role, Unpublish, path,
};
use fieldpost_common::envelope::{Envelope, SecretKey};
use fieldpost_common::grid::{Grid, Table};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::OrderId;
use fieldpost_common::order::{Action, Order};
use fieldpost_common::problem::Problem;
use fieldpost_common::publication::Publication;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{Developer, Trust};
use fieldpost_common::wire::{EnrollAnswer, EnrollRequest, SiteApp, header, path as wire};
use fieldpost_common::withdrawal::Withdrawal;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use std::net::TcpListener;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
    pub(super) server: Shared,
    pub(super) client: Client,
    pub(super) url: String,
    pub(super) ada: Person,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), crate::ServeError>>,
}

#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) token: String,
    pub(super) key: SecretKey,
}

fn root() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

pub(super) fn hash(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

pub(super) fn app(version: &str) -> SiteApp {
    SiteApp { application: "trading".parse().unwrap(), version: version.parse().unwrap() }
}

fn login_request(who: &Person, secret: &str, only_look: bool) -> LoginRequest {
    LoginRequest {
        user: who.name.parse().unwrap(),
        secret: secret.to_owned(),
        token_sha256: hash(&who.token),
        key: who.key.public(),
        only_look,
    }
}

/// What came back: the body, or the problem.
pub(super) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Problem> {
    assert!(response.headers().contains_key(header::SERVER), "every answer says whose it is");
    let good = response.status().is_success();
    let bytes = response.bytes().await.unwrap();
    let bytes = if bytes.is_empty() { b"null".as_slice() } else { &bytes };
    if good { Ok(serde_json::from_slice(bytes).unwrap()) } else { Err(serde_json::from_slice(bytes).unwrap()) }
}

impl World {
    /// A server with ada logged in and trusted, and `trading` in versions 7.6 and 7.7.
    pub(super) async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    pub(super) async fn start_with(config: Config) -> Self {
        Self::start_limited(config, Limits::new(1024, Duration::from_mins(1))).await
    }

    pub(super) async fn start_limited(config: Config, limits: Limits) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let login = command::init(&data, "http://post.example", &"ada".parse().unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = Config { data, listen: listener.local_addr().unwrap(), ..config };
        let url = format!("http://{}", config.listen);
        let server = Server::open(config).unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = serve(server.clone(), listener, limits, stopped);
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let ada = Person { name: "ada", token: "ada's token".to_owned(), key: SecretKey::from_seed([2; 32]) };
        let world = Self { folder, server, client, url, ada, stop: Some(stop), task };
        world.log_in(&world.ada, &login.secret).await.unwrap();
        let trust = Trust::found(root().public(), developer(&world.ada));
        world.put(&world.ada, path::TRUST, &trust.sign(&root())).await.unwrap();
        let settings = serde_json::json!({"name": "trading", "versions": ["7.6", "7.7"]});
        world.post::<()>(&world.ada, path::APPS, &settings).await.unwrap();
        world
    }

    /// Stops the server as TERM does, and waits for its end.
    pub(super) async fn stop(&mut self) {
        if self.stop.take().is_some() {
            (&mut self.task).await.unwrap().unwrap();
        }
    }

    /// The same data, served by a new run.
    pub(super) async fn restart(self) -> Self {
        self.restart_after(|| {}).await
    }

    /// The same, after something was done to the data that nobody serves.
    pub(super) async fn restart_after(mut self, meanwhile: impl FnOnce()) -> Self {
        self.stop().await;
        let config = self.server.config.clone();
        self.server.store.close();
        drop(self.server);
        meanwhile();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        self.server = loop {
            // The last request's handler may hold the old store for a moment.
            match Server::open(config.clone()) {
                Err(crate::StoreError::Locked(_)) => tokio::task::yield_now().await,
                other => break other.unwrap(),
            }
        };
        let (stop, stopped) = oneshot::channel();
        self.task = serve(self.server.clone(), listener, Limits::new(1024, Duration::from_mins(1)), stopped);
        self.stop = Some(stop);
        self
    }

    pub(super) fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(token)
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, who: &Person, path: &str) -> Result<T, Problem> {
        read(self.request(Method::GET, path, &who.token).send().await.unwrap()).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        who: &Person,
        path: &str,
        body: &impl serde::Serialize,
    ) -> Result<T, Problem> {
        read(self.request(Method::POST, path, &who.token).json(body).send().await.unwrap()).await
    }

    pub(super) async fn put(&self, who: &Person, path: &str, body: &impl serde::Serialize) -> Result<(), Problem> {
        read(self.request(Method::PUT, path, &who.token).json(body).send().await.unwrap()).await
    }

    pub(super) async fn log_in(&self, who: &Person, secret: &str) -> Result<LoginAnswer, Problem> {
        self.post(who, path::LOGIN, &login_request(who, secret, false)).await
    }

    /// Looks whether a secret is good, without spending it.
    pub(super) async fn look_in(&self, who: &Person, secret: &str) -> Result<LoginAnswer, Problem> {
        self.post(who, path::LOGIN, &login_request(who, secret, true)).await
    }

    /// Another person, logged in, not trusted.
    pub(super) async fn person(&self, name: &'static str, role: Role, seed: u8) -> Person {
        let new = NewUser { name: name.parse().unwrap(), role };
        let invited: Invited = self.post(&self.ada, path::USERS, &new).await.unwrap();
        let person = Person { name, token: format!("{name}'s token"), key: SecretKey::from_seed([seed; 32]) };
        self.log_in(&person, &invited.secret).await.unwrap();
        person
    }

    /// Another developer, trusted.
    pub(super) async fn developer(&self, name: &'static str, seed: u8) -> Person {
        let person = self.person(name, Role::Developer, seed).await;
        self.trust(|trust| trust.developers.push(developer(&person))).await;
        person
    }

    /// A person's key signs nothing any more.
    pub(super) async fn revoke(&self, person: &Person) {
        self.trust(|trust| trust.revoked.push(person.key.public().id())).await;
    }

    /// The next version of the trust document.
    async fn trust(&self, change: impl FnOnce(&mut Trust)) {
        let chain: fieldpost_common::api::TrustChain = self.get(&self.ada, path::TRUST).await.unwrap();
        let mut trust = Trust::walk(&chain.versions, &root().public()).unwrap().unwrap();
        trust.version += 1;
        change(&mut trust);
        self.put(&self.ada, path::TRUST, &trust.sign(&root())).await.unwrap();
    }

    /// A site that runs `trading`, enrolled.
    pub(super) async fn site(&self, name: &'static str, version: &str) -> Agent {
        let new = NewSite { name: name.parse().unwrap(), applications: vec![app(version)], groups: Vec::new() };
        let invited: Invited = self.post(&self.ada, path::SITES, &new).await.unwrap();
        self.enroll(name, version, &invited.secret, "first").await.unwrap()
    }

    pub(super) async fn enroll(&self, name: &'static str, version: &str, secret: &str, word: &str) -> Result<Agent, Problem> {
        let token = format!("{name}'s {word} token");
        let request = EnrollRequest {
            site: name.parse().unwrap(),
            secret: secret.to_owned(),
            token_sha256: hash(&token),
            applications: vec![app(version)],
            agent_version: "0.1.0".to_owned(),
        };
        let sent = self.client.post(format!("{}{}", self.url, wire::ENROLL)).json(&request).send().await.unwrap();
        read::<EnrollAnswer>(sent).await?;
        let boot = hash(&token).to_string()[..32].parse().unwrap();
        Ok(Agent {
            token,
            version: version.to_owned(),
            boot,
            poll: 0,
            etag: None,
            digest: None,
            holds: crate::trust_held::Holds::default(),
            files: Vec::new(),
            cant_say: Vec::new(),
        })
    }

    pub(super) async fn upload(&self, who: &Person, text: &str) {
        let path = path::CONTENT.replace("{sha256}", &hash(text).to_string());
        let sent = self.request(Method::PUT, &path, &who.token).body(text.to_owned()).send().await.unwrap();
        read::<()>(sent).await.unwrap();
    }

    /// Signs and publishes a text; `replaces` is what the developer saw.
    pub(super) async fn publish(
        &self,
        who: &Person,
        patch: &str,
        (version, text): (&str, &str),
        replaces: Option<&str>,
    ) -> Result<Published, Problem> {
        self.upload(who, text).await;
        let publication = self.publication(who, patch, (version, text), 5);
        let publish = Publish { publication, replaces: vec![replaces.map(hash)], takes_back: false };
        self.post(who, path::PUBLICATIONS, &publish).await
    }

    #[expect(clippy::unused_self, reason = "reads like the others")]
    pub(super) fn publication(&self, who: &Person, patch: &str, (version, text): (&str, &str), created: i64) -> Envelope {
        let publication = Publication {
            form: Form::default(),
            application: "trading".parse().unwrap(),
            patch: patch.parse().unwrap(),
            versions: vec![version.parse().unwrap()],
            sha256: hash(text),
            size: text.len() as u64,
            issue: None,
            created: Timestamp::from_ms(created),
            key: who.key.public().id(),
        };
        publication.sign(&who.key)
    }

    /// Takes a patch off the table for 7.7, in ada's name.
    pub(super) async fn unpublish(&self, patch: &str, created: i64) -> Result<(), Problem> {
        let withdrawal = self.withdrawal(&self.ada.key, patch, created);
        self.post(&self.ada, path::UNPUBLISH, &Unpublish { withdrawal }).await
    }

    #[expect(clippy::unused_self, reason = "reads like the others")]
    pub(super) fn withdrawal(&self, key: &SecretKey, patch: &str, created: i64) -> Envelope {
        let withdrawal = Withdrawal {
            form: Form::default(),
            application: "trading".parse().unwrap(),
            patch: patch.parse().unwrap(),
            versions: vec!["7.7".parse().unwrap()],
            takes_back: false,
            created: Timestamp::from_ms(created),
            key: key.public().id(),
        };
        withdrawal.sign(key)
    }

    /// Prepares, signs and gives an order; `text` none: a removal.
    pub(super) async fn send(
        &self,
        who: &Person,
        (patch, site): (&str, &str),
        text: Option<&str>,
        expected: Option<&str>,
        seen: Option<&OrderId>,
    ) -> Result<OrderId, Problem> {
        let cell = PrepareCell { patch: patch.parse().unwrap(), site: site.parse().unwrap(), sha256: text.map(hash) };
        let prepare = Prepare { application: "trading".parse().unwrap(), cells: vec![cell] };
        let prepared: Vec<Prepared> = self.post(who, path::PREPARE, &prepare).await?;
        let order = order(who, (patch, site), text, expected, prepared[0].counter);
        self.give(who, &order, seen).await
    }

    pub(super) async fn give(&self, who: &Person, order: &Order, seen: Option<&OrderId>) -> Result<OrderId, Problem> {
        let new = NewOrder { order: order.sign(&who.key), seen: seen.cloned() };
        let mut answers: Vec<OrderAnswer> = self.post(who, path::ORDERS, &[new]).await?;
        match answers.remove(0) {
            OrderAnswer::Taken(id) => Ok(id),
            OrderAnswer::Refused(problem) => Err(problem),
        }
    }

    pub(super) async fn order(&self, id: &OrderId) -> OrderInfo {
        self.get(&self.ada, &path::ORDER.replace("{order}", id.as_str())).await.unwrap()
    }

    pub(super) async fn table(&self) -> Table {
        let grid: Grid = self.get(&self.ada, &path::GRID.replace("{application}", "trading")).await.unwrap();
        Table::new(grid)
    }

    /// The word of one cell, as every client computes it.
    pub(super) async fn word(&self, patch: &str, site: &str) -> &'static str {
        let table = self.table().await;
        let Some(row) = table.grid.patches.iter().position(|row| row.name.as_str() == patch) else { return "no row" };
        let column = table.grid.sites.iter().position(|column| column.name.as_str() == site).unwrap();
        table.cell(row, column, table.grid.now).word()
    }
}

fn serve(
    server: Shared,
    listener: TcpListener,
    limits: Limits,
    stopped: oneshot::Receiver<()>,
) -> JoinHandle<Result<(), crate::ServeError>> {
    tokio::spawn(async move { run(&server, None, listener, limits, async { drop(stopped.await) }).await })
}

fn developer(person: &Person) -> Developer {
    Developer::unrestricted(person.name.parse().unwrap(), person.key.public())
}

pub(super) fn order(
    who: &Person,
    (patch, site): (&str, &str),
    text: Option<&str>,
    expected: Option<&str>,
    counter: u64,
) -> Order {
    Order {
        form: Form::default(),
        action: text.map_or(Action::Remove, |text| Action::Put { sha256: hash(text), size: text.len() as u64 }),
        application: "trading".parse().unwrap(),
        patch: patch.parse().unwrap(),
        site: site.parse().unwrap(),
        counter,
        expected: expected.map(hash),
        created: Timestamp::from_ms(5),
        install_by: crate::clock::now().plus(Duration::from_hours(1)),
        key: who.key.public().id(),
        reason: None,
        again: false,
    }
}
