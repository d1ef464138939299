//! What people say about a revision against what was read out of it, and what counts then. A file is never altered.

use crate::api::StampInfo;
use crate::id::UserName;
use crate::issue::Issue;
use crate::stamp::When;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// The most characters of an author's name.
const MAX_AUTHOR: usize = 100;

/// What a person says about one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field<T> {
    /// What was read counts again.
    AsRead,
    /// There is none, whatever was read.
    Nothing,
    /// It is this.
    Is(T),
}

/// A correction of one field that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction<T> {
    /// What it is; none: there is none.
    pub value: Option<T>,
    /// Who says so.
    pub by: UserName,
    /// Since when, by the server's clock.
    pub at: Timestamp,
}

/// All corrections of one revision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrections {
    /// The author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Correction<String>>,
    /// The time of the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Correction<When>>,
    /// The tracker entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<Correction<Issue>>,
}

impl Corrections {
    /// Whether everything counts as it was read.
    pub fn is_empty(&self) -> bool {
        *self == Corrections::default()
    }
}

/// What counts: who, when and why, after corrections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// The author.
    pub author: Option<String>,
    /// Who the author's initials belong to, by the application's table.
    pub person: Option<String>,
    /// The time of the change.
    pub changed_at: Option<When>,
    /// The tracker entry.
    pub issue: Option<Issue>,
    /// Whether a date of the file can be read two ways and nobody has said which.
    pub ambiguous: bool,
}

/// A correction wins over what was read, field by field.
pub fn effective(
    read: Option<&StampInfo>,
    issue: Option<&Issue>,
    corrections: &Corrections,
    people: &BTreeMap<String, String>,
) -> Effective {
    let author = counts(corrections.author.as_ref(), read.and_then(|read| read.author.clone()));
    Effective {
        person: author.as_ref().and_then(|author| people.get(author)).cloned(),
        author,
        changed_at: counts(corrections.changed_at.as_ref(), read.and_then(|read| read.changed_at)),
        issue: counts(corrections.issue.as_ref(), issue.cloned()),
        ambiguous: corrections.changed_at.is_none() && read.is_some_and(|read| read.ambiguous),
    }
}

fn counts<T: Clone>(correction: Option<&Correction<T>>, read: Option<T>) -> Option<T> {
    correction.map_or(read, |correction| correction.value.clone())
}

impl<T: Clone + PartialEq> Field<T> {
    /// The correction that stands once this was said; one that says nothing new stays as it was.
    pub fn over(&self, before: Option<Correction<T>>, by: &UserName, at: Timestamp) -> Option<Correction<T>> {
        let value = match self {
            Field::AsRead => return None,
            Field::Nothing => None,
            Field::Is(value) => Some(value.clone()),
        };
        match before {
            Some(before) if before.value == value => Some(before),
            _ => Some(Correction { value, by: by.clone(), at }),
        }
    }
}

/// What changed, for the audit: `author: bn → Bob; time: nothing → 2011-04-08, as read`. Empty when nothing did.
pub fn change(before: (&Effective, &Corrections), after: (&Effective, &Corrections)) -> String {
    let ((was, old), (is, new)) = (before, after);
    let words = [
        (old.author != new.author).then(|| field("author", was.author.as_ref(), is.author.as_ref(), new.author.is_none())),
        (old.changed_at != new.changed_at)
            .then(|| field("time", was.changed_at.as_ref(), is.changed_at.as_ref(), new.changed_at.is_none())),
        (old.issue != new.issue).then(|| field("issue", was.issue.as_ref(), is.issue.as_ref(), new.issue.is_none())),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn field<T: Display>(name: &str, was: Option<&T>, is: Option<&T>, as_read: bool) -> String {
    let end = if as_read { ", as read" } else { "" };
    format!("{name}: {} → {}{end}", Or(was), Or(is))
}

/// A value, or the word for none.
struct Or<'a, T>(Option<&'a T>);

impl<T: Display> Display for Or<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("nothing"),
        }
    }
}

/// Whether a name can stand for an author: one line of 1 to 100 characters.
pub fn is_author(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= MAX_AUTHOR && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::{Hints, stamp_with};

    const FILE: &[u8] = b"!A methodsFor: 'x' stamp: 'bn 4/8/2011 13:02'!\na\n\t^1! !\n";

    fn read() -> StampInfo {
        StampInfo::of(&stamp_with(FILE, "a.st", &Hints::default()).expect("a stamp"))
    }

    fn by<T>(value: Option<T>) -> Correction<T> {
        Correction { value, by: "ada".parse().expect("a name"), at: Timestamp::from_ms(5) }
    }

    fn with(corrections: &Corrections) -> Effective {
        let people = [("bn".to_owned(), "Bob Nilsson".to_owned()), ("ml".to_owned(), "Mia Lind".to_owned())].into();
        effective(Some(&read()), Some(&"4711".parse().expect("an issue")), corrections, &people)
    }

    #[test]
    fn without_corrections_what_was_read_counts() {
        let is = with(&Corrections::default());
        assert_eq!((is.author.as_deref(), is.person.as_deref()), (Some("bn"), Some("Bob Nilsson")));
        assert_eq!(is.changed_at.expect("a time").to_string(), "2011-04-08T13:02:00");
        assert_eq!(is.issue.expect("an issue").as_str(), "4711");
    }

    #[test]
    fn a_corrected_field_wins_and_leaves_the_others_as_they_were_read() {
        let is = with(&Corrections { author: Some(by(Some("ml".to_owned()))), ..Corrections::default() });
        assert_eq!((is.author.as_deref(), is.person.as_deref()), (Some("ml"), Some("Mia Lind")));
        assert_eq!((is.changed_at, is.issue), (with(&Corrections::default()).changed_at, with(&Corrections::default()).issue));
    }

    #[test]
    fn a_field_can_be_said_to_be_empty_whatever_was_read() {
        let is = with(&Corrections { author: Some(by(None)), changed_at: Some(by(None)), issue: Some(by(None)) });
        assert_eq!(is, Effective::default());
    }

    #[test]
    fn a_file_that_says_nothing_can_be_given_everything() {
        let time = "2011-04-08".parse().ok();
        let corrections = Corrections {
            author: Some(by(Some("bn".to_owned()))),
            changed_at: Some(by(time)),
            issue: Some(by("7".parse().ok())),
        };
        let is = effective(None, None, &corrections, &BTreeMap::new());
        assert_eq!(
            (is.author.as_deref(), is.changed_at, is.issue.map(|issue| issue.to_string())),
            (Some("bn"), time, Some("7".into()))
        );
    }

    #[test]
    fn a_date_is_ambiguous_until_somebody_says_the_time() {
        let mut read = read();
        read.ambiguous = true;
        let ambiguous = |corrections: &Corrections| effective(Some(&read), None, corrections, &BTreeMap::new()).ambiguous;
        assert!(ambiguous(&Corrections::default()));
        assert!(ambiguous(&Corrections { author: Some(by(None)), ..Corrections::default() }), "the author says nothing about it");
        assert!(!ambiguous(&Corrections { changed_at: Some(by("2011-04-08".parse().ok())), ..Corrections::default() }));
    }

    #[test]
    fn a_correction_said_twice_stays_the_first_ones_and_can_be_taken_back() {
        let bea = "bea".parse().expect("a name");
        let first = Some(by(Some("ml".to_owned())));
        let later = Timestamp::from_ms(9);
        assert_eq!(Field::Is("ml".to_owned()).over(first.clone(), &bea, later), first);
        let other = Field::Nothing.over(first.clone(), &bea, later).expect("a correction");
        assert_eq!((other.value, other.by, other.at), (None, bea.clone(), later));
        assert_eq!(Field::AsRead.over(first, &bea, later), None);
    }

    #[test]
    fn the_audit_hears_old_and_new_of_what_changed_alone() {
        let none = Corrections::default();
        let some = Corrections { author: Some(by(Some("ml".to_owned()))), issue: Some(by(None)), ..none.clone() };
        let (was, is) = (with(&none), with(&some));
        assert_eq!(change((&was, &none), (&is, &some)), "author: bn → ml; issue: 4711 → nothing");
        assert_eq!(change((&is, &some), (&was, &none)), "author: ml → bn, as read; issue: nothing → 4711, as read");
        assert_eq!(change((&was, &none), (&was, &none)), "");
    }

    #[test]
    fn an_author_is_one_short_line() {
        assert!(is_author("bn") && is_author("Bob Nilsson") && is_author(&"ö".repeat(100)));
        for bad in ["", "  ", "a\nb", "\x1b[2J", &"x".repeat(101)] {
            assert!(!is_author(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_field_reads_as_a_word_or_a_value() {
        let json = serde_json::json!(["as_read", "nothing", { "is": "bn" }]);
        let fields: [Field<String>; 3] = serde_json::from_value(json).expect("fields");
        assert_eq!(fields, [Field::AsRead, Field::Nothing, Field::Is("bn".to_owned())]);
    }
}
