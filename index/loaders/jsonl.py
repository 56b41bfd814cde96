"""JSON Lines: an article a line, files as big as the disk."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from io import BufferedReader
from pathlib import Path
from urllib.parse import quote

from index.addresses import canonical_address
from index.article import Article
from index.errors import RefusedContent
from index.loaders.decode import kind_of
from index.loaders.draft import Draft, finished
from index.loaders.outcome import Failure

MAX_LINE = 32 * 2**20
_GIVE_UP = 2**30  # a "line" this long is no JSON Lines at all, …
MOST_BARREN = 10_000  # … nor are so many lines in a row without an article, …
_MOST_BLANK = 2**20  # … or so many blank ones: a small gzip may unpack to billions


def load_jsonl(path: Path, address: str) -> Iterator[Article | Failure]:
    """The articles of a JSON Lines file (or its gzip), one line in memory at a time.

    A line that is no JSON object, or has no text, is a `Failure` with its number; the rest is read.
    An article's address is its URL where it has one, so that the same story from two exports is
    one; else the file's with the line's ``id``, or a hash of its text, as fragment.
    """
    barren = 0
    try:
        with closing(_opened(path)) as file:
            if kind := kind_of(file.peek(1024)[:1024]):
                yield Failure(address, f"its content is not JSON Lines but {kind}")
                return
            for number, line in _lines(file):
                result = _entry(line, f"{address}#L{number}", address)
                barren = barren + 1 if isinstance(result, Failure) else 0
                yield result
                if barren >= MOST_BARREN:
                    yield Failure(address, f"{barren:,} lines in a row hold no article; what follows was left out")
                    return
    except (OSError, EOFError, zlib.error) as error:
        yield Failure(
            address, f"it cannot be read to its end: {_said(error)}", transient=isinstance(error, PermissionError)
        )


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    """The file, unpacked on the fly when its content (not its name) says gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _lines(file: gzip.GzipFile | BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines that are not blank; None for one that is too long."""
    number = blank = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            skipped = len(line)
            while (more := file.readline(2**20)) and not more.endswith(b"\n"):
                skipped += len(more)
                if skipped > _GIVE_UP:
                    raise EOFError(f"line {number} does not end")
            yield number, None
        elif not line.strip():
            blank += 1
            if blank > _MOST_BLANK:
                raise EOFError(f"more than {_MOST_BLANK:,} lines in a row are blank")
        else:
            blank = 0
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _entry(line: bytes | None, place: str, address: str) -> Article | Failure:
    if line is None:
        return Failure(place, f"the line is longer than {MAX_LINE // 2**20} MB")
    try:
        entry = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Failure(place, "the line is not UTF-8")
    except (ValueError, RecursionError) as error:
        return Failure(place, f"the line is not JSON ({_said(error)[:120]})")
    if not isinstance(entry, dict):
        return Failure(place, "the line is not a JSON object")
    try:
        draft = _draft(entry)
        return finished(draft, _address(draft, address))
    except RefusedContent as error:
        return Failure(place, str(error))
    except UnicodeEncodeError:
        return Failure(place, "the line holds what is no text (half of a surrogate pair)")


def article_of(entry: Mapping[str, object], address: str) -> Article:
    """The article in a mapping with the keys of JSON Lines, kept under `address` whatever its URL.

    Raises `RefusedContent` when it has no text.
    """
    return finished(_draft(entry), address)


def _draft(entry: Mapping[str, object]) -> Draft:
    draft = Draft(text="").with_fields(entry)
    if not draft.text.strip():
        raise RefusedContent("there is no text (key text, body or content)")
    return draft


def _address(draft: Draft, address: str) -> str:
    url = canonical_address(draft.url) if draft.url else None
    if url:
        return url
    name = draft.metadata.get("id")
    digest = hashlib.sha256(draft.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{address}#{quote(name, safe='/:.@', errors='replace') if name else digest}"


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
