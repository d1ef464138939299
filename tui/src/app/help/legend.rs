//! What the signs on the screens mean.

/// The marks of the grid; a line without sign is a heading.
pub(super) const CELLS: &[(&str, &str)] = &[
    ("", ""),
    ("", "Marks"),
    ("=", "the same on both sides"),
    ("+", "published, never sent to this site"),
    ("> <", "both there; the bright half points from the newer side"),
    ("≠", "changed on both sides: compare and choose"),
    ("*", "only at the site"),
    ("~", "published for another version only"),
    ("-", "gone at the site"),
    ("·", "neither published nor there"),
    ("…", "an order is on its way"),
    ("!", "an order came to nothing"),
    ("?", "nothing is known of the site's files"),
    ("", ""),
    ("", "Sum: the worst mark and how many cells need a person; +5 can be sent, …5 are on their way, =5 are the same"),
];

/// The signs of the diff.
pub(super) const LINES: &[(&str, &str)] = &[
    ("", ""),
    ("", "Lines"),
    ("-", "only in the upper content of the header; what changed within the line is underlined"),
    ("+", "only in the lower one"),
];
