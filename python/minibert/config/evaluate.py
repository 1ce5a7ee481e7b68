"""The options of `minibert evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from minibert.config.fields import check, device, errors, flag, layout, option
from minibert.errors import OptionError

PllMethod = Literal["within-word-l2r", "original"]

DEFAULT_PLL: PllMethod = "within-word-l2r"

WHAT = "What"


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """What to evaluate a model on; the text that its run held out, if nothing is said."""

    text: str | None = option(
        None,
        WHAT,
        "Text instead of what the run held out: a file, folder, glob or - for standard input. With "
        "--pll a file, or -, of a sentence a line.",
    )
    pll: str | None = option(
        None,
        WHAT,
        "Score sentences by pseudo-log-likelihood, those of --text or of standard input; or the "
        f"way to score minimal pairs, {DEFAULT_PLL} by default. within-word-l2r also masks the "
        "rest of a piece's word (Kauf and Ivanova 2023), original the piece alone (Salazar et al. "
        "2020).",
        get_args(PllMethod),
    )
    minimal_pairs: str | None = option(
        None, WHAT, "Minimal pairs in BLiMP's JSON lines: a file, or a folder of .jsonl files."
    )
    layout: str = layout()
    errors: str = errors()
    device: str = device()

    def __post_init__(self) -> None:
        check(self)
        if self.text is not None and self.minimal_pairs is not None:
            raise OptionError(
                "--text and --minimal-pairs are two evaluations; leave one of them out"
            )
        for name in ("layout", "errors"):
            changed = getattr(self, name) != type(self).__dataclass_fields__[name].default
            if changed and (self.text is None or self.pll is not None):
                raise OptionError(
                    f"{flag(name)} is of a text whose masked words are predicted, as --text names "
                    "it without --pll; leave it out"
                )
