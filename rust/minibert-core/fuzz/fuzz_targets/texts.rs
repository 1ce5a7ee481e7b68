//! Any bytes as texts, for tokenizers of one vocabulary.
//!
//! The first byte of an input is the options, the second how often each text is repeated: a few bytes
//! of input are then longer than any buffer.

#![no_main]

mod checks;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::vocabulary::{SPECIAL_TOKENS, Vocab};

const OPTION_SETS: u8 = 16;
const LONGEST_WORD: usize = 20;

/// Built once: what the cache holds from one input must not change the next.
static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let made = (0..OPTION_SETS).map(|switches| {
        let options = checks::options_of(switches, LONGEST_WORD);
        Tokenizer::new(vocab(), options).expect("the options are sound")
    });
    made.collect()
});

/// All printable ASCII, some characters of other kinds, and tokens around the length of a cache key.
fn vocab() -> Vocab {
    let mut words: Vec<String> = ('!'..='~').map(String::from).collect();
    words.extend(
        "éσяжأ中文한か\u{301}\u{302e}\u{8d4}😀"
            .chars()
            .map(String::from),
    );
    words.extend([2, 3, 7, 8, 14, 15, 16, 17].map(|len| "a".repeat(len)));
    let mut tokens = SPECIAL_TOKENS.map(String::from).to_vec();
    for word in words {
        tokens.extend([format!("##{word}"), word]);
    }
    Vocab::from_tokens(tokens).expect("the tokens are sound")
}

fuzz_target!(|input: &[u8]| {
    let Some((&[options, times], rest)) = input.split_first_chunk::<2>() else {
        return;
    };
    let tokenizer = &TOKENIZERS[usize::from(options % OPTION_SETS)];
    let times = if options & 0x40 == 0 {
        1
    } else {
        usize::from(times) + 1
    };
    checks::hold(
        tokenizer,
        &checks::texts_of(rest, times),
        options & 0x80 != 0,
    );
});
