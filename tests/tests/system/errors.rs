//! Crash reports on their way home: from a file at a site to a group of errors, and whether its fix was one.

use fieldpost_tests::cli::Cli;
use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;
use serde_json::Value;

/// A server, and sites whose agents look for walkbacks in `SITE-crashes`.
fn world(sites: &[&str]) -> World {
    let mut world = World::start();
    for site in sites {
        world.enroll(site, "7.7");
        let crashes = world.path().join(format!("{site}-crashes"));
        std::fs::create_dir(&crashes).expect("the folder");
        let more = format!("walkbacks = [{:?}]\nwalkbacks_mailed = [\"mailed/**\"]\n", crashes.display().to_string());
        world.configure_agent(site, &more);
        world.start_agent(site);
    }
    world
}

/// A walkback as Squeak writes it now, in another ledger each time.
fn walkback(ledger: usize, selector: &str) -> String {
    walkback_of(&jiff::ZonedDateTime::now(), ledger, selector)
}

/// A walkback as Squeak writes it at a moment.
fn walkback_of(at: &jiff::ZonedDateTime, ledger: usize, selector: &str) -> String {
    let at = at.strftime("%-d %B %Y %-I:%M:%S.%3f %P");
    format!(
        "MessageNotUnderstood: UndefinedObject>>{selector}\n{at}\n\nVM: unix - Smalltalk\n\
         Image: Squeak6.0 [latest update: #22104]\n\nUndefinedObject(Object)>>doesNotUnderstand: #{selector}\n\tReceiver: nil\n\n\
         Ledger>>close\n\tReceiver: a Ledger({ledger})\n\n--- The full stack ---\n\
         UndefinedObject(Object)>>doesNotUnderstand: #{selector}\nLedger>>close\nShop class>>main\n"
    )
}

fn crash(world: &World, site: &str, name: &str, text: &str) {
    world.file(&format!("{site}-crashes/{name}"), text);
}

/// A crash whose report is home when this returns: the agent looks at once, and not only at its next time for that.
fn crash_home(world: &World, site: &str, name: &str, text: &str) {
    crash(world, site, name, text);
    world.ada().ok(&["command", site, "walkbacks", "--app", "trading", "--wait"]);
}

fn groups(ada: &Cli) -> Vec<Value> {
    ada.json(&["errors"])["groups"].as_array().expect("groups").clone()
}

fn wait_group(ada: &Cli, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    until(what, || groups(ada).into_iter().find(|group| is(group)))
}

#[test]
fn a_walkback_that_was_written_at_a_site_is_a_group_of_errors_and_alerts_until_somebody_knows_it() {
    let world = world(&["acme"]);
    let ada = world.ada();
    crash(&world, "acme", "SqueakDebug.log", &walkback(5, "total"));
    crash(&world, "acme", "other.log", &walkback(6, "total"));
    crash(&world, "acme", "mailed/third.log", &walkback(7, "price"));
    let group = wait_group(ada, "both are counted", |group| group["count"] == 2);
    assert_eq!(group["state"], "new");
    assert_eq!(group["dialect"], "squeak");
    assert_eq!(group["exception"], "MessageNotUnderstood");
    assert_eq!(group["message"], "UndefinedObject>>total");
    assert_eq!(group["top_frame"], "Ledger>>close");
    assert_eq!(group["sites"], serde_json::json!(["acme"]));
    assert_eq!(group["versions"], serde_json::json!(["7.7"]));
    assert_eq!(group["weeks"][0]["count"], 2);
    assert!(group["issue"].is_null() && group["fixed_by"].is_null());
    wait_group(ada, "the mailed one is counted", |group| group["mailed"] == 1);
    let id = group["id"].to_string();
    // The one that was mailed alerts nobody.
    let status = until("an incident", || Some(ada.run(&["status", "--json"]).json()).filter(|s| s["incidents"][0].is_object()));
    assert_eq!(status["incidents"].as_array().map(Vec::len), Some(1), "{status}");
    assert_eq!(status["incidents"][0]["kind"], "new_error_group");
    let shown = ada.ok(&["errors", "show", &id]).out;
    assert!(shown.contains("Ledger>>close") && shown.contains("a Ledger(5)"), "{shown}");
    ada.ok(&["errors", "known", &id]);
    ada.ok(&["errors", "link", &id, "LEDGER-7"]);
    until_true("nothing is wrong", || ada.run(&["status", "--json"]).code == 0);
    let line = ada.ok(&["errors", "--state", "known"]).out;
    assert!(line.contains("LEDGER-7") && line.contains("2×"), "{line}");
    let export = ada.ok(&["errors", "export"]).out;
    assert_eq!(export.lines().count(), 2);
    assert!(
        export.lines().all(|line| serde_json::from_str::<Value>(line).is_ok_and(|view| view["walkbacks"][0]["text"].is_string()))
    );
}

#[test]
fn a_walkback_that_is_written_at_a_site_shows_in_the_app_and_one_key_leads_from_the_cell_to_it() {
    let mut world = world(&["acme"]);
    world.publish("Order.st", "one\n", "7.7");
    world.ada().ok(&["send", "Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait"]);
    let mut app = Terminal::start(world.ada(), &[], 30, 120, &[]);
    app.wait_text("Order.st");
    app.press("4");
    app.wait_text("No walkback has come home.");
    crash(&world, "acme", "SqueakDebug.log", &walkback(5, "total"));
    app.wait_for("the error", |screen| screen.contains("! new") && screen.contains("MessageNotUnderstood"));
    app.press("\r");
    app.wait_for("its page", |screen| screen.contains("Where it happens") && screen.contains("suspect: Order.st was installed"));
    app.press("A");
    app.wait_text("known");
    until_true("that is kept", || groups(world.ada())[0]["state"] == "known");
    app.press("1");
    app.wait_text("Order.st");
    app.press("e");
    app.wait_for("the errors since then", |screen| screen.contains("at acme since Order.st") && screen.contains("Ledger>>close"));
    app.press("\x1b");
    app.wait_for("the patches", |screen| screen.contains("Order.st") && !screen.contains("at acme since"));
    world.kill_server();
    app.press("4");
    app.wait_text("MessageNotUnderstood");
    world.start_server();
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn an_error_is_regressed_at_the_site_that_has_the_fix_and_nowhere_else() {
    let world = world(&["acme", "beta"]);
    let ada = world.ada();
    for site in ["acme", "beta"] {
        crash_home(&world, site, "1.log", &walkback(1, "total"));
    }
    let group = wait_group(ada, "both sites are counted", |group| group["count"] == 2);
    let id = group["id"].to_string();
    world.publish("Ledger.st", "the fix", "7.7");
    let fixed = ada.json(&["errors", "fixed", &id, "--by", "Ledger.st"]);
    assert_eq!((&fixed["state"], &fixed["fixed_by"]), (&"fixed".into(), &"Ledger.st".into()));
    ada.ok(&["send", "Ledger.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    crash_home(&world, "beta", "2.log", &walkback(2, "total"));
    let group = wait_group(ada, "beta's is counted", |group| group["count"] == 3);
    assert_eq!(group["state"], "fixed", "beta doesn't have the fix");
    crash_home(&world, "acme", "2.log", &walkback(3, "total"));
    let group = wait_group(ada, "acme's is counted", |group| group["count"] == 4);
    assert_eq!(group["state"], "regressed");
    assert_eq!(group["regressed_at"], serde_json::json!(["acme"]));
    let status = until("the incident", || {
        let status = ada.run(&["status", "--json"]).json();
        status["incidents"].as_array()?.iter().find(|one| one["kind"] == "regressed").cloned()
    });
    assert_eq!(status["site"], "acme");
    ada.ok(&["errors", "mute", &id]);
    until_true("a muted error alerts nobody", || ada.run(&["status", "--json"]).code == 0);
    ada.ok(&["errors", "unmute", &id]);
    assert_eq!(wait_group(ada, "it is there", |group| group["count"] == 4)["state"], "regressed");
}

#[test]
fn a_log_that_was_written_for_weeks_is_read_after_its_fix_and_does_not_bring_the_error_back() {
    let world = world(&["acme"]);
    let ada = world.ada();
    crash_home(&world, "acme", "1.log", &walkback(1, "total"));
    let group = wait_group(ada, "it is counted", |group| group["count"] == 1);
    let id = group["id"].to_string();
    world.publish("Ledger.st", "the fix", "7.7");
    ada.ok(&["errors", "fixed", &id, "--by", "Ledger.st"]);
    ada.ok(&["send", "Ledger.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    let ago = |days: i64| jiff::ZonedDateTime::now().saturating_sub(jiff::SignedDuration::from_hours(24 * days));
    let log = [(30, 3), (20, 4), (10, 5)].map(|(days, ledger)| walkback_of(&ago(days), ledger, "total")).concat();
    crash_home(&world, "acme", "old.log", &log);
    let group = wait_group(ada, "the log is counted", |group| group["count"] == 4);
    assert_eq!(group["state"], "fixed", "all of the log was written before the fix was there: {group}");
    assert_eq!(group["weeks"].as_array().map(Vec::len), Some(4), "{group}");
    crash_home(&world, "acme", "2.log", &walkback(2, "total"));
    assert_eq!(wait_group(ada, "one more is counted", |group| group["count"] == 5)["state"], "regressed");
}

#[test]
fn a_walkback_names_the_patch_that_was_installed_before_it() {
    let world = world(&["acme"]);
    let ada = world.ada();
    world.publish("Broken.st", "a mistake", "7.7");
    ada.ok(&["send", "Broken.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    crash(&world, "acme", "1.log", &walkback(1, "total"));
    let group = wait_group(ada, "it is counted", |group| group["count"] == 1);
    let view = ada.json(&["errors", "show", &group["id"].to_string()]);
    assert_eq!(view["at_sites"][0]["suspects"][0]["patch"], "Broken.st");
}

#[test]
fn walkbacks_that_were_written_while_the_server_was_away_come_home_once() {
    let mut world = world(&["acme"]);
    world.kill_server();
    for at in 0..30 {
        crash(&world, "acme", &format!("{at}.log"), &walkback(at, "total"));
    }
    until_true("all wait in the spool", || waiting(&world) == 30);
    world.kill_agent("acme");
    world.start_server();
    world.start_agent("acme");
    wait_group(world.ada(), "all are counted", |group| group["count"] == 30);
    world.kill_agent("acme");
    world.start_agent("acme");
    until_true("the spool is empty", || waiting(&world) == 0);
    assert_eq!(groups(world.ada())[0]["count"], 30);
}

/// How many pieces wait at acme.
fn waiting(world: &World) -> usize {
    let config = std::fs::read_to_string(world.path().join("acme.toml")).expect("the config");
    let folder = config.lines().find_map(|line| line.strip_prefix("state_dir = ")).expect("a state directory");
    let spool = world.path().join(folder.trim_matches('"')).join("walkbacks/spool");
    std::fs::read_dir(spool).map_or(0, Iterator::count)
}

#[test]
fn ten_thousand_walkbacks_at_once_are_all_counted_and_the_agent_stays_small() {
    const ALL: usize = 10_000;
    let world = world(&["acme"]);
    let crashes = world.path().join("acme-crashes");
    for at in 0..ALL {
        let selector = ["total", "price", "sum", "name"][at % 4];
        // The times in the texts make each another content.
        let text = walkback(at, selector).replace("a Ledger(", &format!("a Ledger({at}"));
        std::fs::write(crashes.join(format!("{at}.log")), text).expect("written");
    }
    let pid = world.agent_pid("acme");
    let ada = world.ada();
    let (mut most, mut counted) = (0, 0);
    // However slow the machine is, more and more of them are counted.
    while counted < ALL as u64 {
        counted = until("more of them are counted", || {
            let now = groups(ada).iter().filter_map(|group| group["count"].as_u64()).sum();
            (now > counted).then_some(now)
        });
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let rss = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
        most = most.max(rss.unwrap_or(0_u64));
    }
    assert_eq!(counted, ALL as u64);
    eprintln!("the agent took at most {most} KiB");
    assert_eq!(groups(ada).len(), 4);
    // What is shipped stays below 40 MB; a debug build is larger.
    let limit = if cfg!(debug_assertions) { 64 << 10 } else { 40_000_000 / 1024 };
    assert!(most < limit, "{most} KiB");
    let kept = &ada.json(&["errors", "show", &groups(ada)[0]["id"].to_string()])["walkbacks"];
    assert_eq!(kept.as_array().map(Vec::len), Some(5));
}
