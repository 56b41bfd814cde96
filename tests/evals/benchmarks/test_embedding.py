from pathlib import Path

import pytest

from evals.benchmarks.embedding import BARE, CHROMA, EIGHT_BIT, OURS, measure, passages
from index.errors import ModelError
from index.weights import default_cache, ensure


def test_passages_are_made_up_where_there_is_no_file() -> None:
    texts = passages(None, 30)
    assert len(texts) == len(set(texts)) == 30
    assert all(text.startswith("Made up\n") for text in texts)


@pytest.mark.model
@pytest.mark.filterwarnings("ignore::DeprecationWarning:chromadb")
def test_all_embed_the_same_passages_alike(tmp_path: Path) -> None:
    try:
        directory = ensure("all-minilm-l6-v2", cache=default_cache())
    except ModelError as error:
        pytest.skip(str(error))
    speeds = measure(passages(None, 3), 1, directory)
    assert [speed.name for speed in speeds[:3]] == [OURS, BARE, CHROMA]
    assert all(speed.cosine > 0.9999 for speed in speeds[:3])
    assert all(speed.name == EIGHT_BIT and 0.995 < speed.cosine < 0.99999 for speed in speeds[3:])
    assert all(speed.tokens_per_second > 0 for speed in speeds)
    assert speeds[1].ratio_to_bare == 1
