//! `fieldpost history`: every revision of a patch, newest first, with who changed it, when, and why fieldpost thinks so.

use super::failure::Failure;
use super::names;
use super::stamp_words as words;
use super::talk::Talk;
use crate::client::ClientError;
use crate::session::Session;
use fieldpost_common::api::{AllStamps, History, Origin, Revision};
use fieldpost_common::correction::Correction;
use fieldpost_common::exit;
use fieldpost_common::grid::Grid;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::problem::Code;
use fieldpost_common::text;
use serde_json::{Value, json};
use std::fmt::Display;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patch
    patch: String,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// List every stamp that was found in each revision
    #[arg(long)]
    stamps: bool,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    let history = history_of(session, &settings.name, &table.grid, &args.patch).await?;
    let mut stamps = Vec::new();
    if args.stamps {
        for revision in &history.revisions {
            stamps.push(session.client.stamps(&settings.name, &history.patch, &revision.sha256).await?);
        }
    }
    talk.data(&data(&history, &stamps), || words(&settings.name, &history, &stamps))?;
    Ok(exit::OK)
}

/// The history of a patch, also of one that is neither published nor at a site any more, by its whole name.
pub(crate) async fn history_of(session: &Session, app: &AppName, grid: &Grid, word: &str) -> Result<History, Failure> {
    let unknown = match names::patch(grid, word) {
        Ok(index) => return Ok(session.client.history(app, &grid.patches[index].name).await?),
        Err(unknown) => unknown,
    };
    let Ok(patch) = word.parse() else { return Err(unknown) };
    match session.client.history(app, &patch).await {
        Ok(history) => Ok(history),
        Err(ClientError::Problem(problem)) if problem.code == Code::NotFound => Err(unknown),
        Err(error) => Err(error.into()),
    }
}

/// The history, each revision with its stamps when they were asked for.
fn data(history: &History, stamps: &[AllStamps]) -> Value {
    let mut data = json!(history);
    if let Some(revisions) = data["revisions"].as_array_mut() {
        for (revision, all) in revisions.iter_mut().zip(stamps) {
            revision["stamps"] = json!(all.stamps);
        }
    }
    data
}

fn words(app: &AppName, history: &History, stamps: &[AllStamps]) -> String {
    let mut lines = vec![history.patch.to_string()];
    for (index, one) in history.revisions.iter().enumerate() {
        lines.push(revision(app, &history.patch, one));
        let found = stamps.get(index).into_iter().flat_map(|all| &all.stamps);
        lines.extend(found.map(|one| format!("      {}", words::found(one).replace('\n', "\n      "))));
        if stamps.get(index).is_some_and(|all| all.more) {
            lines.push("      … and more that are not kept".to_owned());
        }
    }
    lines.join("\n")
}

/// One revision, and below it what is known of it.
pub(crate) fn revision(app: &AppName, patch: &PatchName, revision: &Revision) -> String {
    let from = match &revision.origin {
        Origin::User(user) => format!("published first by {user}"),
        Origin::Site(site) => format!("filed out at {site}"),
    };
    let mut lines = vec![format!(
        "  {}  {}  {from}, first seen {}{}",
        revision.sha256,
        text::size(revision.size),
        revision.first_seen,
        if revision.stored { "" } else { "; its bytes are still on their way" }
    )];
    let mut notes = said(app, patch, revision);
    notes.extend(corrected(revision));
    let versions = |versions: &[Version]| versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" ");
    for one in &revision.publications {
        notes.push(format!("published for {} by {} at {}", versions(&one.versions), one.by, one.at));
    }
    if !revision.current_for.is_empty() {
        notes.push(format!("current for {}", versions(&revision.current_for)));
    }
    if !revision.at_sites.is_empty() {
        notes.push(format!("at {}", revision.at_sites.iter().map(SiteName::as_str).collect::<Vec<_>>().join(", ")));
    }
    lines.extend(notes.iter().map(|note| format!("      {note}")));
    lines.join("\n")
}

/// Who, when and why; then what is in doubt, and what else the format says.
fn said(app: &AppName, patch: &PatchName, revision: &Revision) -> Vec<String> {
    let info = revision.stamp.as_ref();
    let why = match (info, revision.stored) {
        (Some(info), _) => info.reason(),
        (None, true) => "no stamp in it is known to fieldpost".to_owned(),
        (None, false) => "not read yet".to_owned(),
    };
    let mut lines = vec![format!("{} — {why}", who(revision))];
    if let Some(at) = revision.filed_out_at {
        lines.push(format!("filed out {}", words::time(at, None)));
    }
    if let Some(issue) = &revision.issue {
        lines.push(format!("issue {issue}"));
    }
    let Some(info) = info else { return lines };
    let ambiguous = info.ambiguous && revision.corrections.changed_at.is_none();
    let settle = format!("`fieldpost app set {app} --date-order day-first` or `month-first` settles it for the application");
    let correct =
        format!(", or `fieldpost correct {patch} --app {app} --revision {} --time WHEN` for this one", revision.sha256.short());
    lines.extend(words::doubts(info, ambiguous, &settle, &correct));
    lines.extend(words::extras(info).into_iter().map(|(label, value)| format!("{label}: {value}")));
    if info.found > 1 {
        lines.push(format!("{}{} stamps found; --stamps lists them", info.found, if info.more { " or more" } else { "" }));
    }
    lines
}

/// Author and time that count.
pub(crate) fn who(revision: &Revision) -> String {
    let (author, person) = (revision.author.as_deref(), revision.person.as_deref());
    let read = revision.stamp.as_ref().filter(|info| info.changed_at == revision.changed_at);
    words::who_when(author, person, revision.changed_at, read.and_then(|info| info.precision))
}

/// What people said against what was read, with by whom and when.
pub(crate) fn corrected(revision: &Revision) -> Vec<String> {
    let info = revision.stamp.as_ref();
    let author = info.and_then(|info| info.author.as_deref()).map(words::clean);
    let time = info.and_then(|info| info.changed_at);
    let corrections = &revision.corrections;
    let lines = [
        corrections.author.as_ref().map(|one| correction("author", one.value.as_deref().map(words::clean), one, author)),
        corrections
            .changed_at
            .as_ref()
            .map(|one| correction("time", one.value.map(|at| words::time(at, None)), one, time.map(|at| words::time(at, None)))),
        corrections.issue.as_ref().map(|one| correction("issue", one.value.as_ref(), one, revision.issue_read.as_ref())),
    ];
    lines.into_iter().flatten().collect()
}

fn correction<T, V: Display>(field: &str, value: Option<V>, by: &Correction<T>, read: Option<V>) -> String {
    let or = |value: Option<V>| value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    format!("{field} corrected to {} by {} at {}; the file says {}", or(value), by.by, by.at, or(read))
}
