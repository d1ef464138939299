//! Somebody who may write where walkbacks lie puts links there: nothing outside leaves the site or is touched.

use super::*;
use crate::guarded_path::tests::Racer;
use std::os::unix::fs::symlink;

const FILES: usize = 60;

/// A folder of somebody else, which has files of the same names.
fn fill(site: &Site) -> PathBuf {
    let outside = site.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    for at in 0..FILES {
        site.write(&format!("{at:03}.log"), format!("mine {at}\n"));
        fs::write(outside.join(format!("{at:03}.log")), format!("secret {at}\n")).unwrap();
    }
    outside
}

fn is_untouched(outside: &Path) {
    let mut left: Vec<_> = fs::read_dir(outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left.len(), FILES, "nothing came and nothing went: {left:?}");
    for at in 0..FILES {
        assert_eq!(fs::read_to_string(outside.join(format!("{at:03}.log"))).unwrap(), format!("secret {at}\n"));
    }
}

/// Looks and sends for a while; gives what was sent. What can't be cleared away in between is told, and no more.
fn go_on(site: &mut Site, turns: usize) -> String {
    let mut sent = String::new();
    for _ in 0..turns {
        site.mono += SETTLE;
        site.collector.look(site.mono);
        while let Some((outgoing, batch)) = site.next() {
            site.collector.sent(&outgoing);
            sent.extend(texts(&batch.pieces).into_iter().map(|(_, _, text)| text));
        }
    }
    sent
}

#[test]
fn a_walkback_directory_that_becomes_a_link_is_not_read_and_nothing_behind_it_is_deleted() {
    let mut site = Site::new("walkbacks_sent = \"delete\"");
    let outside = fill(&site);
    site.settle();
    let crashes = site.folder.path().join("crashes");
    fs::rename(&crashes, site.folder.path().join("aside")).unwrap();
    symlink(&outside, &crashes).unwrap();
    let looked = site.settle();
    assert!(looked.obstacles.iter().any(|one| one.words.contains("is a link, and links are not followed")), "{looked:?}");
    let (outgoing, _) = site.batch();
    let troubles = site.collector.sent(&outgoing);
    assert!(troubles[0].contains("can't be cleared away"), "{troubles:?}");
    is_untouched(&outside);
}

#[test]
fn however_a_directory_and_a_link_are_swapped_nothing_outside_is_sent_deleted_or_moved() {
    for sent in ["walkbacks_sent = \"delete\"", "walkbacks_sent = { move = \"FOLDER/done\" }"] {
        let mut site = Site::new(sent);
        let outside = fill(&site);
        let (crashes, trap) = (site.folder.path().join("crashes"), site.folder.path().join("trap"));
        symlink(&outside, &trap).unwrap();
        let racer = Racer::swap(crashes, trap);
        let went = go_on(&mut site, 40);
        assert!(racer.end() > 0);
        assert!(!went.contains("secret"), "{went}");
        is_untouched(&outside);
        let done = site.folder.path().join("done");
        for entry in fs::read_dir(done).into_iter().flatten() {
            assert!(fs::read_to_string(entry.unwrap().path()).unwrap().starts_with("mine"));
        }
    }
}

#[test]
fn however_a_file_and_a_link_are_swapped_nothing_outside_is_sent_or_touched() {
    let mut site = Site::new("walkbacks_sent = { move = \"FOLDER/done\" }");
    let outside = fill(&site);
    let crashes = site.folder.path().join("crashes");
    symlink(outside.join("000.log"), crashes.join("trap.log")).unwrap();
    let racer = Racer::swap(crashes.join("000.log"), crashes.join("trap.log"));
    let went = go_on(&mut site, 40);
    racer.end();
    assert!(!went.contains("secret"), "{went}");
    is_untouched(&outside);
}

#[test]
fn however_the_folder_for_sent_ones_and_a_link_are_swapped_nothing_lands_outside() {
    let mut site = Site::new("walkbacks_sent = { move = \"FOLDER/done/here\" }");
    let outside = fill(&site);
    let (done, trap) = (site.folder.path().join("done"), site.folder.path().join("trap"));
    fs::create_dir(&done).unwrap();
    symlink(&outside, &trap).unwrap();
    let racer = Racer::swap(done, trap);
    go_on(&mut site, 40);
    assert!(racer.end() > 0);
    is_untouched(&outside);
}
