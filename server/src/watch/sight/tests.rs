//! What is wrong, told by a clock that is set by hand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod open;

use super::at_site::failing;
use super::*;
use fieldpost_common::incident::{Hold, IncidentId, Phase, Told};
use fieldpost_common::order::Failure;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::state::Finding;
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(1_800_000_000_000 + ms)
}

fn name(site: &str) -> SiteName {
    site.parse().unwrap()
}

type Wrong = BTreeMap<Subject, Observed>;

fn wrong_of(sight: &Sight, facts: &Facts<'_>, now: Timestamp) -> Wrong {
    sight.observe(facts, now).wrong().map(|(subject, observed)| (subject.clone(), observed.clone())).collect()
}

fn silent(site: &str) -> Subject {
    Subject::Silent { site: name(site) }
}

fn sight() -> Sight {
    Sight {
        poll: Duration::from_mins(1),
        grace: Duration::from_mins(3),
        state: Duration::from_mins(10),
        listening_since: at(-60 * MINUTE),
        disk: Ok(None),
        log: None,
        outdated: None,
        faults: Vec::new(),
        unchecked: Vec::new(),
    }
}

fn site(site: &str, last: i64) -> SiteRow {
    SiteRow {
        name: name(site),
        groups: vec!["emea".parse().unwrap()],
        enrolled_at: Some(at(-1_000 * MINUTE)),
        last_seen: Some(at(last)),
        address: None,
        agent_version: None,
        clock_error_ms: None,
        clones: None,
        refused: BTreeMap::new(),
        format_highest: None,
    }
}

fn state(site: &str, read: i64, worst: Severity) -> StateRow {
    let finding = Finding { severity: Severity::Problem, words: Clean::line("db2 is DOWN"), line: None };
    StateRow {
        site: name(site),
        application: "trading".parse().unwrap(),
        at: at(read),
        modified: None,
        exit: None,
        format: None,
        worst,
        findings: if worst == Severity::Ok { Vec::new() } else { vec![finding] },
    }
}

fn open(subject: Subject) -> Known {
    let incident = Incident {
        id: IncidentId(1),
        subject: subject.clone(),
        severity: Severity::Problem,
        words: Clean::line("x"),
        since: at(0),
        opened: at(0),
        phase: Phase::Open { since: at(0) },
        hold: Hold::None,
        told: Told::Nothing,
        returns: 0,
        unseen: None,
    };
    Known::from([(subject, incident)])
}

fn facts(known: &Known, sites: Vec<SiteRow>, states: Vec<StateRow>) -> Facts<'_> {
    let (listings, orders, maintenance, silences_over) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (errors, errors_aged, mended) = (Alarms::default(), Vec::new(), BTreeSet::new());
    Facts {
        damaged: (Vec::new(), 0),
        sites,
        seen: &[],
        listings,
        states,
        orders,
        differing: &NONE,
        trust: 3,
        behind: &NO_BEHIND,
        maintenance,
        mail: None,
        restored: None,
        errors,
        errors_aged,
        drift: Vec::new(),
        mended,
        known,
        silences_over,
    }
}

static NO_BEHIND: BTreeMap<SiteName, Behind> = BTreeMap::new();
static NONE: BTreeMap<SiteName, Timestamp> = BTreeMap::new();

fn words(wrong: &Wrong) -> Vec<&str> {
    wrong.values().map(|observed| observed.words.as_str()).collect()
}

#[test]
fn a_site_is_silent_after_the_expected_poll_and_the_grace_and_not_a_moment_before() {
    let known = Known::new();
    let facts = facts(&known, vec![site("acme", 0)], Vec::new());
    assert!(wrong_of(&sight(), &facts, at(4 * MINUTE - 1)).is_empty());
    let wrong = wrong_of(&sight(), &facts, at(4 * MINUTE));
    assert_eq!(wrong[&silent("acme")].since, at(4 * MINUTE));
}

#[test]
fn a_contact_that_was_written_by_a_clock_that_was_ahead_excuses_no_silence() {
    let known = Known::new();
    let (day, set_right) = (24 * 60 * MINUTE, at(0));
    let sight = Sight { listening_since: set_right, ..sight() };
    let row = SiteRow { enrolled_at: Some(at(day - 5 * MINUTE)), ..site("acme", day) };
    let facts = facts(&known, vec![row], Vec::new());
    assert!(wrong_of(&sight, &facts, at(4 * MINUTE - 1)).is_empty());
    assert_eq!(wrong_of(&sight, &facts, at(4 * MINUTE))[&silent("acme")].since, at(4 * MINUTE));
}

#[test]
fn after_its_own_start_the_server_waits_before_it_calls_anybody_silent() {
    let known = Known::new();
    let facts = facts(&known, vec![site("acme", -500 * MINUTE)], Vec::new());
    let sight = Sight { listening_since: at(0), ..sight() };
    assert!(wrong_of(&sight, &facts, at(4 * MINUTE - 1)).is_empty());
    assert_eq!(words(&wrong_of(&sight, &facts, at(4 * MINUTE))).len(), 1);
}

#[test]
fn most_sites_at_once_are_one_incident_that_blames_the_uplink() {
    let known = Known::new();
    let sites = ["a", "b", "c", "d"].iter().zip([0, 10_000, 20_000, 5 * MINUTE]).map(|(name, last)| site(name, last));
    let facts = facts(&known, sites.collect(), Vec::new());
    let wrong = wrong_of(&sight(), &facts, at(5 * MINUTE));
    assert_eq!(words(&wrong).len(), 1);
    assert!(wrong[&Subject::Uplink].words.as_str().starts_with("3 of 4 sites fell silent at "), "{:?}", words(&wrong));
}

#[test]
fn a_site_that_was_silent_before_the_others_is_not_called_well_because_of_them() {
    let known = open(silent("a"));
    let sites = ["a", "b", "c"].map(|name| site(name, 0));
    let facts = facts(&known, sites.to_vec(), Vec::new());
    let wrong = wrong_of(&sight(), &facts, at(5 * MINUTE));
    assert!(wrong.contains_key(&silent("a")) && wrong.contains_key(&Subject::Uplink) && wrong.len() == 2, "{:?}", words(&wrong));
}

#[test]
fn sites_that_come_back_after_the_uplink_are_not_blamed_one_by_one_until_their_time_is_over_anew() {
    let known = open(Subject::Uplink);
    let now = 30 * MINUTE;
    let sites = |back: usize| {
        let last = |place: usize| if place < back { now } else { 0 };
        ["a", "b", "c", "d", "e"].iter().enumerate().map(|(place, name)| site(name, last(place))).collect::<Vec<_>>()
    };
    let two = facts(&known, sites(2), Vec::new());
    assert!(wrong_of(&sight(), &two, at(now)).contains_key(&Subject::Uplink), "most are silent still");
    let three = facts(&known, sites(3), Vec::new());
    assert!(wrong_of(&sight(), &three, at(now)).is_empty(), "{:?}", words(&wrong_of(&sight(), &three, at(now))));
    let nothing = Known::new();
    let later = || Facts { silences_over: vec![(Subject::Uplink, at(now))], ..facts(&nothing, sites(3), Vec::new()) };
    let wrong = wrong_of(&sight(), &later(), at(now + 4 * MINUTE - 1));
    assert!(!wrong.contains_key(&silent("e")), "{:?}", words(&wrong));
    assert!(wrong_of(&sight(), &later(), at(now + 4 * MINUTE)).contains_key(&silent("e")));
    let before = open(silent("e"));
    let before = Facts { silences_over: vec![(Subject::Uplink, at(now))], ..facts(&before, sites(3), Vec::new()) };
    assert!(wrong_of(&sight(), &before, at(now)).contains_key(&silent("e")), "who was silent before is not excused");
}

#[test]
fn a_state_older_than_two_intervals_is_stale_however_good_it_was() {
    let known = Known::new();
    let now = 20 * MINUTE;
    let fresh = facts(&known, vec![site("acme", now)], vec![state("acme", 0, Severity::Ok)]);
    assert!(wrong_of(&sight(), &fresh, at(now)).is_empty());
    let old = facts(&known, vec![site("acme", now + 1)], vec![state("acme", 0, Severity::Ok)]);
    let wrong = wrong_of(&sight(), &old, at(now + 1));
    assert!(words(&wrong)[0].starts_with("trading: state is stale: from "), "{:?}", words(&wrong));
}

#[test]
fn a_file_that_is_seldom_written_is_not_stale_while_it_is_read() {
    let known = Known::new();
    let old = StateRow { modified: Some(at(-30 * MINUTE)), ..state("acme", 0, Severity::Ok) };
    let facts = facts(&known, vec![site("acme", 0)], vec![old]);
    assert!(wrong_of(&sight(), &facts, at(0)).is_empty());
}

#[test]
fn the_state_of_a_silent_site_says_nothing_and_it_is_not_stale_the_moment_the_site_is_back() {
    let states = || vec![state("acme", 0, Severity::Problem)];
    let known = Known::new();
    let gone = facts(&known, vec![site("acme", 0)], states());
    assert_eq!(words(&wrong_of(&sight(), &gone, at(60 * MINUTE))), [format!("no contact since {}", minute(at(0)))]);
    let (now, silent_still) = (60 * MINUTE, open(silent("acme")));
    let back = facts(&silent_still, vec![site("acme", now)], states());
    assert_eq!(words(&wrong_of(&sight(), &back, at(now))), ["trading: db2 is DOWN"]);
    let later = Facts { silences_over: vec![(silent("acme"), at(now))], ..facts(&known, vec![site("acme", now)], states()) };
    assert_eq!(words(&wrong_of(&sight(), &later, at(now + 60_000))), ["trading: db2 is DOWN"]);
}

#[test]
fn a_site_that_was_invited_and_never_enrolled_is_not_expected_to_poll() {
    let known = Known::new();
    let invited = SiteRow { enrolled_at: None, last_seen: None, ..site("acme", 0) };
    assert!(wrong_of(&sight(), &facts(&known, vec![invited], Vec::new()), at(900 * MINUTE)).is_empty());
}

#[test]
fn maintenance_mutes_the_sites_that_it_covers_while_it_lasts() {
    let known = Known::new();
    let window = |scope| Maintenance { id: 1, scope, from: at(0), until: at(10 * MINUTE), by: None, reason: None };
    let muted = |scope, now| {
        let sites = vec![site("acme", -30 * MINUTE)];
        let facts = Facts { maintenance: vec![window(scope)], ..facts(&known, sites, Vec::new()) };
        sight().observe(&facts, at(now)).is_muted(&silent("acme"))
    };
    for scope in [SiteScope::All, SiteScope::Group("emea".parse().unwrap()), SiteScope::Site(name("acme"))] {
        assert!(muted(scope.clone(), 0) && !muted(scope.clone(), 10 * MINUTE) && !muted(scope, -1));
    }
    assert!(!muted(SiteScope::Site(name("borealis")), 0));
}

#[test]
fn the_servers_own_trouble_is_an_incident_of_its_own() {
    let known = Known::new();
    let facts = Facts { mail: Some(Clean::line("550 no")), ..facts(&known, Vec::new(), Vec::new()) };
    let sight = Sight { disk: Ok(Some("the server's disk has 1 GB left of 100 GB".to_owned())), ..sight() };
    let wrong = wrong_of(&sight, &facts, at(0));
    assert_eq!(words(&wrong), ["the server's disk has 1 GB left of 100 GB", "mails can't be sent: 550 no"]);
}

#[test]
fn a_site_whose_inventory_does_not_arrive_for_five_minutes_is_an_incident_until_it_does() {
    let known = Known::new();
    let differing = [(name("acme"), at(0))].into();
    let stale = Subject::InventoryStale { site: name("acme") };
    let seen = |now: i64| {
        let facts = Facts { differing: &differing, ..facts(&known, vec![site("acme", now)], Vec::new()) };
        wrong_of(&sight(), &facts, at(now)).get(&stale).map(|observed| observed.since)
    };
    assert_eq!([seen(5 * MINUTE - 1), seen(5 * MINUTE)], [None, Some(at(0))]);
    let agrees = facts(&known, vec![site("acme", 0)], Vec::new());
    assert!(wrong_of(&sight(), &agrees, at(MINUTE)).is_empty());
}

#[test]
fn an_order_that_waits_for_room_is_an_incident_of_its_site_that_says_where() {
    let known = Known::new();
    let reason = Failure::NoSpace { detail: Some(Clean::line("no space left in /srv/trading: needs 3.1 MiB, has 210 KiB")) };
    let waiting = OrderInfo { state: OrderState::Waiting { at: at(0), reason }, hook: None, ..order_info() };
    let facts = Facts { orders: vec![waiting], ..facts(&known, vec![site("acme", 0)], Vec::new()) };
    let wrong = wrong_of(&sight(), &facts, at(MINUTE));
    assert!(words(&wrong)[0].contains("no space left in /srv/trading: needs 3.1 MiB"), "{wrong:?}");
}

fn order_info() -> OrderInfo {
    OrderInfo {
        id: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        action: fieldpost_common::order::Action::Remove,
        application: "trading".parse().unwrap(),
        patch: "Order.st".parse().unwrap(),
        site: name("acme"),
        expected: None,
        by: "ada".parse().unwrap(),
        created: at(0),
        install_by: at(MINUTE),
        state: OrderState::Queued,
        hook: None,
    }
}
