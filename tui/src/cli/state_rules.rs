//! `fieldpost state-rules`: how a state would be read, with an application's rules, without a server.

use super::failure::Failure;
use super::publish::read;
use super::talk::Talk;
use super::verdict::{lines, word};
use fieldpost_common::exit;
use fieldpost_common::id::AppName;
use fieldpost_common::state::{Findings, Reading, Rule, Rules, Severity, state};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Read a state file as the server would, and mark what is wrong; exits 3 when something is
    Test {
        /// The state
        file: PathBuf,
        /// The server's config, for its rules
        #[arg(long, value_name = "FILE", requires = "app")]
        rules: Option<PathBuf>,
        /// Whose rules
        #[arg(long)]
        app: Option<AppName>,
        /// The exit code of the state command; without it, as a file
        #[arg(long, value_name = "CODE", allow_negative_numbers = true)]
        exit: Option<i32>,
    },
}

/// Of the server's config only what is needed here.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    app: Vec<App>,
}

#[derive(Deserialize)]
struct App {
    name: AppName,
    #[serde(default)]
    rule: Vec<Rule>,
}

pub(crate) fn run(verb: &Verb, talk: Talk) -> Result<u8, Failure> {
    let Verb::Test { file, rules, app, exit: code } = verb;
    let rules = match (rules, app) {
        (Some(rules), Some(app)) => rules_of(rules, app)?,
        _ => Rules::default(),
    };
    let content = read(file)?;
    let found = state(&Reading { content: &content, exit: *code, format: None }, &rules);
    talk.data(&found, || text(&found, talk.colour()))?;
    Ok(if found.worst == Severity::Ok { exit::OK } else { exit::DIFFERS })
}

fn rules_of(path: &Path, app: &AppName) -> Result<Rules, Failure> {
    let broken = |words: String| Failure { code: exit::BAD_CONFIG, words: format!("{}: {words}", path.display()) };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let config: Config = toml::from_str(&text).map_err(|error| broken(error.to_string()))?;
    let found = config.app.into_iter().find(|one| one.name == *app);
    let rules = found.ok_or_else(|| broken(format!("there is no [[app]] named {app}")))?.rule;
    Rules::new(&rules).map_err(|error| broken(error.to_string()))
}

fn text(found: &Findings, colour: bool) -> String {
    let mut all = vec![format!("{}  read as {}", word(found.worst, colour), format_word(found))];
    all.extend(lines(&found.findings, &found.lines, colour));
    all.join("\n")
}

/// The format as in configs.
fn format_word(found: &Findings) -> String {
    serde_json::to_value(found.format).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_found_in_a_servers_config_whatever_else_stands_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("server.toml");
        let config =
            "listen = \"127.0.0.1:1\"\n[[app]]\nname = \"trading\"\n[[app.rule]]\npattern = \"x\"\nseverity = \"problem\"\n";
        std::fs::write(&path, config).expect("written");
        let rules = rules_of(&path, &"trading".parse().expect("app")).expect("rules");
        assert_eq!(state(&Reading { content: b"x", exit: None, format: None }, &rules).worst, Severity::Problem);
        assert_eq!(rules_of(&path, &"ledger".parse().expect("app")).expect_err("none").code, exit::BAD_CONFIG);
    }
}
