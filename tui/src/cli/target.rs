//! What `--to` and `--replacing` mean for one grid, and what a cell allows. Pure; `send` and `remove` act on it.

use super::failure::Failure;
use super::names;
use super::order::hook_again_words;
use crate::send::{Act, Wish};
use fieldpost_common::cell::{Direction, Standing, Unknown};
use fieldpost_common::grid::Table;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId};

/// The sites that `--to` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sites {
    /// Indexes into the grid, in its order.
    pub(crate) indexes: Vec<usize>,
    /// A group or all: what needs a decision is left out, not refused.
    pub(crate) bulk: bool,
}

/// Sites, groups and `all`, in any mixture.
pub(crate) fn sites(table: &Table, application: &AppName, words: &[String]) -> Result<Sites, Failure> {
    let all = &table.grid.sites;
    let mut found = Sites { indexes: Vec::new(), bulk: false };
    for word in words {
        if let Some(index) = all.iter().position(|site| site.name.as_str() == word) {
            found.indexes.push(index);
            continue;
        }
        let in_group = |index: &usize| word == "all" || all[*index].groups.iter().any(|group| group.as_str() == word);
        let group: Vec<usize> = (0..all.len()).filter(in_group).collect();
        if group.is_empty() && word != "all" {
            let mut known: Vec<&str> = all.iter().map(|site| site.name.as_str()).collect();
            known.extend(all.iter().flat_map(|site| &site.groups).map(fieldpost_common::id::GroupName::as_str));
            known.sort_unstable();
            known.dedup();
            let make = format!("`fieldpost site add NAME --app {application}=VERSION` makes one");
            return Err(names::unknown(&format!("site or group that runs {application} named"), word, &known, &make));
        }
        found.bulk = true;
        found.indexes.extend(group);
    }
    found.indexes.sort_unstable();
    found.indexes.dedup();
    Ok(found)
}

/// What somebody says they saw at the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Replacing {
    /// Nothing was there.
    Absent,
    /// A content, by 8 to 64 of its digits.
    Content(String),
}

impl std::str::FromStr for Replacing {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let digits = word.bytes().all(|b| b.is_ascii_hexdigit());
        match word {
            "absent" => Ok(Self::Absent),
            word if digits && (8..=64).contains(&word.len()) => Ok(Self::Content(word.to_owned())),
            _ => Err("write the SHA-256 that you saw (at least 8 digits), or `absent`".to_owned()),
        }
    }
}

impl Replacing {
    /// Whether it is what is there.
    pub(crate) fn is(&self, has: Option<ContentHash>) -> bool {
        match (self, has) {
            (Self::Absent, None) => true,
            (Self::Content(word), Some(has)) => names::names_content(word, &has),
            _ => false,
        }
    }
}

/// What a command asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    /// This content in place of the published one.
    pub(crate) revision: Option<ContentHash>,
    /// It was named with all of its digits.
    pub(crate) shown: bool,
    /// What was seen at the site.
    pub(crate) replacing: Option<Replacing>,
    /// Why, in the person's words.
    pub(crate) reason: Option<String>,
    /// The order holds whatever the site's clock says.
    pub(crate) any_time: bool,
    /// Where it is in place already, its hook runs once more.
    pub(crate) again: bool,
}

/// What a cell allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Give this order.
    Order(Wish),
    /// Nothing to do.
    Done(&'static str),
    /// The same order is on its way.
    OnItsWay(OrderId),
    /// A person must name what they saw; with it, this order.
    NeedsReplacing(Wish, String),
    /// It can't be.
    Impossible(String),
}

/// Decides one cell for `send`.
pub(crate) fn send(table: &Table, application: &AppName, (patch, site): (usize, usize), ask: &Ask) -> Decision {
    let column = &table.grid.sites[site];
    let published = table.published(patch, site).and_then(|one| one.sha256);
    let Some(content) = ask.revision.or(published) else {
        return Decision::Impossible(format!(
            "{} is not published for version {}, which {} runs\n`fieldpost publish` or --revision names a content",
            table.grid.patches[patch].name, column.version, column.name
        ));
    };
    let wish = wish(table, application, (patch, site), Act::Put(content), ask);
    if let Some(done) = settled(table, (patch, site), &wish, Some(content), ask.again) {
        return done;
    }
    let forward = Some(content) == published && sendable(table, patch, site);
    judge(table, (patch, site), wish, ask, forward)
}

/// Decides one cell for `remove`.
pub(crate) fn remove(table: &Table, application: &AppName, (patch, site): (usize, usize), ask: &Ask) -> Decision {
    let wish = wish(table, application, (patch, site), Act::Remove, ask);
    if let Some(done) = settled(table, (patch, site), &wish, None, ask.again) {
        return done;
    }
    // What a developer sent before can be had again by anybody; what was made at the site needs a look first.
    let forward = matches!(table.presumed(patch, site, table.grid.now).standing, Standing::InSync | Standing::SendUpdate);
    judge(table, (patch, site), wish, ask, forward)
}

fn wish(table: &Table, application: &AppName, (patch, site): (usize, usize), act: Act, ask: &Ask) -> Wish {
    let open = table.facts(patch, site).and_then(|cell| cell.order.as_ref()).filter(|order| order.state.is_open());
    Wish {
        application: application.clone(),
        patch: table.grid.patches[patch].name.clone(),
        site: table.grid.sites[site].name.clone(),
        version: table.grid.sites[site].version.clone(),
        act,
        expected: has(table, patch, site),
        seen: open.map(|order| order.id.clone()),
        reason: ask.reason.clone(),
        any_time: ask.any_time,
        shown: ask.shown,
    }
}

/// What the site has; a site that has not said anything yet is expected to have nothing.
fn has(table: &Table, patch: usize, site: usize) -> Option<ContentHash> {
    let silent = table.grid.sites[site].unknown == Some(Unknown::NoInventory);
    if silent { None } else { table.has(patch, site) }
}

/// Whether the wanted outcome is there or on its way, or nothing can be said.
fn settled(
    table: &Table,
    (patch, site): (usize, usize),
    wish: &Wish,
    outcome: Option<ContentHash>,
    again: bool,
) -> Option<Decision> {
    let column = &table.grid.sites[site];
    if table.unknown(patch, site).is_some_and(|why| !why.may_be_sent_to()) {
        let why = table.cell(patch, site, table.grid.now).obstacle().unwrap_or_default();
        return Some(Decision::Impossible(format!("{}: {why}", column.name)));
    }
    let open = table.facts(patch, site).and_then(|cell| cell.order.as_ref()).filter(|order| order.state.is_open());
    if let Some(open) = open.filter(|open| open.action.outcome() == outcome) {
        return Some(Decision::OnItsWay(open.id.clone()));
    }
    let unknown = column.unknown.is_some();
    if !unknown && wish.expected == outcome {
        return Some(match open {
            Some(open) => Decision::Impossible(format!(
                "{} has that, and another order is on its way there\n`fieldpost cancel {}` takes it back",
                column.name, open.id
            )),
            None => in_place(table, (patch, site), wish, outcome, again),
        });
    }
    if let Some(why) = column.unknown
        && outcome.is_none()
        && wish.expected.is_none()
    {
        return Some(Decision::Impossible(format!("{}: {}", column.name, why.explain())));
    }
    None
}

/// The site has it; whether it is loaded there is another matter.
fn in_place(table: &Table, (patch, site): (usize, usize), wish: &Wish, outcome: Option<ContentHash>, again: bool) -> Decision {
    let cell = table.cell(patch, site, table.grid.now);
    if again && (outcome.is_some() || cell.standing == Standing::Removed) {
        return Decision::Order(Wish { act: Act::Again(outcome), ..wish.clone() });
    }
    if cell.hook_again && !again {
        let cure = hook_again_words(outcome.is_none(), &wish.patch, &wish.application, &wish.site);
        let reason = cell.reason().unwrap_or_default();
        return Decision::Impossible(format!("{} at {}: {reason}\n{cure}", wish.patch, wish.site));
    }
    Decision::Done(if outcome.is_some() { "already in place" } else { "is not there" })
}

fn judge(table: &Table, (patch, site): (usize, usize), wish: Wish, ask: &Ask, forward: bool) -> Decision {
    match &ask.replacing {
        Some(replacing) if replacing.is(wish.expected) => Decision::Order(wish),
        Some(_) => Decision::Impossible(format!(
            "{} at {} changed since you looked: it has {} now\nlook at it (`fieldpost diff {} --site {}`) before you decide",
            wish.patch,
            wish.site,
            there(wish.expected),
            wish.patch,
            wish.site
        )),
        None if forward => Decision::Order(wish),
        None => {
            let why = why(table.presumed(patch, site, table.grid.now).standing);
            let words = format!(
                "{} at {}: {why}\nlook at it (`fieldpost diff {} --site {}`), then say --replacing {}",
                wish.patch,
                wish.site,
                wish.patch,
                wish.site,
                wish.expected.map_or("absent".to_owned(), |has| has.to_string())
            );
            Decision::NeedsReplacing(wish, words)
        }
    }
}

/// Whether the published content may be sent without a question. That a backup believed it in place is no reason not to.
fn sendable(table: &Table, patch: usize, site: usize) -> bool {
    let cell = table.presumed(patch, site, table.grid.now);
    cell.send() == Some(Direction::Forward) || cell.unknown.is_some() && cell.standing == Standing::InSync
}

fn there(has: Option<ContentHash>) -> String {
    has.map_or("nothing".to_owned(), |has| has.to_string())
}

fn why(standing: Standing) -> &'static str {
    match standing {
        Standing::Conflict => "conflict: both sides changed",
        Standing::Retrieve => "the site's content is the newer one",
        Standing::OnlyAtSite => "it was made at the site and is not published",
        Standing::DeletedAtSite => "it was deleted at the site",
        Standing::Removed => "it was removed there by an order",
        _ => "this is not the published content",
    }
}

/// Whether a bulk send leaves a standing out without calling it a failure.
pub(crate) fn left_out_of_bulk(table: &Table, patch: usize, site: usize) -> bool {
    let standing = table.presumed(patch, site, table.grid.now).standing;
    matches!(standing, Standing::DeletedAtSite | Standing::Removed | Standing::OtherVersion | Standing::Absent)
}

#[cfg(test)]
mod tests;
