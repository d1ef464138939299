//! A realistic grid with a cell of every kind, for tests and for looking at the app without a server.

use fieldpost_common::api::AppSettings;
use fieldpost_common::cell::{Base, LatestOrder, Unknown};
use fieldpost_common::grid::{Feed, Grid, GridCell, GridPatch, GridPublication, GridSite};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::order::state::{OrderState, Progress};
use fieldpost_common::order::{Action, Failure};
use fieldpost_common::time::Timestamp;
use std::fmt::Debug;
use std::str::FromStr;

fn id<T: FromStr<Err: Debug>>(word: &str) -> T {
    word.parse().expect("a valid word")
}

/// 24 Nov 2026, 20:00 UTC.
pub(super) fn now() -> Timestamp {
    Timestamp::from_ms(1_795_550_400_000)
}

fn before(minutes: u64) -> Timestamp {
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
        last_seen: Some(before(seen_minutes)),
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
        has: has.map(content),
        since: Some(before(170)),
        base,
        author: has.map(|_| "mk".to_owned()),
        changed_at: has.map(|_| id(&changed)),
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
        note: None,
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
    let failed = OrderState::Failed { at: before(2), reason: Failure::NoSpace };
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
        application: Some(AppSettings {
            name: id("trading"),
            versions: vec![id("7.6"), id("7.7")],
            issue_url: Some("https://tracker.example/{issue}".to_owned()),
            issue_prefix: None,
            stamp: None,
        }),
        sites,
        patches: patches(),
        cells: cells(),
    }
}

/// As large as it gets: 10,000 patches at 200 sites, one cell in a hundred not quiet.
pub(super) fn large() -> Grid {
    let sites = (0..200).map(|number| site(&format!("site-{number:03}"), "7.7", &[], 0)).collect();
    let patches = (0..10_000)
        .map(|number| patch(&format!("{number:05}-Change.st"), "4711", "bn", 100, &format!("7.7=p{number}")))
        .collect();
    let cells = (0..20_000).map(|number| cell(number / 2, (number * 7) % 200, None, Base::Never)).collect();
    Grid { sites, patches, cells, ..grid() }
}
