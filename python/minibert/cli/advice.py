"""What the command line advises, by the cause of an error: the one table of such advice.

`minibert.errors` says how an error gets a cause and facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.config import spell_flags

if TYPE_CHECKING:
    from minibert.errors import MinibertError

ADVICE = {
    "invalid_utf8": "or replace invalid bytes with --errors replace",
    "out_is_a_file": "choose another --out",
    "tokenizer_exists": "choose another --out, or remove it",
}
"""The advice by cause, with the names of facts in braces as `str.format` has them."""


def command_line_sentence(error: MinibertError) -> str:
    """The sentence that the command line prints: options as flags, and its own advice."""
    advice = ADVICE.get(error.cause or "")
    if advice is None:
        return spell_flags(str(error))
    return f"{spell_flags(error.problem)}; {advice.format(**error.context)}"
