"""The options of `minibert predict`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, device, option, table_format, table_header

DATA = "Data"


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """What to label, and how to say it."""

    format: str = table_format()
    header: str = table_header()
    text: str | None = option(None, DATA, "The text's column; by default where it was in training.")
    pair: str | None = option(None, DATA, "The second text's column; likewise.")
    label: str | None = option(
        None, DATA, "A column of right labels: then it is also said how many were found."
    )

    device: str = device()

    def __post_init__(self) -> None:
        check(self)
