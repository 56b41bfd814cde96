"""MiniLM with eight-bit matrix products: faster, and nearly the same vectors.

A product ``x W`` of a layer becomes ``(q V) · r · c``: the weights V are 8-bit with a factor c for each column, the
states q are 8-bit with a factor r for each token, found as they come, so that a vector depends on its text alone.
Before that each channel of x is divided by a constant s and the row of W multiplied by it, so that a few large
channels do not take all the precision (SmoothQuant, Xiao et al. 2023, arXiv:2211.10438:
``s = max|x|^a / max|W|^(1-a)``). What comes out of the GELU is never below -0.17: it is shifted, the shift goes into
the bias, and no bit is spent on a sign. The two products where the cosine suffers most stay in 32 bits, as do
embeddings, attention, norms and pooling.

The largest magnitudes seen in each channel (``minilm_ranges.npz``) come from `evals.studies.ranges`.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.minilm import HEADS, WIDTH, Tensors

RANGES = Path(__file__).with_name("minilm_ranges.npz")
FLOAT = ("2.down", "3.down")
"""Products that stay in 32 bits."""
GELU_FLOOR = np.float32(0.17)

_ALPHA = {"qkv": 0.6, "mix": 0.6, "up": 0.6, "down": 0.5}
_TOP = 127  # of the weights


def quantise(model: bytes, tensors: Tensors) -> tuple[bytes, dict[str, NDArray[Any]]]:
    """The graph and the weights of `index.minilm`, with eight-bit products in them.

    Raises ModelError on a processor whose eight-bit products overflow.
    """
    from onnx import ModelProto, TensorProto, helper, numpy_helper

    if overflows():
        raise ModelError("This processor's eight-bit products overflow (it lacks VNNI). Use the 32-bit model: local")
    ranges = dict(np.load(RANGES))
    weights: dict[str, NDArray[Any]] = dict(tensors)
    nodes: list[Any] = []

    def add(operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def multiply(states: str, name: str) -> str:
        unsigned = name.endswith(".down")
        kind = "unsigned" if unsigned else "signed"
        weights.update(_eight_bit(weights.pop(f"{name}.weight"), weights[f"{name}.bias"], ranges[name], name))
        if unsigned:
            states = add("Add", [states, "floor"], f"{name}.shifted")
        even = add("Mul", [states, f"{name}.evening"], f"{name}.even")
        size = even if unsigned else add("Abs", [even], f"{name}.size")
        top = add("Max", [add("ReduceMax", [size], f"{name}.top", axes=[-1], keepdims=1), "tiny"], f"{name}.positive")
        step = add("Mul", [top, f"{kind}.step"], f"{name}.step")
        raised = add("Add", [add("Div", [even, step], f"{name}.steps"), f"{kind}.rounding"], f"{name}.raised")
        cast = add("Cast", [raised], f"{name}.states8", to=TensorProto.UINT8)
        inputs = [cast, f"{name}.weight8", "one", f"{name}.factor", f"{kind}.zero", "no_shift"]
        return add(
            "Mul", [add("MatMulIntegerToFloat", inputs, f"{name}.sum", "com.microsoft"), step], f"{name}.product"
        )

    proto = ModelProto.FromString(model)
    for node in proto.graph.node:
        name = node.input[1].removesuffix(".weight") if len(node.input) > 1 else ""
        if name not in ranges or name in FLOAT:
            nodes.append(node)
        elif node.op_type == "MatMul":
            multiply(node.input[0], name)
        else:  # Attention would do its own products, in 32 bits
            thirds = [f"{name}.{third}" for third in ("query", "key", "value")]
            nodes.append(helper.make_node("Split", [multiply(node.input[0], name), "thirds"], thirds, axis=2))
            inputs = [*thirds, f"{name}.bias", node.input[3]]
            add("MultiHeadAttention", inputs, node.output[0], "com.microsoft", num_heads=HEADS)

    stored = [numpy_helper.from_array(value, name) for name, value in _constants().items()]
    for name, tensor in weights.items():
        outside = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(tensor.dtype), dims=tensor.shape)
        outside.data_location = TensorProto.EXTERNAL
        outside.external_data.add(key="location", value="given to the session")
        stored.append(outside)
    for field, values in ((proto.graph.node, nodes), (proto.graph.initializer, stored)):
        del field[:]
        field.extend(values)
    quantised: bytes = proto.SerializeToString()
    return quantised, weights


def overflows() -> bool:
    """Whether this processor adds up products of 8-bit numbers in 16 bits, which are too few (x86 without VNNI)."""
    import onnxruntime as ort
    from onnx import TensorProto, helper

    shapes = {"a": (TensorProto.UINT8, [1, 64]), "b": (TensorProto.INT8, [64, 16]), "c": (TensorProto.INT32, [1, 16])}
    a, b, c = (helper.make_tensor_value_info(name, *shape) for name, shape in shapes.items())
    graph = helper.make_graph([helper.make_node("MatMulInteger", ["a", "b"], ["c"])], "probe", [a, b], [c])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    largest = {"a": np.full((1, 64), 255, np.uint8), "b": np.full((64, 16), _TOP, np.int8)}
    return bool((session.run(None, largest)[0] != 64 * 255 * _TOP).any())


def _eight_bit(
    weight: NDArray[np.float32], bias: NDArray[np.float32], largest: NDArray[np.float16], name: str
) -> dict[str, NDArray[Any]]:
    """The tensors of one product: `weight` is (inputs, outputs), `largest` (inputs,)."""
    alpha = _ALPHA[name.partition(".")[2]]
    channels = np.maximum(largest.astype(np.float32), 1e-3)
    smooth = channels**alpha / np.maximum(np.abs(weight).max(axis=1), 1e-3) ** (1 - alpha)
    smooth = (smooth / np.exp(np.log(smooth).mean())).astype(np.float32)
    smoothed = weight * smooth[:, None]
    factor = np.abs(smoothed).max(axis=0) / _TOP
    tensors: dict[str, NDArray[Any]] = {
        f"{name}.weight8": np.rint(smoothed / factor).astype(np.int8),
        f"{name}.factor": factor,
        f"{name}.evening": 1 / smooth,
    }
    if name.endswith(".down"):
        tensors[f"{name}.bias"] = bias - GELU_FLOOR * weight.sum(axis=0)
    return tensors


def _constants() -> dict[str, NDArray[Any]]:
    values: dict[str, Any] = {"axis": [1], "thirds": [WIDTH] * 3, "no_shift": np.int8(0), "one": np.float32(1)}
    values |= {"tiny": np.float32(1e-9), "floor": GELU_FLOOR}
    for kind, steps, zero in (("signed", 127, 128), ("unsigned", 255, 0)):
        values |= {f"{kind}.step": np.float32(1 / steps), f"{kind}.zero": np.uint8(zero)}
        values[f"{kind}.rounding"] = np.float32(zero + 0.5)  # the cast to whole numbers cuts off
    return {name: np.asarray(value) for name, value in values.items()}
