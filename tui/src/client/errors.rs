//! The routes about errors.

use super::routes::with;
use super::{Client, ClientError};
use fieldpost_common::api::{ErrorGroup, ErrorView, Errors, MarkError, path};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::{AppName, SiteName};
use reqwest::Method;

impl Client {
    /// Errors, those seen last first: of an application, or of all.
    pub async fn errors(&self, application: Option<&AppName>) -> Result<Errors, ClientError> {
        let of: Vec<_> = application.iter().map(|app| ("application", app.as_str())).collect();
        self.json(self.request(Method::GET, path::ERRORS).query(&of)).await
    }

    /// Errors that happened at a site, those seen there last first, each with how it is there: of an application, or of all.
    pub async fn errors_of(&self, site: &SiteName, application: Option<&AppName>) -> Result<Errors, ClientError> {
        let mut of = vec![("site", site.as_str())];
        of.extend(application.iter().map(|app| ("application", app.as_str())));
        self.json(self.request(Method::GET, path::ERRORS).query(&of)).await
    }

    /// Everything that is known of one error.
    pub async fn error(&self, group: ErrorGroupId) -> Result<ErrorView, ClientError> {
        self.get(&with(path::ERROR, "group", &group.to_string())).await
    }

    /// Says something to an error.
    pub async fn error_mark(&self, group: ErrorGroupId, mark: &MarkError) -> Result<ErrorGroup, ClientError> {
        self.give(Method::POST, &with(path::ERROR_MARK, "group", &group.to_string()), mark).await
    }
}
