//! `fieldpost app …`: applications and their versions.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::AppSettings;
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::issue::IssuePrefix;
use fieldpost_common::stamp::Pattern;
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
    /// Change where issues are, how a patch's name begins, or how its stamp looks (an empty value clears it)
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
    /// A regular expression with named groups `author` and `time` for the stamp in a patch; wins over all formats
    #[arg(long, value_name = "REGEX")]
    stamp: Option<String>,
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match verb {
        Verb::Add { name, versions, more } => {
            let mut settings = AppSettings { name, versions, issue_url: None, issue_prefix: None, stamp: None };
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
        IssuePrefix::new(&prefix).map_err(Failure::new)?;
        settings.issue_prefix = value(prefix);
    }
    if let Some(stamp) = more.stamp {
        if !stamp.is_empty() {
            Pattern::new(&stamp).map_err(Failure::new)?;
        }
        settings.stamp = value(stamp);
    }
    Ok(())
}

fn show(settings: &AppSettings, talk: Talk) -> Result<(), Failure> {
    talk.data(settings, || line(settings))
}

fn line(settings: &AppSettings) -> String {
    let versions = settings.versions.iter().map(Version::as_str).collect::<Vec<_>>().join(", ");
    let mut words = format!("{}: {versions}", settings.name);
    for (what, value) in [("issues", &settings.issue_url), ("issue prefix", &settings.issue_prefix), ("stamp", &settings.stamp)] {
        if let Some(value) = value {
            words.extend([format!("\n  {what}: {value}")]);
        }
    }
    words
}
