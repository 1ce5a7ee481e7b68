"""All commands, in the order of `minibert --help`."""

from __future__ import annotations

from typing import Annotated

import typer

from minibert.cli.commands.embed import embed
from minibert.cli.commands.evaluate import evaluate
from minibert.cli.commands.explain import explain
from minibert.cli.commands.export import export
from minibert.cli.commands.fill import fill
from minibert.cli.commands.finetune import finetune
from minibert.cli.commands.predict import predict
from minibert.cli.commands.prepare import prepare
from minibert.cli.commands.pretrain import pretrain
from minibert.cli.commands.run_control import checkpoint, pause, resume, stop
from minibert.cli.commands.runs import runs_app
from minibert.cli.commands.tui import tui
from minibert.cli.commands.vocab import vocab

app = typer.Typer(
    help="Train a small BERT from scratch on your own text, watch it, inspect it and use it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        from minibert._core import __version__

        print(f"minibert {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None: ...


for command in (
    pretrain,
    vocab,
    prepare,
    fill,
    embed,
    evaluate,
    explain,
    export,
    finetune,
    predict,
    tui,
):
    app.command()(command)
for command in (pause, resume, stop, checkpoint):
    runs_app.command()(command)
app.add_typer(runs_app, name="runs")
