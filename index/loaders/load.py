"""`load_file`: the articles of a file, whatever its format."""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.article import Article
from index.errors import SourceError, UnreadableSource
from index.loaders.draft import Draft, finished
from index.loaders.outcome import Failure

if TYPE_CHECKING:
    from index.loaders.bench import Bench

# The module of index.loaders that reads each suffix, and its function: path -> Draft.
# Imported when first needed; JSON Lines, which holds many articles, stands apart.
_FORMATS: Mapping[str, tuple[str, str]] = {
    ".txt": ("text", "load_text"),
    ".text": ("text", "load_text"),
    ".md": ("markdown", "load_markdown"),
    ".markdown": ("markdown", "load_markdown"),
    ".html": ("html", "load_html"),
    ".htm": ("html", "load_html"),
    ".xhtml": ("html", "load_html"),
    ".pdf": ("pdf", "load_pdf"),
    ".docx": ("docx", "load_docx"),
    ".epub": ("epub", "load_epub"),
}
_RISKY = (".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".epub")
_JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")

SUFFIXES: tuple[str, ...] = (*_FORMATS, *_JSON_LINES)


def is_known(path: Path) -> bool:
    """Whether the file's name says that it holds articles."""
    return path.name.lower().endswith(SUFFIXES)


def is_jsonl(path: Path) -> bool:
    """Whether the file's name says that it holds an article a line."""
    return path.name.lower().endswith(_JSON_LINES)


def load_file(path: Path, bench: "Bench | None" = None) -> Iterator[Article | Failure]:
    """The articles of the file at `path`, or why they could not be read.

    One article for most formats, any number for JSON Lines. What is wrong with the file is a
    `Failure`, never an exception. An article's address is the file's absolute path, with symbolic
    links resolved; entries of JSON Lines have their URL, or the path with a fragment. With `bench`
    the formats whose parsers are easily led astray are read in its process.
    """
    address = str(path.absolute())
    try:
        path = path.resolve(strict=True)
        address = str(path)
        address.encode()
        if not path.is_file():
            yield Failure(address, "it is not a regular file")
        elif is_jsonl(path):
            from index.loaders.jsonl import load_jsonl

            yield from load_jsonl(path, address)
        else:
            yield _load(path, address, bench)
    except UnicodeEncodeError:
        yield Failure(ascii(address), "its name is not valid text (not UTF-8); rename it")
    except FileNotFoundError:
        yield Failure(address, "there is no such file")
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield Failure(address, f"it cannot be read: {reason}", transient=True)


def load_draft(path: Path) -> Draft:
    """What the file of one article at `path` holds, by its suffix. Raises `SourceError`."""
    loader = _FORMATS.get(path.suffix.lower())
    if loader is None:
        raise UnreadableSource(f"unknown kind of file; known are {', '.join(SUFFIXES)}")
    read: Any = getattr(importlib.import_module(f"index.loaders.{loader[0]}"), loader[1])
    draft: Draft = read(path)
    return draft


def _load(path: Path, address: str, bench: "Bench | None") -> Article | Failure:
    read = bench.load_draft if bench and path.suffix.lower() in _RISKY else load_draft
    try:
        return finished(read(path), address)
    except SourceError as error:
        return Failure(address, str(error))
