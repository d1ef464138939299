//! The drop brake counts what vanished within a day, however slowly.

use super::*;

const HOUR: i64 = 3_600_000;

/// Files that vanish one by one, each so long after the one before; how many were believed before the brake held the rest.
fn believed_one_by_one(count: usize, apart_ms: i64) -> (usize, Option<HeldDrop>) {
    let mut known = many(count);
    for gone in 1..=count {
        let now = at(i64::try_from(gone).expect("few") * apart_ms);
        let changes = observe(&known, &numbered(gone..count), &[].into(), &[].into(), now);
        known.held = changes.held;
        if changes.held.is_some() {
            return (gone - 1, changes.held);
        }
        known.cells.extend(changes.cells);
        for (name, when) in changes.vanished {
            match when {
                Some(when) => drop(known.vanished.insert(name, when)),
                None => drop(known.vanished.remove(&name)),
            }
        }
    }
    (count, None)
}

fn numbered(numbers: impl Iterator<Item = usize>) -> Listing {
    let files: Vec<String> = numbers.map(|n| format!("{n}.st")).collect();
    listing(&files.iter().map(|file| (file.as_str(), "x")).collect::<Vec<_>>())
}

/// Ten files of which the first few vanished at one time.
fn vanished(count: usize, when: i64) -> Before {
    let mut known = many(10);
    for n in 0..count {
        known.vanished.insert(name(&format!("{n}.st")), at(when));
        known.cells.insert(name(&format!("{n}.st")), row(None, Base::Never));
    }
    known
}

#[test]
fn files_deleted_one_by_one_trip_the_same_brake_as_all_at_once() {
    let held = |dropped, of, at_ms| Some(HeldDrop { dropped, of, at: at(at_ms) });
    assert_eq!(believed_one_by_one(24, 3_000), (7, held(8, 24, 24_000)), "the eighth is over 30 %");
    assert_eq!(believed_one_by_one(1_000, 3_000), (20, held(21, 1_000, 63_000)));
    assert_eq!(believed_one_by_one(6, HOUR), (4, held(5, 6, 5 * HOUR)));
    assert_eq!(believed_one_by_one(12, 12 * HOUR).1, None, "two a day are no mass drop");
}

#[test]
fn a_file_that_comes_back_does_not_count() {
    let back = numbered((1..10).filter(|n| *n != 5));
    let changes = observe(&vanished(4, 1), &back, &[].into(), &[].into(), at(9));
    assert_eq!(changes.held, None, "1, 2 and 3 are back, 0 and 5 are gone");
    let counted = [("1.st", None), ("2.st", None), ("3.st", None), ("5.st", Some(at(9)))];
    assert_eq!(changes.vanished, counted.map(|(file, when)| (name(file), when)));
}

#[test]
fn accepting_a_drop_begins_the_count_anew() {
    let known = Before { drop_accepted: true, ..vanished(4, 1) };
    let changes = observe(&known, &listing(&[]), &[].into(), &[].into(), at(9));
    assert_eq!((changes.held, changes.cells.len()), (None, 6));
    assert!(changes.vanished.iter().all(|(_, when)| when.is_none()) && changes.vanished.len() == 4);
}

#[test]
fn a_drop_that_is_held_stays_held_however_much_time_passes() {
    let known = Before { held: Some(HeldDrop { dropped: 5, of: 10, at: at(HOUR) }), ..vanished(3, 1) };
    let changes = observe(&known, &numbered(5..10), &[].into(), &[].into(), at(90 * HOUR));
    assert_eq!(changes.held, known.held);
    let back = observe(&known, &numbered(3..10), &[].into(), &[].into(), at(90 * HOUR));
    assert_eq!(back.held, None, "until the files are back");
}

#[test]
fn removals_that_were_ordered_do_not_count_at_any_time() {
    let orders: BTreeMap<_, _> =
        (0..10).map(|n| order(&format!("{n}.st"), Action::Remove, OrderState::Offered { at: at(1) })).collect();
    let changes = observe(&many(10), &numbered(0..0), &orders, &[].into(), at(9));
    assert_eq!((changes.held, changes.vanished.len(), changes.orders.len()), (None, 0, 10));
}
