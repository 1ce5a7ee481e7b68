"""The options of `minibert predict`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, device, option, table_format, table_header

DATA = "Data"


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """The options of `minibert predict`."""

    format: str = table_format()
    header: str = table_header()
    text: str | None = option(None, DATA, "Column of the text; default: as in training.")
    pair: str | None = option(None, DATA, "Column of the second text; default: as in training.")
    label: str | None = option(
        None, DATA, "Column of the correct labels; the score is then reported."
    )

    device: str = device()

    def __post_init__(self) -> None:
        check(self)
