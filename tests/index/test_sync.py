"""Reading sources again: what came, changed, moved and went, and nothing else."""

import gzip
import json
import shutil
import time
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sites import Page

from index import sync as module
from index.library import Library
from index.sources import Fetcher
from index.sync import Entry, add, count_files, sync

FLOOD = "The river Alva rose to 6.4 metres on Monday, its highest level since 1954, and two bridges were closed."
VOTE = "The council of Alva voted 31 to 14 on Tuesday to raise the barrier at Kell by two metres in the spring."
FIRE = "A fire destroyed the old mill at Kell on Friday night; nobody was hurt, said the brigade in the morning."


def counts(entries: Iterator[Entry]) -> dict[str, int]:
    return dict(Counter(entry.outcome for entry in entries))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "flood.txt").write_text(FLOOD)
    (folder / "vote.txt").write_text(VOTE)
    return folder


def export(path: Path, *entries: dict[str, Any] | str) -> Path:
    lines = (entry if isinstance(entry, str) else json.dumps(entry) for entry in entries)
    path.write_text("\n".join(lines) + "\n")
    return path


def page(title: str, *paragraphs: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"


def long(text: str) -> list[str]:
    return [f"{text} In the afternoon paragraph {n} of this report was given to the press in full." for n in range(6)]


# Files and folders


def test_a_folder_is_read_again(library: Library, folder: Path) -> None:
    assert counts(add(library, [folder])) == {"added": 2}
    before = library.last_change()
    assert counts(sync(library)) == {"unchanged": 2}
    (folder / "flood.txt").write_text(FLOOD.replace("6.4", "6.5"))
    (folder / "vote.txt").unlink()
    (folder / "fire.txt").write_text(FIRE)
    assert counts(sync(library)) == {"changed": 1, "removed": 1, "added": 1}
    assert counts(sync(library)) == {"unchanged": 2}
    assert library.last_change() == before + 3
    assert sorted(article.text[:6] for article in library.articles()) == ["A fire", "The ri"]


def test_a_file_that_was_only_touched_is_unchanged_and_not_hashed_again(library: Library, folder: Path) -> None:
    list(add(library, [folder]))
    (folder / "vote.txt").touch()
    assert counts(sync(library)) == {"unchanged": 2}
    known = library.address(str(folder / "vote.txt"))
    assert known is not None
    assert known.seen.mtime_ns == (folder / "vote.txt").stat().st_mtime_ns


def test_a_renamed_file_keeps_its_article(library: Library, folder: Path) -> None:
    (flood,) = [e.article_id for e in add(library, [folder]) if e.address.endswith("flood.txt")]
    (folder / "flood.txt").rename(folder / "below the barrier.txt")
    entries = {Path(e.address).name: e for e in sync(library)}
    assert (entries["below the barrier.txt"].outcome, entries["below the barrier.txt"].article_id) == ("moved", flood)
    assert counts(sync(library)) == {"unchanged": 2}
    assert library.count() == 2


def test_a_copied_file_is_a_duplicate_whose_removal_removes_nothing(library: Library, folder: Path) -> None:
    list(add(library, [folder]))
    shutil.copy(folder / "flood.txt", folder / "again.txt")
    assert counts(sync(library)) == {"duplicate": 1, "unchanged": 2}
    (folder / "flood.txt").unlink()
    assert counts(sync(library)) == {"unchanged": 2}
    assert library.count() == 2


def test_a_file_that_cannot_be_read_now_keeps_its_article_and_stops_no_removal(library: Library, folder: Path) -> None:
    list(add(library, [folder]))
    (folder / "flood.txt").write_bytes(b"%PDF-1.4 \x00\x01 not text at all")
    (folder / "vote.txt").unlink()
    entries = list(sync(library))
    assert {Path(e.address).name: e.outcome for e in entries} == {"flood.txt": "failed", "vote.txt": "removed"}
    assert library.count() == 1


def test_a_folder_that_is_gone_keeps_its_articles(library: Library, folder: Path) -> None:
    list(add(library, [folder]))
    shutil.rmtree(folder)
    (entry,) = sync(library)
    assert (entry.outcome, library.count()) == ("failed", 2)
    assert "no such file or folder" in (entry.reason or "")


def test_an_empty_folder_on_another_disk_keeps_its_articles(library: Library, folder: Path) -> None:
    list(add(library, [folder]))
    (root,) = library.roots()
    library.put_root(replace(root, state={**root.state, "device": -1}))
    for file in folder.iterdir():
        file.unlink()
    assert counts(sync(library)) == {"failed": 2}
    assert library.count() == 2
    library.put_root(root)  # the disk that it was always on: they were deleted
    assert counts(sync(library))["removed"] == 2


def test_a_single_file_is_read_again_and_goes(library: Library, folder: Path) -> None:
    file = folder / "flood.txt"
    assert counts(add(library, [file])) == {"added": 1}
    file.write_text(FLOOD + " More follows.")
    assert counts(sync(library)) == {"changed": 1}
    file.unlink()
    assert counts(sync(library)) == {"removed": 1}
    assert (library.roots(), library.count()) == ([], 0)


def test_what_is_not_there_is_a_failure_and_not_remembered(library: Library, tmp_path: Path) -> None:
    (entry,) = add(library, [tmp_path / "nowhere"])
    assert entry.outcome == "failed"
    assert library.roots() == []


def test_what_was_removed_by_hand_stays_away_until_it_is_added_again(library: Library, folder: Path) -> None:
    (flood,) = [e.article_id for e in add(library, [folder]) if e.address.endswith("flood.txt")]
    assert flood is not None
    library.remove([flood])
    assert counts(sync(library)) == {"unchanged": 1, "withdrawn": 1}
    (folder / "flood.txt").write_text(FLOOD + " Updated.")
    assert counts(sync(library)) == {"unchanged": 1, "withdrawn": 1}
    assert counts(add(library, [folder])) == {"unchanged": 1, "added": 1}
    assert counts(sync(library)) == {"unchanged": 2}


def test_files_are_counted_before_they_are_read(folder: Path) -> None:
    assert count_files(folder) == 2
    assert count_files(folder / "vote.txt") == 1
    assert [count_files(source) for source in ("https://example.org/feed", "x" * 5000, "")] == [None] * 3


# Exports


def test_an_export_is_read_again_when_it_has_changed(library: Library, tmp_path: Path) -> None:
    one, two = {"id": "1", "text": FLOOD}, {"url": "https://example.org/vote", "text": VOTE}
    path = export(tmp_path / "export.jsonl", one, two)
    assert counts(add(library, [path])) == {"added": 2}
    assert counts(sync(library)) == {"unchanged": 2}
    export(path, one | {"text": FLOOD + " More."}, {"id": "3", "text": FIRE})
    assert counts(sync(library)) == {"changed": 1, "added": 1, "removed": 1}
    assert library.address("https://example.org/vote") is None
    path.unlink()
    assert counts(sync(library)) == {"removed": 2}
    assert (library.count(), library.roots()) == (0, [])


def test_an_export_in_a_folder(library: Library, folder: Path) -> None:
    path = export(
        folder / "export.jsonl", {"id": "1", "text": FIRE}, {"url": "https://example.org/a", "text": FIRE[2:]}
    )
    assert counts(add(library, [folder])) == {"added": 4}
    assert counts(sync(library)) == {"unchanged": 4}
    path.rename(folder / "renamed.jsonl")
    assert counts(sync(library)) == {"moved": 1, "unchanged": 3}
    assert counts(sync(library)) == {"unchanged": 4}
    (folder / "renamed.jsonl").unlink()
    assert counts(sync(library)) == {"removed": 2, "unchanged": 2}


def test_an_export_with_a_broken_line_removes_nothing(library: Library, tmp_path: Path) -> None:
    path = export(tmp_path / "export.jsonl", {"id": "1", "text": FLOOD}, {"id": "2", "text": VOTE})
    list(add(library, [path]))
    export(path, {"id": "1", "text": FLOOD}, "{broken")
    assert counts(sync(library)) == {"unchanged": 1, "failed": 1}
    assert library.count() == 2
    export(path, {"id": "1", "text": FLOOD})
    assert counts(sync(library)) == {"unchanged": 1, "removed": 1}


def test_an_export_cut_off_is_read_again(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl.gz"
    whole = gzip.compress(("\n".join(json.dumps({"id": str(n), "text": f"{FLOOD} {n}."}) for n in range(50))).encode())
    path.write_bytes(whole[: len(whole) // 2])
    assert counts(add(library, [path]))["failed"] == 1
    assert counts(sync(library))["failed"] == 1
    path.write_bytes(whole)
    list(sync(library))
    assert library.count() == 50


def test_what_two_exports_hold_goes_with_the_second(library: Library, tmp_path: Path) -> None:
    shared = {"url": "https://example.org/flood", "text": FLOOD}
    first = export(tmp_path / "first.jsonl", shared, {"id": "1", "text": VOTE})
    second = export(tmp_path / "second.jsonl", shared)
    assert counts(add(library, [first, second])) == {"added": 2, "unchanged": 1}
    export(first, {"id": "1", "text": VOTE})
    assert "removed" not in counts(sync(library))
    export(second, {"id": "9", "text": FIRE})
    assert counts(sync(library))["removed"] == 1


def test_reading_that_was_cut_off_is_simply_done_again(library: Library, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "_BATCH", 10)
    path = export(tmp_path / "export.jsonl", *({"id": str(n), "text": f"{FLOOD} {n}."} for n in range(45)))
    reading = add(library, [path])
    assert isinstance(reading, Generator)
    for _ in range(12):
        next(reading)
    reading.close()
    assert library.count() == 20
    assert counts(sync(library)) == {"unchanged": 20, "added": 25}
    assert counts(sync(library)) == {"unchanged": 45}


def test_two_readings_of_one_export_at_once_remove_nothing(tmp_path: Path) -> None:
    path = export(tmp_path / "a.jsonl", *({"text": f"Report number {n} of the day."} for n in range(250)))
    where = tmp_path / "library.sqlite3"
    with Library.open(where) as one, Library.open(where) as other:
        slow = add(one, [path])
        list(islice(slow, 100))
        assert len(list(add(other, [path]))) == 250
        list(slow)
        assert one.count() == 250


# Pages and feeds


def test_a_page_is_read_again_by_its_etag(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)), headers={"ETag": '"1"'})
    url = f"{site.url}/flood"
    assert counts(add(library, [url], lambda: fetcher)) == {"added": 1}
    assert [(root.address, root.kind) for root in library.roots()] == [(url, "page")]
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1}
    assert site.requests[-1][1]["if-none-match"] == '"1"'
    site.pages["/flood"] = Page(page("The flood", *long(VOTE)), headers={"ETag": '"2"'})
    assert counts(sync(library, lambda: fetcher)) == {"changed": 1}


@pytest.mark.parametrize("way", ["redirect", "canonical"])
def test_a_page_that_was_added_by_another_address_goes_too(
    way: str, library: Library, site: Any, fetcher: Fetcher
) -> None:
    link = f'<head><link rel="canonical" href="{site.url}/new">'
    html = page("The flood", *long(FLOOD))
    if way == "redirect":
        site.pages.update({"/old": Page(status=301, headers={"Location": "/new"}), "/new": Page(html)})
    else:
        site.pages["/old"] = Page(html.replace("<head>", link))
    (added,) = add(library, [f"{site.url}/old"], lambda: fetcher)
    assert added.address == f"{site.url}/new"
    site.pages.clear()
    rounds = [list(sync(library, lambda: fetcher)) for _ in range(4)]
    assert [counts(iter(entries)) for entries in rounds] == [{"failed": 1}, {"failed": 1}, {"removed": 1}, {}]
    assert (rounds[2][0].address, rounds[2][0].article_id) == (f"{site.url}/old", added.article_id)
    assert (library.count(), library.addresses(), library.roots()) == (0, [], [])


def named(canonical: str, title: str, text: str) -> Page:
    """A page that names another address as its own."""
    return Page(page(title, *long(text)).replace("<head>", f'<head><link rel="canonical" href="{canonical}">'))


def test_pages_that_all_name_one_address_replace_nothing(library: Library, site: Any, fetcher: Fetcher) -> None:
    texts = {
        "/flood": FLOOD,
        "/vote": VOTE,
        "/fire": "The old mill of Sund burned down at noon, said Ida Berg.",
    }
    for path, text in texts.items():
        site.pages[path] = named(f"{site.url}/latest", path[1:], text)
    assert counts(add(library, [site.url + path for path in texts], lambda: fetcher)) == {"added": 3}
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 3}
    assert {article.title for article in library.articles()} == {"flood", "vote", "fire"}


def test_pages_that_name_each_other_stay_both(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/flood"] = named(f"{site.url}/vote", "The flood", FLOOD)
    site.pages["/vote"] = named(f"{site.url}/flood", "The vote", VOTE)
    list(add(library, [f"{site.url}/flood", f"{site.url}/vote"], lambda: fetcher))
    list(sync(library, lambda: fetcher))
    assert library.count() == 2
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 2}


def test_a_page_does_not_overwrite_the_article_it_names(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    site.pages["/claims"] = named(f"{site.url}/flood", "The vote", VOTE)
    list(add(library, [f"{site.url}/flood", f"{site.url}/claims"], lambda: fetcher))
    (flood,) = [one for one in library.addresses() if one.address == f"{site.url}/flood"]
    assert "6.4 metres" in library.get_many([flood.article_id])[flood.article_id].text
    assert library.count() == 2


def test_another_version_of_a_page_leads_to_the_page_it_names(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    site.pages["/amp"] = named(f"{site.url}/flood", "The flood", f"{FLOOD} Read more in the app.")
    urls = [f"{site.url}/flood", f"{site.url}/amp"]
    assert counts(add(library, urls, lambda: fetcher)) == {"added": 1, "unchanged": 1}
    for _ in range(2):
        assert counts(sync(library, lambda: fetcher)) == {"unchanged": 2}
    (article,) = library.articles()
    assert (article.address, "app" in article.text) == (urls[0], False)


def test_a_way_to_a_page_that_is_gone_leaves_the_page(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/short"] = Page(status=302, headers={"Location": "/flood"})
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)), headers={"ETag": '"1"'})
    list(add(library, [f"{site.url}/short"], lambda: fetcher))
    del site.pages["/short"]
    outcomes = [counts(sync(library, lambda: fetcher)) for _ in range(4)]
    assert outcomes == [{"failed": 1}, {"failed": 1}, {"removed": 1, "unchanged": 1}, {"unchanged": 1}]
    assert [root.address for root in library.roots()] == [f"{site.url}/flood"]
    assert library.count() == 1


def test_a_page_whose_article_is_known_from_elsewhere_is_reported_when_it_goes(
    library: Library, site: Any, fetcher: Fetcher
) -> None:
    site.pages["/one"] = site.pages["/two"] = Page(page("The flood", *long(FLOOD)))
    urls = [f"{site.url}/one", f"{site.url}/two"]
    assert counts(add(library, urls, lambda: fetcher)) == {"added": 1, "duplicate": 1}
    site.pages["/one"] = Page(status=410)
    list(sync(library, lambda: fetcher))
    removed, unchanged = sync(library, lambda: fetcher)
    assert (removed.address, removed.outcome, removed.article_id) == (urls[0], "removed", None)
    assert "known from elsewhere" in (removed.reason or "")
    assert unchanged.outcome == "unchanged"
    assert [root.address for root in library.roots()] == urls[1:]


def test_two_ways_to_a_page_count_once_a_run(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/old"] = Page(status=302, headers={"Location": "/new"})
    site.pages["/new"] = Page(page("The flood", *long(FLOOD)))
    list(add(library, [f"{site.url}/old", f"{site.url}/new"], lambda: fetcher))
    site.pages.clear()
    assert counts(sync(library, lambda: fetcher)) == {"failed": 2}
    assert counts(sync(library, lambda: fetcher)) == {"failed": 2}
    assert library.count() == 1
    assert counts(sync(library, lambda: fetcher))["removed"] >= 1
    assert (library.count(), library.roots()) == (0, [])


@pytest.mark.parametrize("headers", [{"ETag": '"1"'}, {"Last-Modified": "Tue, 05 Mar 2024 10:20:00 GMT"}])
def test_a_page_that_is_redirected_is_not_sent_again(
    headers: dict[str, str], library: Library, site: Any, fetcher: Fetcher
) -> None:
    site.pages["/old"] = Page(status=301, headers={"Location": "/new"})
    site.pages["/new"] = Page(page("The flood", *long(FLOOD)), headers=headers)
    list(add(library, [f"{site.url}/old"], lambda: fetcher))
    site.requests.clear()
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1}
    assert site.paths() == ["/old", "/new"]
    assert {"if-none-match", "if-modified-since"} & set(site.requests[-1][1])
    site.pages["/other"] = Page(page("The vote", *long(VOTE)), headers=headers)
    site.pages["/old"] = Page(status=302, headers={"Location": "/other"})  # what is there was never seen
    site.requests.clear()
    assert counts(sync(library, lambda: fetcher)) == {"added": 1}
    assert not {"if-none-match", "if-modified-since"} & set(site.requests[-1][1])
    assert library.count() == 2


def test_a_server_that_is_out_of_order_removes_nothing(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    list(add(library, [f"{site.url}/flood"], lambda: fetcher))
    site.pages["/flood"] = Page(b"", status=500)
    for _ in range(4):
        assert counts(sync(library, lambda: fetcher)) == {"failed": 1}
    assert library.count() == 1


def feed(site: Any, *entries: tuple[str, str]) -> Any:
    items = "".join(
        f"<item><title>{path}</title><link>{site.url}{path}</link><pubDate>{date}</pubDate></item>"
        for path, date in entries
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Alva Post</title>{items}</channel></rss>'
    return Page(body, content_type="application/rss+xml", headers={"ETag": f'"{hash(body)}"'})


def test_a_feed_deletes_nothing_and_fetches_only_what_is_new(library: Library, site: Any, fetcher: Fetcher) -> None:
    day = "Mon, 05 Feb 2024 10:00:00 GMT"
    for name, text in (("flood", FLOOD), ("vote", VOTE), ("fire", FIRE)):
        site.pages[f"/{name}"] = Page(page(name, *long(text)))
    site.pages["/short"] = Page(status=302, headers={"Location": "/flood"})
    site.pages["/feed"] = feed(site, ("/short", day), ("/vote", day))
    url = f"{site.url}/feed"
    assert counts(add(library, [url], lambda: fetcher)) == {"added": 2}
    assert [(root.address, root.kind) for root in library.roots()] == [(url, "feed")]
    known = library.address(f"{site.url}/short")
    assert known is not None
    assert known.seen.redirected_to == f"{site.url}/flood"
    site.requests.clear()
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1}  # the feed itself
    assert site.paths() == ["/feed"]
    site.pages["/feed"] = feed(site, ("/fire", day), ("/short", day))
    site.requests.clear()
    assert counts(sync(library, lambda: fetcher)) == {"added": 1, "unchanged": 1}
    assert site.paths() == ["/feed", "/fire"]
    assert library.count() == 3


def sitemap(*urls: str) -> Any:
    places = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    return Page(body, content_type="application/xml", headers={"ETag": f'"{hash(body)}"'})


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("status", [301, 302])
def test_a_list_that_is_redirected_is_not_sent_again(
    status: int, kind: str, library: Library, site: Any, fetcher: Fetcher
) -> None:
    """As when it is known by its http address, and its site has gone over to https."""
    day = "Mon, 05 Feb 2024 10:00:00 GMT"
    for name, text in (("flood", FLOOD), ("vote", VOTE)):
        site.pages[f"/{name}"] = Page(page(name, *long(text)))

    def listing(*paths: str) -> Any:
        return feed(site, *((p, day) for p in paths)) if kind == "feed" else sitemap(*(site.url + p for p in paths))

    site.pages["/old"] = Page(status=status, headers={"Location": "/on"})
    site.pages["/on"] = Page(status=status, headers={"Location": "/new"})
    site.pages["/new"] = listing("/flood")
    assert counts(add(library, [f"{site.url}/old"], lambda: fetcher)) == {"added": 1}
    for _ in range(2):
        site.requests.clear()
        (entry,) = sync(library, lambda: fetcher)
        assert (entry.address, entry.outcome) == (f"{site.url}/old", "unchanged")  # the list itself
        assert site.paths() == ["/old", "/on", "/new"]
        assert site.requests[-1][1]["if-none-match"] == site.pages["/new"].headers["ETag"]
    site.pages["/new"] = listing("/vote", "/flood")
    assert counts(sync(library, lambda: fetcher)) == {"added": 1, "unchanged": 1}
    site.pages["/other"] = replace(listing("/flood"), headers=site.pages["/new"].headers)
    site.pages["/old"] = Page(status=status, headers={"Location": "/other"})  # what is there was never seen
    site.requests.clear()
    list(sync(library, lambda: fetcher))
    (other,) = (headers for path, headers in site.requests if path == "/other")
    assert "if-none-match" not in other
    assert library.count() == 2


def test_an_index_of_sitemaps_is_read_again_always(library: Library, site: Any, fetcher: Fetcher) -> None:
    for name, text in (("flood", FLOOD), ("vote", VOTE)):
        site.pages[f"/{name}"] = Page(page(name, *long(text)))
    below = f"<sitemapindex><sitemap><loc>{site.url}/one.xml</loc></sitemap></sitemapindex>"
    site.pages["/all.xml"] = Page(below, content_type="text/xml", headers={"ETag": '"1"'})
    site.pages["/one.xml"] = sitemap(f"{site.url}/flood")
    assert counts(add(library, [f"{site.url}/all.xml"], lambda: fetcher)) == {"added": 1}
    site.pages["/one.xml"] = sitemap(f"{site.url}/flood", f"{site.url}/vote")
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1, "added": 1}


def test_an_entry_that_failed_is_tried_again(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/feed"] = feed(site, ("/flood", "Mon, 05 Feb 2024 10:00:00 GMT"))
    assert counts(add(library, [f"{site.url}/feed"], lambda: fetcher)) == {"failed": 1}
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    assert counts(sync(library, lambda: fetcher)) == {"added": 1}


def test_a_page_of_a_feed_is_looked_at_again_when_it_is_due(
    library: Library, site: Any, fetcher: Fetcher, monkeypatch: Any
) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    site.pages["/feed"] = feed(site, ("/flood", "Mon, 05 Feb 2024 10:00:00 GMT"))
    list(add(library, [f"{site.url}/feed"], lambda: fetcher))
    now = time.time()
    assert library.pages_due(now + 80_000) == []
    assert library.pages_due(now + 90_000) == [f"{site.url}/flood"]
    monkeypatch.setattr(library, "pages_due", lambda _: [f"{site.url}/flood"])
    site.pages["/flood"] = Page(page("The flood", *long(VOTE)))
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1, "changed": 1}


def test_pages_that_are_due_are_parsed_at_arms_length(
    library: Library, site: Any, fetcher: Fetcher, monkeypatch: Any
) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    site.pages["/feed"] = feed(site, ("/flood", "Mon, 05 Feb 2024 10:00:00 GMT"))
    list(add(library, [f"{site.url}/feed"], lambda: fetcher))
    monkeypatch.setattr(library, "pages_due", lambda _: [f"{site.url}/flood"])
    monkeypatch.setattr("index.sources.web.page_draft", lambda *_: pytest.fail("parsed in this process"))
    assert "failed" not in counts(sync(library, lambda: fetcher))


@pytest.mark.parametrize(("status", "sightings"), [(404, 3), (410, 2)])
@pytest.mark.parametrize("what", ["page", "feed"])
def test_what_is_missing_several_times_is_given_up(
    what: str, status: int, sightings: int, library: Library, site: Any, fetcher: Fetcher
) -> None:
    site.pages["/flood"] = Page(page("The flood", *long(FLOOD)))
    site.pages["/feed"] = feed(site, ("/flood", "Mon, 05 Feb 2024 10:00:00 GMT"))
    path = "/flood" if what == "page" else "/feed"
    (added,) = add(library, [f"{site.url}{path}"], lambda: fetcher)
    gone, there = Page(b"", status=status), site.pages[path]
    site.pages[path] = gone
    for _ in range(sightings - 1):
        assert counts(sync(library, lambda: fetcher)) == {"failed": 1}
    site.pages[path] = there  # it was only broken: counted anew
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1}
    site.pages[path] = gone
    rounds = [list(sync(library, lambda: fetcher)) for _ in range(sightings + 1)]
    expected = [{"failed": 1}] * (sightings - 1) + [{"removed": 1}, {}]
    assert [counts(iter(entries)) for entries in rounds] == expected
    (removed,) = rounds[-2]
    assert (removed.address, library.roots()) == (f"{site.url}{path}", [])
    stays = what == "feed"
    assert removed.article_id == (None if stays else added.article_id)
    assert ("its articles stay" in (removed.reason or ""), library.count()) == (stays, int(stays))


def test_a_page_that_moved_for_good_keeps_its_article(library: Library, site: Any, fetcher: Fetcher) -> None:
    site.pages["/old"] = Page(page("The flood", *long(FLOOD)))
    (first,) = add(library, [f"{site.url}/old"], lambda: fetcher)
    site.pages["/new"] = site.pages["/old"]
    site.pages["/old"] = Page(status=301, headers={"Location": "/new"})
    (second,) = sync(library, lambda: fetcher)
    assert (second.outcome, second.article_id, second.address) == ("moved", first.article_id, f"{site.url}/new")
    assert counts(sync(library, lambda: fetcher)) == {"unchanged": 1}
    site.pages["/new"] = Page(page("The flood", *long(VOTE)))
    assert counts(sync(library, lambda: fetcher)) == {"changed": 1}
    assert library.count() == 1


def test_metadata_addresses_stay_refused(library: Library, fetcher: Fetcher) -> None:
    (entry,) = add(library, ["http://169.254.169.254/latest/meta-data/"], lambda: fetcher)
    assert entry.outcome == "failed"
    assert "169.254" in (entry.reason or "")
