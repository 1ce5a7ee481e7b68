"""The options of `minibert explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minibert.config.fields import check, device, model, option
from minibert.errors import OptionError

if TYPE_CHECKING:
    from minibert.config.model import BertConfig

TEXT, HEAD, FILES = "Text", "One head", "Files"


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """Which model to look into, at what, and where to put what is seen."""

    model: str | None = model()
    device: str = device()

    pair: str | None = option(None, TEXT, "A second text, read together with the first.")
    sample: str | None = option(
        None,
        TEXT,
        "Measure what heads look at on some sentences of this text file; by default on those that "
        "come with minibert, or on TEXT where the model does not know their words.",
    )
    top_k: int = option(5, TEXT, "Likeliest and nearest pieces.", short="-k")

    layer: int | None = option(None, HEAD, "Show the map of one head large: its layer, from 1.")
    head: int | None = option(None, HEAD, "And its number in the layer, from 1.")

    html: str | None = option(None, FILES, "Write one page for a browser, which needs no network.")
    svg: str | None = option(None, FILES, "Write the map of --layer and --head as a drawing.")
    png: str | None = option(None, FILES, "Write it as pixels (needs the extra png).")

    def __post_init__(self) -> None:
        check(self)
        if (self.layer is None) != (self.head is None):
            raise OptionError("one of --layer and --head is missing; give both, such as 1 and 2")
        for name in ("svg", "png"):
            if getattr(self, name) is not None and self.layer is None:
                raise OptionError(
                    f"--{name} is the map of one head; say which by --layer and --head"
                )

    def one_head(self, config: BertConfig) -> tuple[int, int] | None:
        """The layer and head to show, from 0.

        Raises:
            OptionError: the model has no such layer or head.
        """
        if self.layer is None or self.head is None:
            return None
        for name, given, most in (
            ("layer", self.layer, config.num_hidden_layers),
            ("head", self.head, config.num_attention_heads),
        ):
            if given > most:
                there = f"{most} {name}s" if most > 1 else f"one {name}"
                raise OptionError(f"--{name} is {given}, but the model has {there}")
        return self.layer - 1, self.head - 1
