"""Training steps of minibert and of Hugging Face's `BertForPreTraining`, side by side.

    uv run --group test python bench/training.py [--preset tiny] [--rounds 5]

Both take whole optimiser steps on the same batches of the default corpus: sequence 128, batch 32,
heads of 8,192 pieces. The reference is as its users have it: fp32, sdpa attention, AdamW, clipping,
the MLM head on every position. Rounds alternate, and medians are printed.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time

import torch
import transformers

from minibert import BertForPreTraining, Budget, Corpus, PretrainingDataset, TokenStore, Trainer
from minibert.options import PretrainOptions
from minibert.pieces import WordPieceTokenizer


class Ours:
    name = "minibert"

    def __init__(self, config, recipe, dataset):
        model = BertForPreTraining(config)
        budget = Budget(steps=100_000)
        self.trainer = Trainer(model, dataset, recipe=recipe, budget=budget, log_every=1)
        self.rows = self.trainer.train()

    def step(self):
        next(self.rows)


class Reference:
    name = "transformers"

    def __init__(self, config, dataset):
        fields = {f.name: getattr(config, f.name) for f in dataclasses.fields(config)}
        self.model = transformers.BertForPreTraining(transformers.BertConfig(**fields)).train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3)
        self.dataset, self.index = dataset, 0

    def step(self):
        batch = self.dataset.batch(0, self.index)
        self.index += 1
        labels = torch.full((batch.input_ids.size,), -100)
        labels[torch.from_numpy(batch.masked_lm_positions)] = torch.from_numpy(batch.masked_lm_ids)
        loss = self.model(
            input_ids=torch.from_numpy(batch.input_ids),
            token_type_ids=torch.from_numpy(batch.token_type_ids),
            attention_mask=torch.from_numpy(batch.attention_mask),
            labels=labels.view(batch.input_ids.shape),
            next_sentence_label=torch.from_numpy(batch.next_sentence_label),
        ).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10, help="steps in a round")
    given = parser.parse_args()

    corpus = Corpus.default()
    tokenizer = WordPieceTokenizer.train(corpus, 8192)
    dataset = PretrainingDataset(TokenStore.build(corpus, tokenizer))
    options = PretrainOptions(preset=given.preset)
    # The text of the default corpus has fewer pieces than 8,192; the heads are timed at full width.
    config = options.config(8192)
    published = dataclasses.replace(
        config, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1
    )
    sides = [Ours(config, options.training_recipe(), dataset), Reference(published, dataset)]
    speeds = {side.name: [] for side in sides}
    for round_number in range(given.rounds + 1):
        for side in sides:
            start = time.perf_counter()
            for _ in range(given.steps):
                side.step()
            elapsed = time.perf_counter() - start
            if round_number > 0:  # the first warms up
                speeds[side.name].append(given.steps * 32 * 128 / elapsed)
    print(f"{given.preset}, {torch.get_num_threads()} threads, tokens/s over whole steps")
    for name, values in speeds.items():
        low, high = min(values), max(values)
        print(f"{name:>14}  median {statistics.median(values):>8,.0f}  ({low:,.0f} to {high:,.0f})")
    ratios = [a / b for a, b in zip(*speeds.values(), strict=True)]
    print(f"         ratio  median {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
