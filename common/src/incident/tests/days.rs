//! Days of random weather: what must hold whatever happens.

use super::{HOUR, MINUTE, Story, at, seen, silent};
use crate::incident::{Hold, Notice, person};
use crate::state::Severity;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Event {
    Wrong { site: usize, problem: bool, muted: bool },
    Fine { site: usize },
    Wait { minutes: i64 },
    Acknowledge { site: usize },
    Snooze { site: usize, minutes: i64 },
}

/// Something that happens at one of so many sites.
fn event(sites: usize) -> impl Strategy<Value = Event> {
    let site = 0..sites;
    prop_oneof![
        (site.clone(), any::<bool>(), any::<bool>()).prop_map(|(site, problem, muted)| Event::Wrong { site, problem, muted }),
        site.clone().prop_map(|site| Event::Fine { site }),
        (1_i64..60).prop_map(|minutes| Event::Wait { minutes }),
        (60_i64..3000).prop_map(|minutes| Event::Wait { minutes }),
        site.clone().prop_map(|site| Event::Acknowledge { site }),
        (site, 1_i64..300).prop_map(|(site, minutes)| Event::Snooze { site, minutes }),
    ]
}

const SITES: [&str; 3] = ["acme", "borealis", "corvid"];

fn happen(story: &mut Story, event: &Event, now: &mut i64) {
    match event {
        Event::Wrong { site, problem, muted } => {
            let (subject, severity) = (silent(SITES[*site]), if *problem { Severity::Problem } else { Severity::Warning });
            if *muted {
                story.muted.insert(subject.clone());
            } else {
                story.muted.remove(&subject);
            }
            story.observed.insert(subject, seen(severity, "no contact"));
        }
        Event::Fine { site } => drop(story.observed.remove(&silent(SITES[*site]))),
        Event::Wait { minutes } => *now += minutes * MINUTE,
        Event::Acknowledge { site } => hold(story, *site, &Hold::Acknowledged { by: super::id("ada"), at: at(*now) }),
        Event::Snooze { site, minutes } => {
            hold(story, *site, &Hold::Snoozed { by: super::id("ada"), until: at(*now + minutes * MINUTE) });
        }
    }
}

fn hold(story: &mut Story, site: usize, hold: &Hold) {
    let change = story.known.get(&silent(SITES[site])).and_then(|incident| person(incident, hold.clone()));
    if let Some(change) = change {
        story.known.insert(change.incident.subject.clone(), change.incident);
    }
}

proptest! {
    #[test]
    fn what_is_open_is_exactly_what_is_wrong_and_looking_again_changes_nothing(
        events in proptest::collection::vec(event(3), 1..60)
    ) {
        let (mut story, mut now) = (Story::default(), 0);
        for event in &events {
            happen(&mut story, event, &mut now);
            story.look(now);
            let open: Vec<_> = story.known.values().filter(|one| one.is_open()).map(|one| one.subject.clone()).collect();
            prop_assert_eq!(open, story.observed.keys().cloned().collect::<Vec<_>>());
            let (transitions, notices) = (story.transitions.len(), story.notices.len());
            story.look(now);
            prop_assert_eq!((story.transitions.len(), story.notices.len()), (transitions, notices));
        }
    }

    #[test]
    fn alerts_and_recoveries_take_turns_and_a_new_round_begins_after_ten_minutes_at_the_earliest(
        events in proptest::collection::vec(event(1), 1..80)
    ) {
        let (mut story, mut now) = (Story::default(), 0);
        for event in &events {
            happen(&mut story, event, &mut now);
            story.look(now);
        }
        let told = |notice: &Notice| matches!(notice, Notice::Alert | Notice::Recovery);
        let rounds: Vec<_> = story.notices.iter().filter(|(_, notice)| told(notice)).collect();
        for (place, (ms, notice)) in rounds.iter().enumerate() {
            prop_assert_eq!(*notice == Notice::Alert, place % 2 == 0, "{:?}", story.notices);
            if place > 0 && *notice == Notice::Alert {
                prop_assert!(ms - rounds[place - 1].0 >= 10 * MINUTE, "{:?}", story.notices);
            }
        }
        let reminders: Vec<_> = story.notices.iter().filter(|(_, notice)| *notice == Notice::Reminder).collect();
        for pair in reminders.windows(2) {
            prop_assert!(pair[1].0 - pair[0].0 >= 24 * HOUR);
        }
    }
}
