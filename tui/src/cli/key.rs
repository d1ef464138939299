//! `fieldpost key list`: the keys in this folder, and whether the trust document knows them.

use super::failure::Failure;
use super::talk::Talk;
use crate::keyring::Keyring;
use crate::session::Session;
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::exit;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// List them
    List,
}

pub(crate) async fn run(verb: &Verb, talk: Talk) -> Result<u8, Failure> {
    let Verb::List = verb;
    let keyring = Keyring::from_environment()?;
    let session = Session::open_from(keyring.clone())?;
    let trust = session.trust().await.map(|(trust, _)| trust);
    let now = session.now();
    let mut rows = Vec::new();
    if let Some(key) = keyring.developer()? {
        let state = match &trust {
            Ok(trust) => {
                trust.developer(&key.public().id(), now).map_or_else(|refusal| refusal.to_string(), |_| "trusted".to_owned())
            }
            Err(error) => format!("unknown: {}", error.to_string().lines().next().unwrap_or_default()),
        };
        rows.push(("developer", key.public(), state, Some(keyring.developer_file())));
    }
    let (root, standing) = match &trust {
        Ok(trust) if trust.root != session.root => (trust.root, "in force, in place of the pinned one"),
        _ => (session.root, "pinned"),
    };
    let file = keyring.root()?.filter(|key| key.public() == root).map(|_| keyring.root_file());
    let secret = if file.is_some() { "; its secret half is here: move it to a safe place" } else { "" };
    rows.push(("root", root, format!("{standing}{secret}"), file));
    let json: Vec<_> = rows
        .iter()
        .map(|(kind, key, state, file)| json!({ "kind": kind, "id": key.id(), "fingerprint": key.fingerprint(), "state": state, "file": file }))
        .collect();
    talk.data(&json!({ "keys": json }), || {
        let line = |(kind, key, state, _): &(&str, PublicKey, String, _)| format!("{kind:<10} {}  {state}", key.fingerprint());
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(exit::OK)
}
