//! The root key and its spare: which of them is here, and new ones in their place.

use super::{Failure, Session, Talk};
use crate::login;
use fieldpost_common::envelope::SecretKey;
use fieldpost_common::exit;
use fieldpost_common::trust::Trust;
use serde_json::json;

/// The root key, for the first version.
pub(super) fn root(session: &Session) -> Result<SecretKey, Failure> {
    session.keyring.root()?.ok_or_else(|| missing(session))
}

/// A key that may sign the version after this one: the root key, else its spare.
pub(super) fn root_of(trust: &Trust, session: &Session) -> Result<SecretKey, Failure> {
    let here: Vec<SecretKey> = [session.keyring.root()?, session.keyring.spare()?].into_iter().flatten().collect();
    if here.is_empty() {
        return Err(missing(session));
    }
    here.into_iter().find(|key| trust.is_root(&key.public())).ok_or_else(|| {
        let (root, spare) = (session.keyring.root_file(), session.keyring.spare_file());
        let words = format!("neither {} nor {} is a root key of the present trust document", root.display(), spare.display());
        Failure { code: exit::NOT_PERMITTED, words }
    })
}

fn missing(session: &Session) -> Failure {
    let (root, spare) = (session.keyring.root_file(), session.keyring.spare_file());
    Failure {
        code: exit::NOT_PERMITTED,
        words: format!(
            "this needs the root key, and neither {} nor its spare {} is there\nput one of the files back for as long as it is needed",
            root.display(),
            spare.display()
        ),
    }
}

/// Makes a spare, or another one in the place of one that is lost.
pub(super) async fn renew_spare(yes: bool, session: &Session, talk: Talk) -> Result<(), Failure> {
    let (trust, _) = session.trust().await?;
    let root = root_of(&trust, session)?;
    let file = session.keyring.spare_file();
    if trust.spare.is_some_and(|spare| spare == root.public()) {
        return Err(Failure::new(
            "the spare itself is the key that is here: another spare in its place would leave nobody who can sign\nuse the root key for that",
        ));
    }
    let question = match trust.spare {
        Some(spare) => format!("make a new spare root key? the one before ({}) signs nothing any more", spare.fingerprint()),
        None => "make a spare root key? it has the power of the root key, and belongs in another safe place".to_owned(),
    };
    if !yes && !talk.confirm(&question, "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    if let Some(old) = session.keyring.spare()?
        && trust.spare == Some(old.public())
    {
        return Err(Failure::new(format!(
            "the present spare is in {}: move it away first, so that it isn't overwritten",
            file.display()
        )));
    }
    let spare = login::own_spare(&session.keyring).map_err(|error| Failure::new(error.to_string()))?;
    let mut next = trust.clone();
    next.version += 1;
    next.spare = Some(spare);
    session.client.trust_put(&next.sign(&root)).await?;
    talk.data(&json!({ "version": next.version, "spare": spare.fingerprint(), "file": file }), || {
        format!(
            "{} holds the spare root key (trust version {}): move it to a safe place of its own",
            file.display(),
            next.version
        )
    })
}

/// Makes another root key: with the spare where the root key is lost or stolen, else with the root key itself.
pub(super) async fn replace_root(yes: bool, session: &Session, talk: Talk) -> Result<(), Failure> {
    let (trust, _) = session.trust().await?;
    let next_root = session.keyring.next_root()?;
    if next_root.as_ref().is_some_and(|next| next.public() == trust.root) {
        // It was signed in, and whoever did so was interrupted before the file had its name.
        session.keyring.settle_next_root(trust.root, trust.version)?;
        return report_root(&trust, session, talk);
    }
    let holder = root_of(&trust, session)?;
    let question = format!("make another root key? the present one ({}) signs nothing any more", trust.root.fingerprint());
    if !yes && !talk.confirm(&question, "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    let root = match next_root {
        Some(next) => next,
        None => SecretKey::from_seed(login::random().map_err(|error| Failure::new(error.to_string()))?),
    };
    session.keyring.keep_next_root(&root)?;
    let next = Trust { version: trust.version + 1, root: root.public(), ..trust };
    session.client.trust_put(&next.sign_with_new_root(&holder, &root)).await?;
    session.keyring.settle_next_root(next.root, next.version)?;
    report_root(&next, session, talk)
}

fn report_root(trust: &Trust, session: &Session, talk: Talk) -> Result<(), Failure> {
    let (file, fingerprint) = (session.keyring.root_file(), trust.root.fingerprint());
    talk.data(&json!({ "version": trust.version, "root": fingerprint, "file": file }), || {
        format!(
            "{} holds the root key from now on, {fingerprint} (trust version {}): move it to a safe place of its own\nsites follow with their next poll. Where the spare may have been seen too: `fieldpost trust spare` makes another",
            file.display(),
            trust.version
        )
    })
}
