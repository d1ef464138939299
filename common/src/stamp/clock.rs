//! Reads a time of day and an offset from UTC where a cursor stands; finding the place is left to `dates`.

use jiff::civil::Time;

use super::Precision;
use super::cursor::Cursor;

impl Cursor<'_> {
    /// A time of day, and how exact it is.
    pub(super) fn time(&mut self) -> Option<(Time, Precision)> {
        let hour = self.small()?;
        self.eat(b":")?;
        let minute = self.two_digits()?;
        let (second, nanos, precision) = self.attempt(Self::seconds).unwrap_or((0, 0, Precision::Minute));
        let hour = match self.attempt(Self::half_of_day) {
            // Twelve comes before one, in both halves of the day.
            Some(noon) if hour <= 12 => hour % 12 + noon,
            _ => hour,
        };
        // A leap second is as good as the one before it.
        Some((Time::new(hour, minute, if second == 60 { 59 } else { second }, nanos).ok()?, precision))
    }

    fn seconds(&mut self) -> Option<(i8, i32, Precision)> {
        self.eat(b":")?;
        let second = self.two_digits()?;
        let nanos = self.attempt(|c| {
            c.eat(b".,")?;
            let digits = c.run(|b| b.is_ascii_digit());
            let nanos = (0..9).fold(0, |n, i| n * 10 + digits.get(i).map_or(0, |b| i32::from(b - b'0')));
            (!digits.is_empty()).then_some(nanos)
        });
        Some((second, nanos.unwrap_or(0), nanos.map_or(Precision::Second, |_| Precision::Fraction)))
    }

    /// The hours to add: none before noon, twelve after.
    fn half_of_day(&mut self) -> Option<i8> {
        let _ = self.blanks();
        match self.word() {
            word if word.eq_ignore_ascii_case(b"am") => Some(0),
            word if word.eq_ignore_ascii_case(b"pm") => Some(12),
            _ => None,
        }
    }

    pub(super) fn offset(&mut self) -> Option<i16> {
        let _ = self.blanks();
        let bracket = self.eat(b"(").is_some();
        let word = self.word();
        let utc = [&b"UTC"[..], b"GMT", b"Z"].iter().any(|name| name.eq_ignore_ascii_case(word));
        let offset = match (utc, self.attempt(Self::signed_offset)) {
            (_, Some(minutes)) if utc || word.is_empty() => minutes,
            (true, None) => 0,
            _ => return None,
        };
        if bracket {
            self.eat(b")")?;
        }
        Some(offset)
    }

    /// `+0200`, `-03:00`, `+09`
    fn signed_offset(&mut self) -> Option<i16> {
        let sign = self.eat(b"+-")?;
        let minutes = match self.number()? {
            (hours, 2) => hours * 60 + self.attempt(|c| c.eat(b":").and_then(|_| c.two_digits())).map_or(0, i16::from),
            (both, 4) if both % 100 < 60 => both / 100 * 60 + both % 100,
            _ => return None,
        };
        (minutes <= 14 * 60).then_some(if sign == b'-' { -minutes } else { minutes })
    }
}
