"""The shape of a BERT, with the names of Hugging Face's `config.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from minibert.errors import ModelError, OptionError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BertConfig:
    """The shape of a model; the defaults are the `tiny` preset.

    Devlin et al. 2019, section 3: `num_hidden_layers` is L, `hidden_size` H, `num_attention_heads`
    A; `intermediate_size`, of the feed-forward layer, is 4 H. `hidden_act` is its activation, one
    of `GELUS`.

    Raises:
        OptionError: a size is not positive, the number of heads does not divide the hidden size,
            or the activation is another one.
    """

    vocab_size: int = 8192
    hidden_size: int = 128
    num_hidden_layers: int = 2
    num_attention_heads: int = 2
    intermediate_size: int = 512
    hidden_act: str = "gelu"
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.1
    max_position_embeddings: int = 128
    type_vocab_size: int = 2
    initializer_range: float = 0.02
    layer_norm_eps: float = 1e-12
    pad_token_id: int = 0

    def __post_init__(self) -> None:
        for name in _SIZES:
            if getattr(self, name) < 1:
                raise OptionError(f"`{name}` is {getattr(self, name)}; it must be 1 or more")
        if self.hidden_size % self.num_attention_heads:
            raise OptionError(
                f"the hidden size {self.hidden_size} is not divisible by "
                f"{self.num_attention_heads} attention heads; give a number of heads that divides "
                f"it, such as {_nearest_divisor(self.hidden_size, self.num_attention_heads)}"
            )
        if self.hidden_act not in GELUS:
            raise OptionError(
                f"`hidden_act` is {self.hidden_act!r}; it must be one of {', '.join(GELUS)}"
            )

    def parameters(self) -> int:
        """The number of trainable parameters; tied embeddings count once."""
        h, ff = self.hidden_size, self.intermediate_size
        embeddings = (
            self.vocab_size + self.max_position_embeddings + self.type_vocab_size
        ) * h + 2 * h
        attention = 4 * (h * h + h) + 2 * h
        feed_forward = h * ff + ff + ff * h + h + 2 * h
        pooler = h * h + h
        mlm_head = h * h + h + 2 * h + self.vocab_size
        nsp_head = 2 * h + 2
        layers = self.num_hidden_layers * (attention + feed_forward)
        return embeddings + layers + pooler + mlm_head + nsp_head

    def to_json(self, architecture: str = "BertForPreTraining") -> str:
        """The `config.json` that `transformers` reads as a `BertConfig`."""
        fields = {**asdict(self), **_FIXED, "architectures": [architecture]}
        return json.dumps(fields, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, path: Path) -> BertConfig:
        """Read a `config.json`.

        Raises:
            ModelError: the file is missing, is not JSON, or describes another architecture.
        """
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ModelError(
                f"{path.parent} is not a model folder: it has no {path.name}"
            ) from None
        except (OSError, ValueError) as error:
            raise ModelError(f"{path} cannot be read as JSON: {error}") from None
        if not isinstance(raw, dict):
            raise ModelError(f"{path} is not the configuration of a model: it is not a JSON object")
        for name, value in _ONLY.items():
            if (raw.get(name) or value) != value:
                raise ModelError(
                    f"{path} has {name} = {raw[name]!r}; minibert supports only {value!r}"
                )
        try:
            return cls(**_checked(raw, path))
        except OptionError as error:
            raise ModelError(f"{path}: {error}") from None


_SIZES = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "max_position_embeddings",
    "type_vocab_size",
)

# The activations of published BERTs: the exact GELU, and its tanh approximation under two names.
# Each has its argument `approximate` for `torch.nn.functional.gelu`.
GELUS = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}

# Properties of every minibert model, written for other readers of config.json.
_FIXED: dict[str, Any] = {
    "architectures": ["BertForPreTraining"],
    "model_type": "bert",
    "position_embedding_type": "absolute",
    "tie_word_embeddings": True,
}

# With another value, the same tensors would be another model.
_ONLY: dict[str, Any] = {
    "model_type": "bert",
    "position_embedding_type": "absolute",
    "is_decoder": False,
    "add_cross_attention": False,
    "pruned_heads": {},
    "quantization_config": None,
}


# The JSON types for each type of field.
_KINDS: dict[type, tuple[type, ...]] = {int: (int,), float: (int, float), str: (str,)}


def _checked(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """The fields of a `BertConfig` in `raw`, with their types checked."""
    values = {}
    for field in fields(BertConfig):
        if field.name not in raw:
            if field.name in _SIZES:
                raise ModelError(
                    f"{path} is not the configuration of a BERT: it has no {field.name}"
                )
            continue
        value = raw[field.name]
        if value is None and field.name not in _SIZES:
            continue
        if not isinstance(value, _KINDS[type(field.default)]) or isinstance(value, bool):
            raise ModelError(f"{path} has {field.name} = {value!r}, which is not allowed")
        values[field.name] = value
    return values


def _nearest_divisor(hidden_size: int, heads: int) -> int:
    return min(
        (d for d in range(1, hidden_size + 1) if hidden_size % d == 0),
        key=lambda d: abs(d - heads),
    )


@dataclass(frozen=True, slots=True)
class Preset:
    """A published shape: number of layers, hidden size, number of heads."""

    layers: int
    hidden_size: int
    heads: int


# `base` and `large` are from Devlin et al. 2019, the smaller ones from Turc et al. 2019. Every
# head has 64 dimensions.
PRESETS: dict[str, Preset] = {
    "tiny": Preset(2, 128, 2),
    "mini": Preset(4, 256, 4),
    "small": Preset(4, 512, 8),
    "medium": Preset(8, 512, 8),
    "base": Preset(12, 768, 12),
    "large": Preset(24, 1024, 16),
}
