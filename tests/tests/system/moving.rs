//! The server moves, and whoever owns its machine is always let in again.

use fieldpost_tests::cli::Cli;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;

#[test]
fn sites_follow_the_server_to_an_address_that_the_root_key_signed_and_stay_where_it_does_not_answer() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    let status = |world: &World| {
        let output = world.agent_command(&["status", "--config", "acme.toml"]).output().expect("fieldpost-agent runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // Nobody listens there: the site goes on at the old address.
    world.ada().ok(&["trust", "address", "http://127.0.0.1:1", "--yes"]);
    let log = || std::fs::read_to_string(world.path().join("acme.log")).unwrap_or_default();
    until_true("the site was told", || log().contains("the trust document says that the server is http://127.0.0.1:1"));
    world.publish("Order.st", "one\n", "7.7");
    world.ada().ok(&["send", "Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    until_true("the status shows the old address", || status(&world).contains(&world.url()));
    // The same server under another name.
    let moved = world.url().replace("127.0.0.1", "localhost");
    let set = world.server_command(&["set-url", &moved, "--data", "data"]).output().expect("fieldpost-server runs");
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    world.ada().ok(&["trust", "address", &moved, "--yes"]);
    until_true("the site uses the new address", || status(&world).contains(&moved));
    let added = world.ada().json(&["user", "add", "bn", "--role", "developer"]);
    let bn = Cli::new(world.path().join("bn"), world.path());
    bn.ok(&["login", added["login"].as_str().expect("a string")]);
    let kept = std::fs::read_to_string(bn.config.join("login.toml")).expect("a login");
    assert!(kept.contains(&moved), "new strings carry the new address");
    let shown = world.ada().ok(&["trust", "show"]).out;
    assert!(shown.contains(&moved) && shown.contains("spare root key"), "{shown}");
}

#[test]
fn an_admin_who_lost_the_laptop_is_let_in_by_a_string_of_the_servers_machine_and_compares_the_root_key() {
    let mut world = World::start();
    let made = |world: &World| {
        let output = world.server_command(&["login-string", "ada", "--data", "data", "--json"]).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        answer["login"].as_str().expect("a string").to_owned()
    };
    let string = made(&world);
    let cli = Cli::new(world.path().join("new laptop"), world.path());
    let asked = cli.run(&["login", &string]).exits(77);
    assert!(asked.err.contains("names no root key") && asked.err.contains("still good"), "{}", asked.err);
    let _other = cli.run(&["login", &string, "--root", "0000 0000 0000 0000 0000 0000 0000 0000"]).exits(77);
    let root = world.ada().json(&["key", "list"]);
    let root = root["keys"].as_array().expect("keys").iter().find(|key| key["kind"] == "root").expect("the root key").clone();
    cli.ok(&["login", &string, "--root", root["fingerprint"].as_str().expect("a fingerprint")]);
    let users = cli.json(&["user", "list"]).to_string();
    assert!(users.contains("\"admin\""), "{users}");
    // Also where the server was killed; the string works once it runs again, and an admin's role is another verb's matter.
    world.kill_server();
    let string = made(&world);
    world.start_server();
    let third = Cli::new(world.path().join("third"), world.path());
    third.ok(&["login", &string, "--root", root["fingerprint"].as_str().expect("a fingerprint")]);
    third.ok(&["user", "add", "bn", "--role", "viewer"]);
    let again = third.run(&["user", "add", "bn", "--role", "admin"]).exits(1);
    assert!(again.err.contains("fieldpost user role"), "{}", again.err);
    third.ok(&["user", "role", "bn", "developer"]);
}

#[test]
fn a_lost_root_key_is_replaced_by_its_spare_and_sites_and_people_follow_the_new_one_and_not_the_old() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world.enroll("borealis", "7.7");
    let folder = world.ada().config.clone();
    let root = |cli: &Cli| {
        let keys = cli.json(&["key", "list"]);
        let root = keys["keys"].as_array().expect("keys").iter().find(|key| key["kind"] == "root").expect("a root key").clone();
        root["fingerprint"].as_str().expect("a fingerprint").to_owned()
    };
    let (before, old) = (root(world.ada()), std::fs::read(folder.join("root.key")).expect("the root key"));
    std::fs::remove_file(folder.join("root.key")).expect("lost");
    let made = world.ada().json(&["trust", "root", "--yes"]);
    assert_ne!(root(world.ada()), before);
    assert_eq!(made["root"], root(world.ada()));
    // Somebody who is invited now is told of the new key, and the site obeys what it vouches for.
    let added = world.ada().json(&["user", "add", "bn", "--role", "developer"]);
    let bn = Cli::new(world.path().join("bn"), world.path());
    bn.ok(&["login", added["login"].as_str().expect("a string")]);
    assert_eq!(root(&bn), root(world.ada()));
    world.ada().ok(&["trust", "add", "bn", "--yes"]);
    world.publish("Order.st", "one\n", "7.7");
    bn.ok(&["send", "Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
    world.start_agent("borealis");
    bn.ok(&["send", "Order.st", "--app", "trading", "--to", "borealis", "--yes", "--wait=60"]);
    // Who finds the old key can sign nothing with it, and says which files were tried.
    std::fs::write(folder.join("root.key"), old).expect("found again");
    std::fs::remove_file(folder.join("root-spare.key")).expect("taken away");
    let refused = world.ada().run(&["trust", "revoke", "bn", "--yes"]).exits(77);
    assert!(refused.err.contains("is a root key of the present trust document"), "{}", refused.err);
}
