//! `fieldpost user …`: people and their login strings.

use super::failure::Failure;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::{Invited, NewUser, Role, User};
use fieldpost_common::envelope::PublicKey;
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
    /// A new login string for somebody who is there: a lost laptop, a string that wasn't used in time
    LoginString {
        /// Their name
        name: UserName,
    },
    /// Change what somebody may do; it holds at once
    Role {
        /// Their name
        name: UserName,
        /// What they may do from now on
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

impl From<As> for Role {
    fn from(role: As) -> Self {
        match role {
            As::Viewer => Self::Viewer,
            As::Developer => Self::Developer,
            As::Admin => Self::Admin,
        }
    }
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match verb {
        Verb::Add { name, role } => {
            let (role, root) = (Role::from(role), session.root_in_force().await?);
            let invited = session.client.user_add(&NewUser { name, role }).await?;
            print_string(invited, Some(role), root, talk)?;
        }
        Verb::LoginString { name } => {
            let root = session.root_in_force().await?;
            print_string(session.client.user_login_string(&name).await?, None, root, talk)?;
        }
        Verb::Role { name, role } => {
            let role = Role::from(role);
            session.client.user_role(&name, role).await?;
            talk.data(&json!({ "user": name, "role": role }), || format!("{name} is {} now", role.word()))?;
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

/// The app, never the server, puts the root key into the string.
fn print_string(invited: Invited, role: Option<Role>, root: PublicKey, talk: Talk) -> Result<(), Failure> {
    let Invited { url, name, secret, expires } = invited;
    let string = Invitation { kind: Kind::Login, url, name: name.clone(), secret, root: Some(root) }.to_string();
    talk.data(&json!({ "login": string, "user": name, "role": role, "expires": expires }), || string.clone())?;
    if !talk.json() {
        talk.say(&format!("good once, until {expires}: fieldpost login STRING"));
    }
    Ok(())
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
    let role = user.role.word();
    let seen = user.last_seen.map_or("never seen".to_owned(), |seen| super::site::ago(seen, now));
    let key = user.key.as_ref().map_or("no key yet".to_owned(), |key| format!("key {key}"));
    format!("{:<20} {role:<10} {seen:<18} {key}", user.name)
}
