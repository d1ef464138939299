//! Who holds which token, and may do what: in memory, so that no request asks the database for it.

use crate::lineage::Outdated;
use fieldpost_common::api::Role;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::UserName;
use fieldpost_common::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};

#[derive(Default)]
pub(crate) struct People {
    tokens: RwLock<HashMap<ContentHash, (UserName, Role)>>,
    seen: Mutex<HashMap<UserName, Timestamp>>,
    /// Who follows newer data than these.
    outdated: Mutex<HashMap<UserName, Outdated>>,
}

impl People {
    /// Rebuilds it out of the store.
    pub(crate) fn load(&self, tokens: Vec<(ContentHash, UserName, Role)>) {
        let mut all = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        all.extend(tokens.into_iter().map(|(token, user, role)| (token, (user, role))));
    }

    /// Whose token has this hash.
    pub(crate) fn owner(&self, token: &ContentHash) -> Option<(UserName, Role)> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// The user has this token from now on and no other.
    pub(crate) fn token_set(&self, user: UserName, role: Role, token: ContentHash) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, (owner, _)| *owner != user);
        tokens.insert(token, (user, role));
    }

    /// The user has no token any more.
    pub(crate) fn remove(&self, user: &UserName) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, (owner, _)| owner != user);
    }

    /// The user may do this from now on, whatever token is in use.
    pub(crate) fn role_set(&self, user: &UserName, role: Role) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.values_mut().filter(|(owner, _)| owner == user).for_each(|(_, is)| *is = role);
    }

    /// How these data are behind what the user's app follows, as its newest request says.
    pub(crate) fn outdated_set(&self, user: &UserName, outdated: Option<Outdated>) {
        let mut all = self.outdated.lock().unwrap_or_else(PoisonError::into_inner);
        match outdated {
            Some(outdated) => drop(all.insert(user.clone(), outdated)),
            None if all.is_empty() => {}
            None => drop(all.remove(user)),
        }
    }

    /// People who follow newer data than these.
    pub(crate) fn outdated(&self) -> Vec<(String, Outdated)> {
        let all = self.outdated.lock().unwrap_or_else(PoisonError::into_inner);
        let mut behind: Vec<_> = all.iter().map(|(user, outdated)| (user.to_string(), *outdated)).collect();
        behind.sort();
        behind
    }

    /// The user was here.
    pub(crate) fn seen(&self, user: &UserName, now: Timestamp) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(user.clone(), now);
    }

    /// Who was here since this was last asked.
    pub(crate) fn unsaved(&self) -> Vec<(UserName, Timestamp)> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}
