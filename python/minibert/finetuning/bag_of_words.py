"""What words alone tell: logistic regression on a bag of words, beside which a BERT is judged.

Words and pairs of neighbouring words, each counted once a text, weighted by how rare it is, and of
length 1 together (tf-idf; Manning et al. 2008, section 6.2); a linear model on these with an L2
penalty, by L-BFGS. Numbers are predicted by the same with squared errors. For the label of a word
the bag has the word, its ending, and the words beside it.

Shapes: N examples, L labels, F features.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from minibert.finetuning.examples.columns import Example

_WORD = re.compile(r"\w+|[^\w\s]")
PENALTY = 0.1
"""What half the squared weights count beside the summed losses of all examples."""


def bag_of_words(
    train: Sequence[Example],
    targets: NDArray[Any],
    labels: int,
    test: Sequence[Example],
    class_weights: NDArray[Any] | None = None,
) -> NDArray[np.float32]:
    """What a bag of words, fitted to some examples, says of others.

    Args:
        train: the examples to fit to.
        targets: (N,), their labels' numbers, or values; of words end to end.
        labels: L; 1 for values.
        test: the examples to label.
        class_weights: (L,), what a label's examples count.

    Returns:
        Logits (M, L), or values (M, 1), of the M others, or of their words.
    """
    bags = [sorted(bag) for example in train for bag in _bags(example)]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(f for bag in bags for f in bag))}
    documents = np.bincount([numbers[f] for bag in bags for f in bag], minlength=len(numbers))
    rarity = torch.from_numpy(np.log((1 + len(bags)) / (1 + documents)) + 1).float()
    weight, bias = _fitted(
        _Bags(bags, numbers, rarity), torch.from_numpy(targets), labels, class_weights
    )
    others = [sorted(bag) for example in test for bag in _bags(example)]
    return (_Bags(others, numbers, rarity).times(weight) + bias).numpy()


class _Bags:
    """Bags as a sparse matrix (N, F), each row of length 1."""

    def __init__(self, bags: list[list[str]], numbers: dict[str, int], rarity: Tensor) -> None:
        known = [[numbers[name] for name in bag if name in numbers] for bag in bags]
        self.features = torch.tensor([n for bag in known for n in bag], dtype=torch.long)
        self.starts = torch.tensor([0, *np.cumsum([len(bag) for bag in known])[:-1]])
        rows = torch.repeat_interleave(torch.tensor([len(bag) for bag in known]))
        values = rarity[self.features]
        squares = torch.zeros(len(bags)).index_add_(0, rows, values**2)
        self.values = values / squares.sqrt()[rows]

    def times(self, weight: Tensor) -> Tensor:
        """The product with a matrix (F, L)."""
        return F.embedding_bag(
            self.features, weight, self.starts, mode="sum", per_sample_weights=self.values
        )


def _fitted(
    bags: _Bags, targets: Tensor, labels: int, class_weights: NDArray[Any] | None
) -> tuple[Tensor, Tensor]:
    """The weights (F, L) and biases (L,) of the least loss; biases are free of the penalty."""
    weight = torch.zeros(int(bags.features.max()) + 1, labels, requires_grad=True)
    bias = torch.zeros(labels, requires_grad=True)
    of_labels = None if class_weights is None else torch.from_numpy(class_weights)
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=100, tolerance_grad=1e-2, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits = bags.times(weight) + bias
        if targets.is_floating_point():
            total = F.mse_loss(logits[:, 0], targets, reduction="sum") / 2
        else:
            total = F.cross_entropy(logits, targets, of_labels, reduction="sum")
        total = total + PENALTY / 2 * (weight**2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()


def _bags(example: Example) -> Iterable[set[str]]:
    """What there is of an example, or of each of its words."""
    if not isinstance(example.text, str):
        return [_of_word(example.text, n) for n in range(len(example.text))]
    if example.pair is None:
        return [_of_text(example.text)]
    first, second = _of_text(example.text), _of_text(example.pair)
    marked = [("1 ", first - second), ("2 ", second - first), ("12 ", first & second)]
    return [{mark + name for mark, names in marked for name in names}]


def _of_text(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {*words, *(f"{a} {b}" for a, b in pairwise(words))}


def _of_word(words: Sequence[str], n: int) -> set[str]:
    before = words[n - 1].lower() if n else "<s>"
    after = words[n + 1].lower() if n + 1 < len(words) else "</s>"
    shape = "upper" if words[n].isupper() else "title" if words[n].istitle() else "other"
    word = words[n].lower()
    return {f"= {word}", f"< {before}", f"> {after}", f"- {word[-3:]}", f"shape {shape}"}
