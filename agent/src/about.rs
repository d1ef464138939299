//! What the agent says of itself when it is asked: `agent-info`. No secret stands in it.

use crate::config::{AbsolutePath, Application, Config};
use crate::status::Status;
use fieldpost_common::id::LogName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{AgentInfo, AppInfo, LogInfo};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Gathers it.
pub fn about(config: &Config, status: &Status, now: Timestamp) -> AgentInfo {
    AgentInfo {
        version: Clean::line(&status.agent_version),
        pid: status.pid,
        since: status.since,
        clock: now,
        zone: zone(now),
        system: Clean::line(&format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        memory: memory(),
        disk_free: free(config.state_dir.as_path()),
        trust: status.trust,
        proxy: config.proxy.is_some(),
        results_waiting: status.results_waiting,
        uploads_waiting: status.uploads_waiting,
        applications: config.applications.iter().map(|entry| app(entry, status)).collect(),
    }
}

fn app(entry: &Application, status: &Status) -> AppInfo {
    let watched = status.directories.iter().find(|watched| watched.application == entry.name);
    AppInfo {
        application: entry.name.clone(),
        version: entry.version.clone(),
        directory: Clean::line(&entry.directory.as_path().display().to_string()),
        state: watched.map(|watched| watched.state),
        patches: watched.map_or(0, |watched| watched.files),
        tells_state: entry.state.is_some(),
        logs: entry.logs.iter().map(log).collect(),
        actions: entry.actions.keys().cloned().collect(),
    }
}

fn log((name, path): (&LogName, &AbsolutePath)) -> LogInfo {
    let meta = std::fs::metadata(path.as_path()).ok().filter(std::fs::Metadata::is_file);
    let modified = meta.as_ref().and_then(|meta| meta.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    LogInfo {
        name: name.clone(),
        path: Clean::line(&path.as_path().display().to_string()),
        size: meta.map(|meta| meta.len()),
        modified: modified.map(|since| Timestamp::from_ms(0).plus(since)),
    }
}

fn zone(now: Timestamp) -> Clean {
    let at = jiff::Timestamp::from_millisecond(now.as_ms()).unwrap_or_default();
    Clean::line(&jiff::tz::TimeZone::system().to_offset(at).to_string())
}

fn free(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What Linux counts as the process's pages in memory, in kB.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(held.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.saturating_mul(1024))
}
