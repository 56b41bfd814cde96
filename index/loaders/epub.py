"""EPUB: books and magazines by markitdown, then as Markdown."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.errors import UnreadableSource
from index.loaders.draft import Draft
from index.loaders.guard import parsing, read_zip, refuse_entities
from index.loaders.markdown import plain_text

_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"


def load_epub(path: Path) -> Draft:
    """The text of an EPUB's chapters in reading order; title, authors, date, language, publisher as stated."""
    data = read_zip(path, "an EPUB")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
    if "META-INF/container.xml" not in names:
        raise UnreadableSource("its content is a zip archive, but not an EPUB")
    if "META-INF/encryption.xml" in names and _is_encrypted(data):
        raise UnreadableSource("this EPUB is protected (DRM)")
    refuse_entities(data, ("container.xml", ".opf"), allow_doctype=True)
    with parsing("an EPUB"):
        from markitdown import StreamInfo
        from markitdown.converters import EpubConverter

        converter: Any = EpubConverter
        converted = converter().convert(io.BytesIO(data), StreamInfo(extension=".epub"))
        # markitdown puts the properties before the first chapter, up to a blank line.
        _, _, chapters = converted.markdown.partition("\n\n")
        _, text = plain_text(chapters)
        return _with_properties(Draft(text=text), data)


def _is_encrypted(data: bytes) -> bool:
    """Whether more than fonts is encrypted (fonts often are, and do not matter here)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listing = archive.read("META-INF/encryption.xml").decode("utf-8", "replace").lower()
    return any(suffix in listing for suffix in (".xhtml", ".html", ".htm"))


def _with_properties(draft: Draft, data: bytes) -> Draft:
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        container = fromstring(archive.read("META-INF/container.xml"))
        rootfile = container.find(f".//{_CONTAINER}rootfile")
        if rootfile is None:
            return draft
        package = fromstring(archive.read(rootfile.get("full-path") or ""))

    def stated(name: str) -> list[str]:
        return [text for element in package.iter(f"{_DC}{name}") if (text := "".join(element.itertext()).strip())]

    return replace(
        draft,
        title=next(iter(stated("title")), None),
        source=next(iter(stated("publisher")), None),
        authors=tuple(stated("creator")),
        published=next(iter(stated("date")), None),
        language=next(iter(stated("language")), None),
    )
