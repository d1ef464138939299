//! Whether the server can be reached, and the one question that is always under way: what has changed.

use crate::app::model::{Effect, Link, Model};
use crate::app::office::{Request, Trouble};
use fieldpost_common::grid::Feed;
use std::time::Duration;

/// The first wait after a failed try, and the longest.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Asks for changes, unless that question is under way.
pub(crate) fn watch(model: &mut Model, feed: Feed, after: Duration) -> Vec<Effect> {
    if std::mem::replace(&mut model.watching, true) {
        return Vec::new();
    }
    vec![Effect::Ask(Request::Watch { feed, after })]
}

/// The server answered.
pub(crate) fn online(model: &mut Model) {
    if matches!(model.link, Link::Offline { .. }) {
        model.note("connected again");
    }
    model.link = Link::Online;
}

/// What is shown stays; the feed is asked again after a while, and whatever it says then, all is read anew.
pub(crate) fn troubled(model: &mut Model, trouble: &Trouble) -> Vec<Effect> {
    let (since, wait) = match &model.link {
        // Several questions may fail at once; only the feed's own failure makes the wait longer.
        Link::Offline { since, wait, .. } if model.watching => (*since, *wait),
        Link::Offline { since, wait, .. } => (*since, (*wait * 2).min(LONGEST_WAIT)),
        Link::Connecting | Link::Online => (model.now, FIRST_WAIT),
    };
    if let Trouble::Refused(words) = trouble {
        model.error(words.clone());
    }
    model.link = Link::Offline { since, why: trouble.words().to_owned(), wait };
    watch(model, model.grid.table.grid.feed.clone(), wait)
}

/// A screen shows by itself what the server refused to tell it; only lost contact concerns the whole app.
pub(crate) fn lost(model: &mut Model, trouble: &Trouble) -> Vec<Effect> {
    if matches!(trouble, Trouble::Unreachable(_)) { troubled(model, trouble) } else { Vec::new() }
}
