//! Counts of tokens, and of tokens near each other, in some documents.

use super::token_store::TokenStore;

/// The column of an id that is not a context.
const NONE: u32 = u32::MAX;

impl TokenStore {
    /// How often each id occurs in the documents with these numbers.
    pub fn token_counts_in(&self, documents: &[usize]) -> Vec<u64> {
        let mut counts = vec![0; self.token_counts().len()];
        let mut ids = Vec::new();
        for &document in documents {
            self.copy_document(document, &mut ids);
            for &id in &ids {
                counts[id as usize] += 1;
            }
        }
        counts
    }

    /// Counts, for each id, which of the `contexts` are near it in the documents with these numbers. A
    /// context `d` tokens away counts `1 / d`, up to a distance of `window`. A window may cross
    /// sentences, but not documents.
    ///
    /// There is a row for each id, a column for each context before it, and then a column for each
    /// context behind it. The contexts are different ids.
    pub fn context_counts(&self, documents: &[usize], contexts: &[u32], window: u16) -> Vec<f32> {
        let rows = self.token_counts().len();
        let mut columns = vec![NONE; rows];
        for (column, &id) in (0..).zip(contexts) {
            columns[id as usize] = column;
        }
        let behind = contexts.len();
        let mut counts = Counts {
            table: vec![0.0; rows * 2 * contexts.len()],
            width: 2 * contexts.len(),
            columns,
        };
        let mut ids = Vec::new();
        for &document in documents {
            self.copy_document(document, &mut ids);
            for (position, &id) in ids.iter().enumerate() {
                let next = &ids[position + 1..];
                for (distance, &other) in (1..=window).zip(next) {
                    let count = 1.0 / f32::from(distance);
                    counts.add(other, id, 0, count);
                    counts.add(id, other, behind, count);
                }
            }
        }
        counts.table
    }

    fn copy_document(&self, document: usize, ids: &mut Vec<i64>) {
        ids.resize(self.document_len(document), 0);
        self.copy_ids(self.sentence_start(self.document(document).start), ids);
    }
}

struct Counts {
    table: Vec<f32>,
    width: usize,
    columns: Vec<u32>,
}

impl Counts {
    fn add(&mut self, id: i64, context: i64, side: usize, count: f32) {
        let column = self.columns[context as usize];
        if column != NONE {
            self.table[id as usize * self.width + side + column as usize] += count;
        }
    }
}
