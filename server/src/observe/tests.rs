//! What an inventory changes, rule by rule.

mod brake;
mod unsaid;

use super::*;
use fieldpost_common::hash::ContentHash;
use proptest::prelude::*;

fn hash(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn name(text: &str) -> PatchName {
    text.parse().expect("name")
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

fn listing(files: &[(&str, &str)]) -> Listing {
    let fact = |text: &str| FileFact { sha256: hash(text), size: text.len() as u64, modified: at(1) };
    let files = files.iter().map(|(file, text)| (name(file), fact(text))).collect();
    Listing { files, ..Listing::empty("7.7".parse().expect("version"), Directory::Present) }
}

fn row(has: Option<&str>, base: Base) -> CellRow {
    CellRow {
        has: has.map(hash),
        size: has.map_or(0, |text| text.len() as u64),
        since: at(1),
        base,
        agreed: None,
        cant_say: None,
    }
}

fn row_of(has: &str, since: i64) -> CellRow {
    CellRow { since: at(since), ..row(Some(has), Base::Never) }
}

fn before(cells: &[(&str, CellRow)]) -> Before {
    Before { cells: cells.iter().map(|(file, row)| (name(file), *row)).collect(), ..Before::default() }
}

fn order(file: &str, action: Action, state: OrderState) -> (PatchName, OrderInfo) {
    let info = OrderInfo {
        id: hash(file).to_string()[..32].parse().expect("id"),
        action,
        application: "trading".parse().expect("app"),
        patch: name(file),
        site: "acme".parse().expect("site"),
        expected: None,
        by: "ada".parse().expect("user"),
        created: at(1),
        install_by: at(1_000),
        state,
        hook: None,
    };
    (name(file), info)
}

fn put(text: &str) -> Action {
    Action::Put { sha256: hash(text), size: text.len() as u64 }
}

fn published(files: &[(&str, &str)]) -> BTreeMap<PatchName, CurrentEntry> {
    files.iter().map(|(file, text)| (name(file), CurrentEntry { sha256: Some(hash(text)), row: 7 })).collect()
}

/// What both agree on once an order is carried out.
fn ordered(file: &str, base: Base) -> BTreeMap<PatchName, Agreement> {
    [(name(file), Agreement { base, publication: None, vendors: true })].into()
}

fn only(changes: &Changes) -> CellRow {
    assert_eq!(changes.cells.len(), 1, "{changes:?}");
    changes.cells[0].1
}

#[test]
fn the_base_is_set_where_site_and_vendor_have_the_same() {
    let changes = observe(&before(&[]), &listing(&[("a", "one")]), &[].into(), &published(&[("a", "one")]), at(9));
    let base = Base::Content(hash("one"));
    assert_eq!(only(&changes), CellRow { base, agreed: Some(7), ..row_of("one", 9) });
    assert_eq!(changes.agreements, [(name("a"), Agreement { base, publication: Some(7), vendors: false })]);
}

#[test]
fn the_base_stays_where_they_differ() {
    let known = row(Some("one"), Base::Content(hash("one")));
    let changes = observe(&before(&[("a", known)]), &listing(&[("a", "two")]), &[].into(), &published(&[("a", "one")]), at(9));
    assert_eq!(only(&changes).base, Base::Content(hash("one")));
    let changes = observe(&before(&[("a", known)]), &listing(&[]), &[].into(), &published(&[("a", "one")]), at(9));
    assert_eq!(only(&changes), CellRow { base: Base::Content(hash("one")), ..CellRow::blank(at(9)) });
}

#[test]
fn an_order_is_confirmed_by_what_the_site_shows_and_becomes_the_base() {
    let orders = [order("a", put("two"), OrderState::Offered { at: at(2) })].into();
    let known = before(&[("a", row(Some("one"), Base::Never))]);
    let known = Before { ordered: ordered("a", Base::Content(hash("two"))), ..known };
    let changes = observe(&known, &listing(&[("a", "two")]), &orders, &published(&[("a", "three")]), at(9));
    assert_eq!(only(&changes).base, Base::Content(hash("two")));
    assert_eq!(changes.orders[0].1, OrderState::Confirmed { at: at(9) });
}

#[test]
fn where_a_site_has_a_hook_the_file_alone_confirms_nothing_whatever_arrives_first() {
    let orders = [order("a", put("two"), OrderState::Offered { at: at(2) })].into();
    let known = before(&[("a", row(Some("one"), Base::Never))]);
    let shown = Listing { hook: true, ..listing(&[("a", "two")]) };
    let changes = observe(&known, &shown, &orders, &published(&[("a", "two")]), at(9));
    assert_eq!(changes.orders[0].1.word(), "loading", "not a word was heard of the hook yet");
    let (patch, mut heard) = order("a", put("two"), OrderState::TimedOut { at: at(2) });
    heard.hook = Some(HookWord::Absent);
    let changes = observe(&known, &shown, &[(patch, heard)].into(), &published(&[("a", "two")]), at(9));
    assert_eq!(changes.orders[0].1.word(), "confirmed", "the agent said that this order has none");
}

#[test]
fn what_was_never_published_and_is_put_back_is_confirmed_and_the_base_stays() {
    let orders = [order("a", put("made on site"), OrderState::Offered { at: at(2) })].into();
    let known = before(&[("a", row(Some("one"), Base::Content(hash("one"))))]);
    let changes = observe(&known, &listing(&[("a", "made on site")]), &orders, &published(&[("a", "one")]), at(9));
    assert_eq!(only(&changes), CellRow { base: Base::Content(hash("one")), ..row_of("made on site", 9) });
    assert_eq!(changes.orders[0].1, OrderState::Confirmed { at: at(9) });
}

#[test]
fn an_ordered_removal_is_confirmed_when_the_file_is_gone() {
    let orders = [order("a", Action::Remove, OrderState::Offered { at: at(2) })].into();
    let known = before(&[("a", row(Some("one"), Base::Content(hash("one"))))]);
    let known = Before { ordered: ordered("a", Base::Absent), ..known };
    let changes = observe(&known, &listing(&[]), &orders, &published(&[("a", "one")]), at(9));
    assert_eq!(only(&changes).base, Base::Absent);
    assert_eq!(changes.orders[0].1.word(), "confirmed");
}

#[test]
fn an_order_that_was_confirmed_before_does_not_move_the_base_again() {
    let orders = [order("a", put("one"), OrderState::Confirmed { at: at(2) })].into();
    let known = row(Some("two"), Base::Content(hash("two")));
    let changes = observe(&before(&[("a", known)]), &listing(&[("a", "one")]), &orders, &[].into(), at(9));
    assert_eq!((only(&changes).base, changes.orders.len()), (Base::Content(hash("two")), 0));
}

#[test]
fn a_directory_that_is_not_the_enrolled_one_changes_nothing() {
    let known = before(&[("a", row(Some("one"), Base::Never))]);
    for directory in [Directory::Missing, Directory::NoMarker, Directory::OtherMarker, Directory::Unreadable] {
        let lost = Listing { directory, ..listing(&[]) };
        assert_eq!(observe(&known, &lost, &[].into(), &[].into(), at(9)), Changes::default());
    }
}

fn many(count: usize) -> Before {
    let cells = (0..count).map(|n| (name(&format!("{n}.st")), row(Some("x"), Base::Never))).collect();
    Before { cells, ..Before::default() }
}

#[test]
fn a_mass_drop_is_held_since_it_was_first_seen_and_changes_nothing() {
    let changes = observe(&many(6), &listing(&[("new", "file")]), &[].into(), &[].into(), at(9));
    let held = HeldDrop { dropped: 6, of: 6, at: at(9) };
    assert_eq!(changes, Changes { held: Some(held), ..Changes::default() });
    let again = Before { held: Some(held), ..many(6) };
    assert_eq!(observe(&again, &listing(&[]), &[].into(), &[].into(), at(99)).held, Some(held));
}

#[test]
fn a_mass_drop_that_a_person_accepted_is_believed() {
    let accepted = Before { drop_accepted: true, ..many(6) };
    let changes = observe(&accepted, &listing(&[]), &[].into(), &[].into(), at(9));
    assert_eq!((changes.cells.len(), changes.held, changes.vanished.len()), (6, None, 0));
}

#[test]
fn ordered_removals_are_no_mass_drop() {
    let orders = (0..6).map(|n| order(&format!("{n}.st"), Action::Remove, OrderState::Offered { at: at(1) })).collect();
    let changes = observe(&many(6), &listing(&[]), &orders, &[].into(), at(9));
    assert_eq!((changes.orders.len(), changes.held), (6, None));
    let cancelled = OrderState::Cancelled { at: at(1), by: "ada".parse().expect("user") };
    let orders = (0..6).map(|n| order(&format!("{n}.st"), Action::Remove, cancelled.clone())).collect();
    assert!(observe(&many(6), &listing(&[]), &orders, &[].into(), at(9)).held.is_some(), "a cancelled one excuses nothing");
}

fn some_files() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let file = (prop_oneof![Just("a"), Just("b"), Just("c")], prop_oneof![Just("one"), Just("two"), Just("three")]);
    proptest::collection::vec(file, 0..4)
}

fn some_order() -> impl Strategy<Value = Vec<(PatchName, OrderInfo)>> {
    let action = prop_oneof![Just(Action::Remove), Just(put("one")), Just(put("two"))];
    let state =
        prop_oneof![Just(OrderState::Queued), Just(OrderState::Offered { at: at(1) }), Just(OrderState::Expired { at: at(1) })];
    proptest::collection::vec((prop_oneof![Just("a"), Just("b")], action, state).prop_map(|(f, a, s)| order(f, a, s)), 0..3)
}

proptest! {
    #[test]
    fn the_same_inventory_twice_changes_nothing_more(
        had in some_files(), has in some_files(), orders in some_order(), current in some_files(),
    ) {
        let mut known = Before::default();
        let published = published(&current);
        for (step, files) in [had, has.clone()].iter().enumerate() {
            let changes = observe(&known, &listing(files), &[].into(), &published, at(i64::try_from(step).expect("small")));
            known.cells.extend(changes.cells);
        }
        let mut orders: BTreeMap<PatchName, OrderInfo> = orders.into_iter().collect();
        let first = observe(&known, &listing(&has), &orders, &published, at(9));
        known.cells.extend(first.cells);
        for order in orders.values_mut() {
            if let Some((_, state)) = first.orders.iter().find(|(id, _)| *id == order.id) {
                order.state = state.clone();
            }
        }
        let second = observe(&known, &listing(&has), &orders, &published, at(10));
        prop_assert_eq!(second, Changes::default());
    }

    #[test]
    fn what_is_known_afterwards_is_what_the_inventory_shows(had in some_files(), has in some_files(), current in some_files()) {
        let mut known = Before::default();
        let first = observe(&known, &listing(&had), &[].into(), &published(&current), at(1));
        known.cells.extend(first.cells);
        let changes = observe(&known, &listing(&has), &[].into(), &published(&current), at(2));
        known.cells.extend(changes.cells);
        let shown = listing(&has);
        for (name, row) in &known.cells {
            prop_assert_eq!(row.has, shown.files.get(name).map(|fact| fact.sha256));
        }
        prop_assert!(shown.files.keys().all(|name| known.cells.contains_key(name)));
    }
}
