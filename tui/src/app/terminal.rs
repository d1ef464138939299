//! The terminal's modes, taken and given back, and frames that are written in one piece.

mod frugal;
mod stop;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
pub(crate) use frugal::Frugal;
use ratatui::Terminal;
use ratatui::layout::Rect;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
pub(crate) use stop::{Asked, Stops};
use tokio::sync::Notify;

static TAKEN: AtomicBool = AtomicBool::new(false);
/// The title is the app's; the one before it waits on the terminal's stack.
static TITLED: AtomicBool = AtomicBool::new(false);
static PANICKED: Notify = Notify::const_new();

/// Takes the terminal: raw, on the alternate screen, pastes marked as such.
pub(crate) fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)
}

/// Gives the terminal back as it was. May be called at any time, from anywhere, more than once.
pub(crate) fn leave() {
    // Held until all is written: a frame comes whole before it, or not at all.
    let mut out = io::stdout().lock();
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    if TITLED.swap(false, Ordering::SeqCst) {
        let _ = out.write_all(b"\x1b[23;2t");
    }
    // GNU screen has no alternate screen by default: there the last frame would stay, with the prompt somewhere within.
    let wiped = queue!(out, EndSynchronizedUpdate, cursor::MoveTo(0, 0), Clear(ClearType::FromCursorDown));
    // There may be no terminal any more; there is nothing to be done about that.
    let _ = wiped.and_then(|()| execute!(out, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show));
    let _ = disable_raw_mode();
}

/// Rings.
pub(crate) fn bell() -> io::Result<()> {
    write_now(b"\x07")
}

/// Gives the terminal a title of the app's own words; leaving gives back the one before.
pub(crate) fn title(words: &str) -> io::Result<()> {
    let save: &[u8] = if TITLED.swap(true, Ordering::SeqCst) { b"" } else { b"\x1b[22;2t" };
    write_now(&[save, b"\x1b]2;", words.as_bytes(), b"\x1b\\"].concat())
}

fn write_now(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if !TAKEN.load(Ordering::SeqCst) {
        return Ok(());
    }
    out.write_all(bytes)?;
    out.flush()
}

/// Gives the terminal back when something panics, before its words are printed.
pub(crate) fn leave_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        leave();
        before(info);
        PANICKED.notify_one();
    }));
}

/// Waits until something has panicked: in a task beside the app that ends the task only.
pub(crate) async fn panicked() {
    PANICKED.notified().await;
}

/// Gives the terminal back when it goes out of scope.
pub(crate) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

/// Bytes that wait until their frame is whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending(Arc<Mutex<Vec<u8>>>);

impl Pending {
    /// Takes what waits.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Draws frames into memory and writes each with one call.
pub(crate) struct Screen {
    terminal: Terminal<Frugal<Pending>>,
    pending: Pending,
}

impl Screen {
    pub(crate) fn new() -> io::Result<Self> {
        let pending = Pending::default();
        Ok(Self { terminal: Terminal::new(Frugal::new(pending.clone()))?, pending })
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Forgets what the terminal shows: the next frame is drawn whole.
    pub(crate) fn forget(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal where its cursor is; answers get lost under tmux and SSH.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Draws, and writes what changed.
    pub(crate) fn draw(&mut self, render: impl FnOnce(&mut ratatui::Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(render)?;
        let body = self.pending.take();
        let mut out = io::stdout().lock();
        // Something has panicked beside the app, and its words stand on the terminal.
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        write_frame(&mut out, &body)
    }
}

/// Writes what changed, between the marks of a synchronised update and in one piece; nothing when nothing did.
pub(crate) fn write_frame(out: &mut impl Write, body: &[u8]) -> io::Result<()> {
    if body.is_empty() {
        return Ok(());
    }
    let mut frame = Vec::with_capacity(body.len() + 16);
    queue!(frame, BeginSynchronizedUpdate)?;
    frame.extend_from_slice(body);
    queue!(frame, EndSynchronizedUpdate)?;
    out.write_all(&frame)?;
    out.flush()
}
