"""Ask questions of news articles: every answer cited to the sentence, every sentence checked.

    import rag

    bot = rag.open()
    bot.add("articles/")
    print(bot.ask("How many people died in the Lahaina fire?").text)

`open` gives a `Bot`. Names are loaded when they are first used, so that importing costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.article import Article
    from index.errors import ArticleRagError
    from rag.answer import (
        Answer,
        Checked,
        Citation,
        Cited,
        Condensed,
        Copy,
        Delta,
        Event,
        Finished,
        Found,
        Notice,
        Retrieved,
        Sentence,
    )
    from rag.bot import Bot, open  # noqa: A004
    from rag.conversation import Conversation
    from rag.settings import Settings

__version__ = "0.1.0"

_PUBLIC = {
    "index.article": ["Article"],
    "index.errors": ["ArticleRagError"],
    "rag.answer": [
        "Answer",
        "Checked",
        "Citation",
        "Cited",
        "Condensed",
        "Copy",
        "Delta",
        "Event",
        "Finished",
        "Found",
        "Notice",
        "Retrieved",
        "Sentence",
    ],
    "rag.bot": ["Bot", "open"],
    "rag.conversation": ["Conversation"],
    "rag.settings": ["Settings"],
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = [
    "Answer",
    "Article",
    "ArticleRagError",
    "Bot",
    "Checked",
    "Citation",
    "Cited",
    "Condensed",
    "Conversation",
    "Copy",
    "Delta",
    "Event",
    "Finished",
    "Found",
    "Notice",
    "Retrieved",
    "Sentence",
    "Settings",
    "open",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
