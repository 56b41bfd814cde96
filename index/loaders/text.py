"""Plain text: what is written is what is kept."""

from pathlib import Path

from index.loaders.decode import decode
from index.loaders.draft import Draft
from index.loaders.guard import read_capped


def load_text(path: Path) -> Draft:
    """The text of a plain text file in any common encoding."""
    return Draft(text=decode(read_capped(path)))
