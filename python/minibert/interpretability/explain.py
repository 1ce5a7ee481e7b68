"""`minibert explain`: run a model on one text and collect everything in an `Explanation`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from minibert.corpus import Corpus
from minibert.errors import TextError
from minibert.interpretability.activations import collect_activations
from minibert.interpretability.attention_patterns import SENTENCES, measure_attention_patterns
from minibert.interpretability.explanation import Explanation
from minibert.interpretability.head_ablation import ablate_heads
from minibert.interpretability.logit_lens import logit_lens
from minibert.interpretability.nearest_tokens import nearest_tokens
from minibert.interpretability.surprisal import surprisals
from minibert.model.pretrained import Pretrained

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from minibert._core import Encoding
    from minibert.interpretability.surprisal import Surprisals
    from minibert.model.bert import BertForPreTraining
    from minibert.tokenizer.wordpiece import WordPieceTokenizer


_MAX_UNKNOWN = 0.1
"""The built-in sentences are used if at most this share of their tokens is [UNK]."""

_MAX_SENTENCES = 64
"""The largest number of sentences of a given text on which attention patterns are measured."""


def explain(
    text: str,
    model: Pretrained | str | os.PathLike[str],
    *,
    pair: str | None = None,
    sample: Sequence[str] | None = None,
    top_k: int = 5,
    device: str = "cpu",
) -> Explanation:
    """Run a model on a text and collect its activations, attention patterns and predictions.

    Args:
        text: with one or more `[MASK]`; without, the surprisal of each token is computed.
        model: a run or model folder, or a loaded model.
        pair: a second text.
        sample: texts on which attention patterns are measured. By default these are sentences that
            come with minibert, or the text itself if the model does not know their words.
        top_k: the number of likeliest and of nearest tokens.
        device: the device of a model that is loaded from a folder.

    Raises:
        TextError: the text is empty, or has more tokens than the model has positions.
        ModelError: the folder has no model.
        VocabularyError: the vocabulary cannot be read.
        OptionError: the device is not available.

    Example:
        >>> explanation = minibert.explain("the [MASK] sat on the mat", "runs/novels-mini")
        >>> explanation.token(explanation.lenses[0].answer)
        'cat'
        >>> explanation  # in a notebook, shows the page
    """
    loaded = model if isinstance(model, Pretrained) else Pretrained.load(model, device=device)
    bert, tokenizer = loaded.model, loaded.tokenizer.without_truncation().without_padding()
    vocab_size, positions = tokenizer.vocab_size, bert.config.max_position_embeddings
    encoding = _encode(tokenizer, text, pair, positions)
    activations = collect_activations(bert, encoding.ids, encoding.type_ids)
    masks = [n for n, id in enumerate(encoding.ids) if id == tokenizer.mask_token_id]
    measured, measured_on = _sample(tokenizer, sample, encoding, positions)
    return Explanation(
        text=text,
        pair=pair,
        model=_name(model),
        config=bert.config,
        encoding=encoding,
        activations=activations,
        near_words=nearest_tokens(
            bert,
            activations.word_embeddings,
            top_k=top_k,
            exclude=encoding.ids,
            vocab_size=vocab_size,
        ),
        near_sums=nearest_tokens(bert, activations.embeddings, top_k=top_k, vocab_size=vocab_size),
        patterns=measure_attention_patterns(
            (read, collect_activations(bert, read.ids, read.type_ids).attentions)
            for read in measured
        ),
        measured_on=measured_on,
        lenses=[
            logit_lens(bert, activations, n, top_k=top_k, vocab_size=vocab_size) for n in masks
        ],
        ablations=ablate_heads(bert, activations, masks, vocab_size=vocab_size),
        surprisals=None if masks else _surprisals(bert, tokenizer, encoding),
        tokenizer=tokenizer,
    )


def _name(model: Pretrained | str | os.PathLike[str]) -> str:
    return "the model" if isinstance(model, Pretrained) else Path(model).resolve().name


def sample_sentences(path: str | os.PathLike[str]) -> list[str]:
    """Up to 64 sentences of a text file, evenly spread over it.

    Raises:
        CorpusError: the file cannot be read, or has no text.
    """
    sentences = [sentence for document in Corpus([path]).documents() for sentence in document]
    return sentences[:: -(-len(sentences) // _MAX_SENTENCES)]


def _surprisals(
    model: BertForPreTraining, tokenizer: WordPieceTokenizer, encoding: Encoding
) -> Surprisals:
    return surprisals(
        model,
        encoding.ids,
        encoding.type_ids,
        [n for n, added in enumerate(encoding.special_tokens_mask) if not added],
        mask_token_id=tokenizer.mask_token_id,
        vocab_size=tokenizer.vocab_size,
    )


def _encode(tokenizer: WordPieceTokenizer, text: str, pair: str | None, positions: int) -> Encoding:
    encoding = tokenizer.encode(text, pair)
    if all(encoding.special_tokens_mask):
        raise TextError('there is no word in the text; give one, such as "the [MASK] sat"')
    if len(encoding) > positions:
        raise TextError(
            f"the text has {len(encoding)} tokens with [CLS] and [SEP], but the model has "
            f"{positions} positions; shorten it"
        )
    return encoding


def _sample(
    tokenizer: WordPieceTokenizer,
    sample: Sequence[str] | None,
    encoding: Encoding,
    positions: int,
) -> tuple[list[Encoding], str]:
    """The texts on which attention patterns are measured, and a name for them."""
    cut = tokenizer.with_truncation(positions)
    if sample is not None:
        read = [one for one in cut.encode_batch(sample) if not all(one.special_tokens_mask)]
        if not read:
            raise TextError("there is no word in the sample; give texts, one per line")
        return read, f"{len(read):,} sentences of the sample"
    read = cut.encode_batch(SENTENCES)
    ids = [id for one in read for id in one.ids]
    if ids.count(tokenizer.unk_token_id) > _MAX_UNKNOWN * len(ids):
        return [encoding], "this text"
    return read, f"{len(read)} pairs of sentences that come with minibert"
