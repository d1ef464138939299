//! Options that say which sites are meant: one, a group, or all.

use super::failure::Failure;
use super::names;
use crate::session::Session;
use fieldpost_common::api::SiteScope;
use fieldpost_common::id::GroupName;

#[derive(Debug, clap::Args)]
pub(crate) struct Scope {
    /// One site; without it and --group: all sites
    #[arg(long, conflicts_with = "group")]
    site: Option<String>,
    /// The sites of a group
    #[arg(long)]
    group: Option<GroupName>,
}

impl Scope {
    pub(super) async fn chosen(self, session: &Session) -> Result<SiteScope, Failure> {
        Ok(match (self.site, self.group) {
            (Some(site), _) => SiteScope::Site(names::any_site(session, &site).await?),
            (None, Some(group)) => SiteScope::Group(group),
            (None, None) => SiteScope::All,
        })
    }
}

/// `all sites`, `group emea`, `acme`.
pub(super) fn words(scope: &SiteScope) -> String {
    match scope {
        SiteScope::All => "all sites".to_owned(),
        SiteScope::Group(group) => format!("group {group}"),
        SiteScope::Site(site) => site.to_string(),
    }
}
