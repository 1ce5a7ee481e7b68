//! Many texts at once, on every core.
//!
//! Threads live no longer than the call, so that a process may fork between calls; what they find is
//! put together in the order of the texts, so that it never depends on their number.

use std::num::NonZero;
use std::thread;

use crate::encoding::Encoding;
use crate::ragged::{Ragged, RaggedEncoder};
use crate::tokenizer::Tokenizer;

/// Texts with fewer bytes than this are not worth a thread.
const BYTES_PER_THREAD: usize = 1 << 15;

impl Tokenizer {
    /// [`Self::encode`] of each text or pair.
    pub fn encode_batch(
        &self,
        texts: &[(&str, Option<&str>)],
        add_special_tokens: bool,
    ) -> Vec<Encoding> {
        let len = |(text, pair): &(&str, Option<&str>)| text.len() + pair.map_or(0, str::len);
        let parts = in_parts(texts, len, |part| {
            let encode =
                |&(text, pair): &(_, Option<_>)| self.encode(text, pair, add_special_tokens);
            part.iter().map(encode).collect::<Vec<_>>()
        });
        parts.into_iter().flatten().collect()
    }

    /// The ids of [`Self::encode`] of each text.
    pub fn encode_ragged(&self, texts: &[&str], add_special_tokens: bool) -> Ragged {
        let parts = in_parts(
            texts,
            |text| text.len(),
            |part| {
                let mut encoder = RaggedEncoder::new(self);
                for text in part {
                    encoder.push(text, add_special_tokens);
                }
                encoder.take()
            },
        );
        join(parts)
    }
}

fn join(parts: Vec<Ragged>) -> Ragged {
    let mut whole = Ragged {
        ids: Vec::new(),
        boundaries: vec![0],
    };
    for part in parts {
        let base = whole.ids.len();
        let ends = part.boundaries[1..].iter();
        whole.boundaries.extend(ends.map(|end| base + end));
        if base == 0 {
            whole.ids = part.ids;
        } else {
            whole.ids.extend_from_slice(&part.ids);
        }
    }
    whole
}

/// Runs `work` on neighbouring parts of `items`, one part a thread, and returns the results in order.
pub(crate) fn in_parts<T: Sync, R: Send>(
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let total: usize = items.iter().map(&bytes).sum();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(total / BYTES_PER_THREAD).max(1);
    if threads == 1 {
        return vec![work(items)];
    }
    let parts = split(items, bytes, total.div_ceil(threads));
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || work(part)))
            .collect();
        let joined = running.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect()
    })
}

/// Cuts `items` into parts of at least `target` bytes; the last may have fewer.
fn split<T>(items: &[T], bytes: impl Fn(&T) -> usize, target: usize) -> Vec<&[T]> {
    let mut parts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (index, item) in items.iter().enumerate() {
        size += bytes(item);
        if size >= target {
            parts.push(&items[start..=index]);
            (start, size) = (index + 1, 0);
        }
    }
    parts.push(&items[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;
    use crate::vocab::Vocab;

    fn tokenizer() -> Tokenizer {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a";
        Tokenizer::new(
            Vocab::from_lines(lines).unwrap(),
            TokenizerOptions::default(),
        )
        .unwrap()
    }

    #[test]
    fn many_texts_in_parallel_give_what_each_gives_alone() {
        let texts: Vec<String> = (0..3000)
            .map(|n| "a baa c ".repeat(n % 7) + &"a".repeat(n % 50))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let tokenizer = tokenizer();
        let ragged = tokenizer.encode_ragged(&texts, true);
        let pairs: Vec<_> = texts.iter().map(|&text| (text, None)).collect();
        let encodings = tokenizer.encode_batch(&pairs, true);
        assert_eq!(ragged.boundaries.len(), texts.len() + 1);
        for (index, text) in texts.iter().enumerate() {
            let alone = tokenizer.encode(text, None, true);
            let ids = &ragged.ids[ragged.boundaries[index]..ragged.boundaries[index + 1]];
            assert_eq!(ids, alone.ids);
            assert_eq!(encodings[index], alone);
        }
    }

    #[test]
    fn no_texts_give_no_ids_and_one_boundary() {
        let ragged = tokenizer().encode_ragged(&[], true);
        assert_eq!((ragged.ids.len(), ragged.boundaries), (0, vec![0]));
        assert!(tokenizer().encode_batch(&[], true).is_empty());
    }
}
