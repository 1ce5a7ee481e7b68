"""The MLM loss and its gradients: minibert's function and PyTorch's, side by side.

    uv run --group test python bench/losses.py [--preset tiny] [--masked 0.3] [--rounds 7]

Each way computes the logits of the masked tokens of a batch (the last matrix product of the MLM
head), the cross entropy, and the gradients of hidden states, token embeddings and bias, in the
precision that training uses on this machine, or in both with `--both`:

- minibert: `losses.pretraining_loss`, which also counts the right predictions;
- cross_entropy: `F.linear` and `F.cross_entropy` on float32 logits;
- linear_cross_entropy: `F.linear_cross_entropy` (PyTorch 2.15), its reference path;
- chunked: the same with `LinearCrossEntropyOptions()`, which never stores all logits.

Each works in a process of its own. Rounds alternate; medians are printed, and the peak of memory
above that of the process before its first step.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import time

import torch
import torch.nn.functional as F

from minibert.config.model import PRESETS
from minibert.model.bert import PreTrainingOutput
from minibert.model.device import compute_dtype
from minibert.model.losses import pretraining_loss

POSITIONS, VOCAB = 32 * 128, 8192


def ours(hidden, table, bias, labels):
    logits = F.linear(hidden, table, bias)
    batch = {"masked_lm_ids": labels, "next_sentence_label": labels[:0]}
    return pretraining_loss(PreTrainingOutput(logits, logits[:0]), batch)[0]


def cross_entropy(hidden, table, bias, labels):
    return F.cross_entropy(F.linear(hidden, table, bias).float(), labels)


def linear_cross_entropy(hidden, table, bias, labels):
    return F.linear_cross_entropy(hidden, table, labels, linear_bias=bias)


def chunked(hidden, table, bias, labels):
    options = torch.nn.LinearCrossEntropyOptions()
    return F.linear_cross_entropy(hidden, table, labels, linear_bias=bias, options=options)


WAYS = {
    "minibert": ours,
    "cross_entropy": cross_entropy,
    "linear_cross_entropy": linear_cross_entropy,
    "chunked": chunked,
}


def work(name, hidden_size, masked, dtype, steps, connection):
    """The life of a process: a round of steps per message; seconds and MiB go back."""
    torch.manual_seed(0)
    hidden = torch.randn(masked, hidden_size, requires_grad=True)
    table = (0.02 * torch.randn(VOCAB, hidden_size)).requires_grad_()
    bias = torch.zeros(VOCAB, requires_grad=True)
    labels = torch.randint(0, VOCAB, (masked,))
    before = peak()
    while connection.recv():
        start = time.perf_counter()
        for _ in range(steps):
            with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
                loss = WAYS[name](hidden, table, bias, labels)
            loss.backward()
            hidden.grad = table.grad = bias.grad = None
        connection.send(
            ((time.perf_counter() - start) / steps, peak() - before, float(loss.detach()))
        )


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(hidden_size, masked, dtype, given):
    spawn = multiprocessing.get_context("spawn")
    connections, processes = {}, []
    for name in WAYS:
        here, there = spawn.Pipe()
        arguments = (name, hidden_size, masked, dtype, given.steps, there)
        processes.append(spawn.Process(target=work, args=arguments, daemon=True))
        processes[-1].start()
        connections[name] = here
    seconds, memory, losses = {name: [] for name in WAYS}, {}, {}
    for round_number in range(given.rounds + 1):
        for name, connection in connections.items():
            connection.send(True)
            elapsed, memory[name], losses[name] = connection.recv()
            if round_number > 0:  # the first warms up
                seconds[name].append(elapsed)
    for connection in connections.values():
        connection.send(False)
    for process in processes:
        process.join()
    print(f"{masked:,} masked tokens, hidden size {hidden_size}, {VOCAB:,} tokens, {dtype}")
    for name, values in seconds.items():
        pairs = zip(seconds["minibert"], values, strict=True)
        ratio = statistics.median(theirs / mine for mine, theirs in pairs)
        print(
            f"{name:>21}  {1000 * statistics.median(values):>7.2f} ms  ratio {ratio:.2f}, "
            f"peak memory +{memory[name]:.0f} MiB, loss {losses[name]:.4f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--masked", type=float, default=0.3, help="share of the 4,096 positions")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=10, help="steps in a round")
    parser.add_argument("--both", action="store_true", help="float32 and bfloat16")
    given = parser.parse_args()
    dtypes = [torch.float32, torch.bfloat16] if given.both else [compute_dtype(torch.device("cpu"))]
    preset = PRESETS[given.preset]
    for dtype in dtypes:
        measure(preset.hidden_size, round(given.masked * POSITIONS), dtype, given)


if __name__ == "__main__":
    main()
