//! `POST /api/v1/recall`: what an app kept, for a server that was restored and lacks it.

use crate::auth::Viewer;
use crate::clock;
use crate::error::Error;
use crate::recall::{Returned, publication_return, trust_return};
use crate::request::Said;
use crate::server::Shared;
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Recall, Recalled};

pub(crate) async fn give(
    State(server): State<Shared>,
    Viewer(user, _): Viewer,
    Said(given): Said<Recall>,
) -> Result<Json<Recalled>, Error> {
    let now = clock::now();
    let keep = server.store.write(move |tx| {
        let from = format!("user:{user}");
        let mut done = Recalled { trust: trust_return(tx, &given.trust, &from, now)?, ..Recalled::default() };
        for envelope in &given.publications {
            match publication_return(tx, envelope, &from, now)? {
                Returned::Taken => done.publications += 1,
                Returned::Waiting => done.waiting += 1,
                Returned::Known | Returned::Refused => {}
            }
        }
        Ok::<_, Error>(done)
    });
    keep.await.map(Json)
}
