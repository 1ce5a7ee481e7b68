"""The options of `minibert export`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, option

FORMAT = "Format"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The options of `minibert export`."""

    onnx: str | None = option(
        None, FORMAT, "ONNX file to write, such as model.onnx (requires the extra onnx)."
    )

    def __post_init__(self) -> None:
        check(self)
