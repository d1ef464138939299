//! The selected cell in words: who, when, and what happens on which key.

use super::{GridView, Place};
use crate::app::keymap::{Context, Keymap};
use fieldpost_common::cell::{Blocked, Cell, Direction, Overlay, Standing, Unknown};
use fieldpost_common::grid::GridCell;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::order::Action;
use fieldpost_common::stamp::When;
use fieldpost_common::text::{Clean, age};
use fieldpost_common::time::Timestamp;

/// How long ago, in words.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    match age(at.age(now)).as_str() {
        "now" => "just now".to_owned(),
        "1 d" => "yesterday".to_owned(),
        age => format!("{age} ago"),
    }
}

/// How long ago a stamp is; a stamp from the future is shown as it stands.
pub(crate) fn stamp_ago(when: &When, now: Timestamp) -> String {
    let at = Timestamp::from_ms(when.approx_unix_ms());
    // A stamp without zone may be up to a day off.
    if at.as_ms() > now.as_ms() + 86_400_000 { format!("on {when}") } else { ago(at, now) }
}

/// An author's name without the address that follows it, for where room is short.
pub(crate) fn without_address(author: &str) -> &str {
    author.split_once(" <").map_or(author, |(name, _)| name)
}

/// `2 h ago` as a table wants it: `2 h`.
pub(crate) fn short_ago(words: &str) -> String {
    match words {
        "just now" => "now".to_owned(),
        "yesterday" => "1 d".to_owned(),
        words if words.starts_with("on ") => "future".to_owned(),
        words => words.trim_end_matches(" ago").to_owned(),
    }
}

/// First what is the case, then what to do about it.
pub(crate) fn explain(view: &GridView, keys: &Keymap, place: Place) -> (String, String) {
    let cell = view.cell(place);
    let site = view.site(place.site);
    let fact = match &cell.overlay {
        Overlay::None => standing(view, place, &cell),
        Overlay::Sending(step) => sending(view, place, &cell, step),
        Overlay::Waiting(what) => format!("waiting: {}{}", Clean::line(&what.to_string()), order_by(view, place)),
        Overlay::Blocked(why) => format!("blocked: {}{}", Clean::line(&why.to_string()), order_by(view, place)),
    };
    let mut fact = format!("{} ({}): {fact}", site.name, site.version);
    if cell.is_stale {
        let since = site.last_seen.map_or("never heard of".to_owned(), |seen| format!("last heard of {}", ago(seen, view.now)));
        fact = format!("{fact} ({since})");
    }
    (fact, keys.say(Context::Grid, advice(&cell)))
}

fn sending(view: &GridView, place: Place, cell: &Cell, step: &str) -> String {
    if step == super::GIVING {
        return "on its way: being given to the server".to_owned();
    }
    let waits = obstacle(view, cell).map(|why| format!("; it waits: {why}")).unwrap_or_default();
    format!("on its way: {}{waits}{}", self::step(step), order_by(view, place))
}

/// Why nothing can be said of the site's file, and since when.
fn obstacle(view: &GridView, cell: &Cell) -> Option<String> {
    let since = cell.unknown_since.map(|since| format!(", since {}", ago(since, view.now))).unwrap_or_default();
    Some(format!("{}{since}", cell.unknown?.explain()))
}

fn unknown(view: &GridView, place: Place, cell: &Cell) -> String {
    let why = obstacle(view, cell).unwrap_or_else(|| "nothing is known".to_owned());
    let last = match (cell.unknown, view.table.last_known(place.patch, place.site)) {
        (Some(Unknown::NoInventory), _) => String::new(),
        (_, None) => "; last known: not there".to_owned(),
        (_, Some(last)) => format!("; last known: {}{}", last.short(), same(view, place, last)),
    };
    format!("unknown: {why}{last}")
}

/// How what was known last stands to what is published.
fn same(view: &GridView, place: Place, last: ContentHash) -> &'static str {
    let published = view.table.published(place.patch, place.site).and_then(|one| one.sha256);
    if published == Some(last) { ", as published" } else { "" }
}

/// How far an open order has come, by the word of its state.
pub(crate) fn step(word: &str) -> &str {
    match word {
        "queued" => "waits for the site to ask",
        "offered" => "given to the site",
        "fetched" => "fetched by the site",
        "verified" => "checked by the site",
        "installed" => "installed, the site's list must still show it",
        "loading" => "in place, and the site's hook has not ended yet",
        other => other,
    }
}

fn order_by(view: &GridView, place: Place) -> String {
    let order = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref());
    order.map_or(String::new(), |order| {
        let verb = if order.action == Action::Remove { "removed" } else { "sent" };
        format!("; {verb} by {} {}", order.by, ago(order.created, view.now))
    })
}

fn standing(view: &GridView, place: Place, cell: &Cell) -> String {
    let published = published(view, place);
    let changed = changed(view, place);
    match cell.standing {
        Standing::NotApplicable => "the site doesn't run this application".to_owned(),
        Standing::Unknown => unknown(view, place, cell),
        Standing::OtherVersion => "published for another version only".to_owned(),
        Standing::Absent => "neither published nor here".to_owned(),
        Standing::OnlyAtSite => format!("only at the site, not published; {changed}"),
        Standing::InSync => format!("the same on both sides; {published}"),
        Standing::NotSent => format!("never sent; {published}"),
        Standing::DeletedAtSite => format!("deleted at the site; {published}"),
        Standing::Removed => format!("removed by an order; {published}"),
        Standing::SendUpdate => format!("the site has an older one; {published}"),
        Standing::Retrieve => format!("{changed}; {published}"),
        Standing::Conflict => conflict(view, place),
    }
}

/// As short as can be, so that it has room on a narrow screen beside the site's name.
fn conflict(view: &GridView, place: Place) -> String {
    let published = view.table.published(place.patch, place.site);
    let published = published.map_or("published".to_owned(), |one| format!("{} published {}", one.by, ago(one.at, view.now)));
    let facts = view.table.facts(place.patch, place.site);
    let author = facts.and_then(|facts| facts.author.as_deref()).map(|author| Clean::line(without_address(author)));
    let changed = author.map_or("changed there".to_owned(), |author| format!("{author} changed it there"));
    let when = facts.and_then(|facts| changed_ago(facts, view.now)).unwrap_or_default();
    format!("conflict: {published}, {changed}{when}")
}

fn published(view: &GridView, place: Place) -> String {
    view.table
        .published(place.patch, place.site)
        .map_or("not published".to_owned(), |published| format!("published by {} {}", published.by, ago(published.at, view.now)))
}

fn changed(view: &GridView, place: Place) -> String {
    let Some(facts) = view.table.facts(place.patch, place.site) else { return "changed at the site".to_owned() };
    let by = facts.author.as_deref().map_or(String::new(), |author| format!(" by {}", Clean::line(author)));
    let when = changed_ago(facts, view.now).unwrap_or_default();
    format!("changed at the site{by}{when}")
}

/// When the site's content was changed, as it says itself, else since when it has been there.
fn changed_ago(facts: &GridCell, now: Timestamp) -> Option<String> {
    let when = facts.changed_at.as_ref().map(|when| stamp_ago(when, now)).or_else(|| facts.since.map(|since| ago(since, now)));
    when.map(|when| format!(" {when}"))
}

/// What happens on which key of the grid.
pub(crate) fn advice(cell: &Cell) -> &'static str {
    match (&cell.overlay, cell.standing) {
        (Overlay::Blocked(_), _) if cell.hook_again => "{run-hook} runs its hook once more · {open} says more",
        (Overlay::Sending(super::GIVING), _) => "{jobs} shows how far it is",
        (Overlay::Waiting(_), _) => {
            "the site goes on by itself once that is over · {cancel} takes the order back · {open} shows it"
        }
        (Overlay::Sending(_), _) => "{cancel} takes the order back · {open} shows it",
        (Overlay::Blocked(Blocked::Failed(_)), _) if cell.send() == Some(Direction::Forward) => {
            "{send-update} sends it once more · {open} says more"
        }
        (Overlay::Blocked(_), Standing::Conflict) => "{merge} merges, piece by piece · {open} says more",
        (Overlay::Blocked(_), _) => "{open} says more",
        (_, Standing::NotApplicable | Standing::Absent) => "nothing to do here",
        (_, Standing::Unknown) if cell.unknown.is_some_and(Unknown::may_be_sent_to) => {
            "{send-update} sends all the same: the site refuses what is wrong · {open} says why"
        }
        (_, Standing::Unknown) => "{open} says why and what to do",
        (_, Standing::OtherVersion) => "{publish} publishes it for this version too · {open} shows it",
        (_, Standing::OnlyAtSite) => "{retrieve} shows it and publishes it",
        (_, Standing::InSync) => "{open} shows it",
        (_, Standing::NotSent) => "{send-new} sends it · {open} shows it",
        (_, Standing::DeletedAtSite) => "{open}: choose. {send-new} sends it again, after a question; left out of bulk sends",
        (_, Standing::Removed) => "{send-new} sends it again, after a question; left out of bulk sends",
        (_, Standing::SendUpdate) => "{send-update} sends the newer one · {retrieve} publishes the older one, after a question",
        (_, Standing::Retrieve) => {
            "{retrieve} shows it and publishes it · {send-update} sends the older one back, after a question"
        }
        (_, Standing::Conflict) => "{open} merges, piece by piece · {send-update} or {retrieve} takes one side, after a question",
    }
}
