//! Runs what the local config names after an installation: no shell, a time limit, the end of its output kept.

use crate::config::Hook;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{HookReport, MAX_HOOK_OUTPUT};
use rustix::process::{Pid, Signal, kill_process_group};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// For which patch a hook runs.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// The site.
    pub site: SiteName,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
}

/// How long the output is waited for after the program ended; something it left running may hold it open.
const DRAIN: Duration = Duration::from_secs(1);

/// Runs a hook to its end or its time limit.
pub async fn run(hook: &Hook, occasion: &Occasion, directory: &Path) -> HookReport {
    let mut child = match start(hook, occasion, directory) {
        Ok(child) => child,
        Err(error) => {
            let program = hook.command.first().map_or("", String::as_str);
            return HookReport { code: None, timed_out: false, output: Clean::line(&format!("{program} can't be run: {error}")) };
        }
    };
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let out = tokio::spawn(tail(child.stdout.take()));
    let err = tokio::spawn(tail(child.stderr.take()));
    let ended = tokio::time::timeout(Duration::from_secs(hook.timeout_s), child.wait()).await;
    let timed_out = ended.is_err();
    if timed_out {
        if let Some(group) = group {
            // It may have ended just now; then there is nothing to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait().await;
    }
    let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
    let output = [collect(out).await, collect(err).await].concat();
    HookReport { code, timed_out, output: shown(&output) }
}

fn start(hook: &Hook, occasion: &Occasion, directory: &Path) -> std::io::Result<Child> {
    let Some((program, arguments)) = hook.command.split_first() else {
        return Err(std::io::Error::other("after_install has an empty command"));
    };
    Command::new(program)
        .args(arguments)
        .env("FIELDPOST_APPLICATION", occasion.application.as_str())
        .env("FIELDPOST_PATCH", occasion.patch.as_str())
        .env("FIELDPOST_SITE", occasion.site.as_str())
        .env("FIELDPOST_DIRECTORY", directory)
        .env("FIELDPOST_PATH", directory.join(occasion.patch.as_str()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

async fn collect(mut tail: tokio::task::JoinHandle<Vec<u8>>) -> Vec<u8> {
    if let Ok(bytes) = tokio::time::timeout(DRAIN, &mut tail).await {
        return bytes.unwrap_or_default();
    }
    tail.abort();
    b"(its output is still held open by something that it started)".to_vec()
}

/// The last bytes of a stream; the rest is read and dropped, so that the program never blocks on it.
async fn tail(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else { return kept };
    let mut buffer = vec![0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..read]);
        let excess = kept.len().saturating_sub(MAX_HOOK_OUTPUT);
        kept.drain(..excess);
    }
    kept
}

fn shown(output: &[u8]) -> Clean {
    let mut clean = Clean::lines(&String::from_utf8_lossy(output)).to_string();
    if clean.len() > MAX_HOOK_OUTPUT {
        let mut start = clean.len() - MAX_HOOK_OUTPUT;
        while !clean.is_char_boundary(start) {
            start += 1;
        }
        clean.drain(..start);
    }
    Clean::lines(&clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(script: &str, timeout_s: u64) -> Hook {
        Hook { command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(), timeout_s }
    }

    fn report(hook: &Hook) -> HookReport {
        let occasion = Occasion {
            site: "acme".parse().expect("site"),
            application: "trading".parse().expect("app"),
            patch: "sub/Order.st".parse().expect("patch"),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        runtime.block_on(run(hook, &occasion, Path::new("/srv/patches")))
    }

    #[test]
    fn a_hook_knows_what_was_installed_and_its_words_and_code_are_kept() {
        let report = report(&hook(
            "echo \"$FIELDPOST_SITE $FIELDPOST_APPLICATION $FIELDPOST_PATCH $FIELDPOST_PATH\"; echo no >&2; exit 7",
            10,
        ));
        assert_eq!(report.code, Some(7));
        assert!(!report.ok());
        assert_eq!(report.output.as_str(), "acme trading sub/Order.st /srv/patches/sub/Order.st\nno\n");
    }

    #[test]
    fn only_the_end_of_a_long_output_is_kept_and_it_is_clean() {
        let report = report(&hook("yes aaaaaaa | head -n 100000; printf 'the \\033[2Jend'", 60));
        assert_eq!(report.code, Some(0));
        assert!(report.output.as_str().len() <= MAX_HOOK_OUTPUT);
        assert!(report.output.as_str().ends_with("the \\x1b[2Jend"), "{}", report.output);
    }

    #[test]
    fn a_hook_that_takes_too_long_is_ended_with_all_that_it_started() {
        let dir = tempfile::tempdir().expect("directory");
        let pid = dir.path().join("pid");
        let report = report(&hook(&format!("sleep 1000 & echo $! > {}; wait", pid.display()), 1));
        assert!(report.timed_out && report.code.is_none());
        let pid: i32 = std::fs::read_to_string(&pid).expect("pid").trim().parse().expect("number");
        let runs = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        // Killing takes the system a moment; a child that was spared would run for a quarter of an hour.
        while runs() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let report = report(&Hook { command: vec!["/no/such/program".to_owned()], timeout_s: 1 });
        assert!(report.output.as_str().contains("/no/such/program can't be run"), "{}", report.output);
    }
}
