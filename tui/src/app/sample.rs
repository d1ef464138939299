//! A realistic grid with a cell of every kind, for tests and for looking at the app without a server.

use fieldpost_common::api::{
    Activity, AppSettings, HeldDrop, History, OrderInfo, Origin, PublishedAt, Revision, Site, SiteListing, StampInfo,
};
use fieldpost_common::cell::{Base, LatestOrder, Unknown};
use fieldpost_common::correction::{Correction, Corrections};
use fieldpost_common::grid::{Feed, Grid, GridCell, GridPatch, GridPublication, GridSite};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::OrderId;
use fieldpost_common::inventory::{Directory, Ignored};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::{OrderState, Progress};
use fieldpost_common::order::{Action, Failure};
use fieldpost_common::stamp::stamp;
use fieldpost_common::time::Timestamp;
use std::fmt::Debug;
use std::str::FromStr;

pub(super) fn id<T: FromStr<Err: Debug>>(word: &str) -> T {
    word.parse().expect("a valid word")
}

/// 24 Nov 2026, 20:00 UTC.
pub(super) fn now() -> Timestamp {
    Timestamp::from_ms(1_795_550_400_000)
}

pub(super) fn before(minutes: u64) -> Timestamp {
    Timestamp::from_ms(now().as_ms() - i64::try_from(minutes).expect("a sample age") * 60_000)
}

/// The content that a word stands for.
pub(super) fn content(word: &str) -> ContentHash {
    ContentHash::of(word.as_bytes())
}

fn site(name: &str, version: &str, groups: &[&str], seen_minutes: u64) -> GridSite {
    GridSite {
        name: id(name),
        groups: groups.iter().map(|group| id(group)).collect(),
        version: id(version),
        unknown: None,
        unknown_since: None,
        last_seen: Some(before(seen_minutes)),
        format: None,
    }
}

/// `published` as `7.7=word 7.6=word`; the words before `@` were current earlier.
fn patch(name: &str, issue: &str, author: &str, minutes: u64, published: &str) -> GridPatch {
    let published: Vec<_> = published
        .split_whitespace()
        .map(|one| {
            let (version, word) = one.split_once('=').expect("version=word");
            let (earlier, word) = word.split_once('@').map_or((None, word), |(earlier, word)| (Some(earlier), word));
            GridPublication {
                version: id(version),
                sha256: Some(content(word)),
                size: 4_200,
                by: id("ada"),
                at: before(minutes.saturating_sub(30)),
                earlier: earlier.map(content).into_iter().collect(),
                newer: Vec::new(),
            }
        })
        .collect();
    let changed = jiff::Timestamp::from_millisecond(before(minutes).as_ms()).expect("a date").to_string();
    GridPatch {
        name: id(name),
        issue: (!issue.is_empty()).then(|| id(issue)),
        author: (!author.is_empty()).then(|| author.to_owned()),
        changed_at: (!author.is_empty()).then(|| id(&changed)),
        filed_out_at: None,
        ambiguous: false,
        corrected: false,
        newest: published.first().and_then(|one| one.sha256),
        first_seen: before(minutes + 60),
        published,
    }
}

fn cell(patch: usize, site: usize, has: Option<&str>, base: Base) -> GridCell {
    let changed = jiff::Timestamp::from_millisecond(before(180).as_ms()).expect("a date").to_string();
    GridCell {
        patch,
        site,
        cant_say: None,
        has: has.map(content),
        since: Some(before(170)),
        base,
        author: has.map(|_| "mk".to_owned()),
        changed_at: has.map(|_| id(&changed)),
        ambiguous: false,
        corrected: false,
        order: None,
    }
}

fn order(cell: GridCell, put: &str, state: OrderState) -> GridCell {
    let action = Action::Put { sha256: content(put), size: 4_200 };
    let order = LatestOrder {
        id: id(&fieldpost_common::hash::hex(&content(put).as_bytes()[..16])),
        action,
        expected: cell.has,
        state,
        by: id("ada"),
        created: before(3),
    };
    GridCell { order: Some(order), ..cell }
}

fn agreed(word: &str) -> Base {
    Base::Content(content(word))
}

fn patches() -> Vec<GridPatch> {
    let mut patches = vec![
        patch("4688-Quote-cache.st", "4688", "bn", 4_320, "7.7=quote2 7.6=quote1"),
        patch("4711-Order-roundLots.st", "4711", "bn", 120, "7.7=round1@round2 7.6=round1"),
        patch("4712-Settlement-fx.st", "4712", "ada", 1_500, "7.7=fx2"),
        patch("4720-Limits-check.st", "4720", "jk", 12, "7.7=limits"),
        patch("4731-Journal-export.patch", "4731", "Iñaki Ödön", 30_000, "7.7=journal 7.6=journal"),
        patch("hotfix-ledger.st", "", "mk", 4, ""),
        patch("reports/eod-summary.sql", "", "", 700_000, "7.7=eod 7.6=eod"),
        patch("reports/trade-blotter.sql", "4699", "pw", 9_000, "7.6=blotter"),
    ];
    for number in 0..22 {
        let name = format!("zz/{:04}-Backlog-{number}.st", 4_400 + number);
        let published = format!("7.7=z{number} 7.6=z{number}");
        patches.push(patch(&name, &format!("{}", 4_400 + number), "bn", 50_000 + number * 1_000, &published));
    }
    patches
}

fn cells() -> Vec<GridCell> {
    let started = OrderState::Started { step: Progress::Fetched, at: before(1) };
    let failed = OrderState::Failed { at: before(2), reason: Failure::NoSpace { detail: None } };
    let mut deleted = cell(4, 3, None, agreed("journal"));
    deleted.since = Some(before(40));
    vec![
        cell(0, 0, Some("quote-by-hand"), agreed("quote2")),
        cell(1, 0, Some("round1"), agreed("round1")),
        cell(1, 1, None, Base::Never),
        cell(1, 3, None, Base::Absent),
        cell(2, 1, Some("fx-own"), agreed("fx1")),
        order(cell(2, 3, None, Base::Never), "fx2", started),
        order(cell(3, 0, None, Base::Never), "limits", OrderState::Queued),
        order(cell(3, 1, None, Base::Never), "limits", failed),
        cell(3, 3, None, Base::Never),
        deleted,
        cell(5, 0, Some("ledger"), Base::Never),
        cell(6, 4, Some("eod-old"), agreed("eod-old")),
    ]
}

/// Five sites, thirty patches, every kind of cell.
pub(super) fn grid() -> Grid {
    let mut sites = vec![
        site("acme", "7.7", &["europe", "production"], 0),
        site("borealis", "7.7", &["europe", "production"], 1),
        site("corvid", "7.6", &["america", "production"], 0),
        site("delta-uat", "7.7", &["test"], 0),
        site("omega", "7.7", &["america", "production"], 14),
        site("zenith", "7.6", &["test"], 0),
    ];
    sites[5].unknown = Some(Unknown::NoInventory);
    Grid {
        feed: Feed { epoch: "e".to_owned(), seq: 1 },
        now: now(),
        silent_after: std::time::Duration::from_mins(5),
        application: Some(AppSettings {
            name: id("trading"),
            versions: vec![id("7.6"), id("7.7")],
            issue_url: Some("https://tracker.example/{issue}".to_owned()),
            issue_prefix: None,
            stamps: Vec::new(),
            date_order: None,
            people: std::collections::BTreeMap::new(),
            drift: fieldpost_common::drift::DriftRule::default(),
        }),
        sites,
        patches: patches(),
        cells: cells(),
    }
}

/// As large as it gets: 10,000 patches for two versions at 200 sites in three groups, one cell in a hundred not quiet and of every kind.
pub(super) fn large() -> Grid {
    let groups = [["europe", "production"], ["america", "production"], ["asia", "test"]];
    let mut sites: Vec<_> = (0..200)
        .map(|number| {
            let silent = if number % 50 == 7 { 90 } else { 0 };
            site(&format!("site-{number:03}"), ["7.7", "7.6"][number % 2], &groups[number % 3], silent)
        })
        .collect();
    sites[120].unknown = Some(Unknown::NoInventory);
    let words = ["Order", "Quote", "Limit", "Change", "Journal"];
    let patches = (0..10_000)
        .map(|number: usize| {
            let name = format!("{number:05}-{}.st", words[number % 5]);
            let published = format!("7.7=old{number}@new{number} 7.6=for76-{number}");
            let (issue, minutes) = ((4_000 + number % 900).to_string(), u64::try_from(number).expect("a few") * 37 % 500_000);
            patch(&name, &issue, ["bn", "ada", "jk", "mk"][number % 4], minutes, &published)
        })
        .collect();
    Grid { sites, patches, cells: (0..20_000).map(loud).collect(), ..grid() }
}

fn loud(number: usize) -> GridCell {
    let (row, site) = (number / 2, (number * 7) % 200);
    let current = if site.is_multiple_of(2) { format!("new{row}") } else { format!("for76-{row}") };
    match number % 9 {
        0 => cell(row, site, Some("own"), Base::Never),
        1 | 2 => cell(row, site, Some("own"), agreed(&current)),
        3 => cell(row, site, Some(&format!("old{row}")), agreed(&format!("old{row}"))),
        4 => order(cell(row, site, None, Base::Never), &current, OrderState::Queued),
        5 => order(cell(row, site, None, Base::Never), &current, OrderState::TimedOut { at: before(2) }),
        6 => cell(row, site, None, agreed(&current)),
        _ => cell(row, site, None, Base::Never),
    }
}

fn listed(name: &str, seen_minutes: Option<u64>, version: &str, groups: &[&str]) -> Site {
    let listing = SiteListing {
        application: id("trading"),
        version: id(version),
        directory: Some(Directory::Present),
        directory_since: None,
        cant_say: None,
        files: 28,
        ignored: Vec::new(),
        held: None,
    };
    Site {
        name: id(name),
        groups: groups.iter().map(|group| id(group)).collect(),
        applications: vec![listing],
        enrolled_at: seen_minutes.map(|_| before(60_000)),
        last_seen: seen_minutes.map(before),
        silent_after_s: 300,
        address: seen_minutes.map(|_| "203.0.113.7".to_owned()),
        agent_version: seen_minutes.map(|_| "1.0.0".to_owned()),
        trust: seen_minutes.map(|_| 3),
        trust_newest: 3,
        format: seen_minutes.map(|_| 1),
        format_highest: seen_minutes.map(|_| 1),
        clock_error_ms: seen_minutes.map(|_| 120),
        open_orders: 0,
        clones: None,
        refused: std::collections::BTreeMap::new(),
    }
}

/// A site in every state.
pub(super) fn sites() -> Vec<Site> {
    let mut sites = vec![
        listed("acme", Some(0), "7.7", &["europe", "production"]),
        listed("borealis", Some(1), "7.7", &["europe", "production"]),
        listed("corvid", Some(0), "7.6", &["america", "production"]),
        listed("delta-uat", Some(0), "7.7", &["test"]),
        listed("ember", Some(2), "7.7", &["america"]),
        listed("falcon", Some(1), "7.7", &[]),
        listed("omega", Some(14), "7.7", &["america", "production"]),
        listed("zenith", None, "7.6", &["test"]),
    ];
    sites[0].open_orders = 2;
    sites[0].applications[0].ignored = vec![
        Ignored { name: "CON.st".into(), reason: "the name means a device on Windows".into() },
        Ignored { name: "core".into(), reason: "larger than 64 MiB".into() },
    ];
    sites[1].applications[0].held = Some(HeldDrop { dropped: 24, of: 28, at: before(37) });
    sites[2].clock_error_ms = Some(-420_000);
    sites[3].clones = Some(["203.0.113.7".to_owned(), "198.51.100.12".to_owned()]);
    sites[4].applications[0].directory = Some(Directory::NoMarker);
    sites[5].applications[0].directory = None;
    sites[7].applications[0].directory = None;
    sites
}

/// As many sites as it gets.
pub(super) fn many_sites() -> Vec<Site> {
    (0..200).map(|number| listed(&format!("site-{number:03}"), Some(number % 7), "7.7", &["europe"])).collect()
}

fn given(number: u8, patch: &str, state: OrderState) -> OrderInfo {
    let put = content(patch);
    OrderInfo {
        id: id::<OrderId>(&format!("{number:02x}").repeat(16)),
        action: Action::Put { sha256: put, size: 4_200 },
        application: id("trading"),
        patch: id(patch),
        site: id("acme"),
        expected: None,
        by: id("ada"),
        created: before(u64::from(number)),
        install_by: Timestamp::from_ms(before(0).as_ms() + 29 * 86_400_000),
        state,
        hook: None,
    }
}

/// Two orders that wait at `acme`, and five that have ended.
pub(super) fn orders() -> (Vec<OrderInfo>, Vec<OrderInfo>) {
    let fetched = OrderState::Started { step: Progress::Fetched, at: before(1) };
    let open = vec![given(3, "4720-Limits-check.st", OrderState::Queued), given(4, "4712-Settlement-fx.st", fetched)];
    let finished = vec![
        given(12, "4711-Order-roundLots.st", OrderState::Confirmed { at: before(11) }),
        given(90, "4688-Quote-cache.st", OrderState::Failed { at: before(80), reason: Failure::NoSpace { detail: None } }),
        given(91, "4688-Quote-cache.st", OrderState::Superseded { at: before(90), by: id(&"5a".repeat(16)) }),
        given(120, "hotfix-ledger.st", OrderState::Cancelled { at: before(110), by: id("jk") }),
        given(200, "reports/eod-summary.sql", OrderState::Expired { at: before(150) }),
    ];
    (open, finished)
}

fn happened(seq: u64, who: &str, what: &str, patch: &str, site: &str) -> Activity {
    Activity {
        seq,
        at: before((1_300 - seq) * 3),
        who: who.to_owned(),
        what: what.to_owned(),
        application: (!patch.is_empty()).then(|| id("trading")),
        patch: (!patch.is_empty()).then(|| id(patch)),
        site: (!site.is_empty()).then(|| id(site)),
        sha256: (!patch.is_empty()).then(|| content(patch)),
        key: None,
        detail: None,
    }
}

/// What happened, newest first: as many as asked for, down from a number.
pub(super) fn activity(newest: u64, limit: usize) -> Vec<Activity> {
    let one = |seq: u64| match seq % 10 {
        0 => happened(seq, "user:ada", "ordered", "4720-Limits-check.st", "acme"),
        1 => happened(seq, "site:acme", "confirmed", "4711-Order-roundLots.st", "acme"),
        2 => happened(seq, "user:bn", "published", "4711-Order-roundLots.st", ""),
        3 => Activity {
            detail: Some("no space left at the site".to_owned()),
            ..happened(seq, "site:borealis", "failed", "4720-Limits-check.st", "borealis")
        },
        4 => Activity {
            detail: Some("203.0.113.7, 198.51.100.12".to_owned()),
            ..happened(seq, "server", "clones_found", "", "delta-uat")
        },
        5 => happened(seq, "user:jk", "logged_in", "", ""),
        6 => happened(seq, "user:ada", "site_invited", "", "zenith"),
        7 => happened(seq, "user:ada", "removal_ordered", "hotfix-ledger.st", "acme"),
        8 => happened(seq, "user:jk", "cancelled", "hotfix-ledger.st", "acme"),
        _ => happened(seq, "user:ada", "app_changed", "", ""),
    };
    (1..=newest).rev().take(limit).map(one).collect()
}

/// `words` is a revision's content, `minutes` its age.
fn revision(word: &str, author: &str, minutes: u64, origin: Origin, current: &[&str], at: &[&str]) -> Revision {
    let changed = jiff::Timestamp::from_millisecond(before(minutes + 30).as_ms()).expect("a date").to_string();
    let published = PublishedAt { versions: vec![id("7.7")], by: id("ada"), at: before(minutes) };
    Revision {
        sha256: content(word),
        size: 4_200,
        author: (!author.is_empty()).then(|| author.to_owned()),
        changed_at: (!author.is_empty()).then(|| id(&changed)),
        filed_out_at: None,
        person: None,
        issue: Some(id("4688")),
        issue_read: None,
        stamp: None,
        corrections: Corrections::default(),
        first_seen: before(minutes),
        publications: if matches!(origin, Origin::User(_)) { vec![published] } else { Vec::new() },
        origin,
        stored: true,
        current_for: current.iter().map(|version| id(version)).collect(),
        at_sites: at.iter().map(|site| id(site)).collect(),
    }
}

const FILED_OUT: &[u8] = b"'From Squeak3.7 of 4 September 2004 [latest update: #5989] on 24 November 2026 at 5:10:00 pm'!\n\
!Quote methodsFor: 'caching' stamp: 'mk 11/24/2026 17:05'!\nfresh\n\t^true! !\n";

/// Five revisions: one is only at a site, one is still on its way, one says nothing about itself.
pub(super) fn history(patch: PatchName) -> History {
    let site = |name| Origin::Site(id(name));
    let user = |name| Origin::User(id(name));
    let mut waiting = revision("quote-omega", "pw", 2, site("omega"), &[], &["omega"]);
    waiting.stored = false;
    let mut by_hand = revision("quote-by-hand", "mk", 170, site("acme"), &[], &["acme"]);
    by_hand.stamp = stamp(FILED_OUT, patch.as_str(), None).as_ref().map(StampInfo::of);
    by_hand.corrections.issue = Some(Correction { value: Some(id("4688")), by: id("jk"), at: before(60) });
    let revisions = vec![
        waiting,
        by_hand,
        revision("quote2", "bn", 4_290, user("ada"), &["7.7"], &["borealis", "delta-uat", "omega", "zenith"]),
        revision("quote1", "bn", 9_000, user("ada"), &["7.6"], &["corvid"]),
        revision("quote0", "", 90_000, user("jk"), &[], &[]),
    ];
    History { patch, revisions }
}
