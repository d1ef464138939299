//! The name of a server's data: an epoch that every restore raises, and a random id. Agents and apps never go back behind one that
//! they have followed.

use super::{HEX_RULE, IdError, is_hex32};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The server's data, written as `EPOCH.ID`. A restored backup gets a higher epoch and another id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation {
    epoch: u64,
    id: String,
}

/// How a generation stands to the one that was followed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Succession {
    /// The same data.
    Same,
    /// Restored or promoted since: what was stored there before may be gone.
    Newer,
    /// The data of before a restore that was followed already.
    Older,
    /// Two servers claim to be the same data.
    Rival,
}

impl Generation {
    /// Data that begin.
    pub fn first(id: [u8; 16]) -> Self {
        Self { epoch: 1, id: super::hex32(id) }
    }

    /// Data that take the place of all that are known. Epochs are seconds where that is higher, so that a second restore of the same
    /// backup on another machine is newer than the first without knowing of it.
    pub fn after(known: &[Self], id: [u8; 16], now_s: u64) -> Self {
        let highest = known.iter().map(|known| known.epoch).max().unwrap_or(0);
        Self { epoch: highest.saturating_add(1).max(now_s), id: super::hex32(id) }
    }

    /// Which restore it comes from.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How it stands to `followed`.
    pub fn succeeds(&self, followed: &Self) -> Succession {
        match self.epoch.cmp(&followed.epoch) {
            std::cmp::Ordering::Less => Succession::Older,
            std::cmp::Ordering::Greater => Succession::Newer,
            std::cmp::Ordering::Equal if self.id == followed.id => Succession::Same,
            std::cmp::Ordering::Equal => Succession::Rival,
        }
    }
}

impl FromStr for Generation {
    type Err = IdError;
    fn from_str(word: &str) -> Result<Self, IdError> {
        let error = |rule| IdError { what: "generation", given: word.chars().take(80).collect(), rule };
        // Data of before there were epochs are the first.
        let (epoch, id) = word.split_once('.').unwrap_or(("1", word));
        let epoch = epoch.parse().map_err(|_| error("use EPOCH.ID with a number before the dot"))?;
        if is_hex32(id) { Ok(Self { epoch, id: id.to_owned() }) } else { Err(error(HEX_RULE)) }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.id)
    }
}

impl Serialize for Generation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Generation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(epoch: u64, id: u8) -> Generation {
        Generation { epoch, id: crate::id::hex32([id; 16]) }
    }

    #[test]
    fn a_lower_epoch_is_older_and_another_id_of_the_same_epoch_is_a_rival() {
        let followed = generation(7, 1);
        assert_eq!(generation(7, 1).succeeds(&followed), Succession::Same);
        assert_eq!(generation(8, 2).succeeds(&followed), Succession::Newer);
        assert_eq!(generation(6, 1).succeeds(&followed), Succession::Older);
        assert_eq!(generation(7, 2).succeeds(&followed), Succession::Rival);
    }

    #[test]
    fn a_restore_is_newer_than_all_that_is_known_and_than_a_restore_before_it_of_which_nothing_is_known() {
        let backup = Generation::first([1; 16]);
        let once = Generation::after(std::slice::from_ref(&backup), [2; 16], 1_000);
        let elsewhere = Generation::after(std::slice::from_ref(&backup), [3; 16], 1_060);
        assert_eq!(once.succeeds(&backup), Succession::Newer);
        assert_eq!(elsewhere.succeeds(&once), Succession::Newer);
        let clock_fell_back = Generation::after(&[backup, elsewhere.clone()], [4; 16], 5);
        assert_eq!(clock_fell_back.succeeds(&elsewhere), Succession::Newer);
    }

    #[test]
    fn a_generation_is_read_as_it_is_written_and_one_without_an_epoch_is_the_first() {
        let written = generation(12, 5).to_string();
        assert_eq!(written.parse(), Ok(generation(12, 5)));
        assert_eq!("05".repeat(16).parse(), Ok(generation(1, 5)));
        assert!("x.05".parse::<Generation>().is_err() && "3.xyz".parse::<Generation>().is_err());
    }
}
