//! `fieldpost errors`: what applications ran into at their sites, and what people say to it.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use super::verdict::ago;
use crate::session::Session;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use fieldpost_common::api::{ErrorGroup, ErrorSite, ErrorView, Errors, KeptWalkback, MarkError, Week};
use fieldpost_common::error_group::{ErrorGroupId, ErrorState};
use fieldpost_common::exit;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::text::{Clean, count, size};
use fieldpost_common::time::Timestamp;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Of which application; all, unless it is named
    #[arg(long, global = true)]
    app: Option<AppName>,
    /// Only those that happened at this site, with how often and when they did there
    #[arg(long)]
    site: Option<SiteName>,
    /// Only those that stand so: new, known, fixed, regressed, muted
    #[arg(long, value_name = "STATE", value_parser = state())]
    state: Option<ErrorState>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// Reads the words that stand in the list.
fn state() -> impl TypedValueParser<Value = ErrorState> {
    let of = |word: &str| ErrorState::ALL.into_iter().find(|state| state.word() == word).ok_or("there is no such state");
    PossibleValuesParser::new(ErrorState::ALL.map(ErrorState::word)).try_map(move |word| of(&word))
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Everything that is known of one: sites, weeks, what was installed before, walkbacks
    Show {
        /// Its number
        group: ErrorGroupId,
    },
    /// Say which patch fixes one; it is regressed when it comes back where that is installed
    Fixed {
        /// Its number
        group: ErrorGroupId,
        /// The patch
        #[arg(long, value_name = "PATCH")]
        by: String,
        /// The revision that was the first to fix it; what is published, unless it is named
        #[arg(long, value_name = "SHA256")]
        revision: Option<ContentHash>,
    },
    /// Say that somebody has looked at one; takes back that it is fixed
    Known {
        /// Its number
        group: ErrorGroupId,
    },
    /// Hear nothing of one any more
    Mute {
        /// Its number
        group: ErrorGroupId,
    },
    /// Hear of one again
    Unmute {
        /// Its number
        group: ErrorGroupId,
    },
    /// Name the tracker entry about one; none takes it away
    Link {
        /// Its number
        group: ErrorGroupId,
        /// The entry
        issue: Option<String>,
    },
    /// All of them as JSON lines, each with its sites and walkbacks
    Export,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (group, mark) = match args.verb {
        None => return list(&args, session, talk).await,
        Some(Verb::Export) => return export(&args, session, talk).await,
        Some(Verb::Show { group }) => {
            let view = session.client.error(group).await?;
            talk.data(&view, || page(&view, session.now()))?;
            return Ok(exit::OK);
        }
        Some(Verb::Fixed { group, by, revision }) => {
            let application = session.client.error(group).await?.group.application;
            let (_, table) = names::table(session, Some(&application)).await?;
            let index = names::patch(&table.grid, &by)?;
            (group, MarkError::Fixed { patch: table.grid.patches[index].name.clone(), revision })
        }
        Some(Verb::Known { group }) => (group, MarkError::Known),
        Some(Verb::Mute { group }) => (group, MarkError::Mute),
        Some(Verb::Unmute { group }) => (group, MarkError::Unmute),
        Some(Verb::Link { group, issue }) => (group, MarkError::Link { issue: issue.as_deref().map(Clean::line) }),
    };
    let group = session.client.error_mark(group, &mark).await?;
    talk.data(&group, || line(&group, session.now()))?;
    Ok(exit::OK)
}

/// The groups that are asked for.
async fn chosen(args: &Args, session: &Session) -> Result<Errors, Failure> {
    let app = args.app.as_ref();
    let mut all = match &args.site {
        Some(site) => session.client.errors_of(site, app).await?,
        None => session.client.errors(app).await?,
    };
    all.groups.retain(|group| args.state.is_none_or(|state| group.state == state));
    Ok(all)
}

async fn list(args: &Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let all = chosen(args, session).await?;
    let now = session.now();
    talk.data(&all, || {
        let mut lines: Vec<String> = all.groups.iter().map(|group| line(group, now)).collect();
        lines.extend(all.dropped.iter().map(|lost| {
            format!(
                "{} could not keep {} of {}",
                lost.site,
                count(usize::try_from(lost.count).unwrap_or(usize::MAX), "walkback"),
                lost.application
            )
        }));
        if all.kept.is_tight() {
            lines.push(format!(
                "texts take {} of {}: beyond that only the first and the newest of each error are kept",
                size(all.kept.bytes),
                size(all.kept.quota)
            ));
        }
        lines.join("\n")
    })?;
    Ok(exit::OK)
}

async fn export(args: &Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    for group in chosen(args, session).await?.groups {
        let view = session.client.error(group.id).await?;
        let mut line = serde_json::to_vec(&view).map_err(|error| Failure::new(format!("JSON: {error}")))?;
        line.push(b'\n');
        talk.raw(&line)?;
    }
    Ok(exit::OK)
}

/// One error on one line; where a site was named, as it is there.
fn line(group: &ErrorGroup, now: Timestamp) -> String {
    let sites = match group.sites.as_slice() {
        [one] => one.to_string(),
        several if group.at_site.is_some() => format!("there, {} everywhere", count(several.len(), "site")),
        several => count(several.len(), "site"),
    };
    let (number, last) = group.at_site.map_or((group.count, group.last_seen), |there| (there.count, there.last_seen));
    let fix = group.fixed_by.as_ref().map(|patch| format!("  fixed by {patch}")).unwrap_or_default();
    let issue = group.issue.as_ref().map(|issue| format!("  {issue}")).unwrap_or_default();
    let seen = ago(Some(last.age(now).as_secs()));
    format!(
        "{:>5}  {:<9} {:>6}×  {}  {}, {seen}  {}{fix}{issue}",
        group.id,
        group.state,
        number,
        bars(&group.weeks, now, WEEKS),
        sites,
        what(group)
    )
}

/// What it is, in few words.
fn what(group: &ErrorGroup) -> String {
    let class = group.exception.as_ref().or(group.message.as_ref());
    let place = group.top_frame.as_ref().map(|place| format!(" in {}", place.cut(60))).unwrap_or_default();
    format!("{}{place}", class.map_or_else(|| "an error".to_owned(), |class| class.cut(60)))
}

/// How many weeks a bar row shows.
const WEEKS: usize = 8;

/// One sign for each of the last weeks, higher for more; the newest at the right.
fn bars(weeks: &[Week], now: Timestamp, show: usize) -> String {
    const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let this = fieldpost_common::error_group::week_of(now);
    let most = weeks.iter().map(|week| week.count).max().unwrap_or(0).max(1);
    let of = |back: usize| {
        let start = this - 7 * i64::try_from(back).unwrap_or(i64::MAX / 7);
        let found = weeks.iter().find(|week| week.week == fieldpost_common::error_group::week_start(start));
        found.map_or(0, |week| week.count)
    };
    let sign = |count: u64| if count == 0 { '·' } else { SIGNS[usize::try_from(count * 7 / most).unwrap_or(7).min(7)] };
    (0..show).rev().map(|back| sign(of(back))).collect()
}

fn page(view: &ErrorView, now: Timestamp) -> String {
    let group = &view.group;
    let mut lines = vec![line(group, now)];
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("{name:<12}{value}"));
        }
    };
    fact("application", Some(group.application.to_string()));
    fact("dialect", Some(group.dialect.to_string()));
    fact("class", group.exception.as_ref().map(Clean::to_string));
    fact("message", group.message.as_ref().map(Clean::to_string));
    fact("in", group.top_frame.as_ref().map(Clean::to_string));
    fact("first seen", Some(group.first_seen.to_string()));
    fact("last seen", Some(group.last_seen.to_string()));
    fact("mailed", (group.mailed > 0).then(|| format!("{} of {} by the application itself", group.mailed, group.count)));
    fact("fixed by", view.stands.fix().map(|fix| format!("{} {}, says {}", fix.patch, fix.revision.short(), fix.by)));
    let (kept, all) = (count(view.walkbacks.len(), "text"), view.kept);
    fact("kept", Some(format!("{kept}; those of all errors take {} of {}", size(all.bytes), size(all.quota))));
    let back: Vec<_> = group.regressed_at.iter().map(ToString::to_string).collect();
    fact("back at", (!back.is_empty()).then(|| back.join(", ")));
    lines.push(String::new());
    lines.extend(view.at_sites.iter().flat_map(site));
    for walkback in &view.walkbacks {
        lines.push(String::new());
        lines.extend(text(walkback));
    }
    lines.join("\n")
}

fn site(site: &ErrorSite) -> Vec<String> {
    let versions: Vec<_> = site.versions.iter().map(ToString::to_string).collect();
    let fix = site.has_fix_since.map(|since| format!(", has the fix since {since}")).unwrap_or_default();
    let head =
        format!("{:<12}{}× in {}, {} to {}{fix}", site.site, site.count, versions.join(", "), site.first_seen, site.last_seen);
    let suspects = site.suspects.iter().map(|suspect| {
        let what = if suspect.revision.is_some() { "installed" } else { "removed" };
        format!("{:<12}before: {} {what} {}, sent by {}", "", suspect.patch, suspect.confirmed, suspect.by)
    });
    std::iter::once(head).chain(suspects).collect()
}

fn text(walkback: &KeptWalkback) -> Vec<String> {
    let mailed = if walkback.mailed { ", mailed by the application itself" } else { "" };
    let head = format!("── {} {} {} {}{mailed}", walkback.site, walkback.version, walkback.at, walkback.file);
    std::iter::once(head).chain(Clean::lines(&walkback.text).as_str().lines().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_row_ends_with_this_week_and_shows_none_as_a_dot() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().expect("a time");
        let week = |day: &str, count| Week { week: format!("{day}T00:00:00Z").parse().expect("a time"), count };
        let weeks = [week("2026-11-02", 70), week("2026-11-09", 30), week("2026-11-23", 1)];
        assert_eq!(bars(&weeks, now, 5), "·█▄·▁");
    }
}
