//! A look at what waits for a site, by which nothing is handed over: for `fieldpost-agent plan` and `check`.

use super::SiteApp;
use crate::command::Command;
use crate::envelope::Envelope;
use crate::id::{AppName, Generation, Version};
use crate::trust::SignedTrust;
use serde::{Deserialize, Serialize};

/// `POST /agent/v1/peek`. It is no poll: the site isn't counted as seen, nothing is marked as offered, no batch is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeekRequest {
    /// The version of the trust document that the agent holds; 0: none.
    pub trust: u64,
    /// What runs at the site, as its config says now.
    pub applications: Vec<SiteApp>,
}

/// What waits for the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeekAnswer {
    /// The server's data.
    pub generation: Generation,
    /// Versions of the trust document after the one that the agent holds.
    #[serde(default)]
    pub trust: Vec<SignedTrust>,
    /// Every open order, oldest first.
    #[serde(default)]
    pub orders: Vec<Envelope>,
    /// Every open command, oldest first.
    #[serde(default)]
    pub commands: Vec<Command>,
    /// Applications and versions that the server doesn't know.
    #[serde(default)]
    pub unknown: Vec<UnknownApp>,
    /// The addresses of two agents that poll as this site: neither is given anything.
    #[serde(default)]
    pub clones: Option<[String; 2]>,
}

/// An application at a site that the server doesn't know, or not in this version: no patch is ever sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownApp {
    /// The application.
    pub application: AppName,
    /// The version that the site's config names.
    pub version: Version,
    /// The versions that the server knows; none: it doesn't know the application.
    pub versions: Option<Vec<Version>>,
}
