//! Rows and columns in a few characters: first what calls for a person, then what is on its way, then what is well.

use crate::app::theme::Tone;
use fieldpost_common::grid::{Need, Summary};

/// The worst mark and how many call for a person, else how many can be sent or are on their way; nothing when all is well.
pub(crate) fn short(summary: &Summary) -> (Tone, String) {
    let words = match summary {
        Summary { someones: someones @ 1.., worst, .. } => format!("{}{someones}", worst.mark()),
        Summary { to_send: to_send @ 1.., .. } => format!("+{to_send}"),
        Summary { sending: sending @ 1.., .. } => format!("…{sending}"),
        _ => String::new(),
    };
    (tone(summary), words)
}

/// A whole row: the short form, then the rest.
pub(crate) fn full(summary: &Summary) -> Vec<(Tone, String)> {
    let called = (summary.someones > 0).then(|| short(summary));
    let rest = [(Tone::Good, "+", summary.to_send), (Tone::Busy, "…", summary.sending), (Tone::Faint, "=", summary.in_sync)];
    let rest = rest.into_iter().filter(|(_, _, count)| *count > 0).map(|(tone, mark, count)| (tone, format!("{mark}{count}")));
    let mut pieces = Vec::new();
    for piece in called.into_iter().chain(rest) {
        if !pieces.is_empty() {
            pieces.push((Tone::Plain, " ".to_owned()));
        }
        pieces.push(piece);
    }
    pieces
}

/// A column: nothing is known of it, or the short form.
pub(crate) fn column(summary: &Summary) -> (Tone, String) {
    if summary.worst == Need::Unknown { (Tone::Alarm, "?".to_owned()) } else { short(summary) }
}

fn tone(summary: &Summary) -> Tone {
    match summary.worst {
        _ if summary.problems > 0 => Tone::Alarm,
        Need::Take | Need::Retrieve => Tone::Accent,
        Need::Update | Need::Send => Tone::Good,
        _ => Tone::Busy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pieces: Vec<(Tone, String)>) -> String {
        pieces.into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn the_worst_is_said_first_and_what_is_well_last() {
        let summary = Summary { in_sync: 190, to_send: 3, sending: 2, someones: 5, problems: 1, worst: Need::Conflict };
        assert_eq!(short(&summary), (Tone::Alarm, "≠5".to_owned()));
        assert_eq!(words(full(&summary)), "≠5 +3 …2 =190");
    }

    #[test]
    fn a_row_in_which_all_is_well_takes_no_room_in_the_short_form() {
        let well = Summary { in_sync: 200, ..Summary::default() };
        assert_eq!(short(&well).1, "");
        assert_eq!(words(full(&well)), "=200");
        assert_eq!(short(&Summary { to_send: 7, worst: Need::Send, ..well }), (Tone::Good, "+7".to_owned()));
    }

    #[test]
    fn a_column_of_which_nothing_is_known_says_so_and_not_how_many_rows_it_has() {
        assert_eq!(column(&Summary { worst: Need::Unknown, ..Summary::default() }).1, "?");
    }
}
