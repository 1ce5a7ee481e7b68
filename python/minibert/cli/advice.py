"""What the command line advises, by the cause of an error: the one table of such advice.

`minibert.errors` says how an error gets a cause and facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.config import spell_flags

if TYPE_CHECKING:
    from minibert.errors import MinibertError

ADVICE = {
    "cannot_save": "free disk space and continue with --resume",
    "diverged": "start a new run with a lower --lr",
    "invalid_utf8": "or replace invalid bytes with --errors replace",
    "only_unknown_tokens": "train with a larger --vocab-size, or on other text",
    "out_is_a_file": "choose another --out",
    "rank_lost": "continue with --resume and the processes that are left",
    "run_is_paused": "resume it with: minibert runs resume {run}",
    "run_stopped": "resume the run with: minibert pretrain --resume --out {run}",
    "step_too_large": "continue with --resume --accumulate {micro_batches} (micro-batches of "
    "{micro_batch_size} examples), or start a new run with --batch-size {batch_size}",
    "stdin_with_processes": "run minibert prepare - --out DIR first, and pass DIR",
    "tokenizer_exists": "choose another --out, or remove it",
    "tracker_refused": "set WANDB_MODE=offline to log locally, and continue with --resume",
}
"""The advice by cause, with the names of facts in braces as `str.format` has them."""


def command_line_sentence(error: MinibertError) -> str:
    """The sentence that the command line prints: options as flags, and its own advice."""
    advice = ADVICE.get(error.cause or "")
    if advice is None:
        return spell_flags(str(error))
    return f"{spell_flags(error.problem)}; {advice.format(**error.context)}"
