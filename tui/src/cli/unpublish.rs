//! `fieldpost unpublish`: patches off the published table; purging them is left to `purge`.

mod purge;

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::session::Session;
use crate::withdraw::withdraw;
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::name::PatchName;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patches
    #[arg(required = true)]
    patches: Vec<String>,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// The versions, or `all`
    #[arg(
        long = "version",
        required_unless_present = "purge",
        conflicts_with = "purge",
        value_delimiter = ',',
        value_name = "V,V|all"
    )]
    versions: Vec<String>,
    /// Take the patch away for good, for all versions: contents, revisions, publications. Only where no site has it; takes an admin
    #[arg(long)]
    purge: bool,
    /// Only this revision
    #[arg(long, value_name = "SHA", requires = "purge")]
    revision: Option<String>,
    /// Why, for those who read the history
    #[arg(long, requires = "purge")]
    reason: Option<String>,
    /// Print what would be purged, and change nothing
    #[arg(long, requires = "purge")]
    dry_run: bool,
    /// Don't ask
    #[arg(long, requires = "purge")]
    yes: bool,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    if args.purge {
        return purge::run(&args, (&settings, &table.grid), session, talk).await;
    }
    let versions = names::versions(&settings, &args.versions)?;
    let rows = args.patches.iter().map(|word| names::patch(&table.grid, word)).collect::<Result<Vec<_>, _>>()?;
    let signer = session.signer().await?;
    let mut done = Vec::new();
    for row in rows {
        let row = &table.grid.patches[row];
        let is_current = |version: &&Version| row.published.iter().any(|one| one.version == **version && one.sha256.is_some());
        let versions: Vec<Version> = versions.iter().filter(is_current).cloned().collect();
        if !versions.is_empty() {
            withdraw(&signer, (&settings.name, &row.name), versions.clone(), false).await?;
        }
        done.push((row.name.clone(), versions));
    }
    let rows: Vec<_> = done.iter().map(|(patch, versions)| json!({ "patch": patch, "versions": versions })).collect();
    talk.data(&json!({ "unpublished": rows }), || {
        let line = |(patch, versions): &(PatchName, Vec<Version>)| match versions.as_slice() {
            [] => format!("{patch}: was not current there"),
            versions => {
                format!("{patch}: no longer current for {}", versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" "))
            }
        };
        done.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(exit::OK)
}
