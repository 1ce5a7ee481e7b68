"""`minibert embed`."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from minibert.cli.arguments import TextsArgument, echo_stderr, newest_model
from minibert.cli.options import with_options
from minibert.config import EmbedOptions
from minibert.errors import OptionError


@with_options(EmbedOptions)
def embed(
    texts: TextsArgument = None,
    options: EmbedOptions = EmbedOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Embed texts: print their vectors as JSON lines or write a NumPy file."""
    if texts and (options.file or options.save):
        raise OptionError("texts cannot be combined with --file or --save; leave one of them out")
    from minibert.inference.sentence_embedder import SentenceEmbedder
    from minibert.inference.sentence_transformers import save_sentence_transformer
    from minibert.io.lines import STANDARD_INPUT, stream_lines
    from minibert.io.npy import write_npy

    embedder = SentenceEmbedder.from_pretrained(
        options.model or newest_model(),
        pooling=options.pooling,
        normalize=options.normalize,
        layer=options.layer,
        device=options.device,
        note=functools.cache(echo_stderr),
    )
    if options.save:
        path = save_sentence_transformer(embedder, options.save)
        print(f'load it with SentenceTransformer("{path}")')
        return
    lines = enumerate(texts) if texts else stream_lines(options.file or STANDARD_INPUT)
    stream = embedder.stream(text for _, text in lines)
    if options.out:
        chunks = (vectors for _, vectors in stream)
        rows = write_npy(Path(options.out), chunks, embedder.dimensions)
        print(f"wrote {rows:,} vectors of {embedder.dimensions} dimensions to {options.out}")
        return
    for some, vectors in stream:
        for text, vector in zip(some, vectors, strict=True):
            print(json.dumps({"text": text, "vector": vector.tolist()}, ensure_ascii=False))
