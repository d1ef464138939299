//! `fieldpost publish`: files and trees in, counted and asked about, one result for each.

mod gather;
mod plan;

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::publish::{Content, PublishWish, publish_with};
use crate::session::{Session, Signer};
use fieldpost_common::api::{AppSettings, Published};
use fieldpost_common::exit;
use fieldpost_common::grid::Grid;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use fieldpost_common::text;
use fieldpost_common::wire::MAX_CONTENT;
use futures_util::StreamExt as _;
use gather::{Found, Gathered, gather};
use plan::Plan;
use serde_json::json;
use std::path::{Path, PathBuf};

/// How many files travel at once.
const AT_ONCE: usize = 8;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders whose whole trees are taken with their relative names
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// The versions for which they are current, or `all`
    #[arg(long = "version", required = true, value_delimiter = ',', value_name = "V,V|all")]
    versions: Vec<String>,
    /// The patch's name, for a single file; else the file's own
    #[arg(long)]
    name: Option<String>,
    /// The tracker entry; else out of name or content
    #[arg(long)]
    issue: Option<Issue>,
    /// Take what is hidden (`.name`) out of folders too
    #[arg(long)]
    hidden: bool,
    /// Publish a file that is named here although it looks like a key, a token or a database
    #[arg(long)]
    allow_secrets: bool,
    #[command(flatten)]
    asking: Asking,
}

/// How a person is asked before something is done.
#[derive(Debug, clap::Args)]
pub(crate) struct Asking {
    /// Print what would be done, one by one, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Don't ask
    #[arg(long)]
    pub(crate) yes: bool,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let settings = names::application(session, args.application.as_ref()).await?;
    let versions = names::versions(&settings, &args.versions)?;
    let hints = settings.hints(session.now()).map_err(Failure::new)?;
    let gathered = gather(&args, &hints)?;
    let grid = session.client.grid(&settings.name).await?;
    let plan = Plan::new(&grid, &versions, &gathered);
    if args.asking.dry_run {
        return plan.report(talk);
    }
    // One file that is named is what its name says; a tree may hold anything.
    let several = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
    if several {
        plan.tell(talk);
        if plan.changes() > 0 && !args.asking.yes && !talk.confirm(&plan.question(), "--yes")? {
            return Err(Failure::new("nothing was changed"));
        }
    }
    let signer = session.signer().await?;
    let job = Job {
        signer: &signer,
        settings: &settings,
        versions: &versions,
        grid: &grid,
        issue: args.issue.as_ref(),
        allow_secrets: args.allow_secrets,
    };
    let done: Vec<_> = futures_util::stream::iter(&gathered.files).map(|file| job.one(file)).buffered(AT_ONCE).collect().await;
    report(&gathered, &done, &versions, talk)
}

fn report(gathered: &Gathered, done: &[Result<Published, Failure>], versions: &[Version], talk: Talk) -> Result<u8, Failure> {
    let row = |(file, done): (&Found, &Result<Published, Failure>)| match done {
        Ok(done) => json!({
            "patch": done.patch, "file": file.path, "sha256": done.sha256, "author": done.author, "changed_at": done.changed_at,
            "issue": done.issue, "changed": done.changed, "error": null,
        }),
        Err(failure) => json!({ "patch": file.name.as_ref().ok(), "file": file.path, "error": failure.words }),
    };
    let rows: Vec<_> = gathered.files.iter().zip(done).map(row).collect();
    talk.data(&json!({ "published": rows, "left_out": gathered.left_out }), || {
        let versions = versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" ");
        let line = |done: &Published| {
            let what = if done.changed { "published" } else { "already current" };
            let by =
                done.author.as_deref().map(|author| format!("  by {}", text::Clean::line(author).as_str())).unwrap_or_default();
            format!("{}  {}  {what} for {versions}{by}", done.patch, done.sha256.short())
        };
        done.iter().filter_map(|done| done.as_ref().ok()).map(line).collect::<Vec<_>>().join("\n")
    })?;
    let mut code = exit::OK;
    for failure in done.iter().filter_map(|done| done.as_ref().err()) {
        talk.fail(failure);
        code = if code == exit::OK { failure.code } else { code };
    }
    Ok(code)
}

/// What is the same for all files.
struct Job<'a> {
    signer: &'a Signer,
    settings: &'a AppSettings,
    versions: &'a [Version],
    grid: &'a Grid,
    issue: Option<&'a Issue>,
    allow_secrets: bool,
}

impl Job<'_> {
    async fn one(&self, file: &Found) -> Result<Published, Failure> {
        let patch = file.name.clone()?;
        let seen = file.content.as_ref().map_err(Clone::clone)?;
        let bytes = read(&file.path)?;
        if ContentHash::of(&bytes) != seen.sha256 {
            return Err(Failure::new(format!("{} changed while it was being published: look at it again", file.path.display())));
        }
        let wish = PublishWish {
            application: self.settings.name.clone(),
            versions: current_now(self.grid, &patch, self.versions),
            patch,
            content: Content::Bytes(bytes),
            // What name or content say is read by the server; a person's word is signed.
            issue: self.issue.cloned(),
            takes_back: false,
            allow_secrets: self.allow_secrets,
        };
        let published = publish_with(self.signer, wish).await;
        published.map_err(|error| Failure { code: error.exit_code(), words: format!("{}: {error}", file.path.display()) })
    }
}

/// Versions, each with what is current now.
pub(crate) fn current_now(grid: &Grid, patch: &PatchName, versions: &[Version]) -> Vec<(Version, Option<ContentHash>)> {
    let row = grid.patches.iter().find(|row| row.name == *patch);
    let current = |version: &Version| row?.published.iter().find(|one| one.version == *version)?.sha256;
    versions.iter().map(|version| (version.clone(), current(version))).collect()
}

/// A file that may be a patch.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, &error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(Failure::new(format!("{}: not a file", path.display())));
    }
    if metadata.len() > MAX_CONTENT {
        let (size, limit) = (text::size(metadata.len()), text::size(MAX_CONTENT));
        return Err(Failure::new(format!("{} is too large: {size}, and a patch may have {limit}", path.display())));
    }
    std::fs::read(path).map_err(failed)
}
