//! The fast way from texts to ids gives the same as the plain way: normalize a text character by
//! character, split it into words, match the tokens of each word.

use std::num::NonZero;
use std::sync::LazyLock;

use minibert_core::normalizer::Normalizer;
use minibert_core::options::TokenizerOptions;
use minibert_core::pre_tokenizer::for_each_word;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::encode_ragged::RaggedEncoder;
use minibert_core::tokenizer::vocabulary::Vocab;
use minibert_core::tokenizer::wordpiece::WordPiece;
use proptest::prelude::*;

const OPTION_SETS: u8 = 32;

/// Tokens of many lengths, some longer than the keys of the fast way, and one for each kind of
/// character.
fn vocab() -> Vocab {
    let words = "a b ab abc é e 中 文 ᄒ ᅡ ᆫ σ я ж mask un able \u{302e} \u{8d4} abcabcabcabcabc \
                 abcabcabcabcabca abcabcabcabcabcab abcabcabcabcabcabcabcabcabcabcabcabcabcabcabc";
    let mut tokens: Vec<String> = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "[", "]"]
        .map(str::to_owned)
        .to_vec();
    for word in words.split_whitespace() {
        tokens.extend([word.to_owned(), format!("##{word}")]);
    }
    Vocab::from_tokens(tokens).unwrap()
}

fn options(bits: u8) -> TokenizerOptions {
    TokenizerOptions {
        lowercase: bits & 1 != 0,
        strip_accents: Some(bits & 2 != 0),
        handle_chinese_chars: bits & 4 != 0,
        clean_text: bits & 8 != 0,
        max_input_chars_per_word: if bits & 16 != 0 { 100 } else { 7 },
    }
}

/// A tokenizer, and what the plain way needs.
struct Sides {
    tokenizer: Tokenizer,
    normalizer: Normalizer,
    tokens: WordPiece,
}

impl Sides {
    fn new(bits: u8) -> Self {
        let tokenizer = Tokenizer::new(vocab(), options(bits)).unwrap();
        Self {
            normalizer: Normalizer::new(tokenizer.options()),
            tokens: WordPiece::new(tokenizer.vocab()),
            tokenizer,
        }
    }

    fn plain_way(&self, text: &str, ids: &mut Vec<u32>) {
        let longest = self.tokenizer.options().max_input_chars_per_word;
        for_each_word(&self.normalizer, text, |word, chars| {
            let before = ids.len();
            if chars > longest || !self.tokens.split(word, |token| ids.push(token.id)) {
                ids.truncate(before);
                ids.push(self.tokenizer.vocab().special().unk);
            }
        });
    }
}

/// Built once: what the cache holds from one case must not change the next.
static SIDES: LazyLock<Vec<Sides>> = LazyLock::new(|| (0..OPTION_SETS).map(Sides::new).collect());

fn sides(bits: u8) -> &'static Sides {
    &SIDES[usize::from(bits)]
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[abcABC .]{0,40}",
        "(abc){0,30}",
        "[abAB .é中文한ΣЖя\u{301}\u{302e}\u{8d4}\u{323}\u{b}\u{200b}\u{3000}]{0,12}",
        prop::sample::select(vec![
            "[MASK]",
            "[",
            "\n",
            "\u{85}",
            "\u{feff}",
            "\u{10ffff}"
        ])
        .prop_map(str::to_owned),
    ]
}

/// Mostly short texts, and sometimes one that is longer than any buffer.
fn text() -> impl Strategy<Value = String> {
    let short = prop::collection::vec(fragment(), 0..6).prop_map(|parts| parts.concat());
    let long = (prop::collection::vec(fragment(), 1..20), 1_usize..60)
        .prop_map(|(parts, times)| parts.concat().repeat(times));
    prop_oneof![4 => short, 1 => long]
}

#[test]
fn nothing_shows_of_what_an_earlier_text_left_in_a_buffer() {
    let sides = sides(OPTION_SETS - 1);
    let words = ("я".repeat(40) + " ").repeat(120);
    let mut encoder = RaggedEncoder::new(&sides.tokenizer);
    // The buffers end at any position, among words longer than a block.
    for before in 0..100 {
        let text = "a".repeat(before) + " " + &words;
        encoder.push_plain(&text);
        let mut ids = Vec::new();
        sides.plain_way(&text, &mut ids);
        assert_eq!(encoder.take().ids, ids, "{before} letters before");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn many_texts_give_what_each_gives_in_the_plain_way(
        texts in prop::collection::vec(text(), 0..8),
        bits in 0..OPTION_SETS,
    ) {
        let sides = sides(bits);
        let mut encoder = RaggedEncoder::new(&sides.tokenizer);
        for text in &texts {
            encoder.push_plain(text);
        }
        let ragged = encoder.take();
        let (mut ids, mut boundaries) = (Vec::new(), vec![0]);
        for text in &texts {
            sides.plain_way(text, &mut ids);
            boundaries.push(ids.len());
        }
        prop_assert_eq!(ragged.boundaries, boundaries);
        prop_assert_eq!(ragged.ids, ids);
    }

    #[test]
    fn it_does_not_matter_where_in_a_buffer_a_text_lies(
        text in text(),
        spaces in 0_usize..10_000,
        bits in 0..OPTION_SETS,
    ) {
        let sides = sides(bits);
        let mut encoder = RaggedEncoder::new(&sides.tokenizer);
        encoder.push_plain(&(" ".repeat(spaces) + &text));
        let mut ids = Vec::new();
        sides.plain_way(&text, &mut ids);
        prop_assert_eq!(encoder.take().ids, ids);
    }

    #[test]
    fn texts_cut_at_spaces_give_the_same_ids_however_they_are_cut(
        texts in prop::collection::vec(text(), 1..6),
        bits in 0..OPTION_SETS,
    ) {
        let sides = sides(bits);
        let mut encoder = RaggedEncoder::new(&sides.tokenizer);
        for text in &texts {
            encoder.push_plain(text);
        }
        let apart = encoder.take().ids;
        encoder.push_plain(&texts.join(" "));
        prop_assert_eq!(encoder.take().ids, apart);
    }

    #[test]
    fn threads_give_what_one_encoder_gives(
        texts in prop::collection::vec(text(), 1..8),
        times in 1_usize..40,
        bits in 0..OPTION_SETS,
        add_special_tokens in any::<bool>(),
        threads in prop::option::of(1_usize..5),
    ) {
        let sides = sides(bits);
        let tokenizer = &sides.tokenizer;
        let many: Vec<&str> = (0..times).flat_map(|_| texts.iter().map(String::as_str)).collect();
        let mut encoder = RaggedEncoder::new(tokenizer);
        for text in &many {
            encoder.push(text, add_special_tokens);
        }
        let threads = threads.and_then(NonZero::new);
        let threaded = tokenizer.encode_ragged(&many, add_special_tokens, threads);
        prop_assert_eq!(threaded, encoder.take());
    }
}
