"""The lexical index: BM25 over titles and passages, in tantivy.

A user's words are analysed into terms and become term queries; they never reach a query parser.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from index.candidate import Candidate
from index.errors import SearchIndexError
from index.filters import Filters, Passing
from index.passage import Passage
from index.trouble import trouble

if TYPE_CHECKING:
    import tantivy

# The title is the same for all passages of an article: more than this and it decides alone (docs/retrieval.md).
TITLE_BOOST = 0.2
# Of two words that are neighbours in the question and in a passage, beside what each scores by itself.
PAIR_BOOST = 0.2
_MAX_TERMS = 64  # of a pasted page, the rarest terms say what it is about
MAX_PAIRS = 24
_HEAP = 50_000_000
_LONGEST = 40  # characters of a term; longer ones are not words

# Scripts written without spaces: their runs are indexed as overlapping pairs of characters.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+")

# Languages with a stemmer of their own; the others are indexed as written, in lower case.
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
# Languages whose words that say little tantivy knows.
_STOPWORDS = frozenset(
    {"danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian", "portuguese",
     "russian", "spanish", "swedish"}
)  # fmt: skip


class Lexical:
    """Passages by their words. Threads may share one; one process at a time may write."""

    def __init__(self, directory: Path, *, create: bool = True) -> None:
        """With `create` for the owner, who may write. Without, nothing is made or changed: what is not
        there yet is empty until `reopen` finds it.
        """
        self.directory = directory
        with self._explained():
            self._index = self._open(create)

    @classmethod
    def intact(cls, directory: Path) -> bool:
        """Whether an index is there and can be read and written by its owner."""
        try:
            return (directory / "meta.json").exists() and cls(directory).count() >= 0
        except SearchIndexError:
            return False

    def reopen(self) -> None:
        """See what was committed since."""
        with self._explained():
            if self._index is None:
                self._index = self._open(create=False)
            else:
                self._index.reload()

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage]) -> None:
        """Let `passages` be all that is indexed of these articles; one commit, all or nothing."""
        with self._explained():
            writer = self._there.writer(heap_size=_HEAP, num_threads=1)
            try:
                for article_id in article_ids:
                    writer.delete_documents_by_term("article_id", article_id)
                for passage in passages:
                    writer.add_document(_document(passage))
                writer.commit()
            finally:
                writer.wait_merging_threads()
            self._there.reload()

    def search(self, query: str, k: int, filters: Filters, languages: Sequence[str] = ("en",)) -> list[Candidate]:
        """The `k` passages that fit the words of `query` best; scores are BM25, best first.

        `languages`: whose stemming to apply to the words, besides English.
        """
        if self._index is None:
            return []
        with self._explained():
            return self._found(query, k, list(self._tests(filters)), languages)

    def scores(self, query: str, passage_ids: Sequence[str], languages: Sequence[str] = ("en",)) -> dict[str, float]:
        """The same score of these passages; those with none of the words, or not there, are left out."""
        import tantivy

        if self._index is None or not passage_ids:
            return {}
        with self._explained():
            these = tantivy.Query.term_set_query(self._there.schema, "passage_id", list(passage_ids))
            return {c.passage_id: c.score for c in self._found(query, len(passage_ids), [these], languages)}

    def _found(self, query: str, k: int, tests: Sequence["tantivy.Query"], languages: Sequence[str]) -> list[Candidate]:
        import tantivy

        searcher = self._there.searcher()
        terms = query_terms(query, languages)
        if len(terms) > _MAX_TERMS:
            terms = sorted(terms, key=lambda term: searcher.doc_freq("body", term))[:_MAX_TERMS]
        words = []
        for term in terms:
            words.append((tantivy.Occur.Should, self._term("body", term)))
            title = tantivy.Query.boost_query(self._term("title", term), TITLE_BOOST)
            words.append((tantivy.Occur.Should, title))
        pairs = query_pairs(query, languages)
        if len(pairs) > MAX_PAIRS:
            pairs = sorted(pairs, key=lambda pair: min(searcher.doc_freq("body", term) for term in pair))[:MAX_PAIRS]
        for pair in pairs:
            phrase = tantivy.Query.phrase_query(self._there.schema, "body", list(pair))
            words.append((tantivy.Occur.Should, tantivy.Query.boost_query(phrase, PAIR_BOOST)))
        if not words or searcher.num_docs == 0:
            return []
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(words))]
        clauses += [(tantivy.Occur.Must, tantivy.Query.const_score_query(test, 0.0)) for test in tests]
        found = searcher.search(tantivy.Query.boolean_query(clauses), limit=k, count=False)
        return [_candidate(searcher.doc(place), score) for score, place in found.hits]

    def passing(self, filters: Filters, most: int) -> Passing:
        """How many passages pass `filters`, and which, unless they are more than `most`."""
        import tantivy

        if self._index is None:
            return Passing(0, 0, [])
        with self._explained():
            searcher = self._there.searcher()
            tests = [(tantivy.Occur.Must, tantivy.Query.const_score_query(test, 0.0)) for test in self._tests(filters)]
            query = tantivy.Query.boolean_query(tests) if tests else tantivy.Query.all_query()
            found: Any = searcher.search(query, limit=1)
            if (count := int(found.count)) > most:
                return Passing(count, searcher.num_docs, None)
            hits = searcher.search(query, limit=max(1, count), count=False).hits
            ids = [str(searcher.doc(place).get_first("passage_id")) for _, place in hits]
            return Passing(count, searcher.num_docs, ids)

    def candidates(self, scores: Mapping[str, float]) -> list[Candidate]:
        """These passages with the scores given, in no order; those not there are left out."""
        import tantivy

        if self._index is None or not scores:
            return []
        with self._explained():
            searcher = self._there.searcher()
            these = tantivy.Query.term_set_query(self._there.schema, "passage_id", list(scores))
            hits = searcher.search(these, limit=len(scores), count=False).hits
            found = [_candidate(searcher.doc(place), 0.0) for _, place in hits]
        return [replace(one, score=scores[one.passage_id]) for one in found]

    def passage_counts(self, article_ids: Sequence[str]) -> dict[str, int]:
        """How many passages of each article are indexed."""
        if self._index is None:
            return dict.fromkeys(article_ids, 0)
        with self._explained():
            searcher = self._there.searcher()
            counts = {}
            for article_id in article_ids:
                found: Any = searcher.search(self._term("article_id", article_id), limit=1)
                counts[article_id] = int(found.count)
            return counts

    def everything(self) -> Iterator[Candidate]:
        """Every passage, in no order."""
        import tantivy

        with self._explained():
            searcher = self._there.searcher()
            if searcher.num_docs:
                found = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs, count=False)
                yield from (_candidate(searcher.doc(place), score) for score, place in found.hits)

    def count(self) -> int:
        return 0 if self._index is None else int(self._there.searcher().num_docs)

    def _open(self, create: bool) -> "tantivy.Index | None":
        import tantivy

        if create:
            self.directory.mkdir(parents=True, exist_ok=True)
        elif not (self.directory / "meta.json").exists():
            return None
        index = tantivy.Index(_schema(), path=str(self.directory))
        index.register_tokenizer("words", _analyzer("english"))
        index.config_reader("manual", 0)  # `reopen` says when
        index.reload()
        if create:  # files of a commit that was cut off would be in the way of the next one
            writer = index.writer(heap_size=_HEAP, num_threads=1)
            writer.garbage_collect_files()
            writer.wait_merging_threads()
        return index

    @property
    def _there(self) -> "tantivy.Index":
        if self._index is None:
            raise SearchIndexError(f"There is no lexical index in {self.directory}; run `rag index`.")
        return self._index

    def _term(self, field: str, value: str) -> "tantivy.Query":
        import tantivy

        return tantivy.Query.term_query(self._there.schema, field, value)

    def _tests(self, filters: Filters) -> Iterator["tantivy.Query"]:
        import tantivy

        schema, query = self._there.schema, tantivy.Query
        if filters.sources:
            yield query.term_set_query(schema, "source", [source.casefold() for source in filters.sources])
        if filters.article_ids is not None:
            yield query.term_set_query(schema, "article_id", list(filters.article_ids))
        if filters.after is not None or filters.before is not None:
            yield query.range_query(
                schema,
                "published",
                tantivy.FieldType.Integer,
                filters.after,
                filters.before,
                include_upper=filters.before is None,
            )
        if filters.known_by is not None:
            later = query.range_query(schema, "published", tantivy.FieldType.Integer, filters.known_by, None)
            yield query.boolean_query([(tantivy.Occur.Must, query.all_query()), (tantivy.Occur.MustNot, later)])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SearchIndexError:
            raise
        except Exception as error:
            raise trouble("lexical index", self.directory, error) from error


def _schema() -> "tantivy.Schema":
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", tokenizer_name="words")
    builder.add_text_field("body", tokenizer_name="words", index_option="position")  # phrases need it
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", stored=True, indexed=True, fast=True)  # signed: years before 1970
    builder.add_integer_field("start", stored=True)
    builder.add_integer_field("end", stored=True)
    return builder.build()


@cache
def _analyzer(stemmer: str | None, *, without: tuple[str, ...] = ()) -> Any:
    """`without`: the languages whose words that say little are left out, as gaps in the positions."""
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(_LONGEST)).filter(tantivy.Filter.lowercase())
    for language in without:
        builder = builder.filter(tantivy.Filter.stopword(language))
    if stemmer is not None:
        builder = builder.filter(tantivy.Filter.stemmer(stemmer))
    return builder.build()


def _document(passage: Passage) -> "tantivy.Document":
    import tantivy

    document = tantivy.Document()
    stemmer = _STEMMERS.get(passage.language or "en")
    for field, text in (("title", passage.title), ("body", passage.text)):
        words = _paired(text)
        if stemmer == "english":
            document.add_text(field, words)
        else:
            document.add_pre_tokenized_text(field, _analyzer(stemmer).pre_tokenize(words))
    for field, value in (
        ("passage_id", passage.passage_id),
        ("article_id", passage.article_id),
        ("version", passage.version),
    ):
        document.add_text(field, value)
    if passage.source:
        document.add_text("source", passage.source.casefold())
    if passage.published is not None:
        document.add_integer("published", passage.published)
    document.add_integer("start", passage.start)
    document.add_integer("end", passage.end)
    return document


def analysed(text: str) -> list[str]:
    """The terms of an English text as they are indexed, in order."""
    terms: list[str] = _analyzer("english").analyze(_paired(text))
    return terms


def query_terms(query: str, languages: Sequence[str] = ("en",)) -> list[str]:
    """The distinct terms of the content words; of all words, where there are no others."""
    words = _paired(query)
    terms = _analyzer("english", without=("english",)).analyze(words) or _analyzer("english").analyze(words)
    for language in languages:
        stemmer = _STEMMERS.get(language)
        if stemmer != "english":
            terms = [*terms, *_analyzer(stemmer).analyze(words)]
    return list(dict.fromkeys(terms))


def query_pairs(query: str, languages: Sequence[str] = ("en",)) -> list[tuple[str, str]]:
    """The distinct pairs of terms whose words stand side by side and say something in all of the languages.

    Pairs of characters are left out: as terms they overlap, and are a phrase already.
    """
    words = _paired(query)
    stemmers = dict.fromkeys(["english", *(_STEMMERS.get(language) for language in languages)])
    without = tuple(stemmer for stemmer in stemmers if stemmer in _STOPWORDS)
    pairs: dict[tuple[str, str], None] = {}
    for stemmer in stemmers:
        tokens = _analyzer(stemmer, without=without).pre_tokenize(words).tokens
        for one, other in pairwise(tokens):
            pair = one.text, other.text
            if other.position == one.position + 1 and not any(map(_UNSPACED.fullmatch, pair)):
                pairs[pair] = None
    return list(pairs)


def _paired(text: str) -> str:
    if text.isascii():
        return text
    return str(_UNSPACED.sub(lambda run: f" {' '.join(_pairs(run.group()))} ", text))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _candidate(document: Any, score: float) -> Candidate:
    return Candidate(
        document.get_first("passage_id"),
        document.get_first("article_id"),
        document.get_first("version"),
        document.get_first("start"),
        document.get_first("end"),
        document.get_first("published"),
        float(score),
    )
