//! What the sample's applications report: an error of each state, and all that is known of one.

use super::sample::now;
use fieldpost_common::api::{
    ErrorGroup, ErrorSite, ErrorView, Errors, KeptTexts, KeptWalkback, SeenThere, SiteDropped, Suspect, Week,
};
use fieldpost_common::error_group::{ErrorGroupId, ErrorState, Fix, GroupState, Phase, week_of, week_start};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::SiteName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::walkback::Dialect;
use std::time::Duration;

fn before(hours: u64) -> Timestamp {
    Timestamp::from_ms(now().as_ms() - i64::try_from(Duration::from_hours(hours).as_millis()).expect("a few years"))
}

fn weeks(counts: &[u64]) -> Vec<Week> {
    let ago = |place: usize| week_of(now()) - 7 * i64::try_from(counts.len() - 1 - place).expect("few");
    let some = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    some.map(|(place, count)| Week { week: week_start(ago(place)), count: *count }).collect()
}

fn group(
    id: u64,
    state: ErrorState,
    (exception, message): (&str, &str),
    frame: &str,
    sites: &[&str],
    counts: &[u64],
) -> ErrorGroup {
    ErrorGroup {
        id: ErrorGroupId(id),
        application: "trading".parse().expect("a name"),
        state,
        dialect: Dialect::VisualWorks,
        exception: Some(Clean::line(exception)),
        message: Some(Clean::line(message)),
        top_frame: Some(Clean::line(frame)),
        count: counts.iter().sum(),
        mailed: 0,
        sites: sites.iter().map(|site| site.parse().expect("a site")).collect(),
        versions: vec!["7.7".parse().expect("a version")],
        first_seen: before(counts.len() as u64 * 168),
        last_seen: before(id),
        weeks: weeks(counts),
        issue: None,
        fixed_by: None,
        fixed_revision: None,
        regressed_at: Vec::new(),
        fingerprint: format!("{id:032x}").parse().expect("a fingerprint"),
        at_site: None,
    }
}

/// What was reported.
pub(crate) fn errors() -> Errors {
    let regressed = ErrorGroup {
        issue: Some(Clean::line("4711")),
        fixed_by: Some("4711-Order-roundLots.st".parse().expect("a name")),
        regressed_at: vec!["acme".parse().expect("a site")],
        mailed: 3,
        ..group(
            1,
            ErrorState::Regressed,
            ("ZeroDivide", "tried to divide by zero"),
            "Order>>lotsOf:",
            &["acme", "borealis"],
            &[40, 31, 30, 18, 12, 7, 4, 2, 0, 1],
        )
    };
    let fixed = ErrorGroup {
        fixed_by: Some("4688-Quote-cache.st".parse().expect("a name")),
        ..group(30, ErrorState::Fixed, ("KeyNotFound", "key not found"), "Quote class>>at:", &["corvid"], &[9, 5, 2, 0])
    };
    let groups = vec![
        fixed,
        regressed,
        group(
            2,
            ErrorState::New,
            ("MessageNotUnderstood", "nil does not understand #isin"),
            "Instrument>>printOn:",
            &["corvid"],
            &[0, 0, 3],
        ),
        group(
            9,
            ErrorState::Known,
            ("SystemError", "socket closed by peer"),
            "Gateway>>next",
            &["acme", "corvid"],
            &[3, 4, 2, 5, 3],
        ),
        group(400, ErrorState::Muted, ("Warning", "deprecated"), "Report>>open", &["acme"], &[70, 70, 71]),
    ];
    let dropped =
        vec![SiteDropped { site: "corvid".parse().expect("a site"), application: "trading".parse().expect("a name"), count: 12 }];
    Errors { groups, kept: KeptTexts { bytes: 1 << 20, quota: 1 << 28 }, dropped }
}

/// The same of one site: each was seen there a day before it was seen anywhere.
pub(crate) fn errors_of(site: &SiteName) -> Errors {
    let mut errors = errors();
    errors.groups.retain(|group| group.sites.contains(site));
    for group in &mut errors.groups {
        let last_seen = Timestamp::from_ms(group.last_seen.as_ms() - 86_400_000);
        group.at_site = Some(SeenThere { count: 1, mailed: 0, first_seen: group.first_seen, last_seen });
    }
    errors
}

/// All that is known of the one that came back.
pub(crate) fn error() -> ErrorView {
    let group = errors().groups.swap_remove(1);
    let (patch, revision) = ("4711-Order-roundLots.st".parse().expect("a name"), ContentHash::of(b"round"));
    let fix = Fix { patch, revision, by: "bn".parse().expect("a user"), at: before(300) };
    let suspect = |name: &str, hours| Suspect {
        patch: name.parse().expect("a name"),
        order: "00112233445566778899aabbccddeeff".parse().expect("an order"),
        revision: Some(revision),
        confirmed: before(hours),
        by: "ada".parse().expect("a user"),
    };
    let site = |name: &str, has_fix_since, suspects| ErrorSite {
        site: name.parse().expect("a site"),
        count: 72,
        mailed: 0,
        versions: vec!["7.7".parse().expect("a version")],
        first_seen: before(1680),
        last_seen: before(1),
        has_fix_since,
        suspects,
    };
    let text = "Unhandled exception: tried to divide by zero\nContext\n[1]\tSmallInteger(Number)>>/\n[2]\tOrder>>lotsOf:\n\u{1b}[2J[3]\tTrader>>buy:\n";
    let walkback = |name: &str, hours, mailed| KeptWalkback {
        site: name.parse().expect("a site"),
        version: "7.7".parse().expect("a version"),
        at: before(hours),
        file: Clean::line("error-20261124.log"),
        process: Some(Clean::line("ui")),
        mailed,
        size: 2_345,
        text: text.to_owned(),
    };
    ErrorView {
        stands: GroupState {
            phase: Phase::Regressed { fix, sites: ["acme".parse().expect("a site")].into(), since: before(1) },
            muted_by: None,
        },
        at_sites: vec![
            site("acme", Some(before(280)), vec![suspect("4688-Quote-cache.st", 1690), suspect("lib/Order.st", 1700)]),
            site("borealis", None, Vec::new()),
        ],
        walkbacks: vec![walkback("acme", 1, true), walkback("borealis", 1680, false)],
        kept: errors().kept,
        group,
    }
}
