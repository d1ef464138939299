//! Sites that are not heard of, all at once: the uplink, and the server's own absence.

use super::watching::{wait_worst, watched};
use fieldpost_tests::letterbox::Letterbox;
use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;

const QUICK: &str = "[poll]\nevery = \"1s\"\nwait = \"1s\"\n[silence]\ngrace = \"8s\"\n";

fn fleet() -> (World, Letterbox) {
    let (mut world, letterbox) = watched(QUICK);
    for site in ["borealis", "corvid"] {
        world.site(site, "7.7");
    }
    until_true("all three were here", || {
        let status = world.ada().json(&["status"]);
        status["sites"].as_array().is_some_and(|sites| sites.iter().all(|site| site["last_seen_s"].is_u64()))
    });
    (world, letterbox)
}

const FLEET: [&str; 3] = ["acme", "borealis", "corvid"];

fn kinds(world: &World, closed: bool) -> Vec<String> {
    let args: &[&str] = if closed { &["incidents", "--closed"] } else { &["incidents"] };
    let all = world.ada().json(args);
    all["incidents"].as_array().expect("a list").iter().map(|one| one["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn sites_that_fall_silent_together_are_one_incident_that_names_the_likely_cause() {
    let (mut world, letterbox) = fleet();
    for site in FLEET {
        world.kill_agent(site);
    }
    let status = until("the uplink is suspected", || {
        let status = world.ada().run(&["status", "--json"]).json();
        (status["incidents"][0]["kind"] == "uplink" && status["incidents"][0]["words"].as_str()?.starts_with("3 of 3"))
            .then_some(status)
    });
    let words = status["incidents"][0]["words"].as_str().expect("words");
    assert!(words.ends_with("the server or its uplink is the likely cause"), "{words}");
    until_true("the mail", || letterbox.subjects().iter().any(|subject| subject.contains("server: problem: 3 of 3 sites")));
    for site in FLEET {
        world.start_agent(site);
    }
    wait_worst(world.ada(), "ok");
    until_true("its end is mailed", || letterbox.subjects().iter().any(|subject| subject.contains("server: over: ")));
    assert!(kinds(&world, true).contains(&"uplink".to_owned()));
}

#[test]
fn a_server_that_was_down_longer_than_the_grace_blames_no_site_for_that() {
    let (mut world, letterbox) = fleet();
    for site in FLEET {
        world.kill_agent(site);
    }
    world.kill_server();
    // Longer than a poll and the grace together: without a grace of its own after the start, every site would be silent at once.
    std::thread::sleep(std::time::Duration::from_secs(11));
    world.start_server();
    for site in FLEET {
        world.start_agent(site);
    }
    until_true("all three were here again", || {
        let status = world.ada().json(&["status"]);
        status["sites"]
            .as_array()
            .is_some_and(|sites| sites.iter().all(|site| site["last_seen_s"].as_u64().is_some_and(|age| age < 2)))
    });
    assert_eq!((kinds(&world, false), kinds(&world, true)), (Vec::<String>::new(), Vec::new()));
    assert_eq!(letterbox.subjects(), Vec::<String>::new());
}
