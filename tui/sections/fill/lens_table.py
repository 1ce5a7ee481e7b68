"""The logit lens at a mask: the predictions after each layer, the last layer first."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.color_scale import LEVELS, ColorScale
from minibert.tui.models.predictions import TokenPrediction
from minibert.tui.sections.fill.predictions import LayerPredictions, MaskPredictions
from minibert.tui.text import label

NAME, RANK = 11, 8  # cells for a layer's name, and for the rank
MIN_CELL, MAX_CELL = 15, 24  # cells for a prediction


class LensTable(Widget):
    """A row for each layer: its best predictions, colored by probability, and a rank.

    The rank is that of the model's best prediction among the predictions of the layer.

    Attributes:
        mask: the mask whose layers are shown, or None.
    """

    mask: reactive[MaskPredictions | None] = reactive(None)

    def render(self) -> Content:
        """Draw as many predictions and layers as fit."""
        if self.mask is None:
            return Content("")
        ranked = self.size.width >= NAME + MIN_CELL + RANK
        room = self.size.width - NAME - RANK * ranked
        count = max(1, min(len(self.mask.layers[0].predictions), room // MIN_CELL))
        width = min(MAX_CELL, room // count)
        rows = [
            self._row(number, self.mask.layers[number], count, width, ranked)
            for number in _shown_layers(len(self.mask.layers), self.size.height - 1)
        ]
        return Content("\n").join([self._heading(count * width) if ranked else "", *rows])

    def _heading(self, width: int) -> Content:
        assert self.mask is not None
        best = self.mask.predictions[0].token
        whole = NAME + width + RANK - 2
        text = label(f"rank of {best}", min(whole, cell_len(best) + 8))
        return Content(" " * (whole - cell_len(text)) + text).stylize("$foreground 65%")

    def _row(
        self, number: int, layer: LayerPredictions, count: int, width: int, ranked: bool
    ) -> Content:
        name = f"layer {number}" if number else "embeddings"
        scale = ColorScale.from_app(self.app)
        cells = [_cell(prediction, width, scale) for prediction in layer.predictions[:count]]
        rank = f"{layer.rank:>{RANK - 2},}" if ranked else ""
        style = "bold" if layer.rank == 1 else "$foreground 65%"
        return Content.assemble((label(name, NAME), "$foreground 75%"), *cells, (rank, style))


def _cell(prediction: TokenPrediction, width: int, scale: ColorScale) -> Content:
    level = round(prediction.score**0.5 * (LEVELS - 1))
    glyph = scale.glyph(level) if scale.no_color else " "
    text = f"{glyph}{label(prediction.token, max(0, width - 8))}{100 * prediction.score:4.0f} %"
    return Content.assemble((text, scale.style(level)), " ")


def _shown_layers(layers: int, rows: int) -> list[int]:
    """The layers from the last one down to the embeddings; if they do not fit, some, evenly."""
    if layers <= rows:
        return list(range(layers - 1, -1, -1))
    steps = max(1, rows - 1)
    return [round((layers - 1) * (1 - step / steps)) for step in range(max(1, rows))]
