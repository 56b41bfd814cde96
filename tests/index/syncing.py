"""A process that reads again what a library knows, and indexes it, until it is killed.

``syncing.py HOME``: imports, says ``ready``, waits for a line, syncs and says ``done``, again and again.
"""

import sys
from pathlib import Path

import chromadb  # noqa: F401 (loaded before the clock starts)
import feedparser  # noqa: F401
from hash_embedder import HashEmbedder

from index.facade import Index
from index.library import Library
from index.sources import Fetcher
from index.sync import sync


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(home: Path) -> None:
    say("ready")
    while sys.stdin.readline():
        with (
            Library.open(home / "library.sqlite3") as library,
            Index.open(home, HashEmbedder(), library) as index,
            Fetcher(allow_private=True, interval=0) as fetcher,
        ):
            for entry in sync(library, lambda: fetcher):
                say(entry.outcome)
            index.catch_up()
        say("done")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
