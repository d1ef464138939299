//! Random words: secrets, generations, epochs, and where mailbox revisions begin.

use fieldpost_common::hash::hex;

/// The system gave no random bytes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandom(String);

/// So many random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| NoRandom(error.to_string()))?;
    Ok(bytes)
}

/// A one-time secret: 32 bytes, in hexadecimal.
pub(crate) fn secret() -> Result<String, NoRandom> {
    Ok(hex(&bytes::<32>()?))
}

/// 32 hexadecimal digits.
pub(crate) fn hex32() -> Result<String, NoRandom> {
    Ok(fieldpost_common::id::hex32(bytes()?))
}

/// A number below 2^48, so that a run never repeats the revisions of the one before, and can count on for ever.
pub(crate) fn start() -> Result<u64, NoRandom> {
    Ok(u64::from_le_bytes(bytes()?) >> 16)
}
