"""The quality of models after equal training time: minibert and Hugging Face's `Trainer`.

    uv run --group test python bench/quality.py TEXT --validation OTHER [--time 2m] [--preset tiny]
        [--seeds 0] [--side minibert] [--side transformers]

minibert is the command `minibert pretrain` with an empty cache; its time includes everything:
vocabulary, tokenization, imports, training, the last evaluation. The reference is `Trainer` with
`BertForMaskedLM` of the same shape and vocabulary, fp32, AdamW 1e-3 with linear decay, batches of
32 chunks of 128 tokens. It gets vocabulary and tokens, and its time is that of `train()`.

Both predict the same masked tokens of the validation text, 15 % of the tokens of all examples.
Losses are in nats per masked token, word and character, as by `minibert evaluate`. The baseline of
the second task is the overlap of words between the two segments, with the threshold that is best
for pairs of the training text.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from training import BATCH, SEQ_LEN, VOCAB, reference_config

from minibert import (
    Corpus,
    PretrainingDataset,
    TokenStore,
    WordPieceTokenizer,
    evaluate_masked_lm,
)
from minibert.config import PretrainOptions
from minibert.io.units import parse_duration
from minibert.model.bert import PreTrainingOutput
from minibert.model.files import load_model


def train_ours(given, seed, folder):
    """Train into `folder`; the seconds of the whole command."""
    command = [sys.executable, "-m", "minibert", "pretrain", given.text, "--preset", given.preset]
    command += ["--validation-corpus", given.validation, "--time", given.time, "--seed", str(seed)]
    own = dict.fromkeys(
        ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"), str(folder.parent / f"cache-{seed}")
    )
    environment = os.environ | own
    start = time.perf_counter()
    subprocess.run([*command, "--out", str(folder)], check=True, env=environment)
    return time.perf_counter() - start


def train_reference(given, seed, folder):
    """Train into `folder`; the seconds of `Trainer.train`."""
    import transformers

    transformers.set_seed(seed)
    tokenizer = WordPieceTokenizer.train(Corpus([given.text]), VOCAB)
    tokenizer.save_pretrained(folder)
    store = TokenStore.build(Corpus([given.text]), tokenizer)
    config = reference_config(PretrainOptions(preset=given.preset), tokenizer.vocab_size)
    model = transformers.BertForMaskedLM(config)
    theirs = transformers.BertTokenizerFast.from_pretrained(folder)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    budget, start = parse_duration(given.time), time.perf_counter()

    def share_left(_step):
        return max(0.0, 1 - (time.perf_counter() - start) / budget)

    class StopInTime(transformers.TrainerCallback):
        def on_step_end(self, arguments, state, control, **more):
            control.should_training_stop = share_left(0) == 0

    trainer = transformers.Trainer(
        model,
        transformers.TrainingArguments(
            output_dir=str(folder),
            per_device_train_batch_size=BATCH,
            num_train_epochs=1000,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_steps=100,
            use_cpu=not torch.cuda.is_available(),
            seed=seed,
        ),
        train_dataset=[{"input_ids": chunk} for chunk in chunks(store, tokenizer)],
        data_collator=transformers.DataCollatorForLanguageModeling(theirs),
        optimizers=(optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share_left)),
        callbacks=[StopInTime()],
    )
    start = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - start
    model.save_pretrained(folder)
    return seconds


def chunks(store, tokenizer):
    """The text in chunks of equal length, the examples of the reference."""
    ids = [i for n in range(store.documents) for sentence in store.document(n) for i in sentence]
    width = SEQ_LEN - 2
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    return [[first, *ids[at : at + width], last] for at in range(0, len(ids) - width + 1, width)]


def reference_model(folder):
    import transformers

    model = transformers.BertForMaskedLM.from_pretrained(folder).eval()

    def answer(ids, segments, mask, positions):
        # It was trained on single segments, and has no head for pairs.
        hidden = model.bert(ids, attention_mask=mask, token_type_ids=torch.zeros_like(segments))[0]
        logits = model.cls(hidden.flatten(0, 1)[positions])
        return PreTrainingOutput(logits, torch.zeros(len(ids), 2))

    return answer


SIDES = {"minibert": (train_ours, load_model), "transformers": (train_reference, reference_model)}


def validation_set(given, tokenizer):
    store = TokenStore.build(Corpus([given.validation]), tokenizer)
    return PretrainingDataset(store, split="all", drop_last=False, batch_size=BATCH)


def word_overlap_accuracy(given, tokenizer, dataset):
    """The accuracy on validation pairs of a threshold on the overlap of words.

    The overlap is the share of the second segment's words that are in the first, weighted by
    rarity.
    """
    store = TokenStore.build(Corpus([given.text]), tokenizer)
    counts = np.asarray(store.token_counts())
    rarity = np.log(counts.sum() / np.maximum(counts, 1))
    training = PretrainingDataset(store, split="all", batch_size=BATCH)
    shares, labels = overlaps(training, rarity, batches=100)
    thresholds = np.quantile(shares, np.linspace(0, 1, 201))
    best = max(thresholds, key=lambda threshold: ((shares < threshold) == labels).mean())
    shares, labels = overlaps(dataset, rarity, dataset.batches_per_epoch(0))
    return ((shares < best) == labels).mean()


def overlaps(dataset, rarity, batches):
    shares, labels = [], []
    for index in range(min(batches, dataset.batches_per_epoch(0))):
        batch = dataset.batch(0, index)
        ids = batch.input_ids.copy()
        ids.reshape(-1)[batch.masked_lm_positions] = batch.masked_lm_ids  # the original ids
        for row, segments, mask in zip(
            ids, batch.token_type_ids, batch.attention_mask, strict=True
        ):
            kept = mask.astype(bool) & (row > 4)  # special tokens have the lowest ids
            first, second = (set(row[kept & (segments == n)]) for n in (0, 1))
            shares.append(weigh(first & second, rarity) / max(weigh(second, rarity), 1e-9))
        labels += batch.next_sentence_label.tolist()
    return np.array(shares), np.array(labels, dtype=bool)


def weigh(tokens, rarity):
    return sum(rarity[token] for token in tokens)


def in_its_own_process(name, *arguments):
    """Isolate each side from the memory and PyTorch caches of the other."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(SIDES[name][0], arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("--validation", required=True)
    parser.add_argument("--time", default="2m")
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--side", action="append", choices=SIDES, help="both by default")
    given = parser.parse_args()

    table = Table(
        "", "seed", "seconds", "loss", "per word", "per character", "accuracy", "NSP accuracy"
    )
    with tempfile.TemporaryDirectory() as work:
        for seed in given.seeds:
            for name in given.side or SIDES:
                folder = Path(work) / f"{name}-{seed}"
                seconds = in_its_own_process(name, given, seed, folder)
                tokenizer = WordPieceTokenizer.from_pretrained(folder)
                dataset = validation_set(given, tokenizer)
                found = evaluate_masked_lm(SIDES[name][1](folder), dataset, tokenizer)
                table.add_row(
                    name,
                    str(seed),
                    f"{seconds:.0f}",
                    f"{found.mlm_loss:.3f}",
                    f"{found.loss_per_word:.3f}",
                    f"{found.loss_per_character:.4f}",
                    f"{found.mlm_accuracy:.1%}",
                    f"{found.nsp_accuracy:.1%}" if name == "minibert" else "",
                )
        overlap = word_overlap_accuracy(given, tokenizer, dataset)
    table.caption = (
        f"{given.preset}, {given.time}, {torch.get_num_threads()} threads; the overlap of words "
        f"tells {overlap:.1%} of the {dataset.examples:,} validation pairs"
    )
    Console(width=max(Console().width, 100)).print(table)


if __name__ == "__main__":
    main()
