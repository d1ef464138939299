//! `fieldpost unpublish --purge`: what becomes of a patch's contents when they are taken away for good, asked before it is signed.

use super::Args;
use crate::cli::failure::Failure;
use crate::cli::talk::Talk;
use crate::cli::{history, names};
use crate::client::ClientError;
use crate::session::Session;
use fieldpost_common::api::{AppSettings, History, PurgeRequest, Purged, Revision};
use fieldpost_common::exit;
use fieldpost_common::grid::Grid;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::purge::Purge;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::text::{count, size};
use serde_json::{Value, json};

/// Where purged contents may still lie.
const REMAINS: &str = "backups made before still hold them, and so may the state folders of agents that had them; a server that is restored \
                       from one purges them again once this app asks it for something";

/// One patch, and what of it goes.
struct Lost {
    history: History,
    contents: Vec<ContentHash>,
}

pub(super) async fn run(
    args: &Args,
    (settings, grid): (&AppSettings, &Grid),
    session: &Session,
    talk: Talk,
) -> Result<u8, Failure> {
    let mut all = Vec::new();
    for word in &args.patches {
        let history = history::history_of(session, &settings.name, grid, word).await?;
        let known: Vec<_> = history.revisions.iter().map(|revision| revision.sha256).collect();
        let contents = match &args.revision {
            None => known,
            Some(_) if args.patches.len() > 1 => return Err(Failure::usage("--revision goes with a single patch")),
            Some(word) => vec![names::content(word, &known)?],
        };
        all.push(Lost { history, contents });
    }
    if args.dry_run {
        talk.data(&json!({ "dry_run": true, "purge": all.iter().map(Lost::row).collect::<Vec<_>>() }), || lines(&all))?;
        return Ok(exit::OK);
    }
    if !args.yes {
        talk.say(&lines(&all));
        let revisions = all.iter().map(|lost| lost.contents.len()).sum();
        let question = format!("purge {} for good? It can't be undone; {REMAINS}", count(revisions, "revision"));
        if !talk.confirm(&question, "--yes")? {
            return Err(Failure::new("nothing was changed"));
        }
    }
    let signer = session.signer().await?;
    let mut done = Vec::new();
    for lost in all {
        let purge = Purge {
            form: Form::default(),
            application: settings.name.clone(),
            patch: lost.history.patch.clone(),
            contents: lost.contents,
            created: session.now(),
            key: signer.key.public().id(),
            reason: args.reason.clone(),
        };
        done.push(send_purge(session, &purge, PurgeRequest { purge: purge.sign(&signer.key) }).await?);
    }
    talk.data(&json!({ "purged": done }), || done.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    talk.say(REMAINS);
    Ok(exit::OK)
}

/// Has it carried out. It is kept for a server that is restored from a backup and has the contents again: before the server takes it, so that
/// a lost answer loses nothing. That it can't be kept holds nothing up.
async fn send_purge(session: &Session, purge: &Purge, request: PurgeRequest) -> Result<Purged, ClientError> {
    drop(session.keyring.keep_purge(&request.purge, purge));
    let mut done = session.client.purge(&request).await;
    if done.as_ref().is_err_and(ClientError::is_unknown) {
        // The server takes both for the same one.
        done = session.client.purge(&request).await;
    }
    if done.as_ref().is_err_and(|error| !error.is_unknown()) {
        drop(session.keyring.forget_purge(&request.purge, purge));
    }
    done
}

fn line(done: &Purged) -> String {
    let kept = match done.kept.len() {
        0 => String::new(),
        kept => format!("; the bytes of {kept} stay, because another patch has the same"),
    };
    format!("{}: {} purged{kept}", done.patch, count(done.revisions, "revision"))
}

fn lines(all: &[Lost]) -> String {
    all.iter().map(Lost::line).collect::<Vec<_>>().join("\n")
}

impl Lost {
    fn revisions(&self) -> impl Iterator<Item = &Revision> {
        self.history.revisions.iter().filter(|revision| self.contents.contains(&revision.sha256))
    }

    /// What is lost, in words.
    fn line(&self) -> String {
        let bytes = self.revisions().map(|revision| revision.size).sum();
        let publications = self.revisions().map(|revision| revision.publications.len()).sum();
        let current: Vec<_> = self.revisions().flat_map(|revision| &revision.current_for).map(ToString::to_string).collect();
        let current = if current.is_empty() { String::new() } else { format!(", current for {}", current.join(" ")) };
        format!(
            "  {}: {} ({}), {}{current}",
            self.history.patch,
            count(self.contents.len(), "revision"),
            size(bytes),
            count(publications, "publication"),
        )
    }

    fn row(&self) -> Value {
        json!({ "patch": self.history.patch, "contents": self.contents })
    }
}
