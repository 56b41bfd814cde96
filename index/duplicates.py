"""Near-duplicates: the same agency story in several papers is one story, that of the earliest.

Candidates share a band of their MinHash (Broder 1997; banding after Leskovec, Rajaraman and Ullman,
*Mining of Massive Datasets*, ch. 3); what they say is then compared itself. A story with another
figure or another name in it is not a copy but a new version, and both stay.
"""

import hashlib
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

import regex
import sqlalchemy as sa

from index.article import Article
from index.library import Library
from index.schema import articles, bands, counters, facts

SIMILAR = 0.8  # Jaccard of the words' shingles
_WORDS = 5  # in a shingle
_FEWEST = 20  # words: what is shorter says too little to be called a copy
# 12 bands of 5 rows: of pairs with Jaccard .8 they find 99.1 %, of pairs with .5 they propose 31 %.
_BANDS, _ROWS = 12, 5
_CANDIDATES = 40  # compared with one article: originals first, then those that share most bands
_BATCH = 100
_LONG = 10_000  # words: far more than an article
_SHORT = 8  # words: a longer replacement is another paragraph, not a correction

# Scripts without spaces go character by character.
_TOKEN = regex.compile(r"\d+(?:[.,:]\d+)*|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\w'’]+")
_THOUSANDS = regex.compile(r"(?<=\d),(?=\d{3})")
_NUMBER_WORDS = frozenset(
    regex.findall(
        r"\w+",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
        "billion dozen half first second third",
    )
)
_NEGATIONS = frozenset(("no", "not", "never", "none", "nor", "without", "neither", "nobody", "nothing", "cannot"))
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\p{L}*\.?"
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)"
_AGENCY = r"\([^()\d\n]{2,40}\)"
_PLACE = r"(?:\p{Lu}[\p{L}\p{M}.'’-]*+[ ,/]{1,2}){0,5}"
# "By Ida Brandt", a line of its own; "ALVA, Kell, Feb 5 (Reuters) - ", which has a day or an agency.
_BYLINE = r"(?:By [^\n]{1,80}\n\s*+)?+"
_DATELINE = rf"(?:{_PLACE}(?:{_DAY}(?: {_AGENCY})?|{_AGENCY}) *(?:-+ |[–—]+ ?|\n))?+"
_HEAD = regex.compile(rf"\s*+{_BYLINE}{_DATELINE}")
_COPYRIGHT = regex.compile(
    r"^[^\S\n]*(?:©|(?:copyright|\(c\))[^\w\n]*(?:©|\(c\)|\d{4}\b))[^\n]{0,150}$", regex.M | regex.I
)


@dataclass(frozen=True)
class Wording:
    """A text as words, for comparing it with others."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        """Without what a paper or an agency puts around the story: byline, dateline, copyright."""
        return list(_TOKEN.findall(_COPYRIGHT.sub("", self.text), _HEAD.match(self.text).end()))

    @cached_property
    def words(self) -> list[str]:
        """`tokens` in lower case, with straight apostrophes and numbers without separators of thousands."""
        plain = (token.lower().replace("’", "'") for token in self.tokens)
        return [_THOUSANDS.sub("", token) if "," in token else token for token in plain]

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Every five words in a row."""
        return frozenset(" ".join(self.words[i : i + _WORDS]) for i in range(max(1, len(self.words) - _WORDS + 1)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.words if word[0].isdigit() or word in _NUMBER_WORDS)


def is_copy(one: Wording, other: Wording) -> bool:
    """Whether two articles tell the same in the same words: much alike, same numbers, nothing corrected."""
    if min(len(one.words), len(other.words)) < _FEWEST or one.numbers != other.numbers:
        return False
    return jaccard(one.shingles, other.shingles) >= SIMILAR and not _corrects(one, other)


def repeats(passage: Wording, original: Wording) -> bool:
    """Whether `passage`, of a copy, says nothing that its `original` does not say.

    A few words that a paper puts below the story ("Read more at …") are nothing.
    """
    if not passage.numbers <= original.numbers:
        return False
    few = len(passage.words) < 2 * _WORDS
    return few or len(passage.shingles & original.shingles) >= SIMILAR * len(passage.shingles)


def jaccard(one: Set[str], other: Set[str]) -> float:
    """The size of the intersection over that of the union; 0 for two empty sets."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _corrects(one: Wording, other: Wording) -> bool:
    """Whether within the same words a name, a number or a negation was put in another's place."""
    # What both begin and end with needs no comparing, and is next to all where little was changed.
    first = _alike(one.words, other.words)
    last = _alike(one.words[first:][::-1], other.words[first:][::-1])
    mine, others = (words[first : len(words) - last] for words in (one.words, other.words))
    # The time grows with the square of the length, but for words that are rare.
    matcher = SequenceMatcher(None, mine, others, autojunk=max(len(mine), len(others)) > _LONG)
    changes = matcher.get_opcodes()[0 if first else 1 : None if last else -1]
    for kind, start, end, other_start, other_end in changes:
        if kind == "equal" or max(end - start, other_end - other_start) > _SHORT:
            continue
        put = [*one.tokens[first + start : first + end], *other.tokens[first + other_start : first + other_end]]
        if any(token.lower() in _NEGATIONS or token.lower().endswith(("n't", "n’t")) for token in put):
            return True
        if kind == "replace" and any(token[0].isupper() or token[0].isdigit() for token in put):
            return True
    return False


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words the two begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


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

    if len(wording.words) < _FEWEST:
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
