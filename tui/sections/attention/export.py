"""Writing attention to a file, in the thread of `ModelWorker`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import FileError, OptionError
from minibert.io.files import write_atomically
from minibert.tui.models.encoding import split_pair

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained

FORMATS = (".svg", ".png", ".html")


def export_head(loaded: Pretrained, text: str, head: tuple[int, int], path: Path) -> None:
    """Write the map of a head as SVG or PNG, or all heads as an HTML page, by the file's suffix.

    Raises:
        OptionError: the suffix is another one, or the extra `png` is not installed.
        FileError: the file exists or cannot be written.
        TextError: the text cannot be tokenized for the model.
    """
    from minibert.interpretability.explain import explain

    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise OptionError(f"{path.name} must end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if path.exists():
        raise FileError(f"{path} exists; choose another name")
    first, second = split_pair(text)
    explanation = explain(first, loaded, pair=second)
    if suffix == ".html":
        data = explanation.to_html().encode()
    elif suffix == ".svg":
        data = explanation.to_svg(*head).encode()
    else:
        data = explanation.to_png(*head)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from None
