//! Why a text cannot be encoded.

use super::causes::causes;

causes! {
    /// A text that cannot be encoded with these options.
    TextError {
        TooLong { bytes: usize } = "text_too_long",
            "a text of {bytes} bytes is too long for one encoding: cut it into texts of less than 4 GiB";
        NoSecondText { tokens: usize, room: usize } = "no_second_text",
            "there is no second text for the strategy \"only_second\" to cut, and the first has {tokens} \
             tokens where there is room for {room}: give a pair or another strategy";
        UncutTextTooLong { text: &'static str, strategy: &'static str, tokens: usize, room: usize } = "uncut_text_too_long",
            "the {text} text, which the strategy {strategy:?} does not cut, has {tokens} tokens and leaves \
             none of {room} to the other: shorten it, or use the strategy \"longest_first\"";
        NotAnEncoding {} = "not_an_encoding",
            "this is not an encoding that this version of minibert has pickled: encode the text again";
    }
}
