//! What one look at everything shows. Each subject has one of three answers: wrong, well, or "can't say".
//!
//! The third answer is also that of a subject about which nobody said anything: silence of a detector closes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Observed, Subject, Unseen};
use crate::id::SiteName;
use crate::text::Clean;

/// What is known of a subject at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is wrong.
    Wrong(Observed),
    /// It was seen, and it is not wrong: the only answer that closes an incident.
    Well,
    /// It can't be seen now.
    CantSay(Unseen),
}

/// The answers of one look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observation {
    answers: BTreeMap<Subject, Answer>,
    unseen: BTreeMap<SiteName, Unseen>,
    muted: BTreeSet<Subject>,
}

impl Observation {
    /// Something is wrong. Of several reasons for one incident the worst counts, the first of those that are as bad.
    pub fn add_wrong(&mut self, subject: Subject, observed: Observed) {
        let worse = !matches!(self.answers.get(&subject), Some(Answer::Wrong(before)) if before.severity >= observed.severity);
        if worse {
            self.answers.insert(subject, Answer::Wrong(observed));
        }
    }

    /// Gives the answer for a subject that nobody has called wrong; one that is wrong stays wrong.
    pub fn add_answer(&mut self, subject: Subject, answer: Answer) {
        if let Answer::Wrong(observed) = answer {
            return self.add_wrong(subject, observed);
        }
        if !matches!(self.answers.get(&subject), Some(Answer::Wrong(_))) {
            self.answers.insert(subject, answer);
        }
    }

    /// A site can't be seen: whatever is said to be well there, nobody knows it.
    pub fn hide_site(&mut self, site: SiteName, unseen: Unseen) {
        self.unseen.insert(site, unseen);
    }

    /// Why a site can't be seen, if it can't.
    pub fn site_unseen(&self, site: &SiteName) -> Option<&Unseen> {
        self.unseen.get(site)
    }

    /// Nobody is told of this subject while that lasts: a maintenance window covers it.
    pub fn mute(&mut self, subject: Subject) {
        self.muted.insert(subject);
    }

    /// Whether nobody is to be told of it now.
    pub fn is_muted(&self, subject: &Subject) -> bool {
        self.muted.contains(subject)
    }

    /// What is wrong, by subject.
    pub fn wrong(&self) -> impl Iterator<Item = (&Subject, &Observed)> {
        self.answers.iter().filter_map(|(subject, answer)| match answer {
            Answer::Wrong(observed) => Some((subject, observed)),
            Answer::Well | Answer::CantSay(_) => None,
        })
    }

    /// The answer for a subject: "well" only where somebody said so and its site can be seen.
    pub fn answer(&self, subject: &Subject) -> Answer {
        let given = self.answers.get(subject);
        if let Some(Answer::Wrong(observed)) = given {
            return Answer::Wrong(observed.clone());
        }
        if let Some(unseen) = self.unseen_site_of(subject) {
            return Answer::CantSay(unseen.clone());
        }
        given.cloned().unwrap_or_else(|| Answer::CantSay(Unseen { why: Clean::line("it was not looked at"), since: None }))
    }

    /// Why the site of a subject can't be seen, if it can't.
    pub(super) fn unseen_site_of(&self, subject: &Subject) -> Option<&Unseen> {
        subject.site().and_then(|site| self.unseen.get(site))
    }
}
