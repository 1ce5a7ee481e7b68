"""The text of one example: as the model gets it, and the original."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.sections.data.examples import Example, Masking, Token

# Characters around a token, so that its masking is visible without colors.
MARKS: dict[Masking, tuple[str, str]] = {
    "unselected": ("", ""),
    "masked": ("", ""),
    "random": ("~", "~"),
    "unchanged": ("=", "="),
}
STYLES: dict[Masking, str] = {
    "unselected": "",
    "masked": "bold $text-primary on $primary-muted",
    "random": "bold $text-error on $error-muted",
    "unchanged": "bold $text-success on $success-muted",
}
SEGMENTS = ("A", "B")
SEGMENT_STYLES = ("$foreground", "$text-accent")

LEGEND = Content.assemble(
    ("[MASK]", STYLES["masked"]),
    " masked   ",
    ("~word~", STYLES["random"]),
    " random   ",
    ("=word=", STYLES["unchanged"]),
    " unchanged: all three are predicted",
)


class ExampleText(Widget):
    """The segments as the model gets them, with the masking marked, and the original segments.

    Attributes:
        example: what is shown, or None.
    """

    example: reactive[Example | None] = reactive(None, layout=True)

    def render(self) -> Content:
        """Draw the example, wrapped."""
        if self.example is None:
            return Content("")
        tokens = self.example.tokens
        parts = [
            _facts(self.example),
            *_segments(tokens, _input_token),
            Content("\noriginal").stylize("$foreground 65%"),
            *_segments(tokens, _original_token),
        ]
        return Content("\n").join(parts)


def _facts(example: Example) -> Content:
    counts = example.counts()
    predicted = len(example.tokens) - counts["unselected"]
    maskings = (
        f"{counts['masked']} [MASK], {counts['random']} random, {counts['unchanged']} unchanged"
    )
    parts = [
        *([example.label] if example.label else []),
        f"{len(example.tokens)} tokens and {example.padding} [PAD]",
        f"{predicted} predicted: {maskings}",
    ]
    return Content(" · ".join(parts) + "\n").stylize("$foreground 65%")


def _segments(tokens: list[Token], write: Callable[[Token], Content]) -> list[Content]:
    """A paragraph for each segment, with its letter."""
    paragraphs = []
    for segment, letter in enumerate(SEGMENTS):
        own = [token for token in tokens if token.segment == segment]
        if own:
            text = _joined(own, write).stylize_before(SEGMENT_STYLES[segment])
            paragraphs.append(
                Content.assemble((f"{letter}  ", f"bold {SEGMENT_STYLES[segment]}"), text)
            )
    return paragraphs


def _joined(tokens: list[Token], write: Callable[[Token], Content]) -> Content:
    parts: list[Content] = []
    for token in tokens:
        parts += [
            Content("" if not parts or token.original.startswith("##") else " "),
            write(token),
        ]
    return Content.assemble(*parts)


def _input_token(token: Token) -> Content:
    before, after = MARKS[token.masking]
    return Content(f"{before}{_text(token.token)}{after}").stylize(STYLES[token.masking])


def _original_token(token: Token) -> Content:
    style = "" if token.masking == "unselected" else "bold underline"
    return Content(_text(token.original)).stylize(style)


def _text(token: str) -> str:
    """A token without the `##` of a continuation."""
    return token[2:] if token.startswith("##") and len(token) > 2 else token
