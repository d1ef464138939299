//! The health of the sample's sites: incidents of every kind, what is over, and states of applications.

use super::sample::{before, id, now};
use fieldpost_common::api::{MailStatus, SiteStatus, StateMark, StateView, Status, Verdict};
use fieldpost_common::incident::{Hold, Incident, IncidentId, Phase, Subject, Told};
use fieldpost_common::state::{Reading, Rules, Severity, state};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;

fn incident(id: u64, subject: Subject, severity: Severity, words: &str, minutes: u64) -> Incident {
    Incident {
        id: IncidentId(id),
        subject,
        severity,
        words: Clean::line(words),
        since: before(minutes),
        opened: before(minutes),
        phase: Phase::Open { since: before(minutes) },
        hold: Hold::None,
        told: Told::Nothing,
        returns: 0,
        unseen: None,
    }
}

fn unwell(site: &str) -> Subject {
    Subject::StateProblem { site: id(site), application: id("trading") }
}

/// One of every kind that is wrong, some of them held.
fn incidents() -> Vec<Incident> {
    use Severity::{Problem, Warning};
    let silent = Subject::Silent { site: id("omega") };
    let stuck = Subject::OrderStuck { site: id("acme"), order: id(&"5a".repeat(16)) };
    let failing = Subject::AgentFailing { site: id("ember"), what: "directory trading".to_owned() };
    let mail = Subject::Server { what: "mail".to_owned() };
    let mut all = vec![
        incident(48, unwell("acme"), Problem, "trading: gateway: DOWN (and 1 more)", 3),
        incident(47, silent, Problem, "no contact since 2026-11-24 19:46 UTC", 14),
        incident(45, mail, Problem, "mails can't be sent: connection error: connection refused (os error 111)", 45),
        incident(41, failing, Problem, "trading: the directory has no marker file", 180),
        incident(40, stuck, Problem, "the order for 4711-Order-roundLots.st of trading has passed its deadline", 1_500),
        incident(44, unwell("delta-uat"), Warning, "trading: queue is long: 812", 130),
    ];
    all[1].hold = Hold::Acknowledged { by: id("bn"), at: before(9) };
    all[1].told = Told::Alert { at: before(13), severity: Problem };
    all[3].hold = Hold::Snoozed { by: id("ada"), until: Timestamp::from_ms(before(0).as_ms() + 43_200_000) };
    all
}

fn status_of(name: &str, verdict: Verdict, words: &str, maintenance: bool) -> SiteStatus {
    let words = (!words.is_empty()).then(|| Clean::line(words));
    SiteStatus { site: id(name), verdict, words, last_seen_s: Some(4), state_age_s: Some(200), maintenance, cant_say: 0 }
}

/// Six incidents; `delta-uat` is in maintenance, so that its warning doesn't count.
pub(super) fn status() -> Status {
    use Verdict::{Problem, Warning};
    Status {
        worst: Problem,
        sites: vec![
            status_of("acme", Problem, "trading: gateway: DOWN (and 1 more)", false),
            status_of("delta-uat", Warning, "trading: queue is long: 812", true),
            status_of("ember", Problem, "trading: the directory has no marker file", false),
            status_of("omega", Problem, "no contact since 2026-11-24 19:46 UTC", false),
        ],
        incidents: incidents(),
        maintenance: Vec::new(),
        drift: Vec::new(),
        mail: MailStatus { configured: true, waiting: 0, trouble: None },
        restored: None,
        now: now(),
    }
}

/// The same with one warning and nothing worse.
pub(super) fn only_a_warning() -> Status {
    let mut status = status();
    status.incidents.retain(|one| one.severity == Severity::Warning);
    status.sites.clear();
    status.worst = Verdict::Warning;
    status
}

/// Nothing is wrong.
pub(super) fn all_well() -> Status {
    Status { worst: Verdict::Ok, sites: Vec::new(), incidents: Vec::new(), ..status() }
}

/// Two that are over.
pub(super) fn over() -> Vec<Incident> {
    let mut all = [
        incident(43, unwell("corvid"), Severity::Problem, "trading: database: UNKNOWN", 400),
        incident(
            39,
            Subject::Uplink,
            Severity::Problem,
            "5 of 8 sites fell silent at 2026-11-23 02:10 UTC: the server or its uplink is the likely cause",
            2_510,
        ),
    ];
    all[0].phase = Phase::Closed { at: before(380) };
    all[0].told = Told::Recovery { at: before(380) };
    all[1].phase = Phase::Closed { at: before(2_490) };
    all.into()
}

const SICK: &str = "application: trading\nstatus: ok\ngateway: DOWN\nqueue: WARN\nopen orders: 12\n0 errors in the log\n\
last error: ERROR could not connect to 10.2.0.7\nreconnects: 7\n";

fn read_as(content: &str, exit: Option<i32>, history: &[(Severity, usize)]) -> StateView {
    let found = state(&Reading { content: content.as_bytes(), exit, format: None }, &Rules::default());
    let marks = history.iter().flat_map(|(worst, times)| std::iter::repeat_n(*worst, *times));
    StateView {
        application: id("trading"),
        at: before(3),
        modified: exit.is_none().then(|| before(5)),
        exit,
        format: Some(found.format),
        worst: found.worst,
        unseen: None,
        findings: found.findings,
        lines: found.lines,
        history: marks.zip(0..).map(|(worst, place)| StateMark { at: before(3 + place * 10), worst }).collect(),
    }
}

/// What `acme` says: not well since a while, and not for the first time.
pub(super) fn sick_states() -> Vec<StateView> {
    use Severity::{Ok, Problem, Warning};
    vec![read_as(SICK, None, &[(Problem, 2), (Warning, 3), (Ok, 30), (Problem, 4), (Ok, 70)])]
}

/// A long state of a command that failed, with one line that is wrong.
pub(super) fn long_states() -> Vec<StateView> {
    let mut lines: Vec<_> = (0..60).map(|number| format!("worker {number}: ok")).collect();
    "worker 40: FAILED".clone_into(&mut lines[40]);
    vec![read_as(&lines.join("\n"), Some(2), &[(Severity::Problem, 1)])]
}

/// A state in which nothing is wrong.
pub(super) fn well_states() -> Vec<StateView> {
    vec![read_as("application: trading\nstatus: ok\ngateway: UP\n", None, &[(Severity::Ok, 12)])]
}
