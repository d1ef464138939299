//! What a scan can't say: files that can't be read, never rest or were replaced by something else. None of them is ever gone.

use super::*;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

fn mode(site: &Site, name: &str, mode: u32) {
    std::fs::set_permissions(site.path(name), Permissions::from_mode(mode)).expect("mode");
}

fn since(report: &Report, name: &str) -> Timestamp {
    listing(report).cant_say[&name.parse().expect("name")].since
}

#[test]
fn a_changed_file_that_can_not_be_read_is_unsaid_since_its_change_and_is_not_what_it_was() {
    crate::as_user::drop_privileges();
    let mut site = Site::new();
    site.write("Order.st", "old");
    site.write("Other.st", "y");
    site.settled();
    site.write("Order.st", "changed");
    mode(&site, "Order.st", 0o000);
    let changed = LONG_AGO.plus(Duration::from_secs(5));
    for report in [site.later(3), site.later(2), site.later(600)] {
        assert_eq!((content(&report, "Order.st"), content(&report, "Other.st")), (None, of("y")));
        assert_eq!(since(&report, "Order.st"), changed);
        assert!(report.last_contents.contains(&ContentHash::of(b"old")), "what the server has of it is not forgotten");
    }
    let report = site.later(1);
    assert_eq!(obstacle(&report, "Order.st"), Some(Obstacle::NotPermitted));
    let [(name, reason)] = ignored(&report)[..] else { panic!("one: {:?}", ignored(&report)) };
    assert!(name == "Order.st" && reason.starts_with("unreadable: "), "{name} {reason}");
    mode(&site, "Order.st", 0o644);
    assert_eq!(content(&site.settled(), "Order.st"), of("changed"));
}

#[test]
fn a_file_that_can_not_be_read_at_the_first_look_is_unsaid_with_and_without_what_was_remembered() {
    crate::as_user::drop_privileges();
    let mut site = Site::new();
    site.restart(false);
    site.write("Order.st", "x");
    site.settled();
    mode(&site, "Order.st", 0o000);
    for state_is_lost in [false, true] {
        site.restart(state_is_lost);
        assert_eq!(obstacle(&site.look(), "Order.st"), Some(Obstacle::BeingWritten), "its mode was changed");
        assert_eq!(obstacle(&site.later(2), "Order.st"), Some(Obstacle::NotPermitted));
        assert_eq!(names(&site.later(60)), Vec::<&str>::new());
    }
}

#[test]
fn of_a_folder_that_can_not_be_read_nothing_is_said_to_be_gone() {
    crate::as_user::drop_privileges();
    let mut site = Site::new();
    std::fs::create_dir(site.path("sub")).expect("folder");
    site.write("sub/Order.st", "x");
    site.write("subway.st", "y");
    for state_is_lost in [false, true] {
        site.restart(state_is_lost);
        site.write("subway.st", "y");
        site.settled();
        mode(&site, "sub", 0o000);
        std::fs::remove_file(site.path("subway.st")).expect("removed");
        if state_is_lost {
            site.restart(true);
        }
        site.settled();
        let report = site.later(2);
        mode(&site, "sub", 0o755);
        let answer = |name: &str| format!("{:?}", listing(&report).answer(&name.parse().expect("name")));
        assert!(answer("sub/Order.st").contains("NotPermitted"), "{}", answer("sub/Order.st"));
        assert_eq!((answer("subway.st").as_str(), names(&report).len()), ("HasNot", 0), "what lies beside it is gone");
        assert_eq!(
            listing(&report).cant_say_below["sub/"].since,
            LONG_AGO.plus(Duration::from_secs(if state_is_lost { 0 } else { 2 }))
        );
    }
}

#[test]
fn a_file_that_never_rests_is_unsaid_since_it_began_and_the_answer_stays_the_same() {
    let mut site = Site::new();
    site.write("trace.st", "0");
    site.settled();
    site.write("trace.st", "1");
    let first = site.later(1).inventory;
    for second in 2..700 {
        site.write("trace.st", &"x".repeat(second % 90 + 3));
        assert_eq!(site.later(1).inventory, first, "nothing travels while nothing new can be said");
    }
    assert_eq!(since(&site.look(), "trace.st"), LONG_AGO.plus(Duration::from_secs(3)));
}

#[test]
fn a_patch_that_was_replaced_by_something_else_is_unsaid_and_never_gone() {
    type Replace = fn(&Path, &Path);
    let ways: [(Obstacle, Replace); 6] = [
        (Obstacle::Link, |path, other| {
            std::fs::remove_file(path).expect("removed");
            symlink(other, path).expect("link");
        }),
        (Obstacle::ManyNames, |path, other| std::fs::hard_link(path, other).expect("hard link")),
        (Obstacle::TooLarge, |path, _| std::fs::write(path, "x".repeat(1001)).expect("written")),
        (Obstacle::Folder, |path, _| {
            std::fs::remove_file(path).expect("removed");
            std::fs::create_dir(path).expect("folder");
        }),
        (Obstacle::Special, |path, _| {
            std::fs::remove_file(path).expect("removed");
            drop(std::os::unix::net::UnixListener::bind(path).expect("socket"));
        }),
        (Obstacle::OtherCase, |path, _| std::fs::write(path.with_file_name("ORDER.ST"), "y").expect("written")),
    ];
    for (why, replace) in ways {
        for state_is_lost in [false, true] {
            let mut site = Site::new();
            site.restart(false);
            site.write("Order.st", "x");
            site.settled();
            replace(&site.path("Order.st"), &site.dir.path().join("other"));
            if state_is_lost {
                site.restart(true);
            }
            site.look();
            for report in [site.later(2), site.later(60)] {
                let which = if why == Obstacle::OtherCase && !state_is_lost { "ORDER.ST" } else { "Order.st" };
                let expected = if why == Obstacle::Folder && state_is_lost { None } else { Some(why) };
                assert_eq!(obstacle(&report, which), expected, "state lost: {state_is_lost}");
            }
        }
    }
}

#[test]
fn a_name_that_the_config_ignores_by_now_is_unsaid_where_it_was_a_patch() {
    let mut site = Site::new();
    site.restart(false);
    std::fs::create_dir(site.path("old")).expect("folder");
    site.write("Order.st", "x");
    site.write("old/Order.st", "y");
    site.settled();
    let ignore = crate::config::Ignore::new(&["Order.st".to_owned(), "old".to_owned()]).expect("globs");
    site.config.applications[0].ignore = ignore;
    site.restart(false);
    let report = site.settled();
    for name in ["Order.st", "old/Order.st"] {
        assert_eq!(obstacle(&report, name), Some(Obstacle::Ignored), "{name}");
    }
    assert_eq!((names(&report).len(), ignored(&report).len()), (0, 0));
}
