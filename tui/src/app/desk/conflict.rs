//! What the conflict screen asks for: three contents merged, decisions kept, the result written to a file. Publishing
//! and sending it is work like any other.

use super::{content, trouble};
use crate::app::office::{Draft, Merged, Outcome, Three, Trouble};
use crate::drafts::Drafts;
use crate::output_file::{self, OutputError};
use crate::session::Session;
use fieldpost_common::destination::Refused;
use fieldpost_common::merge::merge;
use fieldpost_common::text::Clean;
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

/// Writes a new file; one that is there is never written over.
pub(super) async fn save(path: String, bytes: Vec<u8>) -> Outcome {
    let what = Clean::line(&path).to_string();
    let result = tokio::task::spawn_blocking(move || output_file::write(&expanded(&path), &bytes, false));
    let result = match result.await {
        Ok(Ok(())) => Ok("saved".to_owned()),
        Ok(Err(OutputError::Refused { why: Refused::FileThere, .. })) => {
            Err("there is a file already, which is left as it is: choose another name".to_owned())
        }
        Ok(Err(OutputError::Refused { why, .. })) => Err(why.to_string()),
        Ok(Err(OutputError::Io { error, .. })) => Err(error.to_string()),
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
