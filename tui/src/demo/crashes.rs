//! What the demo's application wrote when it crashed, over weeks; and the chapter of the story about it: home, grouped, fixed, back.

use super::DemoError;
use super::teller::check;
use super::until::until;
use super::world::{World, text};
use crate::clock;
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::fs::File;
use std::time::{Duration, SystemTime};

/// How often each error happened, week by week, this week last. The first declines; the second goes on.
const DECLINING: [usize; 9] = [13, 11, 9, 8, 6, 4, 3, 2, 1];
const STEADY: [usize; 5] = [2, 3, 2, 2, 3];
/// The patch that fixes the first, and what it is about.
const FIX: &str = "4688-Quote-cache.st";
const ISSUE: &str = "4688";
const WEEK: Duration = Duration::from_hours(7 * 24);

/// An error as VisualWorks dumps it.
struct Crash {
    text: &'static str,
    frames: [&'static str; 3],
}

const NO_QUOTE: Crash = Crash {
    text: "Message not understood: #price",
    frames: ["UndefinedObject(Object)>>doesNotUnderstand: #price", "QuoteCache>>priceOf:", "OrderBook>>valuation"],
};
const NO_GATEWAY: Crash =
    Crash { text: "Cannot reach the exchange", frames: ["Gateway>>failed", "Gateway>>connect", "[] in Session>>logOn"] };

impl Crash {
    /// Where it happens.
    fn place(&self) -> &'static str {
        if self.text.starts_with("Message") { self.frames[1] } else { self.frames[0] }
    }

    /// The report of the crash number so-and-so, each in its own process.
    fn report(&self, number: usize, at: &ZonedDateTime) -> String {
        let at = at.strftime("%Y/%-m/%-d==%-H:%M:%S");
        let [first, second, third] = self.frames;
        let frames = format!("[1] \t{first}\n[2] \t{second}\n[3] \t{third}\n");
        format!(
            "=={at}==BEGIN RUNTIME DIAGNOSTIC DUMP\n\nCause of Dump: Unhandled exception: {}\n\
             Smalltalk Version: 'VisualWorks, 9.3 of March 1, 2023'\n\
             ------------------------------------------------------------\nActive Process\nProcess named: 'worker {number}'\n\
             Process priority: 50\nProcess identity hash: {}\nContext Stack:\n{frames}\n\
             =={at}==END RUNTIME DIAGNOSTIC DUMP\n",
            self.text,
            10_000 + number
        )
    }
}

/// Weeks of crashes at two sites, and a developer who has looked at them: one is fixed by a patch that only acme gets now.
pub(super) async fn history(world: &World) -> Result<(), DemoError> {
    let mut number = 0;
    for (ago, times) in (0..DECLINING.len()).rev().zip(DECLINING) {
        for time in 0..times {
            number += 1;
            let site = if time % 3 == 2 { "borealis" } else { "acme" };
            write(world, site, &NO_QUOTE, number, before(ago, time))?;
        }
    }
    for (ago, times) in (0..STEADY.len()).rev().zip(STEADY) {
        for time in 0..times {
            number += 1;
            write(world, "corvid", &NO_GATEWAY, number, before(ago, time))?;
        }
    }
    bring_home(world, "borealis").await?;
    bring_home(world, "corvid").await?;
    bring_home(world, "acme").await?;
    let quote = wait_count(world, &NO_QUOTE, DECLINING.iter().sum()).await?;
    let gateway = wait_count(world, &NO_GATEWAY, STEADY.iter().sum()).await?;
    world.json(&["errors", "known", &id(&gateway)]).await?;
    world.json(&["send", FIX, "--app", "trading", "--to", "acme", "--yes", "--wait=30"]).await?;
    world.json(&["errors", "link", &id(&quote), ISSUE]).await?;
    world.json(&["errors", "fixed", &id(&quote), "--by", FIX]).await.map(drop)
}

/// It happens at acme, which has the fix.
pub(super) fn comes_back(world: &World) -> Result<(), DemoError> {
    write(world, "acme", &NO_QUOTE, 9_001, None)
}

/// The chapter: every report is home once, in two groups; the first declines, and is back only where its fix is installed.
pub(super) async fn chapter(world: &World) -> Result<(), DemoError> {
    let quote = wait_count(world, &NO_QUOTE, DECLINING.iter().sum()).await?;
    let weeks: Vec<u64> = quote["weeks"].as_array().into_iter().flatten().filter_map(|week| week["count"].as_u64()).collect();
    let declines = weeks.len() >= DECLINING.len() && weeks.windows(2).all(|pair| pair[0] >= pair[1]);
    check(declines, format!("a bar for each week, each lower than the one before: {weeks:?}"))?;
    check(quote["state"] == "fixed" && quote["fixed_by"] == FIX && quote["issue"] == ISSUE, format!("the chain: {quote}"))?;
    write(world, "borealis", &NO_QUOTE, 9_000, None)?;
    bring_home(world, "borealis").await?;
    let there = wait_count(world, &NO_QUOTE, DECLINING.iter().sum::<usize>() + 1).await?;
    check(there["state"] == "fixed", "borealis has not got the fix: nothing is back")?;
    comes_back(world)?;
    bring_home(world, "acme").await?;
    let back = wait_count(world, &NO_QUOTE, DECLINING.iter().sum::<usize>() + 2).await?;
    let sites = &back["regressed_at"];
    check(back["state"] == "regressed" && *sites == serde_json::json!(["acme"]), format!("it is back at acme alone: {back}"))?;
    wait_alert(world).await
}

/// Writes a report into a site's folder, as if at that time.
fn write(world: &World, site: &str, crash: &Crash, number: usize, at: Option<SystemTime>) -> Result<(), DemoError> {
    let path = world.crashes(site).join(format!("dump-{number}.log"));
    let said = at.map_or_else(|| jiff::Timestamp::from_millisecond(clock::now().as_ms()), jiff::Timestamp::try_from);
    let said = said.map_err(|error| DemoError::Check(format!("a time of a walkback: {error}")))?;
    world.save(&path, crash.report(number, &said.to_zoned_datetime(TimeZone::system())).as_bytes())?;
    let Some(at) = at else { return Ok(()) };
    let dated = File::options().write(true).open(&path).and_then(|file| file.set_modified(at));
    dated.map_err(DemoError::io(path.display().to_string()))
}

/// A moment of the week so long ago, the same hour of the same day as now, a moment earlier each time.
fn before(weeks: usize, time: usize) -> Option<SystemTime> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(clock::now().as_ms()).ok()?);
    let apart = Duration::from_millis(u64::try_from(time).ok()? * 100);
    now.checked_sub(WEEK * u32::try_from(weeks).ok()? + apart)
}

async fn bring_home(world: &World, site: &str) -> Result<(), DemoError> {
    world.json(&["command", site, "walkbacks", "--app", "trading", "--wait=60"]).await.map(drop)
}

/// The group of a crash, once it counts so many.
async fn wait_count(world: &World, crash: &Crash, count: usize) -> Result<Value, DemoError> {
    until(async || {
        let errors = world.json(&["errors"]).await?;
        let found = errors["groups"].as_array().into_iter().flatten().find(|group| text(&group["top_frame"]) == crash.place());
        let found = found.filter(|group| group["count"] == count).cloned();
        Ok(found.ok_or_else(|| format!("{count} walkbacks in {} are home: {errors}", crash.place())))
    })
    .await
}

async fn wait_alert(world: &World) -> Result<(), DemoError> {
    until(async || {
        let (open, _) = world.incidents().await?;
        let found = open.iter().any(|one| one["kind"] == "regressed" && one["site"] == "acme");
        Ok(if found { Ok(()) } else { Err(format!("an alert says that it is back at acme: {open:?}")) })
    })
    .await
}

fn id(group: &Value) -> String {
    group["id"].to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::walkback::walkbacks;

    #[test]
    fn every_report_is_one_walkback_and_each_error_is_one_group() {
        let at = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
        let print = |crash: &Crash, number| {
            let mut found = walkbacks(crash.report(number, &at).as_bytes());
            assert_eq!(found.len(), 1);
            let one = found.remove(0);
            assert_eq!(one.written.map(|written| written.to_string()).as_deref(), Some("1970-01-01T00:00:00"));
            assert_eq!(one.top_frame().map(ToString::to_string).as_deref(), Some(crash.place()));
            one.fingerprint
        };
        assert_eq!(print(&NO_QUOTE, 1), print(&NO_QUOTE, 77));
        assert_ne!(print(&NO_QUOTE, 1), print(&NO_GATEWAY, 1));
    }
}
