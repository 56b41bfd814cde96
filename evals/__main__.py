"""``python -m evals`` is ``rag eval``."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "eval")
    main()
