"""Model folders as others publish them: small random models, written by transformers."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

from helpers.samples import SPECIALS, WORDS

SHAPE = {
    "vocab_size": 40,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 24,
}

TEXT = "the cat sat on the [MASK] ."

KINDS = {
    "pretraining": transformers.BertForPreTraining,
    "masked words": transformers.BertForMaskedLM,
    "next sentence": transformers.BertForNextSentencePrediction,
    "encoder": transformers.BertModel,
    "sentences": transformers.BertForSequenceClassification,
    "tokens": transformers.BertForTokenClassification,
    "questions": transformers.BertForQuestionAnswering,
}


def published(folder: Path, kind: str = "pretraining", seed: int = 0, **more) -> Path:
    """A folder of a random model of some class of transformers, with a tokenizer."""
    shape = {name: more.pop(name) for name in list(more) if name != "pooler"}
    torch.manual_seed(seed)
    pooler = {} if more.get("pooler", True) else {"add_pooling_layer": False}
    model = KINDS[kind](transformers.BertConfig(**{**SHAPE, **shape}), **pooler)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.2)
    model.save_pretrained(folder)
    vocabulary(folder)
    return folder


def vocabulary(folder: Path, lowercase: bool = True) -> None:
    """As the oldest folders have it: `vocab.txt` and what is to be lowered."""
    words = [*SPECIALS, *WORDS, "Cat", "##s"]
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in words))
    settings = json.dumps({"do_lower_case": lowercase, "tokenizer_class": "BertTokenizer"})
    (folder / "tokenizer_config.json").write_text(settings)


def tensors_of(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def rewrite(folder: Path, tensors: dict[str, torch.Tensor]) -> None:
    """Other tensors in place of those of a folder."""
    copies = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
    save_file(copies, folder / "model.safetensors", {"format": "pt"})


def configure(folder: Path, **values) -> None:
    """Other values in a folder's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


# ---- what folders differ in ---------------------------------------------------------------------


def as_it_is(folder: Path) -> None:
    pass


def in_parts(folder: Path) -> None:
    """In files of at most so many bytes, as large models are, with an index."""
    model = transformers.AutoModelForPreTraining.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="20KB")
    assert (folder / "model.safetensors.index.json").exists()


def in_halves(folder: Path) -> None:
    rewrite(folder, {name: tensor.half() for name, tensor in tensors_of(folder).items()})
    configure(folder, dtype="float16")


def in_bfloat16(folder: Path) -> None:
    rewrite(folder, {name: tensor.bfloat16() for name, tensor in tensors_of(folder).items()})
    configure(folder, torch_dtype="bfloat16")


def with_old_names(folder: Path) -> None:
    rewrite(
        folder,
        {
            name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                "LayerNorm.bias", "LayerNorm.beta"
            ): tensor
            for name, tensor in tensors_of(folder).items()
        },
    )


def with_buffers(folder: Path) -> None:
    tensors = tensors_of(folder)
    prefix = "bert." if any(name.startswith("bert.") for name in tensors) else ""
    tensors[f"{prefix}embeddings.position_ids"] = torch.arange(24)[None]
    rewrite(folder, tensors)


def with_a_prefix(folder: Path) -> None:
    tensors = tensors_of(folder)
    rewrite(folder, {f"bert.{name.removeprefix('bert.')}": t for name, t in tensors.items()})


def with_decoder_copies(folder: Path) -> None:
    tensors = tensors_of(folder)
    tensors["cls.predictions.decoder.weight"] = tensors["bert.embeddings.word_embeddings.weight"]
    tensors["cls.predictions.decoder.bias"] = tensors["cls.predictions.bias"]
    rewrite(folder, tensors)


def with_a_decoder_bias_alone(folder: Path) -> None:
    tensors = tensors_of(folder)
    tensors["cls.predictions.decoder.bias"] = tensors.pop("cls.predictions.bias")
    rewrite(folder, tensors)


def with_an_old_configuration(folder: Path) -> None:
    """What the first of them said, and no more."""
    path = folder / "config.json"
    said = json.loads(path.read_text())
    names = [*SHAPE, "hidden_act", "type_vocab_size", "initializer_range"]
    old = {name: said[name] for name in names} | {"hidden_dropout_prob": 0}
    path.write_text(json.dumps(old | {"attention_probs_dropout_prob": 0.1}))


def with_more_in_its_configuration(folder: Path) -> None:
    configure(
        folder,
        position_embedding_type="absolute",
        use_cache=True,
        classifier_dropout=None,
        pad_token_id=None,
        pruned_heads={},
        is_decoder=False,
        directionality="bidi",
        id2label={"0": "NO", "1": "YES"},
        transformers_version="4.6.0.dev0",
    )
