//! Listens to the file system. A hint only: the scan states the facts, and finds them without any hint once a minute.

use crate::config::Config;
use crate::root::Identity;
use crate::scan::Report;
use fieldpost_common::id::AppName;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Notify;

/// The watched directories.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<AppName, Identity>,
}

impl Watch {
    /// Listens to nothing yet. Without a watcher the agent still scans once a minute.
    pub(super) fn new(hint: &Arc<Notify>) -> Self {
        let hint = Arc::clone(hint);
        let heard = move |event: notify::Result<notify::Event>| {
            // An error or an overflow is a hint too. Reading a file is none: the scan itself reads.
            if !matches!(&event, Ok(event) if matches!(event.kind, EventKind::Access(_))) {
                hint.notify_one();
            }
        };
        let watcher = notify::recommended_watcher(heard)
            .inspect_err(|error| tracing::warn!("changes are only noticed once a minute: {error}"))
            .ok();
        Self { watcher, watched: BTreeMap::new() }
    }

    /// Listens to the directories that the last scan read: another one under the same path is another directory.
    pub(super) fn follow(&mut self, config: &Config, report: &Report) {
        let Some(watcher) = &mut self.watcher else { return };
        if self.watched == report.roots {
            return;
        }
        for entry in &config.applications {
            let (before, now) = (self.watched.get(&entry.name), report.roots.get(&entry.name));
            if before == now {
                continue;
            }
            if before.is_some() {
                // It may be gone, and its watch with it.
                let _ = watcher.unwatch(entry.directory.as_path());
            }
            if now.is_some()
                && let Err(error) = watcher.watch(entry.directory.as_path(), RecursiveMode::Recursive)
            {
                tracing::warn!("{}: changes are only noticed once a minute: {error}", entry.name);
            }
        }
        self.watched.clone_from(&report.roots);
    }
}
