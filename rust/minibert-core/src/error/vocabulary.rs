//! Why a vocabulary cannot be read, used or trained.

use super::causes::causes;

causes! {
    /// A vocabulary that cannot be read, used or trained.
    VocabularyError {
        InvalidUtf8 { offset: usize } = "vocabulary_not_utf8",
            "not UTF-8 at byte {offset}; a vocabulary is a text file with one token per line";
        LineBreak { token: String, id: u32 } = "token_with_line_break",
            "the token {token:?} of id {id} holds a line break, which no word contains: remove the token";
        TooManyTokens { limit: usize } = "too_many_vocabulary_tokens",
            "the vocabulary has more than {limit} tokens, the largest number that is supported";
        TooLong {} = "vocabulary_too_long",
            "the tokens of the vocabulary have more than 4 GB together";
        NoSpecialToken { token: &'static str, needed: String } = "missing_special_token",
            "the vocabulary has no {token}; BERT needs {needed}";
        OnlySpecialTokens {} = "only_special_tokens",
            "the vocabulary has only special tokens, so there is nothing to predict: train a vocabulary on \
             the corpus";
        NoWords {} = "no_words",
            "there is no word in the text to learn a vocabulary from: give more text";
        TooManyWords { words: usize } = "too_many_words",
            "the text has {words} different words, too many to learn a vocabulary from: give less text, or \
             text of words";
        TooSmall { vocab_size: usize, special_tokens: usize, characters: usize, needed: usize } = "vocabulary_too_small",
            "a vocabulary of {vocab_size} tokens has no room for the {special_tokens} special tokens and \
             the {characters} characters, alone and inside words, of the text: it must have {needed} or \
             more, or a smaller alphabet limit";
    }
}
