//! The one place that makes actions: a signed instruction that one site run one local action, once.

use crate::session::{Session, SessionError};
use fieldpost_common::command::CommandKind;
use fieldpost_common::command::action::{ActionOrder, RUN_WITHIN};
use fieldpost_common::id::{ActionName, AppName, CommandId, SiteName, hex32};
use fieldpost_common::order::Refusal;
use fieldpost_common::statement::{Form, Statement as _};

/// Signs that a site run an action of an application.
///
/// # Errors
/// There is no key, or it may not run actions of that application at that site.
pub async fn order_action(
    session: &Session,
    site: &SiteName,
    (application, action): (AppName, ActionName),
    reason: Option<String>,
) -> Result<CommandKind, SessionError> {
    let signer = session.signer().await?;
    let developer = signer.may_sign_for(&application)?;
    if !developer.may_run_actions || !developer.sites.holds(site) {
        return Err(SessionError::NotTrusted { user: session.user.clone(), refusal: Refusal::OutOfScope });
    }
    let now = session.now();
    let order = ActionOrder {
        form: Form::default(),
        action: action.clone(),
        application: application.clone(),
        site: site.clone(),
        nonce: nonce()?,
        created: now,
        run_by: now.plus(RUN_WITHIN),
        key: signer.key.public().id(),
        reason,
    };
    Ok(CommandKind::Action { application, action, envelope: order.sign(&signer.key) })
}

fn nonce() -> Result<CommandId, SessionError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| SessionError::Random(error.to_string()))?;
    Ok(hex32(bytes).parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are a nonce")))
}
