//! What the agent is doing, in a small file for the client's administrator: `fieldpost-agent status` prints it.

use crate::lock::Holder;
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::inventory::{CantSay, Directory, Ignored};
use fieldpost_common::text;
use fieldpost_common::time::{Timestamp, minute};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The file in the state directory.
pub const FILE: &str = "status.json";

/// A look at a running agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The site.
    pub site: SiteName,
    /// The server.
    pub server: String,
    /// The agent's version.
    pub agent_version: String,
    /// Its process.
    pub pid: u32,
    /// When this was written.
    pub at: Timestamp,
    /// When the process began.
    pub since: Timestamp,
    /// When the process stopped; none: it runs, or it was killed.
    #[serde(default)]
    pub stopped: Option<Timestamp>,
    /// The last poll that was answered.
    pub last_poll: Option<Timestamp>,
    /// Since when the poll that is under way has waited at the server.
    #[serde(default)]
    pub poll_since: Option<Timestamp>,
    /// How far this machine's clock is off the server's, as last heard.
    #[serde(default)]
    pub clock_error: Option<ClockError>,
    /// What is wrong with the way to the server now.
    pub error: Option<String>,
    /// The version of the trust document.
    pub trust: u64,
    /// What is planned or under way.
    pub pending: Vec<String>,
    /// Results that wait to be sent.
    pub results_waiting: usize,
    /// Contents that wait to be uploaded.
    pub uploads_waiting: usize,
    /// The patch directories.
    pub directories: Vec<Watched>,
}

/// One patch directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The application.
    pub application: AppName,
    /// Its version.
    pub version: Version,
    /// Where.
    pub path: PathBuf,
    /// Its state.
    pub state: Directory,
    /// How many patches.
    pub files: usize,
    /// Of how many nothing can be said.
    #[serde(default)]
    pub unsaid: usize,
    /// The oldest of them that are not only being written, then others, and why.
    #[serde(default)]
    pub cant_say: Vec<(String, CantSay)>,
    /// What is left alone.
    pub ignored: Vec<Ignored>,
}

impl Status {
    /// Reads the file of a state directory; none: no agent has written one yet, or it is broken.
    ///
    /// # Errors
    /// When it can't be read: that says nothing of the agent.
    pub fn load(path: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether nothing was wrong when it was written. Whether the agent that wrote it still runs, it doesn't say.
    pub fn is_well(&self) -> bool {
        let clock_is_off = self.clock_error.is_some_and(ClockError::is_off);
        self.error.is_none()
            && !clock_is_off
            && self.directories.iter().all(|watched| {
                watched.state == Directory::Present && !watched.cant_say.iter().any(|(_, unsaid)| unsaid.is_felt(self.at))
            })
    }

    /// The exit code of `fieldpost-agent status`: a stopped agent is pending work, whatever its last words were.
    pub fn code(&self, holder: &Holder) -> u8 {
        match (holder, self.is_well()) {
            (Holder::Nobody, _) => exit::DIFFERS,
            (Holder::Process(_), true) => exit::OK,
            (Holder::Process(_), false) => exit::FAILED,
        }
    }

    /// The status in words, at the time `now`; `holder`: who holds the lock.
    pub fn show<'a>(&'a self, holder: &'a Holder, now: Timestamp) -> Shown<'a> {
        Shown { status: self, holder, now }
    }
}

/// A status, to be printed.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    status: &'a Status,
    holder: &'a Holder,
    now: Timestamp,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, holder, now } = self;
        writeln!(f, "site       {} at {}", status.site, status.server)?;
        let version = text::Clean::line(&status.agent_version);
        match holder {
            Holder::Process(pid) if *pid == status.pid.to_string() => {
                writeln!(f, "agent      {version}, pid {pid}, running since {}", status.since)?;
            }
            Holder::Process(pid) => {
                writeln!(f, "agent      pid {pid} began a moment ago; what follows is of the one before it")?;
            }
            Holder::Nobody => {
                writeln!(f, "agent      STOPPED: no agent runs. {}", last_sign(status, *now))?;
                writeln!(f, "           start it: `fieldpost-agent run --config FILE`, or its service")?;
                writeln!(f, "           what follows is how it was then")?;
            }
        }
        writeln!(f, "last poll  {}", last_poll(status, holder, *now))?;
        writeln!(f, "trust      version {}", status.trust)?;
        if let Some(error) = status.clock_error.filter(|error| error.is_off()) {
            writeln!(f, "clock      this machine's clock is {error}: set it, orders are judged by it")?;
        }
        if let Some(error) = &status.error {
            write_lines(f, "problem", error)?;
        }
        for watched in &status.directories {
            write_directory(f, watched)?;
        }
        for step in &status.pending {
            write_lines(f, "pending", step)?;
        }
        let (results, uploads) = (status.results_waiting, status.uploads_waiting);
        if results + uploads > 0 {
            writeln!(f, "waiting    {}, {}", text::count(results, "result"), text::count(uploads, "upload"))?;
        }
        Ok(())
    }
}

/// A text of one or more lines behind its word.
fn write_lines(f: &mut fmt::Formatter<'_>, word: &str, words: &str) -> fmt::Result {
    for (at, line) in text::Clean::lines(words).as_str().lines().enumerate() {
        writeln!(f, "{:<10} {line}", if at == 0 { word } else { "" })?;
    }
    Ok(())
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    match text::age(at.age(now)) {
        age if age == "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// When an agent that doesn't run was last heard of.
fn last_sign(status: &Status, now: Timestamp) -> String {
    match status.stopped {
        Some(at) => format!("It stopped {} ({at})", ago(at, now)),
        None => format!("It didn't stop by itself; its last sign of life is from {} ({})", ago(status.at, now), status.at),
    }
}

fn last_poll(status: &Status, holder: &Holder, now: Timestamp) -> String {
    match (status.last_poll, status.poll_since, holder) {
        (Some(at), ..) => ago(at, now),
        (None, Some(since), Holder::Process(_)) => {
            format!("none answered yet: the first one has waited at the server for {} s", since.age(now).as_secs())
        }
        (None, ..) => "never".to_owned(),
    }
}

fn write_directory(f: &mut fmt::Formatter<'_>, watched: &Watched) -> fmt::Result {
    let Watched { application, version, path, state, files, unsaid, cant_say, ignored } = watched;
    write!(f, "directory  {application} {version}: {}", text::Clean::line(&path.display().to_string()))?;
    match state {
        Directory::Present => write!(f, ", {}", text::count(*files, "patch"))?,
        state => write!(f, ": {}", state.explain())?,
    }
    if *unsaid > 0 {
        write!(f, ", nothing can be said of {}", text::count(*unsaid, "other file"))?;
    }
    writeln!(f)?;
    for (patch, unsaid) in cant_say {
        writeln!(f, "  can't say:  {patch}: {}, since {}", unsaid.why.explain(), minute(unsaid.since))?;
    }
    if *unsaid > cant_say.len() {
        writeln!(f, "  and {} more", unsaid - cant_say.len())?;
    }
    for Ignored { name, reason } in ignored.iter().take(20) {
        writeln!(f, "  left alone: {name}: {reason}")?;
    }
    if ignored.len() > 20 {
        writeln!(f, "  and {} more", ignored.len() - 20)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::inventory::Obstacle;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    fn status() -> Status {
        Status {
            site: "acme".parse().expect("site"),
            server: "https://post.example".to_owned(),
            agent_version: "1".to_owned(),
            pid: 7,
            at: NOW,
            since: Timestamp::from_ms(0),
            stopped: None,
            last_poll: Some(NOW),
            poll_since: None,
            clock_error: None,
            error: None,
            trust: 1,
            pending: Vec::new(),
            results_waiting: 0,
            uploads_waiting: 0,
            directories: Vec::new(),
        }
    }

    fn running() -> Holder {
        Holder::Process("7".to_owned())
    }

    #[test]
    fn an_agent_that_can_not_say_what_is_in_a_folder_is_not_well_and_one_that_waits_for_a_file_to_be_written_is() {
        let watched = |why| Watched {
            application: "trading".parse().expect("app"),
            version: "7.7".parse().expect("version"),
            path: PathBuf::from("/srv/patches"),
            state: Directory::Present,
            files: 3,
            unsaid: 1,
            cant_say: vec![("everything below ./sub/".to_owned(), CantSay { why, since: NOW })],
            ignored: Vec::new(),
        };
        let with = |why| Status { directories: vec![watched(why)], ..status() };
        assert!(with(Obstacle::BeingWritten).is_well());
        let unreadable = with(Obstacle::NotPermitted);
        assert_eq!(unreadable.code(&running()), exit::FAILED);
        let words = unreadable.show(&running(), NOW).to_string();
        assert!(words.contains("can't say:  everything below ./sub/: the agent's user may not read"), "{words}");
    }

    #[test]
    fn an_agent_whose_lock_nobody_holds_is_stopped_whatever_it_wrote_last() {
        let status = status();
        assert_eq!((status.code(&running()), status.code(&Holder::Nobody)), (exit::OK, exit::DIFFERS));
        let later = NOW.plus(std::time::Duration::from_hours(2));
        let words = status.show(&Holder::Nobody, later).to_string();
        assert!(words.contains("STOPPED") && words.contains("last sign of life is from 2 h ago"), "{words}");
        assert!(!words.contains("running since"), "{words}");
        let ended = Status { stopped: Some(NOW), ..status };
        assert!(ended.show(&Holder::Nobody, later).to_string().contains("It stopped 2 h ago"));
    }

    #[test]
    fn a_problem_of_several_lines_is_shown_as_lines_and_no_escape_reaches_the_terminal() {
        let error = Some("can't reach it\nlook \x1b[2J at it".to_owned());
        let words = Status { error, ..status() }.show(&running(), NOW).to_string();
        assert!(words.contains("problem    can't reach it\n           look \\x1b[2J at it\n"), "{words:?}");
        assert!(!words.contains("\\x0a"), "{words:?}");
    }

    #[test]
    fn a_clock_that_is_off_is_told_in_words_and_is_not_well() {
        let off = Status { clock_error: Some(ClockError::from_ms(-1_200_000)), ..status() };
        assert!(off.show(&running(), NOW).to_string().contains("clock is 20 minutes behind"));
        assert_eq!(off.code(&running()), exit::FAILED);
        let fine = Status { clock_error: Some(ClockError::from_ms(60_000)), ..status() };
        assert!(!fine.show(&running(), NOW).to_string().contains("clock"));
        assert_eq!(fine.code(&running()), exit::OK);
    }

    #[test]
    fn before_the_first_answer_the_poll_that_waits_is_told() {
        let first = Status { last_poll: None, poll_since: Some(Timestamp::from_ms(NOW.as_ms() - 12_000)), ..status() };
        assert!(first.show(&running(), NOW).to_string().contains("has waited at the server for 12 s"));
    }
}
