//! Puts and removals on a real file system, with somebody else editing at the worst moment.
