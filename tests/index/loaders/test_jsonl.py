import gzip
import itertools
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.errors import RefusedContent
from index.loaders import Failure, jsonl, load_file


def write(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def load(path: Path) -> list[Article | Failure]:
    return list(load_file(path))


def test_keys_have_several_names(tmp_path: Path) -> None:
    first, second, third = load(
        write(
            tmp_path / "a.jsonl",
            {
                "text": "It rose.",
                "title": "River",
                "url": "https://www.example.org/a",
                "published": "2024-03-05",
                "topic": "x",
            },
            {
                "body": "It fell.",
                "headline": "Lake",
                "link": "https://example.org/b?fbclid=1",
                "publish_date": "2022/01/02",
                "authors": ["A B", {"name": "C D"}],
                "source": "The Gazette",
                "language": "en",
            },
            {
                "Content": "It froze.",
                "date": 1709634000,
                "author": "A B and C D",
                "score": 1.5,
                "ok": True,
                "nested": {"x": 1},
            },
        )
    )
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(third, Article)
    assert (first.title, first.text, first.source, first.url) == (
        "River",
        "It rose.",
        "example.org",
        "https://www.example.org/a",
    )
    assert dict(first.metadata) == {"topic": "x"}
    assert (second.title, second.text, second.source) == ("Lake", "It fell.", "The Gazette")
    assert second.published == datetime(2022, 1, 2, tzinfo=UTC)
    assert second.authors == ("A B", "C D")
    assert third.published == datetime(2024, 3, 5, 10, 20, tzinfo=UTC)
    assert third.authors == ("A B", "C D")
    assert dict(third.metadata) == {"score": "1.5", "ok": "true"}


def test_addresses_name_the_story_not_the_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {"text": "One.", "url": "https://example.org/a?utm_source=feed"},
        {"text": "Two.", "id": "story 2"},
        {"text": "Three."},
    )
    one, two, three = load(path)
    moved = load(write(tmp_path / "a.jsonl", {"text": "Zero."}, {"text": "Three."}))[1]
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert isinstance(three, Article)
    assert isinstance(moved, Article)
    assert one.address == "https://example.org/a"
    assert two.address == f"{path}#story%202"
    assert three.address == moved.address != str(path)


def test_one_entry_by_itself() -> None:
    article = jsonl.article_of({"text": "One.", "url": "https://example.org/a"}, "given:1")
    assert (article.address, article.url) == ("given:1", "https://example.org/a")
    with pytest.raises(RefusedContent, match="no text"):
        jsonl.article_of({"title": "x"}, "given:2")


def test_bad_lines_are_reported_by_number_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(
        b'\xef\xbb\xbf{"text": "Good."}\n\n{"title": "no text"}\nnot json\n[1]\n{"text": "\xff"}\n{"text": "  "}\n'
        b'{"text": 5}\n{"text": "' + b"[" * 5000 + b'"}\n' + b"[" * 200_000 + b'\n{"text": "Last."}'
    )
    results = load(path)
    failures = [result for result in results if isinstance(result, Failure)]
    assert [failure.address.removeprefix(str(path)) for failure in failures] == [
        "#L3", "#L4", "#L5", "#L6", "#L7", "#L8", "#L9", "#L10"
    ]  # fmt: skip
    assert "no text" in failures[0].reason
    assert [result.text for result in results if isinstance(result, Article)] == ["Good.", "Last."]


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"text": "One."}\n{"text": "Two."}\n')
    for name in ("a.jsonl.gz", "b.jsonl"):
        (tmp_path / name).write_bytes(packed)
        assert len([result for result in load(tmp_path / name) if isinstance(result, Article)]) == 2


def test_a_cut_archive_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    entries = b"".join(json.dumps({"text": f"Story number {n} of many."}).encode() + b"\n" for n in range(3000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(entries)[:-2000])
    results = load(tmp_path / "a.jsonl.gz")
    assert isinstance(results[0], Article)
    assert isinstance(results[-1], Failure)
    assert "to its end" in results[-1].reason


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, b"PK\x03\x04" + b"\x00" * 50])
def test_other_content_is_one_failure(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(content * 100)
    (failure,) = load(tmp_path / "a.jsonl")
    assert isinstance(failure, Failure)


def test_endless_lines_are_skipped_within_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 2**20)
    with gzip.open(tmp_path / "a.jsonl.gz", "wb") as file:
        file.write(b'{"text": "First."}\n{"text": "')
        for _ in range(64):
            file.write(b" " * 2**20)
        file.write(b'"}\n{"text": "Last."}\n')
    tracemalloc.start()
    first, failure, last = load(tmp_path / "a.jsonl.gz")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(failure, Failure)
    assert "longer" in failure.reason
    assert peak < 32 * 2**20


@pytest.mark.parametrize(("line", "said"), [(b"\n", "in a row are blank"), (b"{}\n", "in a row hold no article")])
def test_so_many_lines_of_nothing_are_no_export(
    line: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small archive may unpack to billions of them."""
    monkeypatch.setattr(jsonl, "_MOST_BLANK", 20)
    monkeypatch.setattr(jsonl, "MOST_BARREN", 20)
    one, two, three = (f'{{"text": "{text}."}}\n'.encode() for text in ("One", "Two", "Three"))
    with gzip.open(tmp_path / "a.jsonl.gz", "wb") as file:
        file.write(one + line * 19 + two + line * 19 + three + line * 21 + one)
    results = load(tmp_path / "a.jsonl.gz")
    assert [result.text for result in results if isinstance(result, Article)] == ["One.", "Two.", "Three."]
    assert isinstance(results[-1], Failure)
    assert said in results[-1].reason


def test_big_files_are_streamed(tmp_path: Path) -> None:
    line = json.dumps({"text": "Short text. " * 3, "padding": ["x" * 1000] * 20}) + "\n"
    with (tmp_path / "a.jsonl").open("w") as file:
        file.writelines(itertools.repeat(line, 2000))
    tracemalloc.start()
    assert sum(1 for _ in load_file(tmp_path / "a.jsonl")) == 2000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 2**20


@pytest.mark.shared
def test_a_public_export(shared_data: Path) -> None:
    articles = list(itertools.islice(load_file(shared_data / "realtimeqa" / "articles.jsonl.gz"), 50))
    assert all(isinstance(article, Article) and article.published and article.source for article in articles)


@pytest.mark.parametrize("field", ["url", "link", "id", "title", "source", "author", "language", "date", "\ud800"])
def test_half_a_surrogate_pair_costs_no_other_line(tmp_path: Path, field: str) -> None:
    half = {"text": "It rose.", field: "https://example.org/\ud800"}
    first, second, third = load(write(tmp_path / "a.jsonl", {"text": "It froze."}, half, {"text": "It fell."}))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(third, Article)
    assert second.text == "It rose."
    second.address.encode()
