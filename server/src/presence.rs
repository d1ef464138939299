//! Tells a restarted agent from two agents with one identity, by boot ids and poll numbers. Pure.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::BootId;

/// How many former boots are remembered.
const REMEMBERED: usize = 8;

/// What is known of the processes that poll as one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Presence {
    current: Option<Boot>,
    former: Vec<Former>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Boot {
    id: BootId,
    poll: u64,
    /// The checksum of that poll, if it came with one.
    checksum: Option<ContentHash>,
    address: String,
}

/// Which poll of which process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PollId<'a> {
    pub(crate) boot: &'a BootId,
    pub(crate) number: u64,
    pub(crate) checksum: Option<&'a ContentHash>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Former {
    boot: Boot,
    /// Where the one after it stood when this one counted on for the first time after it was replaced.
    counted_on: Option<u64>,
}

/// What a poll is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The site's agent.
    Welcome,
    /// The newest poll of the site's agent once more, doubled on its way: it is answered as the first one is.
    Again,
    /// From a process that another one has replaced, or an old poll of the present one.
    Late,
    /// Two processes both go on counting.
    Clones([String; 2]),
}

impl Presence {
    /// Judges a poll, and remembers it.
    pub(crate) fn poll(&mut self, poll: PollId<'_>, address: &str) -> Verdict {
        let PollId { boot, number, checksum } = poll;
        let this = || Boot { id: boot.clone(), poll: number, checksum: checksum.copied(), address: address.to_owned() };
        let Some(current) = &mut self.current else {
            self.current = Some(this());
            return Verdict::Welcome;
        };
        if current.id == *boot {
            // Another process with this number, out of a copy of a running machine, says another time of day.
            if number == current.poll && current.checksum.as_ref() == checksum {
                return Verdict::Again;
            }
            if number <= current.poll {
                return Verdict::Late;
            }
            *current = this();
            return Verdict::Welcome;
        }
        let now = current.poll;
        if let Some(former) = self.former.iter_mut().find(|former| former.boot.id == *boot) {
            return former.poll(number, now, current);
        }
        self.restart(this());
        Verdict::Welcome
    }

    fn restart(&mut self, boot: Boot) {
        let former = self.current.replace(boot);
        self.former.extend(former.map(|boot| Former { boot, counted_on: None }));
        if self.former.len() > REMEMBERED {
            self.former.remove(0);
        }
    }
}

impl Former {
    /// One poll may have been under way when its process ended; a second new one, after the successor has counted on too, can't.
    fn poll(&mut self, poll: u64, now: u64, current: &Boot) -> Verdict {
        if poll <= self.boot.poll {
            return Verdict::Late;
        }
        self.boot.poll = poll;
        match self.counted_on {
            Some(then) if now > then => Verdict::Clones([self.boot.address.clone(), current.address.clone()]),
            Some(_) => Verdict::Late,
            None => {
                self.counted_on = Some(now);
                Verdict::Late
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn boot(letter: char) -> BootId {
        letter.to_string().repeat(32).parse().expect("boot")
    }

    fn poll(presence: &mut Presence, letter: char, number: u64, address: &str) -> Verdict {
        presence.poll(PollId { boot: &boot(letter), number, checksum: None }, address)
    }

    fn verdicts(polls: &[(char, u64)]) -> Vec<Verdict> {
        let mut presence = Presence::default();
        polls.iter().map(|(letter, number)| poll(&mut presence, *letter, *number, &format!("10.0.0.{letter}"))).collect()
    }

    #[test]
    fn a_new_boot_is_a_restart_and_late_polls_of_the_old_one_are_ignored() {
        let seen = verdicts(&[('a', 1), ('a', 2), ('b', 1), ('a', 2), ('a', 3), ('b', 2), ('b', 3)]);
        assert_eq!(seen[2], Verdict::Welcome);
        assert_eq!(seen[3..5], [Verdict::Late, Verdict::Late]);
        assert_eq!(seen[5..], [Verdict::Welcome, Verdict::Welcome]);
    }

    #[test]
    fn two_boots_that_both_count_on_are_clones_and_both_addresses_are_named() {
        let seen = verdicts(&[('a', 1), ('b', 1), ('a', 2), ('b', 2), ('a', 3)]);
        assert_eq!(seen[4], Verdict::Clones(["10.0.0.a".to_owned(), "10.0.0.b".to_owned()]));
    }

    #[test]
    fn a_poll_that_a_proxy_doubled_is_answered_twice_and_an_older_one_is_not() {
        assert_eq!(verdicts(&[('a', 1), ('a', 1)])[1], Verdict::Again);
        assert_eq!(verdicts(&[('a', 1), ('a', 2), ('a', 1), ('a', 2)])[2..], [Verdict::Late, Verdict::Again]);
        assert_eq!(verdicts(&[('a', 1), ('b', 1), ('a', 1), ('b', 1)])[2..], [Verdict::Late, Verdict::Again]);
    }

    #[test]
    fn a_poll_with_the_number_of_another_is_not_that_poll_again() {
        let mut presence = Presence::default();
        let mut verdict = |text: &[u8]| {
            let checksum = ContentHash::of(text);
            presence.poll(PollId { boot: &boot('a'), number: 4, checksum: Some(&checksum) }, "10.0.0.1")
        };
        assert_eq!([verdict(b"one"), verdict(b"one"), verdict(b"two")], [Verdict::Welcome, Verdict::Again, Verdict::Late]);
    }

    proptest! {
        #[test]
        fn an_agent_that_is_restarted_again_and_again_is_never_taken_for_a_clone(runs in proptest::collection::vec(1_u64..5, 1..7)) {
            let mut presence = Presence::default();
            let letters: Vec<char> = "abcdef0".chars().collect();
            for (run, polls) in runs.iter().enumerate() {
                for number in 1..=*polls {
                    prop_assert_eq!(poll(&mut presence, letters[run], number, "x"), Verdict::Welcome);
                    // The last poll of the run before arrives now.
                    if run > 0 && number == 1 {
                        prop_assert_eq!(poll(&mut presence, letters[run - 1], runs[run - 1] + 1, "x"), Verdict::Late);
                    }
                }
            }
        }
    }
}
