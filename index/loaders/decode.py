"""Bytes to text: which encoding, and whether it is text at all."""

import codecs
import re

from index.errors import UnreadableSource
from index.loaders.language import language_of

# The longer byte order marks first: UTF-32's little-endian one begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Labels that pages use for the superset which they mean (WHATWG Encoding Standard).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_DECLARED_IN_HTML = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARED_IN_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_SAMPLE = 512_000
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_FEWER = 3  # ASCII letters for each other byte, at least, in a text in Latin letters
_IN_WORDS = frozenset(b"\x92\x9c\x8c\x9a\x8a\x9e\x8e\x9d\x9f")  # ’ œ š ž ť Ÿ in the encodings below
_BY_LANGUAGE = {
    language: encoding
    for encoding, languages in (
        ("cp1252", "en de fr es pt it nl da sv no nb nn fi is ca eu gl ga af lb oc wa br an fo id ms sw"),
        ("cp1250", "pl cs sk hu ro hr sl bs"),
        ("cp1254", "tr az"),
        ("cp1257", "et lv lt"),
    )
    for language in languages.split()
}

# How files begin whose name may lie, and what to call them.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive (as DOCX and EPUB are)"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
_TEXT_TOO = (b"BM", b"MZ", b"GIF8", b"ID3", b"BZh", b"Rar!", b"OggS")  # letters: a text may begin so


def kind_of(data: bytes) -> str | None:
    """What `data` is by its first bytes, in words, or None when it may be text."""
    for magic, kind in _KINDS:
        if data.startswith(magic) and (magic not in _TEXT_TOO or b"\x00" in data[:1024]):
            return kind
    return None


def decode(data: bytes, charset: str | None = None) -> str:
    """`data` as text: byte order mark, UTF-8, then what is declared, then what it looks like.

    `charset` is the encoding that came with the data (an HTTP header), if any. Raises
    `UnreadableSource` when it is not text.
    """
    if kind := kind_of(data):
        raise UnreadableSource(f"its content is not text but {kind}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    declared = _declared(data, charset)
    if declared and declared.startswith(("utf-16", "utf-32", "iso2022", "hz")):
        try:
            return data.decode(declared)
        except UnicodeDecodeError:
            declared = None
    if b"\x00" in data:
        raise UnreadableSource("its content is not text but binary data")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass  # another encoding, or a damaged file: both are looked at below
    if (repaired := _damaged_utf8(data)) is not None:
        return repaired
    if declared:
        return data.decode(declared, "replace")
    return _guessed(data)


def _declared(data: bytes, charset: str | None) -> str | None:
    match = _DECLARED_IN_XML.search(data[:1024]) or _DECLARED_IN_HTML.search(data[:4096])
    for label in (charset, match[1].decode("ascii", "replace") if match else None):
        try:
            name = codecs.lookup(label).name if label else None
            if name:
                b"a".decode(name, "replace")  # hex, zip or undefined have a name, but are no encoding of text
        except (LookupError, UnicodeError):
            continue
        if name and name not in {"utf-8", "utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}:
            return _MEANT.get(name, name)
    return None


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes, those replaced; None when it looks like another encoding."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for character in text[:_SAMPLE] if character > "\x7f") - broken
    return text if broken * 10 <= sound else None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    if (encoding := _of_its_language(sample)) is None:
        best = from_bytes(sample).best()
        if best is None or _looks_binary(str(best)):
            raise UnreadableSource("its encoding is not recognised; save it as UTF-8")
        encoding = best.encoding
    return data.decode(encoding, "replace")


def _of_its_language(data: bytes) -> str | None:
    """The encoding in which the language of a text in Latin letters was written before there was Unicode.

    The letters that all these encodings share tell the language, even of one sentence; which of them the other bytes
    look most like does not tell the encoding. None for another script, and where the bytes are not those of letters
    (of an old Macintosh, of DOS).
    """
    high = [at for at, byte in enumerate(data) if byte > 0x7F]
    if len(high) * _FEWER > sum(byte in _LETTERS for byte in data):
        return None
    inside = sum(data[at] < 0xA0 and data[at] not in _IN_WORDS and _between_letters(data, at) for at in high)
    text = data.decode("cp1252", "replace")
    encoding = _BY_LANGUAGE.get(language_of(text) or "")
    if encoding == "cp1250" and not any(data[at] < 0xA0 for at in high):
        encoding = "iso8859_2"  # Windows has š, ś, ť and ž down there; what they share is the same
    return None if inside * 4 > len(high) or _looks_binary(text) else encoding


def _between_letters(data: bytes, at: int) -> bool:
    return 0 < at < len(data) - 1 and data[at - 1] in _LETTERS and data[at + 1] in _LETTERS


def _looks_binary(text: str) -> bool:
    odd = sum(1 for character in text if character < " " and character not in "\t\n\r\f\x1b")
    return odd * 100 > len(text)
