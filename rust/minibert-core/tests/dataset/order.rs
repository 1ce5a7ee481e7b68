//! A batch depends only on the store, the options, its epoch and its number.

use std::sync::Arc;

use minibert_core::dataset::{Batch, BatchOptions, PretrainingDataset, Shard, Subset};

use crate::samples::{dataset, hash, options, store, text};

#[test]
fn the_order_that_batches_are_asked_for_makes_no_difference() {
    let text = text(300);
    let part = Subset::Train {
        validation_fraction: 0.2,
    };
    let in_order = dataset(&text, part, options(64, 16)).unwrap();
    let at_random = dataset(&text, part, options(64, 16)).unwrap();
    for index in (0..in_order.batches_per_epoch(3)).rev() {
        at_random.batch(9, 0).unwrap();
        at_random.batch(5, 0).unwrap();
        let one = in_order.batch(3, index).unwrap();
        assert_eq!(at_random.batch(3, index).unwrap(), one);
    }
}

#[test]
fn epochs_seeds_and_numbers_give_other_batches() {
    let text = text(60);
    let with_seed = |seed| {
        let options = BatchOptions {
            seed,
            ..options(32, 8)
        };
        dataset(&text, Subset::All, options).unwrap()
    };
    let (one, two) = (with_seed(1), with_seed(2));
    let hashes = [
        hash(&one.batch(0, 0).unwrap()),
        hash(&one.batch(1, 0).unwrap()),
        hash(&two.batch(0, 0).unwrap()),
        hash(&one.batch(0, 1).unwrap()),
    ];
    for (at, hash) in hashes.iter().enumerate() {
        assert!(!hashes[..at].contains(hash));
    }
}

#[test]
fn shards_part_an_epoch_exactly() {
    let store = store(&text(60)).unwrap();
    let dataset = |options| PretrainingDataset::new(Arc::clone(&store), Subset::All, options);
    let whole = dataset(options(32, 1)).unwrap();
    for world_size in [2, 3, 5, 16] {
        let mut total = 0;
        for rank in 0..world_size {
            let mut options = options(32, 1);
            options.shard = Shard { rank, world_size };
            let shard = dataset(options).unwrap();
            assert_eq!(shard.batches_per_epoch(2), shard.examples(2));
            for index in 0..shard.examples(2) {
                let expected = whole.batch(2, rank + world_size * index).unwrap();
                assert_eq!(shard.batch(2, index).unwrap(), expected);
            }
            total += shard.examples(2);
        }
        assert_eq!(total, whole.examples(2));
    }
}

#[test]
fn a_batch_is_the_same_in_the_memory_of_another() {
    let dataset = dataset(&text(60), Subset::All, options(32, 7)).unwrap();
    let mut batch = Batch::default();
    for index in (0..dataset.batches_per_epoch(1)).rev() {
        dataset.fill_batch(1, index, &mut batch).unwrap();
        assert_eq!(batch, dataset.batch(1, index).unwrap());
    }
}
