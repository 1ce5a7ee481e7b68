"""The options of `minibert embed`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, device, model, option
from minibert.errors import OptionError

POOLINGS = ("mean", "cls")
"""The vector of a text: the mean of its tokens' hidden states, or the hidden state of `[CLS]`."""

VECTORS, LINES = "Vectors", "Lines"


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """The options of `minibert embed`."""

    model: str | None = model()

    pooling: str = option(
        "mean",
        VECTORS,
        "Pooling: the mean of the tokens' hidden states, or the one of [CLS].",
        POOLINGS,
    )
    normalize: bool = option(False, VECTORS, "Scale each vector to unit length.")
    layer: int | None = option(
        None, VECTORS, "Layer of the hidden states, counted from 1; default: the last.", minimum=1
    )
    save: str | None = option(
        None,
        VECTORS,
        "Write a folder that sentence-transformers loads, and embed no texts.",
    )

    file: str | None = option(None, LINES, "File with one text per line.", short="-f")
    out: str | None = option(
        None,
        LINES,
        "Write the vectors to this .npy file, one row per text, instead of JSON lines.",
        short="-o",
    )

    device: str = device()

    def __post_init__(self) -> None:
        check(self)
        if self.out is not None and not self.out.endswith(".npy"):
            raise OptionError(f"`out` is {self.out}; its name must end in .npy")
        if self.save is not None and (self.out is not None or self.file is not None):
            raise OptionError("`save` embeds no texts; leave out `file` and `out`")
