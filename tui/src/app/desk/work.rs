//! Carries out a person's work, part by part, so that the screen can tell how far it is. A failure doesn't stop the rest; only
//! when the server can't be reached any more, or where each thing builds on the one before, is the rest given up at once.

use crate::app::office::{Answer, Basis, Done, PublishTask, Report, TakeBackTask, Task, UnpublishTask, Work};
use crate::client::ClientError;
use crate::publish::{Content, PublishWish, publish_with};
use crate::send::{Act, SendError, Wish, send_with};
use crate::session::{Session, SessionError, Signer};
use crate::withdraw::withdraw;
use fieldpost_common::api::{Prepare, PrepareCell};
use fieldpost_common::id::{AppName, SiteName};
use tokio::sync::mpsc::UnboundedSender;

/// How many orders go into one request: few enough that a slow line shows progress.
const AT_ONCE: usize = 20;

pub(super) async fn carry_out(session: &Session, work: Work, answers: &UnboundedSender<Answer>) {
    let mut hand = Hand { session, application: work.application, signer: None };
    let mut left = work.tasks.as_slice();
    while !left.is_empty() {
        let orders = left.iter().take(AT_ONCE).take_while(|task| task.is_order()).count();
        let (now, rest) = left.split_at(orders.max(1));
        let part = hand.part(now).await;
        left = rest;
        let mut reports = part.reports;
        let given_up = part.lost.map(|lost| format!("not tried any more: {lost}"));
        let broken = work.chained && reports.iter().any(Result::is_err);
        if let Some(why) = given_up.or_else(|| broken.then(|| "not done, because what comes before it was not".to_owned())) {
            reports.extend(left.iter().map(|_| Err(why.clone())));
            left = &[];
        }
        // Nobody listens once the app has ended: what is not given by then is not given.
        if answers.send(Answer::Worked(work.ticket, reports)).is_err() {
            return;
        }
    }
}

/// What became of some tasks.
struct Part {
    reports: Vec<Report>,
    /// The server can't be reached: why.
    lost: Option<String>,
}

struct Hand<'a> {
    session: &'a Session,
    application: AppName,
    /// Ready to sign, once that was needed.
    signer: Option<Signer>,
}

impl Hand<'_> {
    async fn part(&mut self, tasks: &[Task]) -> Part {
        match tasks {
            [Task::TakeBack(task)] => one(self.take_back(task).await),
            [Task::Unpublish(task)] => one(self.unpublish(task).await),
            [Task::Publish(task)] => match self.signer().await {
                Ok(signer) => one(publish_one(&signer, &self.application, task).await),
                Err(error) => one(Err(error.into())),
            },
            orders => match self.signer().await {
                Ok(signer) => self.give(&signer, orders).await,
                Err(error) => {
                    let lost = lost(&error);
                    Part { reports: orders.iter().map(|_| Err(error.to_string())).collect(), lost }
                }
            },
        }
    }

    async fn signer(&mut self) -> Result<Signer, SessionError> {
        if let Some(signer) = &self.signer {
            return Ok(signer.clone());
        }
        let signer = self.session.signer().await?;
        self.signer = Some(signer.clone());
        Ok(signer)
    }

    async fn give(&self, signer: &Signer, orders: &[Task]) -> Part {
        let wishes: Vec<_> = orders.iter().filter_map(|task| wish(&self.application, task)).collect();
        let results = send_with(signer, &wishes).await;
        let lost = results.iter().find_map(|(_, result)| match result {
            Err(SendError::Session(error)) => self::lost(error),
            _ => None,
        });
        let reports = results.into_iter().map(|(_, result)| result.map(Done::Given).map_err(|error| error.to_string()));
        Part { reports: reports.collect(), lost }
    }

    async fn take_back(&self, task: &TakeBackTask) -> Result<Done, Trouble> {
        let info = self.session.client.cancel(&task.order).await.map_err(SessionError::from)?;
        Ok(Done::TakenBack(info.state.word()))
    }

    /// The server takes a patch off whatever is current, so it is looked at right before.
    async fn unpublish(&mut self, task: &UnpublishTask) -> Result<Done, Trouble> {
        let client = &self.session.client;
        let history = client.history(&self.application, &task.patch).await.map_err(SessionError::from)?;
        for (version, seen) in &task.versions {
            let now = history.revisions.iter().find(|revision| revision.current_for.contains(version));
            if now.map(|revision| revision.sha256) != Some(*seen) {
                return Err(Trouble::Words(format!("something else was published for {version} since you looked")));
            }
        }
        let versions = task.versions.iter().map(|(version, _)| version.clone()).collect();
        let signer = self.signer().await?;
        withdraw(&signer, (&self.application, &task.patch), versions, task.takes_back).await?;
        Ok(Done::Unpublished)
    }
}

/// Why a single task came to nothing.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("{0}")]
    Words(String),
}

fn one(result: Result<Done, Trouble>) -> Part {
    let lost = match &result {
        Err(Trouble::Session(error)) => lost(error),
        _ => None,
    };
    Part { reports: vec![result.map_err(|trouble| trouble.to_string())], lost }
}

/// Why nothing else would get through either.
fn lost(error: &SessionError) -> Option<String> {
    match error {
        SessionError::Client(error @ ClientError::Unreachable { .. }) => error.to_string().lines().next().map(ToOwned::to_owned),
        _ => None,
    }
}

/// What is signed for an order; nothing for other tasks.
fn wish(application: &AppName, task: &Task) -> Option<Wish> {
    let (site, version, act, expected, seen, shown) = match task {
        Task::Put(put) => (&put.site, &put.version, Act::Put(put.sha256), put.expected, &put.seen, put.shown),
        Task::Remove(remove) => (&remove.site, &remove.version, Act::Remove, Some(remove.expected), &remove.seen, false),
        Task::Again(again) => (&again.site, &again.version, Act::Again(again.outcome), again.outcome, &None, false),
        Task::TakeBack(_) | Task::Publish(_) | Task::Unpublish(_) => return None,
    };
    Some(Wish {
        application: application.clone(),
        patch: task.patch().clone(),
        site: site.clone(),
        version: version.clone(),
        act,
        expected,
        seen: seen.clone(),
        reason: None,
        any_time: false,
        shown,
    })
}

async fn publish_one(signer: &Signer, application: &AppName, task: &PublishTask) -> Result<Done, Trouble> {
    let stored = |size| Content::Stored { sha256: task.sha256, size };
    let content = match &task.basis {
        Basis::Made { bytes } => Content::Bytes(bytes.to_vec()),
        Basis::Shown { size } => stored(*size),
        Basis::Published { at } => stored(published_before(signer, application, task, at).await?),
    };
    let wish = PublishWish {
        application: application.clone(),
        patch: task.patch.clone(),
        content,
        versions: task.versions.clone(),
        issue: task.issue.clone(),
        takes_back: task.takes_back,
        allow_secrets: false,
    };
    match publish_with(signer, wish).await {
        Ok(published) => Ok(Done::Published(published.changed)),
        Err(crate::publish::PublishError::Session(error)) => Err(error.into()),
        Err(error) => Err(Trouble::Words(error.to_string())),
    }
}

/// The size of a content that a trusted developer has signed as this patch; only then may it be signed again unseen.
async fn published_before(signer: &Signer, app: &AppName, task: &PublishTask, site: &SiteName) -> Result<u64, Trouble> {
    let cell = PrepareCell { patch: task.patch.clone(), site: site.clone(), sha256: Some(task.sha256) };
    let ask = Prepare { application: app.clone(), cells: vec![cell] };
    let prepared = signer.session.client.prepare(&ask).await.map_err(SessionError::from)?;
    let found = prepared.into_iter().next().and_then(|one| Some((one.publication?, one.size)));
    let Some((statement, bytes)) = found else {
        return Err(Trouble::Words(format!("nobody has signed that {} is {}", task.sha256.short(), task.patch)));
    };
    let place = (app, &task.patch, &task.sha256);
    match crate::send::statement(&statement, place, bytes, (&signer.trust, signer.session.now())) {
        Ok(publication) => Ok(publication.size),
        Err(refusal) => Err(Trouble::Words(format!("the former publication of {} does not hold ({refusal})", task.patch))),
    }
}
