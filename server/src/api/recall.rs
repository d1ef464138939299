//! `POST /api/v1/recall`: what an app kept, for a server that was restored and lacks it.

use crate::auth::Viewer;
use crate::clock;
use crate::error::Error;
use crate::recall::{Returned, publication_return, purge_return, trust_return, withdrawal_return};
use crate::request::Said;
use crate::server::Shared;
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Recall, Recalled};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::time::Timestamp;
use serde::Deserialize;

pub(crate) async fn give(
    State(server): State<Shared>,
    Viewer(user, _): Viewer,
    Said(given): Said<Recall>,
) -> Result<Json<Recalled>, Error> {
    let now = clock::now();
    let keep = server.store.write(move |tx| {
        let from = format!("user:{user}");
        let mut done = Recalled { trust: trust_return(tx, &given.trust, &from, now)?, ..Recalled::default() };
        for (_, statement) in in_order(&given) {
            match statement {
                Statement::Publication(envelope) => match publication_return(tx, envelope, &from, now)? {
                    Returned::Taken => done.publications += 1,
                    Returned::Waiting => done.waiting += 1,
                    Returned::Known | Returned::Refused => {}
                },
                Statement::Withdrawal(envelope) => {
                    done.withdrawals += u64::from(withdrawal_return(tx, envelope, &from, now)? == Returned::Taken);
                }
                Statement::Purge(envelope) => {
                    done.purges += u64::from(purge_return(tx, envelope, &user, now)? == Returned::Taken);
                }
            }
        }
        Ok::<_, Error>(done)
    });
    keep.await.map(Json)
}

/// What is given back, and what it is.
enum Statement<'a> {
    Publication(&'a Envelope),
    Withdrawal(&'a Envelope),
    Purge(&'a Envelope),
}

/// All of it in the order in which it was signed, as it came to the server that lost it.
fn in_order(given: &Recall) -> Vec<(Timestamp, Statement<'_>)> {
    let publications = given.publications.iter().map(|one| (signed_at(one), Statement::Publication(one)));
    let withdrawals = given.withdrawals.iter().map(|one| (signed_at(one), Statement::Withdrawal(one)));
    let purges = given.purges.iter().map(|one| (signed_at(one), Statement::Purge(one)));
    let mut all: Vec<_> = publications.chain(withdrawals).chain(purges).collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// When a statement says that it was signed; one that doesn't is refused later.
fn signed_at(envelope: &Envelope) -> Timestamp {
    #[derive(Deserialize)]
    struct Signed {
        created: Timestamp,
    }
    serde_json::from_slice::<Signed>(&envelope.bytes).map_or_else(|_| Timestamp::default(), |signed| signed.created)
}
