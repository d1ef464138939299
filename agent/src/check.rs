//! `check`: looks at each thing that an agent needs, and says how to mend what is wrong.

use crate::clock;
use crate::config::Config;
use crate::lock::{Lock, LockError};
use crate::marker::Markers;
use crate::root::Root;
use crate::server::{PollAsk, Server};
use crate::status::Status;
use crate::token::Token;
use crate::trust::Held;
use fieldpost_common::inventory::Inventory;
use fieldpost_common::problem::Code;
use std::time::Duration;

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
    findings.push(found("server", reach(config, version).await));
    findings
}

fn directories(config: &Config) -> Vec<Finding> {
    let markers = Markers::load(&config.state("markers"));
    let one = |entry: &crate::config::Application| {
        let path = entry.directory.as_path();
        let how = match Root::open(path, &markers.expected(&config.site, &entry.name)) {
            Ok(_) => Ok(format!("{}, the enrolled one", path.display())),
            Err(wrong) => Err(format!("{}: {}", path.display(), wrong.explain())),
        };
        found(format!("directory of {}", entry.name), how)
    };
    config.applications.iter().map(one).collect()
}

/// Asks the running agent's status first: a poll of another process would look like a clone.
async fn reach(config: &Config, trust: u64) -> Result<String, String> {
    if let Err(LockError::Held { .. }) = Lock::take(&config.state("lock")) {
        let status = Status::load(&config.state(crate::status::FILE));
        return match status {
            Some(status) => status.error.map_or_else(|| Ok("the running agent reaches it".to_owned()), Err),
            None => Err("the running agent has not written its status yet: try again".to_owned()),
        };
    }
    let token = Token::load(&config.state("token")).map_err(|error| error.to_string())?;
    let server = Server::new(config, token).map_err(|error| error.to_string())?;
    let boot = fieldpost_common::id::hex32(clock::random());
    let boot = boot.parse().map_err(|_| "no boot id".to_owned())?;
    let ask = PollAsk { number: 1, wait: Duration::ZERO, etag: None, digest: Inventory::default().digest(), trust };
    match server.poll(&ask, &boot, clock::wall()).await {
        Ok(_) => Ok("reached, and it knows this site".to_owned()),
        Err(trouble) if trouble.code() == Some(Code::Unauthorized) => Err(format!(
            "{trouble}\nask for a new enrolment string and run `fieldpost-agent enroll STRING --config FILE --again`"
        )),
        Err(trouble) => Err(trouble.to_string()),
    }
}
