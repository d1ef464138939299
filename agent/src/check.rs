//! `check`: looks at each thing that an agent needs, and says how to mend what is wrong.

mod access;
mod directories;
mod logs;
mod programs;
mod room;
mod server;
mod states;
mod walkbacks;

use crate::config::Config;
use crate::guarded_path::PathGuard;
use crate::lock::{Holder, Lock, LockError};
use crate::state_access;
use crate::trust::Held;
use fieldpost_common::exit;
use std::io;
use std::path::Path;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: String,
    /// How it is.
    pub how: Result<String, Wrong>,
}

/// What is wrong, and on the next line how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The exit code, if nothing else is wrong.
    pub code: u8,
    /// In words.
    pub words: String,
}

fn found(what: impl Into<String>, how: Result<String, String>) -> Finding {
    Finding { what: what.into(), how: how.map_err(|words| Wrong { code: exit::FAILED, words }) }
}

fn wrong(what: impl Into<String>, code: u8, words: String) -> Finding {
    Finding { what: what.into(), how: Err(Wrong { code, words }) }
}

/// Looks at everything.
pub async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![found("config", Ok(format!("site {} at {}", config.site, config.server)))];
    let guard = PathGuard::new(config);
    for application in &config.applications {
        findings.push(directories::check(config, application));
        findings.extend(states::check(&guard, application));
        findings.extend(walkbacks::check(&guard, application));
        findings.extend(logs::check(&guard, application));
        findings.extend(programs::check(application, std::env::var_os("PATH").as_deref()));
    }
    findings.extend(room::check(config));
    findings.push(trust(config));
    findings.push(lock(config));
    findings.extend(server::check(config).await);
    findings
}

fn trust(config: &Config) -> Finding {
    match Held::load(config.state_dir.as_path()) {
        Ok(held) if held.newest.is_some() => {
            found("trust", Ok(format!("version {}, root key {}", held.version(), held.pinned.fingerprint())))
        }
        Ok(_) => found(
            "trust",
            Err("no trust document yet: no order is accepted\nlet the agent run: the server sends one with the first poll"
                .to_owned()),
        ),
        Err(error) => denied("trust", &config.state(crate::trust::PIN_FILE), &error),
    }
}

fn lock(config: &Config) -> Finding {
    match Lock::holder(&config.state("lock")) {
        Ok(Holder::Nobody) => found("lock", Ok("no agent runs".to_owned())),
        Ok(Holder::Process(pid)) => found("lock", Ok(format!("an agent runs, pid {pid}{}", other_user(&pid)))),
        Err(LockError::Io(path, error)) => denied("lock", &path, &error),
        Err(error) => found("lock", Err(error.to_string())),
    }
}

/// A file of the agent's own that can't be read.
fn denied(what: &str, path: &Path, error: &io::Error) -> Finding {
    let code = if state_access::is_denied(error) { exit::NOT_PERMITTED } else { exit::FAILED };
    wrong(what, code, format!("{}: {error}\n{}", path.display(), state_access::cure(path, error)))
}

/// What this user may do says little about another.
fn other_user(pid: &str) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::geteuid().as_raw();
    match std::fs::metadata(format!("/proc/{pid}")) {
        Ok(process) if process.uid() != own => {
            format!(", as the user {} while this is {own}: check as that one", process.uid())
        }
        _ => String::new(),
    }
}

/// How many things are wrong, in words.
pub fn summary(findings: &[Finding]) -> String {
    match findings.iter().filter(|finding| finding.how.is_err()).count() {
        0 => "nothing is wrong".to_owned(),
        wrong => format!("{wrong} of {} things are wrong", findings.len()),
    }
}

/// The exit code for what was found: where all that is wrong is of one kind, that kind's.
pub fn code(findings: &[Finding]) -> u8 {
    let mut codes = findings.iter().filter_map(|finding| Some(finding.how.as_ref().err()?.code));
    let Some(first) = codes.next() else { return exit::OK };
    if codes.all(|code| code == first) { first } else { exit::FAILED }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const CONFIG: &str = r#"
server = "http://127.0.0.1:1"
site = "acme"
state_dir = "/nowhere/state"
[[app]]
name = "trading"
version = "7.7"
patches = "/nowhere/patches"
after_install = { command = ["/bin/sh"] }
walkbacks = ["/nowhere/crashes"]
walkbacks_sent = { move = "/nowhere/sent" }
state = { file = "/nowhere/health.json" }
[app.logs]
main = "/nowhere/main.log"
[app.actions]
restart = ["/nowhere/restart"]
"#;

    #[tokio::test]
    async fn everything_that_the_config_names_is_looked_at_and_what_is_wrong_says_how_to_mend_it() {
        let sent = tempfile::tempdir().expect("a folder");
        let text = CONFIG.replace("/nowhere/sent", &sent.path().display().to_string());
        let config = Config::parse(&text, Path::new("acme.toml")).expect("a config");
        let findings = check(&config).await;
        let names: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
        let expected = [
            "config",
            "directory of trading",
            "state of trading",
            "walkbacks of trading",
            "sent walkbacks of trading",
            "log main of trading",
            "after_install of trading",
            "action restart of trading",
            "trust",
            "lock",
            "server",
        ];
        assert_eq!(names, expected);
        let fine: Vec<_> = findings.iter().filter(|finding| finding.how.is_ok()).map(|finding| finding.what.as_str()).collect();
        assert_eq!(fine, ["config", "sent walkbacks of trading", "after_install of trading", "lock"], "{findings:#?}");
        for finding in findings.iter().filter(|finding| finding.what.ends_with("trading")) {
            let lines = finding.how.as_ref().map_or_else(|wrong| wrong.words.lines().count(), |_| 2);
            assert_eq!(lines, 2, "what is wrong, and how to mend it: {finding:?}");
        }
        assert_eq!((code(&findings), summary(&findings).as_str()), (exit::FAILED, "7 of 11 things are wrong"));
    }

    #[test]
    fn what_is_wrong_has_the_exit_code_of_its_kind_unless_kinds_mix() {
        let fine = found("lock", Ok(String::new()));
        let server = wrong("server", exit::UNREACHABLE, String::new());
        let token = wrong("server", exit::NOT_PERMITTED, String::new());
        assert_eq!(code(std::slice::from_ref(&fine)), exit::OK);
        assert_eq!(code(&[fine.clone(), server.clone()]), exit::UNREACHABLE);
        assert_eq!(code(&[fine.clone(), token.clone()]), exit::NOT_PERMITTED);
        assert_eq!(code(&[found("log", Err(String::new())), server]), exit::FAILED);
        assert_eq!(code(&[wrong("trust", exit::NOT_PERMITTED, String::new()), token]), exit::NOT_PERMITTED);
        assert_eq!(summary(&[fine]), "nothing is wrong");
    }
}
