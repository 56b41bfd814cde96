"""What is known of each judge's errors: ``judges.json`` beside this file, written by ``rag eval judges --keep``.

For each judge its counts on our labelled sentences: sensitivity and specificity as [right, of], and the balanced
accuracy in words. Reports say them, and shares that the judge made are corrected by them (Rogan & Gladen).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "judges.json"


def read(path: Path = FILE) -> dict[str, dict[str, Any]]:
    """By the judge's name; empty if nothing was kept."""
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def write(known: Mapping[str, Mapping[str, Any]], path: Path = FILE) -> None:
    """Add to what is kept; a judge measured again replaces itself."""
    whole = {**read(path), **known}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
