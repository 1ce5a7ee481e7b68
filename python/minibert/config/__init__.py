"""All options of the commands, as dataclasses without PyTorch.

The command line and the application's form are generated from them. Read `fields`, then the file
named like the command.
"""

from minibert.config.embed import POOLINGS, EmbedOptions
from minibert.config.evaluate import DEFAULT_PLL, EvaluateOptions, PllMethod
from minibert.config.explain import ExplainOptions
from minibert.config.export import ExportOptions
from minibert.config.fields import (
    LAYOUTS,
    TABLE_FORMATS,
    TABLE_HEADERS,
    flag,
    nearest_multiple,
    spell_flags,
)
from minibert.config.fill import FillOptions
from minibert.config.finetune import TASKS, FinetuneOptions
from minibert.config.objective import MASK_UNITS, OBJECTIVES, PAIR_TASKS, MaskUnit, Objective
from minibert.config.predict import PredictOptions
from minibert.config.prepare import MIN_MEMORY, PrepareOptions
from minibert.config.pretrain import DEFAULT_KEEP, TRACKERS, PretrainOptions
from minibert.config.vocab import ALGORITHMS, VocabOptions

__all__ = [
    "ALGORITHMS",
    "DEFAULT_KEEP",
    "DEFAULT_PLL",
    "LAYOUTS",
    "MASK_UNITS",
    "MIN_MEMORY",
    "OBJECTIVES",
    "PAIR_TASKS",
    "POOLINGS",
    "TABLE_FORMATS",
    "TABLE_HEADERS",
    "TASKS",
    "TRACKERS",
    "EmbedOptions",
    "EvaluateOptions",
    "ExplainOptions",
    "ExportOptions",
    "FillOptions",
    "FinetuneOptions",
    "MaskUnit",
    "Objective",
    "PllMethod",
    "PredictOptions",
    "PrepareOptions",
    "PretrainOptions",
    "VocabOptions",
    "flag",
    "nearest_multiple",
    "spell_flags",
]
