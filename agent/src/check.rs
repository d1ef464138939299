//! `check`: looks at each thing that an agent needs, and says how to mend what is wrong.

use crate::config::Config;
use crate::lock::{Lock, LockError};
use crate::marker::Markers;
use crate::root::Root;
use crate::server::Server;
use crate::status::Status;
use crate::token::Token;
use crate::trust::Held;
use fieldpost_common::exit;
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::Directory;
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
    findings.extend(directories(config));
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
            Err(LockError::Held { pid, .. }) => Ok(format!("an agent runs, pid {pid}")),
            Err(error) => Err(error.to_string()),
        },
    ));
    findings.push(found("server", reach(config).await));
    findings
}

fn directories(config: &Config) -> Vec<Finding> {
    let markers = Markers::load(&config.state("markers"));
    let one = |entry: &crate::config::Application| {
        let path = entry.directory.as_path();
        let how = match Root::open(path, &markers.expected(&config.site, &entry.name)) {
            Ok(root) => match writable(&root) {
                Ok(()) => Ok(format!("{}, the enrolled one", path.display())),
                Err(error) => {
                    Err(format!("{}: it can't be written: {error}\ngive it to the user that runs the agent", path.display()))
                }
            },
            Err(wrong) => Err(format!("{}: {}\n{}", path.display(), wrong.explain(), cure(wrong, &entry.name))),
        };
        found(format!("directory of {}", entry.name), how)
    };
    config.applications.iter().map(one).collect()
}

fn writable(root: &Root) -> std::io::Result<()> {
    use rustix::fs::{Access, AtFlags};
    Ok(rustix::fs::accessat(root.dir(), ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
}

fn cure(wrong: Directory, application: &AppName) -> String {
    let mark = format!("`fieldpost-agent mark --config FILE {application}`");
    match wrong {
        Directory::Present => String::new(),
        Directory::Missing => format!("mount it, or make it and run {mark}"),
        Directory::NoMarker => format!("mount the right disk, or, if this is the right directory, run {mark}"),
        Directory::OtherMarker => "name the right directory in the config".to_owned(),
        Directory::NotADirectory => "name the directory itself in the config, not a link to it".to_owned(),
        Directory::Unreadable => "let the user that runs the agent read it".to_owned(),
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
