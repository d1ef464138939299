//! `fieldpost activity` and `fieldpost audit`: what happened, and that nobody rewrote it.

use super::failure::Failure;
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::Activity;
use fieldpost_common::exit;
use fieldpost_common::text::Clean;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Only what came before this number
    #[arg(long, value_name = "SEQ")]
    before: Option<u64>,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AuditVerb {
    /// Check that every row still fits the one before
    Verify,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let all = session.client.activity(args.before, args.limit).await?;
    talk.data(&json!({ "activity": all }), || all.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    Ok(exit::OK)
}

fn line(one: &Activity) -> String {
    let clean = |text: &str| Clean::line(text).to_string();
    let mut line = format!("{:>6}  {}  {}  {}", one.seq, one.at, clean(&one.who), clean(&one.what));
    let mut add = |words: Option<String>| {
        if let Some(words) = words {
            line += "  ";
            line += &words;
        }
    };
    add(one.application.as_ref().map(ToString::to_string));
    add(one.patch.as_ref().map(ToString::to_string));
    add(one.site.as_ref().map(|site| format!("at {site}")));
    add(one.sha256.map(|sha256| sha256.short()));
    add(one.detail.as_deref().map(clean));
    line
}

pub(crate) async fn audit(verb: AuditVerb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let AuditVerb::Verify = verb;
    let state = session.client.audit().await?;
    talk.data(&state, || {
        let head = state.head.map_or("–".to_owned(), |head| head.to_string());
        format!("{} rows, head {head}", state.rows)
    })?;
    match state.broken_at {
        None => Ok(exit::OK),
        Some(row) => Err(Failure::new(format!(
            "row {row} doesn't fit the one before: the record was changed\nkeep the data folder as it is and ask who had access"
        ))),
    }
}
