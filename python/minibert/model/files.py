"""The files that a BERT's weights are kept in, as Hugging Face's libraries read and write them.

A folder holds `config.json` and `model.safetensors`; a large one has, in place of the latter, a
`model.safetensors.index.json` that says which file each tensor is in. What is published differs:
some lack the pooler or a head, some have heads of other tasks, old names, half precision, or the
encoder alone without its prefix. All of it is read into the names and the precision of
`BertForPreTraining`, exactly, or refused; nothing is ever unpickled.
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
"""What a BERT can do without."""

_PREFIXES: dict[Part, str] = {
    "pooler": "bert.pooler.",
    "MLM head": "cls.predictions.",
    "NSP head": "cls.seq_relationship.",
}

_CANNOT: dict[Part, str] = {
    "pooler": "it has no vector for a whole text",
    "MLM head": "it cannot say what stands at a [MASK]",
    "NSP head": "it cannot say whether one segment follows another",
}

# What Hugging Face's classes hold beside parameters, and older ones wrote.
_BUFFERS = ("bert.embeddings.position_ids", "bert.embeddings.token_type_ids")

_WORDS = "bert.embeddings.word_embeddings.weight"
_DECODER = "cls.predictions.decoder.weight"
_DECODER_BIAS = "cls.predictions.decoder.bias"
_MLM_BIAS = "cls.predictions.bias"


@dataclass(frozen=True, slots=True)
class SavedModel:
    """What a model folder holds.

    Attributes:
        folder: where it was read.
        config: its shape.
        tensors: by the names of `BertForPreTraining.state_dict()`, float32.
        others: of heads that `BertForPreTraining` has not, such as `classifier.weight`, float32.
    """

    folder: Path
    config: BertConfig
    tensors: dict[str, Tensor]
    others: dict[str, Tensor]

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that it has no tensor of."""
        return tuple(
            part
            for part, prefix in _PREFIXES.items()
            if not any(name.startswith(prefix) for name in self.tensors)
        )

    def require(self, needs: Collection[Part]) -> None:
        """Raise if it lacks what is needed of it.

        Raises:
            ModelError: it does; the message names the part.
        """
        for part in self.missing:
            if part in needs:
                raise ModelError(
                    f"{self.folder} has no {part} ({_PREFIXES[part]}*), so {_CANNOT[part]}; "
                    "take a model that was saved as BertForPreTraining or trained by minibert"
                )

    def model(self, config: BertConfig | None = None) -> BertForPreTraining:
        """The model, in evaluation mode; what is missing is drawn anew.

        Args:
            config: its own, with another dropout; unchanged where left out.

        Raises:
            ModelError: a tensor is missing of a part that is there, has another shape than the
                configuration says, or has no place in it.
        """
        config = config or self.config
        model = BertForPreTraining(config) if self.missing else _unfilled(config)
        drawn = tuple(_PREFIXES[part] for part in self.missing)
        own = {k: v for k, v in model.state_dict().items() if drawn and k.startswith(drawn)}
        load_strict(model, {**self.tensors, **own}, self.folder)
        return model.eval()


def save_model(folder: Path, model: bert.BertForPreTraining) -> None:
    """Write `config.json` and `model.safetensors`, readable by `transformers`."""
    write_atomically(folder / CONFIG, model.config.to_json().encode())
    write_atomically(folder / WEIGHTS, to_safetensors(model))


def save_encoder(folder: Path, model: bert.BertForPreTraining) -> None:
    """Write the model without its heads, readable by `transformers` as a `BertModel`."""
    write_atomically(folder / CONFIG, model.config.to_json("BertModel").encode())
    write_atomically(folder / WEIGHTS, to_safetensors(model.bert))


def load_model(folder: Path, needs: tuple[Part, ...] = ("MLM head",)) -> BertForPreTraining:
    """Read a model folder, minibert's or another's, or a checkpoint of a run.

    Raises:
        ModelError: it is no model folder, is cut short, has other tensors than its configuration
            says, or lacks a part that is needed.
    """
    saved = read_model(folder)
    saved.require(needs)
    return saved.model()


def read_model(folder: Path) -> SavedModel:
    """Read what a model folder, or a checkpoint of a run, holds.

    Raises:
        ModelError: it is no model folder, is cut short, or computes otherwise than BERT.
    """
    config = read_config(folder)
    tensors = _with_todays_names(_read_all(folder))
    tensors = {name: _in_float32(name, tensor, folder) for name, tensor in tensors.items()}
    tensors = _with_tied_decoder(tensors, folder)
    inside = {k: v for k, v in tensors.items() if k.startswith(("bert.", "cls."))}
    others = {k: v for k, v in tensors.items() if k not in inside}
    return SavedModel(folder, config, inside, others)


def load_strict(model: nn.Module, tensors: Mapping[str, Tensor], where: Path) -> None:
    """Load tensors into a model that has the same names and shapes.

    Raises:
        ModelError: it has others.
    """
    expected = model.state_dict()
    for name, tensor in expected.items():
        if name not in tensors:
            raise ModelError(f"{where} has no tensor {name}, which its configuration calls for")
        if tensors[name].shape != tensor.shape:
            raise ModelError(
                f"{where} has {name} in shape {tuple(tensors[name].shape)}, "
                f"but its configuration calls for {tuple(tensor.shape)}"
            )
    unexpected = next((name for name in tensors if name not in expected), None)
    if unexpected is not None:
        raise ModelError(f"{where} has a tensor {unexpected}, which minibert's BERT has not")
    model.load_state_dict(tensors)


def to_safetensors(model: nn.Module) -> bytes:
    """A model's weights as the bytes of a safetensors file."""
    tensors = {name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}
    data: bytes = safetensors.torch.save(tensors, metadata={"format": "pt"})
    return data


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        ModelError: it is missing, damaged or cut short.
    """
    try:
        return safetensors.torch.load_file(path)
    except FileNotFoundError:
        raise ModelError(f"{path} is missing") from None
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or cut short: {error}") from None


def _read_all(folder: Path) -> dict[str, Tensor]:
    return {k: v for path in weight_files(folder) for k, v in read_tensors(path).items()}


def _with_todays_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`bert.` before a bare encoder's names, TensorFlow's LayerNorm names as PyTorch's."""
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
            "weights that are not quantised"
        )
    return tensor.float()


def _with_tied_decoder(tensors: dict[str, Tensor], folder: Path) -> dict[str, Tensor]:
    """Without the copies that some files have of what the MLM head shares with other parts."""
    tensors = dict(tensors)
    for copy, original in ((_DECODER, _WORDS), (_DECODER_BIAS, _MLM_BIAS)):
        if copy not in tensors:
            continue
        tensor = tensors.pop(copy)
        if not torch.equal(tensors.setdefault(original, tensor), tensor):
            raise ModelError(
                f"{folder} has a {copy} of its own, which differs from {original}; "
                "minibert reads models that share the two, as BERT does"
            )
    return tensors


def _unfilled(config: BertConfig) -> BertForPreTraining:
    """A model whose weights are still to be loaded; to draw a large one's takes seconds."""
    with _NothingDrawn():
        return BertForPreTraining(config)


class _NothingDrawn(TorchFunctionMode):
    """Leaves tensors as they are where they would be initialised.

    PyTorch's own way, its device `meta`, imports a compiler for it: a second, and 160 MB.
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
