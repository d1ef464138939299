//! Rows and columns in a few characters: first what calls for a person, then what is on its way, then what is well.

use crate::app::theme::Tone;
use fieldpost_common::grid::{Need, Summary};

/// The most urgent sign and how many cells bear it, else how many can be sent or are on their way; nothing when all is well.
pub(crate) fn short(summary: &Summary) -> (Tone, String) {
    let words = match summary {
        _ if summary.someones() > 0 => sign(summary, summary.worst),
        Summary { unsaid: unsaid @ 1.., .. } => return (Tone::Alarm, format!("?{unsaid}")),
        Summary { to_send: to_send @ 1.., .. } => format!("+{to_send}"),
        Summary { sending: sending @ 1.., .. } => format!("…{sending}"),
        _ => String::new(),
    };
    (tone(summary.worst), words)
}

/// A whole row: every sign with its own count, the most urgent first; what has no room in so many cells is left out, and its number with it.
pub(crate) fn full(summary: &Summary, room: usize) -> Vec<(Tone, String)> {
    let called = Need::SOMEONES.into_iter().filter(|need| summary.calling(*need) > 0);
    let called = called.map(|need| (tone(need), sign(summary, need)));
    let unsaid = (Tone::Alarm, "?", summary.unsaid);
    let rest =
        [unsaid, (Tone::Good, "+", summary.to_send), (Tone::Busy, "…", summary.sending), (Tone::Faint, "=", summary.in_sync)];
    let rest = rest.into_iter().filter(|(_, _, count)| *count > 0).map(|(tone, mark, count)| (tone, format!("{mark}{count}")));
    let (mut pieces, mut taken) = (Vec::new(), 0);
    for (tone, words) in called.chain(rest) {
        let wide = words.chars().count() + usize::from(taken > 0);
        if taken + wide > room {
            break;
        }
        if taken > 0 {
            pieces.push((Tone::Plain, " ".to_owned()));
        }
        taken += wide;
        pieces.push((tone, words));
    }
    pieces
}

fn sign(summary: &Summary, need: Need) -> String {
    format!("{}{}", need.mark(), summary.calling(need))
}

/// A column: nothing is known of it, or the short form.
pub(crate) fn column(summary: &Summary) -> (Tone, String) {
    if summary.worst == Need::Unknown { (Tone::Alarm, "?".to_owned()) } else { short(summary) }
}

fn tone(need: Need) -> Tone {
    match need {
        Need::Blocked | Need::Conflict | Need::Lost => Tone::Alarm,
        Need::Take | Need::Retrieve => Tone::Accent,
        Need::Update | Need::Send => Tone::Good,
        Need::Unknown | Need::Nothing => Tone::Busy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pieces: Vec<(Tone, String)>) -> String {
        pieces.into_iter().map(|(_, words)| words).collect()
    }

    fn busy() -> Summary {
        let summary = Summary { in_sync: 190, to_send: 3, sending: 2, ..Summary::default() };
        summary.with(Need::Conflict, 1).with(Need::Update, 7).with(Need::Blocked, 3)
    }

    #[test]
    fn a_number_counts_only_the_cells_with_the_sign_before_it() {
        assert_eq!(short(&busy()), (Tone::Alarm, "!3".to_owned()));
        assert_eq!(words(full(&busy(), 40)), "!3 ≠1 >7 +3 …2 =190");
        let conflict = Summary::default().with(Need::Conflict, 1).with(Need::Update, 7);
        assert_eq!(short(&conflict).1, "≠1");
    }

    #[test]
    fn a_number_that_has_no_room_is_left_out_and_never_cut() {
        assert_eq!(words(full(&busy(), 18)), "!3 ≠1 >7 +3 …2");
        assert_eq!(words(full(&busy(), 19)), "!3 ≠1 >7 +3 …2 =190");
        assert_eq!(words(full(&busy(), 4)), "!3");
    }

    #[test]
    fn files_of_which_nothing_can_be_said_are_counted_by_their_own_sign() {
        let unsaid = Summary { unsaid: 4, ..busy() };
        assert_eq!(words(full(&unsaid, 40)), "!3 ≠1 >7 ?4 +3 …2 =190");
        assert_eq!(column(&Summary { in_sync: 9, unsaid: 4, ..Summary::default() }), (Tone::Alarm, "?4".to_owned()));
    }

    #[test]
    fn a_row_in_which_all_is_well_takes_no_room_in_the_short_form() {
        let well = Summary { in_sync: 200, ..Summary::default() };
        assert_eq!(short(&well).1, "");
        assert_eq!(words(full(&well, 20)), "=200");
        assert_eq!(short(&Summary { to_send: 7, worst: Need::Send, ..well }), (Tone::Good, "+7".to_owned()));
    }

    #[test]
    fn a_column_of_which_nothing_is_known_says_so_and_not_how_many_rows_it_has() {
        assert_eq!(column(&Summary { worst: Need::Unknown, ..Summary::default() }).1, "?");
    }
}
