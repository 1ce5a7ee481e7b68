"""One example in full: with its masks, and as it was."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.sections.data.examples import Example, Fate, Token

# Around a piece, so that nobody needs colors to tell what became of it.
MARKS: dict[Fate, tuple[str, str]] = {
    "seen": ("", ""),
    "masked": ("", ""),
    "replaced": ("~", "~"),
    "kept": ("=", "="),
}
STYLES: dict[Fate, str] = {
    "seen": "",
    "masked": "bold $text-primary on $primary-muted",
    "replaced": "bold $text-error on $error-muted",
    "kept": "bold $text-success on $success-muted",
}
SEGMENTS = ("A", "B")
SEGMENT_STYLES = ("$foreground", "$text-accent")

LEGEND = Content.assemble(
    ("[MASK]", STYLES["masked"]),
    " hidden   ",
    ("~word~", STYLES["replaced"]),
    " replaced   ",
    ("=word=", STYLES["kept"]),
    " kept: all three are predicted",
)


class ExampleText(Widget):
    """What the model gets, what of it is predicted, and the sentences themselves."""

    example: reactive[Example | None] = reactive(None, layout=True)

    def render(self) -> Content:
        """The whole example, wrapped."""
        if self.example is None:
            return Content("")
        tokens = self.example.tokens
        parts = [
            _facts(self.example),
            *_segments(tokens, _as_given),
            Content("\nas it was").stylize("$foreground 65%"),
            *_segments(tokens, _as_it_was),
        ]
        return Content("\n").join(parts)


def _facts(example: Example) -> Content:
    counts = example.counts()
    asked = len(example.tokens) - counts["seen"]
    fates = f"{counts['masked']} [MASK], {counts['replaced']} replaced, {counts['kept']} kept"
    parts = [
        *([example.label] if example.label else []),
        f"{len(example.tokens)} pieces and {example.padding} [PAD]",
        f"{asked} predicted: {fates}",
    ]
    return Content(" · ".join(parts) + "\n").stylize("$foreground 65%")


def _segments(tokens: list[Token], write: Callable[[Token], Content]) -> list[Content]:
    """A paragraph for each segment, under its letter."""
    found = []
    for segment, letter in enumerate(SEGMENTS):
        own = [token for token in tokens if token.segment == segment]
        if own:
            text = _joined(own, write).stylize_before(SEGMENT_STYLES[segment])
            found.append(Content.assemble((f"{letter}  ", f"bold {SEGMENT_STYLES[segment]}"), text))
    return found


def _joined(tokens: list[Token], write: Callable[[Token], Content]) -> Content:
    parts: list[Content] = []
    for token in tokens:
        parts += [Content("" if not parts or token.was.startswith("##") else " "), write(token)]
    return Content.assemble(*parts)


def _as_given(token: Token) -> Content:
    before, after = MARKS[token.fate]
    return Content(f"{before}{_name(token.piece)}{after}").stylize(STYLES[token.fate])


def _as_it_was(token: Token) -> Content:
    return Content(_name(token.was)).stylize("" if token.fate == "seen" else "bold underline")


def _name(piece: str) -> str:
    return piece[2:] if piece.startswith("##") and len(piece) > 2 else piece
