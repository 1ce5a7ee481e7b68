//! The receiver of the words that are cut out of texts.

use super::word_key::Key;

/// Receives words, and the special tokens between them, in order.
pub trait WordSink {
    /// A word of at most [`crate::pre_tokenizer::word_key::MAX_WORD`] bytes, none of them zero.
    fn short(&mut self, key: Key);
    /// At most [`BATCH`] words; `ends` is set to [`Self::count`] after each, minus `base`.
    fn shorts(&mut self, keys: &[Key], ends: &mut [u32], base: usize) {
        for (&key, end) in keys.iter().zip(ends) {
            self.short(key);
            *end = (self.count() - base) as u32;
        }
    }
    /// Any other word, and its number of characters. A word with more characters than the options allow
    /// is cut off there.
    fn long(&mut self, word: &[u8], chars: usize);
    /// A special token that [`crate::pre_tokenizer::fast::FastPreTokenizer::special`] was given.
    fn special(&mut self, special: u32);
    /// A text ends at this [`Self::count`].
    fn text_end(&mut self, len: usize);
    /// The number of items that were made of the words so far.
    fn count(&self) -> usize;
    /// At most this many words and special tokens follow before the next call.
    fn reserve(&mut self, count: usize);
}

/// Short words are passed on this many at a time, so that their memory accesses overlap.
pub const BATCH: usize = 64;
