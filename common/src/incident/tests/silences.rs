//! Silence: from when on, after whose outage, and whose fault.

use super::{HOUR, MINUTE, at, id};
use crate::incident::silence::{Contact, Patience, silence, silent_from};
use std::time::Duration;

fn contact(site: &str, ms: i64) -> Contact {
    Contact { site: id(site), last: at(ms), every: Duration::from_mins(1), unheard_until: None }
}

fn patience(listening_since: i64) -> Patience {
    Patience { grace: Duration::from_mins(3), listening_since: at(listening_since) }
}

#[test]
fn a_site_is_silent_from_the_exact_moment_when_poll_and_grace_are_over() {
    let contacts = [contact("acme", 0)];
    assert!(silence(&contacts, &patience(-HOUR), at(4 * MINUTE - 1)).sites.is_empty());
    let found = silence(&contacts, &patience(-HOUR), at(9 * MINUTE));
    assert_eq!((found.sites[0].since, found.sites[0].last), (at(4 * MINUTE), at(0)));
}

#[test]
fn after_the_servers_own_start_or_a_jump_of_its_clock_every_site_gets_its_time_anew() {
    let contacts = [contact("acme", 0)];
    assert_eq!(silent_from(&contacts[0], &patience(5 * HOUR)), at(5 * HOUR + 4 * MINUTE));
    assert!(silence(&contacts, &patience(5 * HOUR), at(5 * HOUR + MINUTE)).sites.is_empty());
}

#[test]
fn a_site_that_could_not_be_heard_gets_its_time_anew_from_when_it_can() {
    let contact = Contact { unheard_until: Some(at(HOUR)), ..contact("acme", 0) };
    assert_eq!(silent_from(&contact, &patience(-HOUR)), at(HOUR + 4 * MINUTE));
    let heard = Contact { last: at(2 * HOUR), ..contact };
    assert_eq!(silent_from(&heard, &patience(-HOUR)), at(2 * HOUR + 4 * MINUTE));
}

#[test]
fn a_site_that_was_last_heard_in_the_future_is_not_silent() {
    assert!(silence(&[contact("acme", 10 * HOUR)], &patience(0), at(HOUR)).sites.is_empty());
}

#[test]
fn when_most_sites_fall_silent_in_the_same_minute_the_uplink_is_blamed_and_not_the_sites() {
    let contacts = [contact("a", 0), contact("b", 20_000), contact("c", 50_000), contact("d", 9 * MINUTE), contact("e", -HOUR)];
    let found = silence(&contacts, &patience(-9 * HOUR), at(8 * MINUTE));
    assert_eq!(found.together.iter().map(|one| one.site.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(found.sites.iter().map(|one| one.site.as_str()).collect::<Vec<_>>(), ["e"]);
}

#[test]
fn half_of_the_sites_or_two_of_three_are_each_silent_for_themselves() {
    let half = [contact("a", 0), contact("b", 0), contact("c", 0), contact("d", 9 * MINUTE), contact("e", 9 * MINUTE)];
    assert_eq!(silence(&half, &patience(-HOUR), at(8 * MINUTE)).together.len(), 3);
    let half = [&half[..], &[contact("f", 9 * MINUTE)]].concat();
    assert_eq!(silence(&half, &patience(-HOUR), at(8 * MINUTE)).sites.len(), 3);
    let two = [contact("a", 0), contact("b", 0), contact("c", 9 * MINUTE)];
    assert_eq!(silence(&two, &patience(-HOUR), at(8 * MINUTE)).sites.len(), 2);
}

#[test]
fn sites_that_were_silent_before_a_restart_are_not_said_to_have_fallen_silent_together() {
    let contacts = [contact("a", -9 * HOUR), contact("b", -7 * HOUR), contact("c", -5 * HOUR)];
    let found = silence(&contacts, &patience(0), at(HOUR));
    assert_eq!((found.sites.len(), found.together.len()), (3, 0));
}
