//! The first look after a restart: what is remembered is said at once, of the rest nothing can be said yet, and nothing is gone.

use super::*;

fn below(report: &Report) -> Option<Obstacle> {
    listing(report).cant_say_below.get("").map(|unsaid| unsaid.why)
}

fn installed(site: &mut Site, name: &str, text: &str) {
    site.write(name, text);
    let meta = Meta::of(&File::open(site.path(name)).expect("file")).expect("meta");
    let fact = FileFact { sha256: ContentHash::of(text.as_bytes()), size: text.len() as u64, modified: meta.modified() };
    let at = site.at();
    site.scanner.installed(&"trading".parse().expect("app"), &name.parse().expect("name"), fact, meta, at);
}

#[test]
fn what_was_installed_right_before_a_restart_is_known_again_at_the_first_look() {
    let mut site = Site::new();
    site.restart(false);
    site.settled();
    installed(&mut site, "Order.st", "ours");
    site.restart(false);
    let report = site.look();
    assert_eq!((content(&report, "Order.st"), unsaid(&report), below(&report)), (of("ours"), 0, None));
}

#[test]
fn what_the_site_made_itself_is_known_again_too_and_what_changed_meanwhile_is_unsaid() {
    let mut site = Site::new();
    site.restart(false);
    site.write("own.st", "own");
    site.write("edited.st", "before");
    site.write("deleted.st", "x");
    site.settled();
    site.write("edited.st", "while the agent was down");
    std::fs::remove_file(site.path("deleted.st")).expect("removed");
    site.restart(false);
    let report = site.look();
    assert_eq!((content(&report, "own.st"), names(&report).len()), (of("own"), 1));
    assert_eq!(obstacle(&report, "edited.st"), Some(Obstacle::BeingWritten));
    assert_eq!(obstacle(&report, "deleted.st"), Some(Obstacle::JustGone));
    let report = site.later(2);
    assert_eq!(names(&report), ["edited.st", "own.st"]);
    assert_eq!(listing(&report).answer(&"deleted.st".parse().expect("name")), fieldpost_common::inventory::Answer::HasNot);
}

#[test]
fn after_the_state_folder_was_lost_nothing_is_gone_at_the_first_look() {
    let mut site = Site::new();
    site.restart(false);
    site.write("Order.st", "x");
    site.settled();
    site.restart(true);
    let report = site.look();
    assert_eq!((obstacle(&report, "Order.st"), below(&report)), (Some(Obstacle::BeingWritten), Some(Obstacle::FirstLook)));
    assert_eq!(report.look_again, Some(settle::SETTLE));
    let report = site.later(1);
    assert_eq!(below(&report), Some(Obstacle::FirstLook), "one second is too soon");
    let report = site.later(1);
    assert_eq!((content(&report, "Order.st"), below(&report)), (of("x"), None));
}

#[test]
fn a_directory_that_comes_later_has_its_own_first_look() {
    let mut site = Site::new();
    let (patches, away) = (site.path(""), site.dir.path().join("away"));
    std::fs::rename(&patches, &away).expect("not mounted yet");
    site.settled();
    std::fs::rename(&away, &patches).expect("mounted");
    assert_eq!(below(&site.later(60)), Some(Obstacle::FirstLook));
    assert_eq!(below(&site.later(2)), None);
}

#[test]
fn neither_a_clock_that_is_behind_nor_one_that_is_ahead_changes_what_is_said() {
    for years in [-60, 60] {
        let mut site = Site::new();
        site.restart(false);
        site.write("Order.st", "x");
        let wall = Timestamp::from_ms(1_800_000_000_000 + years * 31_556_952_000);
        let look = |site: &mut Site, mono| site.scanner.scan(&Markers::default(), At { mono: Duration::from_secs(mono), wall });
        assert_eq!(obstacle(&look(&mut site, 0), "Order.st"), Some(Obstacle::BeingWritten));
        assert_eq!(content(&look(&mut site, 2), "Order.st"), of("x"));
        site.restart(false);
        assert_eq!(content(&look(&mut site, 0), "Order.st"), of("x"), "also right after a restart");
    }
}

#[test]
fn a_directory_that_was_marked_while_the_agent_runs_is_read_without_a_restart() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    let app: AppName = "trading".parse().expect("app");
    let other = Markers([(app.clone(), "of another directory".to_owned())].into());
    let at = site.at();
    assert_eq!(listing(&site.scanner.scan(&other, at)).directory, Directory::OtherMarker);
    let marking = marker::mark(&site.path(""), &"acme".parse().expect("site"), &app).expect("marked");
    let (marker::Marking::New(id) | marker::Marking::Kept(id)) = marking;
    let marked = Markers([(app, id)].into());
    assert_eq!(listing(&site.scanner.scan(&marked, at)).directory, Directory::Present);
}
