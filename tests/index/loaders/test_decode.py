import pytest

from index.errors import UnreadableSource
from index.loaders.decode import decode

GERMAN = "Die Bürgermeisterin sagte am Donnerstag, die Brücke über den Fluss müsse größer werden. " * 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_common_encodings(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)) == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Правительство объявило в четверг о новых мерах поддержки экономики страны. " * 5, "cp1251"),
        ("政府は木曜日に新しい経済対策を発表した。首相は記者会見で説明した。" * 5, "shift_jis"),
    ],
)
def test_encodings_that_must_be_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("El señor Muñoz dijo que el año próximo habrá más dinero para los niños.", ("cp1252", "iso8859-1")),
        ("O presidente não quis comentar as eleições de São Paulo.", ("cp1252", "iso8859-1")),
        ("Statsministeren sagde, at prisen på strøm er steget i år.", ("cp1252", "iso8859-1")),
        ("The café’s owner said he’d pay £5 – no more – for the old chairs.", ("cp1252",)),
        ("Prezydent powiedział, że rząd będzie musiał podnieść podatki.", ("cp1250", "iso8859-2")),
        ("Prezident řekl, že vláda bude muset příští rok zvýšit daně, což se lidem nelíbí.", ("cp1250", "iso8859-2")),
        ("A miniszterelnök szerint a kormány jövőre kénytelen lesz emelni az adókat.", ("cp1250", "iso8859-2")),
        ("Başbakan, hükümetin gelecek yıl vergileri artırmak zorunda kalacağını söyledi.", ("cp1254",)),
    ],
)  # fmt: skip
def test_one_sentence_tells_its_encoding(text: str, encodings: tuple[str, ...]) -> None:
    for encoding in encodings:
        assert decode(text.encode(encoding)) == text


def test_declared_encodings_are_used_where_utf8_does_not_fit() -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><p>Caf\u00e9 \u2013 na\u00efve</p></html>'
    assert decode(page.encode("cp1252")) == page
    assert decode("Größe".encode("iso-8859-15"), charset="iso-8859-15") == "Größe"
    assert decode("Größe".encode(), charset="iso-8859-1") == "Größe"
    assert decode("Größe".encode(), charset="no-such-charset") == "Größe"
    assert decode("ニュース".encode("iso-2022-jp"), charset="iso-2022-jp") == "ニュース"


@pytest.mark.parametrize("charset", ["hex", "rot13", "base64", "zip", "undefined", "idna", "unicode_escape"])
def test_a_declared_encoding_that_is_none_of_text_is_passed_over(charset: str) -> None:
    page = f"<html><head><meta charset={charset}></head><p>{GERMAN}</p></html>"
    assert decode(page.encode("cp1252")) == page
    assert decode(GERMAN.encode("cp1252"), charset=charset) == GERMAN


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    assert decode(GERMAN.encode() + b"\xff") == GERMAN + "\ufffd"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "zip"),
        (b"\x1f\x8b....", "gzip"),
        (b"some\x00thing" * 10, "binary"),
        (b"BM\x00\x00\x00\x00\x01", "bitmap"),
    ],
)
def test_what_is_not_text_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(UnreadableSource, match=kind):
        decode(data)


def test_a_text_may_begin_like_a_bitmap() -> None:
    assert decode(b"BMW said on Monday") == "BMW said on Monday"
