//! `fieldpost retrieve`: a site's content to look at, to save, or to make current.

use super::failure::Failure;
use super::talk::Talk;
use super::target::Replacing;
use super::{content, diff, names, publish};
use crate::output_file;
use crate::publish::{Content, PublishWish};
use crate::session::Session;
use fieldpost_common::api::{AppSettings, Published};
use fieldpost_common::cell::{Direction, Standing};
use fieldpost_common::exit;
use fieldpost_common::grid::Table;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::issue::{IssuePrefix, issue};
use fieldpost_common::sensitive::sensitive_content;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patch
    patch: String,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// The site
    #[arg(long, value_name = "SITE")]
    from: String,
    /// Sign that the site's content is the current one
    #[arg(long)]
    publish: bool,
    /// For these versions (`all`: all); else for the site's own
    #[arg(long = "version", value_delimiter = ',', value_name = "V,V|all", requires = "publish")]
    versions: Vec<String>,
    /// Publish it although it looks like a key, a token or a database
    #[arg(long, requires = "publish")]
    allow_secrets: bool,
    /// Save the content here; `-`: to standard output. Devices, pipes and links are written through
    #[arg(long, value_name = "FILE|-")]
    out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long, requires = "out")]
    force: bool,
    /// The published content that you saw and mean to replace, where it is newer or both sides changed
    #[arg(long, value_name = "SHA", requires = "publish")]
    replacing: Option<Replacing>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    let patch = names::patch(&table.grid, &args.patch)?;
    let site = names::site(&table.grid, &settings.name, &args.from)?;
    let cell = table.cell(patch, site, table.grid.now);
    let sha256 = at_site(&table, patch, site)?;
    let bytes = diff::bytes(session, &settings.name, &sha256).await?;
    if cell.standing == Standing::InSync {
        talk.say(&format!("{} at {} is the published content (in_sync)", table.grid.patches[patch].name, args.from));
    }
    let printed = args.out.as_deref() == Some(Path::new("-"));
    match &args.out {
        Some(_) if printed && talk.json() => return Err(Failure::usage("--out - prints the content itself: leave --json away")),
        Some(_) if printed => talk.raw(&bytes)?,
        Some(file) => output_file::write(file, &bytes, args.force).map_err(Failure::new)?,
        None => {}
    }
    let published = if args.publish {
        Some(make_current(&args, session, talk, (&settings, &table), (patch, site), &bytes).await?)
    } else {
        None
    };
    if !talk.json() && !args.publish && args.out.is_none() {
        let text = talk.is_terminal().then(|| content::shown(&bytes).to_string().into_bytes());
        talk.raw(&text.unwrap_or(bytes))?;
        return Ok(exit::OK);
    }
    let data = json!({
        "patch": table.grid.patches[patch].name, "site": table.grid.sites[site].name, "state": cell.word(),
        "sha256": sha256, "size": bytes.len(), "saved_to": args.out,
        "published": published.as_ref().map(|(done, versions)| json!({ "versions": versions, "changed": done.changed })),
    });
    if printed {
        talk.say(&words(&args, sha256, published.as_ref()));
        return Ok(exit::OK);
    }
    talk.data(&data, || words(&args, sha256, published.as_ref()))?;
    Ok(exit::OK)
}

fn words(args: &Args, sha256: ContentHash, published: Option<&(Published, Vec<Version>)>) -> String {
    let mut words = format!("{} from {}  {}", args.patch, args.from, sha256.short());
    if let Some((done, versions)) = published {
        let versions = versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" ");
        words.extend([format!("  {} for {versions}", if done.changed { "published" } else { "already current" })]);
    }
    if let Some(path) = args.out.as_ref().filter(|path| path.as_os_str() != "-") {
        words.extend([format!("  saved to {}", path.display())]);
    }
    words
}

fn at_site(table: &Table, patch: usize, site: usize) -> Result<ContentHash, Failure> {
    let (row, column) = (&table.grid.patches[patch], &table.grid.sites[site]);
    if let Some(why) = table.cell(patch, site, table.grid.now).obstacle() {
        let last = table.last_known(patch, site).map(|last| format!("\nwhat was known last is {}", last.short()));
        return Err(Failure::later(format!("{}: {why}{}", column.name, last.unwrap_or_default())));
    }
    table.has(patch, site).ok_or_else(|| Failure::new(format!("{} is not at {}", row.name, column.name)))
}

/// Signs that the site's content is current; what is newer or was changed on both sides needs to have been seen.
async fn make_current(
    args: &Args,
    session: &Session,
    talk: Talk,
    (settings, table): (&AppSettings, &Table),
    (patch, site): (usize, usize),
    bytes: &[u8],
) -> Result<(Published, Vec<Version>), Failure> {
    let (row, column) = (&table.grid.patches[patch], &table.grid.sites[site]);
    let versions = match args.versions.as_slice() {
        [] => vec![column.version.clone()],
        words => names::versions(settings, words)?,
    };
    if let Some(sensitive) = sensitive_content(bytes).filter(|_| !args.allow_secrets) {
        return Err(Failure::new(format!(
            "{} at {} looks like {sensitive}: it was not published\n--allow-secrets says that it is meant",
            row.name, column.name
        )));
    }
    let published = table.published(patch, site).and_then(|one| one.sha256);
    let backward = table.cell(patch, site, table.grid.now).retrieve() == Some(Direction::Backward);
    if !allowed(args, talk, row.name.as_str(), (published, backward && versions.contains(&column.version)))? {
        return Err(Failure::new("nothing was changed"));
    }
    let prefix = settings.issue_prefix.as_deref().map(IssuePrefix::new).transpose().map_err(Failure::new)?;
    let wish = PublishWish {
        application: settings.name.clone(),
        patch: row.name.clone(),
        content: Content::Stored { sha256: ContentHash::of(bytes), size: bytes.len() as u64 },
        versions: publish::current_now(&table.grid, &row.name, &versions),
        issue: row.issue.clone().or_else(|| issue(row.name.as_str(), bytes, prefix.as_ref())),
        takes_back: false,
        allow_secrets: args.allow_secrets,
    };
    Ok((crate::publish::publish(session, wish).await?, versions))
}

fn allowed(args: &Args, talk: Talk, patch: &str, (published, backward): (Option<ContentHash>, bool)) -> Result<bool, Failure> {
    let now = published.map_or("absent".to_owned(), |sha256| sha256.to_string());
    match &args.replacing {
        Some(replacing) if replacing.is(published) => Ok(true),
        Some(_) => Err(Failure::new(format!("{patch} changed since you looked: the published content is {now} now"))),
        None if !backward => Ok(true),
        None => {
            let question = format!(
                "{patch}: the published content is newer than what {} has, or both changed; replace {now} by the site's?",
                args.from
            );
            talk.confirm(&question, &format!("--replacing {now}"))
        }
    }
}
