//! A local action as the config names it: `["program", "argument"]`, or `{ command = […], timeout = "10m" }`.

use fieldpost_common::time::deserialize_duration;
use serde::Deserialize;
use std::time::Duration;

/// A program that developers may order to be run, without a shell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct Action {
    /// Program and arguments.
    pub command: Vec<String>,
    /// The time that it may take.
    pub timeout: Duration,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected [\"program\", \"argument\", …] or { command = [\"program\", …], timeout = \"10m\" }")]
enum Written {
    Short(Vec<String>),
    Long(Long),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    command: Vec<String>,
    #[serde(default = "timeout", deserialize_with = "deserialize_duration")]
    timeout: Duration,
}

/// A restart of a large application takes minutes.
const fn timeout() -> Duration {
    Duration::from_mins(10)
}

impl From<Written> for Action {
    fn from(written: Written) -> Self {
        match written {
            Written::Short(command) => Self { command, timeout: timeout() },
            Written::Long(Long { command, timeout }) => Self { command, timeout },
        }
    }
}
