//! A line of stdin is a credential, nothing, or a strange word; never a panic that would quote it.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(Some(handed)) = cfleak::verify::read_line(text) {
        assert!(handed.column <= text.len());
        let _ = cfleak::scan::recognize(handed.value.expose());
    }
});
