//! Whatever is typed, pasted, resized and answered, in whatever order: nothing panics, and there is always a way out.

use crate::app::compare::compare;
use crate::app::grid::sheet::Sheet;
use crate::app::harness::Harness;
use crate::app::login::LoginView;
use crate::app::model::{Effect, Message};
use crate::app::office::{Answer, Done, Merged, Newcomer, Outcome, Request, SiteOrders, Trouble};
use crate::app::{sample, sample_commands, sample_errors, sample_health};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use fieldpost_common::api::{AuditState, Change, Changes, Role, Whoami};
use fieldpost_common::merge::merge;
use proptest::prelude::*;
use std::time::Duration;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    Key(KeyEvent),
    Paste(String),
    Resize(u16, u16),
    /// One of the open requests is answered; which one, and whether well.
    Answer(usize, bool),
    Wait(u64),
}

fn keys() -> impl Strategy<Value = KeyEvent> {
    let codes = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::F(1),
    ];
    let letters =
        "jkhlgGdqxyopPavsSuUrnNzV+<>=/?:[]{}wctimsbefACEDHJ*@#12345 漢\u{301}".chars().map(KeyCode::Char).collect::<Vec<_>>();
    let modifiers = prop_oneof![8 => Just(KeyModifiers::NONE), 1 => Just(KeyModifiers::CONTROL), 1 => Just(KeyModifiers::ALT)];
    let code = prop_oneof![prop::sample::select(codes.to_vec()), prop::sample::select(letters)];
    (code, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => keys().prop_map(Step::Key),
        1 => "[a-z漢\\r\\n\u{301}\u{202e}]{0,20}".prop_map(Step::Paste),
        1 => (1_u16..220, 1_u16..60).prop_map(|(width, height)| Step::Resize(width, height)),
        5 => (any::<usize>(), any::<bool>()).prop_map(|(which, well)| Step::Answer(which, well)),
        1 => (0_u64..100_000).prop_map(Step::Wait),
    ]
}

fn outcome(well: bool) -> Outcome {
    let result = if well { Ok("done".to_owned()) } else { Err("refused".to_owned()) };
    Outcome { what: "a.st".to_owned(), result }
}

fn whoami() -> Whoami {
    Whoami {
        user: "ada".parse().expect("a name"),
        role: Role::Admin,
        generation: "0123456789abcdef0123456789abcdef".parse().expect("a generation"),
        url: "https://post.acme.example".to_owned(),
        server_version: "1".to_owned(),
        now: sample::now(),
    }
}

/// The answer that a server, or the lack of one, would give.
pub(super) fn answer(request: Request, well: bool) -> Answer {
    let trouble = || Trouble::Unreachable("the server can't be reached".to_owned());
    let grid = sample::grid();
    match request {
        Request::Whoami => Answer::Whoami(if well { Ok(whoami()) } else { Err(trouble()) }),
        Request::Apps => Answer::Apps(if well { Ok(grid.application.into_iter().collect()) } else { Err(trouble()) }),
        Request::Grid(application) => {
            Answer::Grid(application, if well { Ok(Box::new(Sheet::of(grid))) } else { Err(trouble()) })
        }
        Request::Watch { feed, .. } => {
            Answer::Changes(if well { Ok(Changes { feed, reload: false, changes: vec![Change::Sites] }) } else { Err(trouble()) })
        }
        Request::Compare { ticket, .. } => {
            let compared = compare(Some(b"one\ntwo\n"), Some("one\nzwei 漢\n".as_bytes()));
            Answer::Compared(ticket, if well { Ok(Box::new(compared)) } else { Err(trouble()) })
        }
        Request::Lines { ticket, texts, spaces } => {
            Answer::Lines(ticket, if well { Ok(texts.lines(spaces)) } else { Err(trouble()) })
        }
        Request::History { ticket, patch, .. } => {
            Answer::History(ticket, if well { Ok(Box::new(sample::history(patch))) } else { Err(trouble()) })
        }
        Request::Work(work) => {
            let report = || if well { Ok(Done::Published(true)) } else { Err("refused".to_owned()) };
            Answer::Worked(work.ticket, work.tasks.iter().map(|_| report()).collect())
        }
        Request::Merge { ticket, .. } => {
            let merged = Merged { merge: merge(Some(b"a\nb\n"), b"a\nc\n", b"a\nd\n"), kept: Ok(Vec::new()) };
            Answer::Merged(ticket, if well { Ok(Box::new(merged)) } else { Err(trouble()) })
        }
        Request::Save { .. } => Answer::Saved(outcome(well)),
        Request::Sites => Answer::Sites(if well { Ok(sample::sites()) } else { Err(trouble()) }),
        Request::SiteOrders(site) => {
            let (open, finished) = sample::orders();
            Answer::SiteOrders(site, if well { Ok(SiteOrders { open, finished }) } else { Err(trouble()) })
        }
        Request::States(site) => Answer::States(site, if well { Ok(sample_health::sick_states()) } else { Err(trouble()) }),
        Request::AskStates(site, _) => Answer::StatesAsked(site, if well { Ok(()) } else { Err(trouble()) }),
        Request::Status => Answer::Status(if well { Ok(Box::new(sample_health::status())) } else { Err(trouble()) }),
        Request::Over { .. } => Answer::Over(if well { Ok(sample_health::over()) } else { Err(trouble()) }),
        Request::Hold { incident, .. } => {
            let one = sample_health::status().incidents.remove(0);
            Answer::Held(incident, if well { Ok(Box::new(one)) } else { Err(trouble()) })
        }
        Request::Errors => Answer::Errors(if well { Ok(Box::new(sample_errors::errors())) } else { Err(trouble()) }),
        Request::ErrorsOf(site) => {
            let errors = sample_errors::errors_of(&site);
            Answer::ErrorsOf(site, if well { Ok(Box::new(errors)) } else { Err(trouble()) })
        }
        Request::Error(group) => Answer::Error(group, if well { Ok(Box::new(sample_errors::error())) } else { Err(trouble()) }),
        Request::MarkError { .. } => {
            Answer::ErrorMarked(if well { Ok(Box::new(sample_errors::error().group)) } else { Err(trouble()) })
        }
        Request::Commands(site) => Answer::Commands(site, if well { Ok(sample_commands::commands()) } else { Err(trouble()) }),
        Request::Output(id) => {
            let command = sample_commands::commands().into_iter().find(|one| one.id == id);
            let brought = || Box::new(sample_commands::brought(command.unwrap_or_else(|| sample_commands::commands().remove(0))));
            Answer::Output(id, if well { Ok(brought()) } else { Err(trouble()) })
        }
        Request::Askable { site, .. } => {
            Answer::Askable(site, if well { Ok(Box::new(sample_commands::askable())) } else { Err(trouble()) })
        }
        Request::Ask { site, .. } => {
            Answer::Asked(site, if well { Ok(Box::new(sample_commands::commands().remove(0))) } else { Err(trouble()) })
        }
        Request::CancelCommand(_) => {
            Answer::CommandCancelled(if well { Ok(Box::new(sample_commands::commands().remove(0))) } else { Err(trouble()) })
        }
        Request::AcceptDrop(site) => Answer::DropAccepted(site, if well { Ok(()) } else { Err(trouble()) }),
        Request::Enrol(site) => {
            Answer::Enrolled(site, if well { Ok("fieldpost-enrolment.x".to_owned()) } else { Err(trouble()) })
        }
        Request::Activity { before, limit } => {
            let page = sample::activity(before.map_or(1_250, |before| before.saturating_sub(1)), limit);
            Answer::Activity { before, answer: if well { Ok(page) } else { Err(trouble()) } }
        }
        Request::Audit => {
            let audit = AuditState { rows: 1_250, head: None, broken_at: None };
            Answer::Audit(if well { Ok(audit) } else { Err(trouble()) })
        }
        Request::LogIn(_) => {
            let newcomer = Newcomer { user: "ada".to_owned(), server: "post".to_owned(), advice: vec!["advice".to_owned()] };
            Answer::LoggedIn(if well { Ok(newcomer) } else { Err(trouble()) })
        }
    }
}

fn take(harness: &mut Harness, open: &mut Vec<Request>, step: Step) {
    match step {
        Step::Key(key) => harness.take(Message::Key(key)),
        Step::Paste(text) => harness.take(Message::Paste(text)),
        Step::Resize(width, height) => harness.take(Message::Resize(width, height)),
        Step::Answer(..) if open.is_empty() => {}
        Step::Answer(which, well) => {
            let request = open.swap_remove(which % open.len());
            harness.answer(answer(request, well));
        }
        Step::Wait(ms) => {
            harness.now = harness.now.plus(Duration::from_millis(ms));
            harness.take(Message::Tick);
        }
    }
    open.extend(harness.requests());
}

/// Whether keys, pressed again and again, lead out.
fn leads_out(harness: &mut Harness, keys: &[KeyEvent]) -> bool {
    harness.effects.clear();
    for key in keys.iter().cycle().take(keys.len() * 10) {
        harness.take(Message::Key(*key));
        if harness.effects.contains(&Effect::Quit) {
            return true;
        }
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_there_is_always_a_way_out(
        newcomer in prop::bool::weighted(0.1),
        steps in prop::collection::vec(steps(), 0..60),
        by_interrupt: bool,
    ) {
        let mut harness = if newcomer { Harness::new((80, 24)) } else { Harness::sample((80, 24)) };
        harness.model.login = newcomer.then(LoginView::default);
        let mut open = vec![Request::Apps];
        for (place, step) in steps.into_iter().enumerate() {
            take(&mut harness, &mut open, step);
            if place % 4 == 0 {
                harness.buffer();
            }
        }
        harness.buffer();
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        // Where letters narrow a list, the first Esc shows all of it again, and `q` would be a letter: Esc is pressed until it is out.
        let back = [KeyCode::Esc.into(), KeyCode::Esc.into(), KeyCode::Char('q').into()];
        let keys: &[KeyEvent] = if by_interrupt { &[interrupt] } else { &back };
        prop_assert!(leads_out(&mut harness, keys), "in {:?}:\n{}", harness.model.context(), harness.screen());
    }
}
