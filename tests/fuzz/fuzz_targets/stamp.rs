//! Reads stamp and issue of any bytes; the first byte picks the name of the file and the hints.

#![no_main]

#[path = "../reading.rs"]
mod reading;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((choice, content)) = data.split_first() {
        reading::read(*choice, content);
    }
});
