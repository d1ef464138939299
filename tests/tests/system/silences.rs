//! Sites that are not heard of, all at once: the uplink, and the server's own absence.

use super::watching::{SICK, WELL, feels, page, wait_worst, watched};
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
        let status = world.ada().run(&["status", "--json"]).json();
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
        // Until they are, nobody can say how they are: that is no problem of theirs, and not well either.
        let status = world.ada().run(&["status", "--json"]).json();
        status["sites"]
            .as_array()
            .is_some_and(|sites| sites.iter().all(|site| site["last_seen_s"].as_u64().is_some_and(|age| age < 2)))
    });
    assert_eq!((kinds(&world, false), kinds(&world, true)), (Vec::<String>::new(), Vec::new()));
    assert_eq!(letterbox.subjects(), Vec::<String>::new());
}

#[test]
fn a_site_that_falls_silent_keeps_its_problem_open_and_so_does_a_restart_until_the_site_is_back() {
    let (mut world, letterbox) = watched("[poll]\nevery = \"1s\"\nwait = \"1s\"\n[silence]\ngrace = \"2s\"\n");
    let badge = world.ada().json(&["badge"])["key"].as_str().expect("a key").to_owned();
    feels(&world, SICK);
    wait_worst(world.ada(), "problem");
    until_true("the problem is mailed", || letterbox.subjects().len() == 1);
    world.kill_agent("acme");
    until_true("acme is silent", || kinds(&world, false).contains(&"silent".to_owned()));
    let open = |world: &World| {
        let status = world.ada().run(&["status"]);
        assert_eq!(status.code, 3, "{}", status.out);
        assert!(kinds(world, false).contains(&"state_problem".to_owned()), "{}", status.out);
        assert_eq!(kinds(world, true), Vec::<String>::new(), "nothing is over");
        status.out
    };
    let shown = open(&world);
    assert!(shown.contains("✗ 2 problems") && shown.contains(", last seen "), "{shown}");
    assert!(page(&world, &format!("/badge/{badge}.svg")).contains("✗ 2 problems"));
    assert!(page(&world, &format!("/status/{badge}")).contains("last seen"));
    world.kill_server();
    world.start_server();
    open(&world);
    // Longer than a poll and the grace: the site's time is over anew, and it is the same silence.
    until_true("the server has listened long enough", || {
        let listed = world.ada().json(&["incidents"]);
        let silent = listed["incidents"].as_array().expect("a list").iter().find(|one| one["kind"] == "silent").cloned();
        silent.is_some_and(|silent| silent["returns"] == 0 && silent["last_seen"].is_string())
    });
    open(&world);
    let over = || letterbox.subjects().iter().any(|subject| subject.contains("over"));
    assert!(!over(), "{:?}", letterbox.subjects());
    feels(&world, WELL);
    world.start_agent("acme");
    wait_worst(world.ada(), "ok");
    until_true("now it is over", over);
}

#[test]
fn a_site_that_was_never_seen_is_not_well_and_says_so_at_once() {
    let world = World::start();
    world.ada().ok(&["site", "add", "omega", "--app", "trading=7.7"]);
    let status = world.ada().run(&["status"]).exits(3);
    assert!(status.out.starts_with("○ 1 site never seen") && !status.out.contains("ok"), "{}", status.out);
    assert_eq!(world.ada().run(&["status", "--json"]).json()["sites"][0]["verdict"], "never_seen");
    assert!(world.ada().ok(&["sites"]).out.contains("never seen"));
    #[expect(clippy::disallowed_methods, reason = "how long a person waits is what is tried")]
    let begun = std::time::Instant::now();
    for args in [&["logs", "omega", "main"][..], &["logs", "omega"], &["state", "omega"]] {
        let run = world.ada().run(args).exits(1);
        assert!(run.err.contains("never seen") && run.err.contains("site enrolment omega"), "{}", run.err);
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "it waits for nobody");
}
