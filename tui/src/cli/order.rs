//! `fieldpost cancel`, and how an order's end reads.

use super::failure::Failure;
use super::talk::Talk;
use super::wait::End;
use crate::session::Session;
use fieldpost_common::api::OrderInfo;
use fieldpost_common::exit;
use fieldpost_common::id::OrderId;
use fieldpost_common::order::Failure as SiteFailure;
use fieldpost_common::order::state::OrderState;

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
        OrderState::Confirmed { .. } => (hook(info), exit::OK),
        OrderState::Failed { reason, .. } => {
            let refused = matches!(reason, SiteFailure::Refused { .. } | SiteFailure::ByClock { .. });
            (Some(reason.to_string()), if refused { exit::NOT_PERMITTED } else { exit::FAILED })
        }
        OrderState::Superseded { by, .. } => (Some(format!("order {by} took its place")), exit::FAILED),
        OrderState::Cancelled { by, .. } => (Some(format!("taken back by {by}")), exit::FAILED),
        OrderState::TimedOut { .. } => (Some("the site began and was not heard of again".to_owned()), exit::FAILED),
        OrderState::Expired { .. } => (Some("its time was over before the site took it".to_owned()), exit::FAILED),
        OrderState::Unknown { .. } => (Some("the site never said what became of it".to_owned()), exit::FAILED),
        OrderState::Queued | OrderState::Offered { .. } | OrderState::Started { .. } => (None, exit::TRY_LATER),
    };
    End { state: info.state.word().to_owned(), reason, code }
}

/// The file is in place; what the site's own command said afterwards is news all the same.
fn hook(info: &OrderInfo) -> Option<String> {
    let hook = info.hook.as_ref().filter(|hook| !hook.ok())?;
    let how = match (hook.timed_out, hook.code) {
        (true, _) => "took too long".to_owned(),
        (_, Some(code)) => format!("ended with {code}"),
        (_, None) => "was ended by a signal".to_owned(),
    };
    Some(format!("installed, but the after-install command {how}: {}", hook.output.as_str()))
}
