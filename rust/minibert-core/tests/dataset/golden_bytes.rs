//! The bytes of batches, on every machine.

use std::sync::Arc;

use minibert_core::dataset::{PretrainingDataset, Subset};
use minibert_core::masking::MaskingOptions;
use minibert_core::rng::mix64;

use crate::samples::{OBJECTIVES, UNITS, hash, options, store, text, with_objective};

/// The batches of every objective and masking unit, as one number each.
#[test]
fn the_bytes_of_batches_never_move() {
    let store = store(&text(60)).unwrap();
    assert_eq!(store.fingerprint(), 11_405_282_187_279_728_817);
    let golden: [[u64; 4]; 5] = [
        [
            13_098_500_020_057_547_048,
            9_770_995_657_396_805_677,
            519_128_151_159_380_834,
            515_744_969_092_036_668,
        ],
        [
            8_766_096_843_207_023_144,
            5_158_853_661_911_263_440,
            3_656_031_103_887_508_972,
            3_250_339_893_901_600_374,
        ],
        [
            2_971_516_698_695_048_512,
            10_422_956_125_302_542_193,
            16_463_384_648_894_543_530,
            17_862_242_129_143_366_059,
        ],
        [
            12_691_842_538_313_247_854,
            1_057_558_920_978_941_583,
            1_182_407_968_774_913_315,
            10_747_307_978_358_836_307,
        ],
        [
            10_887_094_369_489_011_880,
            4_170_491_345_812_463_191,
            8_122_397_218_524_221_270,
            13_548_322_606_725_542_509,
        ],
    ];
    let made = OBJECTIVES.map(|objective| {
        UNITS.map(|unit| {
            let mut options = with_objective(objective, 32, 8);
            options.masking.unit = unit;
            options.examples.balanced_labels = true;
            let dataset =
                PretrainingDataset::new(Arc::clone(&store), Subset::All, options).unwrap();
            [(0, 0), (0, 3), (1, 0), (7, 5)]
                .map(|(epoch, index)| hash(&dataset.batch(epoch, index).unwrap()))
                .into_iter()
                .fold(0, |all, one| mix64(all ^ one))
        })
    });
    assert_eq!(made, golden);
}

/// The same with short lengths, hard negatives, and at most three predictions per row.
#[test]
fn the_bytes_of_short_batches_with_few_predictions_never_move() {
    let store = store(&text(60)).unwrap();
    let golden: [u64; 4] = [
        10_940_281_671_394_749_088,
        4_160_350_049_696_544_012,
        12_584_994_175_179_927_515,
        18_073_002_940_061_165_258,
    ];
    let made = UNITS.map(|unit| {
        let mut options = options(64, 8);
        options.examples.short_seq_prob = 0.5;
        options.examples.hard_negative_prob = 0.3;
        options.masking = MaskingOptions {
            unit,
            masked_lm_prob: 0.4,
            final_masked_lm_prob: 0.1,
            max_predictions_per_seq: Some(3),
            ..options.masking
        };
        let dataset = PretrainingDataset::new(Arc::clone(&store), Subset::All, options).unwrap();
        let batches = [(0, 0), (0, 3), (1, 0), (7, 5)]
            .map(|(epoch, index)| dataset.batch(epoch, index).unwrap());
        let most = 3 * batches.iter().map(|batch| batch.rows).sum::<usize>();
        let predictions: usize = batches.iter().map(|batch| batch.masked_lm_ids.len()).sum();
        assert!(predictions > most * 3 / 4 && predictions <= most);
        batches.iter().fold(0, |all, one| mix64(all ^ hash(one)))
    });
    assert_eq!(made, golden);
}
