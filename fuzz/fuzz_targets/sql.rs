#![no_main]

#[path = "../properties/sql.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| properties::check(text));
