//! `fieldpost user …`: people and their login strings.

use super::failure::Failure;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{Invited, NewUser, Role, User};
use fieldpost_common::exit;
use fieldpost_common::id::UserName;
use fieldpost_common::invitation::{Invitation, Kind};
use fieldpost_common::time::Timestamp;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Invite a person; prints the string for `fieldpost login`
    Add {
        /// Their name
        name: UserName,
        /// What they may do
        #[arg(long, value_enum, default_value_t = As::Developer)]
        role: As,
    },
    /// List them
    List,
    /// Shut a person out: their token, their key's waiting, an invitation that isn't used yet
    Remove {
        /// Their name
        name: UserName,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// A role, as it is written on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum As {
    /// Look
    Viewer,
    /// Publish, send, retrieve
    Developer,
    /// Everything
    Admin,
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match verb {
        Verb::Add { name, role } => {
            let role = match role {
                As::Viewer => Role::Viewer,
                As::Developer => Role::Developer,
                As::Admin => Role::Admin,
            };
            let Invited { url, name, secret, expires } = session.client.user_add(&NewUser { name, role }).await?;
            // The app, never the server, puts the pinned root key into the string.
            let root = Some(session.root);
            let string = Invitation { kind: Kind::Login, url, name: name.clone(), secret, root }.to_string();
            talk.data(&json!({ "login": string, "user": name, "role": role, "expires": expires }), || string.clone())?;
            if !talk.json() {
                talk.say(&format!("good once, until {expires}: fieldpost login STRING"));
            }
        }
        Verb::List => {
            let users = session.client.users().await?;
            let now = session.now();
            talk.data(&json!({ "users": users }), || users.iter().map(|user| line(user, now)).collect::<Vec<_>>().join("\n"))?;
        }
        Verb::Remove { name, yes } => remove(&name, yes, session, talk).await?,
    }
    Ok(exit::OK)
}

async fn remove(name: &UserName, yes: bool, session: &Session, talk: Talk) -> Result<(), Failure> {
    if !yes && !talk.confirm(&format!("shut {name} out?"), "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    session.client.user_remove(name).await?;
    // The server can't take back what sites were told with the root key.
    let (trust, _) = session.trust().await?;
    let trusted = trust.developers.iter().any(|developer| developer.user == *name);
    talk.data(&json!({ "user": name, "removed": true, "trusted": trusted }), || format!("{name} is shut out"))?;
    if trusted {
        talk.say(&format!(
            "what they published can still be sent. Was their key stolen? `fieldpost trust revoke {name}`, with the root key"
        ));
    }
    Ok(())
}

fn line(user: &User, now: Timestamp) -> String {
    let role = match user.role {
        Role::Viewer => "viewer",
        Role::Developer => "developer",
        Role::Admin => "admin",
    };
    let seen = user.last_seen.map_or("never seen".to_owned(), |seen| super::site::ago(seen, now));
    let key = user.key.as_ref().map_or("no key yet".to_owned(), |key| format!("key {key}"));
    format!("{:<20} {role:<10} {seen:<18} {key}", user.name)
}
