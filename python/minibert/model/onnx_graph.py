"""BERT as an ONNX graph, node by node, in the order of `model/bert.py`.

The graph has opset 20 of ONNX (https://onnx.ai/onnx/operators/), the first with GELU. ONNX refers
to values by name.

Shapes: B examples, S positions, H hidden size, A heads, V tokens of the vocabulary; B and S are
dynamic.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from minibert._core import __version__
from minibert.config.model import GELUS

if TYPE_CHECKING:
    from collections.abc import Collection

    from minibert.model.bert import BertForPreTraining
    from minibert.model.files import Part

OPSET = 20

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def onnx_model(model: BertForPreTraining, without: Collection[Part] = ()) -> ModelProto:
    """The forward pass of a model in evaluation mode, as a graph.

    The inputs are `INPUTS`, (B, S) int64; S is at most the model's number of positions. The
    outputs are float32: `last_hidden_state` (B, S, H), `pooler_output` (B, H),
    `prediction_logits` (B, S, V) and `seq_relationship_logits` (B, 2).

    Args:
        model: the model.
        without: parts that are left out, with their outputs.
    """
    config = model.config
    bert = _Bert(model)
    outputs = {"last_hidden_state": ["B", "S", config.hidden_size]}
    hidden = bert.encoder(bert.embeddings())
    bert.add("Identity", hidden, output="last_hidden_state")
    if "pooler" not in without:
        bert.pooler(hidden, output="pooler_output")
        outputs["pooler_output"] = ["B", config.hidden_size]
    if "MLM head" not in without:
        bert.mlm_head(hidden, output="prediction_logits")
        outputs["prediction_logits"] = ["B", "S", config.vocab_size]
    if not {"pooler", "NSP head"} & set(without):
        bert.nsp_head("pooler_output", output="seq_relationship_logits")
        outputs["seq_relationship_logits"] = ["B", 2]
    graph = helper.make_graph(
        bert.nodes,
        "bert",
        [_value(name, TensorProto.INT64, ["B", "S"]) for name in INPUTS],
        [_value(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        list(bert.constants.values()),
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(
        graph,
        opset_imports=opsets,
        ir_version=helper.find_min_ir_version_for(opsets),
        producer_name="minibert",
        producer_version=__version__,
    )


def _value(name: str, kind: int, shape: list[Any]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


class _Bert:
    """The parts of BERT. Each method adds nodes and returns the name of its output."""

    def __init__(self, model: BertForPreTraining) -> None:
        self.config = model.config
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}
        self._weights = {k: v.detach().cpu().numpy() for k, v in model.state_dict().items()}

    def embeddings(self) -> str:
        """(B, S, H): token, segment and position embeddings, added and normalized."""
        table = "bert.embeddings.{}_embeddings.weight".format
        words = self.add("Gather", self.weight(table("word")), "input_ids")
        segments = self.add("Gather", self.weight(table("token_type")), "token_type_ids")
        length = self.add("Shape", "input_ids", start=1)
        positions = self.add("Slice", self.weight(table("position")), self.number([0]), length)
        x = self.add("Add", self.add("Add", words, segments), positions)
        return self.layer_norm(x, "bert.embeddings.LayerNorm")

    def encoder(self, x: str) -> str:
        """(B, S, H): the hidden states of the last layer, of embeddings x (B, S, H)."""
        real = self.add("Cast", "attention_mask", to=TensorProto.FLOAT)
        real = self.add("Unsqueeze", real, self.number([1, 2]))  # (B, 1, 1, S)
        padding = self.add("Sub", self.number(1.0), real)
        mask = self.add("Mul", padding, self.number(float(np.finfo(np.float32).min)))
        for number in range(self.config.num_hidden_layers):
            layer = f"bert.encoder.layer.{number}"
            x = self.sublayer(
                self.attention(x, mask, f"{layer}.attention.self"), x, f"{layer}.attention.output"
            )
            wide = self.gelu(self.linear(x, f"{layer}.intermediate.dense"))
            x = self.sublayer(wide, x, f"{layer}.output")
        return x

    def attention(self, x: str, mask: str, name: str) -> str:
        """(B, S, H): multi-head scaled dot-product attention."""
        heads = self.config.num_attention_heads
        width = self.config.hidden_size // heads

        def rows(projection: str) -> str:  # (B, A, S, H / A)
            projected = self.linear(x, f"{name}.{projection}")
            apart = self.add("Reshape", projected, self.number([0, 0, heads, width]))
            return self.add("Transpose", apart, perm=[0, 2, 1, 3])

        keys = self.add("Transpose", rows("key"), perm=[0, 1, 3, 2])
        scores = self.add("MatMul", rows("query"), keys)
        scores = self.add("Mul", scores, self.number(1 / math.sqrt(width)))
        weights = self.add("Softmax", self.add("Add", scores, mask), axis=-1)
        read = self.add("MatMul", weights, rows("value"))
        together = self.add("Transpose", read, perm=[0, 2, 1, 3])
        return self.add("Reshape", together, self.number([0, 0, heads * width]))

    def sublayer(self, x: str, residual: str, name: str) -> str:
        """The end of a sublayer: LayerNorm(projection of x + residual)."""
        x = self.add("Add", self.linear(x, f"{name}.dense"), residual)
        return self.layer_norm(x, f"{name}.LayerNorm")

    def pooler(self, hidden: str, output: str) -> str:
        """(B, H): the first position through a dense layer and tanh."""
        first = self.add("Gather", hidden, self.number(0), axis=1)
        return self.add("Tanh", self.linear(first, "bert.pooler.dense"), output=output)

    def mlm_head(self, hidden: str, output: str) -> str:
        """(B, S, V): the logits of the MLM head, by the token embeddings."""
        head = "cls.predictions"
        x = self.gelu(self.linear(hidden, f"{head}.transform.dense"))
        x = self.layer_norm(x, f"{head}.transform.LayerNorm")
        words = self.weight("bert.embeddings.word_embeddings.weight")
        scores = self.add("MatMul", x, self.add("Transpose", words, perm=[1, 0]))
        return self.add("Add", scores, self.weight(f"{head}.bias"), output=output)

    def nsp_head(self, pooled: str, output: str) -> str:
        """(B, 2): the logits of label 0 (the second segment follows) and 1 (it is random)."""
        return self.linear(pooled, "cls.seq_relationship", output=output)

    def linear(self, x: str, name: str, output: str | None = None) -> str:
        """A linear layer; its matrix is stored as (in, out), as MatMul needs it."""
        product = self.add("MatMul", x, self.weight(f"{name}.weight", transposed=True))
        return self.add("Add", product, self.weight(f"{name}.bias"), output=output)

    def gelu(self, x: str) -> str:
        """The activation function of the configuration."""
        return self.add("Gelu", x, approximate=GELUS[self.config.hidden_act])

    def layer_norm(self, x: str, name: str) -> str:
        """LayerNorm over the hidden size."""
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        eps = self.config.layer_norm_eps
        return self.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=eps)

    def add(self, op: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Add a node; the name of its output."""
        output = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def weight(self, name: str, *, transposed: bool = False) -> str:
        """A tensor of the state dict."""
        array = self._weights[name]
        return self._constant(name, np.ascontiguousarray(array.T if transposed else array))

    def number(self, value: float | list[int]) -> str:
        """A constant: one float32, or int64 numbers."""
        kind = np.float32 if isinstance(value, float) else np.int64
        return self._constant(f"constant {value}", np.array(value, kind))

    def _constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(array, name)
        return name
