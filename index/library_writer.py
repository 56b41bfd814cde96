"""How putting and removing change the library's articles and addresses."""

import time
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from index.article import Article, address_id
from index.library_rows import address_key, article_columns, article_of, seen_columns
from index.library_values import Incoming, Outcome, Put, Seen, Vanished
from index.schema import addresses, articles, counters, deletions, listings, withdrawn
from index.wording import Wording, is_copy


class Writer:
    """The rules by which articles and addresses change, within one transaction."""

    def __init__(self, connection: sa.Connection, vanished: Vanished | None = None) -> None:
        self._connection = connection
        self._vanished = vanished

    def put(self, incoming: Incoming) -> Put:
        """Keep the article as what is now at its address."""
        if (read_at := incoming.seen.canonical) is not None:
            speaker = self._speaker(incoming.article.address, read_at)
            if speaker is not None and speaker.address != read_at and self._same(speaker, incoming.article):
                return self._led(incoming, speaker)
            if speaker is not None:
                incoming = _at_its_own(incoming, read_at)
        article, address = incoming.article, incoming.article.address
        self._make_room(article, read_at)
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

    # A page may name another address of its site as its own (its canonical link). Pages that all name one address, or
    # each other's, must not take turns there, and none may replace what another one says.

    def _speaker(self, named: str, read_at: str) -> Any:
        """The address whose page speaks for the address that the page at `read_at` names; None if that page may."""
        there, here = self._address(named), self._address(read_at)
        if there is None:
            return here if here is not None and here.redirected_to is None else None
        if there.redirected_to is not None:
            there = self._address(there.redirected_to) or there
        leads_there = here is not None and here.redirected_to == there.address
        # Libraries of before have the address itself where the page's should be.
        return None if there.canonical == read_at or (there.canonical == there.address and leads_there) else there

    def _same(self, there: Any, article: Article) -> bool:
        """Whether the article at an address says what `article` says."""
        known = self._row(there.article_id)
        same = known.text_hash == article.text_hash or is_copy(Wording(known.text), Wording(article.text))
        return bool(same)

    def _led(self, incoming: Incoming, there: Any) -> Put:
        """A page that says what the page it names says is another way to it."""
        for alias in incoming.aliases:
            if alias != there.address:
                self._lead(alias, there.address, there.article_id)
        if incoming.listed is not None:
            self._list(there.address, *incoming.listed)
        return Put(Outcome.UNCHANGED, there.article_id, there.address)

    def _make_room(self, article: Article, read_at: str | None) -> None:
        """Another article that came to this address by another page's word goes back to that page."""
        there = self._address(article.address)
        if there is None or there.canonical in (None, read_at):
            return
        page, known = self._address(there.canonical), self._row(there.article_id)
        if page is None or page.redirected_to != article.address or self._same(there, article):
            return
        here = addresses.c.address_key == page.address_key
        self._connection.execute(sa.update(addresses).where(here).values(kind="page", redirected_to=None))
        self._connection.execute(sa.delete(addresses).where(addresses.c.address_key == there.address_key))
        if known.address == article.address:
            own = replace(article_of(known), address=page.address, url=page.address)
            self._update(there.article_id, own)

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
        if self._connection.execute(sa.select(listings.c.reading).where(here)).first() is not None:
            # Only upwards: a newer reading may have met it already, and goes by its own number.
            older = sa.and_(here, listings.c.reading < reading)
            self._connection.execute(sa.update(listings).where(older).values(reading=reading))
        else:
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


def _at_its_own(incoming: Incoming, read_at: str) -> Incoming:
    """A page at the address where it was read, whatever it names."""
    article = replace(incoming.article, article_id="", address=read_at, url=read_at)
    aliases = tuple(alias for alias in incoming.aliases if alias != read_at)
    return replace(incoming, article=article, seen=replace(incoming.seen, canonical=None), aliases=aliases)


def _url(address: str) -> str | None:
    return address.partition("#")[0] if address.startswith(("http://", "https://")) else None
