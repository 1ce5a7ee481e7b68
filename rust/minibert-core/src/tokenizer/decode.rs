//! Token ids back to text.

use std::borrow::Cow;

use super::Tokenizer;
use super::vocabulary::CONTINUATION;

impl Tokenizer {
    /// The text of token ids, as the reference's `WordPiece` decoder with clean-up builds it. Ids
    /// without a token are skipped.
    pub fn decode(&self, ids: &[u32], skip_special_tokens: bool) -> String {
        let special = self.vocab().special();
        let tokens = ids
            .iter()
            .filter(|&&id| !(skip_special_tokens && special.contains(id)))
            .filter_map(|&id| self.token(id));
        let mut text = String::new();
        for (index, token) in tokens.enumerate() {
            let part = match token.strip_prefix(CONTINUATION) {
                _ if index == 0 => Cow::Borrowed(token),
                Some(rest) => Cow::Borrowed(rest),
                None => Cow::Owned(format!(" {token}")),
            };
            text.push_str(&clean_up(&part));
        }
        text
    }
}

/// The replacements of the reference's decoder, which are applied to each token in this order.
const CLEAN_UP: [(&str, &str); 11] = [
    (" .", "."),
    (" ?", "?"),
    (" !", "!"),
    (" ,", ","),
    (" ' ", "'"),
    (" n't", "n't"),
    (" 'm", "'m"),
    (" do not", " don't"),
    (" 's", "'s"),
    (" 've", "'ve"),
    (" 're", "'re"),
];

fn clean_up(part: &str) -> Cow<'_, str> {
    let mut cleaned = Cow::Borrowed(part);
    for (from, to) in CLEAN_UP {
        if cleaned.contains(from) {
            cleaned = Cow::Owned(cleaned.replace(from, to));
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use crate::options::TokenizerOptions;
    use crate::tokenizer::Tokenizer;
    use crate::tokenizer::vocabulary::Vocab;

    #[test]
    fn tokens_are_joined_and_the_space_before_a_mark_is_taken_out() {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##able\n.\ndo\n'\ns";
        let vocab = Vocab::from_lines(lines).unwrap();
        let tokenizer = Tokenizer::new(vocab, TokenizerOptions::default()).unwrap();
        let ids = [2, 5, 6, 9, 10, 7, 8, 7, 3, 99];
        assert_eq!(tokenizer.decode(&ids, true), "unable ' s. do.");
        assert_eq!(tokenizer.decode(&ids, false), "[CLS] unable ' s. do. [SEP]");
        assert_eq!(tokenizer.decode(&[6, 5], true), "##able un");
    }
}
