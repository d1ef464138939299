//! The rules of the plan by name, and a small world of one server and one site in which random edits, orders, publications and
//! lost answers must end in agreement.

mod world;

use super::*;
use crate::hash::ContentHash;
use crate::inventory::{CantSay, FileFact, Obstacle};
use crate::statement::Form;

pub(super) fn content(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

pub(super) fn place() -> Place {
    ("trading".parse().expect("app"), "Order.st".parse().expect("name"))
}

pub(super) fn id(number: u8) -> OrderId {
    crate::id::hex32([number; 16]).parse().expect("id")
}

pub(super) fn order(counter: u64, expected: Option<ContentHash>, outcome: Option<ContentHash>) -> Order {
    let (application, patch) = place();
    Order {
        form: Form::default(),
        action: outcome.map_or(Action::Remove, |sha256| Action::Put { sha256, size: 3 }),
        application,
        patch,
        site: "acme".parse().expect("site"),
        counter,
        expected,
        created: Timestamp::from_ms(0),
        install_by: Timestamp::from_ms(1_000_000),
        key: crate::id::hex32([9; 16]).parse().expect("key"),
        reason: None,
        again: false,
    }
}

/// An agent's knowledge that owns what [`Known`] borrows.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub(super) inventory: Inventory,
    pub(super) accepted: BTreeMap<Place, Accepted>,
    pub(super) stored: HashSet<ContentHash>,
    pub(super) fetched: HashSet<ContentHash>,
}

impl Agent {
    pub(super) fn with(has: Option<ContentHash>) -> Self {
        let file = |sha256| FileFact { sha256, size: 3, modified: Timestamp::default() };
        let files = has.map(|sha256| (place().1, file(sha256))).into_iter().collect();
        let listing = Listing { files, ..Listing::empty("7.7".parse().expect("version"), Directory::Present) };
        Self {
            inventory: Inventory { applications: [(place().0, listing)].into() },
            accepted: BTreeMap::new(),
            stored: HashSet::new(),
            fetched: HashSet::new(),
        }
    }

    pub(super) fn plan_at(&self, orders: &[(OrderId, Order)], now: Timestamp) -> Vec<What> {
        let known = Known {
            inventory: &self.inventory,
            accepted: &self.accepted,
            stored: &self.stored,
            fetched: &self.fetched,
            max_size: 100,
            now,
        };
        plan(orders, &known).into_iter().map(|step| step.what).collect()
    }

    fn plan(&self, orders: &[(OrderId, Order)]) -> Vec<What> {
        self.plan_at(orders, Timestamp::from_ms(10))
    }

    fn listing(&mut self) -> &mut Listing {
        self.inventory.applications.get_mut(&place().0).expect("listing")
    }
}

fn refused(why: Refusal) -> What {
    What::Refuse { why: why.into(), counter: None }
}

#[test]
fn a_new_file_is_fetched_then_put_where_nothing_may_be() {
    let mut agent = Agent::with(None);
    let orders = [(id(1), order(1, None, Some(content("p"))))];
    assert_eq!(agent.plan(&orders), [What::Fetch { sha256: content("p"), size: 3 }]);
    agent.fetched.insert(content("p"));
    assert_eq!(agent.plan(&orders), [What::Put { expected: None, sha256: content("p"), size: 3, counter: 1 }]);
}

#[test]
fn bytes_that_the_server_has_not_stored_are_uploaded_before_they_are_replaced_or_removed() {
    for outcome in [Some(content("p")), None] {
        let mut agent = Agent::with(Some(content("s")));
        agent.fetched.insert(content("p"));
        let orders = [(id(1), order(1, Some(content("s")), outcome))];
        assert_eq!(agent.plan(&orders), [What::Upload { sha256: content("s"), size: 3 }]);
        agent.stored.insert(content("s"));
        assert!(matches!(agent.plan(&orders)[..], [What::Put { .. } | What::Remove { .. }]));
    }
}

#[test]
fn a_file_edited_at_the_site_is_never_overwritten_unseen() {
    let agent = Agent::with(Some(content("edited")));
    for expected in [None, Some(content("s"))] {
        let orders = [(id(1), order(1, expected, Some(content("p"))))];
        assert_eq!(agent.plan(&orders), [What::Refuse { why: Refusal::ExpectationNotMet.into(), counter: Some(1) }]);
    }
}

#[test]
fn a_site_that_already_has_what_is_ordered_settles_silently_whatever_was_expected() {
    let agent = Agent::with(Some(content("p")));
    assert_eq!(agent.plan(&[(id(1), order(4, None, Some(content("p"))))]), [What::Settle { counter: 4 }]);
    let gone = Agent::with(None);
    assert_eq!(gone.plan(&[(id(1), order(4, Some(content("p")), None))]), [What::Settle { counter: 4 }]);
}

#[test]
fn in_one_batch_only_the_highest_counter_for_a_place_runs() {
    let agent = Agent::with(None);
    let orders = [(id(1), order(1, None, Some(content("a")))), (id(2), order(2, None, Some(content("b"))))];
    assert_eq!(agent.plan(&orders), [refused(Refusal::OldCounter), What::Fetch { sha256: content("b"), size: 3 }]);
}

#[test]
fn an_old_order_is_not_turned_into_a_new_one() {
    let mut agent = Agent::with(None);
    agent.accepted.insert(place(), Accepted { counter: 5, order: id(7), outcome: Some(Outcome::Installed) });
    for counter in [4, 5] {
        assert_eq!(agent.plan(&[(id(1), order(counter, None, Some(content("p"))))]), [refused(Refusal::OldCounter)]);
    }
    let jump = order(5 + MAX_COUNTER_JUMP + 1, None, Some(content("p")));
    assert_eq!(agent.plan(&[(id(1), jump)]), [refused(Refusal::CounterJump)]);
}

#[test]
fn an_order_that_ended_here_is_told_again_and_not_done_again() {
    let mut agent = Agent::with(None);
    agent.accepted.insert(place(), Accepted { counter: 5, order: id(1), outcome: Some(Outcome::Installed) });
    let orders = [(id(1), order(5, None, Some(content("p"))))];
    assert_eq!(agent.plan(&orders), [What::Repeat { outcome: Outcome::Installed }], "someone removed the file since");
    agent.accepted.insert(place(), Accepted { counter: 5, order: id(1), outcome: None });
    assert_eq!(agent.plan(&orders), [What::Fetch { sha256: content("p"), size: 3 }], "killed halfway, it goes on");
}

#[test]
fn an_order_past_its_time_installs_nothing_and_removes_nothing() {
    let agent = Agent::with(Some(content("s")));
    let orders = [(id(1), order(1, Some(content("s")), Some(content("p"))))];
    assert_eq!(agent.plan_at(&orders, Timestamp::from_ms(1_000_001)), [refused(Refusal::Expired)]);
}

#[test]
fn a_directory_that_is_missing_or_a_file_of_which_nothing_can_be_said_holds_orders_back() {
    let removal = [(id(1), order(1, Some(content("s")), None))];
    for directory in [Directory::Missing, Directory::NoMarker, Directory::OtherMarker, Directory::Unreadable, Directory::Newer] {
        let mut agent = Agent::with(None);
        agent.listing().directory = directory;
        assert_eq!(agent.plan(&removal), [], "{directory:?}");
    }
    for why in [Obstacle::BeingWritten, Obstacle::JustGone, Obstacle::InputOutput, Obstacle::TooMany, Obstacle::Newer] {
        for has in [None, Some(content("s"))] {
            let mut agent = Agent::with(has);
            agent.listing().cant_say.insert(place().1, CantSay { why, since: Timestamp::default() });
            assert_eq!(agent.plan(&removal), [], "{why:?}");
        }
        let mut agent = Agent::with(None);
        agent.listing().cant_say_below.insert(String::new(), CantSay { why, since: Timestamp::default() });
        assert_eq!(agent.plan(&removal), [], "{why:?}, of the whole directory");
    }
}

#[test]
fn an_order_for_a_name_where_something_else_stands_is_refused_and_no_removal_is_settled_there() {
    for why in [Obstacle::Link, Obstacle::ManyNames, Obstacle::TooLarge, Obstacle::Folder] {
        let mut agent = Agent::with(None);
        agent.listing().cant_say.insert(place().1, CantSay { why, since: Timestamp::default() });
        let refusal = What::Refuse { why: Refusal::ExpectationNotMet.into(), counter: Some(1) };
        for outcome in [None, Some(content("p"))] {
            assert_eq!(agent.plan(&[(id(1), order(1, Some(content("s")), outcome))]), std::slice::from_ref(&refusal), "{why:?}");
        }
    }
}

#[test]
fn a_name_that_is_another_file_in_other_letters_or_a_folder_is_refused() {
    for taken in ["ORDER.ST", "Order.st/inner"] {
        let mut agent = Agent::with(None);
        let fact = FileFact { sha256: content("x"), size: 1, modified: Timestamp::default() };
        agent.listing().files.insert(taken.parse().expect("name"), fact);
        assert_eq!(agent.plan(&[(id(1), order(1, None, Some(content("p"))))]), [refused(Refusal::BadName)], "{taken}");
    }
}

#[test]
fn an_application_that_is_not_in_the_config_and_a_content_over_the_limit_are_refused() {
    let agent = Agent::with(None);
    let elsewhere = Order { application: "other".parse().expect("app"), ..order(1, None, Some(content("p"))) };
    assert_eq!(agent.plan(&[(id(1), elsewhere)]), [refused(Refusal::UnknownApplication)]);
    let large = Order { action: Action::Put { sha256: content("p"), size: 101 }, ..order(1, None, None) };
    assert_eq!(agent.plan(&[(id(1), large)]), [refused(Refusal::TooLarge)]);
}

#[test]
fn a_plan_reads_as_a_dry_run() {
    let agent = Agent::with(Some(content("s")));
    let orders = [(id(1), order(1, Some(content("s")), None))];
    let known = Known {
        inventory: &agent.inventory,
        accepted: &agent.accepted,
        stored: &agent.stored,
        fetched: &agent.fetched,
        max_size: 100,
        now: Timestamp::from_ms(10),
    };
    let lines: Vec<_> = plan(&orders, &known).iter().map(ToString::to_string).collect();
    assert_eq!(lines, [format!("upload trading/Order.st {} (3 bytes)", content("s").short())]);
}
