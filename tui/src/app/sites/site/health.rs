//! What a site's page says of the states of its applications: how bad, how old, how it was before, and the lines that say so.

use super::SiteView;
use super::lines::{Line, heading, line, quiet};
use crate::app::alerts::line::{tone, verdict_tone};
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::theme::Tone;
use crate::app::told::Told;
use crate::app::when::ago;
use fieldpost_common::api::{StateView, Verdict};
use fieldpost_common::state::{Format, Severity};
use fieldpost_common::text::{age, count};
use fieldpost_common::time::Timestamp;

/// A state of so many lines is shown whole; of a longer one what is wrong and what stands around it.
const WHOLE: usize = 12;
/// So many lines stand around a line that is wrong, or at the beginning of a long state in which nothing is.
const AROUND: usize = 1;
const BEGINNING: usize = 4;
/// The most lines of one state that are shown.
const MOST: usize = 2_000;
/// The room that the words beside a strip take.
const BESIDE_STRIP: u16 = 40;

/// Every application's state.
pub(super) fn lines(model: &Model, page: &SiteView) -> Vec<Line> {
    let states = match &page.states {
        Told::Loading => return [heading("State").to_vec(), vec![quiet("reading it…")]].concat(),
        Told::Failed(words) => {
            let failed = line(Tone::Alarm, format!("  it can't be read: {words}"));
            return [heading("State").to_vec(), vec![failed, quiet(&model.say(Context::Site, "{refresh} tries again"))]].concat();
        }
        Told::Ready(states) => states,
    };
    if states.is_empty() {
        let words = "none came: [app.state] in the agent's config says where it is";
        return [heading("State").to_vec(), vec![quiet(words)]].concat();
    }
    states.iter().flat_map(|state| self::state(model, page, state)).collect()
}

fn state(model: &Model, page: &SiteView, state: &StateView) -> Vec<Line> {
    let now = model.grid.now;
    let [blank, _] = heading("");
    let how = match (&state.unseen, state.worst) {
        // What was wrong is so until the opposite is seen.
        (Some(_), Severity::Ok) => {
            (verdict_tone(Verdict::CantSay), format!("{} {}", Verdict::CantSay.sign(), Verdict::CantSay.word()))
        }
        (_, worst) => (tone(worst), format!("{} {}", worst.sign(), worst.word())),
    };
    let title = Line {
        pieces: vec![
            (Tone::Strong, format!("State of {}  ", state.application)),
            how,
            (Tone::Faint, format!("  {}", facts(state, now))),
        ],
        ..Line::default()
    };
    let mut lines = vec![blank, title];
    lines.extend(
        state
            .unseen
            .as_ref()
            .map(|unseen| line(Tone::Busy, format!("  ? {}, {}: what stands here is as old", unseen.why, unseen.explain(now)))),
    );
    if page.asked.is_some_and(|asked| state.at <= asked) {
        lines.push(line(Tone::Busy, "  asked for a new one; the site's next poll brings it"));
    }
    lines.push(strip(state, model.size.0, now));
    for finding in state.findings.iter().filter(|finding| finding.line.is_none()) {
        lines.push(said(state, finding.severity, finding.words.as_str()));
    }
    let all = model.say(Context::Site, "{unfold} shows all");
    lines.extend(content(state, page.unfolded, &all));
    lines
}

/// When it was read and written, the exit code, the format.
fn facts(state: &StateView, now: Timestamp) -> String {
    let mut facts = vec![format!("read {}", ago(state.at, now))];
    facts.extend(state.modified.map(|at| format!("written {}", ago(at, now))));
    facts.extend(state.exit.map(|code| format!("exit code {code}")));
    facts.extend(state.format.map(|format| {
        match format {
            Format::HealthJson => "health+json",
            Format::Actuator => "actuator",
            Format::Json => "json",
            Format::Plugin => "plugin",
            Format::Prometheus => "prometheus",
            Format::Report => "report",
        }
        .to_owned()
    }));
    facts.join(", ")
}

/// How it was, the oldest at the left: one mark a state.
fn strip(state: &StateView, width: u16, now: Timestamp) -> Line {
    let room = usize::from(width.saturating_sub(BESIDE_STRIP)).max(8);
    let shown = &state.history[..state.history.len().min(room)];
    let mut pieces = vec![(Tone::Plain, "  ".to_owned())];
    // Neighbours of one colour are one piece.
    for mark in shown.iter().rev() {
        let tone = if mark.worst == Severity::Ok { Tone::Faint } else { tone(mark.worst) };
        match pieces.last_mut() {
            Some((last, text)) if *last == tone => text.push_str(mark.worst.sign()),
            _ => pieces.push((tone, mark.worst.sign().to_owned())),
        }
    }
    let words = match shown.last() {
        Some(first) if shown.len() > 1 => match age(first.at.age(now)).as_str() {
            "now" => format!("  {}, newest right", count(shown.len(), "state")),
            age => format!("  {} in {age}, newest right", count(shown.len(), "state")),
        },
        _ => "  the first state".to_owned(),
    };
    pieces.push((Tone::Faint, words));
    Line { pieces, ..Line::default() }
}

fn said(state: &StateView, severity: Severity, text: &str) -> Line {
    if severity == Severity::Ok {
        return line(Tone::Plain, format!("    {text}"));
    }
    let wrong = Some(state.application.clone());
    Line { wrong, ..line(tone(severity), format!("  {} {text}", severity.sign())) }
}

/// The state itself, line by line; a long one folded unless that is not wanted.
fn content(state: &StateView, unfolded: bool, shows_all: &str) -> Vec<Line> {
    let all = state.lines.len();
    let whole = unfolded || all <= WHOLE;
    let well = state.lines.iter().all(|line| line.severity == Severity::Ok);
    let is_shown = |place: usize| {
        let around = place.saturating_sub(AROUND)..(place + AROUND + 1).min(all);
        whole || (well && place < BEGINNING) || state.lines[around].iter().any(|line| line.severity > Severity::Ok)
    };
    let mut lines = Vec::new();
    let mut hidden = 0;
    let fold = |hidden: &mut usize, lines: &mut Vec<Line>| {
        if *hidden > 0 {
            lines.push(quiet(&format!("… {}, {shows_all}", count(*hidden, "line"))));
        }
        *hidden = 0;
    };
    for (place, one) in state.lines.iter().enumerate() {
        if lines.len() >= MOST || !is_shown(place) {
            hidden += 1;
            continue;
        }
        fold(&mut hidden, &mut lines);
        lines.push(said(state, one.severity, one.text.as_str()));
    }
    if lines.len() >= MOST && hidden > 0 {
        lines.push(quiet(&format!("… {} more: `fieldpost state` shows them", count(hidden, "line"))));
    } else {
        fold(&mut hidden, &mut lines);
    }
    lines
}
