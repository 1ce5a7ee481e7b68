"""`create_pretraining_data.py` of google-research/bert, from its authors' package.

Its functions are called as in its `main`, with a `dupe_factor` of 1, which is one epoch.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

from . import LAYOUTS, MASKED_LM_PROB, MAX_PREDICTIONS_PER_SEQ, SEQ_LEN, SHORT_SEQ_PROB

TITLE = "create_pretraining_data.py"
# The package declares no dependencies; it works with the version 1 API of TensorFlow 2.
REQUIRES = ["bert-tensorflow==1.0.4", "tensorflow==2.21.0", "six"]
TAKES = LAYOUTS[:1]
RANDOM_SEED = 12345
DUPE_FACTOR = 1


class Peer:
    def __init__(self, files, threads):
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import tensorflow.compat.v1 as tf
        from absl import flags
        from bert import create_pretraining_data, tokenization

        tf.logging.set_verbosity(tf.logging.ERROR)
        flags.FLAGS([TITLE])
        self.script = create_pretraining_data
        self.tokenizer = tokenization.FullTokenizer(files.vocab_txt, do_lower_case=files.lowercase)

    def from_text(self, given):
        instances = self.script.create_training_instances(
            [given.sentences],
            self.tokenizer,
            SEQ_LEN,
            DUPE_FACTOR,
            SHORT_SEQ_PROB,
            MASKED_LM_PROB,
            MAX_PREDICTIONS_PER_SEQ,
            random.Random(RANDOM_SEED),
        )
        with tempfile.TemporaryDirectory() as folder:
            self.script.write_instance_to_example_files(
                instances,
                self.tokenizer,
                SEQ_LEN,
                MAX_PREDICTIONS_PER_SEQ,
                [str(Path(folder) / "examples.tfrecord")],
            )
        return instances

    def counted(self, batches):
        return sum(len(instance.tokens) for instance in batches)
