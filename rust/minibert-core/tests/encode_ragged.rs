//! Invariants of every list of texts that is encoded end to end.

use minibert_core::options::TokenizerOptions;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::encode::EncodeOptions;
use minibert_core::tokenizer::vocabulary::Vocab;
use proptest::prelude::*;

fn tokenizer() -> Tokenizer {
    let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a\n##b\nab\n##ba\n.\n[\n]\nmask\n中\né\nи\n##и";
    let vocab = Vocab::from_lines(lines).unwrap();
    Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
}

/// A text that is likely to end, or to change its script, near the end of a block or a segment.
fn text() -> impl Strategy<Value = String> {
    let stretch = (
        prop::sample::select(vec![
            "a", "ab ", "B.", " ", "й", "И ", "中", "é a", "\u{302e}", "[MASK]", "\u{b}", "\r\n",
            "x",
        ]),
        prop_oneof![4 => 1_usize..4, 2 => 60..70_usize, 1 => 1360..1370_usize, 1 => 4090..4100_usize],
    );
    let stretches = prop::collection::vec(stretch, 0..5);
    stretches.prop_map(|all| {
        all.iter()
            .map(|(text, times)| text.repeat(*times))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn each_text_has_the_ids_that_it_has_alone(
        texts in prop::collection::vec(text(), 0..8),
        special in any::<bool>(),
    ) {
        let tokenizer = tokenizer();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let options = EncodeOptions { add_special_tokens: special, ..EncodeOptions::default() };
        let ragged = tokenizer.encode_ragged(&texts, special, None);
        let again = tokenizer.encode_ragged(&texts, special, None);
        prop_assert_eq!(&ragged, &again);
        prop_assert_eq!(ragged.boundaries.len(), texts.len() + 1);
        for (index, text) in texts.iter().enumerate() {
            let ids = &ragged.ids[ragged.boundaries[index]..ragged.boundaries[index + 1]];
            prop_assert_eq!(ids, tokenizer.encode(text, None, &options).unwrap().ids());
        }
    }

    #[test]
    fn a_memory_of_any_size_gives_the_same(
        words in prop::collection::vec("[ab]{1,20}", 0..400),
        bytes in 0_usize..1 << 14,
    ) {
        let text = words.join(" ");
        let small = tokenizer().with_cache_bytes(bytes);
        let expected = tokenizer().encode_ragged(&[&text], false, None);
        prop_assert_eq!(small.encode_ragged(&[&text], false, None), expected);
    }
}
