//! Answers about what applications report, and carries what is said to it.

use super::trouble;
use crate::app::office::{Answer, Request};
use crate::client::Client;

/// Answers one of these requests.
pub(super) async fn answer(client: &Client, request: Request) -> Answer {
    match request {
        Request::Error(group) => {
            let view = client.error(group).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::Error(group, view)
        }
        Request::MarkError { group, mark } => {
            Answer::ErrorMarked(client.error_mark(group, &mark).await.map(Box::new).map_err(|error| trouble(&error)))
        }
        Request::ErrorsOf(site) => {
            let errors = client.errors_of(&site, None).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::ErrorsOf(site, errors)
        }
        _ => Answer::Errors(client.errors(None).await.map(Box::new).map_err(|error| trouble(&error))),
    }
}
