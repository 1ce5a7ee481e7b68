"""What each layer would answer at a mask, the last layer first: the logit lens."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.color_scale import LEVELS, ColorScale
from minibert.tui.models.predictions import TokenPrediction
from minibert.tui.sections.fill.predictions import LayerPredictions, MaskPredictions
from minibert.tui.text import label

NAME, RANK = 11, 8  # columns of a layer's name, and of the rank
LEAST, MOST = 15, 24  # columns of an answer


class LensTable(Widget):
    """A row a layer: its likeliest answers, shaded by that, and the rank of the model's own."""

    mask: reactive[MaskPredictions | None] = reactive(None)

    def render(self) -> Content:
        """The rows."""
        if self.mask is None:
            return Content("")
        ranked = self.size.width >= NAME + LEAST + RANK
        room = self.size.width - NAME - RANK * ranked
        answers = max(1, min(len(self.mask.layers[0].guesses), room // LEAST))
        width = min(MOST, room // answers)
        rows = [
            self._row(number, self.mask.layers[number], answers, width, ranked)
            for number in _spread(len(self.mask.layers), self.size.height - 1)
        ]
        return Content("\n").join([self._heading(answers * width) if ranked else "", *rows])

    def _heading(self, width: int) -> Content:
        assert self.mask is not None
        best = self.mask.guesses[0].piece
        whole = NAME + width + RANK - 2
        text = label(f"rank of {best}", min(whole, cell_len(best) + 8))
        return Content(" " * (whole - cell_len(text)) + text).stylize("$foreground 65%")

    def _row(
        self, number: int, layer: LayerPredictions, answers: int, width: int, ranked: bool
    ) -> Content:
        name = f"layer {number}" if number else "embeddings"
        parts = [_cell(guess, width, ColorScale.of(self.app)) for guess in layer.guesses[:answers]]
        rank = f"{layer.rank:>{RANK - 2},}" if ranked else ""
        style = "bold" if layer.rank == 1 else "$foreground 65%"
        return Content.assemble((label(name, NAME), "$foreground 75%"), *parts, (rank, style))


def _cell(guess: TokenPrediction, width: int, ramp: ColorScale) -> Content:
    level = round(guess.score**0.5 * (LEVELS - 1))
    glyph = ramp.glyph(level) if ramp.plain else " "
    text = f"{glyph}{label(guess.piece, max(0, width - 8))}{100 * guess.score:4.0f} %"
    return Content.assemble((text, ramp.look(level)), " ")


def _spread(layers: int, rows: int) -> list[int]:
    """From the last layer down to the embeddings, evenly some of them where they do not fit."""
    if layers <= rows:
        return list(range(layers - 1, -1, -1))
    steps = max(1, rows - 1)
    return [round((layers - 1) * (1 - step / steps)) for step in range(max(1, rows))]
