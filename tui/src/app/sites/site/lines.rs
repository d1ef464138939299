//! What a site's page says, line by line, from what is known now. Pure.

use super::{About, SiteView, health, order};
use crate::app::activity::{Known, line as activity_line};
use crate::app::commands::line as command_line;
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::sites::state::{SiteState, clock};
use crate::app::theme::Tone;
use crate::app::told::Told;
use crate::app::when::{ago, local};
use fieldpost_common::api::{Site, SiteListing};
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::Directory;
use fieldpost_common::text::{Clean, count};
use fieldpost_common::time::Timestamp;

/// How many finished orders, and how many things that happened, are shown.
const FINISHED: usize = 20;
const HAPPENED: usize = 10;
/// How many commands are shown; what is under way always is.
const ASKED: usize = 8;

/// One line, and what it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<(Tone, String)>,
    pub(crate) about: Option<About>,
    /// The application in whose state this is wrong.
    pub(crate) wrong: Option<AppName>,
}

pub(super) fn line(tone: Tone, words: impl Into<String>) -> Line {
    Line { pieces: vec![(tone, words.into())], ..Line::default() }
}

pub(super) fn quiet(words: &str) -> Line {
    line(Tone::Faint, format!("  {words}"))
}

/// A blank line and a heading.
pub(super) fn heading(words: impl Into<String>) -> [Line; 2] {
    [line(Tone::Plain, ""), line(Tone::Strong, words)]
}

fn fact(what: &str, tone: Tone, words: String) -> Line {
    Line { pieces: vec![(Tone::Faint, format!("{what:<14}")), (tone, words)], ..Line::default() }
}

/// The whole page.
pub(crate) fn lines(model: &Model, page: &SiteView) -> Vec<Line> {
    let Some(site) = model.sites.find(&page.name) else {
        let gone = "The site is gone; {back} leads back to the list.";
        let words = if model.sites.read_at.is_some() { gone } else { "Reading the site…" };
        return vec![line(Tone::Plain, model.say(Context::Site, words))];
    };
    let mut lines = identity(model, site);
    lines.extend(orders(model, page));
    lines.extend(health::lines(model, page));
    lines.extend(commands(model, page));
    lines.extend(applications(model, site));
    lines.extend(finished(model, page));
    lines.extend(ignored(site));
    lines.extend(happened(model, site));
    lines
}

fn identity(model: &Model, site: &Site) -> Vec<Line> {
    let now = model.grid.now;
    let state = model.sites.state(site, now);
    let (words, advice) = model.sites.explain(site, now);
    let words = words.split_once(": ").map_or(words.clone(), |(_, words)| words.to_owned());
    let time = |at: Timestamp| format!("{}, {}", ago(at, now), local(at, &model.zone));
    let groups: Vec<_> = site.groups.iter().map(ToString::to_string).collect();
    let groups = if groups.is_empty() {
        format!("none; `fieldpost site group GROUP {}` puts it into one", site.name)
    } else {
        groups.join(", ")
    };
    let clean = |text: &Option<String>| text.as_deref().map_or("not known yet".to_owned(), |text| Clean::line(text).to_string());
    let mut lines = vec![
        Line {
            pieces: vec![(Tone::Strong, format!("{}  ", site.name)), (state.tone(), format!("{} {words}", state.symbol()))],
            ..Line::default()
        },
        fact("last contact", Tone::Plain, site.last_seen.map_or("never".to_owned(), time)),
        fact("enrolled", Tone::Plain, site.enrolled_at.map_or("no agent has taken the string yet".to_owned(), time)),
        fact("agent", Tone::Plain, format!("{} from {}", clean(&site.agent_version), clean(&site.address))),
    ];
    if !matches!(state, SiteState::Ok | SiteState::Unwell(_)) {
        lines.insert(1, line(Tone::Faint, model.say(Context::Site, advice)));
    }
    let (tone, off) = clock(site);
    lines.push(fact("clock", tone, if off == "–" { "not known yet".to_owned() } else { off }));
    lines.push(fact("groups", Tone::Plain, groups));
    if let Some([one, other]) = &site.clones {
        let words = format!("{} and {}", Clean::line(one), Clean::line(other));
        lines.push(fact("two agents", Tone::Alarm, words));
    }
    lines
}

fn orders(model: &Model, page: &SiteView) -> Vec<Line> {
    let now = model.grid.now;
    let orders = match &page.orders {
        Told::Loading => return [heading("Waiting orders").to_vec(), vec![quiet("reading them…")]].concat(),
        Told::Failed(words) => {
            let failed = line(Tone::Alarm, format!("  they can't be read: {}", first_line(words)));
            return [heading("Waiting orders").to_vec(), vec![failed, quiet(&model.say(Context::Site, "{refresh} tries again"))]]
                .concat();
        }
        Told::Ready(orders) => &orders.open,
    };
    if orders.is_empty() {
        return [heading("Waiting orders").to_vec(), vec![quiet("none: everything that was sent has been answered")]].concat();
    }
    let mut lines = heading(format!("Waiting orders {}", orders.len())).to_vec();
    lines.extend(orders.iter().map(|one| Line {
        pieces: indented(order::open_line(one, now)),
        about: Some(About::Order(one.id.clone())),
        ..Line::default()
    }));
    lines
}

/// What was asked of the site: all that is under way, and the newest of what has ended. What the server asks by itself is of interest only
/// while it is under way.
fn commands(model: &Model, page: &SiteView) -> Vec<Line> {
    let now = model.grid.now;
    let mut lines = heading("Asked of this site").to_vec();
    let all = match &page.commands {
        Told::Loading => return [lines, vec![quiet("reading it…")]].concat(),
        Told::Failed(words) => {
            return [lines, vec![line(Tone::Alarm, format!("  it can't be read: {}", first_line(words)))]].concat();
        }
        Told::Ready(all) => all,
    };
    let (open, ended): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.state.is_open());
    let ended = ended.into_iter().filter(|one| one.given_by.is_some()).take(ASKED);
    lines.extend(open.into_iter().chain(ended).map(|one| Line {
        pieces: indented(command_line::at_site(one, now)),
        about: Some(About::Command(one.id.clone())),
        ..Line::default()
    }));
    if lines.len() == 2 {
        lines.push(quiet(&model.say(Context::Site, "nothing; {ask} asks for a log, an action and more")));
    }
    lines
}

fn finished(model: &Model, page: &SiteView) -> Vec<Line> {
    let now = model.grid.now;
    let Told::Ready(orders) = &page.orders else { return Vec::new() };
    let mut lines = heading("Finished orders").to_vec();
    if orders.finished.is_empty() {
        lines.push(quiet(&model.say(Context::Grid, "none yet; {send-new} in the grid sends a patch")));
    }
    let shown = orders.finished.iter().take(FINISHED);
    lines.extend(shown.map(|one| Line {
        pieces: indented(order::finished_line(one, now)),
        about: Some(About::Order(one.id.clone())),
        ..Line::default()
    }));
    lines
}

fn indented(mut pieces: Vec<(Tone, String)>) -> Vec<(Tone, String)> {
    pieces.insert(0, (Tone::Plain, "  ".to_owned()));
    pieces
}

fn first_line(words: &str) -> Clean {
    Clean::line(words.lines().next().unwrap_or_default())
}

fn applications(model: &Model, site: &Site) -> Vec<Line> {
    let mut lines = heading("Applications").to_vec();
    if site.applications.is_empty() {
        lines.push(quiet("none: the agent's config names none"));
    }
    lines.extend(site.applications.iter().flat_map(|one| application(model, one)));
    for (app, refused) in &site.refused {
        let detail = refused.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
        lines.push(line(Tone::Alarm, format!("  ! nothing is taken of {app}{detail}")));
        lines.push(quiet(&format!("  {}, since {}", refused.fault.explain(), ago(refused.since, model.grid.now))));
    }
    lines
}

fn application(model: &Model, app: &SiteListing) -> Vec<Line> {
    let now = model.grid.now;
    let (tone, directory) = match app.directory {
        None => (Tone::Busy, "no list of files yet"),
        Some(Directory::Present) => (Tone::Plain, "the directory is there"),
        Some(other) => (Tone::Alarm, other.explain()),
    };
    let name = format!("  {} {}", app.application, app.version);
    let words = format!("{}, {directory}", count(app.files, "patch"));
    let mut lines = vec![Line { pieces: vec![(Tone::Plain, format!("{name:<24}  ")), (tone, words)], ..Line::default() }];
    if let Some(unsaid) = &app.cant_say {
        let (why, since) = (unsaid.cant_say.why.explain(), ago(unsaid.cant_say.since, now));
        let words = format!("  ? nothing can be said of {} of {}", unsaid.files, count(unsaid.of, "file"));
        lines.push(line(Tone::Alarm, words));
        lines.push(quiet(&format!("  longest of {}: {why}, since {since}", unsaid.oldest)));
    }
    if let Some(held) = app.held {
        let words = format!("  ! {} of {} vanished {}", held.dropped, count(held.of, "file"), ago(held.at, now));
        lines.push(line(Tone::Alarm, words));
        lines.push(quiet(
            &model.say(Context::Site, "  held: nothing counts as deleted until {accept-drop} accepts it, or the files are back"),
        ));
    }
    lines
}

fn ignored(site: &Site) -> Vec<Line> {
    let mut lines = heading("Files left alone").to_vec();
    for app in &site.applications {
        let one = |file: &fieldpost_common::inventory::Ignored| Line {
            pieces: vec![(Tone::Plain, format!("  {}  ", file.name)), (Tone::Faint, file.reason.to_string())],
            ..Line::default()
        };
        lines.extend(app.ignored.iter().map(one));
    }
    if lines.len() == 2 {
        lines.push(quiet("none: every file in the patch directories counts"));
    }
    lines
}

fn happened(model: &Model, site: &Site) -> Vec<Line> {
    let mut lines = heading("What happened here").to_vec();
    let here = model.activity.entries.iter().filter(|one| one.site.as_ref() == Some(&site.name));
    let here = here.take(HAPPENED).map(|one| Line { pieces: indented(activity_line::of_site(one, model)), ..Line::default() });
    lines.extend(here);
    if lines.len() == 2 {
        let words = if model.activity.known == Known::Unread {
            "reading it…"
        } else {
            "nothing lately; 5 shows what happened everywhere"
        };
        lines.push(quiet(words));
    }
    lines
}
