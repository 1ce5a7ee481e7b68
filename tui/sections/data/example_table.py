"""The table of the examples of a batch."""

from __future__ import annotations

from rich.text import Text

from minibert.tui.sections.data.examples import Example
from minibert.tui.widgets.list_table import ListTable, right


class ExampleTable(ListTable):
    """A row for each example: number, pair label, tokens, and predicted tokens."""

    COLUMNS = (right("#"), Text("pair"), right("tokens"), right("predicted"))

    def set_examples(self, examples: list[Example]) -> None:
        """Show another batch."""
        self.set_rows([_cells(number, example) for number, example in enumerate(examples)])


def _cells(number: int, example: Example) -> tuple[Text, ...]:
    tokens = len(example.tokens)
    predicted = tokens - example.counts()["unselected"]
    return right(number, "dim"), Text(example.label or "-"), right(tokens), right(predicted)
