//! The config file of `fieldpost-server run`: TOML, every field optional, nothing unknown accepted.

use crate::measures::Measures;
use fieldpost_common::id::AppName;
use fieldpost_common::state::{Rule, RuleError, Rules};
use fieldpost_common::time::{deserialize_duration, deserialize_some_duration};
use fieldpost_common::wire::{MAX_CONTENT, MAX_WAIT, POLL_INTERVAL};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the server runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The data directory; given on the command line.
    #[serde(skip)]
    pub data: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Certificate and key, for HTTPS.
    pub tls: Option<Tls>,
    /// A proxy in front ends TLS and says in `X-Forwarded-For` who is there.
    pub behind_proxy: bool,
    /// The largest content, in bytes.
    pub max_content: u64,
    /// The most that one site may hand over in all, in bytes.
    pub site_quota: u64,
    /// The most that texts of walkbacks may take in all, packed, in bytes; beyond that only the first and the newest of each error
    /// are kept for certain.
    pub walkback_quota: u64,
    /// The most errors that one site is the first to report on one day; beyond that they are counted together.
    pub walkback_new_errors: u64,
    /// How often agents poll.
    pub poll: Poll,
    /// How often sites are asked for their states.
    pub state: State,
    /// How long a silence is borne.
    pub silence: Silence,
    /// How often everything that is stored is read again, and its hashes and pages are checked.
    #[serde(deserialize_with = "deserialize_duration")]
    pub check_every: Duration,
    /// How often people hear of what was changed at sites.
    pub drift: Drift,
    /// Whom to tell what is wrong; none: nobody.
    pub mail: Option<Mail>,
    /// Applications with rules for their states.
    pub app: Vec<AppRules>,
}

/// How often agents poll.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Poll {
    /// The time between polls that don't wait; agents are told, and silence counts from there. None: agents' own configs
    /// decide, and a minute is expected.
    #[serde(deserialize_with = "deserialize_some_duration")]
    pub every: Option<Duration>,
    /// The longest that a poll waits here.
    #[serde(deserialize_with = "deserialize_duration")]
    pub wait: Duration,
}

impl Poll {
    /// Within which time of one poll the next is expected: one that waited here is followed by the next, a site may choose either.
    pub(crate) fn expected(&self) -> Duration {
        self.every.unwrap_or(POLL_INTERVAL).max(self.wait)
    }
}

impl Default for Poll {
    fn default() -> Self {
        Self { every: None, wait: MAX_WAIT }
    }
}

/// How often sites are asked for their states.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// The time between states; one older than two of these is stale.
    #[serde(deserialize_with = "deserialize_duration")]
    pub every: Duration,
    /// How long states are kept; the newest always is.
    #[serde(deserialize_with = "deserialize_duration")]
    pub keep: Duration,
}

impl Default for State {
    fn default() -> Self {
        Self { every: Duration::from_mins(10), keep: Duration::from_hours(24 * 14) }
    }
}

/// How long a silence is borne.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Silence {
    /// The time beyond the expected poll.
    #[serde(deserialize_with = "deserialize_duration")]
    pub grace: Duration,
}

impl Default for Silence {
    fn default() -> Self {
        Self { grace: Duration::from_mins(3) }
    }
}

/// How often people hear of what was changed at sites.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Drift {
    /// The time between two digests; none is mailed when there is no news.
    #[serde(deserialize_with = "deserialize_duration")]
    pub digest: Duration,
}

impl Default for Drift {
    fn default() -> Self {
        Self { digest: Duration::from_hours(24) }
    }
}

/// Whom to tell what is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server: `smtp://host:port`, `smtps://host:port`; `?tls=required` after `smtp://` for STARTTLS.
    pub smtp: String,
    /// The sender.
    pub from: String,
    /// Who is told.
    pub to: Vec<String>,
    /// The user, where the mail server wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// A file with the password, which nobody else may read.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A PEM file with further roots to trust.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// How long what is to be told is gathered for one mail; it doubles, up to half an hour, while more keeps coming.
    #[serde(default = "digest", deserialize_with = "deserialize_duration")]
    pub digest: Duration,
    /// How long the mail server may take for one mail. Too short a time means mails that come twice.
    #[serde(default = "timeout", deserialize_with = "deserialize_duration")]
    pub timeout: Duration,
    /// How long a mail that was not taken waits for its next try; it doubles, up to half an hour.
    #[serde(default = "retry", deserialize_with = "deserialize_duration")]
    pub retry: Duration,
}

const fn digest() -> Duration {
    Duration::from_secs(30)
}

const fn timeout() -> Duration {
    Duration::from_mins(2)
}

const fn retry() -> Duration {
    Duration::from_mins(1)
}

/// An application's own rules for its states.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRules {
    /// The application.
    pub name: AppName,
    /// The rules, in their order.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// How long ago a state file may have been written; none: that is shown and not judged.
    #[serde(default, deserialize_with = "deserialize_some_duration")]
    pub max_age: Option<Duration>,
}

/// PEM files; read anew on SIGHUP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate, followed by what leads to its root.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8700)),
            tls: None,
            behind_proxy: false,
            max_content: MAX_CONTENT,
            site_quota: 2 << 30,
            walkback_quota: 512 << 20,
            walkback_new_errors: 200,
            poll: Poll::default(),
            state: State::default(),
            silence: Silence::default(),
            check_every: Duration::from_hours(24),
            drift: Drift::default(),
            mail: None,
            app: Vec::new(),
        }
    }
}

/// A config that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("{path}: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// It says something wrong.
    #[error("{path}:{line}:{column}: {why}")]
    Wrong {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong.
        why: String,
    },
    /// What it says makes no sense together.
    #[error(
        "listen = \"{0}\" would send tokens in the clear: set tls = {{ cert, key }}, or behind_proxy = true when a proxy ends TLS"
    )]
    PlainHttp(SocketAddr),
    /// A rule can't be used.
    #[error("application {0}: {1}")]
    Rule(AppName, RuleError),
    /// No mail can be sent that way.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
    /// A length of time can't be so short.
    #[error("{0} is {1:?}: use 1s or more")]
    TooShort(&'static str, Duration),
}

impl Config {
    /// Reads a config file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &shown),
            Err(error) => Err(ConfigError::Unreadable { path: shown, why: error.to_string() }),
        }
    }

    fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            ConfigError::Wrong { path: path.to_owned(), line, column, why: error.message().to_owned() }
        })
    }

    /// Refuses plain HTTP on anything but loopback.
    pub fn check(&self) -> Result<(), ConfigError> {
        for AppRules { name, rule, .. } in &self.app {
            Rules::new(rule).map_err(|error| ConfigError::Rule(name.clone(), error))?;
        }
        crate::mail::check(self)?;
        let times = [("poll.every", self.poll.every.unwrap_or(POLL_INTERVAL)), ("state.every", self.state.every)];
        if let Some((name, time)) = times.into_iter().find(|(_, time)| *time < Duration::from_secs(1)) {
            return Err(ConfigError::TooShort(name, time));
        }
        if self.tls.is_some() || self.behind_proxy || self.listen.ip().is_loopback() {
            Ok(())
        } else {
            Err(ConfigError::PlainHttp(self.listen))
        }
    }

    /// By what an application's states are judged. Rules were checked; ones that can't be used are as good as none.
    pub(crate) fn measures(&self, app: &AppName) -> Measures {
        let Some(found) = self.app.iter().find(|one| one.name == *app) else { return Measures::default() };
        Measures { rules: Rules::new(&found.rule).unwrap_or_default(), max_age: found.max_age }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_unknown_is_named_with_line_and_column() {
        let error = Config::parse("behind_proxy = true\n  max_contents = 5\n", "s.toml").expect_err("unknown");
        let text = error.to_string();
        assert!(text.starts_with("s.toml:2:3: ") && text.contains("max_contents"), "{text}");
    }

    #[test]
    fn plain_http_is_only_for_loopback_unless_a_proxy_ends_tls() {
        let listen = "0.0.0.0:8700".parse().expect("address");
        let open = Config { listen, ..Config::default() };
        assert_eq!(open.check(), Err(ConfigError::PlainHttp(listen)));
        assert_eq!(Config { behind_proxy: true, ..open.clone() }.check(), Ok(()));
        let tls = Some(Tls { cert: "c.pem".into(), key: "k.pem".into() });
        assert_eq!(Config { tls, ..open }.check(), Ok(()));
        assert_eq!(Config::default().check(), Ok(()));
    }
}
