//! Somebody changes the file between the last check and the swap.

use super::*;

/// Saves other bytes.
type Edit = fn(&Site);

/// How people save.
const EDITS: [(&str, Edit); 2] = [
    ("written in place", |site| site.write("Order.st", "edited")),
    ("replaced by an editor", |site| site.replace("Order.st", "edited")),
];

#[test]
fn an_edit_that_lands_between_check_and_swap_is_never_lost() {
    for (how, edit) in EDITS {
        let site = Site::new(&[("Order.st", "old")]);
        assert_eq!(site.put_while("Order.st", Some("old"), "new", &|| edit(&site)), Err(NOT_MET), "{how}");
        site.holds(&[("Order.st", "edited")]);
        let site = Site::new(&[("Order.st", "old")]);
        assert_eq!(site.remove_while("Order.st", "old", &|| edit(&site)), Err(NOT_MET), "{how}");
        site.holds(&[("Order.st", "edited")]);
    }
}

#[test]
fn a_file_that_goes_away_meanwhile_is_not_brought_back() {
    let site = Site::new(&[("Order.st", "old")]);
    let gone = || fs::remove_file(site.path("Order.st")).expect("removed");
    assert_eq!(site.put_while("Order.st", Some("old"), "new", &gone), Err(NOT_MET));
    site.holds(&[]);
    site.write("Order.st", "old");
    assert_eq!(site.remove_while("Order.st", "old", &gone), Err(NOT_MET));
    site.holds(&[]);
}

#[test]
fn a_new_file_that_appears_meanwhile_is_not_overwritten() {
    let site = Site::new(&[]);
    assert_eq!(site.put_while("Order.st", None, "new", &|| site.write("Order.st", "theirs")), Err(NOT_MET));
    site.holds(&[("Order.st", "theirs")]);
}

#[test]
fn a_link_pipe_or_folder_that_takes_the_place_meanwhile_stays() {
    for (what, make) in OBSTACLES {
        for removal in [false, true] {
            let site = Site::new(&[("Order.st", "old")]);
            let swap = || {
                fs::remove_file(site.path("Order.st")).expect("removed");
                make(&site.path("Order.st"));
            };
            let end = if removal {
                site.remove_while("Order.st", "old", &swap)
            } else {
                site.put_while("Order.st", Some("old"), "new", &swap).map(|_| ())
            };
            assert_eq!(end, Err(NOT_MET), "{what}");
            assert!(!fs::symlink_metadata(site.path("Order.st")).expect("still there").is_file(), "{what}");
            assert_eq!(fs::read_dir(site.path("")).expect("listed").count(), 2, "{what}: only it and the marker");
        }
    }
}

#[test]
fn a_file_that_is_saved_again_with_the_same_bytes_meanwhile_may_be_replaced() {
    let site = Site::new(&[("Order.st", "old")]);
    site.put_while("Order.st", Some("old"), "new", &|| site.replace("Order.st", "old")).expect("put");
    site.holds(&[("Order.st", "new")]);
}
