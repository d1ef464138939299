//! Runs what the local config names after an installation: no shell, a time limit, the end of its output kept.

use crate::config::Hook;
use crate::process::{self, Ended, Keep};
use crate::redact::Rules;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{HookReport, MAX_HOOK_OUTPUT};
use std::path::Path;
use tokio::process::Command;

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

/// Runs a hook to its end or its time limit; what the rules match of its output is taken out.
pub async fn run(hook: &Hook, occasion: &Occasion, directory: &Path, rules: &Rules) -> HookReport {
    let Some((program, arguments)) = hook.command.split_first() else {
        unreachable!("the config has no empty commands");
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("FIELDPOST_APPLICATION", occasion.application.as_str())
        .env("FIELDPOST_PATCH", occasion.patch.as_str())
        .env("FIELDPOST_SITE", occasion.site.as_str())
        .env("FIELDPOST_DIRECTORY", directory)
        .env("FIELDPOST_PATH", directory.join(occasion.patch.as_str()));
    let reach = rules.reach(MAX_HOOK_OUTPUT);
    match process::run(&mut command, hook.timeout, Keep::Tail(reach)).await {
        Ok(Ended { code, timed_out, out, err }) => {
            let [out, err] = [&out, &err].map(|text| rules.tail(text, text.len() >= reach));
            HookReport { code, timed_out, output: shown(&[out, err].concat()) }
        }
        Err(error) => {
            HookReport { code: None, timed_out: false, output: Clean::line(&format!("{program} can't be run: {error}")) }
        }
    }
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
    use std::time::Duration;

    fn hook(script: &str, seconds: u64) -> Hook {
        Hook { command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(), timeout: Duration::from_secs(seconds) }
    }

    fn rules() -> Rules {
        serde_json::from_str("[\"hunter[0-9]*\"]").expect("a rule")
    }

    fn report(hook: &Hook) -> HookReport {
        let occasion = Occasion {
            site: "acme".parse().expect("site"),
            application: "trading".parse().expect("app"),
            patch: "sub/Order.st".parse().expect("patch"),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        runtime.block_on(run(hook, &occasion, Path::new("/srv/patches"), &rules()))
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
    fn what_a_rule_matches_of_a_hooks_output_is_taken_out_also_where_its_end_is_cut_off() {
        let said = report(&hook("echo hunter1; echo hunter2 >&2", 10));
        assert_eq!(said.output.as_str(), "[redacted]\n[redacted]\n");
        // What is kept begins in the middle of a match.
        let long = report(&hook("printf 'hunter'; yes 1 | tr -d '\\n' | head -c 20000; echo; echo end", 10));
        assert_eq!(long.output.as_str(), "end\n");
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
        let report = report(&Hook { command: vec!["/no/such/program".to_owned()], timeout: Duration::from_secs(1) });
        assert!(report.output.as_str().contains("/no/such/program can't be run"), "{}", report.output);
    }
}
