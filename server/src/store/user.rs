//! The table `user`: people, their tokens' hashes, their keys, and invitations that were not taken yet.

use super::{StoreError, column};
use crate::invite::Used;
use fieldpost_common::api::{PendingKey, Role, User};
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::UserName;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

fn role(row: &Row<'_>, index: usize) -> rusqlite::Result<Role> {
    column::json(row, index)
}

/// Makes a person, or invites one anew: the secret's hash waits until it is used or expires.
pub(crate) fn user_invite(
    db: &Connection,
    name: &UserName,
    invited: (Role, ContentHash, Timestamp),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (role, secret, expires) = invited;
    db.execute(
        "INSERT INTO user (name, role, secret, secret_expires, created) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, secret = excluded.secret, secret_expires = excluded.secret_expires",
        params![name.as_str(), column::text(&role), secret.as_bytes(), expires.as_ms(), now.as_ms()],
    )?;
    Ok(())
}

/// Uses a secret up: the role of the person it was for, if it was good.
pub(crate) fn user_redeem(
    db: &Connection,
    name: &UserName,
    secret: &ContentHash,
    (key, from): (&PublicKey, &str),
    now: Timestamp,
) -> Result<Option<Role>, StoreError> {
    let sql =
        "UPDATE user SET secret = NULL, secret_expires = NULL, used_secret = ?2, used_at = ?3, used_from = ?4, used_key = ?5
               WHERE name = ?1 AND secret = ?2 AND secret_expires > ?3 RETURNING role";
    let values = params![name.as_str(), secret.as_bytes(), now.as_ms(), from, key.to_string()];
    Ok(db.query_row(sql, values, |row| role(row, 0)).optional()?)
}

/// Who used a secret up, if it is the one that was used last, the hash of the token in force, and the person's role.
pub(crate) fn user_used(db: &Connection, name: &UserName, secret: &ContentHash) -> Result<Option<(Used, Role)>, StoreError> {
    let sql = "SELECT used_at, used_from, used_key, token, role FROM user WHERE name = ?1 AND used_secret = ?2";
    let used = |row: &Row<'_>| {
        let (key, token) = (column::word_opt(row, 2)?, column::hash_opt(row, 3)?);
        Ok((Used { at: column::time(row, 0)?, from: row.get(1)?, key, token }, role(row, 4)?))
    };
    Ok(db.query_row(sql, params![name.as_str(), secret.as_bytes()], used).optional()?)
}

/// The role of the person that a secret is for, if it is good; it stays so.
pub(crate) fn user_invited(
    db: &Connection,
    name: &UserName,
    secret: &ContentHash,
    now: Timestamp,
) -> Result<Option<Role>, StoreError> {
    let sql = "SELECT role FROM user WHERE name = ?1 AND secret = ?2 AND secret_expires > ?3";
    Ok(db.query_row(sql, params![name.as_str(), secret.as_bytes(), now.as_ms()], |row| role(row, 0)).optional()?)
}

/// A login: the token's hash and the key replace those before.
pub(crate) fn user_login(
    db: &Connection,
    name: &UserName,
    token: &ContentHash,
    key: &PublicKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE user SET token = ?2, key_since = iif(key IS ?3, key_since, ?4), key = ?3 WHERE name = ?1",
        params![name.as_str(), token.as_bytes(), key.to_string(), now.as_ms()],
    )?;
    Ok(())
}

/// What a person may do; none: there is none of that name.
pub(crate) fn user_role(db: &Connection, name: &UserName) -> Result<Option<Role>, StoreError> {
    let mut find = db.prepare_cached("SELECT role FROM user WHERE name = ?1")?;
    Ok(find.query_row([name.as_str()], |row| role(row, 0)).optional()?)
}

/// Changes what a person may do.
pub(crate) fn user_role_set(db: &Connection, name: &UserName, role: Role) -> Result<(), StoreError> {
    db.execute("UPDATE user SET role = ?2 WHERE name = ?1", params![name.as_str(), column::text(&role)])?;
    Ok(())
}

/// Forgets a person; false: there is none of that name.
pub(crate) fn user_delete(db: &Connection, name: &UserName) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM user WHERE name = ?1", [name.as_str()])? > 0)
}

/// Everyone.
pub(crate) fn user_list(db: &Connection) -> Result<Vec<User>, StoreError> {
    let mut all = db.prepare_cached("SELECT name, role, key, last_seen FROM user ORDER BY name")?;
    let rows = all.query_map([], |row| {
        let key = column::word_opt::<PublicKey>(row, 2)?.map(|key| key.id());
        Ok(User { name: column::word(row, 0)?, role: role(row, 1)?, key, last_seen: column::time_opt(row, 3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everyone's key.
pub(crate) fn user_keys(db: &Connection) -> Result<Vec<PendingKey>, StoreError> {
    let mut all = db.prepare_cached("SELECT name, key, key_since FROM user WHERE key IS NOT NULL ORDER BY key_since")?;
    let rows = all.query_map([], |row| {
        Ok(PendingKey { user: column::word(row, 0)?, key: column::word(row, 1)?, since: column::time(row, 2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everyone who can log in: for the memory.
pub(crate) fn user_tokens(db: &Connection) -> Result<Vec<(ContentHash, UserName, Role)>, StoreError> {
    let mut all = db.prepare("SELECT token, name, role FROM user WHERE token IS NOT NULL")?;
    let rows = all.query_map([], |row| Ok((column::hash(row, 0)?, column::word(row, 1)?, role(row, 2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When a person was last here.
pub(crate) fn user_seen(db: &Connection, name: &UserName, at: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE user SET last_seen = ?2 WHERE name = ?1")?.execute(params![name.as_str(), at.as_ms()])?;
    Ok(())
}
