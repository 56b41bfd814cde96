"""How large the states before MiniLM's matrix products get: ``python -m evals.studies.ranges``.

Runs the 32-bit model over the golden articles and writes, for each product of `index.quantisation`, the largest
magnitude of each channel, as 16-bit floats, to ``index/minilm_ranges.npz``.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import minilm
from index.article import Article
from index.loaders import load_file
from index.passages import passages_of
from index.quantisation import FLOAT, GELU_FLOOR, RANGES
from index.weights import default_cache, ensure

ARTICLES = Path(__file__).parents[1] / "golden" / "articles"


def measure(texts: list[str]) -> dict[str, NDArray[np.float16]]:
    """The largest magnitude of each channel before each product, over all tokens of `texts`."""
    import onnxruntime as ort
    from onnx import ModelProto, TensorProto, helper

    directory = ensure("all-minilm-l6-v2", cache=default_cache())
    tensors = minilm._load(directory / "model.safetensors")
    model = ModelProto.FromString(minilm._graph(tensors))
    before = {
        node.input[1].removesuffix(".weight"): node.input[0]
        for node in model.graph.node
        if len(node.input) > 1 and node.input[1].endswith(".weight")
    }
    known = {output.name for output in model.graph.output}
    for states in set(before.values()) - known:
        model.graph.output.append(helper.make_tensor_value_info(states, TensorProto.FLOAT, None))
    options = ort.SessionOptions()
    options.add_external_initializers(list(tensors), [ort.OrtValue.ortvalue_from_numpy(t) for t in tensors.values()])
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [name for name in before if name not in FLOAT]
    ranges: dict[str, NDArray[np.float32]] = {}
    for ids in minilm.MiniLM(directory).tokenize(texts):
        outputs = session.run([before[name] for name in names], {"ids": ids[None], "mask": np.ones_like(ids[None])})
        for name, states in zip(names, outputs, strict=True):
            shift = GELU_FLOOR if name.endswith(".down") else 0
            ranges[name] = np.maximum(np.abs(states[0] + shift).max(axis=0), ranges.get(name, np.float32(0)))
    return {name: values.astype(np.float16) for name, values in ranges.items()}


if __name__ == "__main__":
    articles = (article for file in sorted(ARTICLES.glob("*.md")) for article in load_file(file))
    texts = [p.text for article in articles if isinstance(article, Article) for p in passages_of(article)]
    np.savez_compressed(RANGES, allow_pickle=False, **measure(texts))
    print(f"{len(texts)} passages, {RANGES.stat().st_size} bytes in {RANGES}")
