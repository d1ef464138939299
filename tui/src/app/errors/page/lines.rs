//! What an error's page says, line by line: what and since when, its weeks, the chain to issue and patch, site by site what was installed
//! before, and the walkbacks that are kept. Pure; all texts from sites are made clean.

use super::ErrorPage;
use crate::app::dialog::draw::wrap;
use crate::app::errors::{bars, line};
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::theme::Tone;
use crate::app::told::Told;
use crate::app::when::{ago, local};
use fieldpost_common::api::{ErrorGroup, ErrorSite, ErrorView, KeptWalkback};
use fieldpost_common::text::{Clean, count, size};
use fieldpost_common::time::Timestamp;

/// How many weeks the page shows, where there is room.
const WEEKS: usize = 52;
/// The most lines of one walkback that are shown.
const MOST: usize = 2_000;
/// The most suspects of one site that are shown.
const SUSPECTS: usize = 5;

/// One line, and whether a walkback begins there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<(Tone, String)>,
    pub(crate) begins: bool,
}

fn one(tone: Tone, words: impl Into<String>) -> Line {
    Line { pieces: vec![(tone, words.into())], begins: false }
}

fn fact(what: &str, words: impl Into<String>) -> Line {
    Line { pieces: vec![(Tone::Faint, format!("{what:<12}")), (Tone::Plain, words.into())], begins: false }
}

fn heading(words: &str) -> [Line; 2] {
    [one(Tone::Plain, ""), one(Tone::Strong, words)]
}

/// The whole page.
pub(crate) fn lines(model: &Model, page: &ErrorPage) -> Vec<Line> {
    let view = match &page.told {
        Told::Loading => return vec![one(Tone::Plain, "Reading the error…")],
        Told::Failed(words) => {
            let again = model.say(Context::Error, "{refresh} tries again");
            return vec![one(Tone::Alarm, format!("It can't be read: {words}")), one(Tone::Plain, again)];
        }
        Told::Ready(view) => view,
    };
    let mut lines = head(model, &view.group);
    lines.extend(chain(model, view));
    let (kept, all) = (count(view.walkbacks.len(), "text"), view.kept);
    lines.push(fact("kept", format!("{kept}; those of all errors take {} of {}", size(all.bytes), size(all.quota))));
    lines.extend(sites(model, view));
    lines.extend(view.walkbacks.iter().flat_map(|kept| walkback(model, kept)));
    lines
}

fn head(model: &Model, group: &ErrorGroup) -> Vec<Line> {
    let (tone, state) = line::state(group);
    let room = usize::from(model.size.0).saturating_sub(14);
    let what = wrap(&line::what(group), room.max(20));
    let mut lines = vec![Line { pieces: vec![(tone, format!("{state:<12}")), (Tone::Strong, what[0].clone())], begins: false }];
    lines.extend(what[1..].iter().map(|rest| one(Tone::Strong, format!("{:<12}{rest}", ""))));
    let now = model.grid.now;
    let time = |at: Timestamp| format!("{}, {}", ago(at, now), local(at, &model.zone));
    lines.extend(group.top_frame.as_ref().map(|frame| fact("where", frame.to_string())));
    lines.push(fact("application", format!("{} {}", group.application, versions(group))));
    lines.push(fact("first seen", time(group.first_seen)));
    lines.push(fact("last seen", time(group.last_seen)));
    let mailed =
        if group.mailed > 0 { format!(", {} of them mailed by the application itself", group.mailed) } else { String::new() };
    lines.push(fact("count", format!("{}{mailed}", group.count)));
    lines.push(fact("written by", group.dialect.to_string()));
    lines.extend(weeks(model, group));
    lines
}

fn versions(group: &ErrorGroup) -> String {
    group.versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The bars, and what the first and the last of them stand for.
fn weeks(model: &Model, group: &ErrorGroup) -> [Line; 1] {
    let room = usize::from(model.size.0).saturating_sub(40).clamp(6, WEEKS);
    let counts = bars::counts(&group.weeks, room, model.grid.now);
    let most = counts.iter().max().copied().unwrap_or(0);
    let this = counts.last().copied().unwrap_or(0);
    let words = format!("  {this} this week, at most {most}");
    let bars = bars::bars(&group.weeks, room, model.grid.now);
    [Line { pieces: vec![(Tone::Faint, format!("{:<12}", "weeks")), (Tone::Plain, bars), (Tone::Faint, words)], begins: false }]
}

fn chain(model: &Model, view: &ErrorView) -> Vec<Line> {
    let group = &view.group;
    let issue = group
        .issue
        .as_ref()
        .map_or_else(|| format!("none; `fieldpost errors link {} ISSUE` names one", group.id), ToString::to_string);
    let mut lines = vec![fact("issue", issue)];
    let Some(patch) = &group.fixed_by else {
        lines.push(fact("fixed by", model.say(Context::Error, "nothing yet; {fix} says which patch")));
        return lines;
    };
    let who = view.stands.fix().map(|fix| format!(", says {} {}", fix.by, ago(fix.at, model.grid.now))).unwrap_or_default();
    lines.push(fact("fixed by", format!("{patch}{who}")));
    let has = view.at_sites.iter().filter(|site| site.has_fix_since.is_some()).count();
    lines.push(fact("installed", format!("at {has} of {} where it happened", count(view.at_sites.len(), "site"))));
    if !group.regressed_at.is_empty() {
        let sites = group.regressed_at.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let words = format!("at {sites}, where that patch is installed");
        lines.push(Line { pieces: vec![(Tone::Faint, format!("{:<12}", "came back")), (Tone::Alarm, words)], begins: false });
    }
    lines
}

fn sites(model: &Model, view: &ErrorView) -> Vec<Line> {
    let mut lines = heading("Where it happens").to_vec();
    lines.extend(view.at_sites.iter().flat_map(|site| at_site(model, view, site)));
    lines
}

fn at_site(model: &Model, view: &ErrorView, site: &ErrorSite) -> Vec<Line> {
    let now = model.grid.now;
    let versions = site.versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let back = view.group.regressed_at.contains(&site.site);
    let (tone, sign) = if back { (Tone::Alarm, "✗") } else { (Tone::Plain, " ") };
    let words = format!(
        "{sign} {:<16} {:>6}  {versions:<10} first {}, last {}",
        site.site.to_string(),
        site.count,
        ago(site.first_seen, now),
        ago(site.last_seen, now)
    );
    let mut lines = vec![one(tone, words)];
    let quiet = |words: String| one(Tone::Faint, format!("      {words}"));
    if let Some(since) = site.has_fix_since {
        lines.push(quiet(format!("has the fix, since {}", local(since, &model.zone))));
    } else if view.group.fixed_by.is_some() {
        lines.push(quiet("has not got the fix".to_owned()));
    }
    lines.extend(site.suspects.iter().take(SUSPECTS).map(|suspect| {
        let what = if suspect.revision.is_some() { "installed" } else { "removed" };
        let before = fieldpost_common::text::age(suspect.confirmed.age(site.first_seen));
        quiet(format!("suspect: {} was {what} {before} before the first, sent by {}", suspect.patch, suspect.by))
    }));
    if site.suspects.len() > SUSPECTS {
        lines.push(quiet(format!("and {} more that were installed before", site.suspects.len() - SUSPECTS)));
    }
    lines
}

fn walkback(model: &Model, kept: &KeptWalkback) -> Vec<Line> {
    let mailed = if kept.mailed { ", mailed by the application itself" } else { "" };
    let process = kept.process.as_ref().map(|process| format!(", process {process}")).unwrap_or_default();
    let title = format!(
        "{} {}  {}  {} ({}{mailed}{process})",
        kept.site,
        kept.version,
        local(kept.at, &model.zone),
        kept.file,
        size(kept.size)
    );
    let mut lines = vec![one(Tone::Plain, ""), Line { begins: true, ..one(Tone::Strong, Clean::line(&title).to_string()) }];
    let text = Clean::lines(&kept.text);
    let all = text.as_str().lines().count();
    lines.extend(text.as_str().lines().take(MOST).map(|text| one(Tone::Plain, format!("  {text}"))));
    if all > MOST {
        lines.push(one(Tone::Faint, format!("  and {} more lines", all - MOST)));
    }
    lines
}
