//! `fieldpost trust …`: the trust document, and new versions of it signed with the root key.

mod address;
mod root_key;

use super::failure::Failure;
use super::talk::Talk;
use crate::login;
use crate::session::{Session, SessionError};
use fieldpost_common::api::{PendingKey, TrustChain};
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, KeyId, SiteName, UserName};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{Developer, NewerDeveloper, Scope, Trust};
use root_key::{root, root_of};
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Who may sign what, checked from the root key that was pinned at login
    Show,
    /// Trust a person's key, or change how far it reaches; needs the root key
    Add(AddArgs),
    /// Trust a person's keys no longer: sites refuse what they sign; needs the root key
    Revoke {
        /// Whose keys
        name: UserName,
        /// Only this one of them
        #[arg(long, value_name = "ID")]
        key: Option<KeyId>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Tell all sites where the server is from now on; needs the root key
    Address {
        /// The new address
        #[arg(required_unless_present = "none")]
        url: Option<String>,
        /// Sites use the address in their own configs again
        #[arg(long, conflicts_with = "url")]
        none: bool,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Make a spare of the root key, or another in place of a lost one; needs the root key
    Spare {
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Make another root key in place of a lost or stolen one; needs the present root key or its spare
    Root {
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Found the trust document when the first login was interrupted; needs the root key
    Found,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    /// Whose key
    name: UserName,
    /// Only for these applications
    #[arg(long = "app", value_delimiter = ',')]
    applications: Vec<AppName>,
    /// Only for these sites
    #[arg(long = "site", value_delimiter = ',')]
    sites: Vec<SiteName>,
    /// May not order removals
    #[arg(long)]
    no_remove: bool,
    /// May order that a site run one of its local actions
    #[arg(long)]
    may_run_actions: bool,
    /// The key ends then
    #[arg(long, value_name = "TIME")]
    expires: Option<Timestamp>,
    /// Don't ask: the fingerprint was compared
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match verb {
        Verb::Show => {
            let (trust, chain) = session.trust().await?;
            talk.data(&json!({ "trust": trust, "pending": chain.pending }), || words(&trust, &chain))?;
        }
        Verb::Add(args) => add(args, session, talk).await?,
        Verb::Revoke { name, key, yes } => revoke(&name, key.as_ref(), yes, session, talk).await?,
        Verb::Address { url, yes, .. } => address::set(url, yes, session, talk).await?,
        Verb::Spare { yes } => root_key::renew_spare(yes, session, talk).await?,
        Verb::Root { yes } => root_key::replace_root(yes, session, talk).await?,
        Verb::Found => {
            let root = root(session)?;
            let key = session.key.clone().ok_or_else(|| SessionError::NoKey(session.keyring.folder().display().to_string()))?;
            let spare = login::own_spare(&session.keyring).map_err(|error| Failure::new(error.to_string()))?;
            session.client.trust_put(&login::found(&root, &spare, &key, &session.user).sign(&root)).await?;
            talk.data(&json!({ "version": 1 }), || "the trust document is founded".to_owned())?;
        }
    }
    Ok(exit::OK)
}

async fn add(args: AddArgs, session: &Session, talk: Talk) -> Result<(), Failure> {
    let (trust, chain) = session.trust().await?;
    let root = root_of(&trust, session)?;
    let developer = developer(&args, &trust, &chain, session.now())?;
    let question =
        format!("trust {}'s key {}? compare the fingerprint with them by voice", args.name, developer.key.fingerprint());
    if !args.yes && !talk.confirm(&question, "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    let next = next(&trust, developer);
    session.client.trust_put(&next.sign(&root)).await?;
    talk.data(&json!({ "version": next.version, "user": args.name }), || {
        format!("{} may sign now (trust version {})", args.name, next.version)
    })
}

/// The person's newest waiting key, else the one that is trusted already.
fn developer(args: &AddArgs, trust: &Trust, chain: &TrustChain, now: Timestamp) -> Result<Developer, Failure> {
    let pending = chain.pending.iter().filter(|pending| pending.user == args.name).max_by_key(|pending| pending.since);
    let known = trust.developers.iter().rev().find(|developer| developer.user == args.name);
    let key = pending.map(|pending| pending.key).or(known.map(|developer| developer.key)).ok_or_else(|| {
        let waiting: Vec<&str> = chain.pending.iter().map(|pending: &PendingKey| pending.user.as_str()).collect();
        let waiting = if waiting.is_empty() { "no key waits".to_owned() } else { format!("keys of: {}", waiting.join(", ")) };
        Failure::new(format!(
            "{} has no key yet: `fieldpost user add {}` and a login make one\nwaiting: {waiting}",
            args.name, args.name
        ))
    })?;
    if args.expires.is_some_and(|expires| expires <= now) {
        return Err(Failure::new("--expires lies in the past"));
    }
    let newer = trust.newer.iter().any(|newer| newer.key() == Some(key));
    if newer {
        return Err(Failure::new(format!(
            "{}'s key was trusted by a newer fieldpost, in a way that this one can't read: update this app first",
            args.name
        )));
    }
    let before = trust.developers.iter().find(|developer| developer.key == key);
    Ok(Developer {
        needs: before.map(|before| before.needs.clone()).unwrap_or_default(),
        more: before.map(|before| before.more.clone()).unwrap_or_default(),
        applications: if args.applications.is_empty() { Scope::All } else { Scope::Only(args.applications.clone()) },
        sites: if args.sites.is_empty() { Scope::All } else { Scope::Only(args.sites.clone()) },
        may_remove: !args.no_remove,
        may_run_actions: args.may_run_actions,
        expires: args.expires,
        ..Developer::unrestricted(args.name.clone(), key)
    })
}

/// The next version: the key with its new reach, all others as they were.
fn next(trust: &Trust, developer: Developer) -> Trust {
    let mut next = trust.clone();
    next.version += 1;
    next.developers.retain(|known| known.key != developer.key);
    next.developers.push(developer);
    next
}

async fn revoke(name: &UserName, key: Option<&KeyId>, yes: bool, session: &Session, talk: Talk) -> Result<(), Failure> {
    let (trust, _) = session.trust().await?;
    let root = root_of(&trust, session)?;
    let (next, revoked) = without(&trust, name, key)?;
    let ids = revoked.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if !yes && !talk.confirm(&format!("sites are to refuse what {name}'s key {ids} signs, for ever?"), "--yes")? {
        return Err(Failure::new("nothing was changed"));
    }
    session.client.trust_put(&next.sign(&root)).await?;
    talk.data(&json!({ "version": next.version, "user": name, "revoked": revoked }), || {
        format!("{name}'s key {ids} signs nothing any more (trust version {}); each site knows with its next poll", next.version)
    })?;
    talk.say(&format!(
        "what it published can't be sent until somebody publishes it again; `fieldpost user remove {name}` ends the token too"
    ));
    Ok(())
}

/// The next version without a person's keys, or one of them, and which those are.
fn without(trust: &Trust, name: &UserName, key: Option<&KeyId>) -> Result<(Trust, Vec<KeyId>), Failure> {
    let theirs = |developer: &Developer| developer.user == *name && key.is_none_or(|key| developer.key.id() == *key);
    let (gone, stay): (Vec<_>, Vec<_>) = trust.developers.iter().cloned().partition(theirs);
    let newer_key = |newer: &NewerDeveloper| newer.key().map(|key| key.id()).filter(|id| key.is_none_or(|key| key == id));
    let theirs_newer = |newer: &NewerDeveloper| newer.user().as_ref() == Some(name) && newer_key(newer).is_some();
    let (gone_newer, stay_newer): (Vec<_>, Vec<_>) = trust.newer.iter().cloned().partition(theirs_newer);
    if gone.is_empty() && gone_newer.is_empty() {
        let which = key.map_or_else(|| "no key".to_owned(), |key| format!("no key {key}"));
        return Err(Failure::new(format!("{name} has {which} that is trusted: `fieldpost trust show` lists who has")));
    }
    if stay.is_empty() && stay_newer.is_empty() {
        return Err(Failure::new("nobody could sign anything any more: trust another key first, with `fieldpost trust add`"));
    }
    let mut revoked: Vec<KeyId> = gone.iter().map(|developer| developer.key.id()).collect();
    revoked.extend(gone_newer.iter().filter_map(newer_key));
    let mut next = trust.clone();
    next.version += 1;
    next.developers = stay;
    next.newer = stay_newer;
    next.revoked.extend(revoked.iter().cloned());
    Ok((next, revoked))
}

fn words(trust: &Trust, chain: &TrustChain) -> String {
    let mut lines = vec![format!("version {}, root key {}", trust.version, trust.root.fingerprint())];
    lines.push(match &trust.spare {
        Some(spare) => format!("  spare root key   {}", spare.fingerprint()),
        None => "  no spare root key: `fieldpost trust spare` makes one".to_owned(),
    });
    lines.extend(trust.address.iter().map(|address| format!("  sites use        {}", Clean::line(address))));
    lines.extend(trust.developers.iter().map(|developer| {
        let mut line = format!("  {:<16} {}", developer.user, developer.key.fingerprint());
        line += &reach("applications", &developer.applications);
        line += &reach("sites", &developer.sites);
        line += if developer.may_remove { "" } else { "; may not remove" };
        line += if developer.may_run_actions { "; may run actions" } else { "" };
        line + &developer.expires.map(|expires| format!("; until {expires}")).unwrap_or_default()
    }));
    lines.extend(trust.newer.iter().map(|newer| {
        let (user, key) = (newer.user(), newer.key().map(|key| key.fingerprint()));
        format!(
            "  {:<16} {}; written by a newer fieldpost: signs nothing for this one",
            user.as_ref().map_or("?", UserName::as_str),
            key.as_deref().unwrap_or("?")
        )
    }));
    lines.extend(trust.revoked.iter().map(|key| format!("  revoked: {key}")));
    let waiting =
        |pending: &PendingKey| format!("  waits: {} {} since {}", pending.user, pending.key.fingerprint(), pending.since);
    lines.extend(chain.pending.iter().map(waiting));
    lines.join("\n")
}

fn reach<T: ToString>(what: &str, scope: &Scope<T>) -> String {
    match scope {
        Scope::All => String::new(),
        Scope::Only(list) => format!("; {what}: {}", list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::envelope::SecretKey;
    use fieldpost_common::order::Refusal;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed([seed; 32])
    }

    fn args(name: &str) -> AddArgs {
        let name = name.parse().expect("user");
        AddArgs {
            name,
            applications: Vec::new(),
            sites: Vec::new(),
            no_remove: true,
            may_run_actions: false,
            expires: None,
            yes: true,
        }
    }

    fn first() -> Trust {
        login::found(&key(1), &key(7).public(), &key(2), &"ada".parse().expect("user"))
    }

    #[test]
    fn a_waiting_key_is_added_and_the_next_version_is_accepted_by_the_last() {
        let waiting = PendingKey { user: "bn".parse().expect("user"), key: key(3).public(), since: Timestamp::default() };
        let chain = TrustChain { versions: Vec::new(), pending: vec![waiting] };
        let bn = developer(&args("bn"), &first(), &chain, Timestamp::default()).expect("a key waits");
        assert!(!bn.may_remove);
        let next = next(&first(), bn);
        assert_eq!(first().accept(&next.sign(&key(1))), Ok(next));
    }

    #[test]
    fn a_key_that_is_trusted_already_changes_its_reach_and_is_not_there_twice() {
        let ada = developer(&args("ada"), &first(), &TrustChain::default(), Timestamp::default()).expect("known");
        let next = next(&first(), ada);
        assert_eq!(next.developers.len(), 1);
        assert!(!next.developers[0].may_remove);
    }

    #[test]
    fn a_revoked_key_signs_nothing_more_and_the_other_keys_stay() {
        let now = Timestamp::default();
        let waiting = PendingKey { user: "bn".parse().expect("user"), key: key(3).public(), since: now };
        let chain = TrustChain { versions: Vec::new(), pending: vec![waiting] };
        let both = next(&first(), developer(&args("bn"), &first(), &chain, now).expect("a key waits"));
        let (next, revoked) = without(&both, &"bn".parse().expect("user"), None).expect("it is trusted");
        assert_eq!(revoked, [key(3).public().id()]);
        assert_eq!(both.accept(&next.sign(&key(1))).as_ref(), Ok(&next));
        assert_eq!(next.developer(&key(3).public().id(), now), Err(Refusal::Revoked));
        assert!(next.developer(&key(2).public().id(), now).is_ok());
    }

    #[test]
    fn the_last_key_and_keys_that_nobody_trusts_are_not_revoked() {
        let ada = "ada".parse().expect("user");
        assert!(without(&first(), &ada, None).expect_err("the last").words.contains("trust another key first"));
        let other = key(9).public().id();
        assert!(without(&first(), &ada, Some(&other)).expect_err("not theirs").words.contains(&other.to_string()));
        let cy = "cy".parse().expect("user");
        assert!(without(&first(), &cy, None).expect_err("nobody").words.contains("cy has no key"));
    }

    /// A document in which a newer version trusted bn's key in a way that this one can't read.
    fn with_a_newer_developer() -> Trust {
        let mut json = serde_json::to_value(first()).expect("json");
        let entry = json!({ "user": "bn", "key": key(3).public(), "sites": { "matching": "eu-*" } });
        json["developers"].as_array_mut().expect("developers").push(entry);
        serde_json::from_value(json).expect("trust")
    }

    #[test]
    fn a_key_that_only_a_newer_version_can_read_is_revoked_all_the_same_and_never_overwritten() {
        let trust = with_a_newer_developer();
        let bn = "bn".parse().expect("user");
        let (next, revoked) = without(&trust, &bn, None).expect("it is trusted");
        assert_eq!((revoked, next.newer.len()), (vec![key(3).public().id()], 0));
        let waiting = PendingKey { user: bn, key: key(3).public(), since: Timestamp::default() };
        let chain = TrustChain { versions: Vec::new(), pending: vec![waiting] };
        let error = developer(&args("bn"), &trust, &chain, Timestamp::default()).expect_err("not by this version");
        assert!(error.words.contains("update this app"), "{}", error.words);
    }

    #[test]
    fn a_change_of_reach_keeps_what_a_newer_version_wrote_beside_it() {
        let mut trust = first();
        trust.developers[0].needs = vec!["second_approver".to_owned()];
        trust.developers[0].more.insert("second_approver".to_owned(), json!("bn"));
        let ada = developer(&args("ada"), &trust, &TrustChain::default(), Timestamp::default()).expect("known");
        assert_eq!((&ada.needs, &ada.more), (&trust.developers[0].needs, &trust.developers[0].more));
    }

    #[test]
    fn a_person_without_a_key_is_named_with_what_to_do() {
        let error = developer(&args("cy"), &first(), &TrustChain::default(), Timestamp::default()).expect_err("none");
        assert!(error.words.contains("cy") && error.words.contains("fieldpost user add cy"), "{}", error.words);
    }
}
