//! The terminal app with an office that panics: asked for the sites within the app's own loop, asked for the activity in a task
//! beside it. The tests look at the terminal that is left. `cargo run -p fieldpost --example panic`

use fieldpost::app::office::{Answer, Draft, Office, Request};
use fieldpost::app::{Seat, run_with};
use tokio::sync::mpsc::UnboundedSender;

struct Clumsy;

impl Office for Clumsy {
    fn ask(&self, request: Request, answers: UnboundedSender<Answer>) {
        match request {
            // Nobody listens once the app has ended.
            Request::Apps => drop(answers.send(Answer::Apps(Ok(Vec::new())))),
            Request::Sites => panic!("the office fell down within the loop"),
            Request::Activity { .. } => drop(tokio::spawn(async { panic!("the office fell down beside the loop") })),
            _ => {}
        }
    }

    fn keep(&self, _: &Draft) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let seat = Seat { user: "ada".to_owned(), server: "post.acme.example".to_owned() };
    run_with(seat, Clumsy).await
}
