//! Which open incidents a look closes, and which only can't be seen.

use super::*;
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::incident::{Answer, Unseen};
use fieldpost_common::inventory::Directory;
use proptest::prelude::*;

fn state_problem(site: &str) -> Subject {
    Subject::StateProblem { site: name(site), application: "trading".parse().unwrap() }
}

fn agent(site: &str, what: &str) -> Subject {
    failing(&name(site), what.to_owned())
}

fn answer(sight: &Sight, facts: &Facts<'_>, now: i64, subject: &Subject) -> Answer {
    sight.observe(facts, at(now)).answer(subject)
}

fn is_open_still(answer: &Answer) -> bool {
    matches!(answer, Answer::CantSay(_))
}

/// An incident that was opened while its site could not be seen.
fn open_unseen(subject: Subject, last: i64) -> Known {
    let mut known = open(subject);
    for one in known.values_mut() {
        one.unseen = Some(Unseen { why: Clean::line("no contact"), since: Some(at(last)) });
    }
    known
}

#[test]
fn a_problem_stays_open_when_its_site_falls_silent_and_says_when_it_was_last_seen() {
    let known = open(state_problem("acme"));
    for worst in [Severity::Ok, Severity::Problem] {
        let facts = facts(&known, vec![site("acme", 0)], vec![state("acme", 0, worst)]);
        let Answer::CantSay(unseen) = answer(&sight(), &facts, 60 * MINUTE, &state_problem("acme")) else { panic!("closed") };
        assert_eq!(unseen.since, Some(at(0)));
    }
}

#[test]
fn a_restart_of_the_server_closes_no_silence_of_a_site_that_has_not_come_back() {
    let known = open_unseen(silent("acme"), 0);
    let restarted = Sight { listening_since: at(60 * MINUTE), ..sight() };
    let gone = facts(&known, vec![site("acme", 0)], Vec::new());
    assert!(is_open_still(&answer(&restarted, &gone, 60 * MINUTE + 1, &silent("acme"))));
    assert!(matches!(answer(&restarted, &gone, 64 * MINUTE, &silent("acme")), Answer::Wrong(_)));
    let back = facts(&known, vec![site("acme", 61 * MINUTE)], Vec::new());
    assert_eq!(answer(&restarted, &back, 61 * MINUTE, &silent("acme")), Answer::Well);
}

#[test]
fn a_clock_that_is_set_back_closes_no_silence() {
    let known = open_unseen(silent("acme"), 0);
    let jumped = Sight { listening_since: at(2 * MINUTE), ..sight() };
    let facts = facts(&known, vec![site("acme", 0)], Vec::new());
    assert!(is_open_still(&answer(&jumped, &facts, 2 * MINUTE, &silent("acme"))), "its last poll is two minutes old again");
    assert!(is_open_still(&answer(&jumped, &facts, -60 * MINUTE, &silent("acme"))), "its last poll lies ahead");
}

#[test]
fn a_restart_closes_no_blame_of_the_uplink_before_most_sites_are_back() {
    let known = open(Subject::Uplink);
    let restarted = Sight { listening_since: at(30 * MINUTE), ..sight() };
    let sites = |back: usize| {
        let last = |place: usize| if place < back { 30 * MINUTE } else { 0 };
        ["a", "b", "c", "d", "e"].iter().enumerate().map(|(place, name)| site(name, last(place))).collect::<Vec<_>>()
    };
    assert!(is_open_still(&answer(&restarted, &facts(&known, sites(2), Vec::new()), 30 * MINUTE, &Subject::Uplink)));
    assert_eq!(answer(&restarted, &facts(&known, sites(3), Vec::new()), 30 * MINUTE, &Subject::Uplink), Answer::Well);
}

#[test]
fn a_restart_closes_no_stale_state_before_a_new_one_has_come() {
    let known = open(state_problem("acme"));
    let restarted = Sight { listening_since: at(60 * MINUTE), ..sight() };
    let old = facts(&known, vec![site("acme", 60 * MINUTE)], vec![state("acme", 0, Severity::Ok)]);
    assert!(is_open_still(&answer(&restarted, &old, 60 * MINUTE, &state_problem("acme"))));
    let new = facts(&known, vec![site("acme", 60 * MINUTE)], vec![state("acme", 60 * MINUTE, Severity::Ok)]);
    assert_eq!(answer(&restarted, &new, 60 * MINUTE, &state_problem("acme")), Answer::Well);
    let none = facts(&known, vec![site("acme", 60 * MINUTE)], Vec::new());
    assert_eq!(answer(&restarted, &none, 60 * MINUTE, &state_problem("acme")), Answer::Well, "its config names none any more");
}

#[test]
fn a_failed_order_or_hook_is_over_only_when_one_has_succeeded_since() {
    for what in ["disk", "hook trading"] {
        let known = open(agent("acme", what));
        let superseded = facts(&known, vec![site("acme", 0)], Vec::new());
        assert!(is_open_still(&answer(&sight(), &superseded, 0, &agent("acme", what))), "{what}");
        let done = Facts { mended: BTreeSet::from([agent("acme", what)]), ..superseded };
        assert_eq!(answer(&sight(), &done, 0, &agent("acme", what)), Answer::Well, "{what}");
    }
}

#[test]
fn a_new_error_is_forgotten_only_while_the_sites_that_had_it_can_be_seen() {
    let subject = Subject::NewErrorGroup { application: "trading".parse().unwrap(), group: ErrorGroupId(4) };
    let known = open(subject.clone());
    let aged = |last| {
        let facts = facts(&known, vec![site("acme", last)], Vec::new());
        Facts { errors_aged: vec![(ErrorGroupId(4), vec![name("acme")])], ..facts }
    };
    assert_eq!(answer(&sight(), &aged(0), 0, &subject), Answer::Well);
    assert!(is_open_still(&answer(&sight(), &aged(-100 * MINUTE), 0, &subject)));
    // Somebody has looked at it: that is known wherever its sites are.
    let looked_at = facts(&known, vec![site("acme", -100 * MINUTE)], Vec::new());
    assert_eq!(answer(&sight(), &looked_at, 0, &subject), Answer::Well);
}

#[test]
fn a_disk_that_can_not_be_measured_is_not_well() {
    let known = open(Subject::Server { what: "disk".to_owned() });
    let facts = facts(&known, Vec::new(), Vec::new());
    let blind = Sight { disk: Err("the server's disk can't be measured".to_owned()), ..sight() };
    assert!(is_open_still(&answer(&blind, &facts, 0, &Subject::Server { what: "disk".to_owned() })));
    assert_eq!(answer(&sight(), &facts, 0, &Subject::Server { what: "disk".to_owned() }), Answer::Well);
}

#[test]
fn the_problems_of_a_site_that_was_removed_are_over() {
    let known = open(state_problem("acme"));
    assert_eq!(answer(&sight(), &facts(&known, Vec::new(), Vec::new()), 0, &state_problem("acme")), Answer::Well);
}

#[test]
fn maintenance_mutes_also_what_is_open_and_can_not_be_seen() {
    let known = open(state_problem("acme"));
    let (from, until) = (at(0), at(600 * MINUTE));
    let window = Maintenance { id: 1, scope: SiteScope::Site(name("acme")), from, until, by: None, reason: None };
    let facts = Facts { maintenance: vec![window], ..facts(&known, vec![site("acme", 0)], Vec::new()) };
    assert!(sight().observe(&facts, at(60 * MINUTE)).is_muted(&state_problem("acme")));
}

/// One open incident of every kind that is about a site.
fn of_site(site: &str) -> Vec<Subject> {
    let application = || "trading".parse().unwrap();
    vec![
        state_problem(site),
        silent(site),
        Subject::OrderStuck { site: name(site), order: "0123456789abcdef0123456789abcdef".parse().unwrap() },
        agent(site, "directory trading"),
        Subject::CantSay { site: name(site), application: application() },
        agent(site, "drop trading"),
        agent(site, "disk"),
        agent(site, "hook trading"),
        agent(site, "clones"),
        Subject::Drift { site: name(site), application: application() },
        Subject::Regressed { site: name(site), application: application(), group: ErrorGroupId(4) },
    ]
}

proptest! {
    #[test]
    fn from_a_look_that_can_not_see_a_site_no_incident_of_that_site_closes(
        last in -600_i64..600,
        now in -600_i64..600,
        started in -600_i64..600,
        state_at in -600_i64..600,
        is_ok in any::<bool>(),
        present in any::<bool>(),
        mended in any::<bool>(),
    ) {
        let mut known = Known::new();
        for subject in of_site("acme") {
            known.extend(open_unseen(subject, last));
        }
        let sight = Sight { listening_since: at(started * MINUTE), ..sight() };
        let worst = if is_ok { Severity::Ok } else { Severity::Problem };
        let others = ["b", "c", "d"].map(|name| site(name, now * MINUTE));
        let sites = [&[site("acme", last * MINUTE)][..], &others].concat();
        let mut facts = facts(&known, sites, vec![state("acme", state_at * MINUTE, worst)]);
        if !present {
            let (site, application) = (name("acme"), "trading".parse().unwrap());
            let (directory_since, held, cant_say) = (None, None, None);
            let directory = Some(Directory::Missing);
            facts.listings = vec![ListingRow { site, application, directory, directory_since, held, cant_say }];
        }
        if mended {
            facts.mended = of_site("acme").into_iter().collect();
        }
        let look = sight.observe(&facts, at(now * MINUTE));
        let is_hidden = look.site_unseen(&name("acme")).is_some();
        // A site is seen only by a poll within the expected time and the grace.
        prop_assert_eq!(is_hidden, !(last - 1..last + 4).contains(&now));
        for subject in of_site("acme") {
            prop_assert!(!is_hidden || look.answer(&subject) != Answer::Well, "{:?}", subject);
        }
    }
}

fn behind(site: &str, since: i64, last: i64) -> BTreeMap<SiteName, Behind> {
    BTreeMap::from([(name(site), Behind { held: 2, since: at(since), last: at(last) })])
}

#[test]
fn a_site_that_polls_and_does_not_follow_the_trust_document_is_an_incident_until_it_has_caught_up() {
    let (none, known, subject) = (Known::new(), open(agent("acme", "trust")), agent("acme", "trust"));
    let (early, stuck) = (behind("acme", 0, 5 * MINUTE), behind("acme", 0, 6 * MINUTE));
    let polling = |known, behind| Facts { behind, ..facts(known, vec![site("acme", 6 * MINUTE)], Vec::new()) };
    assert!(wrong_of(&sight(), &polling(&none, &early), at(6 * MINUTE)).is_empty());
    let wrong = wrong_of(&sight(), &polling(&none, &stuck), at(6 * MINUTE));
    let words = wrong[&subject].words.as_str();
    assert!(words.contains("version 2") && words.contains("the server has version 3"), "{words}");
    assert_eq!(wrong[&subject].since, at(0));
    // After a start of the server, or a time away: it still holds the old one, and the count begins anew.
    assert!(is_open_still(&answer(&sight(), &polling(&known, &early), 6 * MINUTE, &subject)));
    assert_eq!(answer(&sight(), &polling(&known, &NO_BEHIND), 6 * MINUTE, &subject), Answer::Well);
}

#[test]
fn a_silent_site_is_not_called_behind_and_an_incident_of_before_stays_open() {
    let (none, known, subject) = (Known::new(), open(agent("acme", "trust")), agent("acme", "trust"));
    let stuck = behind("acme", 0, 6 * MINUTE);
    let silent = |known, behind| Facts { behind, ..facts(known, vec![site("acme", 6 * MINUTE)], Vec::new()) };
    let later = 60 * MINUTE;
    assert!(!wrong_of(&sight(), &silent(&none, &stuck), at(later)).contains_key(&subject));
    for behind in [&stuck, &NO_BEHIND] {
        assert!(is_open_still(&answer(&sight(), &silent(&known, behind), later, &subject)));
    }
}

#[test]
fn a_restart_closes_nothing_that_only_the_run_before_has_seen_of_the_server_itself() {
    let server = |what: &str| Subject::Server { what: what.to_owned() };
    for what in ["outdated", "database", "contents"] {
        let known = open(server(what));
        let restarted =
            Sight { listening_since: at(60 * MINUTE), unchecked: vec![server("database"), server("contents")], ..sight() };
        let facts = facts(&known, vec![site("acme", 61 * MINUTE)], Vec::new());
        assert!(is_open_still(&answer(&restarted, &facts, 61 * MINUTE, &server(what))), "{what}");
        let checked = Sight { unchecked: Vec::new(), ..restarted };
        let promoted = Restored { at: at(60 * MINUTE), from: "b.db".into(), newest: at(0), sites: 1, reported: 1 };
        let facts = Facts { restored: Some(promoted), ..facts };
        assert_eq!(answer(&checked, &facts, 61 * MINUTE, &server(what)), Answer::Well, "{what}");
    }
}

#[test]
fn a_site_whose_clock_is_wrong_stays_told_while_the_servers_own_is_doubted() {
    let off = |name: &str, minutes: i64, last: i64| SiteRow { clock_error_ms: Some(minutes * MINUTE), ..site(name, last) };
    let (far, near) = (agent("far", "clock"), agent("a", "clock"));
    let known = [open(far.clone()), open(near.clone())].into_iter().flatten().collect();
    let sites = || vec![off("a", 30, 0), off("b", 30, 0), off("c", 30, 0), off("d", 0, 0), off("far", 5_000_000, 0)];
    let doubted = facts(&known, sites(), Vec::new());
    assert!(matches!(answer(&sight(), &doubted, 0, &Subject::Server { what: "clock".to_owned() }), Answer::Wrong(_)));
    let Answer::Wrong(observed) = answer(&sight(), &doubted, 0, &far) else { panic!("closed, and mailed as over") };
    assert!(observed.words.to_string().contains("years ahead"), "{}", observed.words);
    assert!(is_open_still(&answer(&sight(), &doubted, 0, &near)), "by a clock that is doubted nobody can say");
    // Sites that are not heard of any more have no say of how the server's clock is now.
    let silent = ["a", "b", "c"].map(|name| off(name, 30, -60 * MINUTE)).into_iter().chain([off("d", 0, 0)]).collect();
    let answered = answer(&sight(), &facts(&known, silent, Vec::new()), 0, &Subject::Server { what: "clock".to_owned() });
    assert!(!matches!(answered, Answer::Wrong(_)), "{answered:?}");
}
