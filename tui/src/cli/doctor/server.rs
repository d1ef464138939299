//! The server: whether it answers, knows this person, and agrees about the time; and whether the key may sign.

use super::Finding;
use crate::cli::failure::Failure;
use crate::session::Session;
use fieldpost_common::text::age;
use std::time::Duration;

/// A clock that is further off than this signs orders that are refused.
const CLOCK: Duration = Duration::from_mins(2);

pub(super) async fn look_at(session: &Session) -> Vec<Finding> {
    let whoami = match session.client.whoami().await {
        Ok(whoami) => whoami,
        Err(error) => return vec![Finding::bad("server", error)],
    };
    let mine = env!("CARGO_PKG_VERSION");
    let encrypted = session.client.url().starts_with("https://");
    let now = session.now();
    let off = whoami.now.age(now).max(now.age(whoami.now));
    vec![
        Finding::good("server", format!("version {}, this app {mine}", whoami.server_version)),
        Finding::good(
            "TLS",
            if encrypted { "the server's certificate is accepted" } else { "not encrypted: the address is http" },
        ),
        Finding::good("auth", format!("{} is known, role {}", whoami.user, format!("{:?}", whoami.role).to_lowercase())),
        if off > CLOCK {
            let words = format!("this machine's clock is {} off the server's: set it right", age(off));
            Finding::bad("clock", Failure::new(words))
        } else {
            Finding::good("clock", format!("{} ms off the server's", off.as_millis()))
        },
        match session.signer().await {
            Ok(signer) => Finding::good("key", format!("{} is trusted", signer.key.public().fingerprint())),
            Err(error) => Finding::bad("key", error),
        },
    ]
}
