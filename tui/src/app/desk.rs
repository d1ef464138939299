//! The office of a session: each request becomes a task that asks the server. What is signed and given is left to `desk::work`.

mod work;

use super::compare::compare;
use super::office::{Answer, Office, Pair, Request, SiteOrders, Trouble};
use crate::client::ClientError;
use crate::session::Session;
use fieldpost_common::api::{Changes, Invited};
use fieldpost_common::grid::Feed;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::invitation::{Invitation, Kind};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long the server may wait for a change.
const PARKED: Duration = Duration::from_secs(50);

pub(crate) struct Desk {
    session: Session,
}

impl Desk {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }
}

impl Office for Desk {
    fn ask(&self, request: Request, answers: UnboundedSender<Answer>) {
        let session = self.session.clone();
        tokio::spawn(async move { serve(&session, request, &answers).await });
    }
}

async fn serve(session: &Session, request: Request, answers: &UnboundedSender<Answer>) {
    let client = &session.client;
    let answer = match request {
        Request::Work(work) => return work::carry_out(session, work, answers).await,
        Request::Whoami => Answer::Whoami(client.whoami().await.map_err(|error| trouble(&error))),
        Request::Apps => Answer::Apps(client.apps().await.map_err(|error| trouble(&error))),
        Request::Grid(application) => {
            let grid = client.grid(&application).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::Grid(application, grid)
        }
        Request::Watch { feed, after } => Answer::Changes(watch(session, &feed, after).await),
        Request::Compare { ticket, pair } => Answer::Compared(ticket, both(session, &pair).await),
        Request::Sites => Answer::Sites(client.sites().await.map_err(|error| trouble(&error))),
        Request::SiteOrders(site) => {
            let orders = site_orders(session, &site).await.map_err(|error| trouble(&error));
            Answer::SiteOrders(site, orders)
        }
        Request::AcceptDrop(site) => {
            let accepted = client.accept_drop(&site).await.map_err(|error| trouble(&error));
            Answer::DropAccepted(site, accepted)
        }
        Request::Enrol(site) => {
            let string = client.reenroll(&site).await.map(|invited| invitation(session, invited));
            Answer::Enrolled(site, string.map_err(|error| trouble(&error)))
        }
        Request::Activity { before, limit } => {
            Answer::Activity { before, answer: client.activity(before, limit).await.map_err(|error| trouble(&error)) }
        }
        Request::Audit => Answer::Audit(client.audit().await.map_err(|error| trouble(&error))),
    };
    // Nobody listens once the app has ended.
    let _ = answers.send(answer);
}

fn trouble(error: &ClientError) -> Trouble {
    match error {
        ClientError::Unreachable { .. } | ClientError::NotOurs { .. } => Trouble::Unreachable(error.to_string()),
        ClientError::Problem(_) | ClientError::Local(_) => Trouble::Refused(error.to_string()),
    }
}

async fn watch(session: &Session, feed: &Feed, after: Duration) -> Result<Changes, Trouble> {
    tokio::time::sleep(after).await;
    session.client.changes(feed, PARKED).await.map_err(|error| trouble(&error))
}

async fn both(session: &Session, pair: &Pair) -> Result<Box<super::compare::Comparison>, Trouble> {
    let left = content(session, &pair.application, pair.left.as_ref()).await?;
    let right = content(session, &pair.application, pair.right.as_ref()).await?;
    let compared = tokio::task::spawn_blocking(move || compare(left.as_deref(), right.as_deref())).await;
    compared.map(Box::new).map_err(|error| Trouble::Refused(format!("the contents can't be compared: {error}")))
}

async fn content(session: &Session, application: &AppName, sha256: Option<&ContentHash>) -> Result<Option<Vec<u8>>, Trouble> {
    let Some(sha256) = sha256 else { return Ok(None) };
    session.client.content(application, sha256).await.map(Some).map_err(|error| trouble(&error))
}

/// How many of a site's newest orders are looked through for those that have ended.
const RECENT: usize = 50;

async fn site_orders(session: &Session, site: &SiteName) -> Result<SiteOrders, ClientError> {
    let open = session.client.orders_open(site).await?;
    let mut finished = session.client.orders_newest(site, RECENT).await?;
    finished.retain(|order| !order.state.is_open());
    Ok(SiteOrders { open, finished })
}

/// The app, never the server, puts the pinned root key into the string.
fn invitation(session: &Session, Invited { url, name, secret, .. }: Invited) -> String {
    Invitation { kind: Kind::Enrolment, url, name, secret, root: Some(session.root) }.to_string()
}
