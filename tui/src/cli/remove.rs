//! `fieldpost remove`: orders that take files away, exactly those that were seen.

use super::failure::Failure;
use super::send::{Job, To};
use super::talk::Talk;
use super::target::{self, Ask};
use super::{names, send};
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patches: whole names, their last parts after a /, or file names in any case
    #[arg(required = true)]
    patches: Vec<String>,
    #[command(flatten)]
    to: send::To,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let to: &To = &args.to;
    let (settings, table) = names::table(session, to.application.as_ref()).await?;
    let patches = send::patches(&table.grid, &args.patches)?;
    let (replacing, reason) = (to.replacing.clone(), to.reason.clone());
    let ask = Ask { replacing, reason, any_time: to.any_time, again: to.again, ..Ask::default() };
    let job = Job { session, talk, table: &table, application: &settings.name, to, what: "remove" };
    job.run(&patches, |cell| target::remove(&table, &settings.name, cell, &ask)).await
}
