//! What was asked of the sample's sites, and what came of it.

use super::compare::text::Text;
use super::office::{Askable, Brought, Known, Output};
use super::sample::{before, id};
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::log::LogPart;
use fieldpost_common::command::{CommandKind, CommandState};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{AgentInfo, AppInfo, LogInfo};

fn log() -> CommandKind {
    let part = LogPart { lines: Some(200), ..LogPart::default() };
    CommandKind::Log { application: id("trading"), log: id("main"), part }
}

fn command(number: u8, site: &str, wish: CommandKind, minutes: u64, state: CommandState) -> CommandInfo {
    CommandInfo {
        id: id(&format!("{number:02x}").repeat(16)),
        site: id(site),
        wish,
        given_by: Some(id("ada")),
        created: before(minutes),
        deadline: Timestamp::from_ms(before(minutes).as_ms() + 3_600_000),
        state,
    }
}

/// One in each state that a person sees often.
pub(super) fn commands() -> Vec<CommandInfo> {
    let done = |minutes, note: &str| CommandState::Done { at: before(minutes), note: Some(Clean::line(note)) };
    let no_log = CommandState::Failed { at: before(30), reason: Clean::line("the log main is not there: no such file") };
    let state = CommandKind::State { application: id("trading") };
    vec![
        command(1, "acme", log(), 0, CommandState::Running { at: before(0) }),
        command(2, "omega", state, 4, CommandState::Queued),
        command(3, "acme", log(), 12, done(12, "2 of 1204 lines looked at")),
        command(4, "borealis", log(), 31, no_log),
        command(5, "corvid", CommandKind::Rescan, 90, CommandState::Cancelled { at: before(89), by: id("bn") }),
        command(6, "acme", CommandKind::AgentInfo, 200, done(200, "")),
    ]
}

/// What the log brought: with an escape in it, which is shown and not obeyed.
pub(super) fn brought(command: CommandInfo) -> Brought {
    let lines = "2026-11-24 19:40:01 start\n2026-11-24 19:41:07 ERROR could not connect\n2026-11-24 19:41:08 \u{1b}[31mred\n";
    let text = Text::read(lines.as_bytes()).expect("text");
    let whole = !command.state.is_open();
    Brought { output: Some(Output { whole, size: lines.len() as u64, text: text.into() }), command }
}

/// What `acme` can be asked for.
pub(super) fn askable() -> Askable {
    let log = |name: &str, size| LogInfo {
        name: id(name),
        path: Clean::line("/var/log/trading/x.log"),
        size,
        modified: size.map(|_| before(3)),
    };
    let app = AppInfo {
        application: id("trading"),
        version: id("7.7"),
        directory: Clean::line("/srv/trading/patches"),
        state: None,
        patches: 48,
        tells_state: true,
        logs: vec![log("main", Some(12_400_000)), log("gateway", None)],
        actions: vec![id("restart")],
    };
    let info = AgentInfo {
        version: Clean::line("1.0.0"),
        pid: 812,
        since: before(9_000),
        clock: before(0),
        zone: Clean::line("+01:00"),
        system: Clean::line("linux x86_64"),
        memory: None,
        disk_free: None,
        trust: 3,
        proxy: false,
        results_waiting: 0,
        uploads_waiting: 0,
        applications: vec![app],
    };
    Askable { known: Some(Known { info, at: before(25) }) }
}
