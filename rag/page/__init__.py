"""The chat page as HTML: what an answer, an article and a library look like. Knows nothing of Gradio.

Everything that comes out of articles, addresses and models goes through `markup`, which escapes it.
"""

from importlib.resources import files

from rag.page.markup import join
from rag.page.reader import article, gone
from rag.page.turn import Turn
from rag.page.welcome import examples, status, welcome

__all__ = ["Turn", "article", "asset", "examples", "gone", "join", "status", "welcome"]


def asset(name: str) -> str:
    """The text of ``page.css`` or ``page.js``."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
