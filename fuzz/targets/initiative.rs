#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sporbar_fuzz::survive("initiative", bytes));
