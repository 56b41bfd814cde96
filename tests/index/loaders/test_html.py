from datetime import UTC, datetime
from pathlib import Path

from index.article import Article
from index.loaders import Failure, load_file
from index.loaders.html import html_draft

PARAGRAPH = "The council of the town voted on Tuesday to rebuild the old bridge over the river. "
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><title>Bridge to be rebuilt | The Gazette</title>
<meta property="og:title" content="Bridge to be rebuilt"><meta property="og:site_name" content="The Gazette">
<meta name="author" content="Jane Roe"><link rel="canonical" href="https://gazette.example.org/bridge">
<script type="application/ld+json">
{{"@graph": [{{"@type": "NewsArticle", "datePublished": "2024-03-05T10:20:00+01:00"}}]}}</script>
</head><body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Bridge to be rebuilt</h1><p>{PARAGRAPH * 4}</p><h2>The costs</h2><p>It will <b>cost</b>
<a href="/money">three million</a>. {PARAGRAPH * 2}</p>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>1</td></tr><tr><td>2025</td><td>2</td></tr></table>
<ul><li>first point of the plan</li><li>second point of the plan</li></ul>
<blockquote><p>We have waited for years, the mayor said.</p></blockquote></article>
<footer>Copyright 2019 The Gazette. All rights reserved.</footer></body></html>"""


def load(path: Path, html: str) -> Article | Failure:
    path.write_text(html, encoding="utf-8")
    (result,) = load_file(path)
    return result


def test_what_the_page_says_of_itself(tmp_path: Path) -> None:
    article = load(tmp_path / "a.html", PAGE)
    assert isinstance(article, Article)
    assert (article.title, article.source) == ("Bridge to be rebuilt", "The Gazette")
    assert article.authors == ("Jane Roe",)
    assert article.published == datetime(2024, 3, 5, 9, 20, tzinfo=UTC)
    assert article.url == "https://gazette.example.org/bridge"
    assert article.language == "en"
    assert article.address == str(tmp_path / "a.html")


def test_the_text_is_the_article_in_blocks(tmp_path: Path) -> None:
    article = load(tmp_path / "a.html", PAGE)
    assert isinstance(article, Article)
    blocks = article.text.split("\n\n")
    assert blocks[0] == (PARAGRAPH * 4).strip()
    assert blocks[1] == "The costs"
    assert blocks[2].startswith("It will cost three million. The council")
    assert "Year | Cost\n2024 | 1\n2025 | 2" in blocks
    assert "- first point of the plan\n- second point of the plan" in blocks
    assert blocks[-1] == "We have waited for years, the mayor said."
    assert "Sport" not in article.text
    assert "Copyright" not in article.text


def test_the_language_is_the_text_s_not_the_template_s() -> None:
    german = "Der Stadtrat hat am Dienstag beschlossen, die alte Brücke über den Fluss neu zu bauen. " * 6
    page = f'<html lang="en"><head><title>Brücke</title></head><body><article><p>{german}</p></article></body></html>'
    assert html_draft(page).language is None


def test_canonical_links_to_other_sites_are_not_believed() -> None:
    assert html_draft(PAGE, "https://www.gazette.example.org/x").url == "https://gazette.example.org/bridge"
    assert html_draft(PAGE, "https://other.test/x?utm_medium=a").url == "https://other.test/x"


def test_content_that_is_not_html_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    (failure,) = load_file(tmp_path / "a.html")
    assert isinstance(failure, Failure)
    assert "PNG" in failure.reason
    plain = load(tmp_path / "b.html", "Just some words.")
    assert isinstance(plain, Failure)
    assert "not HTML" in plain.reason


def test_pages_without_an_article_are_refused(tmp_path: Path) -> None:
    empty = load(tmp_path / "a.html", "<html><head><title>t</title></head><body></body></html>")
    assert isinstance(empty, Failure)
    missing = load(
        tmp_path / "b.html",
        "<html><head><title>404 Not Found</title></head><body><p>What you asked for is not here.</p></body></html>",
    )
    assert isinstance(missing, Failure)


def test_entities_and_deep_nesting_do_no_harm(tmp_path: Path) -> None:
    for html in (
        "<html>" + "<div>" * 30_000 + "deep" + "</div>" * 30_000,
        '<!DOCTYPE html [<!ENTITY a "b">]><p>&a;</p>',
    ):
        result = load(tmp_path / "a.html", html)
        assert isinstance(result, (Article, Failure))
