//! A developer's signed instruction that one site put or remove one revision, and why a site may refuse it.

pub mod state;

use crate::envelope::{Domain, Envelope};
use crate::hash::ContentHash;
use crate::hook::HookAction;
use crate::id::{AppName, KeyId, OrderId, SiteName};
use crate::name::PatchName;
use crate::statement::{Form, Statement};
use crate::time::{Timestamp, minute};
use crate::trust::Trust;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an order may wait for its site unless it says otherwise.
pub const INSTALL_WITHIN: Duration = Duration::from_hours(30 * 24);

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its form.
    #[serde(flatten)]
    pub form: Form,
    /// Put or remove.
    pub action: Action,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The one site that it is for.
    pub site: SiteName,
    /// Higher than that of every earlier order for this patch at this site.
    pub counter: u64,
    /// What it replaces or removes: exactly these bytes; `None`: nothing may be there.
    pub expected: Option<ContentHash>,
    /// When it was signed, by the developer's clock.
    pub created: Timestamp,
    /// After this it is not carried out.
    pub install_by: Timestamp,
    /// The key that signs it.
    pub key: KeyId,
    /// Why, in the developer's words.
    pub reason: Option<String>,
    /// The site has what is asked for: nothing is put or removed, and its hook runs once more. `expected` is then what the order
    /// asks for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// What an agent has to understand of an order that repeats a hook: one that doesn't would say that all is well and run nothing.
pub const AGAIN: &str = "again";

/// What an order asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Put this content in place.
    Put {
        /// The content.
        sha256: ContentHash,
        /// Its size in bytes: nothing longer is downloaded.
        size: u64,
    },
    /// Take the file away.
    Remove,
}

impl Action {
    /// What the site has once it is done: a content, or nothing.
    pub fn outcome(&self) -> Option<ContentHash> {
        match self {
            Self::Put { sha256, .. } => Some(*sha256),
            Self::Remove => None,
        }
    }
}

/// Why an order, a publication or a key is not accepted. Each has its own word, shown in the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The bytes are not what was signed.
    #[error("the signature does not match")]
    BadSignature,
    /// Signed, but the statement makes no sense.
    #[error("the signed statement can't be read")]
    Malformed,
    /// Signed, but by a newer version, and it says or shows that it must not be read without knowing more.
    #[error("the signed statement needs a newer version of fieldpost: update the one that refuses it")]
    NewerFormat,
    /// No key of the trust document.
    #[error("signed by a key that the trust document doesn't know")]
    UnknownKey,
    /// The key was revoked.
    #[error("signed by a revoked key")]
    Revoked,
    /// The key's time is over.
    #[error("signed by a key that has expired")]
    KeyExpired,
    /// The key may not do this here.
    #[error("the key may not do this for this application or site")]
    OutOfScope,
    /// For another site.
    #[error("meant for another site")]
    WrongSite,
    /// The site's agent doesn't serve this application.
    #[error("the agent's config has no such application")]
    UnknownApplication,
    /// Not higher than the last.
    #[error("a newer order was already accepted")]
    OldCounter,
    /// Far higher than the last: someone tries to block all later orders.
    #[error("the order counter jumps too far")]
    CounterJump,
    /// Its install-by time is over.
    #[error("its install-by time is over")]
    Expired,
    /// The content that came is not the one that was signed.
    #[error("the content does not have the signed hash")]
    WrongHash,
    /// Larger than signed, or than the agent allows.
    #[error("the content is too large")]
    TooLarge,
    /// The file at the site is not what the order expects to replace.
    #[error("the file at the site changed since the order was given")]
    ExpectationNotMet,
    /// A name that this agent refuses, or that is another file under another case.
    #[error("the name can't be used at the site")]
    BadName,
}

/// Why an accepted order could not be carried out at the site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Failure {
    /// A rule says no.
    #[error("{refusal}")]
    Refused {
        /// Which.
        refusal: Refusal,
    },
    /// A rule about time says no, by a clock that is off.
    #[error("{refusal}: this site's clock says {}, the server's {}", minute(*clock), minute(*server))]
    ByClock {
        /// Which rule.
        refusal: Refusal,
        /// What the site's clock said.
        clock: Timestamp,
        /// What the server's clock said.
        server: Timestamp,
    },
    /// The disk, a quota or the inodes are used up, or a file may not grow so far.
    #[error("{}", detail.as_ref().map_or("no space left at the site", crate::text::Clean::as_str))]
    NoSpace {
        /// On which disk, how much is needed and how much there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<crate::text::Clean>,
    },
    /// The directory can't be written.
    #[error("{}", detail.as_ref().map_or("the directory at the site can't be written", crate::text::Clean::as_str))]
    ReadOnly {
        /// Which, and what the system says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<crate::text::Clean>,
    },
    /// It was done, and the program that the site runs afterwards failed.
    #[error("{}, but the hook failed: {words}", after.done())]
    Hook {
        /// What was done.
        after: HookAction,
        /// How it ended, and the last that it printed.
        words: crate::text::Clean,
    },
    /// Anything else that the system said, in its words.
    #[error("{detail}")]
    Io {
        /// The system's words, cleaned.
        detail: crate::text::Clean,
    },
}

impl Failure {
    /// Whether it may be over later without a new order: nobody said no, something was in the way.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::NoSpace { .. } | Self::ReadOnly { .. } | Self::Io { .. })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { refusal }
    }
}

impl Statement for Order {
    const DOMAIN: Domain = Domain::Order;
    const UNDERSTOOD: &'static [(&'static str, u32)] = &[(AGAIN, 1)];

    fn key(&self) -> &KeyId {
        &self.key
    }
}

impl Order {
    /// Names an order by its signed bytes.
    pub fn id(envelope: &Envelope) -> OrderId {
        let id = envelope.bytes_id();
        id.parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are an order id"))
    }

    /// Opens an envelope: signed by a key that may give this order now. Counter, time limit and site are judged where it is
    /// to be carried out.
    pub fn open(envelope: &Envelope, trust: &Trust, now: Timestamp) -> Result<Self, Refusal> {
        let developer = trust.developer(&envelope.key, now)?;
        let order = Self::verify(envelope, &developer.key)?;
        let removes = order.action == Action::Remove;
        let names_what_it_finds =
            if order.again { order.expected == order.action.outcome() } else { !removes || order.expected.is_some() };
        if !names_what_it_finds {
            return Err(Refusal::Malformed);
        }
        let in_scope = developer.applications.holds(&order.application) && developer.sites.holds(&order.site);
        if !in_scope || removes && !developer.may_remove {
            return Err(Refusal::OutOfScope);
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::SecretKey;
    use crate::trust::{Developer, Scope};

    fn key() -> SecretKey {
        SecretKey::from_seed([2; 32])
    }

    fn trust() -> Trust {
        let developer = Developer {
            applications: Scope::Only(vec!["trading".parse().expect("app")]),
            sites: Scope::Only(vec!["acme".parse().expect("site")]),
            may_remove: false,
            may_run_actions: false,
            ..Developer::unrestricted("ada".parse().expect("user"), key().public())
        };
        Trust::found(SecretKey::from_seed([1; 32]).public(), developer)
    }

    fn order() -> Order {
        Order {
            form: Form::default(),
            action: Action::Put { sha256: ContentHash::of(b"x"), size: 1 },
            application: "trading".parse().expect("app"),
            patch: "Order.st".parse().expect("name"),
            site: "acme".parse().expect("site"),
            counter: 1,
            expected: None,
            created: Timestamp::from_ms(5),
            install_by: Timestamp::from_ms(500),
            key: key().public().id(),
            reason: None,
            again: false,
        }
    }

    fn open(order: &Order) -> Result<Order, Refusal> {
        Order::open(&order.sign(&key()), &trust(), Timestamp::from_ms(10))
    }

    #[test]
    fn an_order_within_the_keys_scope_is_opened_as_it_was_signed() {
        assert_eq!(open(&order()), Ok(order()));
    }

    #[test]
    fn an_order_beyond_the_keys_scope_is_refused() {
        let elsewhere = Order { site: "borealis".parse().expect("site"), ..order() };
        assert_eq!(open(&elsewhere), Err(Refusal::OutOfScope));
        let other = Order { application: "other".parse().expect("app"), ..order() };
        assert_eq!(open(&other), Err(Refusal::OutOfScope));
        let removal = Order { action: Action::Remove, expected: Some(ContentHash::of(b"x")), ..order() };
        assert_eq!(open(&removal), Err(Refusal::OutOfScope), "this key may not remove");
    }

    #[test]
    fn a_removal_that_does_not_say_what_it_removes_is_refused() {
        assert_eq!(open(&Order { action: Action::Remove, ..order() }), Err(Refusal::Malformed));
    }

    #[test]
    fn an_order_to_run_a_hook_again_changes_no_file_and_is_refused_by_an_agent_that_does_not_know_it() {
        let again = Order { again: true, form: Form::needing(&[AGAIN]), expected: Some(ContentHash::of(b"x")), ..order() };
        assert_eq!(open(&again), Ok(again.clone()));
        assert_eq!(open(&Order { expected: None, ..again.clone() }), Err(Refusal::Malformed), "it would put something");
        let json = serde_json::to_value(&again).expect("json");
        assert_eq!(json["needs"], serde_json::json!(["again"]), "an older agent refuses the whole");
        assert!(serde_json::to_value(order()).expect("json").get("again").is_none());
    }

    #[test]
    fn the_same_order_given_twice_has_one_id() {
        assert_eq!(Order::id(&order().sign(&key())), Order::id(&order().sign(&key())));
        let next = Order { counter: 2, ..order() };
        assert_ne!(Order::id(&next.sign(&key())), Order::id(&order().sign(&key())));
    }
}
