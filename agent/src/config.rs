//! The agent's config file: read whole, checked whole, with errors that name file, line and column.

mod action;
mod address;
mod ignore;

pub use action::Action;
pub use address::ServerUrl;
pub use ignore::{Ignore, Patterns};

use crate::redact::Rules;
use fieldpost_common::hook::HookPer;
use fieldpost_common::id::{ActionName, AppName, LogName, SiteName, Version};
use fieldpost_common::state::Format;
use fieldpost_common::time::deserialize_duration;
use fieldpost_common::wire;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A config that was checked: only this is used by the rest of the agent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file it was read from.
    #[serde(skip)]
    pub path: PathBuf,
    /// Where the server is.
    pub server: ServerUrl,
    /// Which site this is.
    pub site: SiteName,
    /// Where token, journal and downloads are kept.
    pub state_dir: AbsolutePath,
    /// A PEM file with further roots to trust, such as those of an inspecting proxy.
    pub ca_file: Option<AbsolutePath>,
    /// The proxy to go through; without it the environment's is used.
    pub proxy: Option<String>,
    /// Whether `http://` to another host is meant, because something else protects the way.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// How long a poll may wait at the server; `0s`: plain polls.
    #[serde(default = "wait", deserialize_with = "deserialize_duration")]
    pub wait: Duration,
    /// The time between plain polls, and between full scans.
    #[serde(default = "poll_interval", deserialize_with = "deserialize_duration")]
    pub poll_interval: Duration,
    /// The largest content that is taken, in bytes.
    #[serde(default = "max_size")]
    pub max_size: u64,
    /// What is installed at this site.
    #[serde(rename = "app")]
    pub applications: Vec<Application>,
}

/// One application at this site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its name.
    pub name: AppName,
    /// The version that runs here: the truth about it.
    pub version: Version,
    /// Its patch directory.
    #[serde(rename = "patches")]
    pub directory: AbsolutePath,
    /// What is not looked at, beside editors' own files.
    #[serde(default)]
    pub ignore: Ignore,
    /// What runs after a patch was put in place or removed, and loads it.
    pub after_install: Option<Hook>,
    /// Where it says how it is.
    pub state: Option<StateSource>,
    /// Directories in which it writes walkbacks.
    #[serde(default)]
    pub walkbacks: Vec<AbsolutePath>,
    /// Which of them it has mailed itself: paths within those directories.
    #[serde(default)]
    pub walkbacks_mailed: Patterns,
    /// What becomes of those that the server has.
    #[serde(default)]
    pub walkbacks_sent: AfterSending,
    /// Logs that developers may read, by the names that they know them by.
    #[serde(default)]
    pub logs: BTreeMap<LogName, AbsolutePath>,
    /// Programs that developers may order to be run, by the names that they know them by.
    #[serde(default)]
    pub actions: BTreeMap<ActionName, Action>,
    /// What of all that it says about itself doesn't leave the site.
    #[serde(default)]
    pub redact: Rules,
}

/// What becomes of a file once the server has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterSending {
    /// It stays.
    #[default]
    Keep,
    /// It is deleted.
    Delete,
    /// It is moved to a folder, on the same file system.
    Move(AbsolutePath),
}

/// Where an application says how it is: a file that it writes, or a command that prints it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSource {
    /// The file.
    pub file: Option<AbsolutePath>,
    /// Or the program and its arguments.
    pub command: Option<Vec<String>>,
    /// The time that the command may take.
    #[serde(default = "timeout", deserialize_with = "deserialize_duration")]
    pub timeout: Duration,
    /// How to read it; without it that is found out.
    pub format: Option<Format>,
}

/// A program to run after files were put in place or removed, without a shell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Program and arguments.
    pub command: Vec<String>,
    /// The time that it may take.
    #[serde(default = "timeout", deserialize_with = "deserialize_duration")]
    pub timeout: Duration,
    /// One call for each file, or one for all files of a batch.
    #[serde(default)]
    pub per: HookPer,
    /// Whether one that was cut off by the agent's end is run again when the agent starts: only where running it twice does no harm.
    #[serde(default)]
    pub repeat: bool,
}

/// How an application's hook is run, as far as deciding needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPlan {
    /// One call for each file, or for each batch.
    pub per: HookPer,
    /// Whether it may be run again after it was cut off.
    pub repeat: bool,
    /// The time that it may take.
    pub timeout: Duration,
}

impl Hook {
    /// What deciding needs to know of it.
    pub fn plan(&self) -> HookPlan {
        HookPlan { per: self.per, repeat: self.repeat, timeout: self.timeout }
    }
}

impl StateSource {
    fn check(&self) -> Result<(), &'static str> {
        match (&self.file, &self.command) {
            (Some(_), Some(_)) => Err("names both a file and a command: keep one of them"),
            (None, None) => Err("names neither a file nor a command: add file = \"/path\" or command = [\"/program\"]"),
            (None, Some(command)) if command.is_empty() => Err("has an empty command"),
            _ => Ok(()),
        }
    }
}

/// A path that means the same from every directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsolutePath(PathBuf);

impl AbsolutePath {
    /// The path.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

impl<'de> Deserialize<'de> for AbsolutePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = PathBuf::deserialize(deserializer)?;
        if path.is_absolute() {
            Ok(Self(path))
        } else {
            Err(serde::de::Error::custom(format!("{} is a relative path: write it from / on", path.display())))
        }
    }
}

const fn wait() -> Duration {
    wire::MAX_WAIT
}

const fn poll_interval() -> Duration {
    wire::POLL_INTERVAL
}

const fn max_size() -> u64 {
    wire::MAX_CONTENT
}

const fn timeout() -> Duration {
    Duration::from_mins(1)
}

/// What is wrong with a config.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("config {path}: {error}\n{cure}", path = .path.display(), cure = unreadable(.path, .error))]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
    /// It isn't TOML, or not of this form.
    #[error("config {path}:{line}:{column}: {message}", path = .path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was expected.
        message: String,
    },
    /// Its parts don't fit together.
    #[error("config {path}: {message}", path = .path.display())]
    Sense {
        /// Which file.
        path: PathBuf,
        /// What doesn't fit, and what to do.
        message: String,
    },
}

impl ConfigError {
    /// Whether this user may not read it.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Unreadable { error, .. } if crate::state_access::is_denied(error))
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound {
        return format!("`fieldpost-agent enroll STRING --config {} --app NAME=VERSION:DIR` makes one", path.display());
    }
    crate::state_access::cure(path, error)
}

impl Config {
    /// Reads and checks a config file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
        Self::parse(&text, path)
    }

    /// Checks the text of a config; `path` is for the errors.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = position(text, error.span().map_or(0, |span| span.start));
            ConfigError::Syntax { path: path.to_owned(), line, column, message: error.message().to_owned() }
        })?;
        path.clone_into(&mut config.path);
        config.check().map_err(|message| ConfigError::Sense { path: path.to_owned(), message })?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.applications.is_empty() {
            return Err("no [[app]]: add one with name, version and patches".to_owned());
        }
        let mut names = BTreeSet::new();
        let mut directories = BTreeSet::new();
        for application in &self.applications {
            let Application { name, directory, after_install, state, actions, .. } = application;
            if !names.insert(name) {
                return Err(format!("application {name} stands there twice: one site runs one version of it"));
            }
            if !directories.insert(directory.as_path()) {
                return Err(format!("two applications share the directory {}", directory.as_path().display()));
            }
            if after_install.as_ref().is_some_and(|hook| hook.command.is_empty()) {
                return Err(format!("application {name}: after_install has an empty command"));
            }
            self.check_walkbacks(application)?;
            if let Some((action, _)) = actions.iter().find(|(_, action)| action.command.is_empty()) {
                return Err(format!("application {name}: the action {action} has an empty command"));
            }
            state.as_ref().map_or(Ok(()), StateSource::check).map_err(|wrong| format!("application {name}: state {wrong}"))?;
        }
        if self.poll_interval < Duration::from_secs(1) {
            return Err("poll_interval is less than 1s: use 1s or more".to_owned());
        }
        self.server.check(self.allow_plain_http)
    }

    /// Walkbacks lie where no patches do, and those that were moved away aren't found again.
    fn check_walkbacks(&self, application: &Application) -> Result<(), String> {
        let name = &application.name;
        for directory in &application.walkbacks {
            let path = directory.as_path();
            let shared = |other: &Path| path.starts_with(other) || other.starts_with(path);
            if let Some(one) = self.applications.iter().find(|one| shared(one.directory.as_path())) {
                let path = path.display();
                return Err(format!(
                    "application {name}: walkbacks {path} and the patch directory of {} lie in each other",
                    one.name
                ));
            }
            if shared(self.state_dir.as_path()) {
                return Err(format!("application {name}: walkbacks {} and state_dir lie in each other", path.display()));
            }
            if let AfterSending::Move(folder) = &application.walkbacks_sent
                && folder.as_path().starts_with(path)
            {
                let folder = folder.as_path().display();
                return Err(format!(
                    "application {name}: walkbacks_sent moves files to {folder}, where walkbacks are looked for"
                ));
            }
        }
        Ok(())
    }

    /// The longest that a poll waits at the server.
    pub fn wait(&self) -> Duration {
        self.wait.min(wire::MAX_WAIT)
    }

    /// An application of this site.
    pub fn application(&self, name: &AppName) -> Option<&Application> {
        self.applications.iter().find(|application| application.name == *name)
    }

    /// The config in words, for the site's history: what this agent may do here.
    pub fn words(&self) -> String {
        let applications: Vec<_> = self
            .applications
            .iter()
            .map(|application| {
                let Application { name, version, directory, actions, logs, .. } = application;
                let hook =
                    application.after_install.as_ref().map_or("no hook".to_owned(), |hook| format!("hook {:?}", hook.command));
                let (actions, logs) = (actions.len(), logs.len());
                format!("{name} {version} in {}, {hook}, {actions} actions, {logs} logs", directory.as_path().display())
            })
            .collect();
        format!("the agent starts: site {} at {}; {}", self.site, self.server, applications.join("; "))
    }

    /// A file or folder in the state directory.
    pub fn state(&self, name: &str) -> PathBuf {
        self.state_dir.as_path().join(name)
    }
}

/// Line and column, from 1, of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
server = "https://post.example"
site = "acme"
state_dir = "/var/lib/fieldpost"

[[app]]
name = "trading"
version = "7.7"
patches = "/srv/patches"
ignore = ["*.log", "archive/**"]
after_install = { command = ["/usr/bin/true"] }
"#;

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("acme.toml")).expect_err("must be refused").to_string()
    }

    #[test]
    fn a_full_config_is_read_with_its_defaults() {
        let config = Config::parse(GOOD, Path::new("acme.toml")).expect("good");
        assert_eq!(config.wait(), wire::MAX_WAIT);
        let hook = config.applications[0].after_install.as_ref().expect("hook");
        assert_eq!((hook.timeout, hook.per, hook.repeat), (Duration::from_mins(1), HookPer::Patch, false));
    }

    #[test]
    fn every_mistake_is_named_with_its_line_and_column() {
        let cases = [
            (GOOD.replace("acme", "../up"), "acme.toml:3:8: "),
            (GOOD.replace("/srv/patches", "patches"), "acme.toml:9:11: patches is a relative path"),
            (GOOD.replace("*.log", "[x"), "acme.toml:10:10: "),
            (GOOD.replace("version =", "versoin ="), "acme.toml:8:1: "),
            (GOOD.replace("https://", "gopher://"), "acme.toml:2:10: "),
            (GOOD.replace("\"acme\"", "\"acme"), "acme.toml:3:"),
            (format!("{GOOD}redact = 'one'\n"), "acme.toml:12:10: invalid type"),
            (
                format!("{GOOD}redact = [\n  'fine',\n  'user=(',\n]\n"),
                "acme.toml:14:3: the redact rule \"user=(\" can't be used: unclosed",
            ),
            (format!("{GOOD}redact = ['(\\w{{900}}){{900}}']\n"), "acme.toml:12:11: the redact rule"),
        ];
        for (text, start) in cases {
            let error = error(&text);
            assert!(error.starts_with(&format!("config {start}")), "{error}");
        }
    }

    #[test]
    fn parts_that_do_not_fit_together_are_refused() {
        let twice = format!("{GOOD}{}", GOOD.split_once("\n\n").expect("two parts").1);
        assert!(error(&twice).contains("trading stands there twice"));
        assert!(error(&GOOD.replace("https://post.example", "http://post.example")).contains("allow_plain_http"));
        Config::parse(&GOOD.replace("https://post.example", "http://127.0.0.1:8700"), Path::new("x")).expect("loopback");
    }

    #[test]
    fn logs_and_actions_have_names_and_an_action_may_say_how_long_it_takes() {
        let more = "[app.logs]\nmain = \"/var/log/trading.log\"\n[app.actions]\nrestart = [\"/bin/restart\", \"now\"]\n";
        let slow = "dump = { command = [\"/bin/dump\"], timeout = \"2h\" }\n";
        let config = Config::parse(&format!("{GOOD}{more}{slow}"), Path::new("x")).expect("good");
        let application = &config.applications[0];
        assert_eq!(application.logs.len(), 1);
        let timeouts: Vec<_> = application.actions.values().map(|action| action.timeout).collect();
        assert_eq!(timeouts, [Duration::from_hours(2), Duration::from_mins(10)]);
        assert!(error(&format!("{GOOD}[app.actions]\nx = []\n")).contains("the action x has an empty command"));
        assert!(error(&format!("{GOOD}[app.actions]\nx = \"sh\"\n")).contains("expected [\"program\""));
        assert!(error(&format!("{GOOD}[app.logs]\nx = \"log\"\n")).contains("log is a relative path"));
    }
}
