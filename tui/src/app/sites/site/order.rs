//! An order in words: as a line of a page, and all that is known of it.

use crate::app::dialog::Info;
use crate::app::grid::explain::step;
use crate::app::keymap::{Context, Keymap};
use crate::app::theme::Tone;
use crate::app::when::{ago, local};
use fieldpost_common::api::OrderInfo;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::{HookPer, HookWord};
use fieldpost_common::order::Action;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::text::{Clean, age, size};
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;

/// How wide the patch's name is on a line.
const NAME: usize = 28;

/// What became of an order that has ended, or how far an open one has come, in a few words.
pub(crate) fn state(state: &OrderState) -> String {
    match state {
        OrderState::Failed { reason, .. } => format!("failed: {}", Clean::line(&reason.to_string())),
        OrderState::Cancelled { by, .. } => format!("taken back by {by}"),
        OrderState::Waiting { reason, .. } => format!("waiting: {}", Clean::line(&reason.to_string())),
        OrderState::Superseded { .. } => "replaced by a newer order".to_owned(),
        OrderState::TimedOut { .. } => "timed out: the site began and fell silent".to_owned(),
        OrderState::Expired { .. } => "expired: the site never asked".to_owned(),
        OrderState::Unknown { cause, .. } => format!("unknown: {}", cause.explain()),
        OrderState::Confirmed { .. } => "confirmed".to_owned(),
        open => open.word().to_owned(),
    }
}

/// When it came to be so; a queued order is as old as it is.
fn since(order: &OrderInfo) -> Timestamp {
    match &order.state {
        OrderState::Queued => order.created,
        OrderState::Offered { at }
        | OrderState::Started { at, .. }
        | OrderState::Loading { at, .. }
        | OrderState::Waiting { at, .. }
        | OrderState::Confirmed { at }
        | OrderState::Failed { at, .. }
        | OrderState::TimedOut { at }
        | OrderState::Expired { at }
        | OrderState::Superseded { at, .. }
        | OrderState::Cancelled { at, .. }
        | OrderState::Unknown { at, .. } => *at,
    }
}

fn tone(state: &OrderState) -> Tone {
    match state {
        OrderState::Failed { .. } | OrderState::TimedOut { .. } | OrderState::Expired { .. } | OrderState::Unknown { .. } => {
            Tone::Alarm
        }
        OrderState::Confirmed { .. } => Tone::Plain,
        OrderState::Cancelled { .. } | OrderState::Superseded { .. } => Tone::Faint,
        OrderState::Waiting { .. } => Tone::Warning,
        OrderState::Queued | OrderState::Offered { .. } | OrderState::Started { .. } | OrderState::Loading { .. } => Tone::Busy,
    }
}

fn name(order: &OrderInfo) -> String {
    let name = Clean::line(order.patch.as_str()).cut(NAME);
    // A padded format counts characters, not terminal cells.
    let blanks = NAME.saturating_sub(unicode_width::UnicodeWidthStr::width(name.as_str()));
    format!("{name}{}  ", " ".repeat(blanks))
}

/// What is said only of the rarer kind.
fn removal(order: &OrderInfo) -> &'static str {
    if order.action == Action::Remove { "removal, " } else { "" }
}

/// An order that waits: how far it is, who gave it, how long it still has.
pub(crate) fn open_line(order: &OrderInfo, now: Timestamp) -> Vec<(Tone, String)> {
    let left = now.age(order.install_by);
    let left = if left.is_zero() { "its time is over".to_owned() } else { format!("{} left", age(left)) };
    let by = format!("{}by {} {}", removal(order), order.by, ago(order.created, now));
    vec![
        (Tone::Plain, name(order)),
        (tone(&order.state), format!("{:<11}", state(&order.state))),
        (Tone::Plain, format!("{by:<20}  {left}")),
    ]
}

/// An order that has ended: when, and how.
pub(crate) fn finished_line(order: &OrderInfo, now: Timestamp) -> Vec<(Tone, String)> {
    vec![
        (Tone::Plain, name(order)),
        (Tone::Faint, format!("{:<8}", age(since(order).age(now)))),
        (tone(&order.state), format!("{}{}", removal(order), state(&order.state))),
    ]
}

/// What the site said of an order's hook; nothing where it has none.
fn hook(word: &HookWord) -> Option<String> {
    let of = |per: HookPer| if per == HookPer::Batch { " (one call for the whole batch)" } else { "" };
    match word {
        HookWord::Absent => None,
        HookWord::Due { .. } => Some("it runs, or is still to come".to_owned()),
        HookWord::Ended(report) => Some(format!("{}{}", report.end.explain(), of(report.per))),
        HookWord::Interrupted { per } => Some(format!("the agent was ended while it ran{}", of(*per))),
        HookWord::Newer => Some("something that only a newer version knows".to_owned()),
    }
}

/// All of it.
pub(crate) fn explain(order: &OrderInfo, keys: &Keymap, now: Timestamp, zone: &TimeZone) -> Info {
    let found = |sha256: Option<ContentHash>| sha256.map_or("nothing".to_owned(), |sha256| sha256.short());
    let what = match order.action {
        Action::Put { sha256, size: bytes } => format!("put {} ({})", sha256.short(), size(bytes)),
        Action::Remove => "remove it".to_owned(),
    };
    let mut lines = vec![
        format!("{what}, where {} is found", found(order.expected)),
        String::new(),
        format!("application  {}", order.application),
        format!("given by     {} {}, {}", order.by, ago(order.created, now), local(order.created, zone)),
        format!("time limit   {}", local(order.install_by, zone)),
        format!("order        {}", order.id),
        String::new(),
    ];
    let words = if order.state.is_open() { step(order.state.word()).to_owned() } else { state(&order.state) };
    let alarm = if tone(&order.state) == Tone::Alarm { "! " } else { "" };
    lines.push(format!("{alarm}{words}, {}", ago(since(order), now)));
    if let Some(words) = order.hook.as_ref().and_then(hook) {
        lines.extend([String::new(), format!("hook: {words}")]);
    }
    if let Some(report) = order.hook.as_ref().and_then(HookWord::report) {
        lines.extend(report.output.as_str().lines().map(|line| format!("  {}", Clean::line(line))));
    }
    if order.state.is_open() {
        lines.extend([String::new(), keys.say(Context::Site, "{cancel} takes it back")]);
    }
    Info { title: format!("{} → {}", Clean::line(order.patch.as_str()), order.site), lines, top: 0 }
}
