//! Bad input gets an error that names the thing and the cure, and loses nothing.

use fieldpost_tests::cli::Cli;
use fieldpost_tests::world::World;

#[test]
fn unknown_things_are_named_with_what_exists() {
    let world = World::start();
    world.publish("a.st", "one", "7.7");
    let run = |args: &[&str]| world.ada().run(args).exits(1);
    drop(run(&["patches", "--app", "trade"]).says("trade").says("trading"));
    drop(run(&["publish", "publish/a.st", "--app", "trading", "--version", "9.9"]).says("9.9").says("7.7"));
    drop(run(&["send", "a.st", "--app", "trading", "--to", "nowhere", "--yes"]).says("nowhere"));
    drop(run(&["send", "zzz.st", "--app", "trading", "--to", "all", "--yes"]).says("zzz.st"));
    drop(run(&["publish", "missing.st", "--app", "trading", "--version", "7.7"]).says("missing.st"));
    drop(run(&["publish", "publish/a.st", "--app", "trading", "--version", "7.7", "--name", "../../etc/x"]).says(".."));
}

#[test]
fn a_content_of_any_bytes_is_carried_and_one_over_the_limit_is_refused() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    world.publish("logo.bin", &bytes, "7.7");
    world.ada().ok(&["send", "logo.bin", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    assert_eq!(world.read("acme", "logo.bin"), Some(bytes));
    world.file("huge.bin", vec![7; (32 << 20) + 1]);
    let refused = world.ada().run(&["publish", "huge.bin", "--app", "trading", "--version", "7.7"]).exits(1);
    drop(refused.says("huge.bin").says("32 MiB"));
    assert!(world.ada().row("trading", "huge.bin").is_null());
}

#[test]
fn a_server_that_is_gone_or_is_not_fieldpost_is_said_so() {
    let mut world = World::start();
    world.kill_server();
    drop(world.ada().run(&["sites"]).exits(69).says(&world.url()));
    let nobody = Cli::new(world.path().join("nobody"), world.path());
    drop(nobody.run(&["sites"]).says("fieldpost login"));
}

#[test]
fn a_login_string_works_once() {
    let world = World::start();
    let invitation = world.ada().json(&["user", "add", "bn", "--role", "viewer"]);
    let string = invitation["login"].as_str().expect("a login string");
    Cli::new(world.path().join("bn"), world.path()).ok(&["login", string]);
    let again = Cli::new(world.path().join("thief"), world.path()).run(&["login", string]);
    drop(again.exits(77));
    let viewer = Cli::new(world.path().join("bn"), world.path());
    world.file("v.st", "x");
    drop(viewer.run(&["publish", "v.st", "--app", "trading", "--version", "7.7"]).exits(77));
}

#[test]
fn a_broken_config_is_refused_with_line_and_column() {
    let world = World::start();
    world.enroll("acme", "7.7");
    let config = world.path().join("acme.toml");
    let text = std::fs::read_to_string(&config).expect("the config");
    std::fs::write(&config, format!("polll_interval_s = 5\n{text}")).expect("written");
    let output = world.agent_command(&["run", "--config", "acme.toml"]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("acme.toml:1:1") && said.contains("polll_interval_s"), "{said}");
}
