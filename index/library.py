"""The library: every article's text and what is known about it. The only truth; all else is derived."""

import textwrap
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from index.article import ID_LENGTH, Article, valid_text
from index.database import IN_CLAUSE, Database, in_clauses
from index.errors import InputError
from index.library_rows import address_key, address_of, article_of, incoming_of, root_of, seen_columns
from index.library_values import Address, Change, Incoming, Put, Root, Seen, Vanished
from index.library_writer import Writer
from index.schema import addresses, articles, counters, deletions, facts, listings, roots

_BATCH = 200  # articles in one transaction …
_BATCH_SECONDS = 2.0  # … unless they come so slowly that what is there should be kept first


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
        incoming = incoming_of((article, seen or Seen()))
        with self.database.write() as connection:
            return Writer(connection).put(replace(incoming, moved_from=moved_from))

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
                waiting.append(incoming_of(item))
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
            writer = Writer(connection, vanished)
            return [writer.put(incoming) for incoming in batch]

    def remove(self, article_ids: Iterable[str]) -> list[str]:
        """Remove articles with all their addresses; returns the ids that were there.

        The addresses are remembered: what is read there again is left out by `sync`.
        """
        with self.database.write() as connection:
            writer = Writer(connection)
            return [article_id for article_id in dict.fromkeys(article_ids) if writer.withdraw(article_id)]

    def forget(self, address: str) -> str | None:
        """Remove one address; its article goes with its last one. Returns the id of an article that went."""
        with self.database.write() as connection:
            return Writer(connection).forget(address)

    def mark_seen(self, address: str, seen: Seen) -> None:
        """Remember that `address` was found again, unchanged."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(addresses)
                .where(addresses.c.address_key == address_key(address))
                .values(**seen_columns(seen), last_seen=time.time(), missing_count=0)
            )

    def mark_missing(self, address: str) -> int:
        """Count one more time that `address` was not found; returns how often in a row. 0 if unknown."""
        here = addresses.c.address_key == address_key(address)
        with self.database.write() as connection:
            connection.execute(sa.update(addresses).where(here).values(missing_count=addresses.c.missing_count + 1))
            return connection.execute(sa.select(addresses.c.missing_count).where(here)).scalar_one_or_none() or 0

    def unlist(self, origin: str, reading: int, limit: int = _BATCH) -> list[tuple[str, str | None]]:
        """Forget up to `limit` addresses that `origin` held, but not in its reading `reading`, nor in a later one.

        An address stays that something else lists, or that was added by itself. Returns the addresses
        that `origin` no longer holds, each with the id of the article that went with it, if one did;
        none when all is done.
        """
        mine = sa.and_(listings.c.origin_key == address_key(origin), listings.c.reading < reading)
        query = sa.select(addresses.c.address, addresses.c.address_key).join(listings).where(mine).limit(limit)
        with self.database.write() as connection:
            writer = Writer(connection)
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

    def get_many(self, article_ids: Iterable[str], *, texts: bool = True) -> dict[str, Article]:
        """The articles that are there, by id, as of one moment. With ``texts=False`` each comes with an empty text."""
        found: dict[str, Article] = {}
        with self.database.read() as connection:
            for ids in in_clauses(article_ids):
                for row in connection.execute(sa.select(*_columns(texts)).where(articles.c.article_id.in_(ids))):
                    found[row.article_id] = article_of(row)
        return found

    def articles(self, *, texts: bool = True) -> Iterator[Article]:
        """Every article, newest first, those without a date last; a stable order.

        Read in pages, in constant memory. With ``texts=False`` each comes with an empty text, fast.
        """
        order = (articles.c.published.desc().nulls_last(), articles.c.article_id)
        with self.database.read() as connection:
            ids = [row.article_id for row in connection.execute(sa.select(articles.c.article_id).order_by(*order))]
        for page in in_clauses(ids):
            with self.database.read() as connection:
                rows = connection.execute(sa.select(*_columns(texts)).where(articles.c.article_id.in_(page)))
                by_id = {row.article_id: article_of(row) for row in rows}
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
            found = [address_of(row) for row in connection.execute(query)]
        return [a for a in found if a.address.startswith(prefix or "")]  # LIKE may ignore case

    def address(self, address: str) -> Address | None:
        """What is known about one address."""
        with self.database.read() as connection:
            row = connection.execute(
                sa.select(addresses).where(addresses.c.address_key == address_key(address))
            ).one_or_none()
        return None if row is None else address_of(row)

    def files_below(self, folder: str) -> list[str]:
        """The addresses of files whose path starts with `folder`, which ends with a separator."""
        query = sa.select(addresses.c.address).where(
            addresses.c.kind == "file", addresses.c.address.startswith(folder, autoescape=True)
        )
        with self.database.read() as connection:
            return [address for address in connection.execute(query).scalars() if address.startswith(folder)]

    def originals(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Of these articles those that are copies, each with the id of its original (see `index.duplicates`)."""
        found: dict[str, str] = {}
        with self.database.read() as connection:
            for ids in in_clauses(article_ids):
                copies = sa.and_(articles.c.article_id.in_(ids), articles.c.copy_of.is_not(None))
                query = sa.select(articles.c.article_id, articles.c.copy_of).where(copies)
                found |= {row.article_id: row.copy_of for row in connection.execute(query)}
        return found

    def copies(self, article_ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the copies of those articles that have any, the earliest first."""
        found: dict[str, list[str]] = {}
        order = (articles.c.published.asc().nulls_last(), articles.c.article_id)
        with self.database.read() as connection:
            for ids in in_clauses(article_ids):
                query = sa.select(articles.c.article_id, articles.c.copy_of).where(articles.c.copy_of.in_(ids))
                for row in connection.execute(query.order_by(*order)):
                    found.setdefault(row.copy_of, []).append(row.article_id)
        return found

    def listed(self, origin: str) -> Iterator[tuple[str, str]]:
        """The addresses that `origin` holds with their articles' ids, in constant memory."""
        last = ""
        columns = (addresses.c.address, addresses.c.article_id, addresses.c.address_key)
        query = sa.select(*columns).join(listings).where(listings.c.origin_key == address_key(origin))
        while True:
            with self.database.read() as connection:
                page = query.where(addresses.c.address_key > last).order_by(addresses.c.address_key).limit(IN_CLAUSE)
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

    def resolve(self, name: str, *, part: bool = True) -> str:
        """The id of the article meant by `name`: an id or its beginning, an address, or a title in any case.

        With `part` a piece of a title will do. Raises InputError when no article fits, or several do.
        """
        name = valid_text(name).strip()
        if not name:
            raise InputError("Which article? Give its id, its address or its title.")
        at = self.address(name) or self.address(str(Path(name).absolute()))
        if at is not None:
            return at.article_id
        for found in self._fitting(name, part=part):
            if len(found) == 1:
                return str(found[0].article_id)
            if found:
                listed = "; ".join(f"{row.article_id} {row.title!r}" for row in found[:5])
                more = " and others" if len(found) > 5 else ""
                raise InputError(f"Several articles fit {_short(name)}: {listed}{more}. Give the id of one.")
        whole = "" if part else " as a whole title, an address or an id"
        raise InputError(f"No article fits {_short(name)}{whole}; `rag list` shows those that there are.")

    def _fitting(self, name: str, *, part: bool) -> Iterator[Sequence[Any]]:
        """The ids and titles that `name` fits, in ever looser ways."""
        every = sa.select(articles.c.article_id, articles.c.title).order_by(articles.c.article_id, articles.c.title)
        begins = articles.c.article_id.startswith(name.lower(), autoescape=True)
        for test in (
            begins if 4 <= len(name) <= ID_LENGTH else sa.false(),
            articles.c.url == name,
            articles.c.title == name,
        ):
            with self.database.read() as connection:
                found = connection.execute(every.where(test).limit(6)).all()
            yield found
        # In Python, since databases fold ASCII alone, or by their locale.
        with self.database.read() as connection:
            folded = [(row, row.title.casefold()) for row in connection.execute(every)]
        yield [row for row, title in folded if title == name.casefold()]
        if part:
            yield [row for row, title in folded if name.casefold() in title]

    # What sync reads again

    def put_root(self, root: Root) -> None:
        """Remember `root`, or its new options and state."""
        values = {"address": root.address, "kind": root.kind, "options": dict(root.options), "state": dict(root.state)}
        here = roots.c.root_key == address_key(root.address)
        with self.database.write() as connection:
            if connection.execute(sa.update(roots).where(here).values(**values)).rowcount == 0:
                connection.execute(
                    sa.insert(roots).values(root_key=address_key(root.address), added=time.time(), **values)
                )

    def remove_root(self, address: str) -> bool:
        """Forget a root; the articles read from it stay."""
        with self.database.write() as connection:
            return connection.execute(sa.delete(roots).where(roots.c.root_key == address_key(address))).rowcount > 0

    def root(self, address: str) -> Root | None:
        """The root at `address`."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(roots).where(roots.c.root_key == address_key(address))).one_or_none()
        return None if row is None else root_of(row)

    def roots(self) -> list[Root]:
        """The known roots, in the order in which they were added."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(roots).order_by(roots.c.added, roots.c.address))
            return [root_of(row) for row in rows]


def _short(name: str) -> str:
    return repr(textwrap.shorten(name, 200, placeholder=" …"))


def _columns(texts: bool) -> list[sa.Column[Any]]:
    return [column for column in articles.c if texts or column.name != "text"]
