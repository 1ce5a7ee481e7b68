//! Many texts or pairs to encodings, on every core.

use std::num::NonZero;

use super::Tokenizer;
use super::encode::{EncodeBuffers, EncodeOptions};
use super::encoding::Encoding;
use crate::parallel::in_parts_on;
use crate::{Error, Result};

impl Tokenizer {
    /// Encodes each text or pair as [`Self::encode`] does, and pads them together. Uses `threads`
    /// threads, or one per core.
    pub fn encode_batch(
        &self,
        texts: &[(&str, Option<&str>)],
        options: &EncodeOptions,
        threads: Option<NonZero<usize>>,
    ) -> Result<Vec<Encoding>> {
        let len = |(text, pair): &(&str, Option<&str>)| text.len() + pair.map_or(0, str::len);
        let parts = in_parts_on(threads, texts, len, |part| {
            let mut scratch = EncodeBuffers::default();
            let mut encodings = Vec::with_capacity(part.len());
            for &(text, pair) in part {
                match self.encode_unpadded(text, pair, options, &mut scratch) {
                    Ok(encoding) => encodings.push(encoding),
                    Err(error) => return (encodings, Some(error)),
                }
            }
            (encodings, None)
        });
        let mut whole = Vec::with_capacity(texts.len());
        for (encodings, error) in parts {
            whole.extend(encodings);
            if let Some(error) = error {
                return Err(in_batch(error, whole.len()));
            }
        }
        if let Some(padding) = &options.padding {
            padding.pad(&mut whole, self.vocab().special().pad);
        }
        Ok(whole)
    }
}

/// Adds the number of the text in the batch to an error.
fn in_batch(error: Error, index: usize) -> Error {
    match error {
        Error::Text(_) | Error::Option(_) => error.within(format!("text {index} of the batch")),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;
    use crate::tokenizer::vocabulary::Vocab;

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
        let ragged = tokenizer.encode_ragged(&texts, true, None);
        let pairs: Vec<_> = texts.iter().map(|&text| (text, None)).collect();
        let options = EncodeOptions::default();
        let encodings = tokenizer.encode_batch(&pairs, &options, None).unwrap();
        for threads in [1, 2, 7].map(NonZero::new) {
            let found = tokenizer.encode_batch(&pairs, &options, threads).unwrap();
            assert_eq!(found, encodings);
        }
        assert_eq!(ragged.boundaries.len(), texts.len() + 1);
        for (index, text) in texts.iter().enumerate() {
            let alone = tokenizer.encode(text, None, &options).unwrap();
            let ids = &ragged.ids[ragged.boundaries[index]..ragged.boundaries[index + 1]];
            assert_eq!(ids, alone.ids());
            assert_eq!(encodings[index], alone);
        }
    }

    #[test]
    fn no_texts_give_no_ids_and_one_boundary() {
        let ragged = tokenizer().encode_ragged(&[], true, None);
        assert_eq!((ragged.ids.len(), ragged.boundaries), (0, vec![0]));
        let options = EncodeOptions::default();
        let encodings = tokenizer().encode_batch(&[], &options, None).unwrap();
        assert!(encodings.is_empty());
    }
}
