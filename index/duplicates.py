"""Near-duplicates: the same agency story in several papers is one story, that of the earliest.

Candidates share a band of their MinHash (Broder 1997; banding after Leskovec, Rajaraman and Ullman,
*Mining of Massive Datasets*, ch. 3); what they say is then compared itself. A story with another
figure or another name in it is not a copy but a new version, and both stay.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index.article import Article
from index.library import Library
from index.schema import articles, bands, counters, facts
from index.wording import FEWEST, Wording, is_copy

# 12 bands of 5 rows: of pairs with Jaccard .8 they find 99.1 %, of pairs with .5 they propose 31 %.
_BANDS, _ROWS = 12, 5
_CANDIDATES = 40  # compared with one article: originals first, then those that share most bands
_BATCH = 100


def mark_copies(library: Library) -> int:
    """Find the copies among what changed since the last time; returns how many articles were looked at.

    Each article that is a copy gets the earliest that it is a copy of (by date, those without one
    last, then by the order of their addition). What was a copy of an article that changed or went
    is looked at again.
    """
    looked_at = 0
    if library.last_change() == _reached(library):
        return looked_at
    _start_over_if_new_scheme(library)
    while changes := library.changes_since(_reached(library), _BATCH):
        before, until = _reached(library), changes[-1].number
        found = library.get_many(change.article_id for change in changes)
        signatures = {article_id: _bands(Wording(article.text)) for article_id, article in found.items()}
        with library.database.write() as connection:
            pass_ = _Pass(connection)
            if pass_.reached() != before:
                continue  # another process was here meanwhile
            waiting = pass_.orphans([change.article_id for change in changes])
            for article_id, article in found.items():
                pass_.sign(article_id, article, signatures[article_id])
            pass_.place([*found, *waiting])
            pass_.advance(until)
        looked_at += len(found)
    return looked_at


@dataclass(frozen=True, slots=True)
class _Known:
    """An article as far as the order of copies needs it."""

    article_id: str
    copy_of: str | None
    rank: tuple[bool, str, float, str]
    wording: Wording


class _Pass:
    """Looking for copies within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: set[str] = set()

    def reached(self) -> int:
        return int(
            self._connection.execute(sa.select(counters.c.value).where(counters.c.name == "copies")).scalar_one()
        )

    def advance(self, change: int) -> None:
        self._connection.execute(sa.update(counters).where(counters.c.name == "copies").values(value=change))

    def orphans(self, originals: Collection[str]) -> list[str]:
        """Copies of these, set free: their originals are not what they were."""
        of_these = articles.c.copy_of.in_(originals)
        found = list(self._connection.execute(sa.select(articles.c.article_id).where(of_these)).scalars())
        self._connection.execute(sa.update(articles).where(of_these).values(copy_of=None))
        return found

    def sign(self, article_id: str, article: Article, signature: Sequence[int]) -> None:
        """Keep the bands of an article, unless it has changed since they were made."""
        self._connection.execute(sa.delete(bands).where(bands.c.article_id == article_id))
        here = sa.select(articles.c.article_id).where(
            articles.c.article_id == article_id, articles.c.version == article.version
        )
        if signature and self._connection.execute(here).first() is not None:
            rows = [{"band": band, "article_id": article_id} for band in dict.fromkeys(signature)]
            self._connection.execute(sa.insert(bands), rows)

    def place(self, article_ids: Collection[str]) -> None:
        """Say of each what it is a copy of, and which are copies of it.

        The earliest comes first, and who has not had its turn yet is nobody's candidate: many copies of one
        story, all of them without a mark still, would hide its original.
        """
        self._waiting.update(article_ids)
        here = sa.select(articles.c.article_id).where(articles.c.article_id.in_(article_ids))
        order = (articles.c.published.asc().nulls_last(), articles.c.added, articles.c.article_id)
        for article_id in self._connection.execute(here.order_by(*order)).scalars().all():
            self._waiting.discard(article_id)
            self._place(article_id)

    def _place(self, article_id: str) -> None:
        self._copy(article_id, None)
        near = self._read([article_id, *self._candidates(article_id)])
        if article_id not in near:
            return
        near |= self._read({one.copy_of for one in near.values() if one.copy_of} - near.keys())
        this = near.pop(article_id)
        alike = [one for one in near.values() if is_copy(this.wording, one.wording)]
        earlier = [one for one in alike if one.copy_of is None and one.rank < this.rank]
        if earlier:
            self._copy(article_id, min(earlier, key=lambda one: one.rank).article_id)
            return
        for one in sorted(alike, key=lambda one: one.rank):
            original = near.get(one.copy_of) if one.copy_of else one
            if one.rank > this.rank and original is not None and original.rank > this.rank:
                freed = self.orphans([one.article_id])
                self._copy(one.article_id, article_id)
                self.place(freed)

    def _copy(self, article_id: str, original: str | None) -> None:
        here = articles.c.article_id == article_id
        self._connection.execute(sa.update(articles).where(here).values(copy_of=original))

    def _candidates(self, article_id: str) -> list[str]:
        mine = sa.select(bands.c.band).where(bands.c.article_id == article_id)
        shared = (
            sa.select(bands.c.article_id)
            .join(articles, articles.c.article_id == bands.c.article_id)
            .where(bands.c.band.in_(mine), bands.c.article_id.not_in({article_id, *self._waiting}))
            .group_by(bands.c.article_id, articles.c.copy_of)
            .order_by(articles.c.copy_of.is_not(None), sa.func.count().desc(), bands.c.article_id)
            .limit(_CANDIDATES)
        )
        return list(self._connection.execute(shared).scalars())

    def _read(self, article_ids: Collection[str]) -> dict[str, _Known]:
        columns = (articles.c.article_id, articles.c.copy_of, articles.c.published, articles.c.added, articles.c.text)
        rows = self._connection.execute(sa.select(*columns).where(articles.c.article_id.in_(article_ids)))
        return {row.article_id: _known(row) for row in rows}


def _known(row: Any) -> _Known:
    rank = (row.published is None, row.published or "", row.added, row.article_id)
    return _Known(row.article_id, row.copy_of, rank, Wording(row.text))


def _reached(library: Library) -> int:
    with library.database.read() as connection:
        return _Pass(connection).reached()


def _bands(wording: Wording) -> list[int]:
    """Each band of the article's MinHash as a number of 63 bits; none for a text too short."""
    from datasketch import MinHash

    if len(wording.words) < FEWEST:
        return []
    signature = MinHash(num_perm=_BANDS * _ROWS, hashfunc=_hash32)
    signature.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in wording.shingles])
    values = signature.hashvalues.reshape(_BANDS, _ROWS)
    return [_hash63(f"{number} {row.tolist()}") for number, row in enumerate(values)]


def _hash32(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=4).digest(), "little")


def _hash63(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1


def _start_over_if_new_scheme(library: Library) -> None:
    """Bands of another version of the hashing are of no use: all are made anew."""
    import datasketch

    scheme = f"2 {datasketch.__version__} {_BANDS}x{_ROWS}"
    here = facts.c.name == "bands"
    with library.database.write() as connection:
        known = connection.execute(sa.select(facts.c.value).where(here)).scalar_one_or_none()
        if known == scheme:
            return
        if known is None:
            connection.execute(sa.insert(facts).values(name="bands", value=scheme))
        else:
            connection.execute(sa.update(facts).where(here).values(value=scheme))
        connection.execute(sa.delete(bands))
        _Pass(connection).advance(0)
