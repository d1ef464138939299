//! What an app has verified and keeps: the trust document's versions, the newest publications and withdrawals, and purges. A server that is restored from a
//! backup gets back what it lacks.

use super::{Keyring, KeyringError, read, write};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::{ContentHash, hex};
use fieldpost_common::id::{AppName, Generation};
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::Publication;
use fieldpost_common::purge::Purge;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{SignedTrust, Trust};
use fieldpost_common::withdrawal::Withdrawal;
use serde::Deserialize;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const TRUST: &str = "trust.json";
const GENERATION: &str = "generation";
const PUBLICATIONS: &str = "publications";
const WITHDRAWALS: &str = "withdrawals";
const PURGES: &str = "purges";
/// How many publications, and how many withdrawals, of one patch are kept: versions may have contents of their own.
const OF_ONE_PATCH: usize = 8;

impl Keyring {
    /// The versions of the trust document that were verified here, in order.
    pub fn trust_chain(&self) -> Result<Vec<SignedTrust>, KeyringError> {
        let path = self.folder().join(TRUST);
        let Some(text) = read(&path)? else { return Ok(Vec::new()) };
        serde_json::from_str(&text).map_err(|error| KeyringError::Broken { path, why: error.to_string() })
    }

    /// Keeps them.
    pub fn keep_trust_chain(&self, chain: &[SignedTrust]) -> Result<(), KeyringError> {
        let text = serde_json::to_string(chain).unwrap_or_else(|error| unreachable!("plain data: {error}"));
        write(self.folder(), &self.folder().join(TRUST), &text)
    }

    /// The newest trust document that was ever verified here: its version and the SHA-256 of its bytes.
    pub fn trust_seen(&self) -> Result<Option<(u64, ContentHash)>, KeyringError> {
        let chain = self.trust_chain()?;
        let Some(newest) = chain.last() else { return Ok(None) };
        let trust: Trust = serde_json::from_slice(&newest.by.bytes)
            .map_err(|error| KeyringError::Broken { path: self.folder().join(TRUST), why: error.to_string() })?;
        Ok(Some((trust.version, ContentHash::of(&newest.by.bytes))))
    }

    /// The server's data that are followed.
    pub fn generation(&self) -> Result<Option<Generation>, KeyringError> {
        let path = self.folder().join(GENERATION);
        let Some(text) = read(&path)? else { return Ok(None) };
        let word = text.trim().parse();
        word.map(Some).map_err(|error: fieldpost_common::id::IdError| KeyringError::Broken { path, why: error.to_string() })
    }

    /// Keeps them.
    pub fn keep_generation(&self, generation: &Generation) -> Result<(), KeyringError> {
        write(self.folder(), &self.folder().join(GENERATION), &format!("{generation}\n"))
    }

    /// Keeps a publication that was verified or signed here. It may be lost: nothing waits for the disk.
    pub fn keep_publication(&self, envelope: &Envelope, publication: &Publication) -> std::io::Result<()> {
        self.keep_envelope(PUBLICATIONS, envelope, (&publication.application, &publication.patch), OF_ONE_PATCH)
    }

    /// Keeps a withdrawal that was signed here.
    pub fn keep_withdrawal(&self, envelope: &Envelope, withdrawal: &Withdrawal) -> std::io::Result<()> {
        self.keep_envelope(WITHDRAWALS, envelope, (&withdrawal.application, &withdrawal.patch), OF_ONE_PATCH)
    }

    /// Keeps a purge that was signed here. Each names contents of its own: none takes another's place.
    pub fn keep_purge(&self, envelope: &Envelope, purge: &Purge) -> std::io::Result<()> {
        self.keep_envelope(PURGES, envelope, (&purge.application, &purge.patch), usize::MAX)
    }

    /// The server has refused it: it is given back to nobody.
    pub fn forget_withdrawal(&self, envelope: &Envelope, withdrawal: &Withdrawal) -> std::io::Result<()> {
        self.forget(WITHDRAWALS, envelope, (&withdrawal.application, &withdrawal.patch))
    }

    /// The server has refused it: it is given back to nobody.
    pub fn forget_purge(&self, envelope: &Envelope, purge: &Purge) -> std::io::Result<()> {
        self.forget(PURGES, envelope, (&purge.application, &purge.patch))
    }

    fn forget(&self, kind: &str, envelope: &Envelope, place: (&AppName, &PatchName)) -> std::io::Result<()> {
        let path = self.path_of(kind, place);
        let mut kept = envelopes_before_change(&path)?;
        kept.retain(|one| one != envelope);
        if kept.is_empty() { std::fs::remove_file(&path) } else { self.write_envelopes(kind, &path, &kept) }
    }

    fn path_of(&self, kind: &str, place: (&AppName, &PatchName)) -> PathBuf {
        let place = format!("{}\n{}", place.0, place.1);
        self.folder().join(kind).join(hex(&ContentHash::of(place.as_bytes()).as_bytes()[..16]))
    }

    fn keep_envelope(&self, kind: &str, envelope: &Envelope, place: (&AppName, &PatchName), most: usize) -> std::io::Result<()> {
        let path = self.path_of(kind, place);
        let mut kept = envelopes_before_change(&path)?;
        if kept.contains(envelope) {
            return Ok(());
        }
        kept.insert(0, envelope.clone());
        kept.sort_by_key(|envelope| std::cmp::Reverse(created(envelope)));
        kept.truncate(most);
        self.write_envelopes(kind, &path, &kept)
    }

    fn write_envelopes(&self, kind: &str, path: &Path, kept: &[Envelope]) -> std::io::Result<()> {
        let folder = self.folder().join(kind);
        std::fs::create_dir_all(&folder)?;
        let mut file = tempfile::Builder::new().prefix(".fieldpost-tmp-").tempfile_in(&folder)?;
        file.write_all(&serde_json::to_vec(kept)?)?;
        if kind != PUBLICATIONS {
            // Whatever can be had from nobody else must be on the disk before the server hears of it.
            file.as_file().sync_all()?;
        }
        file.persist(path).map(drop).map_err(|error| error.error)
    }

    /// All publications that are kept, in the order in which they were signed, as the server took them.
    pub fn publications(&self) -> Vec<Envelope> {
        self.all_of(PUBLICATIONS)
    }

    /// All withdrawals that are kept, in that order.
    pub fn withdrawals(&self) -> Vec<Envelope> {
        self.all_of(WITHDRAWALS)
    }

    /// All purges that are kept, in that order.
    pub fn purges(&self) -> Vec<Envelope> {
        self.all_of(PURGES)
    }

    fn all_of(&self, kind: &str) -> Vec<Envelope> {
        let Ok(entries) = std::fs::read_dir(self.folder().join(kind)) else { return Vec::new() };
        let paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        let mut all: Vec<Envelope> = paths.iter().flat_map(|path| envelopes(path)).collect();
        all.sort_by_key(created);
        all
    }
}

/// What a file holds that is about to be written anew. One that can't be read is not replaced; one that makes no sense is set aside.
fn envelopes_before_change(path: &Path) -> std::io::Result<Vec<Envelope>> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        bytes => bytes?,
    };
    match serde_json::from_slice(&bytes) {
        Ok(envelopes) => Ok(envelopes),
        Err(_) => std::fs::rename(path, path.with_extension("broken")).map(|()| Vec::new()),
    }
}

/// What a file holds; one that can't be read holds nothing that could be given back.
fn envelopes(path: &Path) -> Vec<Envelope> {
    std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn created(envelope: &Envelope) -> i64 {
    #[derive(Deserialize)]
    struct Signed {
        created: Timestamp,
    }
    serde_json::from_slice::<Signed>(&envelope.bytes).map_or(0, |signed| signed.created.as_ms())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::envelope::SecretKey;
    use fieldpost_common::statement::{Form, Statement as _};

    #[test]
    fn a_file_that_makes_no_sense_or_can_not_be_read_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("one");
        assert!(envelopes_before_change(&path).expect("none").is_empty());
        std::fs::write(&path, "half of it").expect("written");
        assert!(envelopes_before_change(&path).expect("set aside").is_empty());
        assert_eq!(std::fs::read(path.with_extension("broken")).expect("there"), b"half of it");
        std::fs::create_dir(&path).expect("made");
        envelopes_before_change(&path).expect_err("a folder can't be read");
    }

    #[test]
    fn purges_of_one_patch_are_kept_side_by_side_and_one_that_was_refused_is_given_back_to_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let keyring = Keyring::at(folder.path().to_owned());
        let key = SecretKey::from_seed([2; 32]);
        let purge = |content: &[u8], at: i64| Purge {
            form: Form::default(),
            application: "trading".parse().expect("app"),
            patch: "a.st".parse().expect("patch"),
            contents: vec![ContentHash::of(content)],
            created: Timestamp::from_ms(at),
            key: key.public().id(),
            reason: None,
        };
        let [one, two] = [purge(b"one", 1), purge(b"two", 2)];
        for purge in [&two, &one, &one] {
            keyring.keep_purge(&purge.sign(&key), purge).expect("kept");
        }
        assert_eq!(keyring.purges(), [one.sign(&key), two.sign(&key)]);
        keyring.forget_purge(&one.sign(&key), &one).expect("forgotten");
        assert_eq!(keyring.purges(), [two.sign(&key)]);
        keyring.forget_purge(&two.sign(&key), &two).expect("forgotten");
        assert!(keyring.purges().is_empty());
    }
}
