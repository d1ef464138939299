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
    let mut findings = screen::look_at(colours, settings.look, around, screen::size());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::look::LookWish;

    fn shown(findings: &[Finding]) -> String {
        findings.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_terminal_is_told_with_the_reason_for_its_colours() {
        let around = Surroundings {
            term: Some("tmux-256color\x1b[2J".to_owned()),
            no_color: true,
            locale: Some("C".to_owned()),
            ssh: true,
            tmux: true,
            ..Surroundings::default()
        };
        insta::assert_snapshot!(shown(&screen::look_at(ColorChoice::Auto, LookWish::default(), &around, Some((80, 24)))));
    }

    #[test]
    fn every_mistake_in_the_settings_is_told_and_the_exit_code_says_so() {
        let keyring = Keyring::at("/home/ada/.config/fieldpost".into());
        let parsed = settings::parse("[keys.grid]\nquit = \"j\"\n[look]\ntheme = \"blue\"\n");
        let finding = files::settings(&keyring, &parsed.complaints);
        assert_eq!(finding.code, exit::BAD_CONFIG);
        insta::assert_snapshot!(shown(&[finding]));
    }
}
