//! The programs that the config names: the hook, the command that prints the state, and the actions.

use super::access::{Deed, runnable, why};
use super::{Finding, found};
use crate::config::Application;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Looks at each; `path` is the environment's.
pub(super) fn check(application: &Application, path: Option<&OsStr>) -> Vec<Finding> {
    let name = &application.name;
    let hook = application.after_install.iter().map(|hook| (format!("after_install of {name}"), &hook.command));
    let state = application.state.iter().filter_map(|state| state.command.as_ref());
    let state = state.map(|command| (format!("state of {name}"), command));
    let actions = application.actions.iter().map(|(action, config)| (format!("action {action} of {name}"), &config.command));
    let all = hook.chain(state).chain(actions);
    all.filter_map(|(what, command)| Some(found(what, look(command.first()?, path)))).collect()
}

/// Where a program is, if it can be run.
fn look(program: &str, path: Option<&OsStr>) -> Result<String, String> {
    if program.contains('/') && !program.starts_with('/') {
        return Err(format!("{program}: it is a relative path, and where from depends on who starts it\nwrite it from / on"));
    }
    if program.contains('/') {
        return sound(Path::new(program)).map(|()| program.to_owned());
    }
    let folders: Vec<PathBuf> = path.map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
    let all: Vec<PathBuf> = folders.iter().map(|folder| folder.join(program)).filter(|file| file.is_file()).collect();
    let Some(first) = all.first() else {
        let path = path.unwrap_or_default().display();
        return Err(format!(
            "{program}: it is in no folder of PATH ({path})\ninstall it, or write its whole path: the agent may run with another PATH"
        ));
    };
    // As the system does it: one that can't be run is passed over.
    let found = all.iter().find(|file| runnable(file).is_ok()).unwrap_or(first);
    sound(found).map(|()| found.display().to_string())
}

fn sound(file: &Path) -> Result<(), String> {
    let wrong = |what: &str, cure: &str| Err(format!("{}: {what}\n{cure}", file.display()));
    match file.metadata() {
        Ok(meta) if !meta.is_file() => return wrong("it is not a file", "name a program in the config"),
        Ok(_) => {}
        Err(error) => return wrong(&why(Deed::Read, &error), "install it, or name the right program in the config"),
    }
    if let Err(error) = runnable(file) {
        return wrong(&why(Deed::Run, &error), "let the user that runs the agent run it: `chmod +x`");
    }
    if is_plain_text(file) {
        return wrong(
            "it is no program, and its first line begins with no #!: the system can't start it",
            "write the interpreter into its first line, as in #!/bin/sh",
        );
    }
    let line = first_line(file).unwrap_or_default();
    // The system takes it for a part of the name or option that it stands behind.
    if line.ends_with('\r') {
        return wrong("its first line ends with a carriage return", "save it with Unix line ends");
    }
    let interpreter = line.split([' ', '\t']).find(|name| !name.is_empty()).filter(|name| name.starts_with('/'));
    match interpreter.filter(|interpreter| !Path::new(interpreter).exists()) {
        Some(interpreter) => wrong(
            &format!("its first line names {interpreter}, which isn't there"),
            "install that, or name the right one in the first line",
        ),
        None => Ok(()),
    }
}

/// Whether a file begins neither as a program of any system does nor as a script. One that can't be read is left to the system.
fn is_plain_text(file: &Path) -> bool {
    const PROGRAMS: [&[u8]; 8] = [
        b"#!",
        b"\x7fELF",
        // macOS: either order of bytes, and for several processors.
        b"\xcf\xfa\xed\xfe",
        b"\xfe\xed\xfa\xcf",
        b"\xca\xfe\xba\xbe",
        // What Linux starts through binfmt_misc: Windows and .NET, Java archives, WebAssembly.
        b"MZ",
        b"PK",
        b"\0asm",
    ];
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(4).read_to_end(&mut head));
    read.is_ok() && !PROGRAMS.iter().any(|program| head.starts_with(program))
}

/// What stands behind `#!` in the first line of a script; one that can't be read is left to the system.
fn first_line(file: &Path) -> Option<String> {
    const LONGEST: u64 = 256;
    let mut line = Vec::new();
    BufReader::new(File::open(file).ok()?.take(LONGEST)).read_until(b'\n', &mut line).ok()?;
    let line = line.strip_prefix(b"#!")?;
    String::from_utf8(line.strip_suffix(b"\n").unwrap_or(line).to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(path: &Path, text: &str, mode: u32) {
        std::fs::write(path, text).expect("written");
        std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("modes");
    }

    #[test]
    fn a_program_is_found_by_its_whole_path_or_in_the_folders_of_path() {
        let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let whole = two.path().join("restart");
        program(&whole, "#!/bin/sh\n", 0o755);
        let path = std::env::join_paths([one.path(), two.path()]).expect("a PATH");
        assert_eq!(look(&whole.display().to_string(), None), Ok(whole.display().to_string()));
        assert_eq!(look("restart", Some(&path)), Ok(whole.display().to_string()));
        program(&one.path().join("restart"), "no program", 0o644);
        assert_eq!(look("restart", Some(&path)), Ok(whole.display().to_string()), "what can't be run is passed over");
        let lost = look("restart", Some(OsStr::new("/nowhere"))).expect_err("not found");
        assert!(lost.contains("in no folder of PATH (/nowhere)\ninstall it, or write its whole path"), "{lost}");
        assert!(look("restart", None).is_err());
    }

    #[test]
    fn what_is_no_program_or_can_not_be_run_says_how_to_mend_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name).display().to_string();
        program(&dir.path().join("plain"), "#!/bin/sh\n", 0o644);
        program(&dir.path().join("script"), "#!/no/such/shell -e\n", 0o755);
        assert!(look(&at("plain"), None).expect_err("no x").contains("\nlet the user that runs the agent run it"));
        assert!(look(&at("none"), None).expect_err("none").contains("\ninstall it"));
        assert!(look(&at(""), None).expect_err("a folder").contains("it is not a file"));
        let script = look(&at("script"), None).expect_err("no shell");
        assert!(script.contains("its first line names /no/such/shell, which isn't there\n"), "{script}");
    }

    #[test]
    fn a_program_without_its_first_line_or_with_a_relative_path_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let script = dir.path().join("script");
        for text in ["echo done\n", "", "\n#!/bin/sh\n"] {
            program(&script, text, 0o755);
            let wrong = look(&script.display().to_string(), None).expect_err("no program");
            assert!(wrong.contains("begins with no #!") && wrong.contains("\nwrite the interpreter"), "{wrong}");
        }
        assert!(look("bin/restart", None).expect_err("relative").ends_with("\nwrite it from / on"));
        assert!(look("./restart", None).is_err());
        assert!(look("/bin/sh", None).is_ok(), "a real program");
    }

    #[test]
    fn a_script_with_the_line_ends_of_windows_says_how_to_mend_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let look_at = |text: &str| {
            let file = dir.path().join("script");
            program(&file, text, 0o755);
            look(&file.display().to_string(), None).map_err(|wrong| wrong.rsplit_once(": ").expect("words").1.to_owned())
        };
        let cure = "its first line ends with a carriage return\nsave it with Unix line ends";
        for line in ["#!/bin/sh\r\necho\r\n", "#!/bin/sh -e\r\n", "#!/usr/bin/env python3\r\n", "#! /no/such/shell\r"] {
            assert_eq!(look_at(line), Err(cure.to_owned()), "{line:?}");
        }
        assert!(look_at("#! \t/bin/sh\t-e\n").is_ok());
        assert!(look_at("#!/bin/sh").is_ok());
    }
}
