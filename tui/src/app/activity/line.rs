//! One entry in words: who, what, where, and with which result. Everything in it may come from a site.

use crate::app::dialog::Info;
use crate::app::model::Model;
use crate::app::theme::Tone;
use crate::app::when::{ago, local};
use fieldpost_common::api::Activity;
use fieldpost_common::text::{Clean, age};
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;

/// `user:ada` as `ada`, `site:acme` as `site acme`.
pub(crate) fn who(one: &Activity) -> String {
    let words = one.who.strip_prefix("user:").map_or_else(|| one.who.replacen(':', " ", 1), str::to_owned);
    Clean::line(&words).to_string()
}

pub(crate) fn what(one: &Activity) -> String {
    Clean::line(&one.what.replace('_', " ")).to_string()
}

/// Which patch at which site, as far as it is about one.
pub(crate) fn place(one: &Activity) -> String {
    let patch = one.patch.as_ref().map(|patch| Clean::line(patch.as_str()).to_string());
    let site = one.site.as_ref().filter(|site| one.who != format!("site:{site}")).map(ToString::to_string);
    match (patch.or_else(|| one.application.as_ref().map(ToString::to_string)), site) {
        (Some(patch), Some(site)) => format!("{patch} @ {site}"),
        (patch, site) => patch.or(site).unwrap_or_default(),
    }
}

/// More, in words.
pub(crate) fn detail(one: &Activity) -> String {
    one.detail.as_deref().map_or(String::new(), |detail| Clean::line(detail).to_string())
}

/// What needs a person is loud.
pub(crate) fn tone(one: &Activity) -> Tone {
    match one.what.as_str() {
        "failed" | "hook_failed" | "timed_out" | "expired" | "unknown" | "clones_found" | "went_back" | "incident_opened"
        | "incident_returned" | "incident_worsened" => Tone::Alarm,
        "ordered" | "removal_ordered" | "hook_ordered" => Tone::Busy,
        "published" | "unpublished" => Tone::Strong,
        _ => Tone::Plain,
    }
}

/// What a filter looks at.
pub(crate) fn haystack(one: &Activity) -> String {
    let application = one.application.as_ref().map_or("", |application| application.as_str());
    let sha256 = one.sha256.map_or(String::new(), |sha256| sha256.short());
    format!("{} {} {} {application} {sha256} {}", who(one), what(one), place(one), detail(one))
}

/// One sentence: who did what, to what.
pub(crate) fn sentence(one: &Activity) -> String {
    let mut words = vec![who(one), what(one), place(one)];
    words.extend(one.sha256.map(|sha256| sha256.short()));
    words.retain(|word| !word.is_empty());
    let detail = detail(one);
    if detail.is_empty() { words.join(" ") } else { format!("{}: {detail}", words.join(" ")) }
}

/// For a site's page, where the site goes without saying.
pub(crate) fn of_site(one: &Activity, model: &Model) -> Vec<(Tone, String)> {
    let patch = one.patch.as_ref().map_or(String::new(), |patch| Clean::line(patch.as_str()).to_string());
    let detail = detail(one);
    let rest = if detail.is_empty() { patch } else { format!("{patch}: {detail}") };
    vec![
        (Tone::Faint, format!("{:<8}", age(one.at.age(model.grid.now)))),
        (tone(one), format!("{:<16}", what(one))),
        (Tone::Plain, format!("{rest}  ")),
        (Tone::Faint, if who(one).starts_with("site ") { String::new() } else { format!("by {}", who(one)) }),
    ]
}

/// All that is known of it.
pub(crate) fn explain(one: &Activity, now: Timestamp, zone: &TimeZone) -> Info {
    let mut lines = vec![format!("{}, {}", local(one.at, zone), ago(one.at, now)), String::new()];
    let mut add = |name: &str, words: Option<String>| lines.extend(words.map(|words| format!("{name:<13}{words}")));
    add("who", Some(who(one)));
    add("what", Some(what(one)));
    add("application", one.application.as_ref().map(ToString::to_string));
    add("patch", one.patch.as_ref().map(|patch| Clean::line(patch.as_str()).to_string()));
    add("site", one.site.as_ref().map(ToString::to_string));
    add("content", one.sha256.map(|sha256| sha256.to_string()));
    add("key", one.key.as_ref().map(ToString::to_string));
    add("number", Some(one.seq.to_string()));
    if let Some(detail) = &one.detail {
        lines.push(String::new());
        lines.extend(detail.lines().map(|line| Clean::line(line).to_string()));
    }
    Info { title: "What happened".to_owned(), lines, top: 0 }
}
