//! Everything that travels can grow: a body with fields that this version doesn't know is read as if they weren't there.

use super::*;
use crate::command::CommandKind;
use crate::command::log::LogPart;
use crate::envelope::{Domain, SecretKey};
use crate::trust::{Developer, Trust};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Adds a field to each object of a body, at any depth.
fn grow(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.values_mut().for_each(grow);
            fields.insert("of_a_newer_version".to_owned(), json!({ "deep": [true, null] }));
        }
        Value::Array(entries) => entries.iter_mut().for_each(grow),
        _ => {}
    }
}

/// Reads a body after a newer writer added fields everywhere.
fn assert_grows<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(body: &T) {
    let mut json = serde_json::to_value(body).expect("json");
    grow(&mut json);
    let text = json.to_string();
    let read: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    assert_eq!(read, *body);
}

fn key() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

fn command(id: u8, kind: CommandKind) -> Command {
    Command { id: crate::id::hex32([id; 16]).parse().expect("id"), kind, cancel: false }
}

fn batch() -> Batch {
    let application: AppName = "trading".parse().expect("app");
    let developer = Developer::unrestricted("ada".parse().expect("user"), key().public());
    let envelope = Envelope::sign(Domain::Order, b"{}".to_vec(), &key());
    let action = CommandKind::Action {
        application: application.clone(),
        action: "restart".parse().expect("action"),
        envelope: envelope.clone(),
    };
    let part = LogPart { lines: Some(7), ..LogPart::default() };
    let log = CommandKind::Log { application: application.clone(), log: "gateway".parse().expect("log"), part };
    let json = json!({
        "generation": crate::id::hex32([1; 16]),
        "trust": [Trust::found(key().public(), developer).sign(&key())],
        "orders": [envelope],
        "wanted": [ContentHash::of(b"x")],
        "commands": [
            command(1, CommandKind::State { application }),
            command(2, CommandKind::Rescan),
            command(3, action),
            command(4, log),
        ],
        "inventory_wanted": true,
    });
    serde_json::from_value(json).expect("a batch")
}

#[test]
fn a_batch_and_its_envelopes_with_unknown_fields_are_read_whole() {
    assert_grows(&batch());
}

#[test]
fn a_batch_with_a_command_of_an_unknown_kind_is_read_and_only_that_command_is_left_alone() {
    let mut json = serde_json::to_value(batch()).expect("json");
    json["commands"][0]["kind"] = "dance".into();
    let read: Batch = serde_json::from_value(json).expect("a batch");
    assert_eq!(read.commands[0].kind, CommandKind::Unknown);
    assert_eq!(read.commands[1..], batch().commands[1..]);
}

#[test]
fn results_and_states_with_unknown_fields_are_read_whole() {
    let order = OrderResult {
        order: crate::id::hex32([5; 16]).parse().expect("id"),
        outcome: OrderOutcome::Failed { reason: Failure::NoSpace { detail: None } },
        counter: 4,
        at: Timestamp::from_ms(5),
    };
    let command = CommandResult {
        command: crate::id::hex32([6; 16]).parse().expect("id"),
        outcome: CommandOutcome::Done { note: None },
        tail: None,
        at: Timestamp::from_ms(6),
    };
    assert_grows(&Results { orders: vec![order], commands: vec![command] });
    let outcome = StateOutcome::Content { content: b"ok".to_vec(), exit: Some(0), modified: None };
    let command = crate::id::hex32([7; 16]).parse().expect("id");
    assert_grows(&StateReport { command, at: Timestamp::from_ms(7), format: None, outcome });
    assert_grows(&Walkbacks::default());
}
