"""The options of a command, generated from the fields of a dataclass."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from minibert.config import flag

if TYPE_CHECKING:
    from collections.abc import Callable


def with_options(options: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replace the last parameter of a command by one option per field of a dataclass."""

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


def given_options(context: typer.Context, options: type[Any]) -> set[str]:
    """The options given on the command line, even those given with their default."""
    names = {field.name for field in dataclasses.fields(options)}
    sources = {name: context.get_parameter_source(name) for name in names}
    return {name for name, source in sources.items() if source and source.name != "DEFAULT"}
