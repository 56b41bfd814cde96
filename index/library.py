"""The library: every article's text and what is known about it. The only truth; all else is derived."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from index.article import Article, address_id
from index.database import Database
from index.errors import InputError
from index.schema import addresses, articles, counters, deletions, facts, listings, roots, withdrawn

_BATCH = 200  # articles in one transaction …
_BATCH_SECONDS = 2.0  # … unless they come so slowly that what is there should be kept first
_IN_CLAUSE = 500  # ids in one IN (…): below every database's limit


class Outcome(StrEnum):
    """What became of an article that was put into the library."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is remembered about an address, to see later whether it still holds the same."""

    kind: str = "file"
    size: int | None = None
    mtime_ns: int | None = None
    content_hash: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    canonical: str | None = None
    redirected_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An article to put, and what is known of where it was read.

    `aliases` are addresses that lead to the article's own (redirects). `moved_from` is where it was
    before: the article there keeps its id and comes along. `listed` is the export, feed or sitemap
    that holds it and the number of that reading. Without `again` an article is left out
    (`Outcome.WITHDRAWN`) that was removed from this address.
    """

    article: Article
    seen: Seen = Seen()
    aliases: tuple[str, ...] = ()
    moved_from: str | None = None
    listed: tuple[str, int] | None = None
    again: bool = True


Vanished = Callable[[str], bool]
"""Whether nothing is at an address any more, as far as can be seen without reading anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A known address, its article, and what was last seen there (`last_seen` in epoch seconds)."""

    address: str
    article_id: str
    seen: Seen
    last_seen: float
    missing_count: int


@dataclass(frozen=True, slots=True)
class Put:
    """What `put` did: the article now at `address`."""

    outcome: Outcome
    article_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Change:
    """The last change to one article; `number` only grows over the library's life."""

    number: int
    article_id: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """Something that `sync` reads again: a folder, a file, a page, a feed, a sitemap."""

    address: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)


class Library:
    """Articles in a SQL database. Threads and processes may share one; every method is a transaction.

    An article is known by the addresses where it was read. The same text at two addresses is one
    article with two addresses, its metadata those of the first; it goes when its last address goes.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, url: str | Path) -> Self:
        """Open the library in the SQLite file `url` (made if missing) or at the database URL `url`.

        Raises LibraryError when it cannot be opened, NewerSchema when a newer version wrote it.
        """
        return cls(Database(url))

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def library_id(self) -> str:
        """Made with the library; an index of another library is recognised by it."""
        with self.database.read() as connection:
            return str(connection.execute(sa.select(facts.c.value).where(facts.c.name == "library_id")).scalar_one())

    # Writing

    def put(self, article: Article, seen: Seen | None = None, *, moved_from: str | None = None) -> Put:
        """Keep `article` as what is now at its address.

        `moved_from` is the address where it was before (a redirect, a renamed file): the article
        there keeps its id and comes along.
        """
        incoming = _incoming((article, seen or Seen()))
        with self.database.write() as connection:
            return _Writer(connection).put(replace(incoming, moved_from=moved_from))

    def put_many(
        self,
        items: Iterable[Article | tuple[Article, Seen] | Incoming],
        batch: int = _BATCH,
        *,
        vanished: Vanished | None = None,
    ) -> Iterator[Put]:
        """Put articles in transactions of up to `batch`; what is yielded is on disk.

        Reads `items` as it goes, so they may be more than memory holds. When `items` raises, what
        came before is kept, then the error goes on. A text that is at a `vanished` address already
        has moved from there.
        """
        waiting: list[Incoming] = []
        since = time.monotonic()
        try:
            for item in items:
                waiting.append(_incoming(item))
                if len(waiting) >= batch or time.monotonic() - since > _BATCH_SECONDS:
                    full, waiting = waiting, []
                    yield from self._put_batch(full, vanished)
                    since = time.monotonic()
        except GeneratorExit:
            waiting = []
            raise
        finally:
            done = self._put_batch(waiting, vanished)
        yield from done

    def _put_batch(self, batch: Sequence[Incoming], vanished: Vanished | None) -> list[Put]:
        if not batch:
            return []
        with self.database.write() as connection:
            writer = _Writer(connection, vanished)
            return [writer.put(incoming) for incoming in batch]

    def remove(self, article_ids: Iterable[str]) -> list[str]:
        """Remove articles with all their addresses; returns the ids that were there.

        The addresses are remembered: what is read there again is left out by `sync`.
        """
        with self.database.write() as connection:
            writer = _Writer(connection)
            return [article_id for article_id in dict.fromkeys(article_ids) if writer.withdraw(article_id)]

    def forget(self, address: str) -> str | None:
        """Remove one address; its article goes with its last one. Returns the id of an article that went."""
        with self.database.write() as connection:
            return _Writer(connection).forget(address)

    def mark_seen(self, address: str, seen: Seen) -> None:
        """Remember that `address` was found again, unchanged."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(addresses)
                .where(addresses.c.address_key == _key(address))
                .values(**_seen_columns(seen), last_seen=time.time(), missing_count=0)
            )

    def mark_missing(self, address: str) -> int:
        """Count one more time that `address` was not found; returns how often in a row. 0 if unknown."""
        here = addresses.c.address_key == _key(address)
        with self.database.write() as connection:
            connection.execute(sa.update(addresses).where(here).values(missing_count=addresses.c.missing_count + 1))
            return connection.execute(sa.select(addresses.c.missing_count).where(here)).scalar_one_or_none() or 0

    def unlist(self, origin: str, besides: int, limit: int = _BATCH) -> list[tuple[str, str | None]]:
        """Forget up to `limit` addresses that `origin` held, but not in its reading `besides`.

        An address stays that something else lists, or that was added by itself. Returns the addresses
        that `origin` no longer holds, each with the id of the article that went with it, if one did;
        none when all is done.
        """
        mine = sa.and_(listings.c.origin_key == _key(origin), listings.c.reading != besides)
        query = sa.select(addresses.c.address, addresses.c.address_key).join(listings).where(mine).limit(limit)
        with self.database.write() as connection:
            writer = _Writer(connection)
            done = []
            for row in connection.execute(query).all():
                here = listings.c.address_key == row.address_key
                connection.execute(sa.delete(listings).where(mine, here))
                others = (
                    sa.select(listings.c.origin_key)
                    .where(here)
                    .union_all(sa.select(roots.c.root_key).where(roots.c.root_key == row.address_key))
                )
                kept = connection.execute(others).first() is not None
                done.append((row.address, None if kept else writer.forget(row.address)))
            return done

    # Reading

    def get(self, article_id: str) -> Article | None:
        """The article, or None when it is not in the library (any more)."""
        return self.get_many([article_id]).get(article_id)

    def get_many(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The articles that are there, by id, as of one moment."""
        wanted = list(dict.fromkeys(article_ids))
        found: dict[str, Article] = {}
        with self.database.read() as connection:
            for start in range(0, len(wanted), _IN_CLAUSE):
                some = articles.c.article_id.in_(wanted[start : start + _IN_CLAUSE])
                for row in connection.execute(sa.select(articles).where(some)):
                    found[row.article_id] = _article(row)
        return found

    def articles(self, *, texts: bool = True) -> Iterator[Article]:
        """Every article, newest first, those without a date last; a stable order.

        Read in pages, in constant memory. With ``texts=False`` each comes with an empty text, fast.
        """
        order = (articles.c.published.desc().nulls_last(), articles.c.article_id)
        with self.database.read() as connection:
            ids = [row.article_id for row in connection.execute(sa.select(articles.c.article_id).order_by(*order))]
        columns = [c for c in articles.c if texts or c.name != "text"]
        for start in range(0, len(ids), _IN_CLAUSE):
            page = ids[start : start + _IN_CLAUSE]
            with self.database.read() as connection:
                rows = connection.execute(sa.select(*columns).where(articles.c.article_id.in_(page)))
                by_id = {row.article_id: _article(row) for row in rows}
            yield from (by_id[article_id] for article_id in page if article_id in by_id)

    def count(self) -> int:
        """How many articles there are."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar_one()

    def sources(self) -> list[tuple[str, int]]:
        """Each source with its number of articles, by name."""
        query = (
            sa.select(articles.c.source, sa.func.count())
            .where(articles.c.source.is_not(None))
            .group_by(articles.c.source)
            .order_by(articles.c.source)
        )
        with self.database.read() as connection:
            return [(source, number) for source, number in connection.execute(query)]

    def last_change(self) -> int:
        """The number of the last change; 0 for a library that has seen none."""
        with self.database.read() as connection:
            return int(connection.execute(sa.select(counters.c.value).where(counters.c.name == "change")).scalar_one())

    def changes_since(self, number: int, limit: int = 1000) -> list[Change]:
        """The changes after `number`, oldest first; of several to one article only the last."""
        put = sa.select(articles.c.change, articles.c.article_id, sa.literal(0).label("deleted")).where(
            articles.c.change > number
        )
        gone = sa.select(deletions.c.change, deletions.c.article_id, sa.literal(1)).where(deletions.c.change > number)
        both = sa.union_all(put, gone).subquery()
        with self.database.read() as connection:
            rows = connection.execute(sa.select(both).order_by(both.c.change).limit(limit))
            return [Change(row.change, row.article_id, bool(row.deleted)) for row in rows]

    def changes_after(self, number: int) -> int:
        """How many articles changed after `number`."""
        with self.database.read() as connection:
            return sum(
                connection.execute(
                    sa.select(sa.func.count()).select_from(table).where(table.c.change > number)
                ).scalar_one()
                for table in (articles, deletions)
            )

    def languages(self) -> list[str]:
        """The languages that articles are in, the most frequent first."""
        query = (
            sa.select(articles.c.language)
            .where(articles.c.language.is_not(None))
            .group_by(articles.c.language)
            .order_by(sa.func.count().desc(), articles.c.language)
        )
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def addresses(self, *, article_id: str | None = None, prefix: str | None = None) -> list[Address]:
        """The known addresses in order, of one article, or those that start with `prefix`."""
        query = sa.select(addresses).order_by(addresses.c.address)
        if article_id is not None:
            query = query.where(addresses.c.article_id == article_id)
        if prefix is not None:
            query = query.where(addresses.c.address.startswith(prefix, autoescape=True))
        with self.database.read() as connection:
            found = [_address(row) for row in connection.execute(query)]
        return [a for a in found if a.address.startswith(prefix or "")]  # LIKE may ignore case

    def address(self, address: str) -> Address | None:
        """What is known about one address."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(addresses).where(addresses.c.address_key == _key(address))).one_or_none()
        return None if row is None else _address(row)

    def files_below(self, folder: str) -> list[str]:
        """The addresses of files whose path starts with `folder`, which ends with a separator."""
        query = sa.select(addresses.c.address).where(
            addresses.c.kind == "file", addresses.c.address.startswith(folder, autoescape=True)
        )
        with self.database.read() as connection:
            return [address for address in connection.execute(query).scalars() if address.startswith(folder)]

    def originals(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Of these articles those that are copies, each with the id of its original (see `index.duplicates`)."""
        wanted = list(dict.fromkeys(article_ids))
        found: dict[str, str] = {}
        with self.database.read() as connection:
            for start in range(0, len(wanted), _IN_CLAUSE):
                some = articles.c.article_id.in_(wanted[start : start + _IN_CLAUSE])
                query = sa.select(articles.c.article_id, articles.c.copy_of).where(
                    some, articles.c.copy_of.is_not(None)
                )
                found |= {row.article_id: row.copy_of for row in connection.execute(query)}
        return found

    def copies(self, article_ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the copies of those articles that have any, the earliest first."""
        wanted = list(dict.fromkeys(article_ids))
        found: dict[str, list[str]] = {}
        order = (articles.c.published.asc().nulls_last(), articles.c.article_id)
        with self.database.read() as connection:
            for start in range(0, len(wanted), _IN_CLAUSE):
                some = articles.c.copy_of.in_(wanted[start : start + _IN_CLAUSE])
                query = sa.select(articles.c.article_id, articles.c.copy_of).where(some).order_by(*order)
                for row in connection.execute(query):
                    found.setdefault(row.copy_of, []).append(row.article_id)
        return found

    def listed(self, origin: str) -> Iterator[tuple[str, str]]:
        """The addresses that `origin` holds with their articles' ids, in constant memory."""
        last = ""
        columns = (addresses.c.address, addresses.c.article_id, addresses.c.address_key)
        query = sa.select(*columns).join(listings).where(listings.c.origin_key == _key(origin))
        while True:
            with self.database.read() as connection:
                page = query.where(addresses.c.address_key > last).order_by(addresses.c.address_key).limit(_IN_CLAUSE)
                rows = connection.execute(page).all()
            if not rows:
                return
            yield from ((row.address, row.article_id) for row in rows)
            last = rows[-1].address_key

    def pages_due(self, now: float, day: float = 86400.0) -> list[str]:
        """Pages not looked at for as long as their article had been known by then, at least a `day`.

        So a page is looked at after one day, two, four …: what is new is what gets corrected.
        """
        known = addresses.c.last_seen - articles.c.added
        due = sa.and_(addresses.c.last_seen + day < now, addresses.c.last_seen + known < now)
        query = sa.select(addresses.c.address).join(articles).where(addresses.c.kind == "page", due)
        with self.database.read() as connection:
            return list(connection.execute(query.order_by(addresses.c.last_seen)).scalars())

    def resolve(self, name: str) -> str:
        """The id of the article meant by `name`: an id or its beginning, an address, or a title.

        A title may be given in part and in any case, if only one article fits. Raises InputError
        when none does, or several do.
        """
        name = name.strip()
        if not name:
            raise InputError("Which article? Give its id, its address or its title.")
        at = self.address(name) or self.address(str(Path(name).absolute()))
        if at is not None:
            return at.article_id
        title = sa.func.lower(articles.c.title)
        tests = (
            articles.c.article_id.startswith(name.lower(), autoescape=True) if len(name) >= 4 else sa.false(),
            articles.c.url == name,
            title == name.lower(),
            title.contains(name.lower(), autoescape=True),
        )
        columns = (articles.c.article_id, articles.c.title)
        with self.database.read() as connection:
            for test in tests:
                found = connection.execute(sa.select(*columns).where(test).order_by(*columns).limit(6)).all()
                if len(found) == 1:
                    return str(found[0].article_id)
                if found:
                    listed = "; ".join(f"{row.article_id} {row.title!r}" for row in found[:5])
                    more = " and others" if len(found) > 5 else ""
                    raise InputError(f"Several articles fit {name!r}: {listed}{more}. Give the id of one.")
        raise InputError(f"No article fits {name!r}; `rag list` shows those that there are.")

    # What sync reads again

    def put_root(self, root: Root) -> None:
        """Remember `root`, or its new options and state."""
        values = {"address": root.address, "kind": root.kind, "options": dict(root.options), "state": dict(root.state)}
        here = roots.c.root_key == _key(root.address)
        with self.database.write() as connection:
            if connection.execute(sa.update(roots).where(here).values(**values)).rowcount == 0:
                connection.execute(sa.insert(roots).values(root_key=_key(root.address), added=time.time(), **values))

    def remove_root(self, address: str) -> bool:
        """Forget a root; the articles read from it stay."""
        with self.database.write() as connection:
            return connection.execute(sa.delete(roots).where(roots.c.root_key == _key(address))).rowcount > 0

    def root(self, address: str) -> Root | None:
        """The root at `address`."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(roots).where(roots.c.root_key == _key(address))).one_or_none()
        return None if row is None else Root(address=row.address, kind=row.kind, options=row.options, state=row.state)

    def roots(self) -> list[Root]:
        """The known roots, in the order in which they were added."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(roots).order_by(roots.c.added, roots.c.address))
            return [Root(address=r.address, kind=r.kind, options=r.options, state=r.state) for r in rows]


class _Writer:
    """The rules by which articles and addresses change, within one transaction."""

    def __init__(self, connection: sa.Connection, vanished: Vanished | None = None) -> None:
        self._connection = connection
        self._vanished = vanished

    def put(self, incoming: Incoming) -> Put:
        article, address = incoming.article, incoming.article.address
        here = self._at(address)
        if here is None and not self._admitted(address, incoming.again):
            return Put(Outcome.WITHDRAWN, article.article_id, address)
        moved_from = incoming.moved_from
        if here is None and moved_from is None and self._vanished is not None:
            moved_from = self._vanished_twin(article, self._vanished)
        moved = False
        if here is None and moved_from is not None and (here := self._at(moved_from)) is not None:
            self._rename(moved_from, address, here)
            here = self._at(address)
            moved = True
        if here is None:
            outcome, article_id = self._put_new(article)
        elif here.text_hash == article.text_hash:
            outcome, article_id = self._put_same_text(article, here)
        else:
            outcome, article_id = self._put_other_text(article, here)
        self._note(address, article_id, incoming.seen)
        if here is not None and here.article_id != article_id:
            self._left(here.article_id, address)
        for alias in incoming.aliases:
            self._lead(alias, address, article_id)
        if incoming.listed is not None:
            self._list(address, *incoming.listed)
        return Put(Outcome.MOVED if moved else outcome, article_id, address)

    def forget(self, address: str) -> str | None:
        row = self._at(address)
        if row is None:
            return None
        led_here = addresses.c.redirected_to == address
        gone = sa.or_(addresses.c.address_key == _key(address), led_here)
        self._connection.execute(sa.delete(addresses).where(gone, addresses.c.article_id == row.article_id))
        return row.article_id if self._left(row.article_id, address) else None

    def withdraw(self, article_id: str) -> bool:
        keys = self._connection.execute(
            sa.select(addresses.c.address_key).where(addresses.c.article_id == article_id)
        ).scalars()
        for key in keys.all():
            self._connection.execute(sa.delete(withdrawn).where(withdrawn.c.address_key == key))
            self._connection.execute(sa.insert(withdrawn).values(address_key=key, removed=time.time()))
        return self.delete(article_id)

    def delete(self, article_id: str) -> bool:
        self._connection.execute(sa.delete(addresses).where(addresses.c.article_id == article_id))
        gone = self._connection.execute(sa.delete(articles).where(articles.c.article_id == article_id)).rowcount > 0
        if gone:
            change = self._next_change()
            self._connection.execute(sa.insert(deletions).values(article_id=article_id, change=change))
        return gone

    def _admitted(self, address: str, again: bool) -> bool:
        """Whether an article may come to `address`: `again`, or because none was removed from it."""
        here = withdrawn.c.address_key == _key(address)
        if again:
            self._connection.execute(sa.delete(withdrawn).where(here))
            return True
        return self._connection.execute(sa.select(withdrawn.c.address_key).where(here)).first() is None

    def _vanished_twin(self, article: Article, vanished: Vanished) -> str | None:
        twin = self._with_text(article.text_hash)
        row = None if twin is None else self._row(twin)
        return str(row.address) if row is not None and vanished(row.address) else None

    def _lead(self, alias: str, address: str, article_id: str) -> None:
        """`alias` is now another way to the article at `address`."""
        before = self._at(alias)
        self._note(alias, article_id, Seen(kind="alias", redirected_to=address))
        if before is not None and before.article_id != article_id:
            self._left(before.article_id, alias)

    def _list(self, address: str, origin: str, reading: int) -> None:
        here = sa.and_(listings.c.origin_key == _key(origin), listings.c.address_key == _key(address))
        if self._connection.execute(sa.update(listings).where(here).values(reading=reading)).rowcount == 0:
            values = {"origin_key": _key(origin), "address_key": _key(address), "reading": reading}
            self._connection.execute(sa.insert(listings).values(**values))

    def _put_new(self, article: Article) -> tuple[Outcome, str]:
        twin = self._with_text(article.text_hash)
        if twin is not None:
            return Outcome.DUPLICATE, twin
        return Outcome.ADDED, self._insert(article)

    def _put_same_text(self, article: Article, here: Any) -> tuple[Outcome, str]:
        article_id = str(here.article_id)
        if here.address != article.address:  # a copy: the metadata are those of the first address
            return Outcome.UNCHANGED, article_id
        if here.version == article.version and dict(here.metadata) == dict(article.metadata):
            return Outcome.UNCHANGED, article_id
        self._update(article_id, article)
        return Outcome.CHANGED, article_id

    def _put_other_text(self, article: Article, here: Any) -> tuple[Outcome, str]:
        twin = self._with_text(article.text_hash)
        if twin is not None:
            return Outcome.DUPLICATE, twin
        if here.address != article.address:  # no longer a copy: an article of its own
            return Outcome.CHANGED, self._insert(article)
        others = self._addresses_of(here.article_id, besides=article.address, leading_elsewhere=True)
        self._update(here.article_id, article)
        if others:  # they still hold the old text, as far as is known
            rest = _article(here)
            first = replace(rest, article_id="", address=others[0], url=_url(others[0]))
            rest_id = self._insert(first)
            for address in others:
                self._connection.execute(
                    sa.update(addresses).where(addresses.c.address_key == _key(address)).values(article_id=rest_id)
                )
        return Outcome.CHANGED, str(here.article_id)

    def _left(self, article_id: str, address: str) -> bool:
        """`address` no longer holds the article: hand it to its next address, or delete it (True)."""
        row = self._row(article_id)
        if row is None:
            return False
        self._connection.execute(  # what only led there leads to nothing of this article now
            sa.delete(addresses).where(addresses.c.article_id == article_id, addresses.c.redirected_to == address)
        )
        rest = self._addresses_of(article_id)
        if not rest:
            return self.delete(article_id)
        if row.address == address:
            self._update(article_id, replace(_article(row), address=rest[0], url=_url(rest[0])))
        return False

    def _rename(self, old: str, new: str, row: Any) -> None:
        self._connection.execute(
            sa.update(addresses).where(addresses.c.address_key == _key(old)).values(address_key=_key(new), address=new)
        )
        if row.address == old:
            self._connection.execute(
                sa.update(articles).where(articles.c.article_id == row.article_id).values(address=new)
            )

    def _insert(self, article: Article) -> str:
        article_id = self._free_id(article)
        # The id may have been deleted before: the article's last change is now this one.
        self._connection.execute(sa.delete(deletions).where(deletions.c.article_id == article_id))
        values = _columns(article) | {"change": self._next_change(), "added": time.time()}
        self._connection.execute(sa.insert(articles).values(article_id=article_id, **values))
        return article_id

    def _update(self, article_id: str, article: Article) -> None:
        values = _columns(article) | {"change": self._next_change()}
        self._connection.execute(sa.update(articles).where(articles.c.article_id == article_id).values(**values))

    def _note(self, address: str, article_id: str, seen: Seen) -> None:
        values = _seen_columns(seen) | {"article_id": article_id, "last_seen": time.time(), "missing_count": 0}
        here = addresses.c.address_key == _key(address)
        if self._connection.execute(sa.update(addresses).where(here).values(**values)).rowcount == 0:
            self._connection.execute(sa.insert(addresses).values(address_key=_key(address), address=address, **values))

    def _next_change(self) -> int:
        here = counters.c.name == "change"
        self._connection.execute(sa.update(counters).where(here).values(value=counters.c.value + 1))
        return int(self._connection.execute(sa.select(counters.c.value).where(here)).scalar_one())

    def _free_id(self, article: Article) -> str:
        """The article's id; another if an article that moved to another address still has it."""
        article_id = article.article_id
        attempt = 1
        while self._row(article_id) is not None:
            attempt += 1
            article_id = address_id(f"{article.address}\n{attempt}")
        return article_id

    def _row(self, article_id: str) -> Any:
        query = sa.select(articles).where(articles.c.article_id == article_id)
        return self._connection.execute(query).one_or_none()

    def _at(self, address: str) -> Any:
        query = sa.select(articles).join(addresses).where(addresses.c.address_key == _key(address))
        return self._connection.execute(query).one_or_none()

    def _with_text(self, text_hash: str) -> str | None:
        query = sa.select(articles.c.article_id).where(articles.c.text_hash == text_hash).limit(1)
        return self._connection.execute(query).scalar_one_or_none()

    def _addresses_of(self, article_id: str, besides: str = "", *, leading_elsewhere: bool = False) -> list[str]:
        """In order; `besides` is left out, and with `leading_elsewhere` what redirects to it as well."""
        query = sa.select(addresses.c.address).where(addresses.c.article_id == article_id)
        if leading_elsewhere:
            query = query.where(addresses.c.redirected_to.is_distinct_from(besides))
        found = self._connection.execute(query.order_by(addresses.c.address)).scalars()
        return [address for address in found if address != besides]


def _incoming(item: Article | tuple[Article, Seen] | Incoming) -> Incoming:
    if isinstance(item, Article):
        item = Incoming(article=item)
    elif isinstance(item, tuple):
        item = Incoming(article=item[0], seen=item[1])
    return replace(item, article=_stored_form(item.article))


def _stored_form(article: Article) -> Article:
    """As it can be stored in every database and read back equal: whole seconds in UTC, valid text."""
    if not article.text.strip():
        raise InputError(f"{article.address} has no text; an article without text cannot be kept.")
    published = article.published
    if published is not None:
        published = published.astimezone(UTC).replace(microsecond=0)
    return replace(
        article,
        text=_valid(article.text),
        title=_valid(article.title),
        source=_optional(article.source),
        url=_optional(article.url),
        published=published,
        authors=tuple(_valid(author) for author in article.authors),
        language=_optional(article.language, 16),
        metadata={_valid(key): _valid(value) for key, value in article.metadata.items()},
    )


def _valid(text: str) -> str:
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode()


def _optional(text: str | None, length: int | None = None) -> str | None:
    return _valid(text)[:length] or None if text else None


def _key(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def _url(address: str) -> str | None:
    return address.partition("#")[0] if address.startswith(("http://", "https://")) else None


def _columns(article: Article) -> dict[str, Any]:
    return {
        "address": article.address,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": None if article.published is None else article.published.isoformat(),
        "authors": list(article.authors),
        "language": article.language,
        "metadata": dict(article.metadata),
        "text_hash": article.text_hash,
        "version": article.version,
        "text": article.text,
    }


def _seen_columns(seen: Seen) -> dict[str, Any]:
    return {name: getattr(seen, name) for name in Seen.__slots__}


def _article(row: Any) -> Article:
    return Article(
        article_id=row.article_id,
        text=getattr(row, "text", ""),
        title=row.title,
        address=row.address,
        source=row.source,
        url=row.url,
        published=None if row.published is None else datetime.fromisoformat(row.published),
        authors=tuple(row.authors),
        language=row.language,
        metadata=row.metadata,
    )


def _address(row: Any) -> Address:
    return Address(
        address=row.address,
        article_id=row.article_id,
        seen=Seen(**{name: getattr(row, name) for name in Seen.__slots__}),
        last_seen=row.last_seen,
        missing_count=row.missing_count,
    )
