//! Speaks HTTP to the server: one method for each developer route. What the answers mean is left to the callers.

mod answer;
mod error;
mod errors;
mod followed;
mod health;
mod routes;

pub use error::ClientError;
pub use followed::Followed;

use fieldpost_common::api::path;
use fieldpost_common::id::Generation;
use fieldpost_common::problem::Code;
use reqwest::{Certificate, Method, RequestBuilder, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an ordinary request may take.
const ORDINARY: Duration = Duration::from_mins(1);
/// How long a content may travel.
const CONTENT: Duration = Duration::from_mins(20);

/// A connection to one server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: Arc<str>,
    token: Option<Arc<str>>,
    followed: Option<Arc<Followed>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.url)
    }
}

impl Client {
    /// A client for the server at `url`, with the token of whoever speaks, and further roots in PEM form.
    ///
    /// The environment's proxy is used unless the server is on this machine.
    pub fn new(url: &str, token: Option<&str>, ca_file: Option<&Path>) -> Result<Self, ClientError> {
        // Whoever came first has chosen the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let parsed = reqwest::Url::parse(url).map_err(|error| ClientError::Local(format!("server address {url:?}: {error}")))?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("fieldpost/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT);
        if is_loopback(&parsed) {
            builder = builder.no_proxy();
        }
        if let Some(path) = ca_file {
            builder = builder.tls_certs_merge(roots(path)?);
        } else if parsed.scheme() == "http" {
            // Plain HTTP works on a machine without any certificates.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| ClientError::Local(answer::causes(&error)))?;
        Ok(Self { http, url: url.trim_end_matches('/').into(), token: token.map(Into::into), followed: None })
    }

    /// The same, for an app that never goes back behind the data that it has followed.
    #[must_use]
    pub fn following(mut self, followed: Followed) -> Self {
        self.followed = Some(Arc::new(followed));
        self
    }

    /// The server's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).timeout(ORDINARY);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.json(self.request(Method::GET, path)).await
    }

    async fn give<T: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        self.json(self.request(method, path).json(body)).await
    }

    /// Sends a body whose answer says nothing that is needed.
    async fn tell(&self, method: Method, path: &str, body: &impl Serialize) -> Result<(), ClientError> {
        self.bytes(self.request(method, path).json(body)).await.map(drop)
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let body = self.bytes(request).await?;
        serde_json::from_slice(&body).map_err(|error| ClientError::NotOurs {
            url: self.url.to_string(),
            what: format!("its answer can't be read ({error}); perhaps its version is another than this app's"),
        })
    }

    async fn bytes(&self, request: RequestBuilder) -> Result<Vec<u8>, ClientError> {
        let Some(followed) = &self.followed else { return answer::judge(&self.url, request.send().await).await };
        let again = request.try_clone();
        let (answer, generation) = self.judged(followed, request).await;
        let restored = matches!(&answer, Err(ClientError::Problem(problem)) if problem.code == Code::Restored);
        let (true, Some(again), Some(generation)) = (restored, again, generation) else { return answer };
        self.give_back(followed).await?;
        followed.adopt(&generation);
        self.judged(followed, again).await.0
    }

    /// Sends a request, and refuses the answer of a server that is behind what is followed; with the data that the answer names.
    async fn judged(&self, followed: &Followed, request: RequestBuilder) -> (Result<Vec<u8>, ClientError>, Option<Generation>) {
        let sent = followed.name(request).send().await;
        let generation = sent.as_ref().ok().and_then(|response| followed::named_in(response.headers()));
        if let Some(Err(behind)) = generation.as_ref().map(|generation| followed.judge(generation)) {
            return (Err(behind), None);
        }
        (answer::judge(&self.url, sent).await, generation)
    }

    /// Gives the server what this app has verified and kept; it takes what it lacks.
    async fn give_back(&self, followed: &Followed) -> Result<(), ClientError> {
        for piece in followed.kept() {
            let request = self.request(Method::POST, path::RECALL).timeout(CONTENT).json(&piece);
            self.judged(followed, request).await.0?;
        }
        Ok(())
    }

    /// Gives back what is kept, where the server shows less than what was verified here.
    pub(crate) async fn recall(&self) -> Result<(), ClientError> {
        match &self.followed {
            Some(followed) => self.give_back(followed).await,
            None => Ok(()),
        }
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn roots(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let failed = |why: String| ClientError::Local(format!("{}: {why}\nit must hold certificates in PEM form", path.display()));
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let roots = Certificate::from_pem_bundle(&pem).map_err(|error| failed(answer::causes(&error)))?;
    if roots.is_empty() { Err(failed("no certificate in it".to_owned())) } else { Ok(roots) }
}

#[cfg(test)]
mod tests;
