//! How a place in a file is written, in settings and on the command line: `anywhere`, `head:20`, `foot:5`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::Place;

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a place in a file: anywhere, head:20 (the first 20 lines) or foot:5 (the last 5)")]
pub struct PlaceError(String);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Anywhere => f.write_str("anywhere"),
            Place::Head(lines) => write!(f, "head:{lines}"),
            Place::Foot(lines) => write!(f, "foot:{lines}"),
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Place, PlaceError> {
        let count = |digits: &str| digits.parse().ok().filter(|count| *count > 0);
        let place = match text.split_once(':') {
            None if text == "anywhere" => Some(Place::Anywhere),
            Some(("head", lines)) => count(lines).map(Place::Head),
            Some(("foot", lines)) => count(lines).map(Place::Foot),
            _ => None,
        };
        place.ok_or_else(|| PlaceError(text.to_owned()))
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written_and_nothing_else_is_one() {
        for place in [Place::Anywhere, Place::Head(20), Place::Foot(5)] {
            assert_eq!(place.to_string().parse::<Place>(), Ok(place));
        }
        for bad in ["", "head", "head:", "head:0", "head:-1", "foot:x", "foot: 5", "middle:5", "anywhere:1"] {
            bad.parse::<Place>().expect_err(bad);
        }
    }
}
