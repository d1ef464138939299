//! Prints what fieldpost costs while nothing happens, and how long a send takes: `cargo bench -p fieldpost-tests`.
//!
//! The machine's own "look at every file" (a stat walk by `find`) is measured in the same run, as the peer to compare with.

use fieldpost_tests::patience::until_true;
use fieldpost_tests::world::World;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const FILES: usize = 1_000;
const WATCH: Duration = Duration::from_mins(2);

fn main() {
    let mut world = World::start();
    world.enroll("acme", "7.7");
    for number in 0..FILES {
        world.edit("acme", &format!("folder{}/p{number}.st", number % 20), format!("patch {number}\n").repeat(200));
    }
    world.start_agent("acme");
    until_true("all files are home", || {
        let shown = world.ada().json(&["site", "show", "acme"]);
        shown["applications"][0]["files"] == FILES
    });
    idle(&world);
    latency(&world);
}

fn idle(world: &World) {
    let (server, agent) = (world.server_pid(), world.agent_pid("acme"));
    // The uploads of the adoption end first: an idle minute is measured, not a busy one.
    until_true("the agent is idle", || {
        let before = cpu_ticks(agent);
        std::thread::sleep(Duration::from_secs(3));
        cpu_ticks(agent) - before <= 1
    });
    let before = (cpu_ticks(server), cpu_ticks(agent), now());
    std::thread::sleep(WATCH);
    let seconds = before.2.elapsed().as_secs_f64();
    let percent = |from: u64, to: u64| seconds_of(to - from) / seconds * 100.0;
    let walk = stat_walk(&world.patches("acme"));
    println!("idle for {seconds:.0} s, {FILES} files at one site, parked polls");
    println!(
        "  agent   {:.3} % of a core   {:>5.1} MB   (goals: 0.2 %, 20 MB)",
        percent(before.1, cpu_ticks(agent)),
        memory_mb(agent)
    );
    println!("  server  {:.3} % of a core   {:>5.1} MB   (goal: 30 MB)", percent(before.0, cpu_ticks(server)), memory_mb(server));
    let per_minute = seconds_of(cpu_ticks(agent) - before.1) / seconds * 60.0;
    println!(
        "  agent's CPU a minute {:.1} ms = {:.2} × one stat walk by find ({:.1} ms)",
        per_minute * 1e3,
        per_minute / walk,
        walk * 1e3
    );
}

fn latency(world: &World) {
    let mut times = Vec::new();
    for round in 0..10 {
        world.publish("latency.st", format!("round {round}"), "7.7");
        world.ada().ok(&[
            "send",
            "latency.st",
            "--app",
            "trading",
            "--to",
            "acme",
            "--yes",
            "--replacing",
            &expected(round),
            "--wait=30",
        ]);
        times.push(confirmed_after(world));
    }
    times.sort_by(f64::total_cmp);
    println!(
        "send to confirmed by the inventory, parked poll, {} rounds: median {:.0} ms, worst {:.0} ms",
        times.len(),
        times[5],
        times[9]
    );
}

fn expected(round: usize) -> String {
    match round {
        0 => "absent".to_owned(),
        _ => fieldpost_common::hash::ContentHash::of(format!("round {}", round - 1).as_bytes()).to_string(),
    }
}

/// Milliseconds from the order to its confirmation, by the server's own clock.
fn confirmed_after(world: &World) -> f64 {
    let activity = world.ada().json(&["activity"]);
    let rows = activity["activity"].as_array().expect("rows");
    let at = |what: &str| {
        let row = rows.iter().find(|row| row["what"] == what && row["patch"] == "latency.st").expect("the row");
        row["at"].as_str().expect("a time").parse::<fieldpost_common::time::Timestamp>().expect("a time").as_ms()
    };
    // Both lie within one run: the difference is small.
    #[expect(clippy::cast_precision_loss, reason = "a few seconds in milliseconds")]
    let elapsed = (at("confirmed") - at("ordered")) as f64;
    elapsed
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// CPU time of a process so far, user and system, in ticks of 10 ms.
fn cpu_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a running process");
    let after_name = stat.rsplit(')').next().expect("fields");
    let field = |index: usize| after_name.split_whitespace().nth(index).expect("a field").parse::<u64>().expect("a number");
    field(11) + field(12)
}

fn seconds_of(ticks: u64) -> f64 {
    f64::from(u32::try_from(ticks).expect("a short run")) / 100.0
}

fn memory_mb(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    line.split_whitespace().nth(1).expect("a size").parse::<f64>().expect("a number") / 1024.0
}

fn stat_walk(folder: &std::path::Path) -> f64 {
    let run = || {
        let start = now();
        let done = Command::new("find").arg(folder).args(["-type", "f", "-newermt", "2100-01-01"]).stdout(Stdio::null()).status();
        assert!(done.expect("find runs").success());
        start.elapsed().as_secs_f64()
    };
    (0..5).map(|_| run()).fold(f64::MAX, f64::min)
}
