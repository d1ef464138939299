//! Signed statements and the trust document, read by a version that doesn't know all of them.

use super::*;
use crate::command::action::ActionOrder;
use crate::hash::ContentHash;
use crate::order::{Action, Order};
use crate::publication::Publication;
use crate::time::Timestamp;
use crate::trust::{Developer, Trust};
use serde_json::{Value, json};

fn key() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

fn order() -> Order {
    Order {
        form: Form::default(),
        action: Action::Put { sha256: ContentHash::of(b"x"), size: 1 },
        application: "trading".parse().expect("app"),
        patch: "Order.st".parse().expect("name"),
        site: "acme".parse().expect("site"),
        counter: 1,
        expected: None,
        created: Timestamp::from_ms(5),
        install_by: Timestamp::from_ms(500),
        key: key().public().id(),
        reason: None,
        again: false,
    }
}

fn publication() -> Publication {
    Publication {
        form: Form::default(),
        application: "trading".parse().expect("app"),
        patch: "Order.st".parse().expect("name"),
        versions: vec!["7.7".parse().expect("version")],
        sha256: ContentHash::of(b"x"),
        size: 1,
        issue: None,
        created: Timestamp::from_ms(5),
        key: key().public().id(),
    }
}

fn action() -> ActionOrder {
    ActionOrder {
        form: Form::default(),
        action: "restart".parse().expect("action"),
        application: "trading".parse().expect("app"),
        site: "acme".parse().expect("site"),
        nonce: crate::id::hex32([3; 16]).parse().expect("id"),
        created: Timestamp::from_ms(5),
        run_by: Timestamp::from_ms(500),
        key: key().public().id(),
        reason: None,
    }
}

/// Signs the statement's JSON after a newer writer changed it, and reads it back.
fn reread<S: Statement>(statement: &S, change: impl Fn(&mut Value)) -> Result<S, Refusal> {
    let mut json = serde_json::to_value(statement).expect("json");
    change(&mut json);
    let envelope = Envelope::sign(S::DOMAIN, serde_json::to_vec(&json).expect("json"), &key());
    S::verify(&envelope, &key().public())
}

/// Each rule of growth, for one kind of statement.
fn grows<S: Statement + std::fmt::Debug + PartialEq>(statement: &S) {
    let ignored = reread(statement, |json| json["of_a_newer_version"] = json!({ "deep": [1, 2] })).expect("an unknown field");
    assert_eq!(ignored, *statement, "an unknown field changes nothing");
    let later = reread(statement, |json| json["format"] = (FORMAT + 1).into());
    assert!(later.is_ok(), "a newer format that needs nothing new is read: {later:?}");
    let needs = reread(statement, |json| {
        json["only_on_sundays"] = true.into();
        json["needs"] = json!(["only_on_sundays"]);
    });
    assert_eq!(needs, Err(Refusal::NewerFormat), "what is needed is never ignored");
    assert_eq!(reread(statement, |json| json["key"] = json!({ "ids": [] })), Err(Refusal::Malformed));
    assert_eq!(reread(statement, |json| json["format"] = "one".into()), Err(Refusal::Malformed));
    let headless = reread(statement, |json| drop(json.as_object_mut().expect("object").remove("format")));
    assert_eq!(headless, Err(Refusal::Malformed), "every statement says its format");
}

#[test]
fn an_unknown_field_is_ignored_unless_the_statement_needs_it() {
    grows(&order());
    grows(&publication());
    grows(&action());
}

/// A statement whose fields came with several formats.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Grown {
    #[serde(flatten)]
    form: Form,
    key: KeyId,
}

impl Statement for Grown {
    const DOMAIN: Domain = Domain::Order;
    const UNDERSTOOD: &'static [(&'static str, u32)] = &[("old", 1), ("later", 3), ("latest", 4)];

    fn key(&self) -> &KeyId {
        &self.key
    }
}

#[test]
fn a_form_is_readable_from_the_format_that_knows_the_newest_of_its_needs() {
    let from = |needs: &[&str]| Grown::readable_from(&Form::needing(needs));
    assert_eq!(
        (from(&[]), from(&["old"]), from(&["later", "old"]), from(&["old", "latest"])),
        (Some(1), Some(1), Some(3), Some(4))
    );
    assert_eq!(from(&["old", "of_tomorrow"]), None);
    let newest = [readable_at_most::<Order>(), readable_at_most::<Publication>(), readable_at_most::<ActionOrder>()];
    assert!(newest.iter().all(|format| *format <= FORMAT), "agents say that they read format {FORMAT}: {newest:?}");
}

/// The format that knows every need of a statement.
fn readable_at_most<S: Statement>() -> u32 {
    S::UNDERSTOOD.iter().map(|(_, format)| *format).max().unwrap_or(0)
}

#[test]
fn an_unknown_variant_within_a_statement_is_refused_as_a_newer_format() {
    assert_eq!(reread(&order(), |json| json["action"] = "frobnicate".into()), Err(Refusal::NewerFormat));
    assert_eq!(reread(&order(), |json| json["action"] = json!({ "patch": { "delta": "x" } })), Err(Refusal::NewerFormat));
    assert_eq!(reread(&order(), |json| json["action"] = json!({ "put": { "sha256": 7 } })), Err(Refusal::Malformed));
}

#[test]
fn a_field_of_a_newer_format_that_changed_its_shape_is_refused_as_a_newer_format() {
    let reshaped = |json: &mut Value| {
        json["format"] = (FORMAT + 1).into();
        json["counter"] = json!({ "epoch": 1, "count": 7 });
    };
    assert_eq!(reread(&order(), reshaped), Err(Refusal::NewerFormat));
}

#[test]
fn the_signature_is_checked_before_the_form_is_read() {
    let mut envelope = order().sign(&key());
    let text = String::from_utf8(envelope.bytes.clone()).expect("json");
    envelope.bytes = text.replace("\"format\":1", "\"format\":9").into_bytes();
    assert_eq!(Order::verify(&envelope, &key().public()), Err(Refusal::BadSignature));
}

fn developer(seed: u8) -> Developer {
    Developer::unrestricted("ada".parse().expect("user"), SecretKey::from_seed([seed; 32]).public())
}

/// Version 1, then version 2 as a newer writer changed it: what a reader of this version holds after both.
fn accepted(change: impl Fn(&mut Value)) -> Trust {
    let root = SecretKey::from_seed([1; 32]);
    let mut first = Trust::found(root.public(), developer(2));
    first.developers.push(developer(3));
    let mut json = serde_json::to_value(&first).expect("json");
    json["version"] = 2.into();
    change(&mut json);
    let bytes = serde_json::to_vec(&json).expect("json");
    let signed = crate::trust::SignedTrust { by: Envelope::sign(Domain::Trust, bytes, &root), also: None };
    first.accept(&signed).expect("a newer document that is rightly signed")
}

fn refusal(trust: &Trust, seed: u8) -> Option<Refusal> {
    trust.developer(&SecretKey::from_seed([seed; 32]).public().id(), Timestamp::from_ms(10)).err()
}

#[test]
fn a_developer_who_needs_more_than_is_understood_signs_nothing_and_the_others_do() {
    let needy = accepted(|json| json["developers"][0]["needs"] = json!(["second_approver"]));
    assert_eq!((refusal(&needy, 2), refusal(&needy, 3)), (Some(Refusal::NewerFormat), None));
    let unreadable = accepted(|json| json["developers"][0]["sites"] = json!({ "matching": "eu-*" }));
    assert_eq!((refusal(&unreadable, 2), refusal(&unreadable, 3)), (Some(Refusal::NewerFormat), None));
}

#[test]
fn removals_and_revocations_of_a_newer_trust_document_count() {
    let revoked = SecretKey::from_seed([3; 32]).public().id();
    let trust = accepted(|json| {
        json["format"] = (FORMAT + 5).into();
        json["quorum"] = 2.into();
        json["developers"][0]["note"] = "new".into();
        json["revoked"] = json!([revoked]);
    });
    assert_eq!((refusal(&trust, 2), refusal(&trust, 3)), (None, Some(Refusal::Revoked)));
    let removed = accepted(|json| json["developers"] = json!([json["developers"][0]]));
    assert_eq!(refusal(&removed, 3), Some(Refusal::UnknownKey));
}

#[test]
fn the_next_version_that_an_older_app_signs_takes_nothing_away() {
    let newer = accepted(|json| {
        json["format"] = (FORMAT + 1).into();
        json["quorum"] = 2.into();
        json["developers"][0]["sites"] = json!({ "matching": "eu-*" });
        json["developers"][1]["note"] = "on leave".into();
    });
    let mut next = newer.clone();
    next.version += 1;
    let signed = next.sign(&SecretKey::from_seed([1; 32]));
    let json: Value = serde_json::from_slice(&signed.by.bytes).expect("json");
    assert_eq!((&json["format"], &json["quorum"]), (&json!(FORMAT + 1), &json!(2)));
    let developers = json["developers"].as_array().expect("developers");
    assert!(developers.iter().any(|developer| developer["sites"] == json!({ "matching": "eu-*" })), "{developers:?}");
    assert!(developers.iter().any(|developer| developer["note"] == json!("on leave")), "{developers:?}");
}
