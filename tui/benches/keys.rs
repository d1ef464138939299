//! How long it takes from a key to its frame at 10,000 patches × 200 sites, beside the time that ratatui takes for an empty frame of the
//! same size in the same run: `cargo bench -p fieldpost --bench keys`.

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
/// Each key is pressed so often; the slowest counts.
const TIMES: usize = 20;

fn main() {
    let start = Stopwatch::start();
    let sheet = Sheet::of(sample::large());
    println!("beside the loop: the grid is made ready in {:.1} ms", ms(start.elapsed()));
    for size in [(80, 24), (200, 50), (400, 100)] {
        keys(&sheet, size);
    }
}

fn keys(sheet: &Sheet, size: (u16, u16)) {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    let peer = (0..TIMES).map(|_| empty(&mut terminal)).min().expect("some runs");
    println!("{}×{}: an empty frame takes {:.2} ms", size.0, size.1, ms(peer));
    let mut stage = Stage::new(sheet.clone(), size, sample::now());
    let say = |what: &str, worst: Duration| {
        let verdict = if worst < GOAL { "" } else { "   over 16 ms" };
        println!("  {what:<34} {:>7.2} ms = {:>5.1} × empty{verdict}", ms(worst), worst.as_secs_f64() / peer.as_secs_f64());
    };
    for (what, keys) in stories() {
        let worst =
            (0..TIMES).flat_map(|_| keys.iter().map(|key| press(&mut stage, &mut terminal, *key)).collect::<Vec<_>>()).max();
        say(what, worst.unwrap_or_default());
    }
    let worst = (0..TIMES).map(|_| {
        let newer = sheet.clone();
        let start = Stopwatch::start();
        stage.load(newer);
        draw(&stage, &mut terminal);
        start.elapsed()
    });
    say("a newer grid comes in", worst.max().unwrap_or_default());
}

/// What is pressed, over and over.
fn stories() -> Vec<(&'static str, Vec<KeyEvent>)> {
    let key = |c: char| KeyEvent::from(KeyCode::Char(c));
    let code = |code: KeyCode| KeyEvent::from(code);
    let (enter, esc) = (code(KeyCode::Enter), code(KeyCode::Esc));
    let all = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::CONTROL);
    let typed = |text: &str| [key('/')].into_iter().chain(text.chars().map(key)).collect::<Vec<_>>();
    vec![
        ("a cell down, a cell to the right", vec![key('j'), key('l')]),
        ("a page down and up", vec![code(KeyCode::PageDown), code(KeyCode::PageUp)]),
        ("the end and the beginning", vec![key('G'), code(KeyCode::End), key('g'), code(KeyCode::Home)]),
        ("the next that needs somebody", vec![key('n'), key('N'), key('n')]),
        ("letters of a filter", [typed("order bn 471"), vec![esc]].concat()),
        ("letters of a filter of sites", [typed("@site-01"), vec![esc]].concat()),
        ("sort: list and choice", vec![key('S'), key('j'), enter]),
        ("mark all, unmark all", vec![all, all]),
        ("mark one among all", vec![all, key(' '), key('V'), key('j'), key('V'), all, all]),
    ]
}

fn press(stage: &mut Stage, terminal: &mut Terminal<TestBackend>, key: KeyEvent) -> Duration {
    let start = Stopwatch::start();
    stage.press(key);
    draw(stage, terminal);
    start.elapsed()
}

fn draw(stage: &Stage, terminal: &mut Terminal<TestBackend>) {
    terminal.draw(|frame| stage.draw(frame)).expect("memory takes every frame");
}

fn empty(terminal: &mut Terminal<TestBackend>) -> Duration {
    let start = Stopwatch::start();
    terminal.draw(|_| {}).expect("memory takes every frame");
    start.elapsed()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
