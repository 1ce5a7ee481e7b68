"""Prints an explanation: tokens, embeddings, logit lens, surprisal, attention, head ablation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table
from rich.text import Text

from minibert.cli.views.attention_maps import Canvas, large_map, small_maps
from minibert.cli.views.numbers import bar

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod

    from minibert.interpretability.explanation import Explanation
    from minibert.interpretability.head_ablation import HeadAblation
    from minibert.interpretability.logit_lens import LogitLens
    from minibert.interpretability.nearest_tokens import NearestTokens
    from minibert.interpretability.surprisal import Surprisals

_TOKEN, _NEAR, _MOST_EFFECTS = 14, 3, 8
"""Maximum width of a token in cells, number of nearest tokens, number of ablated heads shown."""


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print all parts of an explanation."""
    canvas = Canvas.of(console)
    _print_title(console, explanation)
    _print_embeddings(console, canvas, explanation)
    for number, lens in enumerate(explanation.lenses, start=1):
        _print_lens(console, canvas, explanation, lens, _mask_name(explanation, number))
    if explanation.surprisals is not None:
        _print_surprisals(console, canvas, explanation, explanation.surprisals)
    _print_maps(console, canvas, explanation)
    for number, effects in enumerate(explanation.ablations, start=1):
        _print_effects(console, canvas, explanation, effects, _mask_name(explanation, number))
    console.print()
    console.print(
        Text("one head in detail: --layer 1 --head 1; in a browser: --html page.html", style="dim"),
        soft_wrap=True,
    )


def print_head(console: Console, explanation: Explanation, layer: int, head: int) -> None:
    """Print the attention weights of one head; layer and head are counted from 0."""
    canvas = Canvas.of(console)
    kind = explanation.patterns.names[layer][head]
    title = Text.assemble((f"layer {layer + 1}, head {head + 1}", "bold"), f"  {kind}")
    console.print(title)
    console.print(Text("attention from rows to columns, in percent", style="dim"))
    weights = explanation.activations.attentions[layer, head]
    _print_lines(console, large_map(canvas, explanation.encoding.tokens, weights))


def _print_lines(console: Console, lines: list[Text]) -> None:
    for line in lines:
        console.print(line, no_wrap=True, overflow="crop")


def _print_title(console: Console, explanation: Explanation) -> None:
    text = Text(explanation.text, style="bold")
    if explanation.pair is not None:
        text.append(" / ", style="dim").append(explanation.pair)
    text.highlight_words(["[MASK]"], style="reverse")
    console.print(text, soft_wrap=True)
    config = explanation.config
    console.print(
        Text(
            f"{explanation.model}: {config.num_hidden_layers} layers of "
            f"{config.num_attention_heads} heads, hidden size {config.hidden_size}, "
            f"{config.vocab_size:,} tokens",
            style="dim",
        ),
        soft_wrap=True,
    )


def _heading(console: Console, name: str, what: str) -> None:
    console.print()
    console.print(Text.assemble((name, "bold cyan"), "  ", (what, "dim")))


def _table(*columns: str, right: tuple[str, ...] = (), cut: tuple[str, ...] = ()) -> Table:
    """A table without lines; the columns in `cut` are truncated if there is no room."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        justify: JustifyMethod = "right" if name in right else "left"
        table.add_column(name, justify=justify, no_wrap=name not in cut)
    return table


def _print_embeddings(console: Console, canvas: Canvas, explanation: Explanation) -> None:
    _heading(
        console,
        "tokens and embeddings",
        "norms of the three embeddings and of their sum, and nearest tokens",
    )
    encoding, inside = explanation.encoding, explanation.activations
    numbers = ("#", "id", "word", "+ segment", "+ position", "= sum")
    wide = canvas.width >= 110
    near: tuple[str, ...] = ("near the word", "near the sum") if wide else ("near the word",)
    table = _table("#", "token", *numbers[1:], *near, right=numbers, cut=near)
    norms = [
        np.linalg.norm(vectors, axis=1)
        for vectors in (
            inside.word_embeddings,
            inside.token_type_embeddings,
            inside.position_embeddings,
            inside.embeddings,
        )
    ]
    for n, (token, id, added) in enumerate(
        zip(encoding.tokens, encoding.ids, encoding.special_tokens_mask, strict=True)
    ):
        segment = "magenta" if encoding.type_ids[n] else "cyan"
        found = [explanation.near_words, explanation.near_sums][: len(near)]
        table.add_row(
            str(n),
            Text(canvas.label(token, _TOKEN), style="dim" if added else f"bold {segment}"),
            Text(str(id), style="dim"),
            *(f"{norm[n]:.2f}" for norm in norms),
            *(_near(canvas, explanation, one, n) for one in found),
        )
    console.print(table)


def _near(canvas: Canvas, explanation: Explanation, near: NearestTokens, n: int) -> Text:
    tokens = [canvas.label(explanation.token(id), _TOKEN) for id in near.ids[n][:_NEAR]]
    return Text("  ".join(tokens), style="dim", no_wrap=True, overflow="ellipsis")


def _mask_name(explanation: Explanation, number: int) -> str:
    return "the mask" if len(explanation.lenses) == 1 else f"mask {number}"


def _print_lens(
    console: Console, canvas: Canvas, explanation: Explanation, lens: LogitLens, mask: str
) -> None:
    answer = canvas.label(explanation.token(lens.answer), _TOKEN)
    _heading(console, f"logit lens at {mask}", "predictions from the hidden state after each layer")
    shown = 3 if canvas.width < 100 else 5
    ranks = tuple(f"{rank}." for rank in range(1, shown + 1))
    table = _table("after", *ranks, answer, "", "rank", right=("rank",), cut=ranks)
    for layer, rank in enumerate(lens.answer_ranks):
        guesses = [
            Text.assemble(
                (
                    canvas.label(explanation.token(id), _TOKEN),
                    "bold green" if id == lens.answer else "",
                ),
                (f" {share:.0%}", "dim"),
                no_wrap=True,
                overflow="ellipsis",
            )
            for id, share in zip(lens.top_ids[layer], lens.top_probabilities[layer], strict=True)
        ]
        share = float(lens.answer_probabilities[layer])
        table.add_row(
            f"layer {layer}" if layer else "embeddings",
            *(guesses + [Text()] * shown)[:shown],
            Text(f"{share:6.1%}"),
            Text(bar(share, 10, ascii=canvas.ascii), style="green"),
            f"{rank:,}",
        )
    console.print(table)


def _print_surprisals(
    console: Console, canvas: Canvas, explanation: Explanation, surprisals: Surprisals
) -> None:
    _heading(console, "surprisal", "-ln p of each token when it alone is masked")
    most = float(surprisals.nats.max())
    table = _table("token", "nats", "", "prediction", right=("nats",))
    for position, nats, expected, share in zip(
        surprisals.positions,
        surprisals.nats,
        surprisals.expected_ids,
        surprisals.expected_probabilities,
        strict=True,
    ):
        table.add_row(
            Text(canvas.label(explanation.encoding.tokens[position], _TOKEN), style="bold"),
            f"{nats:.2f}",
            Text(bar(float(nats) / most if most else 0.0, 16, ascii=canvas.ascii), style="yellow"),
            Text.assemble(
                canvas.label(explanation.token(expected), _TOKEN), (f" {share:.0%}", "dim")
            ),
        )
    console.print(table)


def _print_maps(console: Console, canvas: Canvas, explanation: Explanation) -> None:
    _heading(console, "attention", "from rows to columns (by number)")
    console.print(
        Text(f"attention patterns are measured on {explanation.measured_on}", style="dim"),
        soft_wrap=True,
    )
    kinds = explanation.patterns.names
    for layer, maps in enumerate(explanation.activations.attentions):
        console.print()
        console.print(Text(f"layer {layer + 1}", style="bold"))
        titles = [
            [Text.assemble((f"{layer + 1}.{head + 1} ", "bold"), (kinds[layer][head], "cyan"))]
            for head in range(len(maps))
        ]
        _print_lines(console, small_maps(canvas, explanation.encoding.tokens, list(maps), titles))


def _print_effects(
    console: Console, canvas: Canvas, explanation: Explanation, effects: HeadAblation, mask: str
) -> None:
    answer = canvas.label(explanation.token(effects.answer), _TOKEN)
    _heading(
        console,
        f"head ablation at {mask}",
        f"{answer} has {effects.probability:.1%} with all heads",
    )
    numbers = ("head", answer, "change", "KL, nats")
    table = _table("head", "pattern", *numbers[1:], "prediction", right=numbers)
    heads = effects.divergences.shape[1]
    order = np.argsort(-effects.divergences, axis=None, kind="stable")
    for layer, head in (divmod(int(n), heads) for n in order[:_MOST_EFFECTS]):
        share = float(effects.probabilities[layer, head])
        change = share - effects.probability
        then = int(effects.answers[layer, head])
        table.add_row(
            f"{layer + 1}.{head + 1}",
            Text(explanation.patterns.names[layer][head], style="cyan"),
            f"{share:.1%}",
            Text(f"{change * 100:+.1f}", style="red" if change < 0 else "green"),
            f"{effects.divergences[layer, head]:.3f}",
            Text(
                canvas.label(explanation.token(then), _TOKEN),
                style="dim" if then == effects.answer else "bold",
            ),
        )
    console.print(table)
    others = effects.divergences.size - _MOST_EFFECTS
    if others > 0:
        console.print(Text(f"the other {others} heads change less", style="dim"))
