//! File systems that can't exchange two names: the old file is moved aside, looked at, and comes back when it is another.

use super::*;

fn replace(site: &Site, expected: &str, text: &str) -> Result<(), Failure> {
    let patch = patch("Order.st");
    let put = Put { patch: &patch, expected: Some(content(expected)), sha256: content(text), size: text.len() as u64 };
    let dir = site.root.folder(&patch).expect("folder");
    let mut temp = Temp::write(&dir, &site.source(text), &put, None)?;
    swap::replace(&dir, &mut temp, OsStr::new("Order.st"), content(expected))
}

#[test]
fn a_file_is_replaced_and_nothing_else_is_left() {
    let site = Site::new(&[("Order.st", "old")]);
    replace(&site, "old", "new").expect("replaced");
    site.holds(&[("Order.st", "new")]);
}

#[test]
fn a_file_that_was_edited_comes_back_and_one_that_is_gone_stays_gone() {
    let site = Site::new(&[("Order.st", "edited")]);
    assert_eq!(replace(&site, "old", "new"), Err(NOT_MET));
    site.holds(&[("Order.st", "edited")]);
    fs::remove_file(site.path("Order.st")).expect("removed");
    assert_eq!(replace(&site, "old", "new"), Err(NOT_MET));
    site.holds(&[]);
}

#[test]
fn a_folder_or_link_in_the_place_comes_back() {
    for (what, make) in OBSTACLES {
        let site = Site::new(&[]);
        make(&site.path("Order.st"));
        let before = fs::symlink_metadata(site.path("Order.st")).expect("there");
        assert_eq!(replace(&site, "old", "new"), Err(NOT_MET), "{what}");
        let after = fs::symlink_metadata(site.path("Order.st")).expect("still there");
        assert_eq!((before.file_type(), before.len()), (after.file_type(), after.len()), "{what}");
        assert_eq!(fs::read_dir(site.path("")).expect("listed").count(), 2, "{what}: only it and the marker");
    }
}
