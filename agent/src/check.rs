//! `check`: looks at each thing that an agent needs, and says how to mend what is wrong.

mod access;
mod directories;
mod logs;
mod programs;
mod states;
mod walkbacks;

use crate::config::Config;
use crate::guarded_path::PathGuard;
use crate::lock::{Lock, LockError};
use crate::server::Server;
use crate::status::Status;
use crate::token::Token;
use crate::trust::Held;
use fieldpost_common::exit;
use fieldpost_common::problem::Code;
use fieldpost_common::wire::Results;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: String,
    /// How it is.
    pub how: Result<String, String>,
}

fn found(what: impl Into<String>, how: Result<String, String>) -> Finding {
    Finding { what: what.into(), how }
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
    let held = Held::load(config.state_dir.as_path());
    let version = held.as_ref().map_or(0, Held::version);
    findings.push(found(
        "trust",
        match held {
            Ok(held) if held.newest.is_some() => Ok(format!("version {version}, root key {}", held.pinned.fingerprint())),
            Ok(_) => Err("no trust document yet: no order is accepted until the server sends one".to_owned()),
            Err(error) => Err(format!("{error}: enroll this site (again)")),
        },
    ));
    findings.push(found(
        "lock",
        match Lock::take(&config.state("lock")) {
            Ok(_) => Ok("no agent runs".to_owned()),
            Err(LockError::Held { pid, .. }) => Ok(format!("an agent runs, pid {pid}{}", other_user(&pid))),
            Err(error) => Err(error.to_string()),
        },
    ));
    findings.push(found("server", reach(config).await));
    findings
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

/// The exit code for what was found.
pub fn code(findings: &[Finding]) -> u8 {
    let wrong = |what: &str| findings.iter().any(|finding| finding.what == what && finding.how.is_err());
    if findings.iter().all(|finding| finding.how.is_ok()) {
        exit::OK
    } else if findings.iter().filter(|finding| finding.how.is_err()).count() == 1 && wrong("server") {
        exit::UNREACHABLE
    } else {
        exit::FAILED
    }
}

/// Asks the running agent's status first: a poll of another process would look like a clone.
async fn reach(config: &Config) -> Result<String, String> {
    if let Err(LockError::Held { .. }) = Lock::take(&config.state("lock")) {
        let status = Status::load(&config.state(crate::status::FILE));
        return match status {
            Some(status) => status.error.map_or_else(|| Ok("the running agent reaches it".to_owned()), Err),
            None => Err("the running agent has not written its status yet: try again".to_owned()),
        };
    }
    let token = Token::load(&config.state("token")).map_err(|error| error.to_string())?;
    let server = Server::new(config, token).map_err(|error| error.to_string())?;
    // No results: the one request that proves the way and the token, and changes nothing.
    match server.send_results(&Results::default()).await {
        Ok(()) => Ok("reached, and it knows this site".to_owned()),
        Err(trouble) if trouble.code() == Some(Code::Unauthorized) => Err(format!(
            "{trouble}\nask for a new enrolment string and run `fieldpost-agent enroll STRING --config FILE --again`"
        )),
        Err(trouble) => Err(trouble.to_string()),
    }
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
        assert_eq!(fine, ["config", "sent walkbacks of trading", "after_install of trading"], "{findings:#?}");
        for finding in findings.iter().filter(|finding| finding.what.ends_with("trading")) {
            let lines = finding.how.as_ref().map_or_else(|wrong| wrong.lines().count(), |_| 2);
            assert_eq!(lines, 2, "what is wrong, and how to mend it: {finding:?}");
        }
        assert_eq!((code(&findings), summary(&findings).as_str()), (exit::FAILED, "8 of 11 things are wrong"));
    }

    #[test]
    fn only_a_server_that_is_out_of_reach_has_a_code_of_its_own() {
        let fine = found("lock", Ok(String::new()));
        let server = found("server", Err(String::new()));
        assert_eq!(code(std::slice::from_ref(&fine)), exit::OK);
        assert_eq!(code(&[fine.clone(), server.clone()]), exit::UNREACHABLE);
        assert_eq!(code(&[found("log", Err(String::new())), server]), exit::FAILED);
        assert_eq!(summary(&[fine]), "nothing is wrong");
    }
}
