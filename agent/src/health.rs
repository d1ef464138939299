//! Fetches what an application says about its health: reads the file or runs the command that the config names. What it means
//! is left to the server.

use crate::config::StateSource;
use crate::guarded_path::PathGuard;
use crate::process::{self, Ended, Keep};
use crate::redact::Rules;
use crate::scan::meta::Meta;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::state::MAX_STATE;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::StateOutcome;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// A file that is being written is read again after this pause, so often at most.
const PAUSE: Duration = Duration::from_millis(300);
const LOOKS: u32 = 5;

/// The most that is handed on: more than is read says that there was more.
const MOST: usize = MAX_STATE + 1;

/// Fetches the state of an application, without what the rules match.
pub async fn fetch(
    source: Option<&StateSource>,
    guard: &PathGuard,
    site: &SiteName,
    application: &AppName,
    rules: &Rules,
) -> StateOutcome {
    let Some(source) = source else { return StateOutcome::NotConfigured };
    let reach = rules.reach(MOST);
    let outcome = match (&source.file, &source.command) {
        (Some(file), _) => from_file(guard, file.as_path(), reach).await,
        (None, Some(command)) => from_command(command, source.timeout, reach, site, application).await,
        (None, None) => StateOutcome::NotConfigured,
    };
    match outcome {
        StateOutcome::Content { content, exit, modified } if !rules.is_empty() => {
            StateOutcome::Content { content: rules.head(&content, MOST).into_owned(), exit, modified }
        }
        outcome => outcome,
    }
}

async fn from_command(command: &[String], limit: Duration, reach: usize, site: &SiteName, application: &AppName) -> StateOutcome {
    let Some((program, arguments)) = command.split_first() else { return StateOutcome::NotConfigured };
    let mut command = Command::new(program);
    command.args(arguments).env("FIELDPOST_SITE", site.as_str()).env("FIELDPOST_APPLICATION", application.as_str());
    match process::run(&mut command, limit, Keep::Head(reach)).await {
        Ok(Ended { timed_out: true, .. }) => StateOutcome::TimedOut { after_s: limit.as_secs() },
        Ok(Ended { code, out, err, .. }) => {
            // What failed before it could say anything says why on standard error.
            let content = if out.is_empty() { err } else { out };
            // A signal has no code; shells say 128 and more.
            StateOutcome::Content { content, exit: Some(code.unwrap_or(128)), modified: None }
        }
        Err(error) => unavailable(&format!("{program} can't be run: {error}")),
    }
}

async fn from_file(guard: &PathGuard, path: &Path, reach: usize) -> StateOutcome {
    for _ in 1..LOOKS {
        match look(guard, path, reach).await {
            Ok(Look::Settled(outcome)) => return outcome,
            Ok(Look::Changing(_)) => tokio::time::sleep(PAUSE).await,
            Err(error) => return unreadable(path, &error),
        }
    }
    // One that is written all the time is taken as it is.
    match look(guard, path, reach).await {
        Ok(Look::Settled(outcome) | Look::Changing(outcome)) => outcome,
        Err(error) => unreadable(path, &error),
    }
}

enum Look {
    Settled(StateOutcome),
    /// It was written while it was read.
    Changing(StateOutcome),
}

async fn look(guard: &PathGuard, path: &Path, reach: usize) -> io::Result<Look> {
    let (guard, path) = (guard.clone(), path.to_owned());
    let read = tokio::task::spawn_blocking(move || read(&guard, &path, reach)).await;
    read.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn read(guard: &PathGuard, path: &Path, reach: usize) -> io::Result<Look> {
    let (file, before) = guard.open_file(path)?;
    let mut content = Vec::new();
    (&file).take(reach as u64).read_to_end(&mut content)?;
    // Another file may have taken its place meanwhile.
    let (_, after) = guard.open_file(path)?;
    let outcome = StateOutcome::Content { content, exit: None, modified: Some(before.modified()) };
    let facts = |meta: &Meta| (meta.inode, meta.size, meta.modified_ns);
    Ok(if facts(&before) == facts(&after) { Look::Settled(outcome) } else { Look::Changing(outcome) })
}

fn unreadable(path: &Path, error: &io::Error) -> StateOutcome {
    unavailable(&format!("the state file {} can't be read: {error}", path.display()))
}

fn unavailable(reason: &str) -> StateOutcome {
    StateOutcome::Unavailable { reason: Clean::line(reason) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn fetched(source: &StateSource) -> StateOutcome {
        redacted(source, &Rules::default())
    }

    fn redacted(source: &StateSource, rules: &Rules) -> StateOutcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let (site, application) = ("acme".parse().expect("site"), "trading".parse().expect("application"));
        runtime.block_on(fetch(Some(source), &PathGuard::default(), &site, &application, rules))
    }

    fn source(rest: &str) -> StateSource {
        toml::from_str(rest).expect("a source")
    }

    fn file(path: &Path) -> StateSource {
        source(&format!("file = {:?}", path.display().to_string()))
    }

    fn shell(script: &str, timeout: &str) -> StateSource {
        source(&format!("command = [\"/bin/sh\", \"-c\", {script:?}]\ntimeout = {timeout:?}"))
    }

    #[test]
    fn a_state_file_comes_with_its_bytes_and_the_time_of_its_last_change() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("state");
        std::fs::write(&path, b"status: caf\xe9").expect("written");
        let StateOutcome::Content { content, exit: None, modified: Some(modified) } = fetched(&file(&path)) else {
            panic!("no content")
        };
        assert_eq!(content, b"status: caf\xe9");
        let written = std::os::unix::fs::MetadataExt::mtime(&std::fs::metadata(&path).expect("there"));
        assert_eq!(modified.as_ms() / 1000, written);
    }

    #[test]
    fn what_is_missing_a_folder_or_a_pipe_is_said_and_waited_for_by_nobody() {
        let dir = tempfile::tempdir().expect("directory");
        let pipe = dir.path().join("pipe");
        std::process::Command::new("mkfifo").arg(&pipe).status().expect("a pipe");
        for path in [dir.path().join("gone"), PathBuf::from(dir.path()), pipe] {
            let StateOutcome::Unavailable { reason } = fetched(&file(&path)) else { panic!("{}", path.display()) };
            assert!(reason.as_str().contains(&path.display().to_string()), "{reason}");
        }
    }

    #[test]
    fn a_command_is_told_for_whom_it_speaks_and_its_exit_code_comes_along() {
        let outcome = fetched(&shell("echo \"$FIELDPOST_SITE $FIELDPOST_APPLICATION\"; exit 2", "10s"));
        let expected = StateOutcome::Content { content: b"acme trading\n".to_vec(), exit: Some(2), modified: None };
        assert_eq!(outcome, expected);
    }

    #[test]
    fn what_a_rule_matches_stays_at_the_site_also_where_the_state_is_cut() {
        let rules: Rules = serde_json::from_str("[\"user=([0-9]{6})\"]").expect("a rule");
        let content = |source: &StateSource| match redacted(source, &rules) {
            StateOutcome::Content { content, .. } => content,
            outcome => panic!("{outcome:?}"),
        };
        assert_eq!(content(&shell("echo ok user=123456", "10s")), b"ok user=[redacted]\n");
        assert_eq!(content(&shell("echo user=123456 >&2; exit 1", "10s")), b"user=[redacted]\n");
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("state");
        std::fs::write(&path, format!("{}\nuser=123456\n", "x".repeat(MAX_STATE - 8))).expect("written");
        let content = content(&file(&path));
        assert_eq!(content.len(), MOST, "that there was more is still said");
        assert!(content.ends_with(b"\nuser=[re"), "{:?}", &content[MAX_STATE - 20..]);
    }

    #[test]
    fn a_command_that_only_complains_is_heard() {
        let outcome = fetched(&shell("echo 'no route' >&2; exit 1", "10s"));
        assert_eq!(outcome, StateOutcome::Content { content: b"no route\n".to_vec(), exit: Some(1), modified: None });
    }

    #[test]
    fn a_command_that_hangs_is_ended_and_one_that_never_stops_printing_is_cut() {
        assert_eq!(fetched(&shell("sleep 100", "1s")), StateOutcome::TimedOut { after_s: 1 });
        let StateOutcome::Content { content, .. } = fetched(&shell("yes | head -c 1000000", "20s")) else { panic!("no content") };
        assert_eq!(content.len(), MAX_STATE + 1);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let outcome = fetched(&source("command = [\"/no/such/program\"]"));
        let StateOutcome::Unavailable { reason } = outcome else { panic!("{outcome:?}") };
        assert!(reason.as_str().starts_with("/no/such/program can't be run"), "{reason}");
    }
}
