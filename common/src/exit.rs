//! Exit codes, the same for all three programs.

/// Everything asked for was done.
pub const OK: u8 = 0;
/// Something failed that isn't named below.
pub const FAILED: u8 = 1;
/// The command line makes no sense.
pub const USAGE: u8 = 2;
/// Differences or pending work were found.
pub const DIFFERS: u8 = 3;
/// The server can't be reached.
pub const UNREACHABLE: u8 = 69;
/// Not yet: try again later.
pub const TRY_LATER: u8 = 75;
/// The server or a trust rule says no.
pub const NOT_PERMITTED: u8 = 77;
/// The configuration is broken.
pub const BAD_CONFIG: u8 = 78;
