"""The options of the commands, defined once.

The command line and the application's form are made from these dataclasses.
"""

from minibert.options.embed import POOLINGS, EmbedOptions
from minibert.options.evaluate import DEFAULT_PLL, EvaluateOptions, PllMethod
from minibert.options.explain import ExplainOptions
from minibert.options.export import ExportOptions
from minibert.options.fields import (
    LAYOUTS,
    TABLE_FORMATS,
    TABLE_HEADERS,
    flag,
    nearest_multiple,
)
from minibert.options.fill import FillOptions
from minibert.options.finetune import TASKS, FinetuneOptions
from minibert.options.predict import PredictOptions
from minibert.options.prepare import LEAST_MEMORY, PrepareOptions
from minibert.options.pretrain import (
    DEFAULT_KEEP,
    PAIR_TASKS,
    TRACKERS,
    MaskUnit,
    Objective,
    PretrainOptions,
)
from minibert.options.vocab import ALGORITHMS, VocabOptions

__all__ = [
    "ALGORITHMS",
    "DEFAULT_KEEP",
    "DEFAULT_PLL",
    "LAYOUTS",
    "LEAST_MEMORY",
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
]
