//! `fieldpost site …` and `fieldpost sites`.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{Invited, NewSite, Site, SiteListing, SiteSettings, Verdict};
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, GroupName, SiteName, Version};
use fieldpost_common::inventory::Directory;
use fieldpost_common::invitation::{Invitation, Kind};
use fieldpost_common::text;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::SiteApp;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Add a site; prints the string for `fieldpost-agent enroll`
    Add {
        /// Its name
        name: SiteName,
        /// What runs there
        #[arg(long = "app", required = true, value_name = "APP=VERSION")]
        apps: Vec<String>,
        /// Its groups, to send to them together
        #[arg(long = "group", value_delimiter = ',')]
        groups: Vec<GroupName>,
    },
    /// List them
    List,
    /// Everything about one
    Show { name: String },
    /// Set all groups of a site
    Set {
        name: String,
        /// The groups; none: an empty value
        #[arg(long, value_delimiter = ',', value_name = "G,G")]
        groups: Vec<String>,
    },
    /// Add sites to a group, or take them out
    Group {
        group: GroupName,
        #[arg(required = true)]
        sites: Vec<String>,
        /// Take them out
        #[arg(long)]
        out: bool,
    },
    /// Say that files which vanished at once are meant to be gone
    AcceptDrop { name: String },
    /// A new enrolment string for a site whose agent lost its token or moved; the old agent is shut out once it is used
    Enrolment { name: String },
    /// Forget a site and shut its agent out; the files there stay
    Remove {
        name: String,
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let client = &session.client;
    match verb {
        Verb::Add { name, apps, groups } => add(name, &apps, groups, session, talk).await?,
        Verb::List => return list(session, talk).await,
        Verb::Show { name } => {
            let site = client.site(&names::any_site(session, &name).await?).await?;
            let now = session.now();
            talk.data(&flat(&site, now), || whole(&site, now))?;
        }
        Verb::Set { name, groups } => {
            let name = names::any_site(session, &name).await?;
            let groups = groups.iter().filter(|word| !word.is_empty()).map(|word| word.parse()).collect::<Result<_, _>>()?;
            set_groups(session, &name, groups, talk).await?;
        }
        Verb::Group { group, sites, out } => {
            for name in sites {
                let name = names::any_site(session, &name).await?;
                let mut groups = client.site(&name).await?.groups;
                groups.retain(|known| *known != group);
                if !out {
                    groups.push(group.clone());
                }
                set_groups(session, &name, groups, talk).await?;
            }
        }
        Verb::AcceptDrop { name } => {
            let name = names::any_site(session, &name).await?;
            client.accept_drop(&name).await?;
            talk.data(&json!({ "site": name }), || format!("{name}: what is gone there counts as deleted"))?;
        }
        Verb::Enrolment { name } => {
            let name = names::any_site(session, &name).await?;
            let root = session.root_in_force().await?;
            invitation(client.reenroll(&name).await?, root, talk)?;
        }
        Verb::Remove { name, yes } => remove(&name, yes, session, talk).await?,
    }
    Ok(exit::OK)
}

async fn add(name: SiteName, apps: &[String], groups: Vec<GroupName>, session: &Session, talk: Talk) -> Result<(), Failure> {
    let mut applications = Vec::new();
    for word in apps {
        let (application, version) = word
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("--app {word:?}: write APP=VERSION, as in trading=7.7")))?;
        let settings = names::application(session, Some(&application.parse::<AppName>()?)).await?;
        let version: Version = names::versions(&settings, &[version.to_owned()])?.remove(0);
        applications.push(SiteApp { application: settings.name, version });
    }
    let root = session.root_in_force().await?;
    invitation(session.client.site_add(&NewSite { name, applications, groups }).await?, root, talk)
}

/// The app, never the server, puts the root key into the string.
fn invitation(invited: Invited, root: PublicKey, talk: Talk) -> Result<(), Failure> {
    let Invited { url, name, secret, expires } = invited;
    let string = Invitation { kind: Kind::Enrolment, url, name: name.clone(), secret, root: Some(root) }.to_string();
    talk.data(&json!({ "enrolment": string, "site": name, "expires": expires }), || string.clone())?;
    if !talk.json() {
        talk.say(&format!("good once, until {expires}: fieldpost-agent enroll STRING --config FILE --app APP=VERSION:DIR"));
    }
    Ok(())
}

async fn set_groups(session: &Session, name: &SiteName, groups: Vec<GroupName>, talk: Talk) -> Result<(), Failure> {
    let settings = SiteSettings { groups };
    session.client.site_set(name, &settings).await?;
    talk.data(&json!({ "site": name, "groups": settings.groups }), || format!("{name}: {}", words(&settings.groups)))
}

async fn remove(name: &str, yes: bool, session: &Session, talk: Talk) -> Result<(), Failure> {
    let name = names::any_site(session, name).await?;
    if !yes && !talk.confirm(&format!("forget site {name} and shut its agent out?"), "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    session.client.site_remove(&name).await?;
    talk.data(&json!({ "site": name, "removed": true }), || format!("{name} is forgotten; its files stay as they are"))
}

pub(crate) async fn list(session: &Session, talk: Talk) -> Result<u8, Failure> {
    let sites = session.client.sites().await?;
    let now = session.now();
    talk.data(&json!({ "sites": sites.iter().map(|site| flat(site, now)).collect::<Vec<_>>() }), || match sites.as_slice() {
        [] => "no sites yet: `fieldpost site add NAME --app APP=VERSION`".to_owned(),
        sites => sites.iter().map(|site| line(site, now)).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(exit::OK)
}

/// A site as scripts read it: its facts, and in a word whether it can be seen.
fn flat(site: &Site, now: Timestamp) -> serde_json::Value {
    let seen = match site.enrolled_at {
        None => "never_seen",
        Some(_) if site.is_silent(now) => "silent",
        Some(_) => "seen",
    };
    let mut flat = json!(site);
    flat["seen"] = json!(seen);
    flat
}

fn line(site: &Site, now: Timestamp) -> String {
    let apps = site.applications.iter().map(|app| format!("{} {}", app.application, app.version)).collect::<Vec<_>>();
    let mut line = format!("{:<20} {:<18} {}", site.name, seen(site, now), apps.join(", "));
    if site.open_orders > 0 {
        line.extend([format!("  {} waiting", text::count(site.open_orders, "order"))]);
    }
    for app in &site.applications {
        match (&app.held, app.directory) {
            (Some(held), _) => {
                line.extend([format!("  ! {} of {} files of {} vanished", held.dropped, held.of, app.application)]);
            }
            (None, Some(directory)) if directory != Directory::Present => line.extend(["  ! ", directory.explain()]),
            _ => {}
        }
    }
    for app in &site.applications {
        if let Some(unsaid) = &app.cant_say {
            let why = unsaid.cant_say.why.explain();
            let words = format!("  ? {} of {} of {}: {why}", unsaid.files, text::count(unsaid.of, "file"), app.application);
            line.extend([words]);
        }
    }
    for (app, refused) in &site.refused {
        line.extend([format!("  ! nothing is taken of {app}: {}", refused.fault.explain())]);
    }
    if let Some([one, other]) = &site.clones {
        line.extend([format!("  ! two agents poll as this site: {one} and {other}")]);
    }
    line
}

fn seen(site: &Site, now: Timestamp) -> String {
    match (site.last_seen, site.enrolled_at) {
        (Some(last), _) if site.is_silent(now) => format!("silent {}", text::age(last.age(now))),
        (Some(seen), _) => ago(seen, now),
        (None, Some(_)) => "never polled".to_owned(),
        (None, None) => Verdict::NeverSeen.word().to_owned(),
    }
}

/// `seen now`, `seen 3 min ago`.
pub(crate) fn ago(seen: Timestamp, now: Timestamp) -> String {
    let age = seen.age(now);
    if age.as_secs() < 60 { "seen now".to_owned() } else { format!("seen {} ago", text::age(age)) }
}

fn whole(site: &Site, now: Timestamp) -> String {
    let mut words = vec![line(site, now)];
    let known = |what: &str, value: Option<String>| value.map(|value| format!("  {what}: {value}"));
    words.extend(known("groups", (!site.groups.is_empty()).then(|| self::words(&site.groups))));
    words.extend(known("enrolled", site.enrolled_at.map(|at| at.to_string())));
    words.extend(known("address", site.address.clone()));
    words.extend(known("agent", site.agent_version.clone()));
    words.extend(known("trust document", trust(site)));
    words.extend(known("signed statements", forms(site)));
    words.extend(known("clock error", site.clock_error_ms.map(|ms| ClockError::from_ms(ms).to_string())));
    words.extend(site.applications.iter().flat_map(application));
    words.join("\n")
}

/// `version 3`, `version 3 (the server has 5)`.
fn trust(site: &Site) -> Option<String> {
    let held = site.trust?;
    let held_words = if held == 0 { "none".to_owned() } else { format!("version {held}") };
    let newest = site.trust_newest;
    Some(if held == newest { held_words } else { format!("{held_words} (the server has {newest})") })
}

fn forms(site: &Site) -> Option<String> {
    let reads = site.format?;
    let more = site.format_highest.filter(|highest| *highest > reads);
    let before =
        more.map(|highest| format!(" (it read {highest} before: an older agent runs there, or something passes for it)"));
    Some(format!("read up to format {reads}{}", before.unwrap_or_default()))
}

fn application(app: &SiteListing) -> Vec<String> {
    let directory = app.directory.map_or("no inventory yet", Directory::explain);
    let mut words = vec![format!("  {} {}: {}, {directory}", app.application, app.version, text::count(app.files, "file"))];
    words.extend(app.ignored.iter().map(|file| format!("    left alone: {}: {}", file.name.as_str(), file.reason.as_str())));
    words
}

fn words(groups: &[GroupName]) -> String {
    if groups.is_empty() { "no group".to_owned() } else { groups.iter().map(GroupName::as_str).collect::<Vec<_>>().join(", ") }
}
