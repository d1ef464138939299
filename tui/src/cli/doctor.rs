//! `fieldpost doctor`: looks at each thing that can be in the way, and says how to mend it. Each kind of thing is one file.

mod files;
mod screen;
mod server;

use super::failure::Failure;
use super::talk::Talk;
use crate::app::{ColorChoice, settings};
use crate::keyring::Keyring;
use crate::session::Session;
use crate::surroundings::Surroundings;
use fieldpost_common::exit;
use fieldpost_common::text::Clean;
use serde::Serialize;
use serde_json::json;

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

pub(crate) async fn run(colours: ColorChoice, talk: Talk) -> Result<u8, Failure> {
    let around = Surroundings::read();
    let findings = findings(colours, &around).await;
    talk.data(&json!({ "findings": findings, "environment": around }), || {
        findings.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(findings.iter().find(|finding| !finding.ok).map_or(exit::OK, |finding| finding.code))
}

fn line(finding: &Finding) -> String {
    let words = Clean::lines(&finding.words).to_string().replace('\n', "\n                ");
    format!("{} {:<10} {words}", if finding.ok { "ok  " } else { "FAIL" }, finding.what)
}

async fn findings(colours: ColorChoice, around: &Surroundings) -> Vec<Finding> {
    let keyring = match Keyring::from_environment() {
        Ok(keyring) => keyring,
        Err(error) => return vec![Finding::bad("settings", error)],
    };
    let settings = settings::load(&keyring);
    let mut findings = screen::look_at(colours, settings.look, around);
    findings.push(files::settings(&keyring, &settings.complaints));
    findings.push(files::kept(&keyring));
    findings.push(files::copied(around));
    match Session::open_from(keyring) {
        Ok(session) => {
            findings.push(Finding::good("login", format!("{} at {}", session.user, session.client.url())));
            findings.extend(server::look_at(&session).await);
        }
        Err(error) => findings.push(Finding::bad("login", error)),
    }
    findings
}
