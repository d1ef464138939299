//! Prints how many walkbacks a second a server reads, groups and keeps: `cargo bench --workspace --locked --bench walkbacks`.
//!
//! Five sites post 10,000 different reports of 200 errors, and then of 10,000, to a real server, in batches as agents send them, while an app asks for the grid
//! and for changes. The peers, in the same run: reading the same reports without a server, and SQLite inserting the same bytes.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::walkback::walkbacks;
use fieldpost_common::wire::{Dropped, MAX_COUNT, Piece, Walkbacks, path};
use fieldpost_common::zone::Zone;
use fieldpost_tests::measure::{cpu_seconds, now};
use fieldpost_tests::world::World;
use rusqlite::Connection;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const REPORTS: usize = 10_000;
const ERRORS: usize = 200;
const SITES: usize = 5;
const TOKEN: &str = "the benchmark's own token";
/// The goals: walkbacks a second, and how long an app may wait meanwhile.
const GOAL: f64 = 2_000.0;
const PATIENCE: Duration = Duration::from_millis(500);

fn main() {
    let mut world = World::start();
    prepare(&mut world);
    println!("{REPORTS} walkbacks from {SITES} sites");
    run(&world, ERRORS, 0);
    // As many errors as reports: what a site may not report as new on one day is counted together.
    run(&world, REPORTS, REPORTS);
    println!("the server has {:.1} MB", memory_mb(world.server_pid()));
}

/// One run over reports of so many errors, after as many others.
fn run(world: &World, errors: usize, before: usize) {
    let reports: Vec<Vec<u8>> = (before..before + REPORTS).map(|number| report(number, errors).into_bytes()).collect();
    let bytes: usize = reports.iter().map(Vec::len).sum();
    println!("{errors} errors, {} bytes each", bytes / REPORTS);
    let read = reading(&reports, errors);
    let insert = inserting(&world.path().join(format!("peer-{errors}.db")), &reports);
    let begun = cpu_seconds(world.server_pid());
    let (time, waits) = posting(&world.url(), &reports);
    let cpu = cpu_seconds(world.server_pid()) - begun;
    check(&world.url(), errors, before + REPORTS);
    println!(
        "  posted, read, grouped and kept  {:>7.0} walkbacks/s  (goal: {GOAL:.0})   server CPU {:.0} µs each",
        rate(time),
        cpu / rate(1.0) * 1e6
    );
    println!("    = {:.2} × the time of reading alone, {:.2} × that of SQLite", time / read, time / insert);
    for (what, mut times) in waits {
        times.sort_unstable();
        let worst = times.last().copied().unwrap_or_default();
        let (median, most) = (times[times.len() / 2].as_secs_f64() * 1e3, worst.as_secs_f64() * 1e3);
        println!("    an app asked for {what:<10} {:>3} times: median {median:.1} ms, worst {most:.1} ms", times.len());
        assert!(worst < PATIENCE, "an app waited {worst:?} for {what}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "ten thousand")]
fn rate(seconds: f64) -> f64 {
    REPORTS as f64 / seconds
}

/// Letters for a number: names that differ in digits only are often one.
fn letters(number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 20).expect("a letter"));
    [number / 8_000, number / 400, number / 20, number].map(letter).iter().collect()
}

/// One of so many errors, each time with other values: in turn of Squeak, VisualWorks, Java and Python.
fn report(number: usize, errors: usize) -> String {
    let name = letters(number % errors);
    let mut text = match number % 4 {
        0 => format!(
            "MessageNotUnderstood: UndefinedObject>>x{name}\n9 February 2026 1:{:02}:{:02}.075 pm\n\nVM: unix - Smalltalk\n\
             Image: Squeak6.0 [latest update: #22104]\n\nUndefinedObject(Object)>>doesNotUnderstand: #x{name}\n\tReceiver: nil\n\n\
             --- The full stack ---\nUndefinedObject(Object)>>doesNotUnderstand: #x{name}\n",
            number / 60 % 60,
            number % 60
        ),
        1 => format!(
            "==2026/11/24==18:42:18==BEGIN RUNTIME DIAGNOSTIC DUMP\nCause of Dump: Unhandled exception: entry {number} is closed\n\
             Process named: 'ui'\nContext Stack:\n[1]\tLedger(Object)>>error:\n"
        ),
        2 => format!("java.lang.IllegalStateException: entry {number} of 10.0.0.{} is closed\n", number % 250),
        _ => "Traceback (most recent call last):\n".to_owned(),
    };
    for depth in 0..24 {
        let place = format!("{name}{}", letters(depth));
        let line = match number % 4 {
            0 => writeln!(text, "Ledger{place}>>closeAtTheEndOfTheMonthWith:"),
            1 => writeln!(text, "[{}]\tLedger{place}>>closeAtTheEndOfTheMonthWith:", depth + 2),
            2 => writeln!(text, "\tat com.acme.trading.Ledger{place}.close(Ledger{place}.java:{})", depth + 40),
            _ => writeln!(
                text,
                "  File \"/srv/app{}/ledger_{place}.py\", line {}, in close_{place}\n    self.total()",
                number,
                depth + 9
            ),
        };
        line.expect("memory is enough");
    }
    match number % 4 {
        1 => text.push_str("==2026/11/24==18:42:18==END RUNTIME DIAGNOSTIC DUMP\n"),
        3 => writeln!(text, "ValueError: entry {number} is closed").expect("memory is enough"),
        _ => {}
    }
    text
}

/// Seconds of reading alone.
fn reading(reports: &[Vec<u8>], errors: usize) -> f64 {
    let start = now();
    let found: Vec<_> = reports.iter().flat_map(|report| walkbacks(report)).map(|one| one.fingerprint).collect();
    let time = start.elapsed().as_secs_f64();
    assert_eq!((found.len(), found.iter().collect::<HashSet<_>>().len()), (REPORTS, errors));
    println!("  read and told apart, no server  {:>7.0} walkbacks/s", rate(time));
    time
}

/// Seconds that SQLite takes for the bytes alone, kept as surely as the server keeps them, in as many transactions.
fn inserting(file: &Path, reports: &[Vec<u8>]) -> f64 {
    let db = Connection::open(file).expect("a database");
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE w (body BLOB)").expect("a table");
    let start = now();
    for batch in reports.chunks(MAX_COUNT) {
        db.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        let mut add = db.prepare_cached("INSERT INTO w VALUES (?1)").expect("a statement");
        for body in batch {
            add.execute([body]).expect("a row");
        }
        db.execute_batch("COMMIT").expect("the rows are kept");
    }
    let time = start.elapsed().as_secs_f64();
    println!("  SQLite inserts the same bytes   {:>7.0} rows/s", rate(time));
    time
}

fn site(number: usize) -> String {
    format!("site-{number}")
}

/// Sites and a developer with tokens that are known here.
fn prepare(world: &mut World) {
    (0..SITES).for_each(|number| world.enroll(&site(number), "7.7"));
    world.kill_server();
    let db = Connection::open(world.path().join("data/fieldpost.db")).expect("the database");
    db.execute("UPDATE user SET token = ?1", [ContentHash::of(TOKEN.as_bytes()).as_bytes()]).expect("a token");
    for number in 0..SITES {
        let token = ContentHash::of(site(number).as_bytes());
        let set = db.execute("UPDATE site SET token = ?2 WHERE name = ?1", rusqlite::params![site(number), token.as_bytes()]);
        assert_eq!(set.expect("a token"), 1);
        db.execute("INSERT OR REPLACE INTO site_app (site, application, version) VALUES (?1, 'trading', '7.7')", [site(number)])
            .expect("an application");
    }
    drop(db);
    world.start_server();
}

/// Seconds until all is acknowledged, and how long an app waited for what meanwhile.
fn posting(url: &str, reports: &[Vec<u8>]) -> (f64, Vec<(&'static str, Vec<Duration>)>) {
    let batches: Vec<Vec<Vec<u8>>> = (0..SITES).map(|number| packed(reports, number)).collect();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let app = scope.spawn(|| app(url, &over));
        let start = now();
        let sites: Vec<_> =
            batches.iter().enumerate().map(|(number, batches)| scope.spawn(move || post(url, number, batches))).collect();
        for site in sites {
            site.join().expect("all is posted");
        }
        let time = start.elapsed().as_secs_f64();
        over.store(true, Ordering::SeqCst);
        (time, app.join().expect("the app is answered"))
    })
}

/// A site's share, in requests as its agent makes them.
fn packed(reports: &[Vec<u8>], number: usize) -> Vec<Vec<u8>> {
    let application = "trading".parse().expect("an application");
    let now = Timestamp::from_ms(1_795_550_400_000);
    let pieces: Vec<Piece> = reports[number * REPORTS / SITES..(number + 1) * REPORTS / SITES]
        .iter()
        .map(|content| Piece {
            id: Piece::id_of(&application, "error.log", 0, &ContentHash::of(content)),
            application: application.clone(),
            version: "7.7".parse().expect("a version"),
            file: Clean::line("error.log"),
            modified: now,
            mailed: false,
            offset: 0,
            sha256: ContentHash::of(content),
            content: content.clone(),
        })
        .collect();
    let request = |pieces: &[Piece]| {
        let dropped = vec![Dropped { application: application.clone(), count: 0 }];
        let body = serde_json::to_vec(&Walkbacks {
            at: now,
            zone: Zone::of(&jiff::tz::TimeZone::UTC, now),
            pieces: pieces.to_vec(),
            dropped,
        })
        .expect("JSON");
        zstd::encode_all(body.as_slice(), 3).expect("zstd")
    };
    pieces.chunks(MAX_COUNT).map(request).collect()
}

fn post(url: &str, number: usize, batches: &[Vec<u8>]) {
    for body in batches {
        let head = format!("Content-Type: application/json\r\nContent-Encoding: zstd\r\nContent-Length: {}\r\n", body.len());
        ask(url, &format!("POST {}", path::WALKBACKS), &site(number), &head, body);
    }
}

/// Asks as an app does while it is looked at.
fn app(url: &str, over: &AtomicBool) -> Vec<(&'static str, Vec<Duration>)> {
    let mut waits = vec![("the grid", Vec::new()), ("changes", Vec::new()), ("the errors", Vec::new())];
    while !over.load(Ordering::SeqCst) {
        for ((_, times), path) in waits.iter_mut().zip(["apps/trading/grid", "changes", "errors"]) {
            let start = now();
            ask(url, &format!("GET /api/v1/{path}"), TOKEN, "Accept-Encoding: zstd\r\n", b"");
            times.push(start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    waits
}

/// Nothing is lost, and no site has more new errors than it may; the first run has none too many.
fn check(url: &str, errors: usize, reports: usize) {
    let answer = ask(url, "GET /api/v1/errors", TOKEN, "", b"");
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    let groups = answer["groups"].as_array().expect("groups");
    assert!(groups.len() == errors || (errors == REPORTS && groups.len() <= SITES * 200 + SITES), "{} groups", groups.len());
    assert_eq!(groups.iter().filter_map(|group| group["count"].as_u64()).sum::<u64>(), reports as u64);
}

/// The body of an answer that is good.
fn ask(url: &str, line: &str, token: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let address = url.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let head = format!("{line} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n{head}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("the request goes out");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{line}: {}", String::from_utf8_lossy(&answer[..answer.len().min(400)]));
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    answer.split_off(end)
}

fn memory_mb(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its memory");
    line.split_whitespace().nth(1).expect("a size").parse::<f64>().expect("a number") / 1024.0
}
