//! `fieldpost-server set-url`: the public address that login and enrolment strings carry from now on.

use super::{CommandError, change};
use crate::clock;
use crate::store::activity::{activity, activity_add};
use crate::store::meta;
use std::path::Path;

/// Sets the address; gives the one before. Also while a server runs on the data: it reads the address each time.
pub fn set_url(data: &Path, url: &str) -> Result<String, CommandError> {
    let url = checked_url(url)?;
    change(data, |db| {
        let before = meta::url_fetch(db)?;
        meta::url_set(db, &url)?;
        let mut row = activity("server", "url_set");
        row.detail = Some(format!("from {before} to {url}, on the server's own machine"));
        activity_add(db, row, clock::now())?;
        Ok(before)
    })
}

/// An address as it is kept: `http` or `https`, a host, no slash at the end.
pub(super) fn checked_url(url: &str) -> Result<String, CommandError> {
    let trimmed = url.trim_end_matches('/');
    let host = trimmed.strip_prefix("http://").or_else(|| trimmed.strip_prefix("https://"));
    let bad =
        |host: &str| host.is_empty() || host.starts_with('/') || host.contains(|c: char| c.is_whitespace() || "?#@".contains(c));
    if host.is_none_or(bad) { Err(CommandError::Url(url.to_owned())) } else { Ok(trimmed.to_owned()) }
}
