//! Trades a login string for a token, makes the keys, and founds the trust document at the very first login.
