//! Takes patches off the published table: signs that, gives it to the server, and keeps it for a server that may lose it.

use crate::session::{SessionError, Signer};
use fieldpost_common::api::Unpublish;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::withdrawal::Withdrawal;

/// Takes one patch off for some versions. `takes_back`: as if its first publication had never been made.
pub async fn withdraw(
    signer: &Signer,
    (application, patch): (&AppName, &PatchName),
    versions: Vec<Version>,
    takes_back: bool,
) -> Result<(), SessionError> {
    signer.may_sign_for(application)?;
    let withdrawal = Withdrawal {
        form: Form::default(),
        application: application.clone(),
        patch: patch.clone(),
        versions,
        takes_back,
        created: signer.session.now(),
        key: signer.key.public().id(),
    };
    let envelope = withdrawal.sign(&signer.key);
    signer.session.client.unpublish(&Unpublish { withdrawal: envelope.clone() }).await?;
    // That it can't be kept holds nothing up.
    drop(signer.session.keyring.keep_withdrawal(&envelope, &withdrawal));
    Ok(())
}
