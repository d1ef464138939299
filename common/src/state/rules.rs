//! An application's own rules about lines of its state: for what no format says.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Severity;

/// The most rules of one application, and the most bytes that one may take once compiled.
const MAX_RULES: usize = 100;
const SIZE_LIMIT: usize = 1 << 20;

/// One rule as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A regular expression that is looked for in each line.
    pub pattern: String,
    /// What a line that matches means.
    pub severity: Severity,
}

/// Rules in their order: the first that matches a line decides it, against every format.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<(Regex, Severity)>);

/// Why rules can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// It isn't a regular expression, or one too large.
    #[error("state rule {number}, {pattern:?}, is not a usable regular expression: {reason}")]
    Syntax {
        /// The place of the rule, from 1.
        number: usize,
        /// The pattern as given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There are too many.
    #[error("{count} state rules are too many: at most 100; join some of them with |")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

impl Rules {
    /// Compiles rules.
    pub fn new(rules: &[Rule]) -> Result<Rules, RuleError> {
        if rules.len() > MAX_RULES {
            return Err(RuleError::TooMany { count: rules.len() });
        }
        let compiled =
            rules.iter().enumerate().map(|(place, rule)| {
                let regex = RegexBuilder::new(&rule.pattern).size_limit(SIZE_LIMIT).build().map_err(|error| {
                    RuleError::Syntax { number: place + 1, pattern: rule.pattern.clone(), reason: error.to_string() }
                })?;
                Ok((regex, rule.severity))
            });
        compiled.collect::<Result<_, _>>().map(Rules)
    }

    /// What the first rule that matches says of a line.
    pub(super) fn severity(&self, line: &str) -> Option<Severity> {
        self.0.iter().find(|(regex, _)| regex.is_match(line)).map(|(_, severity)| *severity)
    }
}
