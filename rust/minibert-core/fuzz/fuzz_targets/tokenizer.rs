//! Any bytes as a vocabulary, options and texts: all ways to encode agree, offsets lie in the text, and
//! nothing panics.
//!
//! An input is four bytes of options and then parts that end with 0xFF, which no UTF-8 has: the
//! vocabulary, a piece a line, and then texts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minibert_core::options::TokenizerOptions;
use minibert_core::ragged::RaggedEncoder;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::vocab::{SPECIAL_PIECES, Vocab};

const PART_END: u8 = 0xFF;

fuzz_target!(|input: &[u8]| {
    let Some((options, rest)) = input.split_first_chunk::<4>() else {
        return;
    };
    let mut parts = rest
        .split(|&byte| byte == PART_END)
        .map(String::from_utf8_lossy);
    let pieces = parts.next().unwrap_or_default();
    let Ok(vocab) = Vocab::from_lines(&format!("{}\n{pieces}", SPECIAL_PIECES.join("\n"))) else {
        return; // a piece that no vocabulary may have
    };
    let Ok(tokenizer) = Tokenizer::new(vocab, options_of(*options)) else {
        return; // a longest word of no characters
    };
    let texts: Vec<_> = parts.collect();
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    let add_special_tokens = options[3] & 1 != 0;
    for text in &texts {
        offsets_lie_in_the_text(&tokenizer, text);
    }
    all_ways_agree(&tokenizer, &texts, add_special_tokens);
    a_space_parts_plain_texts(&tokenizer, &texts);
    any_ids_are_decoded(&tokenizer, rest);
});

fn options_of([switches, longest, more, _]: [u8; 4]) -> TokenizerOptions {
    TokenizerOptions {
        lowercase: switches & 1 != 0,
        strip_accents: (switches & 2 != 0).then_some(switches & 4 != 0),
        handle_chinese_chars: switches & 8 != 0,
        clean_text: switches & 16 != 0,
        max_input_chars_per_word: usize::from(longest) << (more % 4),
    }
}

fn all_ways_agree(tokenizer: &Tokenizer, texts: &[&str], add_special_tokens: bool) {
    let ragged = tokenizer.encode_ragged(texts, add_special_tokens);
    assert_eq!(ragged.boundaries.len(), texts.len() + 1);
    assert_eq!(ragged.boundaries.last(), Some(&ragged.ids.len()));
    // Twice by one encoder: what it remembers of the first time must not show.
    let mut encoder = RaggedEncoder::new(tokenizer);
    for _ in 0..2 {
        for text in texts {
            encoder.push(text, add_special_tokens);
        }
        assert_eq!(encoder.take(), ragged);
    }
    let pairs: Vec<_> = texts.iter().map(|&text| (text, None)).collect();
    let batch = tokenizer.encode_batch(&pairs, add_special_tokens);
    for (index, text) in texts.iter().enumerate() {
        let ids = &ragged.ids[ragged.boundaries[index]..ragged.boundaries[index + 1]];
        let alone = tokenizer.encode(text, None, add_special_tokens);
        assert_eq!(alone.ids, ids);
        assert_eq!(batch[index], alone);
    }
}

fn offsets_lie_in_the_text(tokenizer: &Tokenizer, text: &str) {
    let encoding = tokenizer.encode(text, None, false);
    let chars = text.chars().count();
    for &(start, end) in &encoding.offsets {
        assert!(start < end && end <= chars);
    }
    assert!(encoding.offsets.is_sorted_by_key(|&(start, _)| start));
    assert!(encoding.word_ids.is_sorted());
}

fn a_space_parts_plain_texts(tokenizer: &Tokenizer, texts: &[&str]) {
    let mut encoder = RaggedEncoder::new(tokenizer);
    encoder.push_plain(&texts.join(" "));
    let joined = encoder.take().ids;
    for text in texts {
        encoder.push_plain(text);
    }
    assert_eq!(encoder.take().ids, joined);
}

fn any_ids_are_decoded(tokenizer: &Tokenizer, bytes: &[u8]) {
    let ids: Vec<u32> = bytes.iter().map(|&byte| u32::from(byte)).collect();
    for skip_special_tokens in [true, false] {
        tokenizer.decode(&ids, skip_special_tokens);
    }
}
