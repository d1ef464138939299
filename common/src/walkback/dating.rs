//! Which moment a report was written at: its own time by the site's zone, at the latest that of its file.
//!
//! What is in doubt has the file's time: a wrong moment would blame a fix that wasn't installed yet.

use std::time::Duration;

use jiff::civil::{Date, DateTime};

use super::written::{Order, Written};
use crate::time::Timestamp;
use crate::zone::{Zone, moment_at};

/// A report may say so much later than its file: it is written to after the report took its time, by a clock that is set.
const SLACK: Duration = Duration::from_mins(10);
/// A file is written to when its last report is; its zone may be an hour off.
const NEAR: Duration = Duration::from_hours(2);
/// Reports follow one another, but for clocks that are set back.
const BACK: Duration = Duration::from_hours(24);
/// Reports say whole seconds, and take a moment to be written; the time of a file is more exact.
const EXACT: Duration = Duration::from_secs(5);
/// Nothing is older: clocks that lost their time begin in 1970 or 1980.
const BEGIN: Date = Date::constant(1990, 1, 1);
/// No file gathers reports for longer.
const YEARS: u32 = 10;

/// When each report of a file was written, by the site's clock: the file's time for those that don't say, or can't be right.
pub fn dated(reports: &[Option<Written>], file: Timestamp, zone: &Zone) -> Vec<Timestamp> {
    let dating = Dating { file, zone };
    let order = dating.order(reports);
    reports.iter().map(|written| written.as_ref().and_then(|written| dating.moment(written, order)).unwrap_or(file)).collect()
}

struct Dating<'a> {
    file: Timestamp,
    zone: &'a Zone,
}

impl Dating<'_> {
    fn moment(&self, written: &Written, order: Option<Order>) -> Option<Timestamp> {
        let order = if written.is_slashed() { order? } else { Order::DayFirst };
        let at = self.read(written, order)?;
        let oldest = Timestamp::from_ms(self.file.as_ms() - i64::from(YEARS) * 366 * 86_400_000);
        let begin = moment_at(BEGIN.to_datetime(jiff::civil::Time::midnight()), 0)?;
        (at >= oldest.max(begin) && at.age(self.file) > EXACT).then_some(at)
    }

    /// The moment in one order; a date without a year is the last before the file's time.
    fn read(&self, written: &Written, order: Order) -> Option<Timestamp> {
        if !written.is_yearless() {
            return self.instant(written, written.local(order, 0)?);
        }
        let year = year(self.file)?;
        let years = [year.checked_add(1)?, year, year - 1];
        let all = years.into_iter().filter_map(|year| self.instant(written, written.local(order, year)?));
        all.into_iter().find(|at| *at <= self.latest())
    }

    fn instant(&self, written: &Written, local: DateTime) -> Option<Timestamp> {
        match written.offset() {
            Some(seconds) => moment_at(local, seconds),
            None => self.zone.moment(local),
        }
    }

    fn latest(&self) -> Timestamp {
        self.file.plus(SLACK)
    }

    /// How the dates with slashes are meant: as one of them can only be, as all of them follow one another up to the file's time, or as
    /// the last of them is about the file's time. None if neither tells.
    fn order(&self, reports: &[Option<Written>]) -> Option<Order> {
        let all: Vec<&Written> = reports.iter().flatten().collect();
        if !all.iter().any(|written| written.is_slashed()) {
            return None;
        }
        match (self.fits(&all, Order::DayFirst), self.fits(&all, Order::MonthFirst)) {
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            (false, false) => None,
            (true, true) => {
                let last = all.iter().rfind(|written| written.is_slashed())?;
                let near = |order| self.read(last, order).is_some_and(|at| at.age(self.file) <= NEAR);
                match (near(Order::DayFirst), near(Order::MonthFirst)) {
                    // Both are near only where both are the same.
                    (true, _) => Some(Order::DayFirst),
                    (false, true) => Some(Order::MonthFirst),
                    (false, false) => None,
                }
            }
        }
    }

    /// Whether all can have been written in this order: each is a date, none comes after the file, none goes back.
    fn fits(&self, all: &[&Written], order: Order) -> bool {
        let mut before: Option<(Timestamp, bool)> = None;
        for written in all {
            let Some(at) = self.read(written, order) else {
                if written.is_slashed() {
                    return false;
                }
                continue;
            };
            let slashed = written.is_slashed();
            let back = before.is_some_and(|(before, was)| (slashed || was) && at.plus(BACK) < before);
            if back || slashed && at > self.latest() {
                return false;
            }
            before = Some((at, slashed));
        }
        true
    }
}

fn year(at: Timestamp) -> Option<i16> {
    let utc = jiff::Timestamp::from_millisecond(at.as_ms()).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(utc).year())
}
