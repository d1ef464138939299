//! How sites are: one method for each of their routes.

use super::routes::with;
use super::{Client, ClientError};
use fieldpost_common::api::{Badge, CommandInfo, CommandOutput, Maintenance, SetHold, SiteScope, StateView, Status, path};
use fieldpost_common::command::CommandKind;
use fieldpost_common::id::{CommandId, SiteName};
use fieldpost_common::incident::{Incident, IncidentId};
use reqwest::Method;

impl Client {
    /// How everything is.
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.get(path::STATUS).await
    }

    /// The same, of the sites only those that are not well or in maintenance.
    pub async fn status_brief(&self) -> Result<Status, ClientError> {
        self.json(self.request(Method::GET, path::STATUS).query(&[("brief", "true")])).await
    }

    /// What is wrong now, or, newest first, what is over.
    pub async fn incidents(&self, closed: bool, limit: usize) -> Result<Vec<Incident>, ClientError> {
        let query = [("closed", closed.to_string()), ("limit", limit.to_string())];
        self.json(self.request(Method::GET, path::INCIDENTS).query(&query)).await
    }

    /// Says something to an incident.
    pub async fn incident_hold(&self, incident: IncidentId, hold: SetHold) -> Result<Incident, ClientError> {
        self.give(Method::POST, &with(path::INCIDENT_HOLD, "incident", &incident.0.to_string()), &hold).await
    }

    /// The newest state of each application of a site.
    pub async fn states(&self, site: &SiteName) -> Result<Vec<StateView>, ClientError> {
        self.get(&with(path::STATES, "site", site.as_str())).await
    }

    /// Asks something of a site.
    pub async fn command_give(&self, site: &SiteName, wish: &CommandKind) -> Result<CommandInfo, ClientError> {
        self.give(Method::POST, &with(path::COMMANDS, "site", site.as_str()), wish).await
    }

    /// Where a command stands.
    pub async fn command(&self, command: &CommandId) -> Result<CommandInfo, ClientError> {
        self.get(&with(path::COMMAND, "command", command.as_str())).await
    }

    /// What was asked of a site, newest first.
    pub async fn commands(&self, site: &SiteName) -> Result<Vec<CommandInfo>, ClientError> {
        self.get(&with(path::COMMANDS, "site", site.as_str())).await
    }

    /// What people asked of any site, newest first.
    pub async fn commands_of_people(&self, limit: usize) -> Result<Vec<CommandInfo>, ClientError> {
        self.json(self.request(Method::GET, path::ALL_COMMANDS).query(&[("limit", limit.to_string())])).await
    }

    /// What a command has brought so far.
    pub async fn command_output(&self, command: &CommandId) -> Result<CommandOutput, ClientError> {
        self.get(&with(path::COMMAND_OUTPUT, "command", command.as_str())).await
    }

    /// Takes a command back.
    pub async fn command_cancel(&self, command: &CommandId) -> Result<CommandInfo, ClientError> {
        self.give(Method::POST, &with(path::COMMAND_CANCEL, "command", command.as_str()), &()).await
    }

    /// Maintenance that is planned or under way.
    pub async fn maintenance(&self) -> Result<Vec<Maintenance>, ClientError> {
        self.get(path::MAINTENANCE).await
    }

    /// Plans maintenance.
    pub async fn maintenance_add(&self, window: &Maintenance) -> Result<Maintenance, ClientError> {
        self.give(Method::POST, path::MAINTENANCE, window).await
    }

    /// Ends maintenance now.
    pub async fn maintenance_end(&self, id: u64) -> Result<(), ClientError> {
        self.bytes(self.request(Method::DELETE, &with(path::MAINTENANCE_END, "id", &id.to_string()))).await.map(drop)
    }

    /// The icons that were given out.
    pub async fn badges(&self) -> Result<Vec<Badge>, ClientError> {
        self.get(path::BADGES).await
    }

    /// Makes the address of an icon.
    pub async fn badge_add(&self, scope: &SiteScope) -> Result<Badge, ClientError> {
        self.give(Method::POST, path::BADGES, scope).await
    }

    /// Voids the address of an icon.
    pub async fn badge_remove(&self, key: &str) -> Result<(), ClientError> {
        self.bytes(self.request(Method::DELETE, &with(path::BADGE, "key", key))).await.map(drop)
    }
}
