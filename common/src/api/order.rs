//! Orders: what is asked before signing, what is given, and where each stands.

use crate::envelope::Envelope;
use crate::hash::ContentHash;
use crate::hook::HookWord;
use crate::id::{AppName, OrderId, SiteName, UserName};
use crate::name::PatchName;
use crate::order::Action;
use crate::order::state::OrderState;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Asks for what an order needs: counter and signed publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepare {
    /// The application.
    pub application: AppName,
    /// One for each order.
    pub cells: Vec<PrepareCell>,
}

/// One order to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareCell {
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// The content to put; `None`: a removal.
    pub sha256: Option<ContentHash>,
}

/// What an order needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The counter to sign.
    pub counter: u64,
    /// The size of the content; 0 for a removal.
    pub size: u64,
    /// The newest publication of that content as that patch, one for the site's version before all others; the app checks it
    /// before it signs.
    pub publication: Option<Envelope>,
}

/// A signed order, with what its signer saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// The order.
    pub order: Envelope,
    /// The open order that the developer saw on the cell and means to replace.
    #[serde(default)]
    pub seen: Option<OrderId>,
}

/// What the server made of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderAnswer {
    /// Taken; also when the same order was taken before.
    Taken(OrderId),
    /// Not taken.
    Refused(crate::problem::Problem),
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderInfo {
    /// Its id.
    pub id: OrderId,
    /// What it asks for.
    pub action: Action,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The site.
    pub site: SiteName,
    /// What it expects to find.
    pub expected: Option<ContentHash>,
    /// Who gave it; some states have a `by` of their own, in the same JSON object.
    #[serde(rename = "given_by")]
    pub by: UserName,
    /// When.
    pub created: Timestamp,
    /// Its time limit.
    pub install_by: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: OrderState,
    /// What the site said of the order's hook; nothing yet: not heard of.
    #[serde(default)]
    pub hook: Option<HookWord>,
}
