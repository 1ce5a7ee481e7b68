"""Results as a person reads them: the answers at a mask, the end of a training, what was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from minibert.options import PAIR_TASKS
from minibert.sizes import format_size

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.comparison import Comparison, Summary
    from minibert.fill import Filled
    from minibert.learn import Learned
    from minibert.prepare import Prepared
    from minibert.pretrain import Outcome

_EIGHTHS = " ▏▎▍▌▋▊▉"
_BAR_WIDTH = 24


def print_answers(console: Console, text: str, answers: list[Any], was: str | None = None) -> None:
    """The text, and below it the answers for each of its masks, with their probabilities as bars.

    Args:
        console: where to.
        text: the text with its masks.
        answers: as `FillMask` returns them for one text.
        was: the word that stood at the mask, where that is known.
    """
    console.print(Text(text, style="bold"), soft_wrap=True)
    masks: list[list[Filled]] = answers if isinstance(answers[0], list) else [answers]
    for number, mask in enumerate(masks, start=1):
        if len(masks) > 1:
            console.print(Text(f"  mask {number}", style="dim"))
        table = Table.grid(padding=(0, 1))
        for answer in mask:
            hit = answer["token_str"] == was
            table.add_row(
                Text(f"  {answer['token_str']}", style="green" if hit else ""),
                Text(f"{answer['score']:6.1%}", style="dim"),
                Text(bar(answer["score"]), style="cyan"),
            )
        console.print(table)
    if was is not None:
        console.print(Text(f"  it was: {was}", style="dim"))


def bar(share: float, width: int = _BAR_WIDTH) -> str:
    """A bar of a share between 0 and 1, drawn in eighths of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def print_outcome(console: Console, outcome: Outcome) -> None:
    """How a training ended: where the run is, its last evaluation, and its sentences filled."""
    path = outcome.run.path
    if not outcome.finished:
        console.print(f"stopped at step {outcome.step:,}; saved in {path}", soft_wrap=True)
        console.print(f"go on with: minibert pretrain --resume --out {path}", soft_wrap=True)
        return
    row = outcome.evaluation
    if row is not None:
        pairs = ""
        if row.nsp_accuracy is not None:
            task = PAIR_TASKS[outcome.run.manifest["options"].get("objective", "next_sentence")]
            pairs = f", {task} accuracy {row.nsp_accuracy:.1%}"
        console.print(
            f"held out after {outcome.step:,} steps: MLM loss {row.mlm_loss:.3f}, "
            f"MLM accuracy {row.mlm_accuracy:.1%}{pairs}",
            soft_wrap=True,
        )
    for question in outcome.questions:
        console.print()
        print_answers(console, question.text, question.answers, question.was)
    console.print()
    console.print(f"the model is in {path}", soft_wrap=True)
    console.print(f'ask it more: minibert fill --model {path} "the \\[MASK] sat"', soft_wrap=True)


def print_vocabulary(console: Console, learned: Learned) -> None:
    """A new vocabulary: its size, what it makes of the words, and some of its pieces."""
    vocabulary = learned.vocabulary
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    few = "" if len(vocabulary.pieces) == learned.asked_for else "; the text has no more"
    table.add_row("pieces", f"{len(vocabulary.pieces):,}{few}")
    table.add_row(
        "words", f"{vocabulary.words:,}, {vocabulary.different_words:,} of them different"
    )
    table.add_row("", f"{_share(vocabulary.whole_words, vocabulary.words)} are one piece")
    table.add_row("", f"{_share(vocabulary.unknown_words, vocabulary.words)} are \\[UNK]")
    for name, pieces in _examples(vocabulary.pieces):
        table.add_row(name, Text("  ".join(pieces)))
    table.add_row("seconds", f"{learned.seconds:.2f}")
    console.print(table)
    console.print(Text(f"the tokenizer is in {learned.path}"), soft_wrap=True)


def print_prepared(console: Console, prepared: Prepared) -> None:
    """Tokens in a folder: how many, in how many bytes, and where they are."""
    store = prepared.store
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    table.add_row("documents", f"{store.documents:,}")
    table.add_row("sentences", f"{store.sentences:,}")
    table.add_row("tokens", f"{store.tokens:,} in {format_size(store.stored_bytes)}")
    unknown = int(store.token_counts()[prepared.tokenizer.unk_token_id])
    table.add_row("", f"{_share(unknown, store.tokens)} are \\[UNK]")
    table.add_row("pieces", f"{prepared.tokenizer.vocab_size:,}")
    table.add_row("layout", store.corpus_summary.describe_layout())
    table.add_row("seconds", f"{prepared.seconds:.2f}")
    console.print(table)
    console.print(Text(f"the tokens are in {prepared.path}"), soft_wrap=True)


def print_runs(console: Console, summaries: list[Summary]) -> None:
    """A line for each run: its state, how far it came, its loss and its size."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("run", "state"):
        table.add_column(name, overflow="fold")
    for name in ("step", "MLM loss", "parameters", "on disk", "began"):
        table.add_column(name, justify="right", no_wrap=True)
    for run in summaries:
        loss = "" if run.mlm_loss is None else f"{run.mlm_loss:.3f}"
        table.add_row(
            Text(run.name, style="bold"),
            run.state,
            f"{run.step:,}",
            loss + (" (training)" if run.split == "train" else ""),
            _number(run.parameters),
            format_size(run.stored_bytes),
            run.created[:16].replace("T", " "),
        )
    console.print(table)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Two runs in two columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for name in comparison.names:
        table.add_column(Text(name), justify="right", overflow="fold")
    if not comparison.same_corpus:
        table.add_row(Text("trained on different texts", style="yellow"))
    table.add_section()
    for name, values in comparison.options.items():
        table.add_row(Text(name, style="dim"), *map(_number, values))
    what = "held out" if comparison.split == "eval" else "training"
    for step, *losses in comparison.losses:
        label = Text(f"MLM loss {what}, step {step:,}", style="dim")
        table.add_row(label, *(f"{loss:.3f}" for loss in losses))
    for name, values in comparison.figures.items():
        table.add_row(Text(f"at the end: {name}", style="dim"), *map(_number, values))
    console.print(table)


def _number(value: Any) -> Text:
    """A value of any kind, numbers with as many digits as one reads."""
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Text(str(value))
    return Text(f"{value:,}" if isinstance(value, int) else f"{value:,.5g}")


def _share(part: int, whole: int) -> str:
    """A share in percent that says 0 % and 100 % only of nothing and all."""
    for digits in range(1, 8):
        text = f"{part / whole:.{digits}%}"
        if part in (0, whole) or float(text[:-1]) not in (0.0, 100.0):
            return text
    return f"{part:,} in {whole:,}"


def _examples(pieces: list[str], number: int = 8) -> list[tuple[str, list[str]]]:
    """Some of the longer pieces, from the first learned to the last."""
    words = [p for p in pieces if not p.startswith(("##", "[")) and len(p) > 1]
    parts = [p for p in pieces if p.startswith("##") and len(p) > 3]
    found = []
    for name, kind in (("such as", words), ("", parts)):
        step = max(1, len(kind) // number)
        if kind:
            found.append((name, kind[::step][:number]))
    return found
