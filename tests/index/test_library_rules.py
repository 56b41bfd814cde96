"""Whatever is put, moved, forgotten and removed, in whatever order: the library is what a simple model says."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article
from index.library import Library

ADDRESSES = st.sampled_from(["/a", "/b", "/c", "https://example.org/d"])
TEXTS = st.sampled_from(["One.", "Two.", "Three."])
STEPS = st.one_of(
    st.tuples(st.just("put"), ADDRESSES, TEXTS),
    st.tuples(st.just("move"), ADDRESSES, TEXTS, ADDRESSES),
    st.tuples(st.just("forget"), ADDRESSES),
    st.tuples(st.just("remove"), ADDRESSES),
)
_names = count()


@dataclass
class Follower:
    """An index that knows nothing but the changes that it is told."""

    reached: int = 0
    versions: dict[str, str] = field(default_factory=dict)

    def catch_up(self, library: Library) -> None:
        while changes := library.changes_since(self.reached, limit=2):
            for change in changes:
                article = library.get(change.article_id)
                assert (article is None) == change.deleted
                if article is None:
                    self.versions.pop(change.article_id, None)
                else:
                    self.versions[change.article_id] = article.version
            self.reached = changes[-1].number
        assert self.reached == library.last_change()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("libraries")


@given(steps=st.lists(STEPS, max_size=25))
@settings(max_examples=60)
def test_the_library_is_what_the_model_says(steps: list[tuple[str, ...]], folder: Path) -> None:
    model: dict[str, str] = {}  # address → text
    follower = Follower()
    with Library.open(folder / f"{next(_names)}.sqlite3") as library:
        for step in steps:
            _apply(step, model, library)
            texts = {}
            for known in library.addresses():
                article = library.get(known.article_id)
                assert article is not None
                texts[known.address] = article.text
            assert texts == model
            articles = list(library.articles())
            assert sorted(a.text for a in articles) == sorted(set(model.values()))
            assert all(library.address(a.address) is not None for a in articles)
            follower.catch_up(library)
            assert follower.versions == {a.article_id: a.version for a in articles}


def _apply(step: tuple[str, ...], model: dict[str, str], library: Library) -> None:
    match step:
        case ("put", address, text):
            library.put(Article(text=text, title="T", address=address))
            model[address] = text
        case ("move", address, text, before):
            library.put(Article(text=text, title="T", address=address), moved_from=before)
            if address not in model:
                model.pop(before, None)
            model[address] = text
        case ("forget", address):
            library.forget(address)
            model.pop(address, None)
        case ("remove", address):
            known = library.address(address)
            if known is not None:
                gone = {a.address for a in library.addresses(article_id=known.article_id)}
                library.remove([known.article_id])
                for one in gone:
                    del model[one]
