//! The way to the server, the token, the two clocks, and whether the vendor knows what the config names: one look by which nothing is handed over.

use super::{Finding, Wrong, found, wrong};
use crate::address_book::AddressBook;
use crate::clock;
use crate::config::Config;
use crate::dry_run::site_apps;
use crate::journal::{self, Journal};
use crate::server::Server;
use crate::token::{Token, TokenError};
use crate::trouble::Trouble;
use crate::{state_access, trust};
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::exit;
use fieldpost_common::problem::Code;
use fieldpost_common::time::{Timestamp, minute};
use fieldpost_common::wire::{PeekAnswer, PeekRequest, UnknownApp};

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let token = match Token::load(&config.state("token")) {
        Ok(token) => token,
        Err(error) => return vec![Finding { what: "server".to_owned(), how: Err(no_token(&error)) }],
    };
    // That it can't be read is told for itself.
    let held = trust::Held::load(config.state_dir.as_path()).ok();
    let version = held.as_ref().map_or(0, trust::Held::version);
    let server = match &held {
        Some(held) => Server::in_use(config, token, held),
        None => Server::new(config, token),
    };
    let server = match server {
        Ok(server) => server,
        Err(error) => return vec![wrong("server", exit::BAD_CONFIG, error.to_string())],
    };
    // The server is told which data were followed: older ones are refused here as they are when the agent polls.
    let journal = Journal::peek(&config.state(journal::FILE)).ok();
    server.follow(journal.as_ref().and_then(|journal| journal.generation.as_ref()));
    let address = AddressBook::open(config, held.as_ref().and_then(trust::Held::address));
    match server.peek(&PeekRequest { trust: version, applications: site_apps(config) }).await {
        Ok((answer, server_clock)) => {
            let mut findings = vec![reached(&answer)];
            findings.extend(moved(config, &address));
            findings.extend(server_clock.map(|server| compared(clock::wall(), server)));
            findings.extend(answer.unknown.iter().map(unknown));
            findings
        }
        Err(trouble) => vec![unreached(&trouble)],
    }
}

fn no_token(error: &TokenError) -> Wrong {
    let denied = matches!(error, TokenError::Unreadable(_, error) if state_access::is_denied(error));
    Wrong { code: if denied { exit::NOT_PERMITTED } else { exit::FAILED }, words: error.to_string() }
}

fn reached(answer: &PeekAnswer) -> Finding {
    match &answer.clones {
        None => found("server", Ok("reached, and it knows this site".to_owned())),
        Some([one, other]) => wrong(
            "server",
            exit::FAILED,
            format!(
                "two agents poll as this site, from {one} and from {other}: neither is given anything\n\
                 stop one of them, and enroll the other anew with a string from the vendor: \
                 `fieldpost-agent enroll STRING --config FILE --again`"
            ),
        ),
    }
}

/// The vendor moved the server, and this agent has followed.
fn moved(config: &Config, address: &AddressBook) -> Option<Finding> {
    let (now, before) = (address.current(), &config.server);
    let words = format!(
        "the vendor moved the server to {now}, and the agent uses that; write it in `server` of the config in place of {before}"
    );
    (now != before).then(|| found("address", Ok(words)))
}

fn unreached(trouble: &Trouble) -> Finding {
    match trouble.code() {
        Some(Code::Unauthorized) => wrong(
            "server",
            exit::NOT_PERMITTED,
            format!(
                "{}\nask the vendor for a new enrolment string and run `fieldpost-agent enroll STRING --config FILE --again`",
                "it doesn't know this site's token: the site was enrolled anew elsewhere, or removed"
            ),
        ),
        Some(Code::Unavailable | Code::TooMany) => wrong("server", exit::TRY_LATER, trouble.to_string()),
        Some(_) => wrong("server", exit::FAILED, trouble.to_string()),
        None if matches!(trouble, Trouble::Local { .. }) => wrong("server", exit::FAILED, trouble.to_string()),
        None => wrong("server", exit::UNREACHABLE, trouble.to_string()),
    }
}

fn compared(own: Timestamp, server: Timestamp) -> Finding {
    let error = ClockError::between(own, server);
    if !error.is_off() {
        return found("clock", Ok(format!("{}, as the server's", minute(own))));
    }
    let words = format!("it says {}, and the server's {}: it is {error}", minute(own), minute(server));
    let cure = "set this machine's clock, as with `timedatectl set-ntp true`: orders are judged by it, and logs are read by it";
    wrong("clock", exit::FAILED, format!("{words}\n{cure}"))
}

/// Only the vendor can mend what the vendor lacks.
fn unknown(app: &UnknownApp) -> Finding {
    let UnknownApp { application, version, versions } = app;
    let words = match versions {
        None => format!(
            "the vendor's server has no application {application}: no patch comes for it\n\
             write the name that the vendor uses in the config, or ask the vendor to add it (`fieldpost app add {application}`)"
        ),
        Some(versions) => {
            let known = versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            format!(
                "the vendor's server knows the versions {known} of {application}, and not {version}: no patch comes for it\n\
                 write the version that runs here in the config, or ask the vendor to add it \
                 (`fieldpost app add-version {application} {version}`)"
            )
        }
    };
    wrong(format!("version of {application}"), exit::FAILED, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(finding: Finding) -> String {
        finding.how.expect_err("wrong").words
    }

    #[test]
    fn a_clock_that_is_two_minutes_off_is_wrong_and_both_are_told() {
        let server = Timestamp::from_ms(1_800_000_000_000);
        let off = |ms: i64| compared(Timestamp::from_ms(server.as_ms() + ms), server);
        assert!(off(119_000).how.is_ok() && off(-119_000).how.is_ok());
        let told = words(off(1_200_000));
        assert!(
            told.starts_with("it says 2027-01-15 08:20 UTC, and the server's 2027-01-15 08:00 UTC: it is 20 minutes ahead\n"),
            "{told}"
        );
    }

    #[test]
    fn what_only_the_vendor_can_mend_names_the_vendor() {
        let app = |versions: Option<&[&str]>| UnknownApp {
            application: "trading".parse().expect("application"),
            version: "9.9".parse().expect("version"),
            versions: versions.map(|all| all.iter().map(|one| one.parse().expect("version")).collect()),
        };
        let told = words(unknown(&app(Some(&["7.6", "7.7"]))));
        assert!(
            told.contains("knows the versions 7.6, 7.7 of trading, and not 9.9") && told.contains("ask the vendor"),
            "{told}"
        );
        assert!(words(unknown(&app(None))).contains("has no application trading"));
    }

    #[test]
    fn a_token_that_the_server_refuses_is_no_server_out_of_reach() {
        use fieldpost_common::problem::Problem;
        let refused = Trouble::Problem { problem: Problem::new(Code::Unauthorized, "no"), retry_after: None, proven: true };
        let finding = unreached(&refused);
        assert_eq!(finding.how.expect_err("wrong").code, exit::NOT_PERMITTED);
    }
}
