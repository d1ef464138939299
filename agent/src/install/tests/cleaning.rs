//! What a crash leaves behind, and what becomes of it at the next start.

use super::*;
use crate::install::cleaning::{Cleaned, clean};

fn swapping(own: &str) -> String {
    format!("{}{}-12ab", super::temp::SWAPPING, content(own))
}

#[test]
fn unfinished_files_and_bytes_that_somebody_else_has_are_thrown_away() {
    let writing = format!("{}12ab", super::temp::WRITING);
    let site = Site::new(&[("Order.st", "new"), (&writing, "ne"), (&swapping("new"), "old"), (&swapping("other"), "other")]);
    let cleaned = clean(&site.root, &|sha256| *sha256 == content("old")).expect("cleaned");
    assert_eq!(cleaned, Cleaned { thrown_away: 3, kept: 0 });
    site.holds(&[("Order.st", "new")]);
}

#[test]
fn bytes_that_nobody_else_has_are_kept_under_a_name_that_people_see() {
    let left = format!("sub/{}", swapping("new"));
    let again = format!("sub/{}", swapping("newer"));
    let site = Site::new(&[("sub/Order.st", "new"), (&left, "only here"), (&again, "here too")]);
    assert_eq!(clean(&site.root, &|_| false).expect("cleaned"), Cleaned { thrown_away: 0, kept: 2 });
    let files = site.files();
    let kept: std::collections::BTreeSet<_> =
        files.iter().filter(|(name, _)| name.starts_with("sub/kept-")).map(|(_, text)| text.as_str()).collect();
    assert_eq!(kept, ["here too", "only here"].into());
    assert_eq!(files.len(), 3);
    assert_eq!(clean(&site.root, &|_| false).expect("cleaned"), Cleaned::default(), "once is enough");
}

#[test]
fn nothing_else_is_touched() {
    let files = [("Order.st", "x"), (".profile", "y"), ("fieldpost-tmp-new-1", "z"), ("a/b/c/d/e/f/g/h.st", "deep")];
    let site = Site::new(&files);
    symlink("Order.st", site.path("link")).expect("link");
    assert_eq!(clean(&site.root, &|_| false).expect("cleaned"), Cleaned::default());
    fs::remove_file(site.path("link")).expect("still there");
    site.holds(&files);
}
