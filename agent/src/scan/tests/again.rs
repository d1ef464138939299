//! Which files a scan opens, and what it says of those that it can't.

use super::*;
use rustix::fs::inotify;
use std::fs::Permissions;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;

/// Hears who opens files in the patch directory.
struct Openings(OwnedFd);

impl Openings {
    fn of(site: &Site, names: &[&str]) -> Self {
        let heard = inotify::init(inotify::CreateFlags::NONBLOCK).expect("inotify");
        for name in names {
            inotify::add_watch(&heard, site.path(name), inotify::WatchFlags::OPEN).expect("watched");
        }
        Self(heard)
    }

    /// How often files were opened since the last call.
    fn count(&self) -> usize {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.0, &mut buffer);
        std::iter::from_fn(|| reader.next().ok().map(|event| event.wd())).count()
    }
}

fn wall(site: &Site, name: &str) -> Timestamp {
    Meta::of(&File::open(site.path(name)).expect("open")).expect("meta").modified()
}

#[test]
fn only_files_that_changed_are_read_again() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    site.write("Other.st", "y");
    site.settled();
    let (order, other) = (Openings::of(&site, &["Order.st"]), Openings::of(&site, &["Other.st"]));
    for _ in 0..5 {
        site.later(60);
    }
    assert_eq!((order.count(), other.count()), (0, 0));
    site.write("Order.st", "longer");
    assert_eq!(order.count(), 1, "the test's own write is heard");
    site.later(2);
    assert_eq!(content(&site.later(2), "Order.st"), of("longer"));
    assert_eq!((order.count(), other.count()), (1, 0));
}

#[test]
fn a_file_that_was_read_right_after_a_write_is_read_once_more_when_its_times_can_be_trusted() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    let written = wall(&site, "Order.st");
    let scan =
        |site: &mut Site, seconds| site.scanner.scan(Duration::from_secs(seconds), written.plus(Duration::from_secs(seconds)));
    scan(&mut site, 0);
    // The site's date stands still for a moment: by it the file is as young as before.
    site.scanner.scan(Duration::from_secs(2), written);
    let openings = Openings::of(&site, &["Order.st"]);
    let read: Vec<_> = [5, 10, 15]
        .into_iter()
        .map(|seconds| {
            scan(&mut site, seconds);
            openings.count()
        })
        .collect();
    assert_eq!(read, [1, 0, 0]);
}

#[test]
fn files_that_were_left_alone_for_long_count_at_the_first_look_and_new_ones_later_do_not() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    let later = wall(&site, "Order.st").plus(Duration::from_mins(2));
    let report = site.scanner.scan(Duration::ZERO, later);
    assert_eq!((content(&report, "Order.st"), report.look_again), (of("x"), None));
    site.write("Moved.st", "y");
    let report = site.scanner.scan(Duration::from_secs(1), later);
    assert_eq!(content(&report, "Moved.st"), None, "it may still be being copied");
}

#[test]
fn a_file_that_can_not_be_read_keeps_its_former_fact_and_is_named() {
    crate::as_user::drop_privileges();
    let mut site = Site::new();
    site.write("Order.st", "old");
    site.write("Other.st", "y");
    site.settled();
    site.write("Order.st", "changed");
    std::fs::set_permissions(site.path("Order.st"), Permissions::from_mode(0o000)).expect("mode");
    let report = site.settled();
    assert_eq!((content(&report, "Order.st"), content(&report, "Other.st")), (of("old"), of("y")));
    let [(name, reason)] = ignored(&report)[..] else { panic!("one: {:?}", ignored(&report)) };
    assert!(name == "Order.st" && reason.starts_with("unreadable: "), "{name} {reason}");
    std::fs::set_permissions(site.path("Order.st"), Permissions::from_mode(0o644)).expect("mode");
    assert_eq!(content(&site.settled(), "Order.st"), of("changed"));
}

#[test]
fn of_a_folder_that_can_not_be_read_nothing_is_said_to_be_gone() {
    crate::as_user::drop_privileges();
    let mut site = Site::new();
    std::fs::create_dir(site.path("sub")).expect("folder");
    site.write("sub/Order.st", "x");
    site.write("subway.st", "y");
    site.settled();
    std::fs::set_permissions(site.path("sub"), Permissions::from_mode(0o000)).expect("mode");
    std::fs::remove_file(site.path("subway.st")).expect("removed");
    let report = site.settled();
    std::fs::set_permissions(site.path("sub"), Permissions::from_mode(0o755)).expect("mode");
    assert_eq!(names(&report), ["sub/Order.st"], "what lies beside it is gone");
    assert_eq!(ignored(&report).len(), 1);
}

#[test]
fn a_directory_that_the_system_does_not_let_the_agent_read_is_told_as_such() {
    crate::as_user::drop_privileges();
    let mut site = Site::new();
    site.write("Order.st", "x");
    site.settled();
    std::fs::set_permissions(site.path(""), Permissions::from_mode(0o000)).expect("mode");
    let directory = listing(&site.later(5)).directory;
    std::fs::set_permissions(site.path(""), Permissions::from_mode(0o755)).expect("mode");
    assert_eq!(directory, Directory::Unreadable);
    assert_eq!(names(&site.later(5)), ["Order.st"]);
}
