//! Any bytes as a vocabulary, as texts and ids for it, and as a pickled encoding.
//!
//! The first two bytes of an input are options; the rest is the vocabulary, one token per line, up to a
//! byte 0xFF, and then texts.

#![no_main]

mod checks;

use libfuzzer_sys::fuzz_target;
use minibert_core::tokenizer::encoding::Encoding;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::vocabulary::{SPECIAL_TOKENS, Vocab};

fuzz_target!(|input: &[u8]| {
    let Some((&[switches, longest_word], rest)) = input.split_first_chunk::<2>() else {
        return;
    };
    let texts = checks::texts_of(rest, 1);
    let lines = format!("{}\n{}", SPECIAL_TOKENS.join("\n"), texts[0]);
    let Ok(vocab) = Vocab::from_lines(&lines) else {
        return; // a token that no vocabulary may have
    };
    let options = checks::options_of(switches, usize::from(longest_word));
    let Ok(tokenizer) = Tokenizer::new(vocab, options) else {
        return; // words of no characters
    };
    let _ = Encoding::from_bytes(rest); // an error, whatever it is, and no panic
    // The vocabulary itself is a useful text for it.
    checks::hold(&tokenizer, &texts, switches & 0x80 != 0);
    let ids: Vec<u32> = rest.iter().map(|&byte| u32::from(byte)).collect();
    for skip_special_tokens in [true, false] {
        tokenizer.decode(&ids, skip_special_tokens);
    }
});
