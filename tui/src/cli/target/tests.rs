//! Which cells a send or removal may touch, and with what it must be said.

use super::super::patches::tests::{NOW, cell, content, grid};
use super::*;
use fieldpost_common::cell::{Base, LatestOrder};
use fieldpost_common::order::Action;
use fieldpost_common::order::state::OrderState;

fn app() -> AppName {
    "trading".parse().expect("app")
}

fn table() -> Table {
    Table::new(grid())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn replacing(word: &str) -> Ask {
    Ask { replacing: Some(word.parse().expect("replacing")), ..Ask::default() }
}

#[test]
fn sites_are_named_by_name_by_group_and_all_at_once() {
    let named = |list: &[&str]| sites(&table(), &app(), &words(list)).expect("found");
    assert_eq!(named(&["corvid", "acme"]), Sites { indexes: vec![0, 2], bulk: false });
    assert_eq!(named(&["pilot"]), Sites { indexes: vec![0, 1], bulk: true });
    assert_eq!(named(&["all", "acme"]), Sites { indexes: vec![0, 1, 2], bulk: true });
    let error = sites(&table(), &app(), &words(&["acm"])).expect_err("unknown").words;
    assert!(error.contains("did you mean \"acme\"") && error.contains("pilot"), "{error}");
}

#[test]
fn a_new_patch_is_sent_where_nothing_is_and_says_that_it_expects_nothing() {
    let Decision::Order(wish) = send(&table(), &app(), (1, 0), &Ask::default()) else { panic!("an order") };
    assert_eq!((wish.expected, wish.act, wish.shown), (None, Act::Put(content("published")), false));
}

#[test]
fn what_is_in_place_is_not_sent_again() {
    assert_eq!(send(&table(), &app(), (0, 0), &Ask::default()), Decision::Done("already in place"));
}

#[test]
fn a_conflict_and_a_newer_site_are_overwritten_only_with_the_hash_that_was_seen() {
    for cell in [(1, 1), (0, 1)] {
        let Decision::NeedsReplacing(_, words) = send(&table(), &app(), cell, &Ask::default()) else { panic!("refused") };
        assert!(words.contains("--replacing"), "{words}");
    }
    let mine = content("mine");
    let Decision::Order(wish) = send(&table(), &app(), (1, 1), &replacing(&mine.to_string())) else { panic!("an order") };
    assert_eq!(wish.expected, Some(mine));
    let Decision::Order(_) = send(&table(), &app(), (1, 1), &replacing(&mine.short())) else { panic!("eight digits do") };
    for late in [content("seen before").to_string(), "absent".to_owned()] {
        let Decision::Impossible(words) = send(&table(), &app(), (1, 1), &replacing(&late)) else { panic!("refused") };
        assert!(words.contains("changed since you looked") && words.contains(&mine.to_string()), "{words}");
    }
}

#[test]
fn a_revision_that_is_not_the_published_one_always_needs_the_hash_that_was_seen() {
    let ask = Ask { revision: Some(content("earlier")), shown: true, ..Ask::default() };
    assert!(matches!(send(&table(), &app(), (0, 0), &ask), Decision::NeedsReplacing(..)));
    let ask = Ask { replacing: Some(Replacing::Content(content("published").to_string())), ..ask };
    let Decision::Order(wish) = send(&table(), &app(), (0, 0), &ask) else { panic!("an order") };
    assert_eq!(wish.act, Act::Put(content("earlier")));
}

#[test]
fn a_patch_that_is_not_published_for_the_sites_version_can_not_be_sent() {
    let Decision::Impossible(words) = send(&table(), &app(), (1, 2), &Ask::default()) else { panic!("refused") };
    assert!(words.contains("7.6") && words.contains("corvid"), "{words}");
    assert!(left_out_of_bulk(&table(), 1, 2));
}

#[test]
fn an_order_on_its_way_is_not_given_twice_and_a_newer_one_names_it() {
    let mut grid = grid();
    let open = |sha256| LatestOrder {
        id: "0123456789abcdef0123456789abcdef".parse().expect("id"),
        action: Action::Put { sha256, size: 3 },
        expected: None,
        state: OrderState::Queued,
        by: "bn".parse().expect("user"),
        created: NOW,
    };
    grid.cells[1].order = Some(open(content("published")));
    let same = send(&Table::new(grid.clone()), &app(), (1, 0), &Ask::default());
    assert!(matches!(same, Decision::OnItsWay(_)), "{same:?}");
    grid.cells[1].order = Some(open(content("older")));
    let Decision::Order(wish) = send(&Table::new(grid), &app(), (1, 0), &Ask::default()) else { panic!("an order") };
    assert!(wish.seen.is_some());
}

#[test]
fn a_site_that_never_said_anything_gets_its_first_patch_and_one_with_a_lost_directory_nothing() {
    let mut grid = grid();
    grid.sites[0].unknown = Some(Unknown::NoInventory);
    let Decision::Order(wish) = send(&Table::new(grid.clone()), &app(), (0, 0), &Ask::default()) else { panic!("an order") };
    assert_eq!(wish.expected, None);
    grid.sites[0].unknown = Some(Unknown::MassDrop);
    assert!(matches!(send(&Table::new(grid), &app(), (0, 0), &Ask::default()), Decision::Impossible(_)));
}

#[test]
fn what_was_sent_is_removed_and_what_was_made_at_the_site_needs_a_look_first() {
    let Decision::Order(wish) = remove(&table(), &app(), (0, 0), &Ask::default()) else { panic!("an order") };
    assert_eq!((wish.act, wish.expected), (Act::Remove, Some(content("published"))));
    assert!(matches!(remove(&table(), &app(), (2, 0), &Ask::default()), Decision::NeedsReplacing(..)));
    assert_eq!(remove(&table(), &app(), (1, 0), &Ask::default()), Decision::Done("is not there"));
}

#[test]
fn a_bulk_send_leaves_out_what_was_deleted_and_not_a_conflict() {
    let mut grid = grid();
    grid.cells.push(cell(0, 0, None, Base::Content(content("published"))));
    assert!(left_out_of_bulk(&Table::new(grid), 0, 0));
    assert!(!left_out_of_bulk(&table(), 1, 1));
}

#[test]
fn a_site_that_has_not_reported_since_a_restore_is_sent_to_on_what_was_believed_and_nothing_is_called_in_place() {
    let mut grid = grid();
    for site in &mut grid.sites {
        site.unknown = Some(Unknown::Restored);
    }
    let table = Table::new(grid);
    // The backup believed the published content in place: it is sent all the same, and the order says what it expects.
    let Decision::Order(wish) = send(&table, &app(), (0, 0), &Ask::default()) else { panic!("an order") };
    assert_eq!((wish.act, wish.expected), (Act::Put(content("published")), Some(content("published"))));
    let Decision::Order(wish) = send(&table, &app(), (1, 0), &Ask::default()) else { panic!("an order") };
    assert_eq!(wish.expected, None);
    // What it believed to be in conflict is still not overwritten without a word.
    assert!(matches!(send(&table, &app(), (1, 1), &Ask::default()), Decision::NeedsReplacing(..)));
}
