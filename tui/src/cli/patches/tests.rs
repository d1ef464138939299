//! Rows and text of a small grid.

use super::*;
use fieldpost_common::api::AppSettings;
use fieldpost_common::cell::Base;
use fieldpost_common::grid::{Grid, GridCell, GridPublication, GridSite};
use fieldpost_common::time::Timestamp;
use std::time::Duration;

pub(crate) const NOW: Timestamp = Timestamp::from_ms(10_000_000);

pub(crate) fn content(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn publication(version: &str, sha256: ContentHash) -> GridPublication {
    GridPublication {
        version: version.parse().expect("version"),
        sha256: Some(sha256),
        size: 3,
        by: "ada".parse().expect("user"),
        at: NOW,
        earlier: vec![content("earlier")],
        newer: Vec::new(),
    }
}

fn patch(name: &str, published: Vec<GridPublication>) -> GridPatch {
    GridPatch {
        name: name.parse().expect("name"),
        issue: name.split_once('-').and_then(|(issue, _)| issue.parse().ok()),
        author: Some("bn".to_owned()),
        changed_at: Some("2026-11-20T16:10:00".parse().expect("when")),
        filed_out_at: None,
        ambiguous: false,
        corrected: false,
        newest: published.first().and_then(|one| one.sha256),
        first_seen: NOW,
        published,
    }
}

fn site(name: &str, version: &str, groups: &[&str]) -> GridSite {
    GridSite {
        name: name.parse().expect("site"),
        groups: groups.iter().map(|group| group.parse().expect("group")).collect(),
        version: version.parse().expect("version"),
        unknown: None,
        unknown_since: None,
        last_seen: Some(NOW),
        format: None,
    }
}

pub(crate) fn cell(patch: usize, site: usize, has: Option<ContentHash>, base: Base) -> GridCell {
    GridCell {
        patch,
        site,
        cant_say: None,
        has,
        since: Some(NOW),
        base,
        author: None,
        changed_at: None,
        ambiguous: false,
        corrected: false,
        order: None,
    }
}

/// Two patches, and one that only a site has, against three sites.
pub(crate) fn grid() -> Grid {
    let settings = AppSettings {
        name: "trading".parse().expect("app"),
        versions: vec!["7.6".parse().expect("version"), "7.7".parse().expect("version")],
        issue_url: None,
        issue_prefix: None,
        stamps: Vec::new(),
        date_order: None,
        people: std::collections::BTreeMap::new(),
        drift: fieldpost_common::drift::DriftRule::default(),
    };
    let p = content("published");
    Grid {
        now: NOW,
        silent_after: std::time::Duration::from_mins(5),
        application: Some(settings),
        sites: vec![site("acme", "7.7", &["pilot"]), site("borealis", "7.7", &["pilot", "north"]), site("corvid", "7.6", &[])],
        patches: vec![
            patch("4711-Order.st", vec![publication("7.7", p), publication("7.6", content("other"))]),
            patch("sql/V31.sql", vec![publication("7.7", p)]),
            patch("hotfix.st", Vec::new()),
        ],
        cells: vec![
            cell(0, 1, Some(content("changed at the site")), Base::Content(p)),
            cell(1, 0, None, Base::Never),
            cell(1, 1, Some(content("mine")), Base::Never),
            cell(2, 0, Some(content("made there")), Base::Never),
        ],
        ..Grid::default()
    }
}

#[test]
fn a_row_has_the_fields_that_scripts_rely_on() {
    let rows = serde_json::to_value(rows(&Table::new(grid()), &View::default(), None)).expect("JSON");
    let row = rows[0].as_object().expect("a row");
    let fields: Vec<&str> = row.keys().map(String::as_str).collect();
    let mut expected = ["name", "issue", "author", "changed_at", "filed_out_at", "sha256", "current", "cells"];
    expected.sort_unstable();
    let mut sorted = fields.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(row["cells"]["acme"], serde_json::json!({ "state": "in_sync", "reason": null, "age_s": 0 }));
    assert_eq!(row["cells"]["borealis"]["state"], "retrieve");
    assert_eq!(row["current"]["7.7"], row["sha256"]);
    assert_eq!(rows[2]["current"], serde_json::json!({}));
    assert_eq!(rows[1]["cells"]["corvid"]["state"], "other_version");
}

#[test]
fn the_grid_as_text_shows_every_mark_in_its_column() {
    let mut grid = grid();
    grid.sites[2].last_seen = Some(Timestamp::from_ms(10_000_000 - 14 * 60_000));
    grid.patches[1].author = Some("\x1b[2Jevil".to_owned());
    let table = Table::new(grid);
    insta::assert_snapshot!(text(&table, &View::default(), &"trading".parse().expect("app"), false));
}

#[test]
fn a_filter_looks_at_name_issue_and_author_and_a_version_at_sites_and_publications() {
    let table = Table::new(grid());
    let view = |version: Option<&str>, filter: Option<&str>| View {
        version: version.map(|version| version.parse().expect("version")),
        filter: filter.map(str::to_owned),
    };
    let names = |view: &View| rows(&table, view, None).into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(names(&view(None, Some("4711"))), ["4711-Order.st"]);
    assert_eq!(names(&view(None, Some("v31"))), ["sql/V31.sql"]);
    let rows = rows(&table, &view(Some("7.6"), None), None);
    assert_eq!(rows[0].cells.keys().map(SiteName::as_str).collect::<Vec<_>>(), ["corvid"]);
    assert_eq!(rows[0].current.len(), 1);
}

#[test]
fn what_is_old_news_is_dimmed_and_never_painted_as_well() {
    let mut grid = grid();
    grid.sites[0].last_seen = Some(Timestamp::from_ms(0));
    let cell = Table::new(grid).cell(0, 0, NOW);
    assert!(cell.age.expect("seen") > Duration::from_mins(5));
    assert_eq!(mark(&cell), ("=".to_owned(), Tone::Faint));
}
