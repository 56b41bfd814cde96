"""Data sets: one small module each, reading the public original format.

``load("qags")`` reads the measuring data beside the checkout (or RAG_SHARED_DATA); ``load("qags", "download/")`` reads
your own copy; ``load("questions.csv")`` your own questions. To add one, add a module here with `CARD` and `read`.
"""

import importlib
import os
import pkgutil
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from evals.datasets.items import Card, Dataset, Evidence, Item, Judgement, MarkedSpan, Nugget, Question, Turn
from evals.errors import DatasetError
from index.article import Article

__all__ = [
    "Card",
    "Dataset",
    "Evidence",
    "Item",
    "Judgement",
    "MarkedSpan",
    "Nugget",
    "Question",
    "Turn",
    "card",
    "load",
    "names",
]

_HELPERS = frozenset({"files", "items"})
# Other names under which people may know a data set, or its folder.
_ALSO = {"mtrag_un": "mtrag", "ragtruth_qa": "ragtruth", "multihop_rag": "multihoprag"}


class Loader(Protocol):
    """What a data set's module offers."""

    CARD: Card

    @staticmethod
    def read(path: Path | None, split: str | None) -> tuple[Sequence[Item], Sequence[Article]]:
        """Items and the articles to index. `path` is a folder or a file; None only where the set comes with the
        project. Raises DatasetError for files that are not in the set's format; a KeyError or the like is reported
        with the set's name."""
        ...


def names() -> list[str]:
    """The names of all data sets."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _HELPERS)


def card(name: str) -> Card:
    """A data set's card, without reading its data."""
    return _loader(name).CARD


def load(
    name: str | Path,
    path: str | Path | None = None,
    *,
    limit: int | None = None,
    split: str | None = None,
    seed: int = 0,
) -> Dataset:
    """The data set `name`, or your own questions if `name` is a file.

    `limit` keeps that many items, drawn at random with `seed` and in their order; a larger limit with the same seed
    keeps the smaller one's items. Raises DatasetError, saying what to do.
    """
    if path is None and Path(name).is_file():
        name, path = "own", name
    loader = _loader(str(name))
    where = Path(path) if path is not None else _default(loader.CARD)
    try:
        items, articles = loader.read(where, split)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise DatasetError(
            f"{where} is not in the format of {loader.CARD.name} ({loader.CARD.origin}): {type(error).__name__} {error}"
        ) from error
    if not items:
        raise DatasetError(f"{loader.CARD.name}: no items in {where}" + (f" for the split {split!r}" if split else ""))
    return Dataset(card=loader.CARD, items=tuple(_drawn(items, limit, seed)), articles=tuple(articles))


def _loader(name: str) -> Loader:
    module = name.lower().replace("-", "_")
    module = _ALSO.get(module, module)
    if module not in names():
        raise DatasetError(f"there is no data set {name!r}; there are {', '.join(names())}, or give a file of your own")
    return cast("Loader", importlib.import_module(f"{__name__}.{module}"))


def _default(card: Card) -> Path | None:
    if not card.folder:
        return None
    root = os.environ.get("RAG_SHARED_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(root) / card.folder
    if not folder.exists():
        raise DatasetError(f"{card.name} is not at {folder}; download it ({card.origin}) and give its path")
    return folder


def _drawn(items: Sequence[Item], limit: int | None, seed: int) -> list[Item]:
    if limit is None or limit >= len(items):
        return list(items)
    if limit < 1:
        raise DatasetError(f"the limit is {limit}; give 1 or more")
    order = list(range(len(items)))
    random.Random(seed).shuffle(order)
    return [items[i] for i in sorted(order[:limit])]
