"""The command line. Each command is a few lines; what it does is in the library.

Results go to standard output, talk to standard error. Exit codes: 0 done, 1 a fault of minibert's
own, 2 something given cannot be used; 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by a closed
terminal.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, get_type_hints

import typer
from rich.console import Console
from typer.core import TyperGroup

from minibert.errors import MinibertError, OptionError, RunError, TextError, ToldElsewhereError
from minibert.options import PrepareOptions, PretrainOptions, VocabOptions, flag
from minibert.ranks import Ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

USAGE = 2
STOPPED = 130

app = typer.Typer(
    help="A mini BERT to train from nothing on your own text, watch learn, look inside and use.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _with_options(options: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command, in place of its last parameter, one option for each field of a dataclass."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[:-1]
        hints = get_type_hints(options)

        def run(**given: Any) -> None:
            chosen = {f.name: given.pop(f.name) for f in dataclasses.fields(options)}
            command(**given, options=options(**chosen))

        made = [_parameter(field, hints[field.name]) for field in dataclasses.fields(options)]
        run.__signature__ = inspect.Signature(own + made)  # type: ignore[attr-defined]
        run.__name__ = command.__name__
        run.__doc__ = command.__doc__
        return run

    return decorate


def _parameter(field: dataclasses.Field[Any], kind: Any) -> inspect.Parameter:
    help = field.metadata["help"]
    if field.metadata["choices"]:
        help += f" One of: {', '.join(field.metadata['choices'])}."
    name = flag(field.name)
    short = field.metadata["short"]
    option = typer.Option(
        name,
        *([short] if short else []),
        help=help,
        rich_help_panel=field.metadata["panel"],
        show_default=field.default is not None,
    )
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=field.default,
        annotation=Annotated[kind, option],
    )


CorpusArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, or - for standard input; "
        "without any, the default corpus.",
        show_default=False,
    ),
]
CorpusOrTokensArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, - for standard input, or a folder that "
        "minibert prepare has made; without any, the default corpus.",
        show_default=False,
    ),
]


@app.command()
@_with_options(PretrainOptions)
def pretrain(
    context: typer.Context,
    corpus: CorpusOrTokensArgument = None,
    options: PretrainOptions = PretrainOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Train a BERT from nothing: vocabulary, batches and encoder, in one go."""
    started = time.perf_counter()
    from minibert.pretrain import pretrain as train
    from minibert.screen import Screen, Talk
    from minibert.views import print_outcome

    with Screen(Talk()) as screen:
        outcome = train(corpus or [], options, screen, started, _named(context, PretrainOptions))
    print_outcome(Console(), outcome)
    if not outcome.finished:
        raise typer.Exit(128 + outcome.stopped_by if outcome.stopped_by else STOPPED)


def _named(context: typer.Context, options: type[Any]) -> set[str]:
    """The options that the command was given, be it with their defaults."""
    names = {field.name for field in dataclasses.fields(options)}
    sources = {name: context.get_parameter_source(name) for name in names}
    return {name for name, source in sources.items() if source and source.name != "DEFAULT"}


@app.command()
@_with_options(VocabOptions)
def vocab(
    corpus: CorpusArgument = None,
    options: VocabOptions = VocabOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Learn a WordPiece vocabulary and write its tokenizer."""
    from minibert.learn import learn
    from minibert.screen import Screen, Talk
    from minibert.views import print_vocabulary

    with Screen(Talk()) as screen:
        learned = learn(corpus or [], options, screen)
    print_vocabulary(Console(), learned)


@app.command()
@_with_options(PrepareOptions)
def prepare(
    corpus: CorpusArgument = None,
    options: PrepareOptions = PrepareOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Turn text into a folder of tokens that any number of trainings read."""
    from minibert.prepare import prepare as make
    from minibert.screen import Screen, Talk
    from minibert.views import print_prepared

    with Screen(Talk()) as screen:
        prepared = make(corpus or [], options, screen)
    print_prepared(Console(), prepared)


@app.command()
def fill(
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts with one or more [MASK]; without any, one a line from standard input.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="A run or model folder; the newest finished run by default."),
    ] = None,
    top_k: Annotated[int, typer.Option("--top-k", "-k", help="Answers for each mask.")] = 5,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON list a text, as the fill-mask pipeline's.")
    ] = False,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps or auto.")] = "auto",
) -> None:
    """Say what stands at each [MASK], with probabilities."""
    from minibert.fill import FillMask
    from minibert.views import print_answers

    asked = texts if texts else _lines_of_stdin()
    filler = FillMask.from_pretrained(_newest_model() if model is None else model, device=device)
    out = Console()
    for text, answers in zip(asked, filler(asked, top_k=top_k), strict=True):
        if as_json:
            print(json.dumps(answers, ensure_ascii=False))
        else:
            print_answers(out, text, answers)


class _ListsByDefault(TyperGroup):
    """Reads `minibert runs FOLDER` as `minibert runs list FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in known else ["list", *args])


runs_app = typer.Typer(cls=_ListsByDefault)
app.add_typer(runs_app, name="runs")
AsJsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


@runs_app.callback()
def _runs() -> None:
    """List runs with their state, loss and size; compare two of them."""


@runs_app.command("list")
def list_runs(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of runs; runs/ by default.", show_default=False),
    ] = None,
    as_json: AsJsonOption = False,
) -> None:
    """List the runs in a folder, the oldest first."""
    from minibert.comparison import summarize
    from minibert.runs import RUNS, find_runs
    from minibert.views import print_runs

    root = RUNS if folder is None else folder
    if folder is not None and not folder.is_dir():
        raise RunError(f"there is no folder {folder}")
    summaries = [summarize(run) for run in find_runs(root)]
    if as_json:
        print(json.dumps([dataclasses.asdict(summary) for summary in summaries]))
    elif summaries:
        print_runs(Console(), summaries)
    else:
        raise RunError(f"there are no runs in {root}; make one by minibert pretrain")


@runs_app.command("compare")
def compare_runs(
    first: Annotated[Path, typer.Argument(help="A run.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="Another.", metavar="B")],
    as_json: AsJsonOption = False,
) -> None:
    """Show two runs side by side: options that differ, losses at equal steps, how they ended."""
    from minibert.comparison import compare
    from minibert.runs import Run
    from minibert.views import print_comparison

    comparison = compare(Run.open(first), Run.open(second))
    if as_json:
        print(json.dumps(dataclasses.asdict(comparison)))
    else:
        print_comparison(Console(), comparison)


@app.command()
def tui(
    run: Annotated[
        Path | None,
        typer.Argument(help="A run, or a folder of runs; runs/ by default.", show_default=False),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and exit.")] = False,
) -> None:
    """Watch a run in the terminal."""
    from minibert.tui import main as show

    raise typer.Exit(show(run, once))


def _newest_model() -> Path:
    from minibert.runs import RUNS, newest_run

    run = newest_run(RUNS, states=("finished",))
    if run is None:
        raise RunError(
            f"there is no finished run under {RUNS}/; train one by minibert pretrain, "
            "or name a model by --model"
        )
    return run.path


def _lines_of_stdin() -> list[str]:
    if sys.stdin.isatty():
        raise TextError('give a text, such as: minibert fill "the [MASK] sat"')
    lines = [line.strip() for line in sys.stdin]
    texts = [line for line in lines if line]
    if not texts:
        raise TextError("there is no text on standard input; write one a line, with [MASK] in it")
    return texts


def _version(asked: bool) -> None:
    if asked:
        from minibert import __version__

        print(f"minibert {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None: ...


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command line, turning every error that is not minibert's fault into one sentence."""
    words = list(arguments) if arguments is not None else None
    ranks = Ranks()
    try:
        ranks = Ranks.of_environment()
        if ranks.first:
            app(args=words)
        else:
            _run_silently(words)
    except ToldElsewhereError:
        _exit(USAGE, ranks)
    except MinibertError as error:
        _say(str(error), ranks)
        _exit(USAGE, ranks)
    except KeyboardInterrupt:
        if ranks.first:
            _say("stopped", ranks)
        _exit(STOPPED, ranks)
    except BrokenPipeError:
        _hang_up()
        _exit(STOPPED, ranks)


def _say(text: str, ranks: Ranks) -> None:
    who = "minibert" if ranks.first else f"minibert (process {ranks.rank})"
    print(f"{who}: {text}", file=sys.stderr)


def _hang_up() -> None:
    """Send what is still held back nowhere, since nobody reads it."""
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                os.dup2(nowhere.fileno(), stream.fileno())


def _exit(code: int, ranks: Ranks) -> NoReturn:
    if ranks.world > 1:
        # At once: what still waits for another process in a thread would abort this one.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _run_silently(words: list[str] | None) -> None:
    """Run the command line in one of several processes that is not the first, which talks for all.

    Raises:
        ToldElsewhereError: the command itself is wrong, which every process finds.
    """
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        try:
            app(args=words)
        except (OptionError, SystemExit) as error:
            if isinstance(error, SystemExit) and error.code != USAGE:
                raise
            # Where one process ends torchrun ends the others, and the first is to speak before.
            time.sleep(10)
            raise ToldElsewhereError("the first process tells what is wrong") from None


if __name__ == "__main__":
    main()
