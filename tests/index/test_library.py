"""The library keeps what it is given, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from index.article import Article, address_id
from index.errors import InputError
from index.library import Library
from index.library_values import Change, Outcome, Root, Seen

Make = Callable[..., Article]


def test_reads_back_what_was_put(any_library: Library, article: Make) -> None:
    full = article(
        "a",
        "Zwölf 🚢 ships.\n\nשלום.",
        source="BBC",
        url="https://example.org/a",
        published=datetime(1949, 5, 23, 12, 30, tzinfo=UTC),
        authors=("A. Writer", "B. Other"),
        language="en",
        metadata={"section": "world"},
    )
    put = any_library.put(full, Seen(kind="page", etag='"x"', size=2**40))
    assert put.outcome is Outcome.ADDED
    assert any_library.get(put.article_id) == full
    known = any_library.address(full.address)
    assert known is not None
    assert (known.article_id, known.seen.etag, known.seen.size) == (put.article_id, '"x"', 2**40)


def test_the_version_survives_storing(any_library: Library, article: Make) -> None:
    odd = article(
        "a", "Text\x00 with a lone \ud800.", published=datetime(2023, 1, 1, 1, 2, 3, 4, timezone(timedelta(hours=5)))
    )
    put = any_library.put(odd)
    kept = any_library.get(put.article_id)
    assert kept is not None
    assert kept.published == datetime(2022, 12, 31, 20, 2, 3, tzinfo=UTC)
    assert any_library.put(odd).outcome is Outcome.UNCHANGED
    assert any_library.put(kept).outcome is Outcome.UNCHANGED


def test_the_same_address_replaces(any_library: Library, article: Make) -> None:
    first = any_library.put(article("a", "Old."))
    assert any_library.put(article("a", "Old.")).outcome is Outcome.UNCHANGED
    assert any_library.put(article("a", "New.")) == replace(first, outcome=Outcome.CHANGED)
    assert any_library.put(article("a", "New.", title="Better")).outcome is Outcome.CHANGED
    assert any_library.put(article("a", "New.", title="Better", metadata={"k": "v"})).outcome is Outcome.CHANGED
    assert any_library.count() == 1
    assert any_library.changes_since(0) == [Change(4, first.article_id, deleted=False)]


def test_the_same_text_at_two_addresses_is_one_article(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    b = any_library.put(article("b", "Text.", title="Another title"))
    assert b == replace(a, outcome=Outcome.DUPLICATE, address="/articles/b")
    assert any_library.last_change() == 1
    assert any_library.forget("/articles/a") is None
    kept = any_library.get(a.article_id)
    assert kept is not None
    assert (kept.title, kept.address) == ("Title a", "/articles/b")
    assert any_library.forget("/articles/b") == a.article_id
    assert any_library.changes_since(0) == [Change(3, a.article_id, deleted=True)]


def test_a_page_among_the_addresses_becomes_the_link(any_library: Library, article: Make) -> None:
    put = any_library.put(article("a", "Text.", url="https://gone.example/a"))
    any_library.put(article("b", "Text.", address="https://example.org/b#1"))
    any_library.forget("/articles/a")
    kept = any_library.get(put.article_id)
    assert kept is not None
    assert kept.url == "https://example.org/b"


def test_a_copy_that_changes_becomes_an_article_of_its_own(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    any_library.put(article("b", "Text."))
    b = any_library.put(article("b", "Corrected text."))
    assert b.outcome is Outcome.CHANGED
    assert b.article_id == address_id("/articles/b")
    assert {x.text for x in any_library.articles()} == {"Text.", "Corrected text."}
    assert any_library.addresses(article_id=a.article_id)[0].address == "/articles/a"


def test_an_original_that_changes_leaves_its_text_to_the_copies(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    any_library.put(article("b", "Text."))
    assert any_library.put(article("a", "Corrected text.")) == replace(a, outcome=Outcome.CHANGED)
    rest = any_library.address("/articles/b")
    assert rest is not None
    assert rest.article_id == address_id("/articles/b")
    kept = any_library.get(rest.article_id)
    assert kept is not None
    assert kept.text == "Text."


def test_an_article_that_comes_to_equal_another_joins_it(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    b = any_library.put(article("b", "Draft."))
    assert any_library.put(article("b", "Text.")) == replace(a, outcome=Outcome.DUPLICATE, address="/articles/b")
    assert any_library.get(b.article_id) is None
    assert any_library.changes_since(a_change := 1) == [Change(a_change + 2, b.article_id, deleted=True)]


def test_an_id_that_moved_on_is_not_given_twice(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    any_library.put(article("b", "Text."))
    any_library.forget("/articles/a")  # the article keeps its id, at b
    again = any_library.put(article("a", "Another text."))
    assert again.outcome is Outcome.ADDED
    assert again.article_id != a.article_id
    assert any_library.count() == 2


def test_a_moved_article_keeps_its_id(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    b = any_library.put(article("b", "Text, and more."), moved_from="/articles/a")
    assert b == replace(a, outcome=Outcome.MOVED, address="/articles/b")
    assert any_library.address("/articles/a") is None
    kept = any_library.get(a.article_id)
    assert kept is not None
    assert (kept.text, kept.address) == ("Text, and more.", "/articles/b")


def test_removed_and_added_again(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "Text."))
    assert any_library.remove([a.article_id, "unknown", a.article_id]) == [a.article_id]
    assert any_library.addresses() == []
    assert any_library.changes_since(1) == [Change(2, a.article_id, deleted=True)]
    assert any_library.put(article("a", "Text.")).outcome is Outcome.ADDED
    assert any_library.changes_since(0) == [Change(3, a.article_id, deleted=False)]


def test_changes_come_in_order_and_in_pages(any_library: Library, article: Make) -> None:
    puts = [any_library.put(article(str(i), f"Text {i}.")) for i in range(5)]
    any_library.remove([puts[1].article_id])
    any_library.put(article("0", "Text 0, changed."))
    numbers = [change.number for change in any_library.changes_since(0)]
    assert numbers == [3, 4, 5, 6, 7]
    assert [change.number for change in any_library.changes_since(3, limit=2)] == [4, 5]
    assert any_library.changes_after(5) == 2
    assert any_library.last_change() == 7


def test_many_are_kept_in_batches_as_they_come(any_library: Library, article: Make) -> None:
    taken = 0

    def endless() -> Iterator[Article]:
        nonlocal taken
        while True:
            taken += 1
            yield article(str(taken), f"Text {taken}.")

    puts = any_library.put_many(endless(), batch=10)
    assert [next(puts).outcome for _ in range(15)] == [Outcome.ADDED] * 15
    assert taken == 20
    puts.close()  # type: ignore[attr-defined]
    assert any_library.count() == 20


def test_what_came_before_an_error_is_kept(any_library: Library, article: Make) -> None:
    def broken() -> Iterator[Article]:
        yield article("a", "Text.")
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        list(any_library.put_many(broken()))
    assert any_library.count() == 1


def test_an_article_without_text_is_refused(library: Library, article: Make) -> None:
    with pytest.raises(InputError, match="/articles/a has no text"):
        library.put(article("a", " \n "))


def test_articles_come_newest_first_and_undated_last(any_library: Library, article: Make) -> None:
    any_library.put(article("u", "Undated."))
    for year in (1950, 2023, 1999):
        any_library.put(article(str(year), f"Of {year}.", published=datetime(year, 1, 1, tzinfo=UTC)))
    assert [x.text for x in any_library.articles()] == ["Of 2023.", "Of 1999.", "Of 1950.", "Undated."]
    assert {x.text for x in any_library.articles(texts=False)} == {""}


def test_resolve(any_library: Library, article: Make) -> None:
    a = any_library.put(article("a", "One.", title="Flood in Elmsford", url="https://example.org/1")).article_id
    b = any_library.put(article("b", "Two.", title="Flood in Oakham: 100% lost")).article_id
    assert any_library.resolve(a) == any_library.resolve(a[:6]) == a
    assert any_library.resolve("/articles/b") == any_library.resolve("flood in oakham: 100% lost") == b
    assert any_library.resolve("https://example.org/1") == any_library.resolve("ELMSFORD") == a
    with pytest.raises(InputError, match=r"Several articles fit 'flood'.*Elmsford.*Oakham"):
        any_library.resolve("flood")
    with pytest.raises(InputError, match="No article fits '_'"):
        any_library.resolve("_")
    assert any_library.resolve("%") == b
    with pytest.raises(InputError, match="Which article"):
        any_library.resolve(" ")
    c = any_library.put(article("c", "Three.", title="ÄRGER in Köln")).article_id
    assert any_library.resolve("ÄRGER in Köln") == any_library.resolve("ärger IN KÖLN", part=False) == c
    assert any_library.resolve("ärger") == c
    with pytest.raises(InputError, match="No article fits 'ärger' as a whole title"):
        any_library.resolve("ärger", part=False)
    with pytest.raises(InputError, match=r"No article fits '.{1,210}'; "):
        any_library.resolve("long " * 20_000)


def test_addresses_are_seen_and_missed(any_library: Library, article: Make) -> None:
    any_library.put(article("a", "One."), Seen(size=1))
    any_library.put(article("A_b", "Two."))
    assert [any_library.mark_missing("/articles/a") for _ in range(2)] == [1, 2]
    any_library.mark_seen("/articles/a", Seen(size=2))
    known = any_library.address("/articles/a")
    assert known is not None
    assert (known.seen.size, known.missing_count) == (2, 0)
    assert any_library.mark_missing("/nowhere") == 0
    assert [x.address for x in any_library.addresses(prefix="/articles/A_")] == ["/articles/A_b"]
    assert [x.address for x in any_library.addresses(prefix="/articles/a")] == ["/articles/a"]


def test_sources_and_languages(any_library: Library, article: Make) -> None:
    for name, source, language in (("a", "CNN", "en"), ("b", "BBC", "en"), ("c", "CNN", "fr"), ("d", None, None)):
        any_library.put(article(name, f"Text {name}.", source=source, language=language))
    assert any_library.sources() == [("BBC", 1), ("CNN", 2)]
    assert any_library.languages() == ["en", "fr"]


def test_roots(any_library: Library) -> None:
    feed = Root(address="https://example.org/feed", kind="feed")
    any_library.put_root(feed)
    any_library.put_root(Root(address="/articles", kind="folder", options={"recursive": True}))
    any_library.put_root(replace(feed, state={"etag": "x"}))
    assert [(root.kind, root.state) for root in any_library.roots()] == [("feed", {"etag": "x"}), ("folder", {})]
    assert any_library.remove_root(feed.address)
    assert not any_library.remove_root(feed.address)


def test_an_address_may_be_as_long_as_it_likes(any_library: Library, article: Make) -> None:
    long = "https://example.org/" + "x" * 10_000
    put = any_library.put(article("a", "Text.", address=long, title="y" * 10_000))
    assert any_library.resolve(long) == put.article_id
