//! Runs what the local config names after an installation or a removal: no shell, a time limit, the end of its output kept.

use crate::config::Hook;
use crate::process::{self, Ended, Keep};
use crate::redact::Rules;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::{HookAction, HookEnd, HookPer, HookReport, MAX_HOOK_OUTPUT};
use fieldpost_common::id::{AppName, OrderId, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use serde::Serialize;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// One run of a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRun {
    /// The application.
    pub application: AppName,
    /// For one file or for a batch.
    pub per: HookPer,
    /// The files, at least one.
    pub files: Vec<HookFile>,
}

/// A file that a hook is run for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFile {
    /// The order that put or removed it.
    pub order: OrderId,
    /// Its name.
    pub patch: PatchName,
    /// What was done.
    pub action: HookAction,
    /// The content that was put, or taken away.
    pub sha256: Option<ContentHash>,
}

/// A line of what a batch's hook reads. Field names are stable.
#[derive(Serialize)]
struct Line<'a> {
    patch: &'a str,
    action: &'static str,
    sha256: Option<ContentHash>,
    path: PathBuf,
    order: &'a str,
}

impl HookRun {
    /// The orders that end with it.
    pub fn orders(&self) -> Vec<OrderId> {
        self.files.iter().map(|file| file.order.clone()).collect()
    }

    /// One JSON object a line for each file.
    fn lines(&self, directory: &Path) -> Vec<u8> {
        let mut text = Vec::new();
        for HookFile { order, patch, action, sha256 } in &self.files {
            let (patch, order) = (patch.as_str(), order.as_str());
            let line = Line { patch, action: action.word(), sha256: *sha256, path: directory.join(patch), order };
            serde_json::to_writer(&mut text, &line).unwrap_or_else(|error| unreachable!("a line is plain data: {error}"));
            text.push(b'\n');
        }
        text
    }
}

/// Says why a hook was not run.
pub fn not_run(per: HookPer, why: &str) -> HookReport {
    HookReport { end: HookEnd::NotRun, per, output: Clean::line(why) }
}

/// Runs a hook to its end or its time limit; what the rules match of its output is taken out.
pub async fn run(hook: &Hook, run: &HookRun, site: &SiteName, directory: &Path, rules: &Rules) -> HookReport {
    let Some((program, arguments)) = hook.command.split_first() else {
        unreachable!("the config has no empty commands");
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("FIELDPOST_APPLICATION", run.application.as_str())
        .env("FIELDPOST_SITE", site.as_str())
        .env("FIELDPOST_DIRECTORY", directory);
    let keep = Keep::Tail(rules.reach(MAX_HOOK_OUTPUT));
    let ended = if let (HookPer::Patch, Some(file)) = (run.per, run.files.first()) {
        name_file(&mut command, file, directory);
        process::run(&mut command, hook.timeout, keep).await
    } else {
        command.env("FIELDPOST_COUNT", run.files.len().to_string());
        process::run_with_input(&mut command, run.lines(directory), hook.timeout, keep).await
    };
    match ended {
        Ok(ended) => report(run.per, &ended, rules),
        Err(error) => not_run(run.per, &format!("{program} can't be run: {error}")),
    }
}

fn name_file(command: &mut Command, file: &HookFile, directory: &Path) {
    command
        .env("FIELDPOST_PATCH", file.patch.as_str())
        .env("FIELDPOST_PATH", directory.join(file.patch.as_str()))
        .env("FIELDPOST_ACTION", file.action.word())
        .env("FIELDPOST_ORDER", file.order.as_str());
    if let Some(sha256) = &file.sha256 {
        command.env("FIELDPOST_SHA256", sha256.to_string());
    }
}

fn report(per: HookPer, ended: &Ended, rules: &Rules) -> HookReport {
    let end = match (ended.timed_out, ended.code) {
        (true, _) => HookEnd::TimedOut,
        (false, Some(code)) => HookEnd::Code { code },
        (false, None) => HookEnd::Signal,
    };
    let reach = rules.reach(MAX_HOOK_OUTPUT);
    let [out, err] = [&ended.out, &ended.err].map(|text| rules.tail(text, text.len() >= reach));
    HookReport { end, per, output: shown(&[out, err].concat()) }
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
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        Hook { command, timeout: Duration::from_secs(seconds), per: HookPer::Patch, repeat: false }
    }

    fn rules() -> Rules {
        serde_json::from_str("[\"hunter[0-9]*\"]").expect("a rule")
    }

    fn file(patch: &str, action: HookAction) -> HookFile {
        let order = fieldpost_common::id::hex32([7; 16]).parse().expect("order");
        HookFile { order, patch: patch.parse().expect("patch"), action, sha256: Some(ContentHash::of(b"x")) }
    }

    fn ended(hook: &Hook, files: Vec<HookFile>) -> HookReport {
        let one = HookRun { application: "trading".parse().expect("app"), per: hook.per, files };
        let site = "acme".parse().expect("site");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        runtime.block_on(run(hook, &one, &site, Path::new("/srv/patches"), &rules()))
    }

    fn report(hook: &Hook) -> HookReport {
        ended(hook, vec![file("sub/Order.st", HookAction::Put)])
    }

    #[test]
    fn a_hook_of_a_batch_reads_one_line_a_file_and_knows_how_many_there_are() {
        let script = "echo $FIELDPOST_COUNT of $FIELDPOST_APPLICATION $FIELDPOST_PATCH; cat";
        let batch = Hook { per: HookPer::Batch, ..hook(script, 10) };
        let report = ended(&batch, vec![file("sub/a.st", HookAction::Put), file("b.st", HookAction::Remove)]);
        let lines: Vec<&str> = report.output.as_str().lines().collect();
        assert_eq!(lines[0], "2 of trading");
        let line: serde_json::Value = serde_json::from_str(lines[2]).expect("JSON");
        assert_eq!(
            (&line["patch"], &line["action"], &line["path"]),
            (&"b.st".into(), &"remove".into(), &"/srv/patches/b.st".into())
        );
        assert_eq!(line["order"], "07".repeat(16));
        assert!(report.ok() && report.per == HookPer::Batch);
    }

    #[test]
    fn a_hook_that_reads_nothing_of_a_large_batch_is_not_waited_for() {
        let batch = Hook { per: HookPer::Batch, ..hook("exit 0", 60) };
        let files = (0..5000).map(|n| file(&format!("{n}.st"), HookAction::Put)).collect();
        assert!(ended(&batch, files).ok());
    }

    #[test]
    fn a_hook_is_told_of_a_removal() {
        let files = vec![file("Order.st", HookAction::Remove)];
        assert_eq!(ended(&hook("echo $FIELDPOST_ACTION $FIELDPOST_PATCH", 10), files).output.as_str(), "remove Order.st\n");
    }

    #[test]
    fn a_hook_knows_what_was_installed_and_its_words_and_code_are_kept() {
        let report = report(&hook(
            "echo \"$FIELDPOST_SITE $FIELDPOST_APPLICATION $FIELDPOST_PATCH $FIELDPOST_PATH $FIELDPOST_ACTION\"; echo no >&2; exit 7",
            10,
        ));
        assert_eq!(report.end, HookEnd::Code { code: 7 });
        assert!(!report.ok());
        assert_eq!(report.output.as_str(), "acme trading sub/Order.st /srv/patches/sub/Order.st put\nno\n");
    }

    #[test]
    fn only_the_end_of_a_long_output_is_kept_and_it_is_clean() {
        let report = report(&hook("yes aaaaaaa | head -n 100000; printf 'the \\033[2Jend'", 60));
        assert!(report.ok());
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
        assert_eq!(report.end, HookEnd::TimedOut);
        let pid: i32 = std::fs::read_to_string(&pid).expect("pid").trim().parse().expect("number");
        let runs = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        // Killing takes the system a moment; a child that was spared would run for a quarter of an hour.
        while runs() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let report = report(&Hook { command: vec!["/no/such/program".to_owned()], ..hook("", 1) });
        assert_eq!(report.end, HookEnd::NotRun);
        assert!(report.output.as_str().contains("/no/such/program can't be run"), "{}", report.output);
    }
}
