//! The status page: open incidents, each site's verdict, and the states with their lines in colour. Plain HTML that needs no
//! script, for any width, light or dark. Every word in it that came from a site is escaped.

use super::Said;
use crate::mail::letter::escaped;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fieldpost_common::api::{SiteScope, StateView, Status, Verdict};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::SiteName;
use fieldpost_common::incident::{Hold, Incident};
use fieldpost_common::state::{Line, Severity};
use fieldpost_common::text::{age, count};
use fieldpost_common::time::{Timestamp, minute};
use std::fmt::Write as _;
use std::time::Duration;

/// The most lines of one state that are shown.
const LINES: usize = 2_000;

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.4 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0}\
pre{overflow-x:auto;padding:.5rem;border:1px solid #8884;border-radius:4px;font-size:13px}\
.never_seen{color:#57606a}.cant_say{color:#6e40c9;font-weight:bold}.problem{color:#cf222e;font-weight:bold}.warning{color:#9a6700;font-weight:bold}.ok{color:#1a7f37}.faint{opacity:.7}\
.problem,.warning{overflow-wrap:anywhere}pre .problem,pre .warning{overflow-wrap:normal}\
@media (prefers-color-scheme:dark){.never_seen{color:#8b949e}.cant_say{color:#b392f0}.problem{color:#ff7b72}.warning{color:#e3b341}.ok{color:#56d364}}";

/// What a browser may load for the page: its own style, and nothing else.
pub(super) fn policy() -> String {
    let hash = BASE64.encode(ContentHash::of(STYLE.as_bytes()).as_bytes());
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}

/// Writes the page.
pub(super) fn write(scope: &SiteScope, status: &Status, said: &Said, said_there: &[(SiteName, StateView)]) -> String {
    let of = match scope {
        SiteScope::All => "all sites".to_owned(),
        SiteScope::Group(group) => format!("group {group}"),
        SiteScope::Site(site) => site.to_string(),
    };
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"refresh\" content=\"30\">\
         <title>{words} · {of}</title><style>{STYLE}</style></head>\n<body>\n<h1 class=\"{class}\">{sign} {words}</h1>\n\
         <p class=\"faint\">{of}, {now}; this page reads itself anew every 30 seconds.</p>\n",
        words = escaped(&said.words),
        of = escaped(&of),
        class = class(said.verdict),
        sign = said.verdict.sign(),
        now = minute(status.now),
    );
    incidents(&mut html, status);
    drift(&mut html, status);
    sites(&mut html, status);
    for (site, state) in said_there {
        self::state(&mut html, site, state, status);
    }
    html.push_str("</body></html>\n");
    html
}

/// The class of the style for a verdict.
fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::NeverSeen => "never_seen",
        Verdict::CantSay => "cant_say",
        Verdict::Warning => "warning",
        Verdict::Problem => "problem",
    }
}

/// Writing to a String can't fail.
fn add(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text);
}

fn incidents(html: &mut String, status: &Status) {
    html.push_str("<h2>Open incidents</h2>\n");
    if status.incidents.is_empty() {
        html.push_str("<p>None.</p>\n");
        return;
    }
    html.push_str("<table>\n<tr><th>Where</th><th>What</th><th>Since</th><th></th></tr>\n");
    for incident in &status.incidents {
        let place = incident.subject.site().map_or("server".to_owned(), ToString::to_string);
        add(
            html,
            format_args!(
                "<tr><td>{}</td><td class=\"{}\">{} {}</td><td>{}{}</td><td class=\"faint\">{}</td></tr>\n",
                escaped(&place),
                incident.severity.word(),
                incident.severity.sign(),
                escaped(incident.words.as_str()),
                minute(incident.since),
                unseen(incident, status.now),
                escaped(&hold(incident)),
            ),
        );
    }
    html.push_str("</table>\n");
}

/// Patches that were changed at sites are no incidents, and not nothing.
fn drift(html: &mut String, status: &Status) {
    if status.drift.is_empty() {
        return;
    }
    html.push_str("<h2>Changed at sites</h2>\n<table>\n<tr><th>Site</th><th>What</th><th>Since</th></tr>\n");
    for one in &status.drift {
        let words = format!("{}: {}", one.application, one.summary.words());
        let since = minute(one.summary.since);
        add(html, format_args!("<tr><td>{}</td><td>{}</td><td>{since}</td></tr>\n", escaped(one.site.as_str()), escaped(&words)));
    }
    html.push_str("</table>\n");
}

/// Below since when it is wrong: when that was last seen, where nobody can say how it is now.
fn unseen(incident: &Incident, now: Timestamp) -> String {
    let words = incident.unseen_words(now).map(|words| format!("<br><small>{}</small>", escaped(&words)));
    words.unwrap_or_default()
}

fn hold(incident: &Incident) -> String {
    match &incident.hold {
        Hold::None => String::new(),
        Hold::Acknowledged { by, .. } => format!("{by} looks after it"),
        Hold::Snoozed { by, until } => format!("snoozed by {by} until {}", minute(*until)),
    }
}

fn sites(html: &mut String, status: &Status) {
    html.push_str("<h2>Sites</h2>\n<table>\n<tr><th>Site</th><th>How it is</th><th>Last seen</th><th>State</th></tr>\n");
    for site in &status.sites {
        let word = match (site.maintenance, site.verdict) {
            (true, _) => format!("{} in maintenance", site.verdict.sign()),
            (false, verdict @ (Verdict::Ok | Verdict::NeverSeen)) => format!("{} {}", verdict.sign(), verdict.word()),
            (false, verdict) => format!("{} {}", verdict.sign(), site.words.as_ref().map_or("", |words| words.as_str())),
        };
        add(
            html,
            format_args!(
                "<tr><td>{}</td><td class=\"{}\">{}</td><td>{}</td><td>{}</td></tr>\n",
                escaped(site.site.as_str()),
                class(site.verdict),
                escaped(&word),
                ago(site.last_seen_s),
                ago(site.state_age_s),
            ),
        );
    }
    html.push_str("</table>\n");
}

fn ago(seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return "–".to_owned() };
    match age(Duration::from_secs(seconds)).as_str() {
        "now" => "now".to_owned(),
        words => format!("{words} ago"),
    }
}

fn state(html: &mut String, site: &SiteName, state: &StateView, status: &Status) {
    add(
        html,
        format_args!(
            "<h2>{} · {} <small class=\"faint\">{}</small></h2>\n",
            escaped(site.as_str()),
            escaped(state.application.as_str()),
            ago(Some(state.at.age(status.now).as_secs())),
        ),
    );
    for finding in state.findings.iter().filter(|finding| finding.line.is_none()) {
        let (class, sign) = (finding.severity.word(), finding.severity.sign());
        add(html, format_args!("<p class=\"{class}\">{sign} {}</p>\n", escaped(finding.words.as_str())));
    }
    if state.lines.is_empty() {
        return;
    }
    html.push_str("<pre>");
    state.lines.iter().take(LINES).for_each(|line| self::line(html, line));
    html.push_str("</pre>\n");
    if state.lines.len() > LINES {
        add(html, format_args!("<p class=\"faint\">… {} more</p>\n", count(state.lines.len() - LINES, "line")));
    }
}

/// A sign stands before what is wrong: colour alone says nothing to some.
fn line(html: &mut String, line: &Line) {
    let text = escaped(line.text.as_str());
    match line.severity {
        Severity::Ok => add(html, format_args!("  {text}\n")),
        severity => add(html, format_args!("{} <span class=\"{}\">{text}</span>\n", severity.sign(), severity.word())),
    }
}
