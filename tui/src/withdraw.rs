//! Takes patches off the published table: signs that, gives it to the server, and keeps it for a server that may lose it.

use crate::client::ClientError;
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
    let (client, keyring) = (&signer.session.client, &signer.session.keyring);
    // Before the server takes it, so that a lost answer loses nothing; that it can't be kept holds nothing up.
    drop(keyring.keep_withdrawal(&envelope, &withdrawal));
    let unpublish = Unpublish { withdrawal: envelope };
    let mut taken = client.unpublish(&unpublish).await;
    if taken.as_ref().is_err_and(ClientError::is_unknown) {
        // The server takes both for the same one.
        taken = client.unpublish(&unpublish).await;
    }
    if let Err(error) = &taken
        && !error.is_unknown()
    {
        drop(keyring.forget_withdrawal(&unpublish.withdrawal, &withdrawal));
    }
    Ok(taken?)
}
