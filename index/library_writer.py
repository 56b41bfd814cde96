"""How putting and removing change the library's articles and addresses."""

import time
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from index.article import Article, address_id
from index.library_rows import address_key, address_of, article_columns, article_of, seen_columns
from index.library_values import Incoming, Outcome, Put, Seen, Vanished
from index.schema import addresses, articles, counters, deletions, listings, withdrawn


class Writer:
    """The rules by which articles and addresses change, within one transaction."""

    def __init__(self, connection: sa.Connection, vanished: Vanished | None = None) -> None:
        self._connection = connection
        self._vanished = vanished

    def put(self, incoming: Incoming) -> Put:
        """Keep the article as what is now at its address."""
        if incoming.seen.canonical is not None:
            incoming = self._placed(incoming)
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
        """Remove one address; returns the id of the article if it went with it."""
        row = self._at(address)
        if row is None:
            return None
        led_here = addresses.c.redirected_to == address
        gone = sa.or_(addresses.c.address_key == address_key(address), led_here)
        self._connection.execute(sa.delete(addresses).where(gone, addresses.c.article_id == row.article_id))
        return row.article_id if self._left(row.article_id, address) else None

    def withdraw(self, article_id: str) -> bool:
        """Delete an article and remember that it was removed from its addresses; False if there is none."""
        keys = self._connection.execute(
            sa.select(addresses.c.address_key).where(addresses.c.article_id == article_id)
        ).scalars()
        for key in keys.all():
            self._connection.execute(sa.delete(withdrawn).where(withdrawn.c.address_key == key))
            self._connection.execute(sa.insert(withdrawn).values(address_key=key, removed=time.time()))
        return self.delete(article_id)

    def delete(self, article_id: str) -> bool:
        """Delete an article with its addresses; False if there is none."""
        self._connection.execute(sa.delete(addresses).where(addresses.c.article_id == article_id))
        gone = self._connection.execute(sa.delete(articles).where(articles.c.article_id == article_id)).rowcount > 0
        if gone:
            change = self._next_change()
            self._connection.execute(sa.insert(deletions).values(article_id=article_id, change=change))
        return gone

    def _placed(self, incoming: Incoming) -> Incoming:
        """A page that names another address as its own, with the article that is to be there.

        The page that was read at that address speaks for it, where both are alike. Where another article is there, the
        page has its own where it was read: pages that name one address for all, or each other's, replace nothing.
        """
        article, read_at = incoming.article, incoming.aliases[-1]
        there, here = self._address(article.address), self._address(read_at)
        if there is None or (
            here is not None and here.redirected_to == article.address and there.canonical is not None
        ):
            return incoming  # nothing is known of that address but by this page
        known = self._row(there.article_id)
        if there.redirected_to != read_at and _alike(known.text, article.text):
            if there.canonical is not None or there.kind != "page":
                return incoming
            spoken = replace(article_of(known), address=article.address)
            return replace(incoming, article=spoken, seen=address_of(there).seen)
        aliases = tuple(alias for alias in incoming.aliases if alias != read_at)
        own = replace(article, article_id="", address=read_at, url=read_at)
        return replace(incoming, article=own, seen=replace(incoming.seen, canonical=None), aliases=aliases)

    def _admitted(self, address: str, again: bool) -> bool:
        """Whether an article may come to `address`: `again`, or because none was removed from it."""
        here = withdrawn.c.address_key == address_key(address)
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
        here = sa.and_(listings.c.origin_key == address_key(origin), listings.c.address_key == address_key(address))
        if self._connection.execute(sa.update(listings).where(here).values(reading=reading)).rowcount == 0:
            values = {"origin_key": address_key(origin), "address_key": address_key(address), "reading": reading}
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
            rest = article_of(here)
            first = replace(rest, article_id="", address=others[0], url=_url(others[0]))
            rest_id = self._insert(first)
            for address in others:
                self._connection.execute(
                    sa.update(addresses)
                    .where(addresses.c.address_key == address_key(address))
                    .values(article_id=rest_id)
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
            self._update(article_id, replace(article_of(row), address=rest[0], url=_url(rest[0])))
        return False

    def _rename(self, old: str, new: str, row: Any) -> None:
        self._connection.execute(
            sa.update(addresses)
            .where(addresses.c.address_key == address_key(old))
            .values(address_key=address_key(new), address=new)
        )
        if row.address == old:
            self._connection.execute(
                sa.update(articles).where(articles.c.article_id == row.article_id).values(address=new)
            )

    def _insert(self, article: Article) -> str:
        article_id = self._free_id(article)
        # The id may have been deleted before: the article's last change is now this one.
        self._connection.execute(sa.delete(deletions).where(deletions.c.article_id == article_id))
        values = article_columns(article) | {"change": self._next_change(), "added": time.time()}
        self._connection.execute(sa.insert(articles).values(article_id=article_id, **values))
        return article_id

    def _update(self, article_id: str, article: Article) -> None:
        values = article_columns(article) | {"change": self._next_change()}
        self._connection.execute(sa.update(articles).where(articles.c.article_id == article_id).values(**values))

    def _note(self, address: str, article_id: str, seen: Seen) -> None:
        values = seen_columns(seen) | {"article_id": article_id, "last_seen": time.time(), "missing_count": 0}
        here = addresses.c.address_key == address_key(address)
        if self._connection.execute(sa.update(addresses).where(here).values(**values)).rowcount == 0:
            self._connection.execute(
                sa.insert(addresses).values(address_key=address_key(address), address=address, **values)
            )

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

    def _address(self, address: str) -> Any:
        query = sa.select(addresses).where(addresses.c.address_key == address_key(address))
        return self._connection.execute(query).one_or_none()

    def _at(self, address: str) -> Any:
        query = sa.select(articles).join(addresses).where(addresses.c.address_key == address_key(address))
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


def _alike(one: str, other: str) -> bool:
    """Whether two texts are versions of one article: four in five of all their words are in both."""
    words, others = set(one.split()), set(other.split())
    return len(words & others) >= 0.8 * len(words | others)


def _url(address: str) -> str | None:
    return address.partition("#")[0] if address.startswith(("http://", "https://")) else None
