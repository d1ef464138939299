//! How long it takes from a key to its frame at 10,000 patches × 200 sites, beside the time that ratatui takes for an empty frame of the
//! same size in the same run: `cargo bench --workspace --bench keys`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fieldpost::app::{Sheet, Stage};
use fieldpost::clock::Stopwatch;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::time::Duration;

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../src/app/sample.rs"]
mod sample;

/// A key must show within one frame.
const GOAL: Duration = Duration::from_millis(16);
/// Each key is pressed so often; the median counts, the slowest is shown beside it.
const TIMES: usize = 21;
/// So many orders are answered at once, as the app asks for them.
const PART: usize = 20;

fn main() {
    let start = Stopwatch::start();
    let sheet = Sheet::of(sample::large());
    println!("beside the loop: the grid is made ready in {:.1} ms", ms(start.elapsed()));
    for size in [(80, 24), (200, 50), (400, 100)] {
        let mut bench = Bench::new(&sheet, size);
        for story in stories() {
            bench.tell(&story);
        }
        bench.newer_grids(&sheet);
        bench.many_orders();
    }
}

/// A key, and what is pressed before and after it so that it does the same each time.
struct Story {
    what: &'static str,
    before: Vec<KeyEvent>,
    key: KeyEvent,
    after: Vec<KeyEvent>,
}

/// The keys of a story, as people write them.
fn story(what: &'static str, before: &str, key: &str, after: &str) -> Story {
    Story { what, before: keys(before), key: keys(key)[0], after: keys(after) }
}

fn keys(names: &str) -> Vec<KeyEvent> {
    names.split_whitespace().map(key).collect()
}

fn key(name: &str) -> KeyEvent {
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Down" => KeyCode::Down,
        "End" => KeyCode::End,
        "Home" => KeyCode::Home,
        "PageDown" => KeyCode::PageDown,
        "Backspace" => KeyCode::Backspace,
        "C-a" => return KeyEvent::new(KeyCode::Char('a'), KeyModifiers::CONTROL),
        letter => KeyCode::Char(letter.chars().next().unwrap_or(' ')),
    };
    KeyEvent::from(code)
}

fn stories() -> Vec<Story> {
    vec![
        story("a cell down", "", "j", ""),
        story("a cell to the right", "", "l", ""),
        story("a page down", "", "PageDown", ""),
        story("the last row", "", "G", "g"),
        story("the last site", "", "End", "Home"),
        story("the next that needs somebody", "", "n", ""),
        story("filter: the first letter", "/", "o", "Esc"),
        story("filter: the third letter", "/ o r", "d", "Esc"),
        story("filter: a letter less", "/ o r d", "Backspace", "Esc"),
        story("filter: the last letter gone", "/ o", "Backspace", "Esc"),
        story("filter of sites: a letter", "/ @", "1", "Esc"),
        story("sort: newest change first", "S j j", "Enter", "S k k Enter"),
        story("sort: worst first", "S j j j j j j", "Enter", "S k k k k k k Enter"),
        story("one version only", "v j", "Enter", "v k Enter"),
        story("mark all", "", "C-a", "C-a"),
        story("unmark all", "C-a", "C-a", ""),
        story("invert the marks", "", "*", "C-a"),
        story("end a range over all", "g V G", "V", "C-a"),
        story("a cell down, all marked, filtered", "C-a / o Enter", "j", "Esc Esc"),
        story("send all to all sites: the question", "C-a", "+", "Esc Esc"),
        story("remove at all sites: the question", "/ 0 0 7 7 1 Enter C-a", "D", "Esc Esc Esc"),
        story("remove all at all sites: too many", "C-a", "D", "Esc Esc"),
        story("a line down in the question", "C-a +", "Down", "Esc Esc"),
    ]
}

struct Bench {
    stage: Stage,
    terminal: Terminal<TestBackend>,
    /// What an empty frame takes.
    peer: Duration,
}

impl Bench {
    fn new(sheet: &Sheet, size: (u16, u16)) -> Self {
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
        let peer = median((0..TIMES).map(|_| empty(&mut terminal)).collect()).0;
        println!("{}×{}: an empty frame takes {:.2} ms", size.0, size.1, ms(peer));
        Self { stage: Stage::new(sheet.clone(), size, sample::now()), terminal, peer }
    }

    fn tell(&mut self, story: &Story) {
        let times = (0..TIMES).map(|_| {
            story.before.iter().for_each(|key| self.stage.press(*key));
            self.draw();
            let time = self.timed(|stage| stage.press(story.key));
            story.after.iter().for_each(|key| self.stage.press(*key));
            time
        });
        let times = times.collect();
        self.say(story.what, times);
    }

    /// What is told without a key must not keep a key waiting either.
    fn newer_grids(&mut self, sheet: &Sheet) {
        let times = (0..TIMES).map(|_| {
            let newer = sheet.clone();
            self.timed(|stage| stage.load(newer))
        });
        let times = times.collect();
        self.say("a newer grid comes in", times);
        let times = (0..TIMES).map(|_| self.timed(Stage::tick)).collect();
        self.say("a second goes by", times);
    }

    /// Gives orders for everything that can be sent, as one job.
    fn many_orders(&mut self) {
        for key in keys("C-a + t r a d i n g") {
            self.stage.press(key);
        }
        let time = self.timed(|stage| stage.press(key("Enter")));
        self.say("send all to all sites: yes", vec![time]);
        let times = (0..TIMES).map(|_| self.timed(|stage| stage.press(key("j")))).collect();
        self.say("a cell down while all are given", times);
        let times = (0..TIMES).map(|_| self.timed(|stage| stage.given(PART))).collect();
        self.say("the server answers some of them", times);
    }

    fn timed(&mut self, step: impl FnOnce(&mut Stage)) -> Duration {
        let start = Stopwatch::start();
        step(&mut self.stage);
        self.draw();
        start.elapsed()
    }

    fn draw(&mut self) {
        self.terminal.draw(|frame| self.stage.draw(frame)).expect("memory takes every frame");
    }

    fn say(&self, what: &str, times: Vec<Duration>) {
        let (median, worst) = median(times);
        let verdict = if median < GOAL { "" } else { "   over 16 ms" };
        let ratio = median.as_secs_f64() / self.peer.as_secs_f64();
        println!("  {what:<36} {:>7.2} ms, at worst {:>7.2} ms = {ratio:>6.1} × empty{verdict}", ms(median), ms(worst));
    }
}

fn empty(terminal: &mut Terminal<TestBackend>) -> Duration {
    let start = Stopwatch::start();
    terminal.draw(|_| {}).expect("memory takes every frame");
    start.elapsed()
}

/// The middle one and the longest.
fn median(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() - 1])
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
