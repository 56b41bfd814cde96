"""What went wrong with an index, in words."""

import shutil
from pathlib import Path

from index.errors import SearchIndexError

_FULL = ("disk is full", "no space left", "enospc", "file too large")
# The last is what SQLite says where it cannot make its files.
_READ_ONLY = ("read-only", "readonly", "permission denied", "read only", "unable to open database file")
_BUSY = ("database is locked", "database table is locked")
# Not every library says that the disk is full, so look: below this, in bytes, it is.
_LITTLE = 16_000_000


def trouble(what: str, where: Path, error: Exception) -> SearchIndexError:
    """The error to raise when a library below us raised `error` over `what` in `where`."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if any(sign in said.lower() for sign in _FULL) or _free(where) < _LITTLE:
        return SearchIndexError(f"The disk is full: the {what} in {where} could not be written. Free some space.")
    if any(sign in said.lower() for sign in _READ_ONLY):
        return SearchIndexError(f"The {what} in {where} cannot be written ({said}); make it writable.")
    if any(sign in said.lower() for sign in _BUSY):
        return SearchIndexError(f"The {what} in {where} is kept busy by another process ({said}); try again.")
    return SearchIndexError(f"The {what} in {where} cannot be used ({said}); `rag index --rebuild` makes it anew.")


def _free(where: Path) -> int:
    there = next((path for path in (where, *where.parents) if path.exists()), Path())
    return shutil.disk_usage(there).free
