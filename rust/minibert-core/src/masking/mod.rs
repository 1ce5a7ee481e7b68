//! Masking: which tokens the model predicts, and what replaces them in its input (Devlin et al. 2019,
//! section 3.1, task 1). It is different in every epoch (dynamic masking).

mod options;
mod selection;

use crate::Result;
use crate::error::VocabularyError;
use crate::rng::Stream;
use crate::store::TokenStore;

pub use options::{MaskUnit, MaskingOptions};
use selection::{Selection, TokenKind};

#[derive(Debug)]
pub(crate) struct Masking {
    options: MaskingOptions,
    /// By id.
    kinds: Vec<TokenKind>,
    replacements: Vec<u32>,
    mask: i64,
    /// A random number of 32 bits: below the first limit the token becomes `[MASK]`, below the second a
    /// random token.
    mask_below: u64,
    random_below: u64,
}

/// Buffers that the rows of a batch share.
#[derive(Debug, Default)]
pub(crate) struct Scratch(Selection);

/// The arrays that receive the predictions of a batch.
#[derive(Debug)]
pub(crate) struct Predictions<'a> {
    /// The position in the batch at which the example begins.
    pub first_position: usize,
    pub positions: &'a mut Vec<i64>,
    pub ids: &'a mut Vec<i64>,
    pub scratch: &'a mut Scratch,
}

impl Masking {
    pub(crate) fn new(store: &TokenStore, options: MaskingOptions) -> Result<Self> {
        options.check()?;
        let replacements = store.replacements().to_vec();
        if replacements.is_empty() {
            return Err(VocabularyError::OnlySpecialTokens {}.into());
        }
        let special = store.special();
        let keeps_words = options.unit.keeps_words();
        let kind = |id| match id {
            id if special.contains(id) => TokenKind::Special,
            id if keeps_words && store.is_continuation(id) => TokenKind::ContinuesWord,
            _ => TokenKind::BeginsWord,
        };
        let below = |probability: f64| (probability * 2_f64.powi(32)).ceil() as u64;
        Ok(Self {
            options,
            kinds: (0..store.token_counts().len() as u32).map(kind).collect(),
            replacements,
            mask: i64::from(special.mask),
            mask_below: below(options.mask_replace_prob),
            random_below: below(options.mask_replace_prob + options.random_replace_prob),
        })
    }

    pub(crate) fn options(&self) -> &MaskingOptions {
        &self.options
    }

    /// Masks the tokens of an example.
    pub(crate) fn mask(
        &self,
        ids: &mut [i64],
        rate: f64,
        rng: &mut Stream,
        predictions: &mut Predictions<'_>,
    ) {
        let Predictions {
            first_position,
            positions,
            ids: masked_ids,
            scratch: Scratch(selection),
        } = predictions;
        let unit = self.options.unit;
        let candidates = selection.find_words(ids, &self.kinds);
        let budget = self.options.predictions(rate, ids.len(), candidates);
        selection.select(unit, budget, rng);
        let mut replacement_draw = 0;
        selection.each_selected(|column, begins_unit| {
            let id = &mut ids[column];
            positions.push((*first_position + column) as i64);
            masked_ids.push(*id);
            if begins_unit {
                replacement_draw = u64::from(rng.next_u32());
            }
            if replacement_draw < self.mask_below {
                *id = self.mask;
            } else if replacement_draw < self.random_below {
                let pick = rng.below(self.replacements.len() as u64) as usize;
                *id = i64::from(self.replacements[pick]);
            }
        });
    }
}
