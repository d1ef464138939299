//! Small steps through bytes, for `dates` and `clock`, which say what the steps mean.

/// Every reader below moves on only as far as it understood, within a few words, so that all of it stays linear.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut ahead = *self;
        let found = read(&mut ahead);
        if found.is_some() {
            *self = ahead;
        }
        found
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn eat(&mut self, one_of: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|b| one_of.contains(b))?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn run(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let run = &rest[..rest.iter().take_while(|b| wanted(**b)).count()];
        self.at += run.len();
        run
    }

    pub(super) fn blanks(&mut self) -> Option<()> {
        (!self.run(|b| matches!(b, b' ' | b'\t')).is_empty()).then_some(())
    }

    pub(super) fn word(&mut self) -> &'a [u8] {
        self.run(|b| b.is_ascii_alphabetic())
    }

    /// A number of one to four digits, and how many there are.
    pub(super) fn number(&mut self) -> Option<(i16, usize)> {
        let digits = self.run(|b| b.is_ascii_digit());
        let value = digits.iter().take(4).fold(0, |n, b| n * 10 + i16::from(b - b'0'));
        (1..=4).contains(&digits.len()).then_some((value, digits.len()))
    }

    pub(super) fn small(&mut self) -> Option<i8> {
        let (value, digits) = self.number()?;
        (digits <= 2).then(|| i8::try_from(value).ok()).flatten()
    }

    pub(super) fn two_digits(&mut self) -> Option<i8> {
        let (value, digits) = self.number()?;
        (digits == 2).then(|| i8::try_from(value).ok()).flatten()
    }

    pub(super) fn run_one(&mut self, wanted: impl Fn(u8) -> bool) {
        if self.peek().is_some_and(wanted) {
            self.at += 1;
        }
    }
}
