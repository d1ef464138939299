//! What the agent says of itself when it is asked: `agent-info`. No secret stands in it.

use crate::config::{AbsolutePath, Application, Config};
use crate::guarded_path::PathGuard;
use crate::status::Status;
use fieldpost_common::id::LogName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{AgentInfo, AppInfo, LogInfo};
use std::path::Path;

/// Gathers it.
pub fn about(config: &Config, status: &Status, now: Timestamp) -> AgentInfo {
    let guard = PathGuard::new(config);
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
        applications: config.applications.iter().map(|entry| app(&guard, entry, status)).collect(),
    }
}

fn app(guard: &PathGuard, entry: &Application, status: &Status) -> AppInfo {
    let watched = status.directories.iter().find(|watched| watched.application == entry.name);
    AppInfo {
        application: entry.name.clone(),
        version: entry.version.clone(),
        directory: Clean::line(&entry.directory.as_path().display().to_string()),
        state: watched.map(|watched| watched.state),
        patches: watched.map_or(0, |watched| watched.files),
        tells_state: entry.state.is_some(),
        logs: entry.logs.iter().map(|(name, path)| log(guard, name, path)).collect(),
        actions: entry.actions.keys().cloned().collect(),
    }
}

fn log(guard: &PathGuard, name: &LogName, path: &AbsolutePath) -> LogInfo {
    let meta = guard.open_file(path.as_path()).ok().map(|(_, meta)| meta);
    LogInfo {
        name: name.clone(),
        path: Clean::line(&path.as_path().display().to_string()),
        size: meta.map(|meta| meta.size),
        modified: meta.map(|meta| meta.modified()),
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
