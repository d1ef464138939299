//! Signed bytes: exact bytes, the key's id and an Ed25519 signature. Verify first, parse after, never write them anew.

use crate::hash::{ContentHash, hex};
use crate::id::KeyId;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What kind of statement was signed; a signature for one never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// An instruction to one site.
    Order,
    /// A statement that a revision is current.
    Publication,
    /// A version of the trust document.
    Trust,
    /// An instruction to run a local action.
    Action,
    /// A statement that contents are taken away for good.
    Purge,
    /// A statement that nothing is current.
    Withdrawal,
}

impl Domain {
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::Order => b"fieldpost/1/order\n",
            Self::Publication => b"fieldpost/1/publication\n",
            Self::Trust => b"fieldpost/1/trust\n",
            Self::Action => b"fieldpost/1/action\n",
            Self::Purge => b"fieldpost/1/purge\n",
            Self::Withdrawal => b"fieldpost/1/withdrawal\n",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.tag(), bytes].concat()
    }
}

/// The largest signed statement that is looked at, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// Signed bytes as they travel and are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The exact bytes that were signed, without the domain tag.
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
    /// Which key signed them.
    pub key: KeyId,
    /// The signature.
    pub sig: Signature,
}

/// The signature doesn't belong to these bytes, this key and this kind of statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct BadSignature;

impl Envelope {
    /// Signs bytes.
    pub fn sign(domain: Domain, bytes: Vec<u8>, key: &SecretKey) -> Self {
        let sig = Signature(key.0.sign(&domain.message(&bytes)).to_bytes());
        Self { sig, key: key.public().id(), bytes }
    }

    /// The bytes, if `public` signed them for this domain.
    pub fn verify(&self, domain: Domain, public: &PublicKey) -> Result<&[u8], BadSignature> {
        if self.bytes.len() > MAX_BYTES || self.key != public.id() {
            return Err(BadSignature);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(&public.0).map_err(|_| BadSignature)?;
        let sig = ed25519_dalek::Signature::from_bytes(&self.sig.0);
        key.verify_strict(&domain.message(&self.bytes), &sig).map_err(|_| BadSignature)?;
        Ok(&self.bytes)
    }

    /// Names the statement by its bytes: 16 bytes of their SHA-256, in hexadecimal.
    pub fn bytes_id(&self) -> String {
        hex(&ContentHash::of(&self.bytes).as_bytes()[..16])
    }
}

/// An Ed25519 signature, written in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// The public half of a key, written in base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// The secret half of a key. Never shown, never sent.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

/// Text that isn't a key or a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {0} in base64")]
pub struct KeyError(&'static str);

impl PublicKey {
    /// The key's id.
    pub fn id(&self) -> KeyId {
        // 16 bytes in hexadecimal always make a KeyId; the fallback can't be reached and would match no key.
        let id = hex(&ContentHash::of(&self.0).as_bytes()[..16]);
        id.parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are a key id"))
    }

    /// The id in groups of four, for two people to compare by voice.
    pub fn fingerprint(&self) -> String {
        let id = self.id();
        id.as_str().as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }
}

impl SecretKey {
    /// Makes a key out of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// For the key file only.
    pub fn expose(&self) -> String {
        BASE64.encode(self.0.to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, secret)", self.public().id())
    }
}

impl FromStr for SecretKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        decode(text.trim()).map(Self::from_seed).ok_or(KeyError("secret key"))
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

macro_rules! base64_text {
    ($name:ident, $what:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&BASE64.encode(self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl FromStr for $name {
            type Err = KeyError;
            fn from_str(text: &str) -> Result<Self, KeyError> {
                decode(text).map(Self).ok_or(KeyError($what))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
base64_text!(PublicKey, "public key");
base64_text!(Signature, "signature");

pub(crate) mod base64_bytes {
    use super::{BASE64, Deserialize, Deserializer, Serializer};
    use base64::Engine as _;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed([seed; 32])
    }

    #[test]
    fn a_signature_holds_only_for_its_bytes_its_key_and_its_domain() {
        let envelope = Envelope::sign(Domain::Order, b"put it there".to_vec(), &key(1));
        assert_eq!(envelope.verify(Domain::Order, &key(1).public()), Ok(&b"put it there"[..]));
        assert_eq!(envelope.verify(Domain::Publication, &key(1).public()), Err(BadSignature));
        assert_eq!(envelope.verify(Domain::Order, &key(2).public()), Err(BadSignature));
        for index in 0..envelope.bytes.len() {
            let mut tampered = envelope.clone();
            tampered.bytes[index] ^= 1;
            assert_eq!(tampered.verify(Domain::Order, &key(1).public()), Err(BadSignature), "byte {index}");
        }
    }

    #[test]
    fn a_weak_key_that_signs_everything_is_refused() {
        // The identity point: with plain `verify`, the signature (identity, 0) holds for any message.
        let mut weak = [0; 32];
        weak[0] = 1;
        let public = PublicKey(weak);
        let mut sig = [0; 64];
        sig[0] = 1;
        let envelope = Envelope { bytes: b"anything".to_vec(), key: public.id(), sig: Signature(sig) };
        assert_eq!(envelope.verify(Domain::Order, &public), Err(BadSignature));
    }

    #[test]
    fn an_envelope_keeps_its_bytes_through_json() {
        let envelope = Envelope::sign(Domain::Order, vec![0, 255, b'{'], &key(1));
        let json = serde_json::to_string(&envelope).expect("json");
        assert_eq!(serde_json::from_str::<Envelope>(&json).expect("json"), envelope);
    }

    #[test]
    fn a_secret_key_never_shows_itself() {
        let secret = key(7);
        assert!(!format!("{secret:?}").contains(&secret.expose()));
        assert_eq!(secret.expose().parse::<SecretKey>().expect("key").public(), secret.public());
    }
}
