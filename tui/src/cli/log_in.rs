//! `fieldpost login`: the string in, keys and token kept.

use super::failure::Failure;
use super::talk::Talk;
use crate::keyring::Keyring;
use crate::login::login;
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::exit;
use serde_json::json;
use std::io::Read as _;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The login string, or `-`
    string: String,
    /// Further root certificates (PEM), for a server behind a company's own authority
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The root key's fingerprint, where the string names none: it was compared
    #[arg(long, value_name = "FINGERPRINT")]
    root: Option<String>,
}

/// Whether a person says that this is the root key of sites and colleagues.
fn is_root(root: &PublicKey, given: Option<&str>, talk: Talk) -> bool {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    if let Some(given) = given {
        return bare(given) == bare(&root.fingerprint());
    }
    let question = format!(
        "this string names no root key; the server's is {}\n\
         is it the one that `fieldpost trust show` says at a colleague's, or `fieldpost-agent check` at a site?",
        root.fingerprint()
    );
    talk.can_ask() && talk.confirm(&question, "--root").unwrap_or(false)
}

pub(crate) async fn run(args: Args, talk: Talk) -> Result<u8, Failure> {
    let mut string = args.string;
    if string == "-" {
        string.clear();
        std::io::stdin()
            .take(64 << 10)
            .read_to_string(&mut string)
            .map_err(|error| Failure::new(format!("standard input: {error}")))?;
    }
    let ca_file = match args.ca_file {
        Some(path) => Some(std::path::absolute(&path).map_err(|error| Failure::file(&path, &error))?),
        None => None,
    };
    let done =
        login(&Keyring::from_environment()?, &string, ca_file.as_deref(), |root| is_root(root, args.root.as_deref(), talk))
            .await?;
    let data = json!({
        "user": done.user, "role": done.role, "key": done.key.id(), "trusted": done.trusted,
        "root_key_file": done.founded,
    });
    talk.data(&data, || {
        let first = format!("logged in as {}; signing key {}", done.user, done.key.fingerprint());
        std::iter::once(first).chain(done.advice()).collect::<Vec<_>>().join("\n")
    })?;
    Ok(exit::OK)
}
