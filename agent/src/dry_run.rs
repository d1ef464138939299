//! `plan`: one scan and one plan from what is journalled, printed; nothing is changed and nobody is asked.

use crate::clock::{self, Clock};
use crate::config::Config;
use crate::journal::{self, Journal};
use crate::machine::{Setup, State, planned, remember};
use crate::marker::Markers;
use crate::scan::Scanner;
use crate::trust::Held;
use fieldpost_common::plan::Step;
use std::collections::HashSet;
use std::io;
use std::time::Duration;

/// What the agent would do next.
pub fn plan(config: &Config, clock: Clock) -> io::Result<Vec<Step>> {
    let now = clock.now();
    let trust = Held::load(config.state_dir.as_path())?;
    let journal = Journal::peek(&config.state(journal::FILE));
    let setup = Setup {
        site: config.site.clone(),
        wait: Duration::ZERO,
        interval: config.poll_interval,
        max_size: config.max_size,
        hooks: std::collections::BTreeSet::new(),
        actions: std::collections::BTreeSet::new(),
        built: clock::built(),
    };
    let fetched = std::fs::read_dir(config.state("downloads")).map_or_else(
        |_| HashSet::new(),
        |entries| entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect(),
    );
    let mut state = State::new(setup, journal, trust, fetched);
    let markers = Markers::load(&config.state("markers"));
    state.report = Some(Scanner::new(config, &markers).scan(now.mono, now.wall));
    remember(&mut state, now);
    Ok(planned(&state, now))
}
