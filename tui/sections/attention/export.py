"""The attention of a head as a file; made in the models' thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import FileError, OptionError
from minibert.io.files import write_atomically
from minibert.tui.models.encoding import split_pair

if TYPE_CHECKING:
    from minibert.model.pretrained import Pretrained

FORMS = (".svg", ".png", ".html")


def export_head(loaded: Pretrained, text: str, head: tuple[int, int], path: Path) -> None:
    """Write a head's map as SVG or PNG, or all heads as a page of HTML, by the file's ending.

    Raises:
        OptionError: the ending is another, or a PNG needs what is not installed.
        FileError: the file is there already, or cannot be written.
        TextError: the text cannot be read.
    """
    from minibert.interpretability.explain import explain

    form = path.suffix.lower()
    if form not in FORMS:
        raise OptionError(f"{path.name} ends in none of {', '.join(FORMS)}")
    if path.exists():
        raise FileError(f"{path} is there already: give another name")
    first, second = split_pair(text)
    explanation = explain(first, loaded, pair=second)
    if form == ".html":
        data = explanation.to_html().encode()
    elif form == ".svg":
        data = explanation.to_svg(*head).encode()
    else:
        data = explanation.to_png(*head)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from None
