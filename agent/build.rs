//! Tells the agent when it was built: a clock that stands before that moment is wrong.

#![expect(clippy::disallowed_methods, reason = "a build has no driver to give it the time")]

use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo::rerun-if-changed=Cargo.toml");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let built = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok()).unwrap_or(now);
    println!("cargo::rustc-env=FIELDPOST_BUILT={built}");
}
