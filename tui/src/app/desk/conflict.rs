//! What the conflict screen asks for: three contents merged, decisions kept, the result published and sent, or written to a file.

use super::{content, trouble};
use crate::app::office::{Draft, Merged, Outcome, SettleJob, Three, Trouble};
use crate::drafts::Drafts;
use crate::publish::{Content, PublishWish, publish};
use crate::send::{Act, Wish, send};
use crate::session::Session;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::merge::merge;
use fieldpost_common::text::Clean;
use std::io::Write as _;
use std::path::{Path, PathBuf};

pub(super) fn keep(session: &Session, draft: &Draft) -> Result<(), String> {
    let drafts = Drafts::below(session.keyring.folder());
    let kept = drafts.keep(draft.key, &draft.decisions);
    kept.map_err(|error| format!("the decision is kept only until the app ends: {error}"))
}

pub(super) async fn merged(session: &Session, three: Three) -> Result<Box<Merged>, Trouble> {
    let base = content(session, &three.application, three.base.as_ref()).await?;
    let published = session.client.content(&three.application, &three.published).await.map_err(|error| trouble(&error))?;
    let site = session.client.content(&three.application, &three.site).await.map_err(|error| trouble(&error))?;
    let drafts = Drafts::below(session.keyring.folder());
    let work = move || Merged {
        merge: merge(base.as_deref(), &published, &site),
        kept: drafts.read(three.key()).map_err(|error| error.to_string()),
    };
    let merged = tokio::task::spawn_blocking(work).await;
    merged.map(Box::new).map_err(|error| Trouble::Refused(format!("the contents can't be merged: {error}")))
}

/// Publishes the result, then sends it. The order says what was seen at the site, so that a newer change there stops it.
pub(super) async fn settle(session: &Session, job: SettleJob) -> Vec<Outcome> {
    let sha256 = ContentHash::of(&job.bytes);
    let order = Wish {
        application: job.three.application.clone(),
        patch: job.patch.clone(),
        site: job.site,
        version: job.version.clone(),
        act: Act::Put(sha256),
        expected: Some(job.three.site),
        seen: None,
        reason: None,
        shown: false,
    };
    let publication = PublishWish {
        application: job.three.application.clone(),
        patch: job.patch.clone(),
        content: Content::Bytes(job.bytes),
        versions: vec![(job.version.clone(), Some(job.three.published))],
        issue: job.issue,
    };
    let published = publish(session, publication).await;
    let words = |changed: bool| if changed { "published" } else { "was already current" }.to_owned();
    let is_published = published.is_ok();
    let mut outcomes = vec![Outcome {
        what: format!("{} for {}", job.patch, job.version),
        result: published.map(|published| words(published.changed)).map_err(|error| error.to_string()),
    }];
    if sha256 == job.three.site {
        return outcomes;
    }
    let what = format!("{} → {}", order.patch, order.site);
    if is_published {
        let given = send(session, &[order]).await;
        outcomes.extend(given.into_iter().map(|(_, given)| Outcome {
            what: what.clone(),
            result: given.map(|_| "the order is given".to_owned()).map_err(|error| error.to_string()),
        }));
    } else {
        outcomes.push(Outcome { what, result: Err("not sent, because it could not be published".to_owned()) });
    }
    outcomes
}

/// Writes a new file; one that is there is never written over.
pub(super) async fn save(path: String, bytes: Vec<u8>) -> Outcome {
    let what = Clean::line(&path).to_string();
    let result = tokio::task::spawn_blocking(move || {
        std::fs::File::create_new(expanded(&path)).and_then(|mut file| file.write_all(&bytes))
    });
    let result = match result.await {
        Ok(Ok(())) => Ok("saved".to_owned()),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err("there is a file already, which is left as it is: choose another name".to_owned())
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    Outcome { what, result }
}

/// `~/` as people write it; no shell reads this.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => Path::new(path).to_owned(),
    }
}
