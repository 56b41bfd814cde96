"""Fusing, preferring and filtering: what is ranked above what, and why."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.article import Article
from index.candidate import Candidate
from index.embedding import Embedder
from index.facade import Index
from index.filters import Filters
from index.lexical import Lexical
from index.library import Library
from index.passages import passages_of
from index.preference import Preference
from index.ranking import Arm, Scale, Weights, rank
from index.search import Hit
from index.vectors import Vectors

Make = Callable[..., Article]


@pytest.fixture
def index(tmp_path: Path, library: Library, embedder: Embedder) -> Iterator[Index]:
    with Index.open(tmp_path, embedder, library) as index:
        yield index


def _at(hour: int) -> int:
    """Of the first of March 2023, in epoch seconds."""
    return int(datetime(2023, 3, 1, hour, tzinfo=UTC).timestamp())


def candidate(name: str, position: int, published: date | None = None) -> Candidate:
    day = None if published is None else int(datetime(*published.timetuple()[:3], tzinfo=UTC).timestamp())
    return Candidate(f"{name}-v-{position}", name, "v", 0, 1, day, 0.0)


def ranked(scores: dict[str, float], *candidates: Candidate, preference: Preference | None = None) -> list[str]:
    arm = Arm("dense", scores, Scale(0.0, 1.0), 1.0)
    order = rank({c.passage_id: c for c in candidates}, [arm], preference)
    assert all(0 <= one.score <= 1 for one in order)
    return [one.candidate.passage_id for one in order]


def test_how_an_article_begins_decides_between_passages_that_fit_alike() -> None:
    scores = {"a-v-3": 0.8, "b-v-3": 0.8, "a-v-0": 0.1, "b-v-0": 0.6}
    assert ranked(scores, candidate("a", 3), candidate("b", 3)) == ["b-v-3", "a-v-3"]


def test_the_other_passages_of_an_article_gain_less_by_its_beginning() -> None:
    scores = {"a-v-3": 0.9, "a-v-4": 0.6, "a-v-0": 0.9, "b-v-3": 0.75, "b-v-0": 0.6}
    order = ranked(scores, candidate("a", 3), candidate("a", 4), candidate("b", 3))
    assert order == ["a-v-3", "b-v-3", "a-v-4"]


def test_ties_are_broken_by_id_and_an_arm_that_found_nothing_says_nothing() -> None:
    assert ranked({}, candidate("b", 0), candidate("a", 0)) == ["a-v-0", "b-v-0"]


def test_recent_articles_are_lifted_as_strongly_as_asked() -> None:
    old, new = candidate("old", 0, date(2023, 1, 1)), candidate("new", 0, date(2023, 3, 6))
    scores = {"old-v-0": 0.6, "new-v-0": 0.55}

    def best(strength: float) -> str:
        return ranked(scores, old, new, preference=Preference.recent(date(2023, 3, 8), strength))[0]

    assert best(0.0) == "old-v-0"
    assert best(1.0) == "new-v-0"


def test_an_archive_is_ranked_as_without_a_preference() -> None:
    archive = [candidate(name, 0, date(2015 + i, 1, 1)) for i, name in enumerate("abcd")]
    archive.append(candidate("undated", 0))
    scores = {c.passage_id: 0.1 * (i + 1) for i, c in enumerate(archive)}
    plain = ranked(scores, *archive)
    assert ranked(scores, *archive, preference=Preference.recent(date(2026, 11, 22), 1.0)) == plain


def test_days_of_a_preference() -> None:
    wanted = Preference.around(date(2022, 6, 1), date(2022, 6, 30), 1.0)

    def value(day: date) -> float:
        return wanted.value(candidate("a", 0, day).published)

    assert [value(date(2022, 6, 1)), value(date(2022, 6, 30))] == [1, 1]
    assert 0 < value(date(2022, 5, 31)) == value(date(2022, 7, 1)) < 1
    assert [value(date(2022, 4, 1)), value(date(2022, 9, 1)), wanted.value(None)] == [0, 0, 0]
    recent = Preference.recent(date(2022, 6, 30), 1.0)
    assert recent.value(candidate("a", 0, date(2022, 6, 30)).published) == 1
    assert recent.value(candidate("a", 0, date(2022, 7, 1)).published) == 0


def test_a_hit_explains_its_score(library: Library, index: Index, article: Make) -> None:
    library.put(article("a", "The river rose. " * 60, published=datetime(2023, 3, 1, tzinfo=UTC)))
    library.put(article("b", "Bread became dearer."))
    index.catch_up()
    hits = index.search("river rose", preference=Preference.recent(date(2023, 3, 3), 0.5))
    for hit in hits:
        assert hit.score == pytest.approx(sum(part.weight * part.value for part in hit.parts))
        assert [part.name for part in hit.parts] == ["dense", "lexical", "lead dense", "lead lexical", "time"]
    assert hits[0].parts[0].raw == hits[0].dense
    assert hits[0].parts[1].raw == hits[0].lexical
    assert hits[0].parts[4].value == 1
    assert sum(part.weight for part in hits[0].parts) == pytest.approx(1)


def test_every_candidate_has_both_arms_true_scores(
    library: Library, index: Index, article: Make, embedder: Embedder
) -> None:
    """Whichever arm found it: what the other arm would say is looked up."""
    for i in range(130):
        library.put(article(f"{i}", f"The river rose by {i} metres near bridge {i}."))
    index.catch_up()
    vector = embedder.embed(["river near bridge 7"])[0]
    for hit in index.search("river near bridge 7", k=130):
        (own,) = embedder.embed([f"{hit.passage.title}\n{hit.passage.text}"])
        assert hit.dense == pytest.approx(float(own @ vector), abs=1e-4)
        assert hit.lexical


def test_weights_decide(library: Library, index: Index, article: Make) -> None:
    library.put(article("a", "alpha beta gamma"))
    library.put(article("b", "alpha alpha alpha delta"))
    index.catch_up()

    def scores(weights: Weights) -> list[Hit]:
        return index.search("alpha beta", weights=weights)

    assert all(hit.parts[0].weight == 0 for hit in scores(Weights(dense=0.0)))
    assert all(hit.parts[1].weight == 0 for hit in scores(Weights(dense=1.0)))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters.of(source="bbc"), {"rare"}),
        (Filters.of(after=date(2023, 3, 1), before=date(2023, 3, 2)), {"rare"}),
        (Filters.of(after=date(2020, 3, 1), before=date(2023, 3, 2)), {"rare"}),
        (Filters.of(after=date(2023, 3, 2), before=date(2023, 3, 1)), set()),
        (Filters(after=_at(17), before=_at(19)), {"rare"}),
        (Filters(after=_at(18), before=_at(18) + 1), {"rare"}),
        (Filters(after=_at(18) + 1, before=_at(19)), set()),
        (Filters(after=_at(17), before=_at(18)), set()),
        (Filters.of(known_by=date(2023, 3, 1)), {"rare", "undated"}),
        (Filters.of(known_by=date(2023, 2, 28)), {"undated"}),
        (Filters.of(article_ids=["rare"]), {"rare"}),
        (Filters.of(article_ids=[]), set()),
    ],
)
def test_each_arm_filters_before_it_cuts_off(
    tmp_path: Path, embedder: Embedder, article: Make, filters: Filters, expected: set[str]
) -> None:
    many = [article(f"{i}", "river " * 9, source="CNN", published=datetime(2023, 4, 1, tzinfo=UTC)) for i in range(40)]
    rare = article("rare", "A river.", article_id="rare", source="BBC", published=datetime(2023, 3, 1, 18, tzinfo=UTC))
    passages = [
        p for a in [*many, rare, article("undated", "One river.", article_id="undated")] for p in passages_of(a)
    ]
    vectors, lexical = Vectors(tmp_path / "vectors", "passages"), Lexical(tmp_path / "lexical")
    vectors.upsert(passages, embedder.embed([p.text for p in passages]))
    lexical.replace([], passages)
    query = embedder.embed(["river " * 9])[0]
    assert {c.article_id for c in vectors.search(query, 5, filters)} == expected
    assert {c.article_id for c in lexical.search("river", 5, filters)} == expected
