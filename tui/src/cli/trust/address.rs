//! `fieldpost trust address`: tells every site, signed by the root key, where the server is from now on.

use super::root_key::root_of;
use super::{Failure, Session, Talk};
use serde_json::json;

/// Signs the version of the trust document that names the address, or none any more.
pub(super) async fn set(url: Option<String>, yes: bool, session: &Session, talk: Talk) -> Result<(), Failure> {
    let url = url.map(|url| checked(&url)).transpose()?;
    let (trust, _) = session.trust().await?;
    if trust.address == url {
        return Err(Failure::new("that is what the trust document says already"));
    }
    let root = root_of(&trust, session)?;
    let question = match &url {
        Some(url) => format!(
            "tell all sites to use {url} from now on? each does once a poll there was answered, else it stays where it is"
        ),
        None => "tell all sites to use the address in their own configs again?".to_owned(),
    };
    if !yes && !talk.confirm(&question, "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    let mut next = trust;
    next.version += 1;
    next.address.clone_from(&url);
    session.client.trust_put(&next.sign(&root)).await?;
    talk.data(&json!({ "version": next.version, "address": url }), || match &url {
        Some(url) => format!(
            "sites are told of {url} (trust version {}); keep the old address in service until all are there",
            next.version
        ),
        None => format!("sites are told to use their own configs (trust version {})", next.version),
    })
}

fn checked(url: &str) -> Result<String, Failure> {
    let trimmed = url.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    let bad =
        |host: &str| host.is_empty() || host.starts_with('/') || host.contains(|c: char| c.is_whitespace() || "?#@".contains(c));
    if host.is_none_or(bad) {
        return Err(Failure::usage(format!("{url:?} is not an address: use https://HOST or https://HOST:PORT")));
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_is_signed_as_one() {
        assert_eq!(checked("https://new.example/post/").expect("fine"), "https://new.example/post");
        for bad in ["new.example", "https://", "https://u:p@h", "https://a b", "ftp://h", "https:///x"] {
            checked(bad).expect_err(bad);
        }
    }
}
