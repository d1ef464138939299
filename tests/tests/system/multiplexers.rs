//! Within tmux and GNU screen the terminal is as it was before, too.
//!
//! A test looks at nothing where its program isn't installed, and says so on standard error, past what captures output: the README's
//! command must pass with a Rust toolchain and a C compiler alone. `.ci/run` installs both programs, so there the tests do look.

use fieldpost_tests::binaries;
use fieldpost_tests::patience::until;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;
use portable_pty::CommandBuilder;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;

/// What the app shows over a world without sites.
const SHOWN: &str = "No site runs trading yet";

/// A program with a terminal of its own, in which a shell runs.
struct Multiplexer {
    name: &'static str,
    /// Answers, and does nothing else.
    version: &'static str,
    /// Before the shell's command line, as with a user who has set nothing.
    start: &'static [&'static str],
    /// Where its socket goes.
    folder: &'static str,
    /// The line that must not count as a line of the shell.
    status: Option<&'static str>,
}

const TMUX: Multiplexer = Multiplexer {
    name: "tmux",
    version: "-V",
    start: &["-u", "-L", "test", "-f", "/dev/null", "new-session"],
    folder: "TMUX_TMPDIR",
    status: Some("[0] 0:"),
};

/// By default it has no alternate screen.
const SCREEN: Multiplexer =
    Multiplexer { name: "screen", version: "--version", start: &["-U", "-c", "/dev/null"], folder: "SCREENDIR", status: None };

impl Multiplexer {
    fn is_installed(&self) -> bool {
        let there = std::process::Command::new(self.name).arg(self.version).output().is_ok();
        if !there {
            let words = format!("{} isn't installed: what the app leaves behind within it was NOT looked at", self.name);
            writeln!(std::io::stderr(), "{words}").expect("standard error");
        }
        there
    }

    /// Starts it with a shell whose prompt is `shell>`.
    fn shell(&self, world: &World) -> Terminal {
        let sockets = world.path().join(self.name);
        std::fs::DirBuilder::new().mode(0o700).create(&sockets).expect("a folder for the socket");
        let mut command = CommandBuilder::new(self.name);
        command.args(self.start);
        command.args(["env", "PS1=shell> ", "sh", "-i"]);
        command.env(self.folder, sockets);
        command.env("FIELDPOST_CONFIG_DIR", &world.ada().config);
        for outer in ["TMUX", "STY", "ENV"] {
            command.env_remove(outer);
        }
        let shell = Terminal::run(command, 24, 80);
        shell.wait_text("shell>");
        shell
    }

    /// The lines that the shell has, without blank ones.
    fn lines(&self, terminal: &Terminal) -> Vec<String> {
        let text = terminal.text();
        let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        lines.filter(|line| self.status.is_none_or(|status| !line.starts_with(status))).map(str::to_owned).collect()
    }

    fn check(&self) {
        if !self.is_installed() {
            return;
        }
        let world = World::start();
        world.publish("a.st", "one\n", "7.7");
        let mut shell = self.shell(&world);
        let before = settings(&mut shell, &world, "before");
        shell.press(&format!("clear; {}\r", binaries::folder().join("fieldpost").display()));
        shell.wait_text(SHOWN);
        shell.wait_text("? help");
        shell.press("q");
        shell.wait_for("the prompt on a line of its own, and nothing of the app", |screen| {
            let last = self.lines(&shell).pop().unwrap_or_default();
            last == "shell>" && !screen.contains(SHOWN) && !screen.contains("? help")
        });
        shell.wait_as_before_but(&format!("in the shell within {}", self.name), &["alternate screen", "raw mode"]);
        assert_eq!(settings(&mut shell, &world, "after"), before, "stty -g within {}", self.name);
        shell.press("exit\r");
        shell.wait_end();
        shell.wait_as_before(&format!("after {}", self.name));
    }
}

/// Has the shell write its terminal's settings into a file, and reads it.
fn settings(shell: &mut Terminal, world: &World, file: &str) -> String {
    let path = world.path().join(file);
    shell.press(&format!("clear; stty -g > {}\r", path.display()));
    until("the settings are written", || std::fs::read_to_string(&path).ok().filter(|text| text.ends_with('\n')))
}

#[test]
fn within_tmux_the_terminal_is_as_before_after_quitting() {
    TMUX.check();
}

#[test]
fn within_gnu_screen_which_has_no_alternate_screen_the_prompt_does_not_stand_in_the_old_frame() {
    SCREEN.check();
}
