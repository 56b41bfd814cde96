"""DOCX: Word documents by markitdown (mammoth), then as Markdown."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.errors import UnreadableSource
from index.loaders.draft import Draft
from index.loaders.guard import parsing, read_zip, refuse_entities
from index.loaders.markdown import plain_text, titled

_PROPERTIES = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
# What a much used library writes when nobody states anything: its own template's properties.
_TEMPLATE = {"python-docx", "2013-12-23T23:15:00Z"}


def load_docx(path: Path) -> Draft:
    """The text of a Word document; title, author and date of creation from its properties."""
    data = read_zip(path, "a DOCX document")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
    if "word/document.xml" not in names:
        raise UnreadableSource("its content is a zip archive, but not a DOCX document")
    refuse_entities(data, (".xml", ".rels"), allow_doctype=False)
    with parsing("a DOCX document"):
        from markitdown import StreamInfo
        from markitdown.converters import DocxConverter

        converter: Any = DocxConverter
        converted = converter().convert(io.BytesIO(data), StreamInfo(extension=".docx"))
        heading, text = plain_text(converted.markdown)
        draft = Draft(text=text)
        return titled(_with_properties(draft, data) if _PROPERTIES in names else draft, heading)


def _with_properties(draft: Draft, data: bytes) -> Draft:
    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = fromstring(archive.read(_PROPERTIES))
    found = {name: (root.findtext(name) or "").strip() for name in (f"{_DC}title", f"{_DC}creator", f"{_TERMS}created")}
    authors = tuple(filter(None, (name.strip() for name in found[f"{_DC}creator"].split(";"))))
    return replace(
        draft,
        title=found[f"{_DC}title"] or draft.title,
        authors=tuple(name for name in authors if name not in _TEMPLATE),
        published=None if found[f"{_TERMS}created"] in _TEMPLATE else found[f"{_TERMS}created"] or None,
        language=(root.findtext(f"{_DC}language") or "").strip() or None,
    )
