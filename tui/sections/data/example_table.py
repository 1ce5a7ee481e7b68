"""The examples of a batch, one a row."""

from __future__ import annotations

from rich.text import Text

from minibert.tui.sections.data.examples import Example
from minibert.tui.widgets.list_table import ListTable, right


class ExampleTable(ListTable):
    """Number, label, pieces, and how many of them are predicted."""

    COLUMNS = (right("#"), Text("pair"), right("pieces"), right("predicted"))

    def list_examples(self, examples: list[Example]) -> None:
        """Show another batch."""
        self.list_rows([_cells(number, example) for number, example in enumerate(examples)])


def _cells(number: int, example: Example) -> tuple[Text, ...]:
    pieces = len(example.tokens)
    predicted = pieces - example.counts()["seen"]
    return right(number, "dim"), Text(example.label or "-"), right(pieces), right(predicted)
