//! `fieldpost correct`: says author, time or issue of a revision by hand. The file stays as it is.

use super::failure::Failure;
use super::history;
use super::names;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{Correct, History};
use fieldpost_common::correction::Field;
use fieldpost_common::exit;
use fieldpost_common::grid::Table;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::issue::Issue;
use fieldpost_common::stamp::When;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct Args {
    /// The patch
    patch: String,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// The revision; else the newest publication, or the newest revision of what was never published
    #[arg(long, value_name = "SHA")]
    revision: Option<String>,
    /// Who changed it
    #[arg(long, group = "what", value_name = "NAME")]
    author: Option<String>,
    /// When it was changed: 2011-04-08, '2011-04-08 13:02', '2011-04-08 13:02:33' or 2011-04-08T13:02:33+01:00
    #[arg(long, group = "what", value_name = "WHEN", value_parser = when)]
    time: Option<When>,
    /// Its tracker entry
    #[arg(long, group = "what", value_name = "ID")]
    issue: Option<Issue>,
    #[command(flatten)]
    nothing: Nothing,
    /// Take all corrections back but those given here
    #[arg(long, group = "what")]
    as_read: bool,
}

/// What is said not to be there, whatever the file says.
#[derive(Debug, clap::Args)]
struct Nothing {
    /// Nobody is named, whatever the file says
    #[arg(long, group = "what", conflicts_with = "author")]
    no_author: bool,
    /// There is no time, whatever the file says
    #[arg(long, group = "what", conflicts_with = "time")]
    no_time: bool,
    /// It has no tracker entry, whatever the file says
    #[arg(long, group = "what", conflicts_with = "issue")]
    no_issue: bool,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    let index = names::patch(&table.grid, &args.patch)?;
    let patch = table.grid.patches[index].name.clone();
    let history = session.client.history(&settings.name, &patch).await?;
    let sha256 = revision(args.revision.as_deref(), &table, index, &history)?;
    let correct = Correct {
        patch,
        sha256,
        author: said(args.author, args.nothing.no_author, args.as_read),
        changed_at: said(args.time, args.nothing.no_time, args.as_read),
        issue: said(args.issue, args.nothing.no_issue, args.as_read),
    };
    let revision = session.client.correct(&settings.name, &correct).await?;
    talk.data(&revision, || format!("{}\n{}", correct.patch, history::revision(&settings.name, &correct.patch, &revision)))?;
    Ok(exit::OK)
}

/// What the options say about one field; none: nothing.
fn said<T>(value: Option<T>, nothing: bool, as_read: bool) -> Option<Field<T>> {
    match value {
        Some(value) => Some(Field::Is(value)),
        None if nothing => Some(Field::Nothing),
        None => as_read.then_some(Field::AsRead),
    }
}

/// The revision that is meant.
pub(crate) fn revision(given: Option<&str>, table: &Table, patch: usize, history: &History) -> Result<ContentHash, Failure> {
    let known: Vec<ContentHash> = history.revisions.iter().map(|revision| revision.sha256).collect();
    match (given, table.grid.patches[patch].newest.or(known.first().copied())) {
        (Some(word), _) => names::content(word, &known),
        (None, Some(newest)) => Ok(newest),
        (None, None) => Err(Failure::new(format!("{} has no revision yet", history.patch))),
    }
}

/// A time as people write it, or as fieldpost does.
fn when(text: &str) -> Result<When, String> {
    let text = text.trim();
    let whole = text.replacen(' ', "T", 1);
    let whole = if whole.len() == "2011-04-08T13:02".len() { format!("{whole}:00") } else { whole };
    whole.parse().map_err(|_| format!("{text:?} is not a time like 2011-04-08, '2011-04-08 13:02' or 2011-04-08T13:02:33+01:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_be_a_day_a_minute_a_second_or_rfc_3339() {
        for (text, read) in [
            ("2011-04-08", "2011-04-08"),
            ("2011-04-08 13:02", "2011-04-08T13:02:00"),
            ("2011-04-08T13:02", "2011-04-08T13:02:00"),
            ("2011-04-08 13:02:33", "2011-04-08T13:02:33"),
            ("2011-04-08T13:02:33+01:00", "2011-04-08T13:02:33+01:00"),
            ("2011-04-08T13:02:33Z", "2011-04-08T13:02:33Z"),
        ] {
            assert_eq!(when(text).map(|when| when.to_string()).as_deref(), Ok(read));
        }
        assert!(when("8.4.2011").expect_err("no such form").contains("2011-04-08 13:02"));
    }

    #[test]
    fn as_read_takes_back_what_is_not_said_anew() {
        assert_eq!(said(Some(1), false, true), Some(Field::Is(1)));
        assert_eq!(said(None::<u8>, true, true), Some(Field::Nothing));
        assert_eq!(said(None::<u8>, false, true), Some(Field::AsRead));
        assert_eq!(said(None::<u8>, false, false), None);
    }
}
