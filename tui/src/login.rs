//! Trades a login string for a token, makes the keys, and founds the trust document at the very first login.

use crate::client::{Client, ClientError};
use crate::keyring::{Keyring, KeyringError, Login};
use fieldpost_common::api::{LoginAnswer, LoginRequest, Role};
use fieldpost_common::envelope::{PublicKey, SecretKey};
use fieldpost_common::exit;
use fieldpost_common::hash::{ContentHash, hex};
use fieldpost_common::id::{Generation, Succession, UserName};
use fieldpost_common::invitation::{Invitation, InvitationError, Kind, token_of};
use fieldpost_common::trust::{Developer, Trust, TrustError};
use std::path::{Path, PathBuf};

/// What a login came to.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who.
    pub user: UserName,
    /// What they may do.
    pub role: Role,
    /// The public half of their signing key.
    pub key: PublicKey,
    /// Whether the trust document names that key already.
    pub trusted: bool,
    /// The file with the root key, when this login made it.
    pub founded: Option<PathBuf>,
}

impl LoggedIn {
    /// What has to be done next, in words; empty when nothing has.
    pub fn advice(&self) -> Vec<String> {
        if let Some(root) = &self.founded {
            return vec![
                format!("The root key is in {}: it decides whose signature sites obey.", root.display()),
                format!("A spare of equal power is in {}, for the day on which the first is lost.", spare_beside(root).display()),
                "Move each to a safe place of its own; `fieldpost trust add` needs one of them again.".to_owned(),
            ];
        }
        if self.trusted {
            return Vec::new();
        }
        vec![format!("The key isn't trusted yet: the holder of the root key uses `fieldpost trust add {}`.", self.user)]
    }
}

fn spare_beside(root: &Path) -> PathBuf {
    root.with_file_name(crate::keyring::SPARE)
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The string.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// The folder.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The server.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The user in the string isn't a user's name.
    #[error(transparent)]
    Name(#[from] fieldpost_common::id::IdError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// Somebody else is logged in.
    #[error("{folder} belongs to {user} at {url} already\nset FIELDPOST_CONFIG_DIR to another folder, or move this one away", folder = folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// Whose.
        user: UserName,
        /// Where.
        url: String,
    },
    /// Trust was founded before, this string doesn't say by which root key, and nobody said that it is this one.
    #[error(
        "this login string was made on the server's own machine and names no root key; the server's is {0}\ncompare it with what `fieldpost trust show` says at a colleague's, or `fieldpost-agent check` at a site, then use `fieldpost login STRING --root FINGERPRINT`; the string is still good"
    )]
    NotCompared(String),
    /// The server's trust document isn't the one that the string pins.
    #[error(
        "{0}\nthe server's trust document doesn't continue from the root key in the login string; ask the one who gave it to you"
    )]
    Trust(#[from] TrustError),
}

impl LoginError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Client(error) => error.exit_code(),
            Self::Keyring(error) => error.exit_code(),
            Self::Invitation(_) | Self::Name(_) | Self::Taken { .. } | Self::Random(_) => exit::FAILED,
            Self::NotCompared(_) | Self::Trust(_) => exit::NOT_PERMITTED,
        }
    }
}

/// Logs in with a string. Keys are on the disk before the secret in the string is spent.
///
/// `compare`: whether a person says that this is the root key, where the string names none and none was pinned before.
pub async fn login(
    keyring: &Keyring,
    string: &str,
    ca_file: Option<&Path>,
    compare: impl FnOnce(&PublicKey) -> bool,
) -> Result<LoggedIn, LoginError> {
    let invitation = Invitation::parse(string, Kind::Login)?;
    let user: UserName = invitation.name.parse()?;
    let pinned = known_root(keyring, &invitation, &user)?;
    let client = Client::new(&invitation.url, None, ca_file)?;
    let key = own_key(keyring)?;
    // The same in each try with this string, so that one whose answer was lost can be made again.
    let token = token_of(&own_seed(keyring)?, string);
    let request = LoginRequest {
        user: user.clone(),
        secret: invitation.secret.clone(),
        token_sha256: ContentHash::of(token.as_bytes()),
        key: key.public(),
        only_look: false,
    };
    let root = match pinned {
        Some(root) => root,
        None => unpinned_root(keyring, &client, &request, compare).await?,
    };
    let answer = match client.login(&request).await {
        // Lost on its way, maybe only the answer: the server takes both for the same try.
        Err(error) if error.is_unknown() => client.login(&request).await?,
        answer => answer?,
    };
    let trust = Trust::walk(&answer.trust, &root)?;
    let kept = Login { url: invitation.url.clone(), user, token, root, ca_file: ca_file.map(Path::to_owned) };
    keyring.keep_login(&kept)?;
    follow(keyring, answer.generation.as_ref())?;
    let done = finish(keyring, &kept, &key, answer, trust).await?;
    keyring.forget_seed();
    Ok(done)
}

/// Whoever logs in anew has decided to follow this server. Of a restored one the next request finds out, and gives back what is kept.
fn follow(keyring: &Keyring, generation: Option<&Generation>) -> Result<(), KeyringError> {
    let Some(generation) = generation else { return Ok(()) };
    let followed = keyring.generation()?;
    let restored = followed.is_some_and(|followed| generation.succeeds(&followed) == Succession::Newer);
    if restored { Ok(()) } else { keyring.keep_generation(generation) }
}

/// The root key where the string names none: a new one where nothing was founded yet, else the server's, if a person says that it is the right
/// one. The string isn't spent by asking.
async fn unpinned_root(
    keyring: &Keyring,
    client: &Client,
    request: &LoginRequest,
    compare: impl FnOnce(&PublicKey) -> bool,
) -> Result<PublicKey, LoginError> {
    let chain = client.login(&LoginRequest { only_look: true, ..request.clone() }).await?.trust;
    if chain.is_empty() {
        return own_root(keyring);
    }
    let own = keyring.root()?.map(|root| root.public()).filter(|root| Trust::walk(&chain, root).is_ok());
    let Some(root) = own.or_else(|| Trust::anchor(&chain)) else {
        return Err(LoginError::Trust(TrustError::OtherRoot));
    };
    if own.is_some() || compare(&root) { Ok(root) } else { Err(LoginError::NotCompared(root.fingerprint())) }
}

async fn finish(
    keyring: &Keyring,
    kept: &Login,
    key: &SecretKey,
    answer: LoginAnswer,
    trust: Option<Trust>,
) -> Result<LoggedIn, LoginError> {
    let mut done = LoggedIn { user: answer.user, role: answer.role, key: key.public(), trusted: false, founded: None };
    let root = keyring.root()?.filter(|root| root.public() == kept.root);
    match (trust, root) {
        (Some(trust), _) => done.trusted = trust.developers.iter().any(|developer| developer.key == key.public()),
        (None, Some(root)) => {
            let client = Client::new(&kept.url, Some(&kept.token), kept.ca_file.as_deref())?;
            let spare = own_spare(keyring)?;
            client.trust_put(&found(&root, &spare, key, &kept.user).sign(&root)).await?;
            done.trusted = true;
            done.founded = Some(keyring.root_file());
        }
        (None, None) => {}
    }
    Ok(done)
}

/// The first version of a trust document: one developer, who may do everything, and two keys that may sign the next.
pub fn found(root: &SecretKey, spare: &PublicKey, key: &SecretKey, user: &UserName) -> Trust {
    let first = Developer::unrestricted(user.clone(), key.public());
    Trust { spare: Some(*spare), ..Trust::found(root.public(), first) }
}

/// The root key that is known already: from the string, else from an earlier login of the same person.
fn known_root(keyring: &Keyring, invitation: &Invitation, user: &UserName) -> Result<Option<PublicKey>, LoginError> {
    let earlier = match keyring.login() {
        Ok(login) => Some(login),
        Err(KeyringError::NotLoggedIn(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(login) = &earlier
        && (login.user != *user || !is_same_server(login, invitation))
    {
        let folder = keyring.folder().to_owned();
        return Err(LoginError::Taken { folder, user: login.user.clone(), url: login.url.clone() });
    }
    Ok(invitation.root.or(earlier.map(|login| login.root)))
}

/// A server that moved has another address and the same root key: what it shows is checked from there on.
fn is_same_server(login: &Login, invitation: &Invitation) -> bool {
    login.url == invitation.url || invitation.root.is_none_or(|root| root == login.root)
}

/// What tokens of logins are made of; one that an interrupted login left is used again.
fn own_seed(keyring: &Keyring) -> Result<String, LoginError> {
    if let Some(seed) = keyring.seed()? {
        return Ok(seed);
    }
    let seed = hex(&random()?);
    keyring.keep_seed(&seed)?;
    Ok(seed)
}

fn own_key(keyring: &Keyring) -> Result<SecretKey, LoginError> {
    if let Some(key) = keyring.developer()? {
        return Ok(key);
    }
    let key = SecretKey::from_seed(random()?);
    keyring.keep_developer(&key)?;
    Ok(key)
}

/// The root key for the very first login; one that an interrupted first login left is used again.
fn own_root(keyring: &Keyring) -> Result<PublicKey, LoginError> {
    if let Some(root) = keyring.root()? {
        return Ok(root.public());
    }
    let root = SecretKey::from_seed(random()?);
    keyring.keep_root(&root)?;
    Ok(root.public())
}

/// The spare of the root key; one that an interrupted first login left is used again.
pub(crate) fn own_spare(keyring: &Keyring) -> Result<PublicKey, LoginError> {
    if let Some(spare) = keyring.spare()? {
        return Ok(spare.public());
    }
    let spare = SecretKey::from_seed(random()?);
    keyring.keep_spare(&spare)?;
    Ok(spare.public())
}

/// 32 bytes that nobody can guess.
pub(crate) fn random() -> Result<[u8; 32], LoginError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| LoginError::Random(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(root: Option<PublicKey>) -> Invitation {
        let url = "http://127.0.0.1:9".to_owned();
        Invitation { kind: Kind::Login, url, name: "ada".to_owned(), secret: "s".to_owned(), root }
    }

    fn kept(keyring: &Keyring, user: &str, root: PublicKey) {
        let login = Login {
            url: "http://127.0.0.1:9".to_owned(),
            user: user.parse().expect("user"),
            token: "t".to_owned(),
            root,
            ca_file: None,
        };
        keyring.keep_login(&login).expect("kept");
    }

    #[test]
    fn a_folder_that_belongs_to_somebody_else_is_not_taken_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let keyring = Keyring::at(folder.path().to_owned());
        let root = SecretKey::from_seed([1; 32]).public();
        kept(&keyring, "bn", root);
        let error = known_root(&keyring, &invitation(None), &"ada".parse().expect("user")).expect_err("taken");
        assert!(error.to_string().contains("bn") && error.to_string().contains("FIELDPOST_CONFIG_DIR"), "{error}");
    }

    #[test]
    fn a_second_login_keeps_the_root_that_was_pinned_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let keyring = Keyring::at(folder.path().to_owned());
        let root = SecretKey::from_seed([1; 32]).public();
        kept(&keyring, "ada", root);
        assert_eq!(known_root(&keyring, &invitation(None), &"ada".parse().expect("user")).expect("known"), Some(root));
    }

    #[test]
    fn the_keys_of_an_interrupted_first_login_are_used_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let keyring = Keyring::at(folder.path().to_owned());
        assert_eq!(own_root(&keyring).expect("made"), own_root(&keyring).expect("found"));
        assert_eq!(own_key(&keyring).expect("made").public(), own_key(&keyring).expect("found").public());
    }
}
