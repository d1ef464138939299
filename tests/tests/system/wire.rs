//! What goes through the pseudo terminal: people sit behind slow lines, and an app that nobody touches says nothing.

use fieldpost_tests::measure::cpu_ticks;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;
use std::time::Duration;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Nothing more comes by then: frames are 16 ms apart.
const QUIET: Duration = Duration::from_millis(250);
const IDLE: Duration = Duration::from_secs(4);

/// The most bytes for a terminal of some size, marks of the synchronised update included.
struct Budget {
    size: (u16, u16),
    full: usize,
    cursor: usize,
    scroll: usize,
}

const BUDGETS: [Budget; 2] = [
    Budget { size: (80, 24), full: 5 << 10, cursor: 400, scroll: 2 << 10 },
    // 10,000 cells, at two bytes each.
    Budget { size: (200, 50), full: 20 << 10, cursor: 450, scroll: 6 << 10 },
];

/// More patches than a big screen has rows, in all the states that a day brings.
fn busy() -> World {
    let mut world = World::start();
    for site in ["acme", "borealis", "corvid"] {
        world.site(site, "7.7");
        world.wait_seen(site);
    }
    let write = |content: &str| {
        for number in 0..80 {
            world.file(&format!("all/{}-Order-part-{number}.st", 4600 + number), format!("{content} {number}\n"));
        }
    };
    let publish = || world.ada().ok(&["publish", "all", "--app", "trading", "--version", "7.7", "--yes"]);
    write("one");
    publish();
    let names: Vec<_> = (0..30).map(|number| format!("{}-Order-part-{number}.st", 4600 + number)).collect();
    let send = ["send"].into_iter().chain(names.iter().map(String::as_str));
    world.ada().ok(&send.chain(["--app", "trading", "--to", "acme", "--yes", "--wait=60"]).collect::<Vec<_>>());
    // Of those that were sent the first are now older there, and some were changed there since.
    for number in 0..10 {
        world.file(&format!("all/{}-Order-part-{number}.st", 4600 + number), format!("two {number}\n"));
    }
    publish();
    for number in 5..15 {
        world.edit("acme", &format!("{}-Order-part-{number}.st", 4600 + number), format!("there {number}\n"));
    }
    world.edit("borealis", "only-there.st", "hot fix\n");
    world.ada().wait_state("trading", "4606-Order-part-6.st", "acme", "conflict");
    world.ada().wait_state("trading", "4614-Order-part-14.st", "acme", "retrieve");
    world.ada().wait_state("trading", "only-there.st", "borealis", "only_at_site");
    world
}

/// The app, and what it has written until now.
struct Watched {
    app: Terminal,
    read: usize,
}

impl Watched {
    fn start(world: &World, (columns, rows): (u16, u16)) -> Self {
        let app = Terminal::start(world.ada(), &[], rows, columns, &[]);
        app.wait_text("4600-Order-part-0.st");
        app.wait_text("? help");
        let mut watched = Self { app, read: 0 };
        watched.settle();
        watched
    }

    /// Waits until nothing more comes, and gives what came.
    fn settle(&mut self) -> Vec<u8> {
        let before = self.read;
        until_true("the app has nothing more to say", || {
            let written = self.app.written();
            std::thread::sleep(QUIET);
            self.app.written() == written
        });
        let new = self.app.written_after(before);
        self.read = before + new.len();
        new
    }

    /// The frames that a key takes, at least one.
    fn frames(&mut self, key: &str) -> Vec<usize> {
        self.settle();
        self.app.press(key);
        let before = self.read;
        until_true(&format!("{key:?} shows"), || self.app.written() > before);
        frames(&self.settle())
    }

    /// The largest frame of each key.
    fn each(&mut self, keys: &[&str]) -> Vec<usize> {
        keys.iter().map(|key| self.frames(key).into_iter().max().expect("a frame")).collect()
    }

    /// From the last row of the screen to the next.
    fn scrolls_by_a_row(&mut self) -> Vec<usize> {
        self.settle();
        let patches =
            |screen: &str| screen.lines().filter_map(|line| line.find("-Order-").map(|at| line[at..].to_owned())).collect();
        let before: Vec<_> = patches(&self.app.text());
        let frames = self.frames("j");
        let after: Vec<_> = patches(&self.app.text());
        assert_ne!(before[0][..14], after[0][..14], "a row further:\n{}", self.app.text());
        frames
    }

    /// Ticks of some seconds in which nobody does anything and nothing on the screen grows older, so that no byte may be
    /// written. An answer of the server
    /// may come just then, and costs a tick or two in a build for tests; an app that works without cause does so at all times.
    fn idle(&mut self) -> u32 {
        let mut least = None;
        for _ in 0..5 {
            self.settle();
            let (screen, ticks) = (self.app.text(), cpu_ticks(self.app.pid()));
            std::thread::sleep(IDLE);
            let used = cpu_ticks(self.app.pid()) - ticks;
            let bytes = self.settle().len();
            if self.app.text() == screen {
                least = Some(least.map_or(used, |least: u32| least.min(used)));
                assert_eq!(bytes, 0, "bytes though nothing changed");
                if used <= 1 {
                    break;
                }
            }
        }
        least.unwrap_or_else(|| panic!("the screen changes all the time:\n{}", self.app.text()))
    }
}

/// The sizes of frames.
///
/// # Panics
/// When a byte stands outside the marks of a synchronised update.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.windows(END.len()).position(|window| window == END).map(|end| end + END.len());
        let frame = &rest[..end.unwrap_or(rest.len())];
        let begins = frame.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
        let whole = end.is_some() && begins == 1 && frame.starts_with(BEGIN);
        assert!(whole, "not a frame in its marks: {}", String::from_utf8_lossy(frame));
        sizes.push(frame.len());
        rest = &rest[frame.len()..];
    }
    sizes
}

#[test]
fn through_a_pseudo_terminal_each_frame_keeps_to_its_bytes_and_an_idle_app_writes_none() {
    let world = busy();
    for Budget { size, full, cursor, scroll } in BUDGETS {
        let mut app = Watched::start(&world, size);
        let whole = app.each(&["\x0c"]);
        let moves =
            app.each(&["j", "j", "l", "j", "k", "h", "j", "j", "l", "l", "j", "j", "h", "j", "j", "j", "j", "j", "j", "k"]);
        app.app.press(&"j".repeat(usize::from(size.1)));
        let scrolls: Vec<_> = (0..4).flat_map(|_| app.scrolls_by_a_row()).collect();
        let ticks = app.idle();
        println!("{size:?}: whole {whole:?}, cursor {moves:?}, scroll {scrolls:?}, idle for {IDLE:?}: 0 bytes, {ticks} ticks");
        assert!(whole.iter().all(|bytes| *bytes <= full), "{size:?}: the whole screen takes {whole:?} bytes");
        assert!(moves.iter().all(|bytes| *bytes <= cursor), "{size:?}: cursor moves take {moves:?} bytes");
        assert!(scrolls.iter().all(|bytes| *bytes <= scroll), "{size:?}: scrolling takes {scrolls:?} bytes");
        assert!(ticks <= 1, "{size:?}: {ticks} ticks of an idle app");
        app.app.press("q");
        assert_eq!(app.app.wait_end(), 0);
    }
}
