//! `fieldpost status`: how every site is, and what is wrong now.

use super::failure::Failure;
use super::incidents;
use super::talk::Talk;
use super::verdict::{ago, word};
use crate::session::Session;
use fieldpost_common::api::{Change, MailStatus, SiteStatus, Status};
use fieldpost_common::exit;
use fieldpost_common::grid::Feed;
use fieldpost_common::state::Severity;
use std::time::Duration;

/// Ages on the screen are never older than this.
const FRESH: Duration = Duration::from_secs(30);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Go on, and print it anew whenever it changes
    #[arg(long)]
    watch: bool,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    if args.watch {
        return watch(session, talk).await;
    }
    let status = session.client.status().await?;
    show(&status, talk)?;
    Ok(if status.worst == Severity::Ok { exit::OK } else { exit::DIFFERS })
}

fn show(status: &Status, talk: Talk) -> Result<(), Failure> {
    talk.data(status, || text(status, talk.colour()))
}

/// Until somebody ends it. What is the same as before is printed again only for people: its ages have changed.
async fn watch(session: &Session, talk: Talk) -> Result<u8, Failure> {
    let mut feed = Feed::default();
    loop {
        let status = session.client.status().await?;
        if talk.is_terminal() && !talk.json() {
            talk.raw(b"\x1b[H\x1b[2J")?;
        }
        show(&status, talk)?;
        feed = next(session, feed).await?;
    }
}

/// Waits for news about how sites are; the feed after it.
async fn next(session: &Session, mut feed: Feed) -> Result<Feed, Failure> {
    loop {
        let begins = feed == Feed::default();
        let changes = session.client.changes(&feed, FRESH).await?;
        let news = changes.reload || changes.changes.iter().any(|change| matches!(change, Change::Status | Change::Sites));
        let quiet = changes.changes.is_empty() && !changes.reload;
        feed = changes.feed;
        if !begins && (news || quiet) {
            return Ok(feed);
        }
    }
}

fn text(status: &Status, colour: bool) -> String {
    let wide = status.sites.iter().map(|site| site.site.as_str().len()).max().unwrap_or(0);
    let mut lines: Vec<_> = status.sites.iter().map(|one| site(one, wide, colour)).collect();
    if lines.is_empty() {
        lines.push("no sites yet: `fieldpost site add NAME --app APP=VERSION` makes one".to_owned());
    }
    if !status.incidents.is_empty() {
        lines.push(String::new());
        lines.extend(status.incidents.iter().map(|one| incidents::line(one, status.now, colour)));
    }
    lines.extend(mail(&status.mail));
    lines.join("\n")
}

fn site(site: &SiteStatus, wide: usize, colour: bool) -> String {
    let state = site.state_age_s.map_or("no state".to_owned(), |age| format!("state {}", ago(Some(age))));
    let maintenance = if site.maintenance { "  in maintenance" } else { "" };
    let verdict = word(site.verdict, colour);
    let pad =
        " ".repeat("✗ problem".chars().count() - format!("{} {}", site.verdict.sign(), site.verdict.word()).chars().count());
    format!("{:wide$}  {verdict}{pad}  seen {}, {state}{maintenance}", site.site, ago(site.last_seen_s))
}

fn mail(mail: &MailStatus) -> Option<String> {
    let trouble = mail.trouble.as_ref()?;
    Some(format!("\n{} mails wait: {trouble}", mail.waiting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::time::Timestamp;

    #[test]
    fn each_site_is_one_line_with_its_verdict_and_ages() {
        let site = |name: &str, verdict, state_age_s| SiteStatus {
            site: name.parse().expect("site"),
            verdict,
            words: None,
            last_seen_s: Some(3),
            state_age_s,
            maintenance: false,
        };
        let status = Status {
            worst: Severity::Problem,
            sites: vec![site("acme", Severity::Problem, Some(200)), site("borealis", Severity::Ok, None)],
            incidents: Vec::new(),
            maintenance: Vec::new(),
            mail: MailStatus { configured: true, waiting: 0, trouble: None },
            now: Timestamp::from_ms(0),
        };
        let expected = "acme      ✗ problem  seen now, state 3 min ago\nborealis  ✓ ok       seen now, no state";
        assert_eq!(text(&status, false), expected);
    }
}
