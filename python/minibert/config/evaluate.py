"""The options of `minibert evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from minibert.config.fields import check, device, errors, layout, option
from minibert.errors import OptionError

PllMethod = Literal["within-word-l2r", "original"]

DEFAULT_PLL: PllMethod = "within-word-l2r"

EVALUATION = "Evaluation"


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """The options of `minibert evaluate`; the default is the validation documents of the run."""

    text: str | None = option(
        None,
        EVALUATION,
        "Text instead of the run's validation documents: a file, folder, glob or - for standard "
        "input. With --pll: a file or - with one sentence per line.",
    )
    pll: str | None = option(
        None,
        EVALUATION,
        "Score the sentences of --text or of standard input by pseudo-log-likelihood. With "
        f"--minimal-pairs: the method, {DEFAULT_PLL} by default. within-word-l2r also masks the "
        "later tokens of the same word (Kauf and Ivanova 2023); original masks one token at a time "
        "(Salazar et al. 2020).",
        get_args(PllMethod),
    )
    minimal_pairs: str | None = option(
        None,
        EVALUATION,
        "Minimal pairs as BLiMP's JSON lines: a file, or a folder of .jsonl files.",
    )
    layout: str = layout()
    errors: str = errors()
    device: str = device()

    def __post_init__(self) -> None:
        check(self)
        if self.text is not None and self.minimal_pairs is not None:
            raise OptionError(
                "`text` and `minimal_pairs` are two different evaluations; leave one of them out"
            )
        for name in ("layout", "errors"):
            changed = getattr(self, name) != type(self).__dataclass_fields__[name].default
            if changed and (self.text is None or self.pll is not None):
                raise OptionError(f"`{name}` applies only to `text` without `pll`; leave it out")
