//! The terminal app over canned data, for looking at it without a server: `cargo run -p fieldpost --example grid`;
//! with the argument `large` over 10,000 patches at 200 sites.

use fieldpost::app::compare::{self, compare};
use fieldpost::app::office::{self, Answer, Done, Draft, Merged, Office, Outcome, Request, SiteOrders, Task, Trouble};
use fieldpost::app::{Seat, Sheet, run_with};
use fieldpost_common::api::{AuditState, Changes};
use fieldpost_common::merge::merge;
use tokio::sync::mpsc::UnboundedSender;

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../src/app/sample.rs"]
mod sample;
#[path = "../src/app/sample_commands.rs"]
mod sample_commands;
#[path = "../src/app/sample_errors.rs"]
mod sample_errors;
#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../src/app/sample_health.rs"]
mod sample_health;

struct Canned {
    /// Ten thousand patches at two hundred sites.
    large: bool,
}

const BASE: &str = "'From VisualWorks of 20 Nov 2026'!\n\n!Quote methodsFor: 'caching'!\n\nfreshQuote\n\t\"Answer the quote. jk 3/10/2025\"\n\n\t| age |\n\tage := Timestamp now - stamp.\n\t^age > 0 seconds\n\t\tifTrue: [self fetch]\n\t\tifFalse: [cached]! !\n";
const OLD: &str = "'From VisualWorks of 24 Nov 2026'!\n\n!Quote methodsFor: 'caching'!\n\nfreshQuote\n\t\"Answer the quote, at most a second old. bn 21/11/2026\"\n\n\t| age |\n\tage := Timestamp now - stamp.\n\t^age > 1 seconds\n\t\tifTrue: [self fetch]\n\t\tifFalse: [cached]! !\n";
const NEW: &str = "'From VisualWorks of 24 Nov 2026'!\n\n!Quote methodsFor: 'caching'!\n\nfreshQuote\n\t\"Answer the quote, at most five seconds old. mk 24/11/2026\"\n\n\t| age |\n\tage := Timestamp now - stamp.\n\t^age > self class maximumAge\n\t\tifTrue: [self fetch]\n\t\tifFalse: [cached]! !\n\n!Quote class methodsFor: 'constants'!\n\nmaximumAge\n\t^5 seconds! !\n";

impl Office for Canned {
    fn ask(&self, request: Request, answers: UnboundedSender<Answer>) {
        let grid = if self.large { sample::large() } else { sample::grid() };
        let answer = match request {
            Request::Whoami | Request::Watch { .. } | Request::Enrol(_) | Request::LogIn(_) => return,
            Request::Apps => Answer::Apps(Ok(grid.application.into_iter().collect())),
            Request::Grid(application) => Answer::Grid(application, Ok(Box::new(Sheet::of(grid)))),
            Request::Compare { ticket, pair } => {
                let (left, right) = (pair.left.map(|_| OLD.as_bytes()), pair.right.map(|_| NEW.as_bytes()));
                let mut comparison = compare(left, right);
                for (blob, sha256) in [(&mut comparison.left, pair.left), (&mut comparison.right, pair.right)] {
                    if let (Some(blob), Some(sha256)) = (blob.as_mut(), sha256) {
                        blob.sha256 = sha256;
                    }
                }
                Answer::Compared(ticket, Ok(Box::new(comparison)))
            }
            Request::Lines { ticket, texts, spaces } => Answer::Lines(ticket, Ok(texts.lines(spaces))),
            Request::History { ticket, patch, .. } => Answer::History(ticket, Ok(Box::new(sample::history(patch)))),
            Request::Work(work) => {
                let order = || "0123456789abcdef0123456789abcdef".parse().unwrap_or_else(|_| unreachable!("an id"));
                let done = |task: &Task| if task.is_order() { Done::Given(order()) } else { Done::Published(true) };
                Answer::Worked(work.ticket, work.tasks.iter().map(|task| Ok(done(task))).collect())
            }
            Request::Merge { ticket, .. } => {
                let merge = merge(Some(BASE.as_bytes()), OLD.as_bytes(), NEW.as_bytes());
                Answer::Merged(ticket, Ok(Box::new(Merged { merge, kept: Ok(Vec::new()) })))
            }
            Request::Save { path, .. } => Answer::Saved(Outcome { what: path, result: Ok("saved".to_owned()) }),
            Request::Sites => Answer::Sites(Ok(sample::sites())),
            Request::SiteOrders(site) => {
                let (open, finished) = sample::orders();
                Answer::SiteOrders(site, Ok(SiteOrders { open, finished }))
            }
            Request::Errors => Answer::Errors(Ok(Box::new(sample_errors::errors()))),
            Request::ErrorsOf(site) => {
                let errors = sample_errors::errors_of(&site);
                Answer::ErrorsOf(site, Ok(Box::new(errors)))
            }
            Request::Error(group) => Answer::Error(group, Ok(Box::new(sample_errors::error()))),
            Request::MarkError { .. } => Answer::ErrorMarked(Ok(Box::new(sample_errors::error().group))),
            Request::Status => Answer::Status(Ok(Box::new(sample_health::status()))),
            Request::Over { .. } => Answer::Over(Ok(sample_health::over())),
            Request::States(site) => {
                let states = match site.as_str() {
                    "acme" => sample_health::sick_states(),
                    "ember" => sample_health::long_states(),
                    _ => sample_health::well_states(),
                };
                Answer::States(site, Ok(states))
            }
            Request::AskStates(site, _) => Answer::StatesAsked(site, Ok(())),
            Request::Hold { incident, .. } => Answer::Held(incident, Err(Trouble::Refused("nothing is kept here".to_owned()))),
            Request::Activity { before, limit } => {
                Answer::Activity { before, answer: Ok(sample::activity(before.unwrap_or(1_300) - 1, limit)) }
            }
            Request::Commands(site) => Answer::Commands(site, Ok(sample_commands::commands())),
            Request::Output(id) => {
                let mut commands = sample_commands::commands();
                let place = commands.iter().position(|one| one.id == id).unwrap_or(0);
                Answer::Output(id, Ok(Box::new(sample_commands::brought(commands.swap_remove(place)))))
            }
            Request::Askable { site, .. } => Answer::Askable(site, Ok(Box::new(sample_commands::askable()))),
            Request::Ask { site, .. } => Answer::Asked(site, Ok(Box::new(sample_commands::commands().remove(0)))),
            Request::CancelCommand(_) => Answer::CommandCancelled(Ok(Box::new(sample_commands::commands().remove(0)))),
            Request::Audit => Answer::Audit(Ok(AuditState { rows: 1_299, head: None, broken_at: None })),
            Request::AcceptDrop(_) => Answer::Changes(Ok(Changes { feed: grid.feed, reload: false, changes: Vec::new() })),
        };
        // Nobody listens once the app has ended.
        let _ = answers.send(answer);
    }

    fn keep(&self, _: &Draft) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let seat = Seat { user: "ada".to_owned(), server: "post.acme.example".to_owned() };
    run_with(seat, Canned { large: std::env::args().nth(1).as_deref() == Some("large") }).await
}
