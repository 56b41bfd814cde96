import io
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest

from index.article import Article
from index.loaders import Failure, guard, load_file, pdf
from index.loaders.pdf import reflowed

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>The Weekly</dc:title><dc:creator>Jane Roe</dc:creator><dc:creator>John Doe</dc:creator>"
    "<dc:date>2024-03-05</dc:date><dc:language>en</dc:language><dc:publisher>River Press</dc:publisher></metadata>"
    '<manifest><item id="a" href="one%201.xhtml"/><item id="b" href="two.xhtml"/></manifest>'
    '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
)


def only(path: Path) -> Article | Failure:
    (result,) = load_file(path)
    return result


def make_pdf(*pages: list[str], info: str = "", encrypt: str = "", compress: bool = True) -> bytes:
    """A PDF with one text line below the other on each page."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    streams: dict[int, bytes] = {}
    for lines in pages:
        content = "BT /F1 11 Tf 14 TL 72 720 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        data = zlib.compress(content.encode("latin-1")) if compress else content.encode("latin-1")
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1<</Type/Font/Subtype/Type1"
            f"/BaseFont/Helvetica>>>>>>/Contents {len(objects) + 2} 0 R>>"
        )
        objects.append(f"<</Length {len(data)}{'/Filter/FlateDecode' if compress else ''}>>")
        streams[len(objects)] = data
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    objects[1] = f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>"
    objects.append(f"<<{info}>>")
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\n".encode("latin-1")
        out += b"stream\n" + streams[number] + b"\nendstream\n" if number in streams else b""
        out += b"endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"/Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R{encrypt}"
    end = f"0000000000 65535 f \n{table}trailer<<{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(objects) + 1}\n{end}".encode()


def make_epub(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        contents = {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": PACKAGE,
            "OEBPS/one 1.xhtml": "<!DOCTYPE html><html><body><h1>Rivers</h1>"
            "<p>It <i>rose</i>\nfast &amp; far.</p></body></html>",
            "OEBPS/two.xhtml": "<html><body><h1>Lakes</h1><p>It froze.</p><script>x()</script></body></html>",
            **members,
        }
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def test_docx(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.author = "Jane Roe; John Doe"
    document.core_properties.title = "The river rises"
    document.core_properties.created = datetime(2024, 3, 5, 10, 20)
    document.add_heading("What happened", 1)
    document.add_paragraph("The river rose by 5*3 metres_in_all overnight. It reached [the mark].")
    document.add_paragraph("first point", style="List Bullet")
    table = document.add_table(2, 2)
    for row, texts in zip(table.rows, (("City", "Level"), ("A", "1 m")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(str(tmp_path / "a.docx"))
    article = only(tmp_path / "a.docx")
    assert isinstance(article, Article)
    assert (article.title, article.authors) == ("The river rises", ("Jane Roe", "John Doe"))
    assert article.published == datetime(2024, 3, 5, 10, 20, tzinfo=UTC)
    assert article.text == (
        "What happened\n\nThe river rose by 5*3 metres_in_all overnight. It reached [the mark].\n\n"
        "- first point\n\nCity | Level\nA | 1 m"
    )


def test_docx_without_properties_takes_its_heading(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("The river rises", 1)
    document.add_paragraph("It rose overnight.")
    document.save(str(tmp_path / "a.docx"))
    article = only(tmp_path / "a.docx")
    assert isinstance(article, Article)
    assert (article.title, article.text) == ("The river rises", "It rose overnight.")
    assert (article.authors, article.published) == ((), None)


def test_epub(tmp_path: Path) -> None:
    article = only(make_epub(tmp_path / "a.epub"))
    assert isinstance(article, Article)
    assert (article.title, article.source, article.language) == ("The Weekly", "River Press", "en")
    assert article.authors == ("Jane Roe", "John Doe")
    assert article.published == datetime(2024, 3, 5, tzinfo=UTC)
    assert article.text == "Rivers\n\nIt rose fast & far.\n\nLakes\n\nIt froze."


def test_pdf(tmp_path: Path) -> None:
    lines = [
        "The council of the town voted on",
        "Tuesday to rebuild the old bri-",
        "dge over the river.",
        "",
        "It will cost a lot.",
    ]
    info = "/Title(Bridge to be rebuilt)/Author(Jane Roe and John Doe)/CreationDate(D:20240305102000+01'00')"
    (tmp_path / "a.pdf").write_bytes(make_pdf(lines, info=info))
    article = only(tmp_path / "a.pdf")
    assert isinstance(article, Article)
    assert (article.title, article.authors) == ("Bridge to be rebuilt", ("Jane Roe", "John Doe"))
    assert article.published == datetime(2024, 3, 5, 9, 20, tzinfo=UTC)
    assert article.text.startswith("The council of the town voted on Tuesday to rebuild the old bridge over the river.")


def test_pdf_lines_become_paragraphs() -> None:
    text = reflowed(
        "The Gazette\n\nA long-term plan for the bri-\ndge was made. The long-\nterm costs\n\nare high. But it\n\n1\n"
        "\fThe Gazette\n\nwill last.\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\nWell-\n\u2013 known.\n\n2\n"
        "\fThe Gazette\n\nThe end of sof\u00ad\ntness.\n\n3"
    )
    assert text == (
        "A long-term plan for the bridge was made. The long-term costs\n\nare high. But it will last.\n\n"
        "A | B\n1 | 2\n\n"
        "Well- \u2013 known.\n\nThe end of softness."
    )


def test_encrypted_and_empty_pdfs_say_so(tmp_path: Path) -> None:
    secret = "00" * 32
    encrypt = f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{secret}>/U<{secret}>>>"
    (tmp_path / "a.pdf").write_bytes(make_pdf(["words"], encrypt=encrypt))
    (tmp_path / "b.pdf").write_bytes(make_pdf([]))
    (tmp_path / "c.pdf").write_bytes(make_pdf(["words " * 20] * 20)[:-400])
    encrypted, empty, cut = only(tmp_path / "a.pdf"), only(tmp_path / "b.pdf"), only(tmp_path / "c.pdf")
    assert isinstance(encrypted, Failure)
    assert "password" in encrypted.reason
    assert isinstance(empty, Failure)
    assert "OCR" in empty.reason
    assert isinstance(cut, (Article, Failure))


def test_pdf_bombs_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_UNPACKED", 2**20)
    (tmp_path / "a.pdf").write_bytes(make_pdf(["x" * 100] * 20_000))
    failure = only(tmp_path / "a.pdf")
    assert isinstance(failure, Failure)
    assert "unpacks" in failure.reason


@pytest.mark.parametrize("suffix", [".docx", ".epub"])
def test_zip_bombs_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 2**24)
    failure = only(path)
    assert isinstance(failure, Failure)
    assert "bomb" in failure.reason


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_MEMBERS", 3)
    failure = only(make_epub(tmp_path / "a.epub"))
    assert isinstance(failure, Failure)
    assert "too many" in failure.reason


def test_xml_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    good = io.BytesIO()
    docx.Document().save(good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(tmp_path / "a.docx", "w") as target:
        for name in source.namelist():
            target.writestr(name, bomb if name == "word/document.xml" else source.read(name))
    make_epub(tmp_path / "b.epub", **{"OEBPS/book.opf": bomb})
    for name in ("a.docx", "b.epub"):
        failure = only(tmp_path / name)
        assert isinstance(failure, Failure)
        assert "entities" in failure.reason


def test_documents_of_another_kind_or_damaged_are_refused(tmp_path: Path) -> None:
    make_epub(tmp_path / "a.docx")
    docx.Document().save(str(tmp_path / "b.epub"))
    make_epub(tmp_path / "c.epub", **{"OEBPS/book.opf": "<package"})
    make_epub(tmp_path / "d.epub", **{"META-INF/encryption.xml": '<x URI="OEBPS/two.xhtml"/>'})
    (tmp_path / "e.epub").write_bytes((tmp_path / "a.docx").read_bytes()[:-300])
    reasons = {}
    for path in sorted(tmp_path.iterdir()):
        failure = only(path)
        assert isinstance(failure, Failure)
        reasons[path.name[0]] = failure.reason
    assert "not a DOCX" in reasons["a"]
    assert "not an EPUB" in reasons["b"]
    assert "damaged" in reasons["c"]
    assert "DRM" in reasons["d"]
    assert "damaged" in reasons["e"]
