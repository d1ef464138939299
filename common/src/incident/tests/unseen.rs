//! What can't be seen: it is neither well nor gone, so it closes nothing and is never told as over.

use super::{HOUR, MINUTE, Story, at, id, problem, seen};
use crate::id::SiteName;
use crate::incident::{
    Answer, Hold, Incident, IncidentId, Known, Notice, Observation, Observed, Phase, Subject, Told, Transition, Unseen, incidents,
};
use crate::state::Severity;
use crate::text::Clean;
use proptest::prelude::*;

fn state_problem(site: &str) -> Subject {
    Subject::StateProblem { site: id(site), application: id("trading") }
}

#[test]
fn a_problem_of_a_site_that_falls_silent_stays_open_and_is_never_told_as_over() {
    let mut story = Story::of(state_problem("acme"), seen(Severity::Problem, "queue stuck"));
    story.look(0);
    story.observed.clear();
    story.unseen.insert(id("acme"), 30_000);
    story.look(MINUTE).look(2 * MINUTE).look(5 * HOUR);
    assert_eq!(story.notices, [(0, Notice::Alert)]);
    assert!(story.incident().is_open());
    let unseen = story.incident().unseen.clone().unwrap();
    assert_eq!(unseen.explain(at(5 * MINUTE + 30_000)), "last seen 5 min ago");
    // The site is back and well: only now it is over.
    story.unseen.clear();
    story.look(6 * HOUR);
    assert_eq!(story.notices, [(0, Notice::Alert), (6 * HOUR, Notice::Recovery)]);
    assert_eq!(story.incident().unseen, None);
}

#[test]
fn what_nobody_looked_at_stays_open() {
    let mut story = problem();
    story.look(0);
    assert_eq!(incidents(&story.known, &Observation::default(), IncidentId(9), at(MINUTE)).len(), 1, "it says so");
    assert!(incidents(&story.known, &Observation::default(), IncidentId(9), at(MINUTE)).iter().all(|one| one.incident.is_open()));
}

#[test]
fn a_problem_that_can_not_be_seen_is_told_again_once_a_day_and_not_while_it_is_snoozed_or_muted() {
    let mut story = Story::of(state_problem("acme"), seen(Severity::Problem, "queue stuck"));
    story.look(0);
    story.observed.clear();
    story.unseen.insert(id("acme"), 0);
    for hour in 1..=24 {
        story.look(hour * HOUR);
    }
    assert_eq!(story.notices[1..], [(24 * HOUR, Notice::Reminder)]);
    story.hold(Hold::Snoozed { by: id("ada"), until: at(50 * HOUR) });
    story.look(49 * HOUR);
    assert_eq!(story.notices.len(), 2);
    story.muted.insert(state_problem("acme"));
    story.look(50 * HOUR);
    assert_eq!((story.notices.len(), &story.incident().hold), (2, &Hold::None), "the snooze is over, the window isn't");
    story.muted.clear();
    story.look(51 * HOUR);
    assert_eq!(story.notices[2..], [(51 * HOUR, Notice::Reminder)]);
}

#[test]
fn what_is_known_to_be_wrong_opens_although_its_site_can_not_be_seen_and_says_so() {
    let mut story = Story::of(state_problem("acme"), seen(Severity::Problem, "queue stuck"));
    story.unseen.insert(id("acme"), 0);
    story.look(MINUTE);
    assert!(story.incident().is_open() && story.incident().unseen.is_some());
    assert_eq!(story.transitions, [Transition::Opened]);
}

const SITES: [&str; 3] = ["acme", "borealis", "corvid"];

/// One subject of every kind at a site, and those of no site.
fn subjects(site: &str) -> Vec<Subject> {
    let (site, application): (SiteName, _) = (id(site), id("trading"));
    let group = crate::error_group::ErrorGroupId(4);
    vec![
        Subject::StateProblem { site: site.clone(), application: id("trading") },
        Subject::Silent { site: site.clone() },
        Subject::Uplink,
        Subject::OrderStuck { site: site.clone(), order: id("0123456789abcdef0123456789abcdef") },
        Subject::AgentFailing { site: site.clone(), what: "directory trading".to_owned() },
        Subject::Drift { site: site.clone(), application: id("trading") },
        Subject::NewErrorGroup { application: id("trading"), group },
        Subject::MoreErrorGroups { application: id("trading") },
        Subject::Regressed { site, application, group },
        Subject::Server { what: "disk".to_owned() },
    ]
}

fn known(open: &[Subject]) -> Known {
    let incident = |subject: &Subject| Incident {
        id: IncidentId(1),
        subject: subject.clone(),
        severity: Severity::Problem,
        words: Clean::line("x"),
        since: at(0),
        opened: at(0),
        phase: Phase::Open { since: at(0) },
        hold: Hold::None,
        told: Told::Alert { at: at(0), severity: Severity::Problem },
        returns: 0,
        unseen: None,
    };
    open.iter().map(|subject| (subject.clone(), incident(subject))).collect()
}

fn answer() -> impl Strategy<Value = Option<Answer>> {
    let wrong = Observed { severity: Severity::Problem, words: Clean::line("y"), since: at(0) };
    let unseen = Unseen { why: Clean::line("z"), since: None };
    prop_oneof![Just(None), Just(Some(Answer::Wrong(wrong))), Just(Some(Answer::Well)), Just(Some(Answer::CantSay(unseen)))]
}

proptest! {
    #[test]
    fn from_an_observation_that_can_not_see_a_site_no_incident_of_that_site_closes(
        answers in proptest::collection::vec(answer(), 30),
        hidden in proptest::collection::btree_set(0..3_usize, 1..3),
        minutes in 0_i64..5_000,
    ) {
        let all: Vec<_> = SITES.iter().flat_map(|site| subjects(site)).collect();
        let mut look = Observation::default();
        for (subject, answer) in all.iter().zip(&answers) {
            if let Some(answer) = answer {
                look.add_answer(subject.clone(), answer.clone());
            }
        }
        for site in &hidden {
            look.hide_site(id(SITES[*site]), Unseen { why: Clean::line("no contact"), since: Some(at(0)) });
        }
        for change in incidents(&known(&all), &look, IncidentId(9), at(minutes * MINUTE)) {
            let site = change.incident.subject.site().map(SiteName::as_str);
            let is_hidden = hidden.iter().any(|hidden| site == Some(SITES[*hidden]));
            prop_assert!(!is_hidden || change.incident.is_open(), "{change:?}");
            prop_assert!(!is_hidden || change.notice != Some(Notice::Recovery), "{change:?}");
            // Whatever closes was called well.
            prop_assert!(change.incident.is_open() || look.answer(&change.incident.subject) == Answer::Well, "{change:?}");
        }
    }
}
