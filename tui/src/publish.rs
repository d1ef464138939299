//! The one place that makes publications: brings the content to the server, signs that it is current, and says so.

use crate::session::{Session, SessionError, Signer};
use fieldpost_common::api::{Publish, Published};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, KeyId, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::Publication;
use fieldpost_common::sensitive::{Sensitive, sensitive_content};
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::MAX_CONTENT;

/// A content to make current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishWish {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The content.
    pub content: Content,
    /// The versions, each with what was current when the person looked; never empty.
    pub versions: Vec<(Version, Option<ContentHash>)>,
    /// The tracker entry.
    pub issue: Option<Issue>,
    /// It undoes what it replaces.
    pub takes_back: bool,
    /// The person says that it is meant although it looks like a secret.
    pub allow_secrets: bool,
}

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Here.
    Bytes(Vec<u8>),
    /// At the server, and the person has seen them.
    Stored {
        /// Which.
        sha256: ContentHash,
        /// How many bytes they are.
        size: u64,
    },
}

impl Content {
    /// The hash.
    pub fn sha256(&self) -> ContentHash {
        match self {
            Self::Bytes(bytes) => ContentHash::of(bytes),
            Self::Stored { sha256, .. } => *sha256,
        }
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Stored { size, .. } => *size,
        }
    }
}

/// Why a content wasn't published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Keys, trust or server.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Over the limit.
    #[error("{patch} is too large: {size}, and a patch may have {limit}", size = fieldpost_common::text::size(*size), limit = fieldpost_common::text::size(MAX_CONTENT))]
    TooLarge {
        /// Which.
        patch: PatchName,
        /// Its size in bytes.
        size: u64,
    },
    /// It looks like something that isn't published by accident.
    #[error(
        "{patch} looks like {sensitive}: it was not published\n`fieldpost publish FILE --allow-secrets` says that it is meant"
    )]
    Sensitive {
        /// Which.
        patch: PatchName,
        /// Like what.
        sensitive: Sensitive,
    },
}

impl From<crate::client::ClientError> for PublishError {
    fn from(error: crate::client::ClientError) -> Self {
        Self::Session(error.into())
    }
}

impl PublishError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Session(error) => error.exit_code(),
            Self::TooLarge { .. } | Self::Sensitive { .. } => fieldpost_common::exit::FAILED,
        }
    }
}

/// What is signed for a wish.
pub fn publication(wish: &PublishWish, key: KeyId, now: Timestamp) -> Publication {
    Publication {
        form: Form::default(),
        application: wish.application.clone(),
        patch: wish.patch.clone(),
        versions: wish.versions.iter().map(|(version, _)| version.clone()).collect(),
        sha256: wish.content.sha256(),
        size: wish.content.size(),
        issue: wish.issue.clone(),
        created: now,
        key,
    }
}

/// Publishes one content.
pub async fn publish(session: &Session, wish: PublishWish) -> Result<Published, PublishError> {
    publish_with(&session.signer().await?, wish).await
}

/// Publishes one of many contents: the trust was looked up before.
pub async fn publish_with(signer: &Signer, wish: PublishWish) -> Result<Published, PublishError> {
    signer.may_sign_for(&wish.application)?;
    if wish.content.size() > MAX_CONTENT {
        return Err(PublishError::TooLarge { patch: wish.patch, size: wish.content.size() });
    }
    if let Content::Bytes(bytes) = &wish.content
        && let Some(sensitive) = sensitive_content(bytes).filter(|_| !wish.allow_secrets)
    {
        return Err(PublishError::Sensitive { patch: wish.patch, sensitive });
    }
    let publication = publication(&wish, signer.key.public().id(), signer.session.now());
    let statement = publication.sign(&signer.key);
    let client = &signer.session.client;
    if let Content::Bytes(bytes) = wish.content {
        client.content_put(&wish.application, bytes).await?;
    }
    let replaces = wish.versions.into_iter().map(|(_, seen)| seen).collect();
    let published = client.publish(&Publish { publication: statement.clone(), replaces, takes_back: wish.takes_back }).await?;
    // It is kept for a server that may lose it; that it can't be holds nothing up.
    drop(signer.session.keyring.keep_publication(&statement, &publication));
    Ok(published)
}
