//! Which data of the server this app follows. It never goes back behind them, and gives back what it kept when they were restored.

use super::ClientError;
use crate::keyring::{Keyring, KeyringError};
use fieldpost_common::api::Recall;
use fieldpost_common::id::{Generation, Succession};
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::wire::header;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use std::sync::{Mutex, PoisonError};

/// The most publications in one request.
const AT_ONCE: usize = 2_000;

/// What is followed, and where it is kept.
#[derive(Debug)]
pub struct Followed {
    keyring: Keyring,
    known: Mutex<Option<Generation>>,
}

/// The generation that an answer names, if it is one of ours.
pub(super) fn named_in(headers: &HeaderMap) -> Option<Generation> {
    headers.get(header::SERVER)?;
    headers.get(header::GENERATION)?.to_str().ok()?.parse().ok()
}

impl Followed {
    /// What a settings folder says.
    pub fn load(keyring: Keyring) -> Result<Self, KeyringError> {
        let known = Mutex::new(keyring.generation()?);
        Ok(Self { keyring, known })
    }

    fn known(&self) -> Option<Generation> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says with a request what is followed.
    pub(super) fn name(&self, request: RequestBuilder) -> RequestBuilder {
        match self.known() {
            Some(known) => request.header(header::GENERATION, known.to_string()),
            None => request,
        }
    }

    /// Refuses the answer of a server that is behind what is followed. The first server that answers is followed.
    pub(super) fn judge(&self, generation: &Generation) -> Result<(), ClientError> {
        let Some(known) = self.known() else {
            self.adopt(generation);
            return Ok(());
        };
        let words = match generation.succeeds(&known) {
            Succession::Same | Succession::Newer => return Ok(()),
            Succession::Older => {
                "this server's data are older than those that this app has followed: they were restored elsewhere since"
            }
            Succession::Rival => "two servers claim these data, and this app has followed the other one",
        };
        let cure = "an admin of the server decides which one to go on with, and uses `fieldpost-server promote` on it while it is stopped";
        Err(ClientError::Problem(Problem::new(Code::Outdated, words).cure(cure)))
    }

    /// These data are followed from now on.
    pub(super) fn adopt(&self, generation: &Generation) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(generation.clone());
        // What can't be kept is learned again from the next answer.
        drop(self.keyring.keep_generation(generation));
    }

    /// What the server may lack, in pieces.
    pub(super) fn kept(&self) -> Vec<Recall> {
        // What can't be read can't be given; others may have it.
        let trust = self.keyring.trust_chain().unwrap_or_default();
        let (withdrawals, purges) = (self.keyring.withdrawals(), self.keyring.purges());
        // What was taken away comes before what was published: nothing of it counts again even for a moment.
        let mut pieces = vec![Recall { trust, ..Recall::default() }];
        pieces.extend(purges.chunks(AT_ONCE).map(|some| Recall { purges: some.to_vec(), ..Recall::default() }));
        pieces.extend(withdrawals.chunks(AT_ONCE).map(|some| Recall { withdrawals: some.to_vec(), ..Recall::default() }));
        let publications = self.keyring.publications();
        pieces.extend(publications.chunks(AT_ONCE).map(|some| Recall { publications: some.to_vec(), ..Recall::default() }));
        pieces
    }
}
