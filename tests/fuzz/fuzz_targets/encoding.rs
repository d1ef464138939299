//! Decodes any bytes for people.

#![no_main]

#[path = "../decoding.rs"]
mod decoding;

libfuzzer_sys::fuzz_target!(|data: &[u8]| decoding::decode(data));
