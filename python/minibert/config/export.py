"""The options of `minibert export`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, option

FORMAT = "Format"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """As what a model is written for other programs."""

    onnx: str | None = option(
        None, FORMAT, "An ONNX file, such as model.onnx; with an optional extra."
    )

    def __post_init__(self) -> None:
        check(self)
