"""Caps and checks before a file is handed to its parser: sizes, zip bombs, XML entities."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax import SAXException, handler

from index.errors import SourceError, UnreadableSource
from index.loaders.decode import kind_of

MAX_TEXT_FILE = 64 * 2**20
MAX_DOCUMENT = 256 * 2**20
MAX_UNPACKED = 512 * 2**20
MAX_MEMBERS = 10_000
MAX_RATIO = 200  # of a member that unpacks to more than _SMALL; XML seldom passes 30
_SMALL = 4 * 2**20


def read_capped(path: Path, limit: int = MAX_TEXT_FILE) -> bytes:
    """The bytes of the file, or `UnreadableSource` if there are more than `limit`."""
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnreadableSource(f"it is larger than {limit // 2**20} MB; split it, or export the articles as JSON Lines")
    if not data:
        raise UnreadableSource("the file is empty")
    return data


def read_zip(path: Path, kind: str) -> bytes:
    """The bytes of a zip-based document whose members are safe to unpack.

    Raises `UnreadableSource` for what is no zip, is encrypted or damaged, or unpacks to too much.
    The sizes in the directory can be trusted: `zipfile` never yields more than they say.
    """
    data = read_capped(path, MAX_DOCUMENT)
    if not data.startswith(b"PK"):
        what = kind_of(data)
        raise UnreadableSource(f"its content is not {kind}" + (f" but {what}" if what else ""))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise UnreadableSource(f"damaged {kind}: it cannot be unpacked ({error})") from error
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableSource(f"encrypted {kind}: save it without a password")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableSource(
            f"refused: {kind} that unpacks to more than {MAX_UNPACKED // 2**20} MB or too many files"
        )
    for member in members:
        if member.file_size > _SMALL and member.file_size > MAX_RATIO * max(1, member.compress_size):
            raise UnreadableSource(f"refused: a part of it is a zip bomb ({member.filename[:80]})")
    return data


def refuse_entities(data: bytes, suffixes: tuple[str, ...], *, allow_doctype: bool) -> None:
    """Raise `UnreadableSource` if an XML member of the zip in `data` declares entities.

    `suffixes` says which members are XML. With `allow_doctype` a document type is allowed as long
    as it declares no entity.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.sax import parse

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.lower().endswith(suffixes):
                try:
                    with archive.open(name) as member:
                        parse(member, handler.ContentHandler(), forbid_dtd=not allow_doctype)
                except DefusedXmlException as error:
                    raise UnreadableSource("refused: its XML declares entities or a document type") from error
                except (SAXException, zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
                    raise UnreadableSource(f"damaged: {name[:80]} cannot be read ({error})") from error


@contextmanager
def parsing(kind: str) -> Iterator[None]:
    """Turn whatever a parser raises on hostile or damaged input into `UnreadableSource`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (SourceError, KeyboardInterrupt):
        raise
    except Exception as error:  # a damaged file makes its parser fail in any way it likes
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UnreadableSource(f"damaged or not {kind} ({detail})") from error
