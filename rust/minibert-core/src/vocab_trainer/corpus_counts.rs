//! Counts the words of a corpus or of many texts on all cores. Threads end before a call returns, so
//! that a process may fork between calls.

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::options::{OnProgress, Phase, Progress};
use super::word_counts::WordCounts;
use crate::Result;
use crate::corpus::{Block, Blocks, Corpus};
use crate::options::TokenizerOptions;
use crate::parallel;

/// A text of this many bytes is worth a thread.
const BYTES_PER_THREAD: usize = 1 << 18;
/// The bytes that are kept of a word that is too long already, while its end is searched for.
const LONG_WORD_BYTES: usize = 1 << 14;

/// Counts the words of a corpus, which need not fit into memory: only the different words are kept.
///
/// `on_progress` is called about once per megabyte, and its error stops the work.
pub fn count_corpus(
    corpus: &Corpus,
    options: &TokenizerOptions,
    on_progress: OnProgress<'_>,
) -> Result<WordCounts> {
    count_with(threads(corpus.stored_bytes()), corpus, options, on_progress)
}

fn threads(bytes: u64) -> usize {
    let enough = bytes as usize / BYTES_PER_THREAD;
    parallel::threads(None).min(enough).max(1)
}

fn count_with(
    threads: usize,
    corpus: &Corpus,
    options: &TokenizerOptions,
    on_progress: OnProgress<'_>,
) -> Result<WordCounts> {
    let reader = Mutex::new(Reader {
        blocks: corpus.blocks(),
        stopped: false,
    });
    let total = corpus.stored_bytes();
    let mut tell = |done| {
        on_progress(Progress {
            phase: Phase::Reading,
            done,
            total,
        })
    };
    let first = WordCounts::new(options);
    thread::scope(|scope| {
        let help = || count_blocks(&reader, first.another(), &mut |_| Ok(()));
        let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(help)).collect();
        let mut counts = count_blocks(&reader, first.another(), &mut tell);
        for helper in helpers {
            let helped = parallel::joined(helper);
            counts = counts.and_then(|mut counts| {
                counts.merge(helped?);
                Ok(counts)
            });
        }
        counts
    })
}

/// The state that the threads share: a thread that is free takes the next block.
struct Reader<'c> {
    blocks: Blocks<'c>,
    stopped: bool,
}

/// Adds the words of blocks to `counts` until there are no more.
fn count_blocks(
    reader: &Mutex<Reader<'_>>,
    mut counts: WordCounts,
    tell: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<WordCounts> {
    let locked = || reader.lock().unwrap_or_else(PoisonError::into_inner);
    let mut block = Block::default();
    loop {
        let bytes = {
            let mut reader = locked();
            if reader.stopped {
                return Ok(counts);
            }
            let more = reader.blocks.next(&|run| cut_run(&counts, run), &mut block);
            reader.stopped = !matches!(more, Ok(true));
            if !more? {
                return Ok(counts);
            }
            reader.blocks.stored_bytes()
        };
        block.for_each_text(&mut |text| counts.add([text]));
        tell(bytes).inspect_err(|_| locked().stopped = true)?;
    }
}

/// Where a text without white space may be cut: after the last character that ends words. A word that
/// is too long to be counted is shortened while its end is not in sight.
fn cut_run(counts: &WordCounts, run: &mut Vec<u8>) -> usize {
    let text = match std::str::from_utf8(run) {
        Ok(text) => text,
        Err(error) => str::from_utf8(&run[..error.valid_up_to()]).unwrap_or_default(),
    };
    let chars = text.char_indices().map(|(at, _)| at);
    let head = chars.take_while(|&at| at <= LONG_WORD_BYTES).last();
    let head = &text[..head.unwrap_or(0)];
    if counts.is_within_too_long_word(head) && counts.is_within_too_long_word(text) {
        let (head, text) = (head.len(), text.len());
        run.drain(head..text);
        return 0;
    }
    text.rfind(|c| counts.ends_words(c)).map_or(0, |at| {
        at + text[at..].chars().next().map_or(0, char::len_utf8)
    })
}

/// Counts the words of texts that arrive in batches.
pub struct TextCounter {
    /// One for each thread.
    counts: Vec<WordCounts>,
}

impl TextCounter {
    pub fn new(options: &TokenizerOptions) -> Self {
        Self {
            counts: vec![WordCounts::new(options)],
        }
    }

    pub fn add(&mut self, texts: &[&str]) {
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let threads = threads(bytes as u64);
        while self.counts.len() < threads {
            self.counts.push(self.counts[0].another());
        }
        thread::scope(|scope| {
            for (first, counts) in self.counts[..threads].iter_mut().enumerate() {
                let own = texts.iter().copied().skip(first).step_by(threads);
                let work = move || counts.add(own);
                if first + 1 == threads {
                    work();
                } else {
                    scope.spawn(work);
                }
            }
        });
    }

    pub fn finish(mut self) -> WordCounts {
        let mut all = self.counts.swap_remove(0);
        for counts in self.counts {
            all.merge(counts);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::corpus::{CorpusOptions, DecodingErrors, Input};
    use crate::vocab_trainer::{TrainOptions, train};

    fn corpus(texts: &[&[u8]]) -> Corpus {
        let memory = |bytes: &&[u8]| Input::Memory {
            name: "text".to_owned(),
            bytes: bytes.to_vec(),
        };
        let inputs: Vec<_> = texts.iter().map(memory).collect();
        let options = CorpusOptions {
            layout: None,
            errors: DecodingErrors::Strict,
        };
        Corpus::open(&inputs, options).unwrap()
    }

    fn counted(threads: usize, corpus: &Corpus) -> Result<Vec<(String, u64)>> {
        let options = TokenizerOptions::default();
        Ok(sorted(count_with(threads, corpus, &options, &mut |_| {
            Ok(())
        })?))
    }

    fn sorted(mut counts: WordCounts) -> Vec<(String, u64)> {
        let (table, _) = counts.finish();
        let text = |word: &[u8]| String::from_utf8(word.to_vec()).unwrap();
        let mut words: Vec<_> = table.iter().map(|(word, n)| (text(word), n)).collect();
        words.sort();
        words
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let words = |n: usize| format!("wort{} und, wie {}\n", n * n % 997, n % 89);
        let text: String = (0..120_000).map(words).collect();
        let corpus = corpus(&[text.as_bytes(), b"more text", text.as_bytes()]);
        let vocabulary = |threads| {
            let options = TokenizerOptions::default();
            let counts = count_with(threads, &corpus, &options, &mut |_| Ok(())).unwrap();
            let training = TrainOptions {
                vocab_size: 300,
                ..TrainOptions::default()
            };
            let trained = train(counts, &training, &mut |_| Ok(())).unwrap();
            trained.vocab.lines().collect::<Vec<_>>().join("\n")
        };
        let alone = vocabulary(1);
        for threads in [2, 16] {
            assert_eq!(vocabulary(threads), alone);
        }
    }

    #[test]
    fn whatever_a_file_ends_with_words_end_with_it() {
        let words = counted(1, &corpus(&[b"on the", b"re d"])).unwrap();
        let expected = ["d", "on", "re", "the"].map(|word| (word.to_owned(), 1));
        assert_eq!(words, expected);
    }

    #[test]
    fn a_text_without_white_space_needs_little_memory_and_loses_no_word() {
        let long = "a".repeat(2 << 20);
        let text = format!("{long}!ab\u{200d}{}cd。", "\u{301}".repeat(1 << 16));
        let chinese = "数据".repeat(1 << 18);
        let words = counted(2, &corpus(&[text.as_bytes(), chinese.as_bytes()])).unwrap();
        let expected = [
            ("!", 1),
            ("abcd", 1),
            ("。", 1),
            ("据", 1 << 18),
            ("数", 1 << 18),
        ];
        assert_eq!(
            words,
            expected.map(|(word, count)| (word.to_owned(), count))
        );

        let counts = WordCounts::new(&TokenizerOptions::default());
        let mut run = (long + "中").into_bytes();
        run.pop();
        assert_eq!(cut_run(&counts, &mut run), 0);
        assert_eq!(run.len(), LONG_WORD_BYTES + 2);
    }

    #[test]
    fn the_first_error_stops_all_threads() {
        let good = "good text\n".repeat(200_000);
        let bad = [good.as_bytes(), b"\xFF", good.as_bytes(), b"\0"].concat();
        for threads in [1, 2, 16] {
            let error = counted(threads, &corpus(&[&bad])).unwrap_err();
            assert!(error.to_string().contains("at byte 2000000:"), "{error}");
            let stopped = count_with(
                threads,
                &corpus(&[good.as_bytes()]),
                &TokenizerOptions::default(),
                &mut |_| Err(Error::Cancelled),
            );
            // Another thread may have read everything before this one starts.
            assert!(matches!(stopped, Err(Error::Cancelled) | Ok(_)));
        }
    }

    #[test]
    fn texts_are_counted_like_files() {
        let text = "The cat, the hat.\n".repeat(40_000);
        let mut counter = TextCounter::new(&TokenizerOptions::default());
        counter.add(&[]);
        counter.add(&[&text, "", &text]);
        counter.add(&["cat"]);
        let files = corpus(&[text.as_bytes(), text.as_bytes(), b"cat"]);
        assert_eq!(sorted(counter.finish()), counted(1, &files).unwrap());
    }
}
