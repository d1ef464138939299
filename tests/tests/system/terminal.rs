//! The terminal is as it was before, however the app ends; and it is the app's again after a stop.

use fieldpost_tests::binaries;
use fieldpost_tests::patience::until_true;
use fieldpost_tests::terminal::Terminal;
use fieldpost_tests::world::World;
use portable_pty::CommandBuilder;

/// What the app shows over a world without sites.
const SHOWN: &str = "No site runs trading yet";

fn without_sites() -> World {
    let world = World::start();
    world.publish("a.st", "one\n", "7.7");
    world
}

/// With a patch that was never sent.
fn with_site() -> World {
    let mut world = without_sites();
    world.site("acme", "7.7");
    world.wait_seen("acme");
    world
}

fn signal(app: &Terminal, signal: &str) {
    let pid = app.pid().to_string();
    assert!(std::process::Command::new("kill").args([signal, &pid]).status().expect("kill").success());
}

#[test]
fn the_terminal_is_as_before_after_quitting_and_after_each_signal() {
    let world = without_sites();
    for end in ["q", "\x03", "-TERM", "-HUP", "-INT"] {
        let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
        app.wait_text(SHOWN);
        if end.starts_with('-') {
            signal(&app, end);
        } else {
            app.press(end);
        }
        assert_eq!(app.wait_end(), 0, "after {end:?}");
        app.wait_as_before(&format!("after {end:?}"));
    }
}

#[test]
fn the_terminal_is_as_before_after_a_panic_and_its_words_can_be_read() {
    let program = binaries::example("panic");
    for (key, words) in [("2", "the office fell down within the loop"), ("5", "the office fell down beside the loop")] {
        let mut command = CommandBuilder::new(&program);
        command.env("RUST_BACKTRACE", "0");
        let mut app = Terminal::run(command, 24, 100);
        app.wait_text("No application yet");
        app.press(key);
        assert_ne!(app.wait_end(), 0);
        app.wait_text(words);
        app.wait_as_before(words);
    }
}

#[test]
fn a_flood_of_sizes_ends_with_the_screen_of_the_last_one() {
    let world = without_sites();
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_text(SHOWN);
    for step in 0..200 {
        app.resize(16 + step % 30, 61 + step);
    }
    app.resize(24, 80);
    app.wait_for("the footer in the last line", |screen| screen.lines().nth(23).is_some_and(|line| line.contains("? help")));
    app.press("?");
    app.wait_text("─ Keys ─");
    app.resize(10, 40);
    app.wait_text("fieldpost needs 60×15");
    app.resize(24, 80);
    app.wait_text("─ Keys ─");
    app.press("\x1b");
    app.wait_for("the help is closed", |screen| !screen.contains("─ Keys ─"));
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_and_fg_brings_the_app_back() {
    let world = without_sites();
    let mut shell = CommandBuilder::new("sh");
    shell.arg("-i");
    shell.env("PS1", "shell> ");
    shell.env("FIELDPOST_CONFIG_DIR", &world.ada().config);
    let mut shell = Terminal::run(shell, 24, 80);
    shell.wait_text("shell>");
    let program = binaries::folder().join("fieldpost");
    shell.press(&format!("{}\n", program.display()));
    shell.wait_text(SHOWN);
    for _ in 0..3 {
        shell.press("\x1a");
        shell.wait_text("shell>");
        shell.wait_as_before("in the shell");
        shell.press("fg\n");
        shell.wait_text(SHOWN);
        // It is drawn whole, and takes keys.
        shell.wait_text("? help");
        shell.press("?");
        shell.wait_text("─ Keys ─");
        shell.press("\x1b");
        shell.wait_for("the help is closed", |screen| screen.contains(SHOWN) && !screen.contains("─ Keys ─"));
    }
    shell.press("q");
    shell.wait_text("shell>");
    shell.wait_as_before("in the shell");
    shell.press("exit\n");
    shell.wait_end();
}

#[test]
fn a_stop_from_outside_gives_the_shell_its_terminal_too() {
    let world = without_sites();
    let mut shell = CommandBuilder::new("sh");
    shell.arg("-i");
    shell.env("PS1", "shell> ");
    shell.env("FIELDPOST_CONFIG_DIR", &world.ada().config);
    let mut shell = Terminal::run(shell, 24, 80);
    shell.wait_text("shell>");
    let (program, file) = (binaries::folder().join("fieldpost"), world.path().join("pid"));
    shell.press(&format!("sh -c 'echo $$ > {}; exec {}'\n", file.display(), program.display()));
    shell.wait_text(SHOWN);
    let pid = std::fs::read_to_string(&file).expect("a process id");
    for signal in ["-TSTP", "-STOP", "-TSTP"] {
        assert!(std::process::Command::new("kill").args([signal, pid.trim()]).status().expect("kill").success());
        if signal == "-TSTP" {
            shell.wait_text("shell>");
            shell.wait_as_before("in the shell");
        } else {
            until_true("it is stopped", || {
                let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).expect("a process");
                stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
            });
        }
        shell.press("fg\n");
        shell.wait_text("? help");
        shell.press("?");
        shell.wait_text("─ Keys ─");
        shell.press("\x1b");
        shell.wait_for("the help is closed", |screen| screen.contains(SHOWN) && !screen.contains("─ Keys ─"));
    }
    shell.press("q");
    shell.wait_text("shell>");
    shell.wait_as_before("in the shell");
    shell.press("exit\n");
    shell.wait_end();
}

#[test]
fn ten_lines_pasted_on_the_grid_do_nothing() {
    let world = with_site();
    let mut app = Terminal::start(world.ada(), &[], 24, 80, &[]);
    app.wait_for("a patch to send", |screen| screen.lines().any(|line| line.contains("a.st") && line.contains('+')));
    app.press("\x1b[200~+\r\ny\r\n\r\nq\r\n:quit\r\n<\r\np\r\nx\r\n>\r\n\x03\r\n\x1b[201~");
    app.press("?");
    app.wait_text("─ Keys ─");
    app.press("\x1b");
    app.wait_for("the patches, and nothing over them", |screen| screen.contains("a.st") && !screen.contains("┌─"));
    assert_eq!(world.ada().state("trading", "a.st", "acme"), "not_sent");
    app.press("q");
    assert_eq!(app.wait_end(), 0);
}

#[test]
fn without_colours_no_colour_is_written_and_with_them_some_is() {
    let world = without_sites();
    for (args, env, colours) in [
        (&["--color", "never"][..], &[][..], false),
        (&[], &[("NO_COLOR", "1")], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
    ] {
        let mut app = Terminal::start(world.ada(), args, 24, 80, env);
        app.wait_text(SHOWN);
        app.press("q");
        app.wait_end();
        assert_eq!(app.has_written(b"38;5;"), colours, "{args:?} {env:?}");
        assert!(app.has_written(b"\x1b[1m") || app.has_written(b"\x1b[7m"), "bold and reverse stay: {args:?} {env:?}");
    }
}

#[test]
fn copying_goes_through_the_terminal_and_into_a_file_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = with_site();
    let state = world.path().join("state");
    let env = [("XDG_STATE_HOME", state.to_str().expect("UTF-8")), ("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22")];
    let mut app = Terminal::start(world.ada(), &[], 24, 100, &env);
    app.wait_for("the site", |screen| screen.contains("acme"));
    app.press("y");
    app.wait_text("command line that does the same");
    app.press("n");
    app.wait_text("copied.txt");
    assert!(app.has_written(b"\x1b]52;c;YS5zdA==\x1b\\"), "OSC 52 with a.st in base64");
    let file = state.join("fieldpost/copied.txt");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), "a.st");
    assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    app.press("yc");
    until_true("the command line is copied", || {
        std::fs::read_to_string(&file).is_ok_and(|text| text == "fieldpost send a.st --app trading --to acme")
    });
    app.press("q");
    app.wait_end();
}
