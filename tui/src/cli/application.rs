//! `fieldpost app …`: applications and their versions.

use super::failure::Failure;
use super::names;
use super::reading::{Order, Patterns, order_words, person};
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{AppSettings, StampPattern};
use fieldpost_common::drift::DriftRule;
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::stamp::Place;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Add an application
    Add {
        /// Its name
        name: AppName,
        /// Its versions, oldest first
        #[arg(long, required = true, value_delimiter = ',', value_name = "V,V")]
        versions: Vec<Version>,
        #[command(flatten)]
        more: More,
    },
    /// List them
    List,
    /// Change where issues are, how a patch's name begins, how its stamps are read, or whom drift tells (an empty value clears it)
    Set {
        /// Which
        name: AppName,
        #[command(flatten)]
        more: More,
    },
    /// Add a version, as the newest
    AddVersion {
        /// Of which application
        name: AppName,
        /// The version
        version: Version,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct More {
    /// The tracker's address, with {issue} where the number goes
    #[arg(long, value_name = "URL")]
    issue_url: Option<String>,
    /// A regular expression for the issue in a patch's name
    #[arg(long, value_name = "REGEX")]
    issue_prefix: Option<String>,
    #[command(flatten)]
    patterns: Patterns,
    /// How the application's people write dates that can be read two ways
    #[arg(long, value_name = "ORDER")]
    date_order: Option<Order>,
    /// Who initials in files belong to: bn='Bob Nilsson'; `bn=` takes them out (repeatable)
    #[arg(long = "person", value_name = "INITIALS=NAME", value_parser = person)]
    people: Vec<(String, String)>,
    /// Whom to tell when a patch was changed, deleted or made at a site
    #[arg(long, value_name = "RULE")]
    drift: Option<Rule>,
}

/// Whom an application tells when a patch was changed at a site.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Rule {
    /// Nobody: the grid shows it
    Quiet,
    /// One mail a day, and a count in `fieldpost status`
    Digest,
    /// An incident is open while it is so
    Alert,
}

impl From<Rule> for DriftRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Quiet => Self::Quiet,
            Rule::Digest => Self::Digest,
            Rule::Alert => Self::Alert,
        }
    }
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match verb {
        Verb::Add { name, versions, more } => {
            let mut settings = AppSettings::new(name, versions);
            change(&mut settings, more)?;
            session.client.app_add(&settings).await?;
            show(&settings, talk)?;
        }
        Verb::List => {
            let all = session.client.apps().await?;
            talk.data(&json!({ "applications": all }), || all.iter().map(line).collect::<Vec<_>>().join("\n"))?;
        }
        Verb::Set { name, more } => {
            let mut settings = names::application(session, Some(&name)).await?;
            change(&mut settings, more)?;
            session.client.app_set(&settings).await?;
            show(&settings, talk)?;
        }
        Verb::AddVersion { name, version } => {
            let mut settings = names::application(session, Some(&name)).await?;
            if settings.versions.contains(&version) {
                return Err(Failure::new(format!("{name} has version {version} already")));
            }
            settings.versions.push(version);
            session.client.app_set(&settings).await?;
            show(&settings, talk)?;
        }
    }
    Ok(exit::OK)
}

fn change(settings: &mut AppSettings, more: More) -> Result<(), Failure> {
    let value = |text: String| Some(text).filter(|text| !text.is_empty());
    if let Some(url) = more.issue_url {
        if !url.is_empty() && !url.contains("{issue}") {
            return Err(Failure::new(format!("--issue-url {url:?} has no {{issue}}: put it where the number goes")));
        }
        settings.issue_url = value(url);
    }
    if let Some(prefix) = more.issue_prefix {
        settings.issue_prefix = value(prefix);
    }
    if let Some(patterns) = more.patterns.given()? {
        settings.stamps = patterns;
    }
    if let Some(order) = more.date_order {
        settings.date_order = order.date_order();
    }
    if let Some(rule) = more.drift {
        settings.drift = rule.into();
    }
    for (initials, name) in more.people {
        if name.is_empty() {
            settings.people.remove(&initials);
        } else {
            settings.people.insert(initials, name);
        }
    }
    Ok(())
}

fn show(settings: &AppSettings, talk: Talk) -> Result<(), Failure> {
    talk.data(settings, || line(settings))
}

fn line(settings: &AppSettings) -> String {
    let versions = settings.versions.iter().map(Version::as_str).collect::<Vec<_>>().join(", ");
    let mut words = format!("{}: {versions}", settings.name);
    for (what, value) in [("issues", &settings.issue_url), ("issue prefix", &settings.issue_prefix)] {
        if let Some(value) = value {
            words.extend([format!("\n  {what}: {value}")]);
        }
    }
    for StampPattern { pattern, time_format, place } in &settings.stamps {
        words.extend([format!("\n  stamp: {pattern}")]);
        words.extend(time_format.iter().map(|format| format!(", times as {format}")));
        words.extend((*place != Place::Anywhere).then(|| format!(", in {place}")));
    }
    words.extend(settings.date_order.map(|order| format!("\n  dates: {}", order_words(order))));
    words.extend((settings.drift != DriftRule::default()).then(|| format!("\n  drift: {}", settings.drift.word())));
    words.extend(settings.people.iter().map(|(initials, name)| format!("\n  person: {initials} = {name}")));
    words
}
