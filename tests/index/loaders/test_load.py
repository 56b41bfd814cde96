import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.article import Article, canonical_text
from index.loaders import SUFFIXES, Failure, is_known, load_file


def only(path: Path) -> Article | Failure:
    (result,) = load_file(path)
    return result


def test_plain_text_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"The river rose.\r\nIt fell *again*.\r\n\r\n\r\n# Not a heading\r\n")
    article = only(tmp_path / "a.txt")
    assert isinstance(article, Article)
    assert article.text == "The river rose.\nIt fell *again*.\n\n# Not a heading"
    assert article.title == "The river rose"
    assert (article.source, article.url, article.published) == (None, None, None)
    assert article.address == str((tmp_path / "a.txt").resolve())


def test_the_language_of_a_text_long_enough(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Der Stadtrat hat am Dienstag beschlossen, die Brücke neu zu bauen.")
    (tmp_path / "b.txt").write_text("Kurz.")
    german, short = only(tmp_path / "a.txt"), only(tmp_path / "b.txt")
    assert isinstance(german, Article)
    assert isinstance(short, Article)
    assert (german.language, short.language) == ("de", None)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n ", "no text"),
        ("a.txt", b"\x00\x01\x02binary", "binary"),
        ("a.md", b"%PDF-1.7", "PDF"),
        ("a.pdf", b"<html>", "not a PDF"),
        ("a.pdf", b"%PDF-1.7\ngarbage", "PDF"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "encrypted Office"),
        ("a.docx", b"PK\x03\x04 cut short", "damaged"),
        ("a.epub", b"plain words", "not an EPUB"),
        ("a.xyz", b"words", "unknown kind"),
    ],
)
def test_what_cannot_be_read_is_one_failure_with_its_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    failure = only(tmp_path / name)
    assert isinstance(failure, Failure)
    assert reason in failure.reason
    assert failure.address == str((tmp_path / name).resolve())


def test_missing_files_folders_and_special_files(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    for name in ("missing.txt", "folder.txt", "pipe.txt", "loop.txt"):
        assert isinstance(only(tmp_path / name), Failure)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    failure = only(tmp_path / "a.txt")
    assert isinstance(failure, Failure)
    assert failure.transient


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(b"words")
    failure = only(Path(os.fsdecode(path)))
    assert isinstance(failure, Failure)
    assert "rename" in failure.reason
    failure.address.encode()


def test_known_names() -> None:
    assert is_known(Path("a/B.TXT"))
    assert is_known(Path("x.jsonl.gz"))
    assert not is_known(Path("x.gz"))
    assert not is_known(Path("x"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from([suffix for suffix in SUFFIXES if suffix != ".pdf"]),
    start=st.sampled_from(
        [b"", b"PK\x03\x04", b"<html><p>", b"---\ntitle: x\n---\n", b'{"text": "', b"\x1f\x8b", b"\xff\xfe"]
    ),
    rest=st.binary(max_size=300) | st.text(max_size=100).map(str.encode),
)
def test_no_bytes_raise_and_every_text_is_canonical(tmp_path: Path, suffix: str, start: bytes, rest: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(start + rest)
    for result in load_file(path):
        if isinstance(result, Article):
            assert result.text == canonical_text(result.text) != ""
            assert result.title
        else:
            assert result.reason


@pytest.mark.shared
def test_the_seed_article(shared_data: Path) -> None:
    article = only(shared_data / "seed" / "bakhmut.txt")
    assert isinstance(article, Article)
    assert 30 < len(article.title) <= 90
    assert article.text.startswith(article.title)
    assert article.text[len(article.title)] == " "
    assert article.language == "en"
