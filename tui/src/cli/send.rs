//! `fieldpost send`: orders for many cells, each decided by what the grid shows. `remove` gives its orders from here too.

mod forms;

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use super::target::{self, Ask, Decision, Replacing};
use super::wait;
use crate::send::{Act, Wish};
use crate::session::Session;
use fieldpost_common::exit;
use fieldpost_common::grid::{Grid, Table};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId};
use fieldpost_common::text;
use serde::Serialize;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patches: whole names, their last parts after a /, or file names in any case
    #[arg(required = true)]
    patches: Vec<String>,
    #[command(flatten)]
    to: To,
    /// This content in place of the published one (with all 64 digits: also one that was never published)
    #[arg(long, value_name = "SHA")]
    revision: Option<String>,
}

/// What `send` and `remove` have in common.
#[derive(Debug, Clone, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct To {
    /// The application
    #[arg(long = "app")]
    pub(crate) application: Option<AppName>,
    /// Sites, groups, or `all`
    #[arg(long = "to", required = true, value_delimiter = ',', value_name = "SITE[,SITE]|GROUP|all")]
    pub(crate) sites: Vec<String>,
    /// What you saw at the site and mean to overwrite: its SHA-256, or `absent`
    #[arg(long, value_name = "SHA|absent")]
    pub(crate) replacing: Option<Replacing>,
    /// Where it is in place already, run the site's hook for it once more: nothing is put or removed there
    #[arg(long)]
    pub(crate) again: bool,
    /// Wait until the sites have it, so many seconds at most (300); without, it looks for 5 and leaves the rest to the sites
    #[arg(long, value_name = "S", num_args = 0..=1, require_equals = true, default_missing_value = "300")]
    pub(crate) wait: Option<u64>,
    /// Print what would be ordered, cell by cell, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Without a time limit: for a site whose clock is far ahead, which takes every limit for passed
    #[arg(long)]
    pub(crate) any_time: bool,
    /// Why, for those who read the history
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Don't ask; never answers a conflict or a backward send
    #[arg(long)]
    pub(crate) yes: bool,
}

/// How long `send` looks whether its orders arrive when nobody told it to wait.
const GLANCE: Duration = Duration::from_secs(5);

/// What became of one cell. Field names are stable.
#[derive(Debug, Serialize)]
struct Outcome {
    patch: String,
    site: String,
    order: Option<OrderId>,
    state: String,
    reason: Option<String>,
    #[serde(skip)]
    code: u8,
}

#[derive(Serialize)]
struct Report<'a> {
    orders: Vec<&'a Outcome>,
    left_out: Vec<&'a Outcome>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.to.application.as_ref()).await?;
    let patches = patches(&table.grid, &args.patches)?;
    let mut ask = Ask {
        replacing: args.to.replacing.clone(),
        reason: args.to.reason.clone(),
        any_time: args.to.any_time,
        again: args.to.again,
        ..Ask::default()
    };
    if let Some(word) = &args.revision {
        let [patch] = patches.as_slice() else { return Err(Failure::usage("--revision goes with a single patch")) };
        let (revision, shown) = revision(session, &settings.name, &table, *patch, word).await?;
        (ask.revision, ask.shown) = (Some(revision), shown);
    }
    let job = Job { session, talk, table: &table, application: &settings.name, to: &args.to, what: "send" };
    job.run(&patches, |cell| target::send(&table, &settings.name, cell, &ask)).await
}

/// The patches that words name, each once.
pub(crate) fn patches(grid: &Grid, words: &[String]) -> Result<Vec<usize>, Failure> {
    let mut found = Vec::new();
    for word in words {
        let patch = names::patch(grid, word)?;
        if !found.contains(&patch) {
            found.push(patch);
        }
    }
    Ok(found)
}

async fn revision(
    session: &Session,
    app: &AppName,
    table: &Table,
    patch: usize,
    word: &str,
) -> Result<(ContentHash, bool), Failure> {
    let history = session.client.history(app, &table.grid.patches[patch].name).await?;
    let known: Vec<ContentHash> = history.revisions.iter().map(|revision| revision.sha256).collect();
    Ok((names::content(word, &known)?, word.len() == 64))
}

/// One `send` or `remove`.
pub(crate) struct Job<'a> {
    pub(crate) session: &'a Session,
    pub(crate) talk: Talk,
    pub(crate) table: &'a Table,
    pub(crate) application: &'a AppName,
    pub(crate) to: &'a To,
    pub(crate) what: &'static str,
}

impl Job<'_> {
    /// Decides every cell, asks once, gives the orders, waits if told to, and reports each cell.
    pub(crate) async fn run(&self, patches: &[usize], decide: impl Fn((usize, usize)) -> Decision) -> Result<u8, Failure> {
        let sites = target::sites(self.table, self.application, &self.to.sites)?;
        if !self.to.yes && !self.to.dry_run && !self.talk.can_ask() {
            return Err(Failure::usage(format!("there is no terminal to ask on: say --yes if the {} is meant", self.what)));
        }
        let cells = patches.iter().flat_map(|patch| sites.indexes.iter().map(|site| (*patch, *site)));
        let (mut wishes, mut outcomes) = (Vec::new(), Vec::new());
        for cell in cells {
            match decide(cell) {
                Decision::Order(wish) => wishes.push(wish),
                Decision::NeedsReplacing(wish, words) => self.needs(cell, wish, words, sites.bulk, &mut wishes, &mut outcomes)?,
                decision => outcomes.push(self.outcome(cell, decision, sites.bulk)),
            }
        }
        for words in forms::unreadable(&self.table.grid, &wishes) {
            self.talk.say(&words);
        }
        if self.to.dry_run {
            return plan(&wishes, &outcomes, self.talk);
        }
        if !wishes.is_empty() && !self.agreed(&wishes)? {
            return Err(Failure::new("nothing was changed"));
        }
        outcomes.extend(give(self.session, &wishes).await);
        let limit = self.to.wait.map_or_else(|| self.glance(&wishes), Duration::from_secs);
        if !limit.is_zero() {
            self.wait(&mut outcomes, limit).await;
        }
        report(&outcomes, self.talk)
    }

    /// Somebody at a terminal may type what they saw; nobody else gets past this.
    fn needs(
        &self,
        cell: (usize, usize),
        wish: Wish,
        words: String,
        bulk: bool,
        wishes: &mut Vec<Wish>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Failure> {
        let quiet = bulk && target::left_out_of_bulk(self.table, cell.0, cell.1);
        if !self.to.yes && !self.to.dry_run && !quiet && self.talk.can_ask() {
            let seen = wish.expected.map_or("absent".to_owned(), |has| has.short());
            if self.talk.ask(&format!("{words}\ntype {seen} to {} all the same, or nothing to leave it:", self.what))? == seen {
                // What is overwritten was seen; what is sent still needs its publication.
                wishes.push(wish);
                return Ok(());
            }
        }
        outcomes.push(self.outcome(cell, Decision::NeedsReplacing(wish, words), bulk));
        Ok(())
    }

    fn outcome(&self, (patch, site): (usize, usize), decision: Decision, bulk: bool) -> Outcome {
        let word = self.table.cell(patch, site, self.table.grid.now).word();
        let quiet = bulk && target::left_out_of_bulk(self.table, patch, site);
        let (order, reason, code) = match decision {
            Decision::Done(why) => (None, why.to_owned(), exit::OK),
            Decision::OnItsWay(order) => (Some(order), "already on its way".to_owned(), exit::OK),
            Decision::NeedsReplacing(_, words) | Decision::Impossible(words) => {
                (None, words, if quiet { exit::OK } else { exit::FAILED })
            }
            Decision::Order(_) => unreachable!("orders are given, not reported"),
        };
        let (patch, site) = (&self.table.grid.patches[patch].name, &self.table.grid.sites[site].name);
        Outcome { patch: patch.to_string(), site: site.to_string(), order, state: word.to_owned(), reason: Some(reason), code }
    }

    fn agreed(&self, wishes: &[Wish]) -> Result<bool, Failure> {
        if self.to.yes {
            return Ok(true);
        }
        for wish in wishes {
            let there = wish.expected.map_or("nothing".to_owned(), |has| has.short());
            self.talk.say(&format!("  {} at {} (has {there})", wish.patch, wish.site));
        }
        self.talk.confirm(&format!("{} {}?", self.what, text::count(wishes.len(), "patch")), "--yes")
    }

    /// How long to look without `--wait`: a site with a parked poll has the patch within a second or two.
    fn glance(&self, wishes: &[Wish]) -> Duration {
        let live = |wish: &Wish| {
            let site = self.table.grid.sites.iter().find(|site| site.name == wish.site);
            site.is_some_and(|site| !self.table.grid.is_silent(site, self.table.grid.now))
        };
        if wishes.iter().any(live) { GLANCE } else { Duration::ZERO }
    }

    /// Looks what becomes of the orders. They are given by then: whatever goes wrong here, what was done is reported.
    async fn wait(&self, outcomes: &mut [Outcome], limit: Duration) {
        let orders: Vec<OrderId> = outcomes.iter().filter_map(|outcome| outcome.order.clone()).collect();
        let ended = match wait::wait(self.session, self.application, &orders, limit, self.talk).await {
            Ok(ended) => ended,
            Err(failure) => return self.lost_sight(outcomes, &failure),
        };
        for outcome in outcomes.iter_mut() {
            let Some(order) = &outcome.order else { continue };
            let Some(end) = ended.get(order) else { continue };
            outcome.state.clone_from(&end.state);
            outcome.reason.clone_from(&end.reason);
            // Without --wait, what is still on its way is as good as done.
            let pending = end.code == exit::TRY_LATER && self.to.wait.is_none();
            outcome.code = if pending { exit::OK } else { end.code };
        }
    }

    fn lost_sight(&self, outcomes: &mut [Outcome], failure: &Failure) {
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.order.is_some()) {
            outcome.reason = Some(format!("given; what becomes of it can't be seen: {}", failure.words));
            outcome.code = if self.to.wait.is_some() { exit::TRY_LATER } else { exit::OK };
        }
    }
}

async fn give(session: &Session, wishes: &[Wish]) -> Vec<Outcome> {
    let outcome = |(wish, result): (Wish, Result<OrderId, crate::send::SendError>)| {
        let (order, state, reason, code) = match result {
            Ok(order) => (Some(order), "queued", None, exit::OK),
            Err(error) => (None, "refused", Some(error.to_string()), error.exit_code()),
        };
        Outcome { patch: wish.patch.to_string(), site: wish.site.to_string(), order, state: state.to_owned(), reason, code }
    };
    crate::send::send(session, wishes).await.into_iter().map(outcome).collect()
}

/// An order that would be given. Field names are stable.
#[derive(Debug, Serialize)]
struct Planned<'a> {
    patch: &'a str,
    site: &'a str,
    action: &'static str,
    sha256: Option<ContentHash>,
    replaces: Option<ContentHash>,
}

#[derive(Serialize)]
struct PlanReport<'a> {
    dry_run: bool,
    orders: Vec<Planned<'a>>,
    left_out: &'a [Outcome],
}

/// What would be ordered, and what wouldn't and why.
fn plan(wishes: &[Wish], outcomes: &[Outcome], talk: Talk) -> Result<u8, Failure> {
    let orders = wishes.iter().map(|wish| {
        let (action, sha256) = match wish.act {
            Act::Put(sha256) => ("put", Some(sha256)),
            Act::Remove => ("remove", None),
            Act::Again(sha256) => ("again", sha256),
        };
        Planned { patch: wish.patch.as_str(), site: wish.site.as_str(), action, sha256, replaces: wish.expected }
    });
    let data = PlanReport { dry_run: true, orders: orders.collect(), left_out: outcomes };
    talk.data(&data, || {
        data.orders.iter().map(Planned::line).chain(outcomes.iter().map(Outcome::line)).collect::<Vec<_>>().join("\n")
    })?;
    Ok(outcomes.iter().map(|outcome| outcome.code).find(|code| *code != exit::OK).unwrap_or(exit::OK))
}

impl Planned<'_> {
    fn line(&self) -> String {
        if self.action == "again" {
            return format!("{} at {}  would run the hook once more", self.patch, self.site);
        }
        let there = self.replaces.map_or("nothing".to_owned(), |has| has.short());
        let put = self.sha256.map_or(String::new(), |sha256| format!(" {}", sha256.short()));
        format!("{} at {}  would {}{put} over {there}", self.patch, self.site, self.action)
    }
}

impl Outcome {
    fn line(&self) -> String {
        let order = self.order.as_ref().map(|order| format!("  order {order}")).unwrap_or_default();
        let reason = self.reason.as_deref().map(|reason| format!(": {}", reason.replace('\n', "; "))).unwrap_or_default();
        format!("{} at {}  {}{reason}{order}", self.patch, self.site, self.state)
    }
}

fn report(outcomes: &[Outcome], talk: Talk) -> Result<u8, Failure> {
    let (orders, left_out): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome.order.is_some());
    talk.data(&Report { orders, left_out }, || {
        let good = outcomes.iter().filter(|outcome| outcome.code == exit::OK || outcome.order.is_some());
        good.map(Outcome::line).collect::<Vec<_>>().join("\n")
    })?;
    for bad in outcomes.iter().filter(|outcome| outcome.code != exit::OK && outcome.order.is_none()) {
        let reason = bad.reason.as_deref().unwrap_or_default();
        let named = reason.contains(&bad.patch) && reason.contains(&bad.site);
        let words = if named { reason.to_owned() } else { format!("{} at {}: {reason}", bad.patch, bad.site) };
        talk.fail(&Failure { code: bad.code, words });
    }
    // What failed weighs more than what is still on its way.
    let code = |wanted: fn(u8) -> bool| outcomes.iter().map(|outcome| outcome.code).find(|code| wanted(*code));
    Ok(code(|code| code != exit::OK && code != exit::TRY_LATER).or(code(|code| code != exit::OK)).unwrap_or(exit::OK))
}
