//! The office of a session: each request becomes a task that asks the server. What is signed and given is left to `desk::work`,
//! conflicts to `desk::conflict`.

mod commands;
mod conflict;
mod errors;
mod health;
mod work;

use super::compare::lines::{Lines, Spaces};
use super::compare::{Comparison, Texts, compare, read_stamp};
use super::grid::sheet::Sheet;
use super::office::{Answer, Draft, LoginString, Newcomer, Office, Pair, Request, SiteOrders, Ticket, Trouble};
use crate::client::ClientError;
use crate::clock;
use crate::keyring::Keyring;
use crate::login::login;
use crate::session::{Session, SessionError};
use fieldpost_common::api::{Changes, Invited};
use fieldpost_common::grid::Feed;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::invitation::{Invitation, Kind};
use fieldpost_common::stamp::Hints;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long the server may wait for a change.
const PARKED: Duration = Duration::from_secs(50);

/// Somebody's office; before a login it only takes the login string.
pub(crate) struct Desk {
    keyring: Keyring,
    session: Arc<Mutex<Option<Session>>>,
}

impl Desk {
    pub(crate) fn new(keyring: Keyring, session: Option<Session>) -> Self {
        Self { keyring, session: Arc::new(Mutex::new(session)) }
    }
}

impl Office for Desk {
    fn ask(&self, request: Request, answers: UnboundedSender<Answer>) {
        let (keyring, place) = (self.keyring.clone(), Arc::clone(&self.session));
        tokio::spawn(async move {
            let session = place.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match (request, session) {
                (Request::LogIn(string), _) => {
                    let answer = Answer::LoggedIn(log_in(keyring, &place, &string).await);
                    // Nobody listens once the app has ended.
                    let _ = answers.send(answer);
                }
                (request, Some(session)) => serve(&session, request, &answers).await,
                // The app asks for nothing else before somebody is logged in.
                (_, None) => {}
            }
        });
    }

    fn keep(&self, draft: &Draft) -> Result<(), String> {
        match self.session.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(session) => conflict::keep(session, draft),
            None => Err("nobody is logged in".to_owned()),
        }
    }
}

/// Logs in, and opens the session that everything after it goes through.
async fn log_in(keyring: Keyring, place: &Mutex<Option<Session>>, string: &LoginString) -> Result<Newcomer, Trouble> {
    let done = login(&keyring, &string.0, None, |_| false).await.map_err(|error| Trouble::Refused(error.to_string()))?;
    let session = Session::open_from(keyring).map_err(|error| Trouble::Refused(error.to_string()))?;
    let newcomer = Newcomer { user: done.user.to_string(), server: session.server().to_owned(), advice: done.advice() };
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    Ok(newcomer)
}

async fn serve(session: &Session, request: Request, answers: &UnboundedSender<Answer>) {
    let client = &session.client;
    let answer = match request {
        Request::Work(work) => return work::carry_out(session, work, answers).await,
        Request::Whoami => Answer::Whoami(client.whoami().await.map_err(|error| trouble(&error))),
        Request::Apps => Answer::Apps(client.apps().await.map_err(|error| trouble(&error))),
        Request::Grid(application) => {
            let sheet = sheet(session, &application).await;
            Answer::Grid(application, sheet)
        }
        Request::Watch { feed, after } => Answer::Changes(watch(session, &feed, after).await),
        Request::Compare { ticket, pair } => return compared(session, ticket, &pair, answers).await,
        Request::Lines { ticket, texts, spaces } => Answer::Lines(ticket, anew(texts, spaces).await),
        Request::History { ticket, application, patch } => {
            let history = client.history(&application, &patch).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::History(ticket, history)
        }
        Request::Merge { ticket, three } => Answer::Merged(ticket, conflict::merged(session, three).await),
        Request::Save { path, bytes } => Answer::Saved(conflict::save(path, bytes).await),
        Request::Sites => Answer::Sites(client.sites().await.map_err(|error| trouble(&error))),
        Request::SiteOrders(site) => {
            let orders = site_orders(session, &site).await.map_err(|error| trouble(&error));
            Answer::SiteOrders(site, orders)
        }
        Request::States(_) | Request::AskStates(..) | Request::Status | Request::Over { .. } | Request::Hold { .. } => {
            health::answer(client, request).await
        }
        Request::Commands(_) | Request::Output(_) | Request::Askable { .. } | Request::Ask { .. } | Request::CancelCommand(_) => {
            commands::answer(session, request).await
        }
        Request::Errors | Request::ErrorsOf(_) | Request::Error(_) | Request::MarkError { .. } => {
            errors::answer(client, request).await
        }
        Request::AcceptDrop(site) => {
            let accepted = client.accept_drop(&site).await.map_err(|error| trouble(&error));
            Answer::DropAccepted(site, accepted)
        }
        Request::Enrol(site) => {
            let string = enrolment(session, &site).await;
            Answer::Enrolled(site, string)
        }
        Request::Activity { before, limit } => {
            Answer::Activity { before, answer: client.activity(before, limit).await.map_err(|error| trouble(&error)) }
        }
        Request::Audit => Answer::Audit(client.audit().await.map_err(|error| trouble(&error))),
        Request::LogIn(_) => unreachable!("handled before there is a session"),
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

async fn sheet(session: &Session, application: &AppName) -> Result<Box<Sheet>, Trouble> {
    let grid = session.client.grid(application).await.map_err(|error| trouble(&error))?;
    let ready = tokio::task::spawn_blocking(move || Box::new(Sheet::of(grid))).await;
    ready.map_err(|error| Trouble::Refused(format!("the grid can't be shown: {error}")))
}

async fn watch(session: &Session, feed: &Feed, after: Duration) -> Result<Changes, Trouble> {
    tokio::time::sleep(after).await;
    session.client.changes(feed, PARKED).await.map_err(|error| trouble(&error))
}

/// Both contents, fetched at once.
async fn both(session: &Session, pair: &Pair) -> Result<[Option<Vec<u8>>; 2], Trouble> {
    let [left, right] = [&pair.left, &pair.right].map(|side| content(session, &pair.application, side.as_ref()));
    let (left, right) = tokio::try_join!(left, right)?;
    Ok([left, right])
}

/// Compares, and reads both stamps only once the comparison is handed over: somebody waits for it.
async fn compared(session: &Session, ticket: Ticket, pair: &Pair, answers: &UnboundedSender<Answer>) {
    let contents = match both(session, pair).await {
        Ok(contents) => Arc::new(contents),
        Err(trouble) => return drop(answers.send(Answer::Compared(ticket, Err(trouble)))),
    };
    let there = Arc::clone(&contents);
    let look = move || {
        let [left, right] = [0, 1].map(|side| there[side].as_deref());
        Box::new(Comparison { stamps_follow: true, ..compare(left, right) })
    };
    let comparison = blocking(look).await;
    let failed = comparison.is_err();
    // Nobody listens once the app has ended.
    if answers.send(Answer::Compared(ticket, comparison)).is_err() || failed {
        return;
    }
    let now = clock::now();
    // The server takes no settings that can't be used.
    let hints = pair.settings.as_ref().and_then(|settings| settings.hints(now).ok());
    let hints = hints.unwrap_or_else(|| Hints { now: Some(now), ..Hints::default() });
    let name = pair.patch.to_string();
    let read = move || Box::new([0, 1].map(|side| read_stamp(contents[side].as_deref(), &name, &hints)));
    let stamps = blocking(read).await.unwrap_or_default();
    let _ = answers.send(Answer::Stamped(ticket, stamps));
}

async fn anew(texts: Arc<Texts>, spaces: Spaces) -> Result<Lines, Trouble> {
    blocking(move || texts.lines(spaces)).await
}

/// Works beside the tasks that wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Trouble::Refused(format!("the contents can't be compared: {error}")))
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

/// The app, never the server, puts the root key into the string.
async fn enrolment(session: &Session, site: &SiteName) -> Result<String, Trouble> {
    let root = session.root_in_force().await.map_err(|error| match error {
        SessionError::Client(error) => trouble(&error),
        error => Trouble::Refused(error.to_string()),
    })?;
    let Invited { url, name, secret, .. } = session.client.reenroll(site).await.map_err(|error| trouble(&error))?;
    Ok(Invitation { kind: Kind::Enrolment, url, name, secret, root: Some(root) }.to_string())
}
