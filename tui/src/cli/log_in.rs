//! `fieldpost login`: the string in, keys and token kept.

use super::failure::Failure;
use super::talk::Talk;
use crate::keyring::Keyring;
use crate::login::login;
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
    let done = login(&Keyring::from_environment()?, &string, ca_file.as_deref()).await?;
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
