"""A process that changes a library, keeps its index fresh and asks it questions, until it is killed.

``changing.py HOME SEED``: imports, says ``ready``, waits for a line, then says what it does, one
line each: ``put NAME VERSION`` or ``remove NAME`` before a change, ``done`` when it is acknowledged.
"""

import random
import sys
from pathlib import Path

import chromadb  # noqa: F401 (loaded before the clock starts)
from hash_embedder import HashEmbedder

from index.article import Article, address_id
from index.facade import Index
from index.library import Library

NAMES = 40


def article(name: str, version: int) -> Article:
    """Some eighty passages, all holding the word that is the article's name."""
    chance = random.Random(f"{name} {version}")
    paragraphs = (
        f"{name} says {' '.join(chance.choice(['river', 'bridge', 'bread', 'lake', 'storm']) for _ in range(100))}."
        for _ in range(80)
    )
    return Article(text="\n\n".join(paragraphs), title=f"{name} {version}", address=f"/{name}")


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(home: Path, seed: str) -> None:
    say("ready")
    sys.stdin.readline()
    chance = random.Random(seed)
    version = int(seed) * 100_000
    with Library.open(home / "library.sqlite3") as library, Index.open(home, HashEmbedder(), library) as index:
        index.follow(0.01)
        while True:
            name = f"name{chance.randrange(NAMES)}"
            if chance.random() < 0.7:
                version += 1
                say("put", name, version)
                library.put(article(name, version))
                say("done")
            else:
                say("remove", name)
                library.remove([address_id(f"/{name}")])
                say("done")
                found = {hit.passage.article_id for hit in index.search(name, k=5)}
                if address_id(f"/{name}") in found:
                    say("fault", name, "was found after it was removed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
