//! The form that all signed statements share, so that they can grow: an older reader knows what it may ignore and what it must refuse.
//!
//! A statement is JSON. Its signature is checked over the exact bytes; only then are its [`Form`] and its fields read. A field that the
//! reader doesn't know is ignored, unless `needs` names it: then the statement is refused as [`Refusal::NewerFormat`], as is an unknown
//! variant anywhere within it. Whoever signs names in `needs` what must not be ignored; the format never decides which protection is
//! left out. The trust document is the exception: its needs stand with each developer ([`crate::trust::Developer`]).

use crate::envelope::{Domain, Envelope, PublicKey, SecretKey};
use crate::id::KeyId;
use crate::order::Refusal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The format that this version writes, and the newest that it knows all of.
pub const FORMAT: u32 = 1;
/// The format of statements that need nothing.
const FIRST: u32 = 1;

/// The head of a signed statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The format that its writer used.
    pub format: u32,
    /// Names of fields that a reader must understand, or refuse the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

impl Default for Form {
    fn default() -> Self {
        Self { format: FORMAT, needs: Vec::new() }
    }
}

impl Form {
    /// A form whose reader must understand these fields.
    pub fn needing(needs: &[&str]) -> Self {
        Self { needs: needs.iter().map(|&need| need.to_owned()).collect(), ..Self::default() }
    }
}

/// A signed statement.
pub trait Statement: Serialize + DeserializeOwned {
    /// The kind of statement; a signature for one kind never passes for another.
    const DOMAIN: Domain;
    /// The entries of `needs` that this version understands, each with the first format whose readers do.
    const UNDERSTOOD: &'static [(&'static str, u32)];

    /// The key that it says signs it.
    fn key(&self) -> &KeyId;

    /// The lowest format whose readers take this form; none: it needs what this version doesn't know.
    fn readable_from(form: &Form) -> Option<u32> {
        let known = |need: &String| Self::UNDERSTOOD.iter().find(|(name, _)| name == need).map(|(_, format)| *format);
        form.needs.iter().try_fold(FIRST, |least, need| Some(known(need)?.max(least)))
    }

    /// Signs it.
    fn sign(&self, key: &SecretKey) -> Envelope {
        let bytes = serde_json::to_vec(self).unwrap_or_else(|error| unreachable!("a statement is plain data: {error}"));
        Envelope::sign(Self::DOMAIN, bytes, key)
    }

    /// Reads it out of an envelope that `public` signed.
    ///
    /// # Errors
    /// `BadSignature`; `NewerFormat` when it holds what this version must not ignore; `Malformed` when it makes no sense.
    fn verify(envelope: &Envelope, public: &PublicKey) -> Result<Self, Refusal> {
        let bytes = envelope.verify(Self::DOMAIN, public).map_err(|_| Refusal::BadSignature)?;
        let form: Form = serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed)?;
        if Self::readable_from(&form).is_none() {
            return Err(Refusal::NewerFormat);
        }
        let statement: Self = serde_json::from_slice(bytes).map_err(|error| unreadable(&form, &error))?;
        if *statement.key() == envelope.key { Ok(statement) } else { Err(Refusal::Malformed) }
    }
}

/// Whether every need is among those that are understood.
pub(crate) fn understands(understood: &[&str], needs: &[String]) -> bool {
    needs.iter().all(|need| understood.contains(&need.as_str()))
}

/// Tells a statement of a newer version from one that makes no sense.
fn unreadable(form: &Form, error: &serde_json::Error) -> Refusal {
    if form.format > FORMAT || names_unknown_variant(error) { Refusal::NewerFormat } else { Refusal::Malformed }
}

/// Serde has no code for this error, only these words; a test holds on to them.
fn names_unknown_variant(error: &serde_json::Error) -> bool {
    error.is_data() && error.to_string().starts_with("unknown variant")
}

#[cfg(test)]
mod tests;
