//! The one place that makes orders: asks for counters, checks each publication against the pinned trust, signs, and gives them.

use crate::client::ClientError;
use crate::session::{Session, SessionError, Signer};
use fieldpost_common::api::{NewOrder, OrderAnswer, Prepare, PrepareCell, Prepared};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::exit;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, KeyId, OrderId, SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::{AGAIN, Action, INSTALL_WITHIN, Order, Refusal};
use fieldpost_common::problem::Problem;
use fieldpost_common::publication::Publication;
use fieldpost_common::statement::{FORMAT, Form, Statement as _};
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::Trust;
use std::sync::Arc;

/// How many orders go into one request.
const AT_ONCE: usize = 500;

/// An order to be, with what the person saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The version that the site ran when the person looked: what is sent there must be published for it.
    pub version: Version,
    /// What should happen.
    pub act: Act,
    /// What the site had when the person looked.
    pub expected: Option<ContentHash>,
    /// The open order that the person saw on the cell.
    pub seen: Option<OrderId>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The order holds whatever the site's clock says.
    pub any_time: bool,
    /// The person saw these bytes or named them by hash: they may be sent without a publication.
    pub shown: bool,
}

/// What should happen at the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Put this content in place.
    Put(ContentHash),
    /// Take the file away.
    Remove,
    /// Change nothing: the site has this, or nothing any more, and its hook runs once more.
    Again(Option<ContentHash>),
}

impl Act {
    /// The content that the site has then.
    pub fn outcome(self) -> Option<ContentHash> {
        match self {
            Self::Put(sha256) => Some(sha256),
            Self::Remove => None,
            Self::Again(has) => has,
        }
    }
}

/// Why an order wasn't given.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendError {
    /// Keys, trust or server.
    #[error("{0}")]
    Session(Arc<SessionError>),
    /// The server says no to this one.
    #[error("{0}")]
    Refused(Problem),
    /// Nobody trusted has signed that this content is this patch.
    #[error("{sha256} was never published as {patch}: only signed bytes are sent\npublish it first, or look at it (`fieldpost diff`) and name it with --revision and all 64 digits", sha256 = sha256.short())]
    NotPublished {
        /// The patch.
        patch: PatchName,
        /// The content.
        sha256: ContentHash,
    },
    /// It was published, but never for what the site runs.
    #[error("{sha256} was never published as {patch} for version {version}, which {site} runs\npublish it for that version first, or look at it (`fieldpost diff`) and name it with --revision and all 64 digits", sha256 = sha256.short())]
    OtherVersion {
        /// The patch.
        patch: PatchName,
        /// The content.
        sha256: ContentHash,
        /// The site.
        site: SiteName,
        /// What it runs.
        version: Version,
    },
    /// A publication came, and it doesn't hold.
    #[error("the server's publication of {patch} does not hold ({refusal}): nothing was signed")]
    BadPublication {
        /// The patch.
        patch: PatchName,
        /// Why.
        refusal: Refusal,
    },
    /// It was published with a key that is trusted no longer.
    #[error(
        "{patch} was published with a key that may sign no more ({refusal})\nlook at it (`fieldpost diff`) and publish it again: your own key then stands for it"
    )]
    PublisherGone {
        /// The patch.
        patch: PatchName,
        /// Why.
        refusal: Refusal,
    },
    /// The key doesn't reach there.
    #[error(
        "your key may not do this for {application} at {site}\nwhoever holds the root key can change its scope with `fieldpost trust add`"
    )]
    OutOfScope {
        /// The application.
        application: AppName,
        /// The site.
        site: SiteName,
    },
}

impl SendError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Session(error) => error.exit_code(),
            Self::Refused(problem) => crate::client::ClientError::Problem(problem.clone()).exit_code(),
            _ => exit::NOT_PERMITTED,
        }
    }
}

impl From<SessionError> for SendError {
    fn from(error: SessionError) -> Self {
        Self::Session(Arc::new(error))
    }
}

impl From<ClientError> for SendError {
    fn from(error: ClientError) -> Self {
        SessionError::from(error).into()
    }
}

/// The form of the order for a wish.
fn form(wish: &Wish) -> Form {
    if matches!(wish.act, Act::Again(_)) { Form::needing(&[AGAIN]) } else { Form::default() }
}

/// The lowest format of signed statements that a site must read to take the order.
pub fn format_needed(wish: &Wish) -> u32 {
    Order::readable_from(&form(wish)).unwrap_or(FORMAT)
}

/// What is signed for a wish.
pub fn order(wish: &Wish, prepared: &Prepared, key: KeyId, now: Timestamp) -> Order {
    let again = matches!(wish.act, Act::Again(_));
    Order {
        form: form(wish),
        action: wish.act.outcome().map_or(Action::Remove, |sha256| Action::Put { sha256, size: prepared.size }),
        application: wish.application.clone(),
        patch: wish.patch.clone(),
        site: wish.site.clone(),
        counter: prepared.counter,
        expected: wish.expected,
        created: now,
        // A site whose clock is years ahead would refuse every other.
        install_by: if wish.any_time { Timestamp::LATEST } else { now.plus(INSTALL_WITHIN) },
        key,
        reason: wish.reason.clone(),
        again,
    }
}

/// Whether what the server prepared may be signed, by the pinned trust alone.
pub fn check(wish: &Wish, prepared: &Prepared, trust: &Trust, now: Timestamp) -> Result<(), SendError> {
    let Some(sha256) = wish.act.outcome() else { return Ok(()) };
    let patch = wish.patch.clone();
    let Some(envelope) = &prepared.publication else {
        return if wish.shown { Ok(()) } else { Err(SendError::NotPublished { patch, sha256 }) };
    };
    match statement(envelope, (&wish.application, &wish.patch, &sha256), prepared.size, (trust, now)) {
        _ if wish.shown => Ok(()),
        Ok(publication) if publication.versions.contains(&wish.version) => Ok(()),
        Ok(_) => Err(SendError::OtherVersion { patch, sha256, site: wish.site.clone(), version: wish.version.clone() }),
        Err(refusal @ (Refusal::Revoked | Refusal::KeyExpired)) => Err(SendError::PublisherGone { patch, refusal }),
        Err(refusal) => Err(SendError::BadPublication { patch, refusal }),
    }
}

/// A publication that the server handed out, once it is known to be a trusted developer's word about exactly this content.
pub(crate) fn statement(
    envelope: &Envelope,
    (application, patch, sha256): (&AppName, &PatchName, &ContentHash),
    size: u64,
    (trust, now): (&Trust, Timestamp),
) -> Result<Publication, Refusal> {
    let publication = Publication::open(envelope, trust, now)?;
    let holds = publication.covers(application, patch, sha256) && publication.size == size;
    if holds { Ok(publication) } else { Err(Refusal::WrongHash) }
}

/// Gives orders: one answer for each wish, in their order.
pub async fn send(session: &Session, wishes: &[Wish]) -> Vec<(Wish, Result<OrderId, SendError>)> {
    if wishes.is_empty() {
        return Vec::new();
    }
    match session.signer().await {
        Ok(signer) => send_with(&signer, wishes).await,
        Err(error) => all_failed(wishes, &error.into()),
    }
}

/// Gives some of many orders: the trust was looked up before.
pub async fn send_with(signer: &Signer, wishes: &[Wish]) -> Vec<(Wish, Result<OrderId, SendError>)> {
    let mut outcomes = Vec::with_capacity(wishes.len());
    for run in wishes.chunk_by(|one, next| one.application == next.application) {
        for wishes in run.chunks(AT_ONCE) {
            match send_some(signer, wishes).await {
                Ok(results) => outcomes.extend(wishes.iter().cloned().zip(results)),
                Err(error) => outcomes.extend(all_failed(wishes, &error)),
            }
        }
    }
    outcomes
}

fn all_failed(wishes: &[Wish], error: &SendError) -> Vec<(Wish, Result<OrderId, SendError>)> {
    wishes.iter().map(|wish| (wish.clone(), Err(error.clone()))).collect()
}

/// Wishes for one application, in one request each way.
async fn send_some(signer: &Signer, wishes: &[Wish]) -> Result<Vec<Result<OrderId, SendError>>, SendError> {
    let client = &signer.session.client;
    let prepared = client.prepare(&preparation(wishes)).await?;
    if prepared.len() != wishes.len() {
        let what = format!("{} prepared orders for {}", prepared.len(), wishes.len());
        return Err(ClientError::NotOurs { url: client.url().to_owned(), what }.into());
    }
    keep_publications(signer, wishes, &prepared);
    let made: Vec<_> = wishes.iter().zip(&prepared).map(|(wish, prepared)| sign(signer, wish, prepared)).collect();
    let orders: Vec<NewOrder> = made.iter().filter_map(|made| made.as_ref().ok().cloned()).collect();
    let answers = if orders.is_empty() { Vec::new() } else { client.orders_give(&orders).await? };
    let mut answers = answers.into_iter();
    Ok(made
        .into_iter()
        .map(|made| {
            let order = made?;
            match answers.next() {
                Some(OrderAnswer::Taken(_)) => Ok(Order::id(&order.order)),
                Some(OrderAnswer::Refused(problem)) => Err(SendError::Refused(problem)),
                None => {
                    Err(ClientError::NotOurs { url: client.url().to_owned(), what: "an answer is missing".to_owned() }.into())
                }
            }
        })
        .collect())
}

/// What holds is kept: a server that is restored gets it back.
fn keep_publications(signer: &Signer, wishes: &[Wish], prepared: &[Prepared]) {
    let now = signer.session.now();
    for (wish, prepared) in wishes.iter().zip(prepared) {
        let (Act::Put(sha256), Some(envelope)) = (wish.act, &prepared.publication) else { continue };
        let place = (&wish.application, &wish.patch, &sha256);
        if let Ok(publication) = statement(envelope, place, prepared.size, (&signer.trust, now)) {
            // It is kept for others; that it can't be holds nothing up.
            drop(signer.session.keyring.keep_publication(envelope, &publication));
        }
    }
}

fn preparation(wishes: &[Wish]) -> Prepare {
    let cell = |wish: &Wish| PrepareCell { patch: wish.patch.clone(), site: wish.site.clone(), sha256: wish.act.outcome() };
    Prepare { application: wishes[0].application.clone(), cells: wishes.iter().map(cell).collect() }
}

fn sign(signer: &Signer, wish: &Wish, prepared: &Prepared) -> Result<NewOrder, SendError> {
    let developer = signer.developer()?;
    let in_scope = developer.applications.holds(&wish.application) && developer.sites.holds(&wish.site);
    if !in_scope || wish.act.outcome().is_none() && !developer.may_remove {
        return Err(SendError::OutOfScope { application: wish.application.clone(), site: wish.site.clone() });
    }
    let now = signer.session.now();
    check(wish, prepared, &signer.trust, now)?;
    let order = order(wish, prepared, signer.key.public().id(), now).sign(&signer.key);
    Ok(NewOrder { order, seen: wish.seen.clone() })
}

#[cfg(test)]
mod tests;
