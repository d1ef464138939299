//! `fieldpost diff`: two contents of a patch, chosen by site, by hash, or by what there is.

use super::content::{self, Side};
use super::failure::Failure;
use super::history::{corrected, who};
use super::names;
use super::stamp_words as words;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{History, Revision};
use fieldpost_common::cell::Unknown;
use fieldpost_common::encoding::decode;
use fieldpost_common::exit;
use fieldpost_common::grid::Table;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patch
    patch: String,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// What is published for this site's version, against what the site has
    #[arg(long, conflicts_with_all = ["from", "to"])]
    site: Option<String>,
    /// A revision, or `absent`
    #[arg(long, value_name = "SHA", requires = "to")]
    from: Option<String>,
    /// A revision, or `absent`
    #[arg(long, value_name = "SHA", requires = "from")]
    to: Option<String>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chosen {
    label: String,
    sha256: Option<ContentHash>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    let index = names::patch(&table.grid, &args.patch)?;
    let patch = &table.grid.patches[index].name;
    let history = session.client.history(&settings.name, patch).await?;
    let (from, to) = match (&args.site, &args.from, &args.to) {
        (Some(site), ..) => at_site(&table, index, names::site(&table.grid, &settings.name, site)?)?,
        (None, Some(from), Some(to)) => (named(&history, from)?, named(&history, to)?),
        _ => newest(&table, index, &history)?,
    };
    let (old, new) = (fetch(session, &settings.name, &from).await?, fetch(session, &settings.name, &to).await?);
    let sides = (Side { label: &from.label, bytes: old.as_deref() }, Side { label: &to.label, bytes: new.as_deref() });
    let binary = [&old, &new].into_iter().flatten().any(|bytes| content::is_binary(bytes));
    let data = json!({
        "patch": patch, "equal": from.sha256 == to.sha256, "binary": binary,
        "from": side_data(&history, &from, old.as_deref()),
        "to": side_data(&history, &to, new.as_deref()),
        "diff": content::difference(sides.0, sides.1, false),
    });
    if from.sha256 == to.sha256 {
        talk.data(&data, String::new)?;
        talk.say(&format!("{patch}: {} and {} are the same", from.label, to.label));
        return Ok(exit::OK);
    }
    talk.data(&data, || {
        let heads = [head('-', &history, &from, old.as_deref()), head('+', &history, &to, new.as_deref())];
        format!("{}\n{}", heads.join("\n"), content::difference(sides.0, sides.1, talk.colour()))
    })?;
    Ok(exit::DIFFERS)
}

fn revision<'a>(history: &'a History, chosen: &Chosen) -> Option<&'a Revision> {
    history.revisions.iter().find(|revision| Some(revision.sha256) == chosen.sha256)
}

fn side_data(history: &History, chosen: &Chosen, bytes: Option<&[u8]>) -> Value {
    let revision = revision(history, chosen);
    let encoding = bytes.filter(|bytes| !content::is_binary(bytes)).map(|bytes| decode(bytes).1);
    json!({
        "what": chosen.label, "sha256": chosen.sha256, "size": bytes.map(<[u8]>::len),
        "author": revision.and_then(|one| one.author.as_ref()), "changed_at": revision.and_then(|one| one.changed_at),
        "stamp": revision.and_then(|one| one.stamp.as_ref()),
        "encoding": encoding.map(|encoding| json!({ "name": encoding, "guess": encoding.is_guess() })),
    })
}

/// One side before the lines: who changed it, when and why that is known, and what else its format says.
fn head(sign: char, history: &History, chosen: &Chosen, bytes: Option<&[u8]>) -> String {
    let mut lines = vec![format!("{sign} {}", chosen.label)];
    if let Some(revision) = revision(history, chosen) {
        let why = revision.stamp.as_ref().map(|info| format!(" — {}", info.reason())).unwrap_or_default();
        lines.push(format!("    {}{why}", who(revision)));
        lines.extend(corrected(revision).into_iter().map(|line| format!("    {line}")));
        let extras = revision.stamp.iter().flat_map(words::extras);
        lines.extend(extras.map(|(label, value)| format!("    {label}: {value}")));
    }
    let text = bytes.filter(|bytes| !content::is_binary(bytes));
    lines.extend(text.and_then(|bytes| words::encoding(decode(bytes).1)).map(|words| format!("    {words}")));
    lines.join("\n")
}

fn at_site(table: &Table, patch: usize, site: usize) -> Result<(Chosen, Chosen), Failure> {
    let column = &table.grid.sites[site];
    let cell = table.cell(patch, site, table.grid.now);
    let at = match (cell.unknown, cell.obstacle()) {
        (None, _) | (_, None) => format!("at {}", column.name),
        (Some(Unknown::File(_)), Some(why)) => format!("at {}, as was known last ({why})", column.name),
        (Some(_), Some(why)) => return Err(Failure::later(format!("{}: {why}", column.name))),
    };
    let published = table.published(patch, site).and_then(|one| one.sha256);
    let has = table.has(patch, site);
    if published.is_none() && has.is_none() {
        let (patch, site) = (&table.grid.patches[patch].name, &column.name);
        return Err(Failure::new(format!("{patch} is neither at {site} nor published for {}, which runs there", column.version)));
    }
    let published = chosen(&format!("published for {}", column.version), published);
    Ok((published, chosen(&at, has)))
}

fn chosen(what: &str, sha256: Option<ContentHash>) -> Chosen {
    let label = sha256.map_or_else(|| format!("{what} (absent)"), |sha256| format!("{what} ({})", sha256.short()));
    Chosen { label, sha256 }
}

fn named(history: &History, word: &str) -> Result<Chosen, Failure> {
    if word == "absent" {
        return Ok(Chosen { label: "absent".to_owned(), sha256: None });
    }
    let known: Vec<ContentHash> = history.revisions.iter().map(|revision| revision.sha256).collect();
    Ok(chosen("revision", Some(names::content(word, &known)?)))
}

/// Without a choice: the contents that are current for two versions, else the newest revision and the one before.
fn newest(table: &Table, patch: usize, history: &History) -> Result<(Chosen, Chosen), Failure> {
    let current = table.grid.patches[patch].published.iter().filter_map(|one| Some((&one.version, one.sha256?)));
    let mut versions = current.collect::<Vec<_>>().into_iter();
    if let Some((first, one)) = versions.next()
        && let Some((second, other)) = versions.find(|(_, sha256)| *sha256 != one)
    {
        return Ok((
            chosen(&format!("published for {first}"), Some(one)),
            chosen(&format!("published for {second}"), Some(other)),
        ));
    }
    let mut revisions = history.revisions.iter().map(|revision| revision.sha256);
    let newest = revisions.next().ok_or_else(|| Failure::new(format!("{} has no revision yet", history.patch)))?;
    let before = revisions.next();
    Ok((chosen("before", before), chosen("newest", Some(newest))))
}

/// The bytes, checked against their hash.
async fn fetch(session: &Session, application: &AppName, chosen: &Chosen) -> Result<Option<Vec<u8>>, Failure> {
    let Some(sha256) = chosen.sha256 else { return Ok(None) };
    bytes(session, application, &sha256).await.map(Some)
}

/// The bytes of a content; ones that are still on their way home are told from unknown ones by the caller's choice of hash.
pub(crate) async fn bytes(session: &Session, application: &AppName, sha256: &ContentHash) -> Result<Vec<u8>, Failure> {
    session.client.content(application, sha256).await.map_err(|error| {
        if error.is_not_found() {
            Failure::later(format!(
                "the server doesn't have content {sha256} (yet): a site's file comes home with one of its next polls"
            ))
        } else {
            error.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::patches::tests::{content as sha, grid};
    use super::*;

    fn history() -> History {
        History { patch: "sql/V31.sql".parse().expect("name"), revisions: Vec::new() }
    }

    #[test]
    fn a_site_is_compared_with_what_is_published_for_its_own_version() {
        let table = Table::new(grid());
        let (from, to) = at_site(&table, 0, 1).expect("both");
        assert_eq!((from.sha256, to.sha256), (Some(sha("published")), Some(sha("changed at the site"))));
        let (from, to) = at_site(&table, 0, 2).expect("both");
        assert_eq!((from.sha256, to.sha256), (Some(sha("other")), Some(sha("other"))), "7.6 has its own content");
        assert!(at_site(&table, 2, 1).is_err(), "nowhere");
    }

    #[test]
    fn without_a_choice_two_versions_are_compared_when_they_differ() {
        let (from, to) = newest(&Table::new(grid()), 0, &history()).expect("both");
        assert_eq!((from.sha256, to.sha256), (Some(sha("published")), Some(sha("other"))));
        assert!(newest(&Table::new(grid()), 1, &history()).is_err());
    }
}
