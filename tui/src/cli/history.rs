//! `fieldpost history`: every revision of a patch, newest first.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{History, Origin, Revision};
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::text::{self, Clean};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patch
    patch: String,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    let index = names::patch(&table.grid, &args.patch)?;
    let history = session.client.history(&settings.name, &table.grid.patches[index].name).await?;
    talk.data(&history, || words(&history))?;
    Ok(exit::OK)
}

fn words(history: &History) -> String {
    let revisions = history.revisions.iter().map(revision);
    std::iter::once(history.patch.to_string()).chain(revisions).collect::<Vec<_>>().join("\n")
}

fn revision(revision: &Revision) -> String {
    let from = match &revision.origin {
        Origin::User(user) => format!("published first by {user}"),
        Origin::Site(site) => format!("filed out at {site}"),
    };
    let author = revision.author.as_deref().map_or("–".to_owned(), |author| Clean::line(author).cut(16));
    let changed = revision.changed_at.map_or("–".to_owned(), |when| when.to_string());
    let size = text::size(revision.size);
    let mut line = format!("  {}  {size}  {author}  {changed}  {from}, first seen {}", revision.sha256, revision.first_seen);
    if !revision.stored {
        line += "; its bytes are still on their way";
    }
    let versions = |versions: &[Version]| versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" ");
    for one in &revision.publications {
        line.extend([format!("\n      published for {} by {} at {}", versions(&one.versions), one.by, one.at)]);
    }
    if !revision.current_for.is_empty() {
        line.extend([format!("\n      current for {}", versions(&revision.current_for))]);
    }
    if !revision.at_sites.is_empty() {
        let sites = revision.at_sites.iter().map(SiteName::as_str).collect::<Vec<_>>().join(", ");
        line.extend([format!("\n      at {sites}")]);
    }
    line
}
