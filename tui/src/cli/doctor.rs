//! `fieldpost doctor`: looks at each thing that can be in the way, and says how to mend it.

use super::failure::Failure;
use super::talk::Talk;
use crate::keyring::Keyring;
use crate::session::Session;
use fieldpost_common::exit;
use fieldpost_common::text;
use serde::Serialize;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

/// A clock that is further off than this signs orders that are refused.
const CLOCK: Duration = Duration::from_mins(2);

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    words: String,
    #[serde(skip)]
    code: u8,
}

impl Finding {
    fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, ok: true, words: words.into(), code: exit::OK }
    }

    fn bad(what: &'static str, failure: impl Into<Failure>) -> Self {
        let Failure { code, words } = failure.into();
        Self { what, ok: false, words, code }
    }
}

pub(crate) async fn run(talk: Talk) -> Result<u8, Failure> {
    let findings = findings().await;
    talk.data(&json!({ "findings": findings }), || {
        let line = |one: &Finding| {
            format!("{} {:<10} {}", if one.ok { "ok  " } else { "FAIL" }, one.what, one.words.replace('\n', "\n                "))
        };
        findings.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(findings.iter().find(|finding| !finding.ok).map_or(exit::OK, |finding| finding.code))
}

async fn findings() -> Vec<Finding> {
    let keyring = match Keyring::from_environment() {
        Ok(keyring) => keyring,
        Err(error) => return vec![Finding::bad("settings", error)],
    };
    let mut findings = vec![Finding::good("settings", keyring.folder().display().to_string())];
    let session = match Session::open_from(keyring.clone()) {
        Ok(session) => session,
        Err(error) => {
            findings.push(Finding::bad("login", error));
            return findings;
        }
    };
    findings.push(Finding::good("login", format!("{} at {}", session.user, session.client.url())));
    findings.push(private(&keyring));
    findings.extend(server(&session).await);
    findings
}

/// Keys must be for their owner alone.
fn private(keyring: &Keyring) -> Finding {
    let open = |path: &Path| std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
    let files = [keyring.developer_file(), keyring.root_file(), keyring.folder().join("login.toml")];
    match files.iter().find(|path| open(path)) {
        None => Finding::good("files", "for their owner only"),
        Some(path) => {
            Finding::bad("files", Failure::new(format!("others may read {}\nuse chmod 600 {}", path.display(), path.display())))
        }
    }
}

async fn server(session: &Session) -> Vec<Finding> {
    let whoami = match session.client.whoami().await {
        Ok(whoami) => whoami,
        Err(error) => return vec![Finding::bad("server", error)],
    };
    let mine = env!("CARGO_PKG_VERSION");
    let mut findings = vec![Finding::good("server", format!("version {}, this app {mine}", whoami.server_version))];
    let now = session.now();
    let off = whoami.now.age(now).max(now.age(whoami.now));
    findings.push(if off > CLOCK {
        Finding::bad("clock", Failure::new(format!("this machine's clock is {} off the server's: set it right", text::age(off))))
    } else {
        Finding::good("clock", "agrees with the server's")
    });
    findings.push(match session.signer().await {
        Ok(signer) => Finding::good("key", format!("{} is trusted", signer.key.public().fingerprint())),
        Err(error) => Finding::bad("key", error),
    });
    findings
}
