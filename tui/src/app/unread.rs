//! What stands where a list would be that was never read: that it is being read, or why it can't be and the next key.

use super::model::{Link, Model};
use fieldpost_common::text::Clean;

/// The words; `what` as in `the sites`.
pub(crate) fn words(model: &Model, trouble: Option<&String>, what: &str) -> Vec<String> {
    let why = match (trouble, &model.link) {
        (Some(why), _) | (None, Link::Offline { why, .. }) => why,
        (None, Link::Connecting | Link::Online) => return vec![format!("Reading {what}…")],
    };
    let mut words = vec![format!("There is no way to read {what} now."), String::new()];
    words.extend(why.lines().map(|line| Clean::line(line).to_string()));
    words.extend([String::new(), "fieldpost keeps trying; r tries at once.".to_owned()]);
    words
}
