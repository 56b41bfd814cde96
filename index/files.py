"""Files written whole or not at all."""

import os
import threading
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Replace `path` by a file holding `text`; on disk when this returns, whatever happens meanwhile."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
