//! `fieldpost patches`: the grid as JSON rows or as text.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::cell::{Cell, Standing, Unknown};
use fieldpost_common::exit;
use fieldpost_common::grid::{GridPatch, Table};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::stamp::When;
use fieldpost_common::text::{self, Clean};
use fieldpost_common::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The application; all of them without
    #[arg(long = "app")]
    application: Option<AppName>,
    /// Only sites and publications of this version
    #[arg(long)]
    version: Option<String>,
    /// Only patches whose name, issue or author has this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

/// A row as scripts see it. Field names are stable.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<AppName>,
    name: String,
    issue: Option<Issue>,
    author: Option<Clean>,
    changed_at: Option<When>,
    filed_out_at: Option<When>,
    sha256: Option<ContentHash>,
    current: BTreeMap<Version, ContentHash>,
    cells: BTreeMap<SiteName, CellRow>,
}

/// A cell as scripts see it.
#[derive(Debug, Serialize)]
pub(crate) struct CellRow {
    state: &'static str,
    reason: Option<String>,
    age_s: Option<u64>,
    /// Why nothing can be said of the site's file, in one word, since when, and what it was when something last could be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<UnknownRow>,
}

/// What is known of a cell of which nothing can be said.
#[derive(Debug, Serialize)]
pub(crate) struct UnknownRow {
    why: Unknown,
    since: Option<Timestamp>,
    last_known: Option<ContentHash>,
}

/// All of it.
#[derive(Serialize)]
struct Rows {
    patches: Vec<Row>,
}

/// What is looked at.
#[derive(Debug, Default)]
pub(crate) struct View {
    version: Option<Version>,
    filter: Option<String>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let apps = match &args.application {
        Some(application) => vec![names::application(session, Some(application)).await?],
        None => session.client.apps().await?,
    };
    let (mut rows, mut texts) = (Vec::new(), Vec::new());
    for settings in apps {
        let version = args.version.iter().map(|word| names::versions(&settings, std::slice::from_ref(word))).next();
        let version = match (version.transpose(), &args.application) {
            (Ok(version), _) => version.map(|mut versions| versions.remove(0)),
            (Err(_), None) => continue,
            (Err(failure), Some(_)) => return Err(failure),
        };
        let view = View { version, filter: args.filter.as_ref().map(|text| text.to_lowercase()) };
        let table = Table::new(session.client.grid(&settings.name).await?);
        let name = args.application.is_none().then_some(&settings.name);
        rows.extend(self::rows(&table, &view, name));
        texts.push(text(&table, &view, &settings.name, talk.colour()));
    }
    talk.data(&Rows { patches: rows }, || match texts.as_slice() {
        [] => "no application yet: `fieldpost app add NAME --versions V,V`".to_owned(),
        texts => texts.join("\n\n"),
    })?;
    Ok(exit::OK)
}

impl View {
    fn shows(&self, patch: &GridPatch) -> bool {
        let Some(wanted) = &self.filter else { return true };
        let issue = patch.issue.as_ref().map(Issue::as_str);
        [Some(patch.name.as_str()), issue, patch.author.as_deref()]
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(wanted))
    }

    fn sites(&self, table: &Table) -> Vec<usize> {
        let shown = |site: &usize| self.version.as_ref().is_none_or(|version| table.grid.sites[*site].version == *version);
        (0..table.grid.sites.len()).filter(shown).collect()
    }

    fn patches(&self, table: &Table) -> Vec<usize> {
        (0..table.grid.patches.len()).filter(|patch| self.shows(&table.grid.patches[*patch])).collect()
    }

    fn current(&self, patch: &GridPatch) -> BTreeMap<Version, ContentHash> {
        let shown = |version: &Version| self.version.as_ref().is_none_or(|wanted| wanted == version);
        let current = patch.published.iter().filter(|one| shown(&one.version));
        current.filter_map(|one| Some((one.version.clone(), one.sha256?))).collect()
    }
}

/// The grid for scripts.
pub(crate) fn rows(table: &Table, view: &View, application: Option<&AppName>) -> Vec<Row> {
    let sites = view.sites(table);
    let cell = |patch, site: usize| {
        let cell = table.cell(patch, site, table.grid.now);
        let age_s = cell.age.map(|age| age.as_secs());
        let last_known = || table.last_known(patch, site);
        let unknown = cell.unknown.map(|why| UnknownRow { why, since: cell.unknown_since, last_known: last_known() });
        let reason = cell.reason();
        (table.grid.sites[site].name.clone(), CellRow { state: cell.word(), reason, age_s, unknown })
    };
    let row = |index: usize| {
        let patch = &table.grid.patches[index];
        Row {
            application: application.cloned(),
            name: patch.name.to_string(),
            issue: patch.issue.clone(),
            author: patch.author.as_deref().map(Clean::line),
            changed_at: patch.changed_at,
            filed_out_at: patch.filed_out_at,
            sha256: patch.newest,
            current: view.current(patch),
            cells: sites.iter().map(|site| cell(index, *site)).collect(),
        }
    };
    view.patches(table).into_iter().map(row).collect()
}

/// The grid for people.
pub(crate) fn text(table: &Table, view: &View, application: &AppName, colour: bool) -> String {
    let sites = view.sites(table);
    let mut lines = vec![vec!["Patch", "Issue", "By", "Changed", "Current"].into_iter().map(plain).collect::<Vec<_>>()];
    for site in &sites {
        let site = &table.grid.sites[*site];
        let silent = table.grid.is_silent(site, table.grid.now);
        let since = site.last_seen.map_or("never".to_owned(), |seen| text::age(seen.age(table.grid.now)));
        lines[0].push(plain(&if silent { format!("{} {since}", site.name) } else { site.name.to_string() }));
    }
    for index in view.patches(table) {
        let mut line = facts(&table.grid.patches[index], view);
        line.extend(sites.iter().map(|site| mark(&table.cell(index, *site, table.grid.now))));
        lines.push(line);
    }
    let head = format!("{application}: {}, {}", text::count(lines.len() - 1, "patch"), text::count(sites.len(), "site"));
    format!("{head}\n{}", columns(&lines, colour))
}

/// What stands in a column, and whether it needs a person.
type Shown = (String, Tone);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Faint,
    Act,
    Alarm,
}

fn plain(text: &str) -> Shown {
    (text.to_owned(), Tone::Plain)
}

fn facts(patch: &GridPatch, view: &View) -> Vec<Shown> {
    let or_dash = |text: Option<String>| plain(&text.unwrap_or_else(|| "–".to_owned()));
    let changed = patch.changed_at.map(|when| when.to_string().replace('T', " ").chars().take(16).collect());
    vec![
        plain(patch.name.as_str()),
        or_dash(patch.issue.as_ref().map(ToString::to_string)),
        or_dash(patch.author.as_deref().map(|author| Clean::line(author).cut(12))),
        or_dash(changed),
        or_dash(current(&view.current(patch))),
    ]
}

/// `7.7 7.6` for one content, `7.7≠7.6` for two; the newest version first.
fn current(current: &BTreeMap<Version, ContentHash>) -> Option<String> {
    let mut words = String::new();
    let mut last = None;
    for (version, sha256) in current.iter().rev() {
        if let Some(last) = last {
            words.push(if last == sha256 { ' ' } else { '≠' });
        }
        words += version.as_str();
        last = Some(sha256);
    }
    last.map(|_| words)
}

fn mark(cell: &Cell) -> Shown {
    let mark = match (cell.word(), cell.standing) {
        ("sending" | "blocked", _) => cell.mark(),
        (_, Standing::SendUpdate) => ">",
        (_, Standing::Retrieve) => "<",
        _ => cell.mark(),
    };
    let tone = match mark {
        _ if cell.is_stale => Tone::Faint,
        "!" | "≠" | "?" => Tone::Alarm,
        "+" | ">" | "<" | "*" | "-" => Tone::Act,
        _ => Tone::Plain,
    };
    (mark.to_owned(), tone)
}

fn columns(lines: &[Vec<Shown>], colour: bool) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].0.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let line = |line: &Vec<Shown>| {
        let mut out = String::new();
        for ((text, tone), width) in line.iter().zip(&widths) {
            out += &paint(text, *tone, colour);
            out += &" ".repeat(width + 2 - text.width());
        }
        out.trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn paint(text: &str, tone: Tone, colour: bool) -> String {
    let code = match tone {
        Tone::Plain => return text.to_owned(),
        _ if !colour => return text.to_owned(),
        Tone::Faint => "2",
        Tone::Act => "1;32",
        Tone::Alarm => "1;31",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

#[cfg(test)]
pub(crate) mod tests;
