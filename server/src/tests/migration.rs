//! Data of the first schema, opened by this version.

use super::world::hash;
use crate::Config;
use crate::reading::catch_up;
use crate::server::Server;
use crate::store::revision::{RevisionKey, Scope, revision_fetch};
use crate::store::{StoreError, application, correction, stamp};
use fieldpost_common::stamp::Place;
use rusqlite::{Connection, params};
use std::path::Path;

const NAMED: &str = "Changed-by: bea on 2011-04-08 13:02\n";
const PLAIN: &str = "!Order methodsFor: 'x' stamp: 'bn 4/8/2011 13:02'!\nprice\n\t^1! !\n";

fn first_schema(data: &Path) -> rusqlite::Result<()> {
    let db = Connection::open(data.join("fieldpost.db"))?;
    db.execute_batch(include_str!("../store/migrations/0001_first.sql"))?;
    db.pragma_update(None, "user_version", 1)?;
    for (key, value) in [("generation", "0".repeat(32)), ("url", "http://post.example".to_owned())] {
        db.execute("INSERT INTO meta VALUES (?1, ?2)", [key, &value])?;
    }
    let settings = |name: &str, stamp: &str| {
        format!(r#"{{"name":"{name}","versions":["7.7"],"issue_url":null,"issue_prefix":null,"stamp":{stamp}}}"#)
    };
    let pattern = r#""Changed-by: (?<author>\\w+) on (?<time>.+)""#;
    for (name, stamp) in [("trading", pattern), ("backoffice", "null")] {
        db.execute("INSERT INTO application VALUES (?1, ?2)", [name, &settings(name, stamp)])?;
    }
    for (patch, text, issue) in [("Order.st", NAMED, Some("12")), ("Other.st", PLAIN, None)] {
        let (sha256, size) = (*hash(text).as_bytes(), i64::try_from(text.len()).unwrap());
        db.execute("INSERT INTO content VALUES (?1, ?2, 'plain', NULL, ?3, 5)", params![sha256, size, text.as_bytes()])?;
        let sql = "INSERT INTO revision VALUES ('trading', ?1, ?2, ?3, 'old', NULL, NULL, ?4, 1, 5, '{\"user\":\"ada\"}')";
        db.execute(sql, params![patch, sha256, size, issue])?;
        for by in ["bn", "ada"] {
            let sql = "INSERT INTO publication (application, patch, sha256, size, versions, by, at, envelope)
                       VALUES ('trading', ?1, ?2, ?3, '[\"7.7\"]', ?4, 7, '{}')";
            db.execute(sql, params![patch, sha256, size, by])?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn data_of_the_first_schema_keeps_its_pattern_and_issues_and_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    first_schema(folder.path()).unwrap();
    let server = Server::open(Config { data: folder.path().to_owned(), ..Config::default() }).unwrap();
    let all = server.store.peek(application::application_list).unwrap();
    assert_eq!(all.iter().map(|app| app.stamps.len()).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((all[1].stamps[0].place, all[1].stamps[0].time_format.as_deref()), (Place::Anywhere, None));
    catch_up(&server, &Scope::Everything).await;
    let key = |patch: &str, text| RevisionKey {
        application: "trading".parse().unwrap(),
        patch: patch.parse().unwrap(),
        sha256: hash(text),
    };
    for (key, author, issue) in [(key("Order.st", NAMED), "bea", Some("12")), (key("Other.st", PLAIN), "bn", None)] {
        let look = |db: &Connection| {
            let row = revision_fetch(db, (&key.application, &key.patch), &key.sha256)?;
            Ok::<_, StoreError>((row, correction::correction_fetch(db, &key)?, stamp::stamp_fetch(db, &key)?))
        };
        let (row, corrections, stamp) = server.store.peek(look).unwrap();
        let row = row.unwrap();
        assert_eq!((row.author.as_deref(), row.changed_at.unwrap().to_string().as_str()), (Some(author), "2011-04-08T13:02:00"));
        assert_eq!(row.issue.as_ref().map(fieldpost_common::issue::Issue::as_str), issue, "a publisher's word is kept");
        assert_eq!(corrections.issue.map(|one| one.by.to_string()).as_deref(), issue.map(|_| "ada"));
        assert_eq!(stamp.unwrap().found.len(), 1);
    }
}
