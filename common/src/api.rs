//! What the terminal app and scripts say to the server: bodies below `/api/v1`, one file per noun.

mod activity;
mod application;
mod changes;
mod command;
mod correct;
mod errors;
mod history;
mod order;
pub mod path;
mod people;
mod publication;
mod purge;
mod recall;
mod site;
mod stamp;
mod status;
mod trust;

pub use activity::{Activity, AuditState};
pub use application::{AppSettings, StampPattern};
pub use changes::{Change, Changes};
pub use command::{CommandInfo, CommandOutput};
pub use correct::Correct;
pub use errors::{
    ErrorGroup, ErrorSite, ErrorView, Errors, KeptTexts, KeptWalkback, MarkError, SeenThere, SiteDropped, Suspect, Week,
};
pub use history::{History, Origin, PublishedAt, Revision};
pub use order::{NewOrder, OrderAnswer, OrderInfo, Prepare, PrepareCell, Prepared};
pub use people::{Invited, LoginAnswer, LoginRequest, NewRole, NewUser, Role, User, Whoami};
pub use publication::{Publish, Published, Unpublish};
pub use purge::{PurgeRequest, Purged};
pub use recall::{Recall, Recalled};
pub use site::{HeldDrop, NewSite, Site, SiteListing, SiteSettings};
pub use stamp::{AllStamps, StampInfo};
pub use status::{
    Badge, Counts, Drift, MailStatus, Maintenance, Restored, SetHold, SiteScope, SiteStatus, StateMark, StateView, Status,
    Verdict,
};
pub use trust::{PendingKey, TrustChain};
