"""The eight-bit model against sentence-transformers' 32-bit vectors (see test_minilm)."""

import json
from pathlib import Path

import numpy as np
import pytest

from index import quantisation
from index.errors import ModelError
from index.minilm import LAYERS, NAME, WIDTH, MiniLM
from index.weights import default_cache, ensure

DATA = Path(__file__).parent / "data"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def directory() -> Path:
    try:
        return ensure("all-minilm-l6-v2", cache=default_cache())
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def eight_bit(directory: Path) -> MiniLM:
    if quantisation.overflows():
        pytest.skip("this processor's eight-bit products overflow")
    return MiniLM(directory, eight_bit=True)


def test_it_stays_near_the_reference(eight_bit: MiniLM) -> None:
    texts = json.loads((DATA / "minilm_texts.json").read_text(encoding="utf-8"))
    expected = np.load(DATA / "minilm_vectors.npy").astype(np.float32)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    cosines = (eight_bit.embed(texts) * expected).sum(axis=1)
    assert cosines.min() > 0.995
    assert cosines.mean() > 0.9985
    assert cosines.mean() < 0.99999  # it is the eight-bit model that ran


def test_a_vector_depends_on_its_text_alone(eight_bit: MiniLM) -> None:
    texts = ["A short one.", "Of middling length, with 17 numbers.", "And the longest. " * 20, "?"]
    alone = np.concatenate([eight_bit.embed([text]) for text in texts])
    assert np.abs(eight_bit.embed(texts) - alone).max() < 1e-5


def test_its_name_is_its_own(eight_bit: MiniLM) -> None:
    assert eight_bit.name == f"{NAME}-int8"


def test_ranges_are_there_for_every_eight_bit_product() -> None:
    ranges = dict(np.load(quantisation.RANGES))
    wanted = {f"{n}.{part}": WIDTH for n in range(LAYERS) for part in ("qkv", "mix", "up")}
    wanted |= {f"{n}.down": 4 * WIDTH for n in range(LAYERS)}
    assert {name: len(values) for name, values in ranges.items()} == {
        name: size for name, size in wanted.items() if name not in quantisation.FLOAT
    }


def test_a_processor_that_overflows_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantisation, "overflows", lambda: True)
    with pytest.raises(ModelError, match="eight-bit products overflow"):
        MiniLM(directory, eight_bit=True)
