//! How the publications of a patch follow each other for one version: a later one supersedes the one before it, or takes it back.

use crate::hash::ContentHash;
use serde::{Deserialize, Serialize};

/// One change of what is current for a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is current from then on; `None`: nothing is.
    pub sha256: Option<ContentHash>,
    /// It undoes the step right before it: what was current before that step is current again.
    pub takes_back: bool,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It holds: it is current, or was superseded.
    Stands,
    /// Its content was taken off the table.
    TakenOff,
    /// It was undone, as if it had never been made.
    TakenBack,
}

/// The step whose content is current after the step at `at`: itself, or the older one that it makes current again.
pub fn entry(steps: &[Step], mut at: usize) -> usize {
    while steps[at].takes_back && at >= 2 {
        at -= 2;
    }
    at
}

/// Whether a step that makes `sha256` current can undo the last of these steps.
pub fn can_take_back(steps: &[Step], sha256: Option<ContentHash>) -> bool {
    let before = steps.len().checked_sub(2).and_then(|before| steps[before].sha256);
    !steps.is_empty() && before == sha256
}

/// What became of each step. A step that was undone has no effect on the one before it, so that undoing an undo brings everything back.
pub fn fates(steps: &[Step]) -> Vec<Fate> {
    let mut fates = vec![Fate::Stands; steps.len()];
    for at in (1..steps.len()).rev() {
        match (fates[at], steps[at]) {
            (Fate::TakenBack, _) => {}
            (_, Step { takes_back: true, .. }) => fates[at - 1] = Fate::TakenBack,
            (_, Step { sha256: None, .. }) => fates[entry(steps, at - 1)] = Fate::TakenOff,
            _ => {}
        }
    }
    fates
}

/// The contents of the publications that stand, oldest first.
pub fn standing(steps: &[Step]) -> Vec<ContentHash> {
    let all = steps.iter().zip(fates(steps));
    all.filter(|(step, fate)| !step.takes_back && *fate == Fate::Stands).filter_map(|(step, _)| step.sha256).collect()
}

/// Out of what stands, oldest first: what the current content superseded, and what was published after it, when it is an older one that was
/// published again. A content is as old as its first publication.
pub fn around(standing: &[ContentHash], current: Option<ContentHash>) -> (Vec<ContentHash>, Vec<ContentHash>) {
    let (mut earlier, mut newer, mut passed) = (Vec::new(), Vec::new(), false);
    for content in standing {
        if Some(*content) == current {
            passed = true;
        } else if !earlier.contains(content) && !newer.contains(content) {
            if passed { newer.push(*content) } else { earlier.push(*content) }
        }
    }
    (earlier, newer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> ContentHash {
        ContentHash::of(text.as_bytes())
    }

    /// `p`: published; `-`: taken off; `<p`: the step before is undone and `p` is current again; `<-`: and nothing is.
    fn steps(words: &str) -> Vec<Step> {
        let step = |word: &str| {
            let (takes_back, word) = word.strip_prefix('<').map_or((false, word), |rest| (true, rest));
            Step { sha256: (word != "-").then(|| content(word)), takes_back }
        };
        words.split_whitespace().map(step).collect()
    }

    fn shown(words: &str) -> String {
        let letter = |fate| match fate {
            Fate::Stands => 's',
            Fate::TakenOff => 'o',
            Fate::TakenBack => 'b',
        };
        fates(&steps(words)).into_iter().map(letter).collect()
    }

    #[test]
    fn what_is_superseded_stands_and_what_is_undone_does_not() {
        assert_eq!(shown("p s q"), "sss");
        assert_eq!(shown("p s <p"), "sbs");
        assert_eq!(shown("s <-"), "bs");
        assert_eq!(shown("p s -"), "sos");
    }

    #[test]
    fn an_undo_that_is_undone_brings_back_what_it_took() {
        assert_eq!(shown("p s <p <s"), "ssbs");
        assert_eq!(shown("p s <p <s <p"), "sbsbs");
        assert_eq!(shown("p - <p"), "sbs");
        assert_eq!(shown("p s <p -"), "obss", "what is taken off is what the undo had made current again");
    }

    #[test]
    fn only_what_was_current_before_the_last_step_undoes_it() {
        let is = |words, sha256: Option<&str>| can_take_back(&steps(words), sha256.map(content));
        assert!(is("p s", Some("p")) && is("s", None) && is("p -", Some("p")));
        assert!(!is("p s", Some("q")) && !is("p s", None) && !is("", None));
    }

    #[test]
    fn an_older_content_that_is_published_again_has_newer_ones_around_it() {
        let around = |words, current: &str| around(&standing(&steps(words)), Some(content(current)));
        assert_eq!(around("p q r", "r"), (vec![content("p"), content("q")], vec![]));
        assert_eq!(around("p q p", "p"), (vec![], vec![content("q")]));
        assert_eq!(around("p q <p", "p"), (vec![], vec![]), "what was undone is on neither side");
    }
}
