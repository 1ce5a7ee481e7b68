"""The options of `minibert embed`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, device, model, option
from minibert.errors import OptionError

POOLINGS = ("mean", "cls")

"""How the vectors of a text's pieces become one: their mean, or that of `[CLS]`."""

VECTORS, LINES = "Vectors", "Lines"


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """Which model makes vectors, how, and where they go."""

    model: str | None = model()

    pooling: str = option(
        "mean", VECTORS, "The mean of the vectors of a text's pieces, or that of [CLS].", POOLINGS
    )
    normalize: bool = option(False, VECTORS, "Make every vector 1 long.")
    layer: int | None = option(
        None, VECTORS, "The layer whose vectors are taken, from 1; the last by default."
    )
    save: str | None = option(
        None,
        VECTORS,
        "Write the model as a folder that sentence-transformers loads, and read no texts.",
    )

    file: str | None = option(None, LINES, "Read texts from this file, one a line.", short="-f")
    out: str | None = option(
        None,
        LINES,
        "Write the vectors to this .npy file, a row a text, instead of lines of JSON.",
        short="-o",
    )

    device: str = device()

    def __post_init__(self) -> None:
        check(self)
        if self.layer is not None and self.layer < 1:
            raise OptionError(f"--layer is {self.layer}; it must be 1 or more")
        if self.out is not None and not self.out.endswith(".npy"):
            raise OptionError(f"--out is {self.out}; its name must end in .npy")
        if self.save is not None and (self.out is not None or self.file is not None):
            raise OptionError("--save reads no texts; leave out --file and --out")
