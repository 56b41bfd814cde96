"""The embedding model against sentence-transformers on PyTorch (data/make_minilm_reference.py made the vectors)."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from index import minilm as module
from index.errors import ModelError
from index.minilm import MiniLM, available_cores
from index.weights import default_cache, ensure

DATA = Path(__file__).parent / "data"

pytestmark = pytest.mark.model


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    try:
        return MiniLM(ensure("all-minilm-l6-v2", cache=default_cache()))
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def reference() -> tuple[list[str], NDArray[np.float32]]:
    texts = json.loads((DATA / "minilm_texts.json").read_text(encoding="utf-8"))
    vectors = np.load(DATA / "minilm_vectors.npy").astype(np.float32)
    return texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_it_agrees_with_the_reference(minilm: MiniLM, reference: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, expected = reference
    vectors = minilm.embed(texts)
    assert len(set(texts)) >= 190
    assert vectors.dtype == np.float32
    assert vectors.shape == (200, minilm.dimensions)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5
    assert (vectors * expected).sum(axis=1).min() > 0.99999


def test_neither_company_nor_order_changes_a_vector(
    minilm: MiniLM, reference: tuple[list[str], NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = reference[0][90:125]
    alone = np.concatenate([minilm.embed([text]) for text in texts])
    monkeypatch.setattr(module, "WINDOW", 16)
    monkeypatch.setattr(module, "BATCH_TOKENS", 600)
    seen: list[int] = []
    assert np.abs(minilm.embed(texts[::-1], seen.append)[::-1] - alone).max() < 1e-5
    assert sum(seen) == len(texts)


def test_token_states_come_with_the_same_vectors(minilm: MiniLM) -> None:
    texts = ["The ferry left at nine.", "", "Nobody was hurt when the old bridge gave way on Tuesday."]
    encoded = minilm.encode(texts)
    assert np.abs(np.stack([one.vector for one in encoded]) - minilm.embed(texts)).max() < 1e-5
    assert [len(one.ids) for one in encoded] == [6, 0, 12]
    assert all(one.states.shape == (len(one.ids), 384) for one in encoded)
    assert encoded[0].starts.tolist() == [0, 4, 10, 15, 18, 22]
    states = encoded[0].states.astype(np.float32)
    assert np.abs(np.linalg.norm(states, axis=1) - 1).max() < 1e-2
    # a token is nearer to itself in another sentence than to others
    (other,) = minilm.encode(["At nine the ferry left."])
    nearest = (states @ other.states.astype(np.float32).T).argmax(axis=1)
    assert [int(other.ids[place]) for place in nearest[:5]] == encoded[0].ids[:5].tolist()


def test_batches_hold_every_text_once_and_few_tokens() -> None:
    lengths = np.random.default_rng(1).integers(2, 257, 1000).tolist()
    batches = list(module._batches(lengths, 2))
    assert sorted(np.concatenate(batches).tolist()) == list(range(1000))
    assert all(max(lengths[row] for row in rows) * len(rows) <= module.BATCH_TOKENS for rows in batches)
    padded = sum(max(lengths[row] for row in rows) * len(rows) for rows in batches)
    assert padded < 1.05 * sum(lengths)


def test_a_few_short_texts_are_shared_among_threads() -> None:
    assert [len(rows) for rows in module._batches([30] * 8, 2)] == [4, 4]
    assert [len(rows) for rows in module._batches([12], 2)] == [1]
    assert list(module._batches([], 2)) == []


def test_no_texts_long_texts_and_broken_characters(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, 384)
    start = "The ferry left at nine. " * 50
    long, cut, broken, mended = minilm.embed([start + "x" * 100_000, start, "a \ud800 b", "a ? b"])
    assert long.tolist() == cut.tolist()
    assert broken.tolist() == mended.tolist()
    assert [len(ids) for ids in minilm.tokenize(["", start])] == [2, 256]


def test_changes_are_what_another_checkpoint_would_be(minilm: MiniLM, tmp_path: Path) -> None:
    folder = ensure("all-minilm-l6-v2", cache=default_cache())
    random, name = np.random.default_rng(3), "encoder.layer.2.intermediate.dense"
    thin = {f"{name}.a": random.standard_normal((4, 384)), f"{name}.b": random.standard_normal((1536, 4)) / 50}
    changes = {part: tensor.astype(np.float32) for part, tensor in thin.items()}
    changes["encoder.layer.5.output.LayerNorm.bias"] = random.standard_normal(384).astype(np.float32)
    checkpoint = load_file(folder / "model.safetensors")
    checkpoint[f"{name}.weight"] += changes[f"{name}.b"] @ changes[f"{name}.a"]
    checkpoint["encoder.layer.5.output.LayerNorm.bias"] = changes["encoder.layer.5.output.LayerNorm.bias"]
    save_file(checkpoint, tmp_path / "model.safetensors")
    shutil.copy(folder / "tokenizer.json", tmp_path)

    texts = ["The barrier at Kell held.", ("Two bridges were closed.", "The river rose, and two bridges shut.")]
    changed = MiniLM(folder, changes=changes).embed(texts)
    assert changed == pytest.approx(MiniLM(tmp_path).embed(texts), abs=1e-5)
    assert np.abs(changed - minilm.embed(texts)).max() > 0.01


def test_a_pair_is_more_than_its_first_text(minilm: MiniLM) -> None:
    alone, pair = minilm.tokenize(["One bridge.", ("One bridge.", "Two bridges.")])
    assert pair[: len(alone)].tolist() == alone.tolist()
    assert len(pair) > len(alone)


def test_several_threads_at_once(minilm: MiniLM) -> None:
    texts = [f"Story number {n} has a text of its own. {'And more of it. ' * (n % 7)}" for n in range(40)]
    expected = minilm.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: minilm.embed([text])[0], texts))
    assert np.abs(np.stack(rows) - expected).max() < 1e-5


def test_files_that_cannot_be_used_are_named(minilm: MiniLM, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        MiniLM(tmp_path)
    shutil.copy(ensure("all-minilm-l6-v2", cache=default_cache(), offline=True) / "tokenizer.json", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not tensors at all")
    with pytest.raises(ModelError, match=r"cannot be loaded.*[Hh]eader"):
        MiniLM(tmp_path)


def test_available_cores() -> None:
    assert available_cores() >= 1
