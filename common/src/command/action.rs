//! A developer's signed instruction that one site run one local action, once. What the action is stands in that site's config.

use crate::envelope::{Domain, Envelope};
use crate::id::{ActionName, AppName, CommandId, KeyId, SiteName};
use crate::order::Refusal;
use crate::statement::{Form, Statement};
use crate::time::Timestamp;
use crate::trust::Trust;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an action may wait for its site unless it says otherwise.
pub const RUN_WITHIN: Duration = Duration::from_hours(1);
/// The longest that an action may wait. Agents remember what they ran for at least so long.
pub const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionOrder {
    /// Its form.
    #[serde(flatten)]
    pub form: Form,
    /// Which, by its name in the site's config.
    pub action: ActionName,
    /// The application.
    pub application: AppName,
    /// The one site that it is for.
    pub site: SiteName,
    /// Random: the same wish a second time is another one.
    pub nonce: CommandId,
    /// When it was signed, by the developer's clock.
    pub created: Timestamp,
    /// After this it is not begun; at most [`LONGEST_WAIT`] after `created`.
    pub run_by: Timestamp,
    /// The key that signs it.
    pub key: KeyId,
    /// Why, in the developer's words.
    pub reason: Option<String>,
}

impl Statement for ActionOrder {
    const DOMAIN: Domain = Domain::Action;
    const UNDERSTOOD: &'static [(&'static str, u32)] = &[];

    fn key(&self) -> &KeyId {
        &self.key
    }
}

impl ActionOrder {
    /// Names the command by its signed bytes: the same action given twice is one command.
    pub fn id(envelope: &Envelope) -> CommandId {
        let id = envelope.bytes_id();
        id.parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are a command id"))
    }

    /// Opens an envelope: signed by a key that may run actions of this application at this site now.
    ///
    /// # Errors
    /// The rule that it breaks. Whether it ran before is known where it runs.
    pub fn open(envelope: &Envelope, trust: &Trust, site: &SiteName, now: Timestamp) -> Result<Self, Refusal> {
        let developer = trust.developer(&envelope.key, now)?;
        let order = Self::verify(envelope, &developer.key)?;
        if order.created.plus(LONGEST_WAIT) < order.run_by {
            return Err(Refusal::Malformed);
        }
        if order.site != *site {
            return Err(Refusal::WrongSite);
        }
        let in_scope = developer.applications.holds(&order.application) && developer.sites.holds(&order.site);
        if !in_scope || !developer.may_run_actions {
            return Err(Refusal::OutOfScope);
        }
        if order.run_by < now {
            return Err(Refusal::Expired);
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::SecretKey;
    use crate::trust::{Developer, Scope};

    const NOW: Timestamp = Timestamp::from_ms(10);

    fn key() -> SecretKey {
        SecretKey::from_seed([2; 32])
    }

    fn trust(may_run_actions: bool) -> Trust {
        let developer = Developer {
            applications: Scope::Only(vec!["trading".parse().expect("app")]),
            may_run_actions,
            ..Developer::unrestricted("ada".parse().expect("user"), key().public())
        };
        Trust::found(SecretKey::from_seed([1; 32]).public(), developer)
    }

    fn order() -> ActionOrder {
        ActionOrder {
            form: Form::default(),
            action: "restart".parse().expect("action"),
            application: "trading".parse().expect("app"),
            site: "acme".parse().expect("site"),
            nonce: crate::id::hex32([3; 16]).parse().expect("id"),
            created: Timestamp::from_ms(5),
            run_by: Timestamp::from_ms(500),
            key: key().public().id(),
            reason: None,
        }
    }

    fn open(order: &ActionOrder) -> Result<ActionOrder, Refusal> {
        ActionOrder::open(&order.sign(&key()), &trust(true), &"acme".parse().expect("site"), NOW)
    }

    #[test]
    fn an_action_within_the_keys_scope_is_opened_as_it_was_signed() {
        assert_eq!(open(&order()), Ok(order()));
    }

    #[test]
    fn a_key_that_may_not_run_actions_runs_none() {
        let opened = ActionOrder::open(&order().sign(&key()), &trust(false), &"acme".parse().expect("site"), NOW);
        assert_eq!(opened, Err(Refusal::OutOfScope));
    }

    #[test]
    fn an_action_for_elsewhere_or_from_long_ago_is_refused() {
        let elsewhere = ActionOrder { site: "borealis".parse().expect("site"), ..order() };
        assert_eq!(open(&elsewhere), Err(Refusal::WrongSite));
        let other = ActionOrder { application: "ledger".parse().expect("app"), ..order() };
        assert_eq!(open(&other), Err(Refusal::OutOfScope));
        assert_eq!(open(&ActionOrder { run_by: Timestamp::from_ms(9), ..order() }), Err(Refusal::Expired));
        let forever = ActionOrder { run_by: Timestamp::from_ms(i64::MAX), ..order() };
        assert_eq!(open(&forever), Err(Refusal::Malformed), "agents couldn't remember it for so long");
    }

    #[test]
    fn a_signature_for_an_order_is_none_for_an_action() {
        let bytes = serde_json::to_vec(&order()).expect("json");
        let envelope = Envelope::sign(Domain::Order, bytes, &key());
        let opened = ActionOrder::open(&envelope, &trust(true), &"acme".parse().expect("site"), NOW);
        assert_eq!(opened, Err(Refusal::BadSignature));
    }

    #[test]
    fn the_same_action_signed_again_is_another_command() {
        let again = ActionOrder { nonce: crate::id::hex32([4; 16]).parse().expect("id"), ..order() };
        assert_ne!(ActionOrder::id(&again.sign(&key())), ActionOrder::id(&order().sign(&key())));
        assert_eq!(ActionOrder::id(&order().sign(&key())), ActionOrder::id(&order().sign(&key())));
    }
}
