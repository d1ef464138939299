//! Everything that a command or the app needs to act as somebody: client, keys, and the trust that both are checked against.

use crate::client::{Client, ClientError, Followed};
use crate::clock;
use crate::keyring::{Keyring, KeyringError};
use fieldpost_common::api::TrustChain;
use fieldpost_common::envelope::{PublicKey, SecretKey};
use fieldpost_common::exit;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, UserName};
use fieldpost_common::order::Refusal;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{Developer, SignedTrust, Trust, TrustError};
use std::sync::Arc;

/// Somebody who is logged in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Session {
    /// Speaks to the server.
    pub client: Client,
    /// Who is logged in.
    pub user: UserName,
    /// The root key that was pinned at login.
    pub root: PublicKey,
    /// The signing key, where there is one.
    pub key: Option<Arc<SecretKey>>,
    /// Where all that is kept.
    pub keyring: Keyring,
}

/// Why nothing can be done or signed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The settings.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The server.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The trust document doesn't hold from the pinned root on.
    #[error(
        "{0}\nthe server's trust document doesn't continue from the root key that was pinned at login; nothing is signed or sent. Compare `fieldpost key list` with the root holder"
    )]
    Trust(#[from] TrustError),
    /// It is older than, or another than, one that was verified here before.
    #[error(
        "the server shows version {given} of the trust document, and another version {seen} was verified here before: a revocation may have been taken back, so nothing is signed or sent\nwhat is known here was given to the server, and it doesn't follow from what it has. Ask whoever holds the root key; if the server's is the one that counts, remove {folder}/trust.json, then sign the next version with `fieldpost trust add`"
    )]
    TrustFell {
        /// The version that the server shows.
        given: u64,
        /// The newest that was verified.
        seen: u64,
        /// The settings folder.
        folder: String,
    },
    /// There is none yet.
    #[error("the server has no trust document yet: whoever made the first login uses `fieldpost trust found`")]
    NoTrust,
    /// No signing key in the folder.
    #[error("there is no signing key in {0}\nask for a new login string and use `fieldpost login`: it makes one")]
    NoKey(String),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// The key may not sign.
    #[error("your key may not sign this: {refusal}\nwhoever holds the root key uses `fieldpost trust add {user}`")]
    NotTrusted {
        /// Whose.
        user: UserName,
        /// Why.
        refusal: Refusal,
    },
}

impl SessionError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Keyring(error) => error.exit_code(),
            Self::Client(error) => error.exit_code(),
            _ => exit::NOT_PERMITTED,
        }
    }
}

impl Session {
    /// Whoever the environment's config folder belongs to.
    pub fn open() -> Result<Self, SessionError> {
        Self::open_from(Keyring::from_environment()?)
    }

    /// Whoever a config folder belongs to.
    pub fn open_from(keyring: Keyring) -> Result<Self, SessionError> {
        let login = keyring.login()?;
        let followed = Followed::load(keyring.clone())?;
        let client = Client::new(&login.url, Some(&login.token), login.ca_file.as_deref())?.following(followed);
        let key = keyring.developer()?.map(Arc::new);
        Ok(Self { client, user: login.user, root: login.root, key, keyring })
    }

    /// The server's address without its scheme, for people.
    pub fn server(&self) -> &str {
        let url = self.client.url();
        url.split_once("://").map_or(url, |(_, rest)| rest)
    }

    /// The time, for what is signed.
    pub fn now(&self) -> Timestamp {
        clock::now()
    }

    /// The root key that strings for new people and sites carry: the one in force, which may not be the one pinned at login any more.
    pub async fn root_in_force(&self) -> Result<PublicKey, SessionError> {
        match self.trust().await {
            Ok((trust, _)) => Ok(trust.root),
            Err(SessionError::NoTrust) => Ok(self.root),
            Err(error) => Err(error),
        }
    }

    /// The newest trust document, walked from the pinned root, and the keys that wait.
    pub async fn trust(&self) -> Result<(Trust, TrustChain), SessionError> {
        let chain = self.client.trust().await?;
        match self.verified(&chain) {
            // A server that went back: it may take what was verified here.
            Err(SessionError::TrustFell { given, seen, .. }) if given < seen => {
                self.client.recall().await?;
                let chain = self.client.trust().await?;
                Ok((self.verified(&chain)?, chain))
            }
            trust => Ok((trust?, chain)),
        }
    }

    fn verified(&self, chain: &TrustChain) -> Result<Trust, SessionError> {
        let trust = Trust::walk(&chain.versions, &self.root)?.ok_or(SessionError::NoTrust)?;
        self.remember(trust.version, &chain.versions)?;
        Ok(trust)
    }

    /// The newest version that was verified is never fallen behind, and what comes after it goes on from it: neither the server nor
    /// a root key that was replaced can take a revocation back.
    fn remember(&self, version: u64, chain: &[SignedTrust]) -> Result<(), SessionError> {
        let Some((seen, hash)) = self.keyring.trust_seen()? else { return Ok(self.keyring.keep_trust_chain(chain)?) };
        let since = version.checked_sub(seen).and_then(|since| usize::try_from(since).ok());
        let same = since.and_then(|since| chain.iter().rev().nth(since)).map(|known| ContentHash::of(&known.by.bytes));
        if same != Some(hash) {
            let folder = self.keyring.folder().display().to_string();
            return Err(SessionError::TrustFell { given: version, seen, folder });
        }
        if version > seen { Ok(self.keyring.keep_trust_chain(chain)?) } else { Ok(()) }
    }

    /// Ready to sign: the key is there and trusted now.
    pub async fn signer(&self) -> Result<Signer, SessionError> {
        let key = self.key.clone().ok_or_else(|| SessionError::NoKey(self.keyring.folder().display().to_string()))?;
        let (trust, _) = self.trust().await?;
        let signer = Signer { session: self.clone(), trust, key };
        signer.developer()?;
        Ok(signer)
    }
}

/// A session that may sign.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Whose.
    pub session: Session,
    /// The trust document, verified.
    pub trust: Trust,
    /// The key.
    pub key: Arc<SecretKey>,
}

impl Signer {
    /// What the trust document says about the key.
    pub fn developer(&self) -> Result<&Developer, SessionError> {
        self.trust.developer(&self.key.public().id(), self.session.now()).map_err(|refusal| self.refused(refusal))
    }

    /// Whether the key may sign for an application.
    pub fn may_sign_for(&self, application: &AppName) -> Result<&Developer, SessionError> {
        let developer = self.developer()?;
        if developer.applications.holds(application) { Ok(developer) } else { Err(self.refused(Refusal::OutOfScope)) }
    }

    fn refused(&self, refusal: Refusal) -> SessionError {
        SessionError::NotTrusted { user: self.session.user.clone(), refusal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_shows_an_older_or_another_trust_document_is_not_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        let session = Session {
            client: Client::new("http://127.0.0.1:1", None, None).expect("a client"),
            user: "ada".parse().expect("user"),
            root: SecretKey::from_seed([1; 32]).public(),
            key: None,
            keyring: Keyring::at(folder.path().to_owned()),
        };
        let root = SecretKey::from_seed([1; 32]);
        let ada = Developer::unrestricted("ada".parse().expect("user"), SecretKey::from_seed([2; 32]).public());
        let first = Trust::found(root.public(), ada.clone());
        let second = Trust { version: 2, ..first.clone() };
        let third = Trust { version: 3, ..first.clone() };
        let other = Trust { version: 3, developers: vec![ada.clone(), ada], ..first.clone() };
        let chain = |versions: &[&Trust]| versions.iter().map(|trust| trust.sign(&root)).collect::<Vec<_>>();
        session.remember(2, &chain(&[&first, &second])).expect("the first");
        session.remember(3, &chain(&[&first, &second, &third])).expect("the next");
        session.remember(3, &chain(&[&first, &second, &third])).expect("the same again");
        assert_eq!(session.keyring.trust_chain().expect("kept").len(), 3, "all of it can be given back");
        for (version, chain) in [(2, chain(&[&first, &second])), (3, chain(&[&first, &second, &other]))] {
            let error = session.remember(version, &chain).expect_err("fallen behind");
            assert_eq!(error.exit_code(), exit::NOT_PERMITTED);
        }
        let fourth = Trust { version: 4, ..other.clone() };
        session
            .remember(4, &chain(&[&first, &second, &other, &fourth]))
            .expect_err("newer, and not what comes after the one seen");
        session.remember(4, &chain(&[&fourth])).expect_err("nobody can say whether it goes on from there");
        assert_eq!(session.keyring.trust_seen().expect("kept").map(|(version, _)| version), Some(3));
    }
}
