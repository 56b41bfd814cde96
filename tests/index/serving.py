"""A process that owns an index and answers questions from it.

``serving.py HOME``: says ``ready``; for each line that it reads it prints the ids of the articles found.
"""

import sys
from pathlib import Path

from hash_embedder import HashEmbedder

from index.facade import Index
from index.library import Library


def main(home: Path) -> None:
    with Library.open(home / "library.sqlite3") as library, Index.open(home, HashEmbedder(), library) as index:
        index.follow(0.2)
        index.bring_up_to_date()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            found = {hit.passage.article_id for hit in index.search(line)}
            sys.stdout.write(" ".join(sorted(found)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
