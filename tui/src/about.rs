//! What an agent says of itself, in words.

use fieldpost_common::inventory::Directory;
use fieldpost_common::text::{age, count, size};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{AgentInfo, AppInfo, LogInfo};

/// Reads it out of a command's output.
pub(crate) fn read(output: &[u8]) -> Result<AgentInfo, serde_json::Error> {
    serde_json::from_slice(output)
}

/// It in words. `now` is the clock here.
pub(crate) fn words(info: &AgentInfo, now: Timestamp) -> String {
    let proxy = if info.proxy { ", through a proxy" } else { "" };
    let memory = info.memory.map(|memory| format!(", {} of memory", size(memory))).unwrap_or_default();
    let mut lines = vec![
        format!("agent    {}, pid {}, up {}{memory}{proxy}", info.version, info.pid, age(info.since.age(info.clock))),
        format!("machine  {}{}", info.system, info.disk_free.map(|free| format!(", {} free", size(free))).unwrap_or_default()),
        format!("clock    {} in zone {}{}", info.clock, info.zone, off(info.clock, now)),
        format!("trust    version {}", info.trust),
        format!("waiting  {}, {}", count(info.results_waiting, "result"), count(info.uploads_waiting, "content")),
    ];
    info.applications.iter().for_each(|app| lines.extend(app_words(app)));
    lines.join("\n")
}

/// A clock that is off by more than a minute is worth a word; the answer itself was on its way for a while.
fn off(site: Timestamp, now: Timestamp) -> String {
    match (site.as_ms() - now.as_ms()) / 60_000 {
        0 => String::new(),
        minutes if minutes > 0 => format!(", {minutes} min ahead"),
        minutes => format!(", {} min old or behind", -minutes),
    }
}

fn app_words(app: &AppInfo) -> Vec<String> {
    let state = match app.state {
        Some(Directory::Present) => count(app.patches, "patch"),
        Some(wrong) => wrong.explain().to_owned(),
        None => "not looked at yet".to_owned(),
    };
    let tells = if app.tells_state { "" } else { "; says no state" };
    let mut lines = vec![format!("{} {}  {}: {state}{tells}", app.application, app.version, app.directory)];
    lines.extend(app.logs.iter().map(log_words));
    lines.extend(app.actions.iter().map(|action| format!("  action {action}")));
    lines
}

/// `  log main  /var/log/trading.log, 12 MB, written 3m ago`.
pub(crate) fn log_words(log: &LogInfo) -> String {
    let how = match (log.size, log.modified) {
        (Some(bytes), Some(at)) => format!("{}, last written {at}", size(bytes)),
        (Some(bytes), None) => size(bytes),
        (None, _) => "not there, or not readable".to_owned(),
    };
    format!("  log {}  {}, {how}", log.name, log.path)
}
