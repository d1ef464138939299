//! The app in a pseudo terminal: types keys, waits for words on the screen, and sees what modes it leaves behind.

use crate::cli::Cli;
use crate::patience::{until, until_true};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read as _, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A running app and its screen.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<Screen>>,
    reader: JoinHandle<()>,
    /// The terminal's settings before the program started.
    before: String,
}

struct Screen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts `fieldpost ARGS` in a terminal of that many rows and columns.
    pub fn start(cli: &Cli, args: &[&str], rows: u16, cols: u16, env: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(crate::binaries::folder().join("fieldpost"));
        command.args(args);
        command.cwd(&cli.folder);
        command.env("FIELDPOST_CONFIG_DIR", &cli.config);
        for (name, value) in env {
            command.env(name, value);
        }
        Self::run(command, rows, cols)
    }

    /// Starts any program.
    pub fn run(mut command: CommandBuilder, rows: u16, cols: u16) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("a pty");
        command.env("TERM", "xterm-256color");
        let before = termios(&*pair.master);
        let child = pair.slave.spawn_command(command).expect("the app starts");
        let screen =
            Arc::new(Mutex::new(Screen { parser: vt100::Parser::new(nonzero(rows), nonzero(cols), 0), bytes: Vec::new() }));
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let sink = Arc::clone(&screen);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let mut screen = sink.lock().expect("the screen");
                screen.parser.process(&buffer[..read]);
                screen.bytes.extend_from_slice(&buffer[..read]);
            }
        });
        let keys = pair.master.take_writer().expect("a writer");
        Self { child, master: pair.master, keys, screen, reader, before }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the app reads keys");
        self.keys.flush().expect("the app reads keys");
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.screen.lock().expect("the screen").parser.screen().contents()
    }

    /// The colour of the first character of a text on the screen; none: it isn't there.
    pub fn colour_of(&self, text: &str) -> Option<vt100::Color> {
        let screen = self.screen.lock().expect("the screen");
        let screen = screen.parser.screen();
        let (rows, cols) = screen.size();
        let (rows, cols) = (rows.get(), cols.get());
        let shows = |row: u16, col: u16| {
            let cells = (col..cols).filter_map(|col| screen.cell(row, col).map(vt100::Cell::contents));
            cells
                .map(|symbol| if symbol.is_empty() { " ".to_owned() } else { symbol.to_string() })
                .collect::<String>()
                .starts_with(text)
        };
        let mut places = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
        let (row, col) = places.find(|(row, col)| shows(*row, *col))?;
        screen.cell(row, col).map(vt100::Cell::fgcolor)
    }

    /// Waits until the screen shows something.
    ///
    /// # Panics
    /// When it never does, with the screen.
    pub fn wait_for(&self, what: &str, shows: impl Fn(&str) -> bool) {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| until_true(what, || shows(&self.text()))));
        assert!(result.is_ok(), "the screen never showed {what}:\n{}", self.text());
    }

    /// Waits until a text is on the screen.
    pub fn wait_text(&self, text: &str) {
        self.wait_for(&format!("{text:?}"), |screen| screen.contains(text));
    }

    /// Changes the size.
    pub fn resize(&self, rows: u16, cols: u16) {
        self.screen.lock().expect("the screen").parser.screen_mut().set_size(nonzero(rows), nonzero(cols));
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("the pty takes it");
    }

    /// The app's process id.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("the app runs")
    }

    /// Waits until the app has ended and all that it wrote was read, and gives its exit code.
    pub fn wait_end(&mut self) -> u32 {
        let code = until("the app ends", || self.child.try_wait().expect("a child").map(|status| status.exit_code()));
        until_true("its last bytes are read", || self.reader.is_finished());
        code
    }

    /// How many bytes the app has written so far.
    pub fn written(&self) -> usize {
        self.screen.lock().expect("the screen").bytes.len()
    }

    /// What was written after the first so many bytes.
    pub fn written_after(&self, before: usize) -> Vec<u8> {
        self.screen.lock().expect("the screen").bytes[before..].to_vec()
    }

    /// What a user would complain about after the app ended: modes that are still on. Empty when the terminal is as before.
    pub fn modes_left_on(&self) -> Vec<&'static str> {
        let screen = self.screen.lock().expect("the screen");
        let last = |on: &[u8], off: &[u8]| position(&screen.bytes, on) > position(&screen.bytes, off);
        let parsed = screen.parser.screen();
        let mut left = Vec::new();
        if parsed.alternate_screen() {
            left.push("alternate screen");
        }
        if parsed.hide_cursor() {
            left.push("hidden cursor");
        }
        if parsed.bracketed_paste() {
            left.push("bracketed paste");
        }
        if parsed.mouse_protocol_mode() != vt100::MouseProtocolMode::None {
            left.push("mouse");
        }
        if last(b"\x1b[?2026h", b"\x1b[?2026l") {
            left.push("synchronised output");
        }
        if termios(&*self.master) != self.before {
            left.push("raw mode");
        }
        left
    }

    /// Waits until the terminal is as it was before: what a program wrote last may still be on its way.
    ///
    /// # Panics
    /// When it never is, with what is still on.
    pub fn wait_as_before(&self, when: &str) {
        self.wait_as_before_but(when, &[]);
    }

    /// Waits for the same, but for modes that another program has on by right: one like tmux, within which the app ran.
    ///
    /// # Panics
    /// When it never is, with what is still on.
    pub fn wait_as_before_but(&self, when: &str, by_right: &[&str]) {
        let wrong = || self.modes_left_on().into_iter().filter(|mode| !by_right.contains(mode)).collect::<Vec<_>>();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| until_true(when, || wrong().is_empty())));
        assert!(result.is_ok(), "{when} there is still {:?}", wrong());
    }

    /// Whether the program has written these bytes.
    pub fn has_written(&self, bytes: &[u8]) -> bool {
        position(&self.screen.lock().expect("the screen").bytes, bytes).is_some()
    }
}

fn termios(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal has settings"))
}

fn nonzero(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).expect("a terminal has cells")
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
