//! Kinds of things that happen, for a quick filter.

/// A kind; each entry is of exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Orders,
    Publications,
    Sites,
    People,
    /// Applications and the server itself, and what this version doesn't know.
    Settings,
}

impl Kind {
    /// The kind of an entry, by its word.
    pub(crate) fn of(what: &str) -> Self {
        match what {
            "ordered" | "removal_ordered" | "hook_ordered" | "cancelled" | "confirmed" | "failed" | "hook_failed"
            | "timed_out" | "expired" | "unknown" | "superseded" => Self::Orders,
            "published" | "unpublished" => Self::Publications,
            "enrolled" | "clones_found" | "drop_accepted" | "command_given" => Self::Sites,
            "logged_in" | "trust_changed" => Self::People,
            // Words of their own and those to come.
            word if ["site_", "incident_", "maintenance_", "command_", "error_"].iter().any(|begin| word.starts_with(begin)) => {
                Self::Sites
            }
            word if word.starts_with("user_") => Self::People,
            _ => Self::Settings,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Publications => "publications",
            Self::Sites => "sites",
            Self::People => "people",
            Self::Settings => "settings",
        }
    }

    /// What `f` shows after this: each kind in turn, then all.
    pub(crate) fn after(now: Option<Self>) -> Option<Self> {
        match now {
            None => Some(Self::Orders),
            Some(Self::Orders) => Some(Self::Publications),
            Some(Self::Publications) => Some(Self::Sites),
            Some(Self::Sites) => Some(Self::People),
            Some(Self::People) => Some(Self::Settings),
            Some(Self::Settings) => None,
        }
    }
}
