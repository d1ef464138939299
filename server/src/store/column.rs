//! Reads and writes fieldpost's own types as columns; what a column means is left to the table's file.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;

fn corrupt(index: usize, kind: Type, why: &impl ToString) -> Error {
    Error::FromSqlConversionFailure(index, kind, why.to_string().into())
}

/// A hash.
pub(super) fn hash(row: &Row<'_>, index: usize) -> Result<ContentHash> {
    Ok(ContentHash::from_bytes(row.get(index)?))
}

/// A hash, if there is one.
pub(super) fn hash_opt(row: &Row<'_>, index: usize) -> Result<Option<ContentHash>> {
    Ok(row.get::<_, Option<[u8; 32]>>(index)?.map(ContentHash::from_bytes))
}

/// A word with rules of its own: an id, a name.
pub(super) fn word<T: FromStr<Err: ToString>>(row: &Row<'_>, index: usize) -> Result<T> {
    row.get_ref(index)?.as_str()?.parse().map_err(|error: T::Err| corrupt(index, Type::Text, &error))
}

/// A word, if there is one.
pub(super) fn word_opt<T: FromStr<Err: ToString>>(row: &Row<'_>, index: usize) -> Result<Option<T>> {
    row.get_ref(index)?
        .as_str_or_null()?
        .map(|text| text.parse().map_err(|error: T::Err| corrupt(index, Type::Text, &error)))
        .transpose()
}

/// A body in JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<T> {
    serde_json::from_str(row.get_ref(index)?.as_str()?).map_err(|error| corrupt(index, Type::Text, &error))
}

/// A body in JSON, if there is one.
pub(super) fn json_opt<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<Option<T>> {
    row.get_ref(index)?
        .as_str_or_null()?
        .map(|text| serde_json::from_str(text).map_err(|error| corrupt(index, Type::Text, &error)))
        .transpose()
}

/// A time.
pub(super) fn time(row: &Row<'_>, index: usize) -> Result<Timestamp> {
    Ok(Timestamp::from_ms(row.get(index)?))
}

/// A time, if there is one.
pub(super) fn time_opt(row: &Row<'_>, index: usize) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(index)?.map(Timestamp::from_ms))
}

/// A size or count.
pub(super) fn size(row: &Row<'_>, index: usize) -> Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(index)?).unwrap_or(0))
}

/// A size or count, to be written.
pub(super) fn int(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// A body, to be written.
pub(super) fn text<T: Serialize>(body: &T) -> String {
    serde_json::to_string(body).unwrap_or_else(|error| unreachable!("plain data: {error}"))
}
