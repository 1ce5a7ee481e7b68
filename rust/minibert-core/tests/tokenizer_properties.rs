//! What holds for every text, whatever it is made of.

use minibert_core::options::TokenizerOptions;
use minibert_core::ragged::RaggedEncoder;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::vocab::Vocab;
use proptest::prelude::*;

fn tokenizer(options: TokenizerOptions) -> Tokenizer {
    let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\nab\n##ab\nb\n##b\né\n##é\ne\n##e\n中\n\
                 ᄒ\n##ᅡ\n##ᆫ\n.\n[\n]\n\u{302e}\n##\u{302e}\n##\u{1d165}\nmask";
    Tokenizer::new(Vocab::from_lines(lines).unwrap(), options).unwrap()
}

fn options() -> impl Strategy<Value = TokenizerOptions> {
    (
        any::<bool>(),
        any::<Option<bool>>(),
        any::<bool>(),
        any::<bool>(),
        1_usize..8,
    )
        .prop_map(
            |(lowercase, strip_accents, handle_chinese_chars, clean_text, longest)| {
                TokenizerOptions {
                    lowercase,
                    strip_accents,
                    handle_chinese_chars,
                    clean_text,
                    max_input_chars_per_word: longest,
                }
            },
        )
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

proptest! {
    #[test]
    fn tokens_lie_in_the_text_one_after_the_other(text in text(), options in options()) {
        let encoding = tokenizer(options).encode(&text, None, false);
        let chars = text.chars().count();
        for &(start, end) in &encoding.offsets {
            prop_assert!(start < end && end <= chars);
        }
        prop_assert!(encoding.offsets.is_sorted_by_key(|&(start, _)| start));
        prop_assert!(encoding.word_ids.is_sorted());
    }

    #[test]
    fn a_space_parts_texts(first in text(), second in text(), options in options()) {
        let tokenizer = tokenizer(options);
        let mut parted = plain(&tokenizer, &first);
        parted.extend(plain(&tokenizer, &second));
        prop_assert_eq!(plain(&tokenizer, &format!("{first} {second}")), parted);
    }

    #[test]
    fn ids_and_encodings_agree(text in text(), options in options(), special in any::<bool>()) {
        let tokenizer = tokenizer(options);
        let ids = tokenizer.encode_ragged(&[&text], special).ids;
        let encoding = tokenizer.encode(&text, None, special);
        prop_assert_eq!(&ids, &encoding.ids);
        let pieces = ids.iter().map(|&id| tokenizer.vocab().piece(id).unwrap());
        prop_assert!(pieces.eq(&encoding.tokens));
    }

    #[test]
    fn plain_text_has_no_special_token_but_unk(text in text(), options in options()) {
        let tokenizer = tokenizer(options);
        let special = tokenizer.vocab().special();
        let ids = plain(&tokenizer, &text);
        prop_assert!(ids.iter().all(|&id| id == special.unk || !special.contains(id)));
    }

    #[test]
    fn any_ids_can_be_decoded(ids in prop::collection::vec(0_u32..40, 0..20), skip in any::<bool>()) {
        tokenizer(TokenizerOptions::default()).decode(&ids, skip);
    }
}
