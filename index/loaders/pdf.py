"""PDF: its text by markitdown (pdfminer), lines put back together into paragraphs."""

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.errors import UnreadableSource
from index.loaders.decode import kind_of
from index.loaders.draft import Draft
from index.loaders.guard import MAX_DOCUMENT, MAX_UNPACKED, parsing, read_capped

MAX_PAGES = 2_000
_STREAM = re.compile(rb"stream\r?\n")
_TABLE_RULE = re.compile(r"\|[\s|:-]+\|")
_HYPHENATED = re.compile(r"([^\W\d_]+)-$")
_ENDS = (".", "!", "?", ":", "”", '"', "|")
_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?\s*(Z|[+-]\d{2})?'?(\d{2})?'?")


def load_pdf(path: Path) -> Draft:
    """The text of a PDF, its title, author and date where its properties state them.

    Raises `UnreadableSource` for an encrypted PDF, one of pictures alone, or one that is no PDF.
    """
    data = read_capped(path, MAX_DOCUMENT)
    if b"%PDF-" not in data[:1024]:
        what = kind_of(data)
        raise UnreadableSource("its content is not a PDF" + (f" but {what}" if what else ""))
    _refuse_bomb(data)
    with parsing("a PDF"):
        draft = _properties(data)
        from markitdown import StreamInfo
        from markitdown.converters import PdfConverter

        converted = PdfConverter().convert(io.BytesIO(data), StreamInfo(extension=".pdf", mimetype="application/pdf"))
    text = reflowed(converted.markdown)
    if not text.strip():
        raise UnreadableSource("this PDF holds no text, only pictures of it: run it through OCR first")
    return Draft(text=text, title=draft.title, authors=draft.authors, published=draft.published)


def _refuse_bomb(data: bytes) -> None:
    """Raise if the deflated streams of `data` unpack to more than `MAX_UNPACKED` together."""
    total = 0
    for match in _STREAM.finditer(data):
        try:
            unpacked = zlib.decompressobj().decompress(memoryview(data)[match.end() :], MAX_UNPACKED - total + 1)
        except zlib.error:
            continue  # not deflated, or damaged: the parser's business
        total += len(unpacked)
        if total > MAX_UNPACKED:
            raise UnreadableSource(f"refused: this PDF unpacks to more than {MAX_UNPACKED // 2**20} MB")


def _properties(data: bytes) -> Draft:
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect, PDFTextExtractionNotAllowed
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
    except (PDFPasswordIncorrect, PDFEncryptionError, PDFTextExtractionNotAllowed) as error:
        raise UnreadableSource("encrypted PDF: save it without a password") from error
    for number, _ in enumerate(PDFPage.create_pages(document)):
        if number >= MAX_PAGES:
            raise UnreadableSource(f"this PDF has more than {MAX_PAGES} pages; split it")
    found: dict[str, str] = {}
    for properties in document.info:
        for name in ("Title", "Author", "CreationDate"):
            value = resolve1(properties.get(name))
            if isinstance(value, (bytes, str)):
                found[name] = (decode_text(value) if isinstance(value, bytes) else value).strip()
    title = found.get("Title", "")
    useful = len(title) > 3 and not re.search(
        r"^untitled|^microsoft word -|\.(?:docx?|indd|pdf|qxd|tex|odt)$", title, re.IGNORECASE
    )
    authors = tuple(filter(None, (name.strip() for name in re.split(r";| and ", found.get("Author", "")))))
    return Draft(
        text="", title=title if useful else None, authors=authors, published=_date(found.get("CreationDate", ""))
    )


def _date(text: str) -> str | None:
    """A PDF date (``D:20240305102000+01'00'``) in ISO 8601."""
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone, zone_minute = match.groups()
    offset = "+00:00" if zone in {None, "Z"} else f"{zone}:{zone_minute or '00'}"
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{offset}"


def reflowed(text: str) -> str:
    """Paragraphs out of the lines of a page: lines joined, hyphenation undone, running heads dropped.

    Table rows (between ``|``) stay lines; a page break does not end a paragraph that goes on.
    """
    pages = [page.splitlines() for page in text.split("\f")]
    running = _running_lines(pages)
    lines: list[str] = []
    for page in pages:
        kept = "\n".join(line for line in page if _key(line) not in running).strip().splitlines()
        goes_on = lines and kept and kept[0][0].islower() and not lines[-1].endswith(_ENDS)
        lines += kept if goes_on else ["", *kept]
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", text))
    return "\n\n".join(_paragraphs(lines, words))


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip().casefold())


def _running_lines(pages: list[list[str]]) -> set[str]:
    """What stands first or last on most of at least three pages: running heads, page numbers."""
    if len(pages) < 3:
        return set()
    ends: Counter[str] = Counter()
    for page in pages:
        filled = [_key(line) for line in page if line.strip()]
        ends.update({*filled[:2], *filled[-2:]})
    return {key for key, count in ends.items() if count >= max(3, len(pages) * 0.6)}


def _paragraphs(lines: Iterable[str], words: Counter[str]) -> Iterator[str]:
    current, in_table = "", False
    for line in (*map(str.strip, lines), ""):
        if _TABLE_RULE.fullmatch(line):
            continue
        row = line.startswith("|") and line.endswith("|") and len(line) > 2
        if current and (not line or row != in_table):
            yield current
            current = ""
        if row:
            cells = " | ".join(cell.strip() for cell in line.strip("|").split("|"))
            current = f"{current}\n{cells}" if current else cells
        elif line:
            current = _joined(current, line, words) if current else line
        in_table = row


def _joined(left: str, right: str, words: Counter[str]) -> str:
    if left.endswith("\u00ad"):
        return left[:-1] + right
    broken = _HYPHENATED.search(left)
    if not broken or not right[0].islower():
        return f"{left} {right}"
    rest = _WORD.match(right)
    whole = f"{broken[1]}-{rest[0] if rest else ''}"
    return left + right if words[whole] else left[:-1] + right
