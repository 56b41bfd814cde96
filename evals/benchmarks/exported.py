"""all-MiniLM-L6-v2 as model exporters write it: standard ONNX operators only, the weights inside.

For comparison alone: what ONNX Runtime makes of such a file is what the usual embedding libraries run.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def export(safetensors: Path) -> bytes:
    """The model of `safetensors`, serialised.

    Inputs ``input_ids``, ``attention_mask`` and ``token_type_ids`` (int64, batch × tokens); output
    ``last_hidden_state`` (float32, batch × tokens × 384), not yet averaged.
    """
    from onnx import TensorProto, helper, numpy_helper
    from safetensors.numpy import load_file

    weights = load_file(safetensors)
    nodes: list[Any] = []
    constants: dict[str, NDArray[Any]] = {}

    def add(operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        output = f"{operator}_{len(nodes)}"
        nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(name: str, value: Any) -> str:
        constants[name] = np.array(value, order="C")
        return name

    def number(value: float) -> str:
        return constant(f"number_{value}", np.float32(value))

    def integers(*values: int) -> str:
        return constant(f"integers_{values}", np.array(values, np.int64))

    def dense(states: str, name: str) -> str:
        product = add("MatMul", [states, constant(f"{name}.weight", weights[f"{name}.weight"].T)])
        return add("Add", [product, constant(f"{name}.bias", weights[f"{name}.bias"])])

    def norm(states: str, name: str) -> str:
        scale, shift = (constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return add("LayerNormalization", [states, scale, shift], axis=-1, epsilon=1e-12)

    def heads(states: str, order: list[int]) -> str:
        return add("Transpose", [add("Reshape", [states, integers(0, 0, 12, 32)])], perm=order)

    def embedded(table: str, ids: str) -> str:
        name = f"embeddings.{table}_embeddings.weight"
        return add("Gather", [constant(name, weights[name]), ids])

    tokens = add("Gather", [add("Shape", ["input_ids"]), integers(1)])
    positions = add("Slice", [constant("all_positions", np.arange(512)[None]), integers(0), tokens, integers(1)])
    states = add("Add", [embedded("word", "input_ids"), embedded("token_type", "token_type_ids")])
    states = norm(add("Add", [states, embedded("position", positions)]), "embeddings.LayerNorm")
    mask = add("Unsqueeze", [add("Cast", ["attention_mask"], to=TensorProto.FLOAT), integers(1, 2)])
    blocked = add("Mul", [add("Sub", [number(1), mask]), number(-10000)])
    for layer in range(6):
        base = f"encoder.layer.{layer}"
        query = heads(dense(states, f"{base}.attention.self.query"), [0, 2, 1, 3])
        key = heads(dense(states, f"{base}.attention.self.key"), [0, 2, 3, 1])
        value = heads(dense(states, f"{base}.attention.self.value"), [0, 2, 1, 3])
        scores = add("Div", [add("MatMul", [query, key]), number(32**0.5)])
        attention = add("Softmax", [add("Add", [scores, blocked])], axis=-1)
        mixed = add("Transpose", [add("MatMul", [attention, value])], perm=[0, 2, 1, 3])
        mixed = dense(add("Reshape", [mixed, integers(0, 0, 384)]), f"{base}.attention.output.dense")
        states = norm(add("Add", [mixed, states]), f"{base}.attention.output.LayerNorm")
        wide = dense(states, f"{base}.intermediate.dense")
        bell = add("Add", [add("Erf", [add("Div", [wide, number(2**0.5)])]), number(1)])
        narrow = dense(add("Mul", [add("Mul", [wide, bell]), number(0.5)]), f"{base}.output.dense")
        states = norm(add("Add", [narrow, states]), f"{base}.output.LayerNorm")
    add("Identity", [states])
    nodes[-1].output[0] = "last_hidden_state"

    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in names]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", 384])
    stored = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "exported", inputs, [output], stored)
    model: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    ).SerializeToString()
    return model
