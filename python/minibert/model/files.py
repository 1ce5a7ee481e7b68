"""The files of a model's weights, as Hugging Face's libraries read and write them.

A model folder has `config.json` and `model.safetensors`. Large models have several weight files,
and `model.safetensors.index.json` names the file of each tensor. Published checkpoints differ: some
lack the pooler or a head, some have heads of other tasks, old parameter names, half precision, or
the encoder alone without the prefix `bert.`. All of them are converted to the names of
`BertForPreTraining` and to float32. A folder that does not match exactly is refused. Nothing is
unpickled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch.overrides import TorchFunctionMode

from minibert.config.model import BertConfig
from minibert.errors import ModelError
from minibert.io.files import write_atomically
from minibert.model.fast.bert import BertForPreTraining
from minibert.model.folder import CONFIG, WEIGHTS, read_config, weight_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from minibert.model import bert


Part = Literal["pooler", "MLM head", "NSP head"]
"""The parts that a checkpoint may lack."""

_PREFIXES: dict[Part, str] = {
    "pooler": "bert.pooler.",
    "MLM head": "cls.predictions.",
    "NSP head": "cls.seq_relationship.",
}

_CANNOT: dict[Part, str] = {
    "pooler": "it has no vector of a whole text",
    "MLM head": "it cannot predict the token at a [MASK]",
    "NSP head": "it cannot predict whether one segment follows another",
}

# Buffers of Hugging Face's classes, which older versions saved.
_BUFFERS = ("bert.embeddings.position_ids", "bert.embeddings.token_type_ids")

_WORDS = "bert.embeddings.word_embeddings.weight"
_DECODER = "cls.predictions.decoder.weight"
_DECODER_BIAS = "cls.predictions.decoder.bias"
_MLM_BIAS = "cls.predictions.bias"


@dataclass(frozen=True, slots=True)
class SavedModel:
    """The contents of a model folder.

    Attributes:
        folder: the folder that was read.
        config: the configuration of the model.
        tensors: by the names of `BertForPreTraining.state_dict()`, float32.
        others: of other heads, such as `classifier.weight`, float32.
    """

    folder: Path
    config: BertConfig
    tensors: dict[str, Tensor]
    others: dict[str, Tensor]

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts without any tensor."""
        return tuple(
            part
            for part, prefix in _PREFIXES.items()
            if not any(name.startswith(prefix) for name in self.tensors)
        )

    def require(self, needs: Collection[Part]) -> None:
        """Check that all needed parts are there.

        Raises:
            ModelError: one is missing; the message names it.
        """
        for part in self.missing:
            if part in needs:
                raise ModelError(
                    f"{self.folder} has no {part} ({_PREFIXES[part]}*), so {_CANNOT[part]}; "
                    "use a model that was saved as BertForPreTraining or trained by minibert"
                )

    def model(self, config: BertConfig | None = None) -> BertForPreTraining:
        """The model, in evaluation mode; missing parts are randomly initialized.

        Args:
            config: the saved configuration with another dropout; None: as saved.

        Raises:
            ModelError: a tensor of a part that is not missing is missing, has another shape than
                the configuration says, or is unknown.
        """
        config = config or self.config
        model = BertForPreTraining(config) if self.missing else _without_weights(config)
        missing = tuple(_PREFIXES[part] for part in self.missing)
        random = {k: v for k, v in model.state_dict().items() if missing and k.startswith(missing)}
        load_strict(model, {**self.tensors, **random}, self.folder)
        return model.eval()


def save_model(folder: Path, model: bert.BertForPreTraining) -> None:
    """Write `config.json` and `model.safetensors`, which `transformers` reads too."""
    write_atomically(folder / CONFIG, model.config.to_json().encode())
    write_atomically(folder / WEIGHTS, to_safetensors(model))


def save_encoder(folder: Path, model: bert.BertForPreTraining) -> None:
    """Write the model without its heads; `transformers` reads it as a `BertModel`."""
    write_atomically(folder / CONFIG, model.config.to_json("BertModel").encode())
    write_atomically(folder / WEIGHTS, to_safetensors(model.bert))


def load_model(folder: Path, needs: tuple[Part, ...] = ("MLM head",)) -> BertForPreTraining:
    """Load a model folder, by minibert or by other software, or a checkpoint of a run.

    Raises:
        ModelError: the folder is no model folder, is truncated, has other tensors than its
            configuration says, or lacks a needed part.
    """
    saved = read_model(folder)
    saved.require(needs)
    return saved.model()


def read_model(folder: Path) -> SavedModel:
    """Read a model folder, or a checkpoint of a run.

    Raises:
        ModelError: the folder is no model folder, is truncated, or holds another architecture.
    """
    config = read_config(folder)
    tensors = _with_current_names(_read_all(folder))
    tensors = {name: _in_float32(name, tensor, folder) for name, tensor in tensors.items()}
    tensors = _with_tied_decoder(tensors, folder)
    inside = {k: v for k, v in tensors.items() if k.startswith(("bert.", "cls."))}
    others = {k: v for k, v in tensors.items() if k not in inside}
    return SavedModel(folder, config, inside, others)


def load_strict(model: nn.Module, tensors: Mapping[str, Tensor], where: Path) -> None:
    """Load tensors into a model; names and shapes must be the same.

    Args:
        model: changed in place.
        tensors: by name.
        where: their folder, for messages.

    Raises:
        ModelError: a tensor is missing, unknown, or of another shape.
    """
    expected = model.state_dict()
    for name, tensor in expected.items():
        if name not in tensors:
            raise ModelError(f"{where} has no tensor {name}, which its configuration requires")
        if tensors[name].shape != tensor.shape:
            raise ModelError(
                f"{where} has {name} in shape {tuple(tensors[name].shape)}, "
                f"but its configuration requires {tuple(tensor.shape)}"
            )
    unexpected = next((name for name in tensors if name not in expected), None)
    if unexpected is not None:
        raise ModelError(f"{where} has a tensor {unexpected}, which minibert's BERT does not have")
    model.load_state_dict(tensors)


def to_safetensors(model: nn.Module) -> bytes:
    """The bytes of a safetensors file with the weights of a model."""
    tensors = {name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}
    data: bytes = safetensors.torch.save(tensors, metadata={"format": "pt"})
    return data


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        ModelError: the file is missing, damaged or truncated.
    """
    try:
        return safetensors.torch.load_file(path)
    except FileNotFoundError:
        raise ModelError(f"{path} is missing") from None
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or cut short: {error}") from None


def _read_all(folder: Path) -> dict[str, Tensor]:
    return {k: v for path in weight_files(folder) for k, v in read_tensors(path).items()}


def _with_current_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Add the prefix `bert.` to a bare encoder; rename TensorFlow's LayerNorm parameters."""
    bare = not any(name.startswith("bert.") for name in tensors)
    named = {}
    for name, tensor in tensors.items():
        if bare and name.startswith(("embeddings.", "encoder.", "pooler.")):
            name = f"bert.{name}"
        name = name.replace("LayerNorm.gamma", "LayerNorm.weight")
        name = name.replace("LayerNorm.beta", "LayerNorm.bias")
        if name not in _BUFFERS:
            named[name] = tensor
    return named


def _in_float32(name: str, tensor: Tensor, folder: Path) -> Tensor:
    if not tensor.is_floating_point():
        raise ModelError(
            f"{folder} has {name} in {str(tensor.dtype).removeprefix('torch.')}; minibert reads "
            "weights that are not quantized"
        )
    return tensor.float()


def _with_tied_decoder(tensors: dict[str, Tensor], folder: Path) -> dict[str, Tensor]:
    """Remove the copies of shared tensors that some files have for the MLM head."""
    tensors = dict(tensors)
    for copy, original in ((_DECODER, _WORDS), (_DECODER_BIAS, _MLM_BIAS)):
        if copy not in tensors:
            continue
        tensor = tensors.pop(copy)
        if not torch.equal(tensors.setdefault(original, tensor), tensor):
            raise ModelError(
                f"{folder} has a {copy} that differs from {original}; "
                "minibert reads models that share the two, as BERT does"
            )
    return tensors


def _without_weights(config: BertConfig) -> BertForPreTraining:
    """A model whose weights will be loaded; initializing a large one takes seconds."""
    with _NoInitialization():
        return BertForPreTraining(config)


class _NoInitialization(TorchFunctionMode):
    """Skips the functions of `torch.nn.init`.

    PyTorch's own way, the device `meta`, imports a compiler, which takes 1 s and 160 MB.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)
