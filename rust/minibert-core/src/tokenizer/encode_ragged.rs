//! Many texts to ids, end to end: what pretraining uses.

use super::Tokenizer;
use super::ragged::Ragged;
use super::scratch::{FIRST_ID, IdBuffer, Scratch};
use super::word_cache::{COUNT_SHIFT, CachedIds, MAX_TOKENS, WordCache};
use crate::normalizer::encoded_char::count_chars;
use crate::pre_tokenizer::fast::FastPreTokenizer;
use crate::pre_tokenizer::non_ascii::SplitRules;
use crate::pre_tokenizer::word_key::{self, Key};
use crate::pre_tokenizer::word_sink::{BATCH, WordSink};

/// The largest buffer, in ids, that an encoder leaves to the next one.
const MOST_ROOM: usize = 1 << 20;

/// Encodes texts one after the other.
pub struct RaggedEncoder<'t> {
    tokenizer: &'t Tokenizer,
    rules: SplitRules<'t>,
    memory: Box<Scratch>,
}

impl<'t> RaggedEncoder<'t> {
    pub fn new(tokenizer: &'t Tokenizer) -> Self {
        let memory = tokenizer
            .scratches()
            .take()
            .unwrap_or_else(|| Box::new(Scratch::new(tokenizer.cache_bytes())));
        Self {
            tokenizer,
            rules: tokenizer.rules(),
            memory,
        }
    }

    /// Adds a text; the name of a special token in it becomes that token.
    pub fn push(&mut self, text: &str, add_special_tokens: bool) {
        let special = self.tokenizer.vocab().special();
        let (rules, words, mut sink) = self.parts();
        if add_special_tokens {
            words.special(rules, special.cls, &mut sink);
        }
        let mut done = 0;
        for (range, id) in sink.tokenizer.special_tokens_in(text) {
            words.push(rules, &text[done..range.start], &mut sink);
            words.special(rules, id, &mut sink);
            done = range.end;
        }
        words.push(rules, &text[done..], &mut sink);
        if add_special_tokens {
            words.special(rules, special.sep, &mut sink);
        }
        words.end_text(rules, &mut sink);
    }

    /// Adds a text in which the names of special tokens are plain text.
    pub fn push_plain(&mut self, text: &str) {
        let (rules, words, mut sink) = self.parts();
        words.push(rules, text, &mut sink);
        words.end_text(rules, &mut sink);
    }

    /// Encodes what was kept back.
    pub fn flush(&mut self) {
        let (rules, words, mut sink) = self.parts();
        words.flush(rules, &mut sink);
    }

    /// Appends the ids of the texts since the last call to `ragged`.
    pub fn append_to(&mut self, ragged: &mut Ragged) {
        self.flush();
        let made = &mut self.memory.made;
        ragged.append(&made.ragged.ids[..made.used], &made.ragged.boundaries);
        made.begin();
    }

    /// Reserves room in `ragged` for `times` the ids of the texts since the last call.
    pub(crate) fn expect_in(&self, ragged: &mut Ragged, times: f64) {
        let made = &self.memory.made;
        ragged.expect(made.used, made.ragged.boundaries.len() - 1, times);
    }

    /// The ids of the texts since the last call.
    pub fn take(&mut self) -> Ragged {
        let mut ragged = Ragged::default();
        self.append_to(&mut ragged);
        ragged
    }

    /// Like [`Self::take`], but uses the memory of `room` for the next texts.
    pub(crate) fn exchange(&mut self, room: Ragged) -> Ragged {
        self.flush();
        let made = &mut self.memory.made;
        let mut ragged = std::mem::replace(&mut made.ragged, room);
        ragged.ids.truncate(made.used);
        made.begin();
        ragged
    }

    /// Ends the work, and gives the cache of words back to the tokenizer.
    pub fn end(mut self) {
        if self.memory.made.ragged.ids.len() > MOST_ROOM {
            self.memory.made = IdBuffer::new();
        }
        self.tokenizer.scratches().give_back(self.memory);
    }

    fn parts(&mut self) -> (SplitRules<'t>, &mut FastPreTokenizer, IdSink<'_>) {
        let Scratch { words, cache, made } = &mut *self.memory;
        let sink = IdSink {
            tokenizer: self.tokenizer,
            cache,
            made,
        };
        (self.rules, words, sink)
    }
}

/// The maximum number of ids of a batch of short words.
const ROOM: usize = BATCH * MAX_TOKENS;

struct IdSink<'a> {
    tokenizer: &'a Tokenizer,
    cache: &'a mut WordCache,
    made: &'a mut IdBuffer,
}

impl IdSink<'_> {
    /// Appends the ids of at most [`BATCH`] words, up to the first whose number is not its own. Returns
    /// how many words it appended.
    #[inline]
    fn put_numbered(
        &mut self,
        keys: &[Key],
        numbers: &[u32],
        ends: &mut [u32],
        base: usize,
    ) -> usize {
        let IdBuffer { ragged, used, .. } = &mut *self.made;
        let room: &mut [u32; ROOM + MAX_TOKENS] = ragged.ids[*used..]
            .first_chunk_mut()
            .expect("it was reserved");
        let before = (*used - base) as u32;
        let mut at = 0;
        let mut done = 0;
        for ((&key, &number), end) in keys.iter().zip(numbers).zip(ends) {
            let Some(ids) = self.cache.numbered(number, key) else {
                break;
            };
            let place = &mut room[at % ROOM..][..MAX_TOKENS];
            place.copy_from_slice(&[ids[0] & FIRST_ID, ids[1], ids[2], ids[3]]);
            at += (ids[0] >> COUNT_SHIFT) as usize;
            *end = before + at as u32;
            done += 1;
        }
        *used += at;
        done
    }

    /// Tokenizes a short word, and adds it to the cache.
    #[cold]
    #[inline(never)]
    fn learn(&mut self, key: Key) {
        let bytes = key.to_le_bytes();
        let word = word_key::word(&bytes);
        self.find(word, count_chars(word));
        self.cache.insert(key, &self.made.new_word);
    }

    /// Tokenizes a word, and appends its ids.
    fn find(&mut self, word: &[u8], chars: usize) {
        let mut ids = std::mem::take(&mut self.made.new_word);
        ids.clear();
        self.tokenizer.encode_word(word, chars, &mut ids);
        self.made.put_all(&ids);
        self.made.new_word = ids;
    }
}

impl WordSink for IdSink<'_> {
    #[inline]
    fn short(&mut self, key: Key) {
        match self.cache.get(key) {
            Some(CachedIds::Few(ids)) => self.made.put(ids),
            Some(CachedIds::Many(ids)) => self.made.put_all(ids),
            None => self.learn(key),
        }
    }

    #[inline]
    fn shorts(&mut self, keys: &[Key], ends: &mut [u32], base: usize) {
        let count = keys.len();
        let mut numbers = [0; BATCH];
        self.cache.look(keys, &mut numbers[..count]);
        let mut done = 0;
        loop {
            let left = done..count;
            done += self.put_numbered(
                &keys[left.clone()],
                &numbers[left.clone()],
                &mut ends[left],
                base,
            );
            if done == count {
                return;
            }
            self.short(keys[done]);
            ends[done] = (self.made.used - base) as u32;
            done += 1;
        }
    }

    fn long(&mut self, word: &[u8], chars: usize) {
        if chars > self.tokenizer.options().max_input_chars_per_word {
            return self.find(word, chars);
        }
        if let Some(ids) = self.cache.get_long(word) {
            return self.made.put_all(ids);
        }
        self.find(word, chars);
        self.cache.insert_long(word, &self.made.new_word);
    }

    fn special(&mut self, special: u32) {
        self.made.ragged.ids[self.made.used] = special;
        self.made.used += 1;
    }

    fn text_end(&mut self, len: usize) {
        self.made.ragged.boundaries.push(len);
    }

    fn count(&self) -> usize {
        self.made.used
    }

    #[inline]
    fn reserve(&mut self, count: usize) {
        let made = &mut *self.made;
        made.promised = made.used + count * MAX_TOKENS + ROOM + MAX_TOKENS;
        if made.ragged.ids.len() < made.promised {
            made.ragged.ids.resize(made.promised, 0);
        }
    }
}
