"""The whole of `minibert explain`: one text, read by a model, in an `Explanation`."""

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


_UNKNOWN_AT_MOST = 0.1
"""The built-in sentences say nothing of a model to which more of their pieces are [UNK]."""


_SAMPLE = 64
"""Sentences that heads are measured on, at most, where a text is given for it."""


def explain(
    text: str,
    model: Pretrained | str | os.PathLike[str],
    *,
    pair: str | None = None,
    sample: Sequence[str] | None = None,
    top_k: int = 5,
    device: str = "cpu",
) -> Explanation:
    """Look at how a model reads a text.

    Args:
        text: with one or more `[MASK]`; or without, and then it is asked how surprised the model is
            by each piece.
        model: a run or model folder, or what is loaded already.
        pair: a second text.
        sample: texts on which to measure what each head looks at; sentences that come with minibert
            by default, or the text itself if the model knows no such words.
        top_k: likeliest and nearest pieces.
        device: where a folder's model computes.

    Raises:
        TextError: there is nothing in the text, or it has more pieces than the model has positions.
        ModelError: the folder holds no model.
        VocabularyError: its vocabulary cannot be read.
        OptionError: the device is not to be had.

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
    inside = collect_activations(bert, encoding.ids, encoding.type_ids)
    masks = [n for n, id in enumerate(encoding.ids) if id == tokenizer.mask_token_id]
    measured, measured_on = _sample(tokenizer, sample, encoding, positions)
    return Explanation(
        text=text,
        pair=pair,
        model=_name(model),
        config=bert.config,
        encoding=encoding,
        activations=inside,
        near_words=nearest_tokens(
            bert, inside.word_embeddings, top_k=top_k, exclude=encoding.ids, vocab_size=vocab_size
        ),
        near_sums=nearest_tokens(bert, inside.embeddings, top_k=top_k, vocab_size=vocab_size),
        patterns=measure_attention_patterns(
            (read, collect_activations(bert, read.ids, read.type_ids).attentions)
            for read in measured
        ),
        measured_on=measured_on,
        lenses=[logit_lens(bert, inside, n, top_k=top_k, vocab_size=vocab_size) for n in masks],
        ablations=ablate_heads(bert, inside, masks, vocab_size=vocab_size),
        surprisals=None if masks else _surprisals(bert, tokenizer, encoding),
        tokenizer=tokenizer,
    )


def _name(model: Pretrained | str | os.PathLike[str]) -> str:
    return "the model" if isinstance(model, Pretrained) else Path(model).resolve().name


def sample_sentences(path: str | os.PathLike[str]) -> list[str]:
    """Some sentences of a text, evenly spread over it: a sample to measure heads on.

    Raises:
        CorpusError: the text cannot be read, or there is none.
    """
    sentences = [sentence for document in Corpus([path]).documents() for sentence in document]
    return sentences[:: -(-len(sentences) // _SAMPLE)]


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
        raise TextError(
            'there is no word in the text; give one, such as: minibert explain "the [MASK] sat"'
        )
    if len(encoding) > positions:
        raise TextError(
            f"the text has {len(encoding)} pieces with [CLS] and [SEP], but the model has "
            f"{positions} positions; shorten it"
        )
    return encoding


def _sample(
    tokenizer: WordPieceTokenizer,
    sample: Sequence[str] | None,
    encoding: Encoding,
    positions: int,
) -> tuple[list[Encoding], str]:
    """What to measure heads on, and what that is called."""
    cut = tokenizer.with_truncation(positions)
    if sample is not None:
        read = [one for one in cut.encode_batch(sample) if not all(one.special_tokens_mask)]
        if not read:
            raise TextError("there is no word in the sample; give texts, one a line")
        return read, f"{len(read):,} sentences of the sample"
    read = cut.encode_batch(SENTENCES)
    ids = [id for one in read for id in one.ids]
    if ids.count(tokenizer.unk_token_id) > _UNKNOWN_AT_MOST * len(ids):
        return [encoding], "this text"
    return read, f"{len(read)} pairs of sentences that come with minibert"
