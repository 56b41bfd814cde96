from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.article import Article
from index.loaders import Failure, load_file
from index.loaders.markdown import plain_text


def load(path: Path, markdown: str) -> Article:
    path.write_text(markdown, encoding="utf-8")
    (article,) = load_file(path)
    assert isinstance(article, Article)
    return article


def test_front_matter_becomes_fields(tmp_path: Path) -> None:
    article = load(
        tmp_path / "a.md",
        "---\ntitle: The river rises\nauthors: [Jane Roe, John Doe]\ndate: 2024-03-05\nlanguage: en-GB\n"
        "url: https://www.Example.org/a?utm_source=x#top\nsection: weather\nnested: {a: 1}\n---\nIt rose by a metre.\n",
    )
    assert article.title == "The river rises"
    assert article.authors == ("Jane Roe", "John Doe")
    assert article.published == datetime(2024, 3, 5, tzinfo=UTC)
    assert (article.language, article.url) == ("en", "https://www.example.org/a")
    assert article.source == "example.org"
    assert article.text == "It rose by a metre."
    assert dict(article.metadata) == {"section": "weather"}
    assert article.address == str(tmp_path / "a.md")


def test_front_matter_that_is_not_quite_yaml_is_read_by_the_line(tmp_path: Path) -> None:
    article = load(tmp_path / "a.md", "---\ntitle: Flood: the river rises\ntags: [a, b]\n---\nIt rose.\n")
    assert article.title == "Flood: the river rises"
    assert article.metadata["tags"] == "a, b"


@pytest.mark.parametrize("key", ["<<", "!!merge k", "k"])
def test_front_matter_that_repeats_itself_is_read_by_the_line(key: str, tmp_path: Path) -> None:
    merges = (f"a{n}: &a{n}\n  {key}: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    article = load(tmp_path / "a.md", "\n".join(("---", "title: Flood", "a0: &a0 {k: v}", *merges, "---", "It rose.")))
    assert (article.title, article.text) == ("Flood", "It rose.")


def test_a_date_in_a_notation_that_is_not_understood_is_kept_as_it_is(tmp_path: Path) -> None:
    article = load(tmp_path / "a.md", "---\ndate: 03/04/2023\n---\nIt rose.\n")
    assert article.published is None
    assert article.metadata["published"] == "03/04/2023"


@pytest.mark.parametrize(
    "text", ["---\n\nA rule, then text.", "---\n- a\n- b\n---\nA list, then text.", "--- no\nText."]
)
def test_what_only_looks_like_front_matter_stays(tmp_path: Path, text: str) -> None:
    assert "ext" in load(tmp_path / "a.md", text).text


def test_yaml_cannot_make_objects_nor_explode(tmp_path: Path) -> None:
    unsafe = load(tmp_path / "a.md", "---\nx: !!python/object/apply:os.getcwd []\ntitle: Safe\n---\nText.\n")
    assert unsafe.title == "Safe"
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{previous}'] * 9)}]\n"
        for previous, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert load(tmp_path / "b.md", f"---\n{bomb}---\nText.\n").text == "Text."


def test_the_leading_heading_is_the_title_and_not_text(tmp_path: Path) -> None:
    assert load(tmp_path / "a.md", "# The *river* rises\n\nIt rose.\n").title == "The river rises"
    assert load(tmp_path / "a.md", "# The river rises\n\nIt rose.\n").text == "It rose."
    other = load(tmp_path / "b.md", "---\ntitle: Flood\n---\n# The river rises\n\nIt rose.\n")
    assert (other.title, other.text) == ("Flood", "The river rises\n\nIt rose.")


def test_blocks_become_readable_text() -> None:
    _, text = plain_text(
        "The *river* rose to [3.2 metres](https://x.org) on\nTuesday, <b>officials</b> said.<br>Then it fell. ![a](b)"
        "\n\n## Figures\n\n| City | Level |\n|------|------:|\n| A\\|B | 1 m   |\n|   |   |\n\n"
        "- one\n- two\n  - nested\n    more\n\n3. third\n4. fourth\n\n"
        "> A quote\n> goes on.\n\n<div><p>Raw &amp; block</p><script>alert(1)</script></div>\n\n"
        "```\ncode | here\n```\n\nTom &amp; Ann<script>evil()</script> left -- 5 \\* 3.\n"
    )
    assert text == (
        "The river rose to 3.2 metres on Tuesday, officials said.\nThen it fell.\n\n"
        "Figures\n\nCity | Level\nA|B | 1 m\n\n"
        "- one\n- two\n  - nested more\n\n3. third\n4. fourth\n\nA quote goes on.\n\nRaw & block\n\ncode | here\n\n"
        "Tom & Ann left -- 5 * 3."
    )


@pytest.mark.parametrize("markdown", [">" * 20_000 + " deep", "[" * 50_000, "- " * 5_000 + "x", "*a_ " * 20_000])
def test_pathological_markdown_is_read_or_refused_in_time(tmp_path: Path, markdown: str) -> None:
    (tmp_path / "a.md").write_text(markdown)
    (result,) = load_file(tmp_path / "a.md")
    assert isinstance(result, (Article, Failure))


def test_only_front_matter_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: x\n---\n")
    assert list(load_file(tmp_path / "a.md")) == [Failure(str(tmp_path / "a.md"), "it holds no text")]
