//! Whether the server's own disk is running full.

use std::path::Path;

/// Below this share of the disk, and below so many bytes, somebody must make room.
const SHARE: u64 = 20;
const BYTES: u64 = 5 << 30;
/// Below so many bytes there is no room for anything.
const FULL: u64 = 1 << 20;

/// What is wrong with the disk that holds the data, in words; an error says why nobody knows.
#[cfg(unix)]
pub(super) fn trouble(data: &Path) -> Result<Option<String>, String> {
    let disk = rustix::fs::statvfs(data).map_err(|error| format!("the server's disk can't be measured: {error}"))?;
    Ok(judge(disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize)))
}

#[cfg(not(unix))]
pub(super) fn trouble(_data: &Path) -> Result<Option<String>, String> {
    Ok(None)
}

fn judge(free: u64, all: u64) -> Option<String> {
    let low = free < all / SHARE && free < BYTES;
    low.then(|| match free {
        0..FULL => format!("the server's disk is full: it has {}", rounded(all)),
        free => format!("the server's disk has {} left of {}", rounded(free), rounded(all)),
    })
}

/// In whole gigabytes or hundreds of megabytes: words that change all the time would be news all the time.
fn rounded(bytes: u64) -> String {
    match bytes >> 30 {
        0 => format!("less than {} MB", ((bytes >> 20) / 100 + 1) * 100),
        gigabytes => format!("{gigabytes} GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_low_when_both_its_share_and_its_bytes_are_few() {
        assert_eq!(judge(100 << 30, 4000 << 30), None);
        assert_eq!(judge(4 << 30, 10 << 30), None);
        assert_eq!(judge(1 << 30, 100 << 30).as_deref(), Some("the server's disk has 1 GB left of 100 GB"));
        assert_eq!(judge(4 << 10, 100 << 30).as_deref(), Some("the server's disk is full: it has 100 GB"));
        assert_eq!(judge(150 << 20, 100 << 30).as_deref(), Some("the server's disk has less than 200 MB left of 100 GB"));
    }
}
