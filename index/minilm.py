"""all-MiniLM-L6-v2 on ONNX Runtime: texts in, unit vectors out.

The model is a BERT encoder (6 layers of 12 heads, width 384; Wang et al. 2020, arXiv:2002.10957) whose last states
are averaged over the tokens and scaled to length 1 (Reimers & Gurevych 2019, arXiv:1908.10084). Its graph is built
here, straight from the original's safetensors file and in 32-bit floats, out of ONNX Runtime's fused transformer
operators (their reference is ContribOperators.md in its documentation). The graph names its weights and does not hold
them, so that building it takes milliseconds and nothing needs to be cached.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.catalogue import CATALOGUE
from index.errors import ModelError

LAYERS, HEADS, WIDTH = 6, 12, 384
MAX_TOKENS = 256
BATCH_TOKENS = 256
"""Tokens in one run, padding included: few enough that what a layer hands to the next stays in a core's cache."""
WINDOW = 4096
"""Texts that are sorted by length together."""

NAME = f"all-minilm-l6-v2-{CATALOGUE['all-minilm-l6-v2'].files[0].sha256[:8]}-{MAX_TOKENS}"
"""Changes whenever the same text would get another vector."""

Tensors = dict[str, NDArray[np.float32]]
Text = str | tuple[str, str]
"""A text, or two that are read together with a separator between them."""
_STATES = f"{LAYERS - 1}.down.states"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's vector and what it was pooled from: `states[i]` is the last state of the token `ids[i]`.

    `vector` is float32 (384,), `states` float16 (n, 384), all of length 1; `starts` are the characters of the text at
    which the tokens begin. The model's own two tokens are left out.
    """

    vector: NDArray[np.float32]
    ids: NDArray[np.int32]
    starts: NDArray[np.int32]
    states: NDArray[np.float16]


class MiniLM:
    """The embedding model, loaded from a folder with ``model.safetensors`` and ``tokenizer.json``.

    `directory` is what ``weights.ensure("all-minilm-l6-v2")`` returned; `threads` defaults to `available_cores()`;
    `eight_bit` trades a little of the vectors' precision for speed (`index.quantisation`); `changes` are made to the
    weights, by their names in the checkpoint: ``NAME.b @ NAME.a`` is added to the matrix ``NAME.weight``, other tensors
    take the place of the model's. May be used by several threads at once. Raises ModelError if the files cannot be
    used.
    """

    dimensions = WIDTH
    max_tokens = MAX_TOKENS

    def __init__(
        self, directory: Path, threads: int | None = None, *, eight_bit: bool = False, changes: Tensors | None = None
    ) -> None:
        from tokenizers import Tokenizer

        self.name = f"{NAME}-int8" if eight_bit else NAME
        self._threads = threads or available_cores()
        try:
            self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
            self._tokenizer.enable_truncation(MAX_TOKENS)
            self._tokenizer.no_padding()
            self._session = _session(_load(directory / "model.safetensors", changes or {}), eight_bit)
        except Exception as error:  # the three libraries raise a bare Exception, among others
            raise ModelError(f"The embedding model in {directory} cannot be loaded: {error}") from error

    def embed(self, texts: Sequence[Text], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        """Embed `texts`: shape (n, 384), rows of length 1 in the order given.

        Tokens beyond the 256th (with the two that the model adds) are left out. `progress` is called with the number
        of texts that were finished since it was last called.
        """
        vectors = np.empty((len(texts), WIDTH), np.float32)
        pool = ThreadPoolExecutor(self._threads)
        try:
            for first in range(0, len(texts), WINDOW):
                tokens = self.tokenize(texts[first : first + WINDOW])
                batches = list(_batches([len(ids) for ids in tokens], self._threads))
                results = pool.map(self._run, ([tokens[row] for row in rows] for rows in batches))
                for rows, result in zip(batches, results, strict=True):
                    vectors[first + rows] = result
                    if progress:
                        progress(len(rows))
        finally:
            pool.shutdown(cancel_futures=True)
        return vectors

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """The vector of each text, as `embed` gives it, with the states of its tokens."""
        encodings = self._tokenizer.encode_batch([_clean(text) for text in texts])
        tokens = [np.array(encoding.ids, np.int32) for encoding in encodings]
        encoded: dict[int, Encoded] = {}
        batches = list(_batches([len(ids) for ids in tokens], self._threads))
        with ThreadPoolExecutor(self._threads) as pool:
            results = pool.map(lambda rows: self._outputs([tokens[row] for row in rows], "vectors", _STATES), batches)
            for rows, (vectors, states) in zip(batches, results, strict=True):
                for row, vector, own in zip(rows.tolist(), vectors, states, strict=True):
                    inner = own[1 : len(tokens[row]) - 1]
                    unit = (inner / np.linalg.norm(inner, axis=-1, keepdims=True)).astype(np.float16)
                    starts = np.array([start for start, _ in encodings[row].offsets[1:-1]], np.int32)
                    encoded[row] = Encoded(vector, tokens[row][1:-1], starts, unit)
        return [encoded[row] for row in range(len(texts))]

    def tokenize(self, texts: Sequence[Text]) -> list[NDArray[np.int32]]:
        """Token ids of each text, truncated, with the model's own two around them."""
        encodings = self._tokenizer.encode_batch_fast([_clean(text) for text in texts])
        return [np.array(encoding.ids, np.int32) for encoding in encodings]

    def _run(self, tokens: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        return self._outputs(tokens, "vectors")[0]

    def _outputs(self, tokens: Sequence[NDArray[np.int32]], *names: str) -> list[NDArray[np.float32]]:
        lengths = np.array([len(ids) for ids in tokens])
        mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int32)
        ids = np.zeros(mask.shape, np.int32)
        ids[mask.astype(bool)] = np.concatenate(tokens)
        outputs: list[NDArray[np.float32]] = self._session.run(names, {"ids": ids, "mask": mask})
        return outputs


def _clean(text: Text) -> Text:
    """Without lone surrogates, which the tokenizer refuses; every offset still holds."""
    if isinstance(text, tuple):
        return text[0].encode("utf-8", "replace").decode("utf-8"), text[1].encode("utf-8", "replace").decode("utf-8")
    return text.encode("utf-8", "replace").decode("utf-8")


def available_cores() -> int:
    """Cores that this process may use: those of its affinity, hyper-threads not counted, within its cgroup's quota."""
    try:
        cpus = os.sched_getaffinity(0)
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
    cores = set()
    for cpu in cpus:
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        cores.add(siblings.read_text(encoding="ascii") if siblings.is_file() else str(cpu))
    limit = Path("/sys/fs/cgroup/cpu.max")
    quota, period = limit.read_text(encoding="ascii").split() if limit.is_file() else ("max", "1")
    return len(cores) if quota == "max" else max(1, min(len(cores), round(int(quota) / int(period))))


def _batches(lengths: Sequence[int], threads: int) -> Iterator[NDArray[np.intp]]:
    """Split texts of these lengths into batches of like lengths: arrays of their positions, longest texts first.

    A few short texts are split too, so that every thread has some.
    """
    limit = min(BATCH_TOKENS, max(64, sum(lengths) // threads))
    order = np.argsort(-np.asarray(lengths), kind="stable")
    start = 0
    while start < len(order):
        size = max(1, limit // lengths[order[start]])
        yield order[start : start + size]
        start += size


def _load(file: Path, changes: Mapping[str, NDArray[np.float32]] = MappingProxyType({})) -> Tensors:
    """Read the checkpoint, change it, and bring it into the graph's shapes: matrices transposed, query, key and value
    joined."""
    from safetensors.numpy import load_file

    checkpoint = load_file(file)
    for name, change in changes.items():
        if name.endswith(".a"):
            checkpoint[f"{name[:-2]}.weight"] += changes[f"{name[:-2]}.b"] @ change
        elif not name.endswith(".b"):
            checkpoint[name] = change

    def dense(name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return np.ascontiguousarray(checkpoint[f"{name}.weight"].T), checkpoint[f"{name}.bias"]

    tensors = {
        "words": checkpoint["embeddings.word_embeddings.weight"],
        # every token is of the first type, so that its embedding can be added to the positions' once and for all
        "positions": checkpoint["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        + checkpoint["embeddings.token_type_embeddings.weight"][0],
        "norm.scale": checkpoint["embeddings.LayerNorm.weight"],
        "norm.shift": checkpoint["embeddings.LayerNorm.bias"],
    }
    for layer in range(LAYERS):
        base = f"encoder.layer.{layer}"
        qkv = [dense(f"{base}.attention.self.{part}") for part in ("query", "key", "value")]
        tensors[f"{layer}.qkv.weight"] = np.concatenate([weight for weight, _ in qkv], axis=1)
        tensors[f"{layer}.qkv.bias"] = np.concatenate([bias for _, bias in qkv])
        for ours, theirs in (("mix", "attention.output"), ("down", "output")):
            tensors[f"{layer}.{ours}.weight"], tensors[f"{layer}.{ours}.bias"] = dense(f"{base}.{theirs}.dense")
            tensors[f"{layer}.{ours}.scale"] = checkpoint[f"{base}.{theirs}.LayerNorm.weight"]
            tensors[f"{layer}.{ours}.shift"] = checkpoint[f"{base}.{theirs}.LayerNorm.bias"]
        tensors[f"{layer}.up.weight"], tensors[f"{layer}.up.bias"] = dense(f"{base}.intermediate.dense")
    return tensors


def _graph(tensors: Tensors) -> bytes:
    """The serialised graph: ids and mask (both int32, batch × tokens) to vectors (float32, batch × 384).

    A mask is ones followed by zeros. Weights are only named: the session is given them.
    """
    from onnx import TensorProto, helper, numpy_helper

    nodes = []

    def add(operator: str, inputs: Sequence[str], output: str, domain: str = "com.microsoft", **attributes: Any) -> str:
        outputs = [output, "lengths"] if operator == "EmbedLayerNormalization" else [output]
        nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return output

    def multiply(states: str, name: str) -> str:
        return add("MatMul", [states, f"{name}.weight"], f"{name}.product", domain="")

    def add_and_norm(product: str, residual: str, name: str) -> str:
        inputs = [product, residual, f"{name}.scale", f"{name}.shift", f"{name}.bias"]
        return add("SkipLayerNormalization", inputs, f"{name}.states", epsilon=1e-12)

    # neither segment ids nor their embeddings, hence the empty names
    embedding = ["ids", "", "words", "positions", "", "norm.scale", "norm.shift", "mask"]
    states = add("EmbedLayerNormalization", embedding, "embedded", epsilon=1e-12)
    for n in range(LAYERS):
        qkv = [states, f"{n}.qkv.weight", f"{n}.qkv.bias", "lengths"]
        attended = add("Attention", qkv, f"{n}.attended", num_heads=HEADS)
        states = add_and_norm(multiply(attended, f"{n}.mix"), states, f"{n}.mix")
        activated = add("BiasGelu", [multiply(states, f"{n}.up"), f"{n}.up.bias"], f"{n}.activated")
        states = add_and_norm(multiply(activated, f"{n}.down"), states, f"{n}.down")
    # a sum over the tokens instead of their mean, as the scaling to length 1 that follows makes them the same
    add("Cast", ["mask"], "ones", domain="", to=TensorProto.FLOAT)
    add("Unsqueeze", ["ones", "axis"], "row", domain="")
    add("MatMul", ["row", states], "sums", domain="")
    add("Squeeze", ["sums", "axis"], "pooled", domain="")
    add("LpNormalization", ["pooled"], "vectors", domain="", axis=1, p=2)

    named = [numpy_helper.from_array(np.array([1]), "axis")]
    for name, tensor in tensors.items():
        outside = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=tensor.shape)
        outside.data_location = TensorProto.EXTERNAL
        outside.external_data.add(key="location", value="given to the session")
        named.append(outside)
    ids, mask = (
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "tokens"]) for name in ("ids", "mask")
    )
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH])
    last = helper.make_tensor_value_info(states, TensorProto.FLOAT, ["batch", "tokens", WIDTH])
    graph = helper.make_graph(nodes, "all-MiniLM-L6-v2", [ids, mask], [vectors, last], named)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model: bytes = helper.make_model(graph, opset_imports=versions, ir_version=9).SerializeToString()
    return model


def _session(tensors: Tensors, eight_bit: bool) -> Any:
    import onnxruntime as ort

    model = _graph(tensors)
    if eight_bit:
        from index.quantisation import quantise

        model, tensors = quantise(model, tensors)
    options = ort.SessionOptions()
    # one thread a run and several runs at once: threads that share a run wait for each other, and spin while they wait
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_external_initializers(list(tensors), [ort.OrtValue.ortvalue_from_numpy(t) for t in tensors.values()])
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
