//! Single segments: consecutive sentences up to the whole length, across documents or within them
//! (FULL-SENTENCES and DOC-SENTENCES of Liu et al. 2019, section 4.2), or one sentence each.
//!
//! Sentences are used in the order of the corpus, and whole. A sentence longer than an example is cut
//! into several, so every token is in exactly one example. From epoch to epoch, the order of the
//! examples and the masked tokens change.

use super::{Example, ExampleSource, Objective};

/// What ends an example, apart from its length.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Full,
    Document,
    Sentence,
}

/// An example to which sentences are added.
struct OpenExample<F> {
    max_tokens: usize,
    a_start: usize,
    a_len: usize,
    /// The index of the document of the first token.
    document: usize,
    /// The tokens of the example, with each `[SEP]` between documents.
    len: usize,
    each: F,
}

impl ExampleSource<'_> {
    /// The examples, in the order of the corpus. An objective with pairs has none.
    pub(super) fn singles(&self, each: &mut impl FnMut(Example)) {
        let until = match self.options.objective {
            Objective::FullSentences => Until::Full,
            Objective::DocSentences => Until::Document,
            Objective::Line => Until::Sentence,
            Objective::NextSentence | Objective::SentenceOrder => return,
        };
        let mut open = OpenExample {
            max_tokens: self.options.max_tokens(),
            a_start: 0,
            a_len: 0,
            document: 0,
            len: 0,
            each,
        };
        for (at, &document) in self.documents.iter().enumerate() {
            let sentences = self.store.document(document);
            for sentence in sentences.clone() {
                let separators = usize::from(open.a_len > 0 && sentence == sentences.start);
                let start = self.store.sentence_start(sentence);
                open.add(at, start, self.store.sentence_len(sentence), separators);
                if until == Until::Sentence {
                    open.close();
                }
            }
            if until == Until::Document {
                open.close();
            }
        }
        open.close();
    }
}

impl<F: FnMut(Example)> OpenExample<F> {
    fn add(&mut self, document: usize, mut start: usize, mut len: usize, separators: usize) {
        if self.len + separators + len <= self.max_tokens && self.a_len > 0 {
            self.a_len += len;
            self.len += separators + len;
            return;
        }
        self.close();
        while len > self.max_tokens {
            self.begin(document, start, self.max_tokens);
            self.close();
            start += self.max_tokens;
            len -= self.max_tokens;
        }
        self.begin(document, start, len);
    }

    fn begin(&mut self, document: usize, start: usize, len: usize) {
        (self.document, self.a_start) = (document, start);
        (self.a_len, self.len) = (len, len);
    }

    fn close(&mut self) {
        if self.a_len == 0 {
            return;
        }
        (self.each)(Example {
            a_start: self.a_start,
            a_len: self.a_len,
            b_start: self.document,
            b_len: 0,
            is_random_next: false,
        });
        (self.a_len, self.len) = (0, 0);
    }
}
