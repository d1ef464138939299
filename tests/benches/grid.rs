//! Prints what a grid of 10,000 patches at 200 sites costs on its way from the database to the app:
//! `cargo bench --workspace --bench grid`.
//!
//! A real server reads a database of two million stored cells. The peers, in the same run: SQLite stepping through the same rows
//! and doing nothing with them, and `serde_json` reading the same bytes as a plain value.

use fieldpost_common::grid::{Grid, Table};
use fieldpost_common::hash::ContentHash;
use fieldpost_tests::measure::{cpu_seconds, now};
use fieldpost_tests::world::World;
use rusqlite::Connection;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

const TOKEN: &str = "the benchmark's own token";

/// 10,000 patches for two versions at 200 sites. In one cell of a hundred the site has something else than what is published for it,
/// every fourth patch was ordered once at every site, one order of a thousand is open and one failed. The cells' other indexes are made
/// at the end, which takes a fraction of the time.
const FILL: &str = "
DROP INDEX cell_by_content;
DROP INDEX cell_by_patch;
CREATE TEMP TABLE s AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
  SELECT i, printf('site-%03d', i) AS site, iif(i % 2, '7.6', '7.7') AS version FROM n;
INSERT INTO site (name, groups, last_seen, created) SELECT site, '[\"production\"]', 1795550400000, 0 FROM s;
INSERT INTO site_app (site, application, version, directory) SELECT site, 'trading', version, '\"present\"' FROM s;
INSERT INTO revision (application, patch, sha256, size, author, changed_at, filed_out_at, issue, stamped, first_seen, origin)
  SELECT 'trading', patch, sha256, 4200, 'bn', '2026-11-24T17:00:00Z', NULL, '4711', 1, 0, '{\"user\":\"ada\"}' FROM p;
INSERT INTO current (application, patch, version, sha256, size, by, at, newest)
  SELECT 'trading', patch, iif(what = 'old', '7.7', what), sha256, 4200, 'ada', 1795550000000, what != 'old'
  FROM p WHERE what != 'own' ORDER BY what DESC;
INSERT INTO cell SELECT 'trading', site, now.patch,
    CASE WHEN (now.i * 7 + s.i) % 100 THEN now.sha256 WHEN s.i % 3 THEN own.sha256 END, 4200, 1795540000000, now.sha256
  FROM s, p AS now, p AS own WHERE now.what = version AND own.what = 'own' AND own.i = now.i ORDER BY site, now.patch;
INSERT INTO site_order (id, site, application, patch, action, content, counter, by, created, install_by, state, open, newest, envelope)
  SELECT lower(hex(randomblob(16))), site, 'trading', patch, '\"remove\"', NULL, 1, 'ada', 0, 0,
    CASE (p.i / 4 + s.i) % 1000 WHEN 1 THEN '{\"state\":\"queued\"}' WHEN 2 THEN '{\"state\":\"timed_out\",\"at\":\"2026-11-24T17:00:00Z\"}'
      ELSE '{\"state\":\"confirmed\",\"at\":\"2026-11-24T17:00:00Z\"}' END,
    (p.i / 4 + s.i) % 1000 = 1, 1, printf('%.900c', 'x')
  FROM p, s WHERE what = 'own' AND p.i % 4 = 0;
CREATE INDEX cell_by_content ON cell (site, has);
CREATE INDEX cell_by_patch ON cell (application, patch);
ANALYZE;
";

fn main() {
    let mut world = World::start();
    world.kill_server();
    let file = world.path().join("data/fieldpost.db");
    fill(&file);
    world.start_server();
    println!("10,000 patches × 200 sites, {} cells stored", cells_stored(&file));
    let stepping = step(&file);
    println!("  sqlite steps through the rows        {:>7.0} ms", stepping * 1e3);
    let first = ask(&world, "the first app");
    println!("    = {:.2} × stepping through the rows", first.cpu / stepping);
    let again = ask(&world, "the second app");
    println!("    {:.0} B came over the wire", again.wire);
    app(&first.body);
}

fn cells_stored(file: &Path) -> i64 {
    let db = Connection::open(file).expect("the database");
    db.query_row("SELECT count(*) FROM cell", [], |row| row.get(0)).expect("a count")
}

fn fill(file: &Path) {
    let db = Connection::open(file).expect("the database");
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -200000").expect("settings");
    db.execute_batch("BEGIN; CREATE TEMP TABLE p (i, patch, what, sha256)").expect("a transaction");
    let mut add = db.prepare("INSERT INTO p VALUES (?1, printf('orders/%05d-Change.st', ?1), ?2, ?3)").expect("a statement");
    for patch in 0..10_000 {
        for what in ["7.6", "7.7", "old", "own"] {
            let sha256 = ContentHash::of(format!("{patch} {what}").as_bytes());
            add.execute(rusqlite::params![patch, what, sha256.as_bytes()]).expect("a content");
        }
    }
    db.execute_batch("CREATE INDEX temp.by_what ON p (what, i)").expect("an index");
    db.execute_batch(FILL).expect("the rows");
    db.execute("UPDATE user SET token = ?1", [ContentHash::of(TOKEN.as_bytes()).as_bytes()]).expect("a token");
    db.execute_batch("COMMIT").expect("the rows are kept");
}

/// Seconds that SQLite alone takes for the rows that a grid is made of.
fn step(file: &Path) -> f64 {
    let db = Connection::open(file).expect("the database");
    let sql = "SELECT patch, has FROM cell WHERE application = 'trading' ORDER BY site, patch";
    let mut all = db.prepare(sql).expect("a statement");
    let run = || {
        let start = now();
        let mut rows = all.query([]).expect("rows");
        let mut bytes = 0;
        while let Some(row) = rows.next().expect("a row") {
            bytes += row.get_ref(0).expect("a name").as_str().map_or(0, str::len);
        }
        assert!(bytes > 0);
        start.elapsed().as_secs_f64()
    };
    best(3, run)
}

struct Asked {
    cpu: f64,
    wire: f64,
    body: Vec<u8>,
}

fn ask(world: &World, who: &str) -> Asked {
    let before = cpu_seconds(world.server_pid());
    let start = now();
    let answer = get(&world.url());
    let (time, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds(world.server_pid()) - before);
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let body = &answer[head..];
    let packed = answer[..head].to_ascii_lowercase().windows(22).any(|name| name == b"content-encoding: zstd");
    let unpacked = if packed { zstd::decode_all(body).expect("zstd") } else { body.to_vec() };
    println!(
        "  {who:<14} waits {:>7.0} ms   server CPU {:>6.0} ms   {} B on the wire   {} B unpacked",
        time * 1e3,
        cpu * 1e3,
        body.len(),
        unpacked.len()
    );
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let wire = body.len() as f64;
    Asked { cpu, wire, body: unpacked }
}

fn get(url: &str) -> Vec<u8> {
    let address = url.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let request = format!(
        "GET /api/v1/apps/trading/grid HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\n\
         Accept-Encoding: zstd\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("the request goes out");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..answer.len().min(400)]));
    answer
}

/// What the app does with the answer.
fn app(body: &[u8]) {
    let plain = best(5, || timed(|| drop(serde_json::from_slice::<serde_json::Value>(body).expect("JSON"))));
    let read = best(5, || timed(|| drop(serde_json::from_slice::<Grid>(body).expect("a grid"))));
    let grid: Grid = serde_json::from_slice(body).expect("a grid");
    println!("  the app reads {} loud cells", grid.cells.len());
    println!("    JSON to facts        {:>7.1} ms = {:.2} × serde_json to a plain value", read * 1e3, read / plain);
    let index = best(5, || {
        let grid = grid.clone();
        timed(|| drop(Table::new(grid)))
    });
    println!("    facts to table       {:>7.1} ms", index * 1e3);
    let table = Table::new(grid);
    let sweep = best(3, || timed(|| println!("    {} of all cells are in sync", in_sync(&table))));
    println!("    cell() of all        {:>7.1} ms", sweep * 1e3);
}

fn in_sync(table: &Table) -> usize {
    let (patches, sites) = (table.grid.patches.len(), table.grid.sites.len());
    let all = (0..patches).flat_map(|patch| (0..sites).map(move |site| (patch, site)));
    all.filter(|(patch, site)| table.cell(*patch, *site, table.grid.now).word() == "in_sync").count()
}

fn best(times: usize, mut run: impl FnMut() -> f64) -> f64 {
    (0..times).map(|_| run()).fold(f64::MAX, f64::min)
}

fn timed(run: impl FnOnce()) -> f64 {
    let start = now();
    run();
    start.elapsed().as_secs_f64()
}
