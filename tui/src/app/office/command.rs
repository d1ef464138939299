//! What is asked of sites, and what comes back, as data.

use crate::app::compare::text::Text;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::CommandKind;
use fieldpost_common::id::{ActionName, AppName};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::AgentInfo;
use std::sync::Arc;

/// What is wanted of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Anything that nobody has to sign.
    Plain(CommandKind),
    /// A local action; it is signed where it is asked.
    Action {
        /// Of which application.
        application: AppName,
        /// Which, by its name in the site's config.
        action: ActionName,
        /// Why, for those who read the activity.
        reason: Option<String>,
    },
}

/// A command, and what it brought so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Where it stands.
    pub command: CommandInfo,
    /// None: nothing has come.
    pub output: Option<Output>,
}

/// Lines that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Whether there is no more to come.
    pub whole: bool,
    /// In bytes.
    pub size: u64,
    /// As it came: what a terminal would act on is made visible when it is drawn.
    pub text: Arc<Text>,
}

/// What a site can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Askable {
    /// None: the agent has not said it yet.
    pub known: Option<Known>,
}

/// What an agent said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What.
    pub info: AgentInfo,
    /// When, by the server's clock.
    pub at: Timestamp,
}
