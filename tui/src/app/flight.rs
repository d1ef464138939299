//! Questions that are asked again and again: at most one is under way, and at most one more is wanted after it.

/// Where such a question stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Flight {
    #[default]
    Idle,
    Under,
    Again,
}

impl Flight {
    /// Whether to ask now; when not, it is asked once more after the one that is under way.
    pub(crate) fn ask(&mut self) -> bool {
        let idle = *self == Self::Idle;
        *self = if idle { Self::Under } else { Self::Again };
        idle
    }

    /// An answer came: whether to ask once more at once.
    pub(crate) fn landed(&mut self) -> bool {
        std::mem::take(self) == Self::Again && self.ask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_wanted_meanwhile_is_one_more_question() {
        let mut flight = Flight::Idle;
        assert!(flight.ask());
        assert!(!flight.ask() && !flight.ask());
        assert!(flight.landed());
        assert!(!flight.landed());
        assert_eq!(flight, Flight::Idle);
    }
}
