//! Invariants of the tokenizer for every text.

use std::sync::LazyLock;

use minibert_core::options::{Direction, TokenizerOptions};
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::encode::EncodeOptions;
use minibert_core::tokenizer::encode_ragged::RaggedEncoder;
use minibert_core::tokenizer::encoding::Encoding;
use minibert_core::tokenizer::padding::Padding;
use minibert_core::tokenizer::truncation::{Truncation, TruncationStrategy};
use minibert_core::tokenizer::vocabulary::Vocab;
use proptest::prelude::*;

fn tokenizer(options: TokenizerOptions) -> Tokenizer {
    let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\nab\n##ab\nb\n##b\né\n##é\ne\n##e\n中\n\
                 ᄒ\n##ᅡ\n##ᆫ\n.\n[\n]\n\u{302e}\n##\u{302e}\n##\u{1d165}\nmask";
    Tokenizer::new(Vocab::from_lines(lines).unwrap(), options).unwrap()
}

/// One for each set of options that changes the treatment of text; building one takes a while.
static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let with = |index: usize| TokenizerOptions {
        lowercase: index & 1 == 0,
        handle_chinese_chars: index & 2 == 0,
        clean_text: index & 4 == 0,
        strip_accents: [None, Some(true), Some(false)][index / 8],
        max_input_chars_per_word: 7 - index % 7,
    };
    (0..24).map(with).map(tokenizer).collect()
});

fn any_tokenizer() -> impl Strategy<Value = &'static Tokenizer> {
    (0_usize..24).prop_map(|index| &TOKENIZERS[index])
}

fn text() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        any::<String>(),
        "[abAB .é中한\u{301}\u{302e}\u{1d165}\u{323}\u{b}\u{200b}\u{3000}]{0,12}",
        prop::sample::select(vec!["[MASK]", "[CLS]", "[", "]", "mask"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(fragment, 0..6).prop_map(|fragments| fragments.concat())
}

fn plain(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    let mut encoder = RaggedEncoder::new(tokenizer);
    encoder.push_plain(text);
    encoder.take().ids
}

fn whole(add_special_tokens: bool) -> EncodeOptions {
    EncodeOptions {
        add_special_tokens,
        ..EncodeOptions::default()
    }
}

proptest! {
    #[test]
    fn tokens_lie_in_the_text_one_after_the_other(text in text(), tokenizer in any_tokenizer()) {
        let encoding = tokenizer.encode(&text, None, &whole(false)).unwrap();
        let chars = text.chars().count();
        for &(start, end) in &encoding.offsets() {
            prop_assert!(start < end && end as usize <= chars);
        }
        prop_assert!(encoding.offsets().is_sorted_by_key(|&(start, _)| start));
        prop_assert!(encoding.word_ids().is_sorted());
    }

    #[test]
    fn a_space_parts_texts(first in text(), second in text(), tokenizer in any_tokenizer()) {
        let mut parted = plain(tokenizer, &first);
        parted.extend(plain(tokenizer, &second));
        prop_assert_eq!(plain(tokenizer, &format!("{first} {second}")), parted);
    }

    #[test]
    fn ids_and_encodings_agree(text in text(), tokenizer in any_tokenizer(), special in any::<bool>()) {
        let ids = tokenizer.encode_ragged(&[&text], special, None).ids;
        let encoding = tokenizer.encode(&text, None, &whole(special)).unwrap();
        prop_assert_eq!(&ids, &encoding.ids());
    }

    #[test]
    fn an_encoding_is_the_same_again_from_its_bytes(
        text in text(),
        pair in prop::option::of(text()),
        max_length in 4_usize..9,
        direction in prop::sample::select(vec![Direction::Left, Direction::Right]),
    ) {
        let strategy = TruncationStrategy::LongestFirst;
        let options = EncodeOptions {
            truncation: Some(Truncation::new(max_length, strategy, 0, direction).unwrap()),
            padding: Some(Padding::new(None, Some(4), direction).unwrap()),
            ..EncodeOptions::default()
        };
        let encoding = TOKENIZERS[0].encode(&text, pair.as_deref(), &options).unwrap();
        let mut bytes = encoding.to_bytes();
        prop_assert_eq!(&Encoding::from_bytes(&bytes).unwrap(), &encoding);
        bytes.pop();
        prop_assert!(Encoding::from_bytes(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_an_encoding_or_refused(words in prop::collection::vec(0_u32..4, 0..40)) {
        let words = std::iter::once(1).chain(words);
        let bytes: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        if let Ok(encoding) = Encoding::from_bytes(&bytes) {
            prop_assert_eq!(encoding.to_bytes(), bytes);
            prop_assert_eq!(encoding.ids().len(), encoding.len());
            encoding.word_to_chars(0, 1);
        }
    }

    #[test]
    fn plain_text_has_no_special_token_but_unk(text in text(), tokenizer in any_tokenizer()) {
        let special = tokenizer.vocab().special();
        let ids = plain(tokenizer, &text);
        prop_assert!(ids.iter().all(|&id| id == special.unk || !special.contains(id)));
    }

    #[test]
    fn any_ids_can_be_decoded(ids in prop::collection::vec(0_u32..40, 0..20), skip in any::<bool>()) {
        TOKENIZERS[0].decode(&ids, skip);
    }
}
