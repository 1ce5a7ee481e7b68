"""Writes a folder that `sentence-transformers` loads: the model and its pooling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minibert.errors import FileError
from minibert.io.files import write_atomically
from minibert.model.files import save_encoder

if TYPE_CHECKING:
    import os

    from minibert.inference.sentence_embedder import SentenceEmbedder

# Every version of sentence-transformers finds its classes under these names.
_MODULES = "sentence_transformers.models"


def save_sentence_transformer(embed: SentenceEmbedder, folder: str | os.PathLike[str]) -> Path:
    """Write a folder so that `SentenceTransformer(folder).encode(texts)` gives the same vectors.

    Args:
        embed: the embedder to write.
        folder: a new or empty folder.

    Returns:
        The folder.

    Raises:
        FileError: the folder is not empty or cannot be written.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise FileError(f"{path} is not an empty folder; choose another folder")
        for name, content in _files(embed).items():
            (path / name).parent.mkdir(exist_ok=True)
            data = json.dumps(content, indent=2) + "\n"
            write_atomically(path / name, data.encode())
    except FileExistsError:
        raise FileError(f"{path} is not a folder; choose another folder") from None
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path} cannot be written: {error.strerror}") from None
    positions = embed.model.config.max_position_embeddings
    embed.tokenizer.without_truncation().without_padding().save_pretrained(
        path, model_max_length=positions
    )
    save_encoder(path, embed.model)
    return path


def _files(embed: SentenceEmbedder) -> dict[str, Any]:
    """The contents of the JSON files beside the model, by name."""
    modules = [_module(0, "", "Transformer"), _module(1, "1_Pooling", "Pooling")]
    if embed.normalize:
        modules.append(_module(2, "2_Normalize", "Normalize"))
    return {
        "modules.json": modules,
        "1_Pooling/config.json": {
            "word_embedding_dimension": embed.dimensions,
            "pooling_mode_cls_token": embed.pooling == "cls",
            "pooling_mode_mean_tokens": embed.pooling == "mean",
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
            "include_prompt": True,
        },
        "sentence_bert_config.json": {
            "max_seq_length": embed.model.config.max_position_embeddings,
            "do_lower_case": False,
        },
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": {},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _module(number: int, path: str, name: str) -> dict[str, Any]:
    return {"idx": number, "name": str(number), "path": path, "type": f"{_MODULES}.{name}"}
