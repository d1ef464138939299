//! One method for each route of `common::api::path`, in its order.

use super::{CONTENT, Client, ClientError, ORDINARY};
use fieldpost_common::api::{
    Activity, AllStamps, AppSettings, AuditState, Changes, Correct, History, Invited, LoginAnswer, LoginRequest, NewOrder,
    NewRole, NewSite, NewUser, OrderAnswer, OrderInfo, Prepare, Prepared, Publish, Published, PurgeRequest, Purged, Revision,
    Role, Site, SiteSettings, TrustChain, Unpublish, User, Whoami, path,
};
use fieldpost_common::grid::{Feed, Grid};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId, SiteName, UserName};
use fieldpost_common::name::PatchName;
use fieldpost_common::trust::SignedTrust;
use reqwest::Method;
use reqwest::header::ACCEPT_ENCODING;
use std::time::Duration;

impl Client {
    /// Trades a login string's secret for a token.
    pub async fn login(&self, request: &LoginRequest) -> Result<LoginAnswer, ClientError> {
        self.give(Method::POST, path::LOGIN, request).await
    }

    /// Who the token belongs to.
    pub async fn whoami(&self) -> Result<Whoami, ClientError> {
        self.get(path::WHOAMI).await
    }

    /// All versions of the trust document; not verified yet.
    pub async fn trust(&self) -> Result<TrustChain, ClientError> {
        self.get(path::TRUST).await
    }

    /// Adds the next version of the trust document.
    pub async fn trust_put(&self, next: &SignedTrust) -> Result<(), ClientError> {
        self.tell(Method::PUT, path::TRUST, next).await
    }

    /// Everybody who may log in.
    pub async fn users(&self) -> Result<Vec<User>, ClientError> {
        self.get(path::USERS).await
    }

    /// Invites a person.
    pub async fn user_add(&self, user: &NewUser) -> Result<Invited, ClientError> {
        self.give(Method::POST, path::USERS, user).await
    }

    /// A new login string for somebody who is there.
    pub async fn user_login_string(&self, user: &UserName) -> Result<Invited, ClientError> {
        self.give(Method::POST, &with(path::USER_LOGIN, "user", user.as_str()), &()).await
    }

    /// Changes what a person may do.
    pub async fn user_role(&self, user: &UserName, role: Role) -> Result<(), ClientError> {
        self.tell(Method::PUT, &with(path::USER, "user", user.as_str()), &NewRole { role }).await
    }

    /// Shuts a person out.
    pub async fn user_remove(&self, user: &UserName) -> Result<(), ClientError> {
        self.bytes(self.request(Method::DELETE, &with(path::USER, "user", user.as_str()))).await.map(drop)
    }

    /// The applications.
    pub async fn apps(&self) -> Result<Vec<AppSettings>, ClientError> {
        self.get(path::APPS).await
    }

    /// Adds an application.
    pub async fn app_add(&self, settings: &AppSettings) -> Result<(), ClientError> {
        self.tell(Method::POST, path::APPS, settings).await
    }

    /// Changes an application.
    pub async fn app_set(&self, settings: &AppSettings) -> Result<(), ClientError> {
        self.tell(Method::PUT, &with(path::APP, "application", settings.name.as_str()), settings).await
    }

    /// An application's grid, as facts.
    pub async fn grid(&self, application: &AppName) -> Result<Grid, ClientError> {
        let request = self.request(Method::GET, &with(path::GRID, "application", application.as_str()));
        self.json(request.header(ACCEPT_ENCODING, "zstd")).await
    }

    /// Everything that is known of one patch.
    pub async fn history(&self, application: &AppName, patch: &PatchName) -> Result<History, ClientError> {
        let route = with(path::HISTORY, "application", application.as_str());
        self.json(self.request(Method::GET, &route).query(&[("patch", patch.as_str())])).await
    }

    /// All stamps that were found in one revision.
    pub async fn stamps(&self, application: &AppName, patch: &PatchName, sha256: &ContentHash) -> Result<AllStamps, ClientError> {
        let route = with(path::STAMPS, "application", application.as_str());
        let of = [("patch", patch.as_str()), ("sha256", &sha256.to_string())];
        self.json(self.request(Method::GET, &route).query(&of)).await
    }

    /// Says what counts for one revision, against what was read.
    pub async fn correct(&self, application: &AppName, correct: &Correct) -> Result<Revision, ClientError> {
        self.give(Method::PUT, &with(path::CORRECTION, "application", application.as_str()), correct).await
    }

    /// Makes a content current that the server has.
    pub async fn publish(&self, publish: &Publish) -> Result<Published, ClientError> {
        self.give(Method::POST, path::PUBLICATIONS, publish).await
    }

    /// Takes a patch off the published table.
    pub async fn unpublish(&self, unpublish: &Unpublish) -> Result<(), ClientError> {
        self.tell(Method::POST, path::UNPUBLISH, unpublish).await
    }

    /// Takes contents of a patch away for good.
    pub async fn purge(&self, purge: &PurgeRequest) -> Result<Purged, ClientError> {
        self.give(Method::POST, path::PURGES, purge).await
    }

    /// The sites.
    pub async fn sites(&self) -> Result<Vec<Site>, ClientError> {
        self.get(path::SITES).await
    }

    /// Makes a site.
    pub async fn site_add(&self, site: &NewSite) -> Result<Invited, ClientError> {
        self.give(Method::POST, path::SITES, site).await
    }

    /// One site.
    pub async fn site(&self, site: &SiteName) -> Result<Site, ClientError> {
        self.get(&with(path::SITE, "site", site.as_str())).await
    }

    /// Changes a site.
    pub async fn site_set(&self, site: &SiteName, settings: &SiteSettings) -> Result<(), ClientError> {
        self.tell(Method::PUT, &with(path::SITE, "site", site.as_str()), settings).await
    }

    /// Forgets a site and its token.
    pub async fn site_remove(&self, site: &SiteName) -> Result<(), ClientError> {
        self.bytes(self.request(Method::DELETE, &with(path::SITE, "site", site.as_str()))).await.map(drop)
    }

    /// Says that a mass drop is meant.
    pub async fn accept_drop(&self, site: &SiteName) -> Result<(), ClientError> {
        self.bytes(self.request(Method::POST, &with(path::ACCEPT_DROP, "site", site.as_str()))).await.map(drop)
    }

    /// A new enrolment secret for a site.
    pub async fn reenroll(&self, site: &SiteName) -> Result<Invited, ClientError> {
        self.json(self.request(Method::POST, &with(path::REENROLL, "site", site.as_str()))).await
    }

    /// A content; its hash is checked.
    pub async fn content(&self, application: &AppName, sha256: &ContentHash) -> Result<Vec<u8>, ClientError> {
        let path = with(path::CONTENT, "sha256", &sha256.to_string());
        let request = self.request(Method::GET, &path).query(&[("application", application.as_str())]).timeout(CONTENT);
        let bytes = self.bytes(request).await?;
        if ContentHash::of(&bytes) == *sha256 {
            Ok(bytes)
        } else {
            let what = format!("it gives other bytes for content {}", sha256.short());
            Err(ClientError::NotOurs { url: self.url.to_string(), what })
        }
    }

    /// Brings a content to the server.
    pub async fn content_put(&self, application: &AppName, bytes: Vec<u8>) -> Result<ContentHash, ClientError> {
        let sha256 = ContentHash::of(&bytes);
        let path = with(path::CONTENT, "sha256", &sha256.to_string());
        let request = self.request(Method::PUT, &path).query(&[("application", application.as_str())]).timeout(CONTENT);
        self.bytes(request.body(bytes)).await.map(|_| sha256)
    }

    /// Asks for what orders need, in their order.
    pub async fn prepare(&self, prepare: &Prepare) -> Result<Vec<Prepared>, ClientError> {
        self.give(Method::POST, path::PREPARE, prepare).await
    }

    /// Gives orders; one answer for each, in their order.
    pub async fn orders_give(&self, orders: &[NewOrder]) -> Result<Vec<OrderAnswer>, ClientError> {
        self.give(Method::POST, path::ORDERS, &orders).await
    }

    /// One order.
    pub async fn order(&self, order: &OrderId) -> Result<OrderInfo, ClientError> {
        self.get(&with(path::ORDER, "order", order.as_str())).await
    }

    /// The open orders of a site, newest first.
    pub async fn orders_open(&self, site: &SiteName) -> Result<Vec<OrderInfo>, ClientError> {
        self.json(self.request(Method::GET, path::ORDERS).query(&[("site", site.as_str()), ("open", "true")])).await
    }

    /// The newest orders of a site, open or not.
    pub async fn orders_newest(&self, site: &SiteName, limit: usize) -> Result<Vec<OrderInfo>, ClientError> {
        let limit = limit.to_string();
        self.json(self.request(Method::GET, path::ORDERS).query(&[("site", site.as_str()), ("limit", &limit)])).await
    }

    /// Takes an order back.
    pub async fn cancel(&self, order: &OrderId) -> Result<OrderInfo, ClientError> {
        self.json(self.request(Method::POST, &with(path::CANCEL, "order", order.as_str()))).await
    }

    /// What changed since a place in the feed; waits for it up to `wait`.
    pub async fn changes(&self, since: &Feed, wait: Duration) -> Result<Changes, ClientError> {
        let request = self
            .request(Method::GET, path::CHANGES)
            .query(&[("epoch", since.epoch.as_str()), ("since", &since.seq.to_string())])
            .header("prefer", format!("wait={}", wait.as_secs()))
            .timeout(wait + ORDINARY / 2);
        self.json(request).await
    }

    /// What happened, newest first, before a place.
    pub async fn activity(&self, before: Option<u64>, limit: usize) -> Result<Vec<Activity>, ClientError> {
        let mut request = self.request(Method::GET, path::ACTIVITY).query(&[("limit", limit)]);
        if let Some(before) = before {
            request = request.query(&[("before", before)]);
        }
        self.json(request).await
    }

    /// Has the server check the audit chain.
    pub async fn audit(&self) -> Result<AuditState, ClientError> {
        self.json(self.request(Method::GET, path::AUDIT).timeout(ORDINARY * 5)).await
    }
}

/// Fills the one parameter of a path. All values are ids or hashes, which need no escaping.
pub(super) fn with(path: &str, parameter: &str, value: &str) -> String {
    path.replace(&format!("{{{parameter}}}"), value)
}
