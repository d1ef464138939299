//! `fieldpost status`: how every site is, and what is wrong now.

use super::failure::Failure;
use super::incidents;
use super::talk::Talk;
use super::verdict::{ago, lasting, painted, painted_verdict};
use crate::client::ClientError;
use crate::session::Session;
use fieldpost_common::api::{Change, Drift, MailStatus, SiteStatus, Status, Verdict};
use fieldpost_common::exit;
use fieldpost_common::grid::Feed;
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use fieldpost_common::time::{Timestamp, minute};
use serde_json::{Value, json};
use std::time::Duration;

/// Ages on the screen are never older than this.
const FRESH: Duration = Duration::from_secs(30);

/// How long a wall screen waits before it asks a server again that could not be reached.
const AGAIN: Duration = Duration::from_secs(3);
/// As wide as the longest verdict with its sign.
const VERDICT: usize = "? never seen".len();
/// A terminal that doesn't say how many rows it has.
const ROWS: usize = 24;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Go on, and print it anew whenever it changes; for a wall screen, or with --json one line for each change
    #[arg(long)]
    watch: bool,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    if args.watch {
        return watch(session, talk).await;
    }
    let status = session.client.status().await?;
    talk.data(&flat(&status), || text(&status, talk.colour()))?;
    // Unknown is not well: a site that can't be seen is a difference too.
    Ok(if status.worst == Verdict::Ok { exit::OK } else { exit::DIFFERS })
}

/// As scripts read it.
fn flat(status: &Status) -> Value {
    json!({
        "worst": status.worst,
        "sites": status.sites,
        "incidents": status.incidents.iter().map(incidents::flat).collect::<Vec<_>>(),
        "maintenance": status.maintenance,
        "drift": status.drift,
        "mail": status.mail,
        "restored": status.restored,
        "now": status.now,
    })
}

/// Until somebody ends it, also while the server can't be reached: a wall screen is not started again by hand.
async fn watch(session: &Session, talk: Talk) -> Result<u8, Failure> {
    let mut feed = Feed::default();
    let (mut known, mut lost): (Option<Status>, Option<Timestamp>) = (None, None);
    loop {
        match session.client.status().await {
            Ok(status) => {
                show(&status, known.as_ref(), talk)?;
                known = Some(status);
                lost = None;
            }
            Err(error) if known.is_some() && is_away(&error) => {
                let since = *lost.get_or_insert(session.now());
                gone(known.as_ref(), since, session.now(), talk)?;
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        match next(session, feed.clone()).await {
            Ok(next) => feed = next,
            Err(error) if is_away(&error) => tokio::time::sleep(AGAIN).await,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether the server may be there again later: it can't be reached, or a proxy answers in its place.
fn is_away(error: &ClientError) -> bool {
    matches!(error, ClientError::Unreachable { .. } | ClientError::NotOurs { .. })
}

/// A terminal shows it whole each time, because ages have changed; a program reads it only when something else has.
fn show(status: &Status, known: Option<&Status>, talk: Talk) -> Result<(), Failure> {
    if talk.is_terminal() && !talk.json() {
        return screen(&wall(status, rows(), talk.colour()), talk);
    }
    if known.is_some_and(|known| ageless(known) == ageless(status)) {
        return Ok(());
    }
    let line = if talk.json() { flat(status).to_string() } else { text(status, false) };
    talk.raw(format!("{line}\n").as_bytes())
}

/// The server can't be reached: what is known stays on the screen, below a line that says so.
fn gone(known: Option<&Status>, since: Timestamp, now: Timestamp, talk: Talk) -> Result<(), Failure> {
    if !talk.is_terminal() || talk.json() {
        if since == now {
            talk.say("the server can't be reached; it is asked again");
        }
        return Ok(());
    }
    let words = format!("✗ no contact with the server, {}; this was before:", lasting(since.age(now)));
    let lines = known.map(|known| wall(known, rows().saturating_sub(2), talk.colour())).unwrap_or_default();
    screen(&format!("{}\n\n{lines}", painted(&words, Severity::Problem, talk.colour())), talk)
}

/// Draws over what was there, line by line, so that nothing flickers.
fn screen(text: &str, talk: Talk) -> Result<(), Failure> {
    let lines: Vec<_> = text.lines().collect();
    talk.raw(format!("\x1b[H{}\x1b[K\r\n\x1b[J", lines.join("\x1b[K\r\n")).as_bytes())
}

fn rows() -> usize {
    crossterm::terminal::size().map_or(ROWS, |(_, rows)| usize::from(rows)).max(5)
}

/// The same for programs as long as only time went by.
fn ageless(status: &Status) -> Status {
    let mut status = Status { now: Timestamp::from_ms(0), ..status.clone() };
    for site in &mut status.sites {
        (site.last_seen_s, site.state_age_s) = (None, None);
    }
    status
}

/// Waits for news about how sites are; the feed after it.
async fn next(session: &Session, mut feed: Feed) -> Result<Feed, ClientError> {
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

/// `✗ 2 problems, 1 warning`, `✓ all is well`.
fn headline(status: &Status, colour: bool) -> String {
    let counts = status.counts();
    let mut words = Vec::new();
    words.extend((counts.problems > 0).then(|| count(counts.problems, "problem")));
    words.extend((counts.warnings > 0).then(|| count(counts.warnings, "warning")));
    words.extend((counts.cant_say > 0).then(|| format!("{} can't be seen", count(counts.cant_say, "site"))));
    words.extend((counts.never_seen > 0).then(|| format!("{} never seen", count(counts.never_seen, "site"))));
    if words.is_empty() {
        words.push(if counts.drifted > 0 { "no problem" } else { "all is well" }.to_owned());
    }
    words.extend((counts.drifted > 0).then(|| format!("{} changed at sites", count(counts.drifted, "patch"))));
    words.extend((counts.in_maintenance > 0).then(|| format!("{} in maintenance", counts.in_maintenance)));
    painted_verdict(&format!("{} {}", status.worst.sign(), words.join(", ")), status.worst, colour)
}

fn text(status: &Status, colour: bool) -> String {
    let mut lines = vec![headline(status, colour)];
    lines.extend(status.restored.as_ref().map(|restored| painted(&restored.words(), Severity::Warning, colour)));
    lines.extend(status.incidents.iter().map(|one| incidents::line(one, status.now, colour)));
    lines.extend(status.drift.iter().map(drift));
    lines.push(String::new());
    lines.extend(site_lines(status.sites.iter(), colour));
    if status.sites.is_empty() {
        lines.push("no sites yet: `fieldpost site add NAME --app APP=VERSION` makes one".to_owned());
    }
    lines.extend(mail(&status.mail));
    lines.join("\n")
}

/// As much as fits into so many rows, what is wrong first.
fn wall(status: &Status, rows: usize, colour: bool) -> String {
    let mut lines = vec![format!("{}   {}", headline(status, colour), minute(status.now))];
    lines.extend(status.restored.as_ref().map(|restored| painted(&restored.words(), Severity::Warning, colour)));
    lines.extend(mail(&status.mail).map(|words| words.trim_start().to_owned()));
    lines.extend(status.incidents.iter().map(|one| incidents::line(one, status.now, colour)));
    lines.extend(status.drift.iter().map(drift));
    lines.push(String::new());
    let (well, unwell): (Vec<_>, Vec<_>) = status.sites.iter().partition(|site| site.verdict == Verdict::Ok && !site.maintenance);
    let all = site_lines(unwell.into_iter().chain(well), colour);
    // The last row stays free: a line end there would scroll.
    let room = rows.saturating_sub(1);
    let sites = all.len();
    lines.extend(all);
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(format!("… of {} in all", count(sites, "site")));
    }
    lines.join("\n")
}

fn site_lines<'a>(sites: impl Iterator<Item = &'a SiteStatus> + Clone, colour: bool) -> Vec<String> {
    let wide = sites.clone().map(|site| site.site.as_str().len()).max().unwrap_or(0);
    sites.map(|one| site(one, wide, colour)).collect()
}

fn site(site: &SiteStatus, wide: usize, colour: bool) -> String {
    let state = site.state_age_s.map_or("no state".to_owned(), |age| format!("state {}", ago(Some(age))));
    let maintenance = if site.maintenance { "  in maintenance" } else { "" };
    let words = format!("{:<VERDICT$}", format!("{} {}", site.verdict.sign(), site.verdict.word()));
    let verdict = painted_verdict(&words, site.verdict, colour);
    if site.verdict == Verdict::NeverSeen {
        let cure = format!("`fieldpost site enrolment {}` prints what enrols it", site.site);
        return format!("{:wide$}  {verdict}  {cure}{maintenance}", site.site);
    }
    // What is wrong stands above; why nobody can say stands nowhere else.
    let why = site.words.as_ref().filter(|_| site.verdict == Verdict::CantSay);
    let why = why.map(|why| format!("  ({why})")).unwrap_or_default();
    let unsaid = match site.cant_say {
        0 => String::new(),
        files => format!(", can't say anything of {}", count(files, "file")),
    };
    format!("{:wide$}  {verdict}  seen {}, {state}{unsaid}{maintenance}{why}", site.site, ago(site.last_seen_s))
}

/// `       ≠ acme: trading: 2 patches were changed at the site: …`.
fn drift(drift: &Drift) -> String {
    format!("{:>5}  ≠ {}: {}: {}", "", drift.site, drift.application, drift.summary.words())
}

fn mail(mail: &MailStatus) -> Option<String> {
    let trouble = mail.trouble.as_ref()?;
    Some(format!("\n{} mails wait: {trouble}", mail.waiting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::incident::Incident;

    fn site(name: &str, verdict: Verdict, state_age_s: Option<u64>) -> SiteStatus {
        let site = name.parse().expect("site");
        SiteStatus { site, verdict, words: None, last_seen_s: Some(3), state_age_s, maintenance: false, cant_say: 0 }
    }

    fn sick(name: &str) -> Incident {
        serde_json::from_value(json!({
            "id": 7, "kind": "silent", "site": name, "severity": "problem", "words": "no contact since 10:02",
            "since": "1970-01-01T00:00:00Z", "opened": "1970-01-01T00:00:00Z",
            "phase": { "phase": "open", "since": "1970-01-01T00:00:00Z" },
            "hold": { "hold": "acknowledged", "by": "ada", "at": "1970-01-01T00:00:00Z" },
            "told": { "told": "nothing" }, "returns": 0,
        }))
        .expect("an incident")
    }

    fn status(sites: Vec<SiteStatus>) -> Status {
        Status {
            worst: Verdict::Problem,
            sites,
            incidents: vec![sick("acme")],
            maintenance: Vec::new(),
            drift: Vec::new(),
            mail: MailStatus { configured: true, waiting: 0, trouble: None },
            restored: None,
            now: Timestamp::from_ms(120_000),
        }
    }

    #[test]
    fn what_is_wrong_comes_first_and_each_site_is_one_line_with_its_verdict_and_ages() {
        let status = status(vec![site("acme", Verdict::Problem, Some(200)), site("borealis", Verdict::Ok, None)]);
        let expected = "✗ 1 problem
    7  ✗ acme: no contact since 10:02  for 2 min, ada looks after it

acme      ✗ problem     seen now, state 3 min ago
borealis  ✓ ok          seen now, no state";
        assert_eq!(text(&status, false), expected);
    }

    #[test]
    fn a_restore_is_said_until_all_sites_have_reported() {
        let mut status = status(vec![site("acme", Verdict::Ok, None)]);
        status.restored = Some(fieldpost_common::api::Restored {
            at: Timestamp::from_ms(0),
            from: fieldpost_common::text::Clean::line("copy.db"),
            newest: Timestamp::from_ms(0),
            sites: 12,
            reported: 3,
        });
        for text in [text(&status, false), wall(&status, 20, false)] {
            assert!(text.contains("restored from copy.db") && text.contains("3 of 12 sites have reported"), "{text}");
        }
    }

    #[test]
    fn a_wall_screen_has_what_is_wrong_first_and_never_more_lines_than_rows() {
        let names: Vec<_> = (0..50).map(|number| format!("a{number:02}")).collect();
        let mut sites: Vec<_> = names.iter().map(|name| site(name, Verdict::Ok, None)).collect();
        sites.push(site("omega", Verdict::Warning, None));
        let wall = wall(&status(sites), 10, false);
        let lines: Vec<_> = wall.lines().collect();
        assert_eq!(lines.len(), 9, "{wall}");
        assert!(lines[0].starts_with("✗ 1 problem   1970-01-01 00:02 UTC") && lines[1].contains("acme: no contact"), "{wall}");
        assert!(lines[3].starts_with("omega") && lines[8] == "… of 51 sites in all", "{wall}");
    }

    #[test]
    fn what_was_never_seen_or_can_not_be_seen_is_said_and_never_called_well() {
        let mut status = status(vec![site("acme", Verdict::NeverSeen, None), site("borealis", Verdict::CantSay, None)]);
        status.incidents.clear();
        status.worst = status.judge();
        status.sites[1].words = Some(fieldpost_common::text::Clean::line("no contact"));
        let expected = "? 1 site can't be seen, 1 site never seen

acme      ○ never seen  `fieldpost site enrolment acme` prints what enrols it
borealis  ? can't say   seen now, no state  (no contact)";
        assert_eq!((status.worst, text(&status, false).as_str()), (Verdict::CantSay, expected));
    }

    #[test]
    fn only_what_isnt_an_age_is_news_to_a_program() {
        let before = status(vec![site("acme", Verdict::Ok, Some(1))]);
        let mut after = before.clone();
        after.sites[0].state_age_s = Some(9);
        after.now = Timestamp::from_ms(130_000);
        assert_eq!(ageless(&before), ageless(&after));
        after.sites[0].verdict = Verdict::Warning;
        assert_ne!(ageless(&before), ageless(&after));
    }

    #[test]
    fn an_incident_is_flat_for_scripts_with_every_field_there() {
        let flat = incidents::flat(&sick("acme"));
        assert!(flat.as_object().expect("an object").values().all(|value| !value.is_object()), "{flat}");
        assert_eq!((&flat["state"], &flat["held_by"], &flat["site"]), (&"acknowledged".into(), &"ada".into(), &"acme".into()));
        for field in ["application", "order", "what", "closed", "snoozed_until", "told"] {
            assert_eq!(flat.get(field), Some(&Value::Null), "{field}");
        }
    }
}
