//! Which files a scan opens.

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
fn a_file_that_the_agent_put_there_is_read_once_more_when_its_times_can_be_trusted() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    site.settled();
    let (application, patch) = ("trading".parse().expect("app"), "Order.st".parse().expect("name"));
    let meta = Meta::of(&File::open(site.path("Order.st")).expect("file")).expect("meta");
    let fact = FileFact { sha256: ContentHash::of(b"x"), size: 1, modified: meta.modified() };
    let at = site.at();
    site.scanner.installed(&application, &patch, fact, meta, at);
    let openings = Openings::of(&site, &["Order.st"]);
    let read: Vec<_> = [3, 5, 5]
        .into_iter()
        .map(|seconds| {
            assert_eq!(content(&site.later(seconds), "Order.st"), of("x"));
            openings.count()
        })
        .collect();
    assert_eq!(read, [1, 0, 0]);
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
