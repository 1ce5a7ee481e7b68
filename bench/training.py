"""Training steps of minibert and of Hugging Face's `BertForPreTraining`, side by side.

    uv run --group test python bench/training.py [--preset tiny] [--text FILE ...] [--rounds 5]

Both make whole optimizer steps on the same batches, of the default corpus if no text is named:
sequences of 128 tokens, batches of 32, a vocabulary of 8,192. The default recipe masks 30 % of the
tokens and the paper 15 %; both are measured, as the cost of minibert's MLM head depends on it. The
reference is as its users have it: fp32, sdpa attention, AdamW, clipping, dropout, the MLM head on
every position. Each side and mask rate has its own process; rounds alternate, and medians are
printed.

Positions are those of the batch, with padding, for both sides. Utilization is the share of the
machine's measured rate of matrix products (in minibert's precision on it, with the shapes of the
feed-forward layer) that the model itself needs: encoder on all tokens without padding, MLM head on
the masked ones, twice as much for gradients, no optimizer.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import resource
import statistics
import time

import torch

from minibert import BertForPreTraining, Budget, Corpus, PretrainingDataset, TokenStore, Trainer
from minibert.config import PretrainOptions
from minibert.config.recipe import RECIPES
from minibert.model.device import compute_dtype
from minibert.tokenizer.wordpiece import WordPieceTokenizer

BATCH, SEQ_LEN, VOCAB = 32, 128, 8192
MASKED = {RECIPES["minibert"].masked_lm_prob: "default", RECIPES["bert"].masked_lm_prob: "paper"}


class Ours:
    def __init__(self, options, dataset):
        config = options.config(VOCAB)
        self.trainer = Trainer(
            BertForPreTraining(config),
            dataset,
            recipe=dataclasses.replace(
                options.training_recipe(), masked_lm_prob=dataset.masked_lm_prob
            ),
            budget=Budget(steps=100_000),
            log_every=1,
        )
        self.rows = self.trainer.train()

    def step(self):
        next(self.rows)


class Reference:
    def __init__(self, options, dataset):
        import transformers

        self.model = transformers.BertForPreTraining(reference_config(options, VOCAB)).train()
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


def reference_config(options, vocab_size):
    """The same shape as its users have it, with dropout."""
    import transformers

    fields = dataclasses.asdict(options.config(vocab_size))
    fields |= {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}
    return transformers.BertConfig(**fields)


SIDES = {"minibert": Ours, "transformers": Reference}


def work(name, masked, preset, texts, steps, connection):
    """Run in a process: a round of steps for each message; sends seconds and MiB of peak memory."""
    side = SIDES[name](PretrainOptions(preset=preset), prepared(texts, masked))
    while connection.recv():
        start = time.perf_counter()
        for _ in range(steps):
            side.step()
        elapsed = time.perf_counter() - start
        connection.send((elapsed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def prepared(texts, masked):
    corpus = Corpus(texts) if texts else Corpus.default()
    tokenizer = WordPieceTokenizer.train(corpus, VOCAB)
    return PretrainingDataset(
        TokenStore.build(corpus, tokenizer),
        seq_len=SEQ_LEN,
        batch_size=BATCH,
        masked_lm_prob=masked,
    )


def model_flops(config, tokens, masked):
    """Floating-point operations of a forward and backward pass, two per multiply-add."""
    hidden, layers = config.hidden_size, config.num_hidden_layers
    per_token = layers * (12 * hidden**2 + 2 * SEQ_LEN * hidden)
    per_prediction = hidden**2 + hidden * VOCAB
    return 6 * (per_token * tokens + per_prediction * masked)


def product_rate(config):
    """The measured operations per second of the matrix products of the feed-forward layer."""
    hidden, dtype = config.hidden_size, compute_dtype(torch.device("cpu"))
    x = torch.randn(BATCH * SEQ_LEN, hidden).to(dtype)
    weight = torch.randn(4 * hidden, hidden).to(dtype)
    seconds = []
    for _ in range(200):
        start = time.perf_counter()
        torch.nn.functional.linear(x, weight)
        seconds.append(time.perf_counter() - start)
    return 2 * BATCH * SEQ_LEN * 4 * hidden**2 / min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--text", nargs="+", help="of the batches; the default corpus if left out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10, help="steps in a round")
    given = parser.parse_args()

    spawn = multiprocessing.get_context("spawn")
    connections, processes = {}, []
    for masked in MASKED:
        for name in SIDES:
            here, there = spawn.Pipe()
            arguments = (name, masked, given.preset, given.text, given.steps, there)
            processes.append(spawn.Process(target=work, args=arguments, daemon=True))
            processes[-1].start()
            connections[name, masked] = here
    seconds = {key: [] for key in connections}
    memory = {}
    for round_number in range(given.rounds + 1):
        for key, connection in connections.items():
            connection.send(True)
            elapsed, memory[key] = connection.recv()
            if round_number > 0:  # the first warms up
                seconds[key].append(elapsed / given.steps)

    for connection in connections.values():
        connection.send(False)
    for process in processes:  # the products below have the machine to themselves
        process.join()

    config = PretrainOptions(preset=given.preset).config(VOCAB)
    rate = product_rate(config)
    print(f"{given.preset}, {torch.get_num_threads()} threads; products: {rate / 1e9:.0f} GFLOP/s")
    for masked, source in MASKED.items():
        by_side = {name: seconds[name, masked] for name in SIDES}
        report(f"{masked:.0%} ({source})", prepared(given.text, masked), config, rate, by_side)
        for name in SIDES:
            print(f"{name:>14}  peak memory {memory[name, masked]:,.0f} MiB")


def report(title, dataset, config, rate, seconds):
    """Print the speed of each side, and their ratio, for one share of masked tokens."""
    batches = [dataset.batch(0, index) for index in range(50)]
    tokens = statistics.mean(int(batch.attention_mask.sum()) for batch in batches)
    masked = statistics.mean(len(batch.masked_lm_ids) for batch in batches)
    flops, positions = model_flops(config, tokens, masked), BATCH * SEQ_LEN
    print(
        f"masked {title}: steps of {positions:,} positions, {tokens / positions:.0%} of them tokens"
    )
    for name, values in seconds.items():
        median = statistics.median(values)
        print(
            f"{name:>14}  positions/s {positions / median:>8,.0f} "
            f"({positions / max(values):,.0f} to {positions / min(values):,.0f}), "
            f"tokens/s {tokens / median:>8,.0f}, utilization {flops / median / rate:.0%}"
        )
    ours, reference = seconds.values()
    ratios = [theirs / mine for mine, theirs in zip(ours, reference, strict=True)]
    print(f"         ratio  median {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
