//! `fieldpost cancel`, and how an order's end reads.

use super::failure::Failure;
use super::talk::Talk;
use super::wait::End;
use crate::session::Session;
use fieldpost_common::api::OrderInfo;
use fieldpost_common::exit;
use fieldpost_common::hook::HookWord;
use fieldpost_common::id::{AppName, OrderId, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::{OrderState, UnknownCause};
use fieldpost_common::order::{Action, Failure as SiteFailure};

#[derive(Debug, clap::Args)]
pub(crate) struct CancelArgs {
    /// The order's id, as `send` printed it
    order: OrderId,
}

pub(crate) async fn cancel(args: CancelArgs, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let info = session.client.cancel(&args.order).await?;
    talk.data(&info, || format!("{} at {}: {}", info.patch, info.site, info.state.word()))?;
    match info.state {
        OrderState::Cancelled { .. } => Ok(exit::OK),
        state => Err(Failure::new(format!("the order had ended before ({}): nothing was taken back", state.word()))),
    }
}

/// How an order ended: its word, why, and an exit code.
pub(crate) fn end(info: &OrderInfo) -> End {
    let (reason, code) = match &info.state {
        OrderState::Confirmed { .. } => (None, exit::OK),
        OrderState::Failed { reason: reason @ SiteFailure::Hook { .. }, .. } => {
            (Some(format!("{reason}\n{}", run_again(info))), exit::FAILED)
        }
        OrderState::Failed { reason, .. } => {
            let refused = matches!(reason, SiteFailure::Refused { .. } | SiteFailure::ByClock { .. });
            (Some(reason.to_string()), if refused { exit::NOT_PERMITTED } else { exit::FAILED })
        }
        OrderState::Superseded { by, .. } => (Some(format!("order {by} took its place")), exit::FAILED),
        OrderState::Cancelled { by, .. } => (Some(format!("taken back by {by}")), exit::FAILED),
        OrderState::TimedOut { .. } if matches!(info.hook, Some(HookWord::Due { .. } | HookWord::Newer)) => {
            let words = format!("it is in place, and the site never said how its hook ended\n{}", run_again(info));
            (Some(words), exit::FAILED)
        }
        OrderState::TimedOut { .. } => (Some("the site began and was not heard of again".to_owned()), exit::FAILED),
        OrderState::Expired { .. } => (Some("its time was over before the site took it".to_owned()), exit::FAILED),
        OrderState::Waiting { reason, .. } => {
            (Some(format!("{reason}; the site goes on by itself once that is over")), exit::TRY_LATER)
        }
        OrderState::Unknown { cause: cause @ UnknownCause::HookInterrupted, .. } => {
            (Some(format!("{}\n{}", cause.explain(), run_again(info))), exit::FAILED)
        }
        OrderState::Unknown { cause, .. } => (Some(cause.explain().to_owned()), exit::FAILED),
        OrderState::Queued | OrderState::Offered { .. } | OrderState::Started { .. } | OrderState::Loading { .. } => {
            (None, exit::TRY_LATER)
        }
    };
    End { state: info.state.word().to_owned(), reason, code }
}

/// The cure when a file is as ordered and its hook is what is wrong.
fn run_again(info: &OrderInfo) -> String {
    hook_again_words(info.action == Action::Remove, &info.patch, &info.application, &info.site)
}

/// The command that runs a hook once more, in words.
pub(crate) fn hook_again_words(removal: bool, patch: &PatchName, application: &AppName, site: &SiteName) -> String {
    if removal {
        format!("`fieldpost remove {patch} --app {application} --to {site} --again` runs it once more")
    } else {
        format!("`fieldpost send {patch} --app {application} --to {site} --again` runs it once more")
    }
}
