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
    """The options of `minibert explain`."""

    model: str | None = model()
    device: str = device()

    pair: str | None = option(None, TEXT, "Second text, encoded as a pair with the first.")
    sample: str | None = option(
        None,
        TEXT,
        "Text file whose sentences are used to measure attention patterns. Default: the sentences "
        "that come with minibert, or TEXT if the model does not know their words.",
    )
    top_k: int = option(
        5, TEXT, "Number of predicted and nearest tokens to show.", short="-k", minimum=1
    )

    layer: int | None = option(
        None, HEAD, "Layer of the head to show in detail, counted from 1.", minimum=1
    )
    head: int | None = option(None, HEAD, "Head in that layer, counted from 1.", minimum=1)

    html: str | None = option(None, FILES, "Write a self-contained HTML page.")
    svg: str | None = option(None, FILES, "Write the attention map of --layer and --head as SVG.")
    png: str | None = option(None, FILES, "Write the same map as PNG (requires the extra png).")

    def __post_init__(self) -> None:
        check(self)
        if (self.layer is None) != (self.head is None):
            raise OptionError("`layer` and `head` belong together; give both")
        for name in ("svg", "png"):
            if getattr(self, name) is not None and self.layer is None:
                raise OptionError(
                    f"`{name}` draws the attention map of one head; give `layer` and `head` too"
                )

    def one_head(self, config: BertConfig) -> tuple[int, int] | None:
        """The layer and head to show, counted from 0; None if none was chosen.

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
                raise OptionError(f"`{name}` is {given}, but the model has {there}")
        return self.layer - 1, self.head - 1
