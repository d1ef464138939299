//! A file of which the site can't say anything: nothing is confirmed, dropped or counted, and no base moves.

use super::*;
use fieldpost_common::inventory::Obstacle;

fn unsaid(why: Obstacle, since: i64) -> CantSay {
    CantSay { why, since: at(since) }
}

/// A listing that can't say anything of `a`.
fn silent_on_a(why: Obstacle) -> Listing {
    Listing { cant_say: [(name("a"), unsaid(why, 5))].into(), ..listing(&[]) }
}

#[test]
fn nothing_is_confirmed_or_dropped_and_no_base_moves_while_nothing_can_be_said() {
    let known = row(Some("one"), Base::Content(hash("zero")));
    for why in [Obstacle::BeingWritten, Obstacle::JustGone, Obstacle::InputOutput, Obstacle::Link, Obstacle::FirstLook] {
        for action in [Action::Remove, put("one"), put("two")] {
            let orders = [order("a", action, OrderState::Offered { at: at(2) })].into();
            let changes = observe(&before(&[("a", known)]), &silent_on_a(why), &orders, &published(&[("a", "one")]), at(9));
            assert_eq!(only(&changes), CellRow { cant_say: Some(unsaid(why, 5)), ..known }, "{why:?}");
            assert_eq!((changes.orders, changes.vanished), (vec![], vec![]), "{why:?}");
        }
    }
}

#[test]
fn many_files_of_which_nothing_can_be_said_are_no_mass_drop_and_are_counted_as_unsaid() {
    let cant_say = (0..30).map(|n| (name(&format!("{n}.st")), unsaid(Obstacle::NotPermitted, 5))).collect();
    let silent = Listing { cant_say, ..listing(&[("other", "x")]) };
    let changes = observe(&many(30), &silent, &[].into(), &[].into(), at(9));
    let count = changes.unsaid.expect("counted");
    assert_eq!((changes.held, count.files, count.of, count.alarm_at), (None, 30, 31, at(5)));
}

#[test]
fn what_a_folder_hides_is_unsaid_whether_it_was_there_or_only_published() {
    let known = row(Some("one"), Base::Content(hash("one")));
    let cant_say_below = [("sub/".to_owned(), unsaid(Obstacle::InputOutput, 5))].into();
    let silent = Listing { cant_say_below, ..listing(&[]) };
    let current = published(&[("sub/new", "x"), ("beside", "y")]);
    let changes = observe(&before(&[("sub/a", known)]), &silent, &[].into(), &current, at(9));
    let expected = [("sub/a", known), ("sub/new", CellRow::blank(at(9)))];
    let expected = expected.map(|(file, row)| (name(file), CellRow { cant_say: Some(unsaid(Obstacle::InputOutput, 5)), ..row }));
    assert_eq!(changes.cells, expected);
    let mut known = before(&[("sub/a", known)]);
    known.cells.extend(changes.cells);
    let changes = observe(&known, &listing(&[("sub/a", "one")]), &[].into(), &current, at(19));
    assert_eq!(changes.forgotten, [name("sub/new")], "nothing was there, and nothing is");
}

#[test]
fn a_link_or_a_first_look_matters_only_where_something_was_known_or_is_awaited() {
    for why in [Obstacle::Link, Obstacle::FirstLook] {
        let nothing = observe(&before(&[]), &silent_on_a(why), &[].into(), &published(&[("a", "one")]), at(9));
        assert_eq!(nothing, Changes::default(), "{why:?}");
        let orders = [order("a", put("one"), OrderState::Queued)].into();
        let awaited = observe(&before(&[]), &silent_on_a(why), &orders, &[].into(), at(9));
        assert_eq!(only(&awaited).cant_say, Some(unsaid(why, 5)), "{why:?}");
    }
    let writing = observe(&before(&[]), &silent_on_a(Obstacle::BeingWritten), &[].into(), &[].into(), at(9));
    assert_eq!(only(&writing).cant_say, Some(unsaid(Obstacle::BeingWritten, 5)), "a file that comes to be is told");
}

#[test]
fn the_moment_since_when_stays_while_it_lasts_and_is_never_in_the_future() {
    let first = observe(&before(&[]), &silent_on_a(Obstacle::BeingWritten), &[].into(), &[].into(), at(3));
    assert_eq!(only(&first).cant_say, Some(unsaid(Obstacle::BeingWritten, 3)), "the site's clock is ahead");
    let mut known = before(&[]);
    known.cells.extend(first.cells);
    let later = Listing { cant_say: [(name("a"), unsaid(Obstacle::NotPermitted, 50))].into(), ..listing(&[]) };
    let second = observe(&known, &later, &[].into(), &[].into(), at(60));
    let since = unsaid(Obstacle::NotPermitted, 3);
    assert_eq!(only(&second).cant_say, Some(since), "also over a restart of the agent, and for another reason");
    known.cells.extend(second.cells);
    let said = observe(&known, &listing(&[("a", "one")]), &[].into(), &[].into(), at(70));
    assert_eq!(only(&said), row_of("one", 70));
}

#[test]
fn the_whole_directory_away_changes_as_little_as_each_of_its_files_unsaid() {
    let known = before(&[("a", row(Some("one"), Base::Content(hash("one")))), ("b", row(Some("two"), Base::Never))]);
    let orders = [order("a", Action::Remove, OrderState::Offered { at: at(2) })].into();
    let away = Listing { directory: Directory::Missing, ..listing(&[]) };
    let below = [(String::new(), unsaid(Obstacle::InputOutput, 5))].into();
    let unsaid = Listing { cant_say_below: below, ..listing(&[]) };
    for silent in [away, unsaid] {
        let changes = observe(&known, &silent, &orders, &published(&[("a", "one"), ("b", "two")]), at(9));
        assert_eq!((changes.orders, changes.held, changes.vanished, changes.forgotten), (vec![], None, vec![], vec![]));
        for (name, row) in changes.cells {
            assert_eq!(CellRow { cant_say: None, ..row }, known.cells[&name]);
        }
    }
}
