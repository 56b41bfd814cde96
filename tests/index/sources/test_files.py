import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.errors import SourceError
from index.library import Library
from index.library_values import Seen
from index.loaders.guard import MAX_DOCUMENT
from index.sources import (
    Completed,
    Failure,
    Fetcher,
    Found,
    NotModified,
    expand,
    read_file,
    read_folder,
    source_address,
)
from index.sync import add, sync

SENTENCE = "The council of the town voted on Tuesday to rebuild the old bridge over the river. "


def only(path: Path, known: dict[str, Seen]) -> Any:
    (result,) = read_file(path, known.get)
    return result


def test_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("It rose.")
    first = only(path, {})
    assert isinstance(first, Found)
    address = first.article.address
    assert (first.origin, first.seen.kind, first.seen.size) == (address, "file", 8)
    known = {address: first.seen}
    assert only(path, known) == NotModified(address=address, seen=first.seen, origin=address)

    os.utime(path, ns=(1, 1))
    touched = only(path, known)
    assert isinstance(touched, NotModified)
    assert touched.seen.mtime_ns == 1
    assert touched.seen.content_hash == first.seen.content_hash

    path.write_text("It fell.")
    changed = only(path, known)
    assert isinstance(changed, Found)
    assert changed.article.article_id == first.article.article_id

    path.unlink()
    assert isinstance(only(path, known), Failure)


def test_a_file_that_is_too_large_to_be_loaded_is_not_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.sources.files._hash", lambda path: pytest.fail(f"{path} was read for its hash"))
    path = tmp_path / "a.txt"
    path.touch()
    os.truncate(path, MAX_DOCUMENT + 1)  # sparse: it takes no room
    failure = only(path, {})
    assert isinstance(failure, Failure)
    assert "larger than" in failure.reason


def test_a_file_from_a_time_that_no_database_holds_is_read(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "a.txt"
    path.write_text("It rose.")
    try:
        os.utime(path, ns=(10**19, 10**19))
    except (OSError, OverflowError):
        pytest.skip("the file system does not hold such a time")
    if path.stat().st_mtime_ns < 2**63:
        pytest.skip("the file system does not hold such a time")
    assert [entry.outcome for entry in add(library, [path])] == ["added"]
    assert [entry.outcome for entry in sync(library)] == ["unchanged"]


def test_json_lines_are_many_entries_and_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "One."}\nbad\n{"text": "Two.", "url": "https://example.org/2"}\n')
    one, bad, two, done = read_file(path)
    assert isinstance(one, Found)
    assert isinstance(bad, Failure)
    assert isinstance(two, Found)
    assert two.article.address == "https://example.org/2"
    assert one.origin == two.origin == str(path)
    assert (two.seen.kind, two.seen.content_hash) == ("entry", two.article.text_hash)
    assert isinstance(done, Completed)
    assert (done.address, done.kind, done.entries, done.partial) == (str(path), "jsonl", 2, True)
    (again,) = read_file(path, {str(path): done.seen}.get)
    assert isinstance(again, NotModified)


def test_folders_are_walked_in_order_and_not_left(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("Not asked for.")
    root = tmp_path / "root"
    for name in ("b.txt", "a/z.md", "a/b/c.txt", ".hidden/x.txt", ".x.txt", "picture.png", "c.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"This is {name}.")
    (root / "d.txt").symlink_to(outside / "secret.txt")
    (root / "e").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "f.txt").write_bytes(b"\0")
    results = list(read_folder(root))
    found = [result.article.address.removeprefix(f"{root}/") for result in results if isinstance(result, Found)]
    assert found == ["a/b/c.txt", "a/z.md", "b.txt", "c.txt"]
    assert [result.address for result in results if isinstance(result, Failure)] == [f"{root}/f.txt"]
    assert results[-1] == Completed(address=str(root), kind="folder", seen=Seen(kind="folder"), entries=5, partial=True)


def test_folders_without_end_are_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(sys.getrecursionlimit() + 100):
        os.mkdir("d")  # noqa: PTH102 (the path would be too long)
        os.chdir("d")
    Path("deep.txt").write_text("It is deep down here.")
    os.chdir(tmp_path)
    assert [result.article.text for result in read_folder(tmp_path) if isinstance(result, Found)] == [
        "It is deep down here."
    ]
    subprocess.run(["rm", "-r", "d"], check=True)  # pytest would go down one call a folder


def test_a_folder_without_articles_says_so(tmp_path: Path) -> None:
    failure, done = read_folder(tmp_path)
    assert isinstance(failure, Failure)
    assert ".docx" in failure.reason
    assert isinstance(done, Completed)


def test_what_a_source_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    assert source_address("a.txt") == ("file", str(tmp_path / "a.txt"))
    assert source_address(".") == ("folder", str(tmp_path))
    assert source_address("HTTPS://Example.org/a?utm_source=x") == ("url", "https://example.org/a")
    for source, words in (
        ("missing.txt", "no such file"),
        ("example.org/story", "https://"),
        ("ftp://example.org/", "only http"),
        ("https://a:b@example.org/", "password"),
        ("a\0b", "no such file"),
        ("x" * 5000, "cannot be read"),
        ("~nobody-of-that-name/a.txt", "cannot be read"),
        ("", "the current folder is"),
        (" ", "the current folder is"),
    ):
        with pytest.raises(SourceError, match=words):
            source_address(source)


def test_expand_reads_any_of_them(tmp_path: Path, site: Any, fetcher: Fetcher) -> None:
    (tmp_path / "a.txt").write_text("It rose.")
    html = f"<html><head><title>T</title></head><body><article><p>{SENTENCE * 6}</p></article></body></html>"
    site.pages["/a"] = site.page(html)
    assert [type(result) for result in expand(str(tmp_path))] == [Found, Completed]
    assert [type(result) for result in expand(str(tmp_path / "a.txt"))] == [Found]
    assert [type(result) for result in expand(f"{site.url}/a", fetcher=fetcher)] == [Found]
    assert [type(result) for result in expand(f"{site.url}/a")] == [Failure]
    assert [type(result) for result in expand("missing")] == [Failure]
