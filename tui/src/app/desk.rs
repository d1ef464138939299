//! The office of a session: each request becomes a task that asks the server and signs where that is wanted.

use super::compare::compare;
use super::grid::sheet::Sheet;
use super::office::{Answer, Office, Outcome, Pair, PublishJob, Request, SendJob, SiteOrders, Trouble};
use crate::client::ClientError;
use crate::publish::{Content, PublishWish, publish};
use crate::send::{Act, Wish, send};
use crate::session::Session;
use fieldpost_common::api::{Changes, Invited};
use fieldpost_common::grid::Feed;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId, SiteName};
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
        tokio::spawn(async move {
            // Nobody listens once the app has ended.
            let _ = answers.send(answer(&session, request).await);
        });
    }
}

async fn answer(session: &Session, request: Request) -> Answer {
    let client = &session.client;
    match request {
        Request::Whoami => Answer::Whoami(client.whoami().await.map_err(|error| trouble(&error))),
        Request::Apps => Answer::Apps(client.apps().await.map_err(|error| trouble(&error))),
        Request::Grid(application) => {
            let sheet = sheet(session, &application).await;
            Answer::Grid(application, sheet)
        }
        Request::Watch { feed, after } => Answer::Changes(watch(session, &feed, after).await),
        Request::Compare { ticket, pair } => Answer::Compared(ticket, both(session, &pair).await),
        Request::Send(job) => Answer::Done(give(session, job).await),
        Request::Publish(job) => Answer::Done(vec![make_current(session, job).await]),
        Request::Cancel(order) => Answer::Done(vec![take_back(session, &order).await]),
        Request::Sites => Answer::Sites(client.sites().await.map_err(|error| trouble(&error))),
        Request::SiteOrders(site) => {
            let orders = site_orders(session, &site).await.map_err(|error| trouble(&error));
            Answer::SiteOrders(site, orders)
        }
        Request::AcceptDrop(site) => Answer::Done(vec![accept_drop(session, &site).await]),
        Request::Enrol(site) => {
            let string = client.reenroll(&site).await.map(|invited| invitation(session, invited));
            Answer::Enrolled(site, string.map_err(|error| trouble(&error)))
        }
        Request::Activity { before, limit } => {
            Answer::Activity { before, answer: client.activity(before, limit).await.map_err(|error| trouble(&error)) }
        }
        Request::Audit => Answer::Audit(client.audit().await.map_err(|error| trouble(&error))),
    }
}

fn trouble(error: &ClientError) -> Trouble {
    match error {
        ClientError::Unreachable { .. } | ClientError::NotOurs { .. } => Trouble::Unreachable(error.to_string()),
        ClientError::Problem(_) | ClientError::Local(_) => Trouble::Refused(error.to_string()),
    }
}

async fn sheet(session: &Session, application: &AppName) -> Result<Box<Sheet>, Trouble> {
    let grid = session.client.grid(application).await.map_err(|error| trouble(&error))?;
    let ready = tokio::task::spawn_blocking(move || Box::new(Sheet::of(grid))).await;
    ready.map_err(|error| Trouble::Refused(format!("the grid can't be shown: {error}")))
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

async fn give(session: &Session, job: SendJob) -> Vec<Outcome> {
    let wish = |item: super::office::SendItem| Wish {
        application: job.application.clone(),
        patch: item.patch,
        site: item.site,
        act: Act::Put(item.sha256),
        expected: item.expected,
        seen: item.seen,
        reason: None,
        shown: false,
    };
    let wishes: Vec<_> = job.items.into_iter().map(wish).collect();
    let outcome = |(wish, result): (Wish, Result<OrderId, crate::send::SendError>)| Outcome {
        what: format!("{} → {}", wish.patch, wish.site),
        result: result.map(|_| "the order is given".to_owned()).map_err(|error| error.to_string()),
    };
    send(session, &wishes).await.into_iter().map(outcome).collect()
}

async fn make_current(session: &Session, job: PublishJob) -> Outcome {
    let versions: Vec<_> = job.versions.iter().map(|(version, _)| version.to_string()).collect();
    let what = format!("{} for {}", job.patch, versions.join(", "));
    let wish = PublishWish {
        application: job.application,
        patch: job.patch,
        content: Content::Stored { sha256: job.sha256, size: job.size },
        versions: job.versions,
        issue: job.issue,
    };
    let result = publish(session, wish).await;
    let words = |changed: bool| if changed { "published" } else { "was already current" }.to_owned();
    Outcome { what, result: result.map(|published| words(published.changed)).map_err(|error| error.to_string()) }
}

async fn take_back(session: &Session, order: &OrderId) -> Outcome {
    match session.client.cancel(order).await {
        Ok(info) => {
            let words = format!("the order is {}", info.state.word().replace('_', " "));
            Outcome { what: format!("{} → {}", info.patch, info.site), result: Ok(words) }
        }
        Err(error) => Outcome { what: format!("order {}", &order.as_str()[..8]), result: Err(error.to_string()) },
    }
}

/// How many of a site's newest orders are looked through for those that have ended.
const RECENT: usize = 50;

async fn site_orders(session: &Session, site: &SiteName) -> Result<SiteOrders, ClientError> {
    let open = session.client.orders_open(site).await?;
    let mut finished = session.client.orders_newest(site, RECENT).await?;
    finished.retain(|order| !order.state.is_open());
    Ok(SiteOrders { open, finished })
}

async fn accept_drop(session: &Session, site: &SiteName) -> Outcome {
    let result = session.client.accept_drop(site).await;
    let words = "what is gone there counts as deleted".to_owned();
    Outcome { what: site.to_string(), result: result.map(|()| words).map_err(|error| error.to_string()) }
}

/// The app, never the server, puts the pinned root key into the string.
fn invitation(session: &Session, Invited { url, name, secret, .. }: Invited) -> String {
    Invitation { kind: Kind::Enrolment, url, name, secret, root: Some(session.root) }.to_string()
}
