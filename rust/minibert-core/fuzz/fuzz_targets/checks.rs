//! Invariants of every tokenizer and all texts.

use minibert_core::tokenizer::encode::EncodeOptions;
use minibert_core::tokenizer::encoding::Encoding;
use minibert_core::options::TokenizerOptions;
use minibert_core::tokenizer::encode_ragged::RaggedEncoder;
use minibert_core::tokenizer::Tokenizer;

/// No UTF-8 contains this byte: it separates texts.
const TEXT_END: u8 = 0xFF;

/// The texts in some bytes, each repeated `times` times.
pub fn texts_of(bytes: &[u8], times: usize) -> Vec<String> {
    let parts = bytes.split(|&byte| byte == TEXT_END);
    parts
        .map(|part| String::from_utf8_lossy(part).repeat(times))
        .collect()
}

pub fn options_of(switches: u8, max_input_chars_per_word: usize) -> TokenizerOptions {
    TokenizerOptions {
        lowercase: switches & 1 != 0,
        strip_accents: Some(switches & 2 != 0),
        handle_chinese_chars: switches & 4 != 0,
        clean_text: switches & 8 != 0,
        max_input_chars_per_word,
    }
}

/// Checks that all ways to encode agree, that offsets are in the text, and that nothing panics.
pub fn hold(tokenizer: &Tokenizer, texts: &[String], add_special_tokens: bool) {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for text in &texts {
        offsets_lie_in_the_text(tokenizer, text);
    }
    all_ways_agree(tokenizer, &texts, add_special_tokens);
    a_space_parts_plain_texts(tokenizer, &texts);
}

fn all_ways_agree(tokenizer: &Tokenizer, texts: &[&str], add_special_tokens: bool) {
    let ragged = tokenizer.encode_ragged(texts, add_special_tokens, None);
    assert_eq!(ragged.boundaries.len(), texts.len() + 1);
    assert_eq!(ragged.boundaries.last(), Some(&ragged.ids.len()));
    // Twice by one encoder: the cache from the first time must not change the second.
    let mut encoder = RaggedEncoder::new(tokenizer);
    for _ in 0..2 {
        for text in texts {
            encoder.push(text, add_special_tokens);
        }
        assert_eq!(encoder.take(), ragged);
    }
    let pairs: Vec<_> = texts.iter().map(|&text| (text, None)).collect();
    let options = EncodeOptions {
        add_special_tokens,
        ..EncodeOptions::default()
    };
    let batch = tokenizer
        .encode_batch(&pairs, &options, None)
        .expect("nothing is cut");
    for (index, text) in texts.iter().enumerate() {
        let ids = &ragged.ids[ragged.boundaries[index]..ragged.boundaries[index + 1]];
        let alone = tokenizer
            .encode(text, None, &options)
            .expect("nothing is cut");
        assert_eq!(alone.ids(), ids);
        assert_eq!(batch[index], alone);
    }
}

fn offsets_lie_in_the_text(tokenizer: &Tokenizer, text: &str) {
    let plain = EncodeOptions {
        add_special_tokens: false,
        ..EncodeOptions::default()
    };
    let encoding = tokenizer
        .encode(text, None, &plain)
        .expect("nothing is cut");
    let (offsets, chars) = (encoding.offsets(), text.chars().count());
    for &(start, end) in &offsets {
        assert!(start < end && end as usize <= chars);
    }
    assert!(offsets.is_sorted_by_key(|&(start, _)| start));
    assert!(encoding.word_ids().is_sorted());
    assert_eq!(
        Encoding::from_bytes(&encoding.to_bytes()).ok(),
        Some(encoding)
    );
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
