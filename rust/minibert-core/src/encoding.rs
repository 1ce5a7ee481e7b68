//! What the tokenizer makes of a text or a pair: ids, and where each comes from.

use crate::vocab::Vocab;

/// A text, or a pair of texts, as BERT takes it. All lists are of one length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    pub ids: Vec<u32>,
    /// 1 for what belongs to the second text and its `[SEP]`, else 0.
    pub type_ids: Vec<u32>,
    pub tokens: Vec<String>,
    /// Where each token comes from in its text, in characters; (0, 0) for an added special token.
    pub offsets: Vec<(usize, usize)>,
    /// 1 everywhere: nothing is padding.
    pub attention_mask: Vec<u32>,
    /// 1 for each special token that was added, 0 also for one found in the text.
    pub special_tokens_mask: Vec<u32>,
    /// The index of each token's word in its text; `None` for an added special token.
    pub word_ids: Vec<Option<u32>>,
    /// 0 for tokens of the first text, 1 for the second, `None` for an added special token.
    pub sequence_ids: Vec<Option<u32>>,
}

impl Encoding {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn push(&mut self, vocab: &Vocab, id: u32, place: &Place) {
        self.ids.push(id);
        self.type_ids.push(place.type_id);
        self.tokens
            .push(vocab.piece(id).unwrap_or_default().to_owned());
        self.offsets.push(place.offsets);
        self.attention_mask.push(1);
        self.special_tokens_mask
            .push(u32::from(place.word.is_none()));
        self.word_ids.push(place.word);
        self.sequence_ids.push(place.word.map(|_| place.type_id));
    }
}

/// Where a token stands. Without a word it is an added special token.
pub(crate) struct Place {
    pub type_id: u32,
    pub offsets: (usize, usize),
    pub word: Option<u32>,
}
