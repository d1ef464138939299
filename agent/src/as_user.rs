//! For tests of what the system forbids: takes away from this thread what lets root read and write everything.

use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

/// From here on this thread is held to the modes of files, even when root runs the tests.
pub(crate) fn drop_privileges() {
    let mut sets = capabilities(None).expect("this thread's capabilities");
    sets.effective.remove(CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH);
    set_capabilities(None, sets).expect("fewer capabilities");
}
