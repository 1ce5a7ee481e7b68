//! Where words go when they are cut out of texts.

use super::word_key::Key;

/// Takes words, and the marks between them, in order.
pub trait WordSink {
    /// A word of at most [`crate::pre_tokenizer::word_key::MAX_WORD`] bytes, none of them zero.
    fn short(&mut self, key: Key);
    /// At most [`BATCH`] of them; `ends` gets what [`Self::count`] is after each, less `base`.
    fn shorts(&mut self, keys: &[Key], ends: &mut [u32], base: usize) {
        for (&key, end) in keys.iter().zip(ends) {
            self.short(key);
            *end = (self.count() - base) as u32;
        }
    }
    /// Any other word, and its number of characters. If these are more than the options allow in a
    /// word, only so many of them are there.
    fn long(&mut self, word: &[u8], chars: usize);
    /// What [`crate::pre_tokenizer::fast::FastPreTokenizer::mark`] was given.
    fn mark(&mut self, mark: u32);
    /// A text ends after so many of what [`Self::count`] counts.
    fn text_end(&mut self, len: usize);
    /// The number of whatever is made of the words so far.
    fn count(&self) -> usize;
    /// At most so many words and marks follow before the next call.
    fn reserve(&mut self, count: usize);
}

/// Short words are handed on so many at a time: what is done for one of them need not wait for another.
pub const BATCH: usize = 64;
