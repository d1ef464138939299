//! The drop brake: how much may vanish from a site before a person must say that it is meant.

/// Whether a new list of files may be believed about what is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// Nothing much is gone.
    Fine,
    /// So many are gone that a person must accept it first.
    Mass {
        /// How many are gone.
        dropped: usize,
        /// Out of how many.
        of: usize,
    },
}

/// Judges how many files are gone out of how many: over 20, or over 30 % and at least 5. The caller counts what vanished unordered
/// within a day, at once or one by one, since a person last accepted a drop; a file of which nobody can say anything isn't gone.
pub fn drop_check(dropped: usize, of: usize) -> Drop {
    if dropped >= least_of_many(of) { Drop::Mass { dropped, of } } else { Drop::Fine }
}

/// The smallest number that is many out of so many: over 20, or over 30 % and at least 5.
pub(super) fn least_of_many(of: usize) -> usize {
    (of * 3 / 10 + 1).clamp(5, 21)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mass_drop_is_over_20_files_or_over_30_percent_and_at_least_5() {
        assert_eq!(drop_check(4, 4), Drop::Fine);
        assert_eq!(drop_check(5, 5), Drop::Mass { dropped: 5, of: 5 });
        assert_eq!(drop_check(6, 20), Drop::Fine);
        assert_eq!(drop_check(7, 20), Drop::Mass { dropped: 7, of: 20 });
        assert_eq!(drop_check(20, 1_000), Drop::Fine);
        assert_eq!(drop_check(21, 1_000), Drop::Mass { dropped: 21, of: 1_000 });
    }

    #[test]
    fn the_least_number_of_many_is_the_rule_in_words() {
        for of in 0..200 {
            let is_many = |count: usize| count > 20 || count >= 5 && count * 10 > of * 3;
            let least = (0..=21).find(|count| is_many(*count)).expect("21 are many");
            assert_eq!(least_of_many(of), least, "of {of}");
        }
    }
}
