//! What a long-running program owes to whoever runs it: signals, limits, logs and health checks of server and agent.

use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::World;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn send(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().expect("kill runs").success());
}

/// Whether a process lives, some time after something that might have ended it.
fn lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with(['Z', 'X']) && !rest.is_empty())
}

fn ask(world: &World, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(world.url().trim_start_matches("http://")).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// The server, started by a shell that first does something to its limits or its output.
fn start_by_shell(world: &mut World, before: &str) -> Child {
    world.kill_server();
    let run = world.server_command(&["run", "--data", "data", "--listen", world.url().trim_start_matches("http://")]);
    let program = run.get_program().to_string_lossy().into_owned();
    let arguments: Vec<_> = run.get_args().map(|one| one.to_string_lossy().into_owned()).collect();
    let mut shell = Command::new("sh");
    shell.current_dir(world.path()).args(["-c", &format!("{before}; exec \"$0\" \"$@\""), &program]).args(arguments);
    let server = shell.stdin(Stdio::null()).spawn().expect("a shell");
    until_true("the server answers", || ask(world, "/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    server
}

/// Bytes that can't be packed.
fn noise(size: usize) -> Vec<u8> {
    let mut word = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        word.to_le_bytes()
    };
    std::iter::repeat_with(next).take(size / 8).flatten().collect()
}

fn end(mut server: Child) {
    server.kill().expect("it was running");
    server.wait().expect("it ends");
}

#[test]
fn signals_that_end_other_programs_end_neither_server_nor_agent() {
    let mut world = World::start();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    for pid in [world.server_pid(), world.agent_pid("acme")] {
        for signal in ["-HUP", "-XFSZ", "-USR1", "-USR2", "-PIPE"] {
            send(signal, pid);
        }
    }
    let log = |name: &str| std::fs::read_to_string(world.path().join(name)).unwrap_or_default();
    until_true("both say what SIGHUP did", || log("server.log").contains("SIGHUP") && log("acme.log").contains("SIGHUP"));
    assert!(lives(world.server_pid()) && lives(world.agent_pid("acme")));
    world.publish("Order.st", "one", "7.7");
    world.ada().ok(&["send", "Order.st", "--app", "trading", "--to", "acme", "--yes", "--wait=60"]);
}

#[test]
fn a_limit_of_file_sizes_is_an_error_and_ends_no_server() {
    let mut world = World::start();
    // Blocks of 512 bytes: what is there is smaller, and what is published is larger.
    let server = start_by_shell(&mut world, "ulimit -f 2000");
    world.file("Large.st", noise(3 << 20));
    let refused = world.ada().run(&["publish", "Large.st", "--app", "trading", "--version", "7.7"]);
    assert_ne!(refused.code, 0);
    assert!(lives(server.id()));
    until("the server answers", || ask(&world, "/livez"));
    end(server);
}

#[test]
fn a_log_that_can_not_be_written_ends_no_server() {
    let mut world = World::start();
    let server = start_by_shell(&mut world, "export FIELDPOST_LOG=debug; exec >/dev/full 2>&1");
    world.publish("Order.st", "one", "7.7");
    assert!(lives(server.id()));
    end(server);
}

#[test]
fn more_silent_connections_than_the_server_may_open_files_shut_nobody_out() {
    let mut world = World::start();
    let server = start_by_shell(&mut world, "ulimit -n 160");
    let address = world.url();
    let address = address.trim_start_matches("http://");
    let silent: Vec<_> = (0..400).filter_map(|_| TcpStream::connect(address).ok()).collect();
    assert!(silent.len() > 300, "{} connections", silent.len());
    let answer = ask(&world, "/livez").expect("an answer within a second");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    world.publish("Order.st", "one", "7.7");
    end(server);
}
