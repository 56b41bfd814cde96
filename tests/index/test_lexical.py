"""Words are found in titles and texts, in every language, whatever characters a question holds."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.errors import SearchIndexError
from index.filters import Filters
from index.lexical import PAIR_BOOST, Lexical, query_pairs
from index.passages import passages_of

Make = Callable[..., Article]


@pytest.fixture
def lexical(tmp_path: Path) -> Lexical:
    return Lexical(tmp_path / "lexical")


def put(lexical: Lexical, *articles: Article) -> None:
    lexical.replace([a.article_id for a in articles], [p for a in articles for p in passages_of(a)])


def found(lexical: Lexical, query: str, filters: Filters | None = None, languages: tuple[str, ...] = ()) -> set[str]:
    return {c.article_id for c in lexical.search(query, 10, filters or Filters(), languages)}


def test_words_are_stemmed_and_titles_count(lexical: Lexical, article: Make) -> None:
    a = article("a", "The bridges were flooded.", title="Elmsford")
    b = article("b", "Bread is dear.", title="Floods in Oakham")
    put(lexical, a, b)
    assert found(lexical, "flooding") == {a.article_id, b.article_id}
    assert found(lexical, "Which bridge?") == {a.article_id}
    assert found(lexical, "elmsford") == {a.article_id}
    assert found(lexical, "zeppelin") == set()
    assert found(lexical, "") == found(lexical, "?!") == set()


def test_words_that_say_little_count_only_where_there_are_no_others(lexical: Lexical, article: Make) -> None:
    a = article("a", "The Who were on stage.", title="A")
    b = article("b", "Bread is dear.", title="B")
    put(lexical, a, b)
    assert found(lexical, "the bread") == {b.article_id}
    assert found(lexical, "Who were they?") == {a.article_id}


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("de", "Die Brücken wurden überflutet.", "Brücke"),
        ("fr", "Les élections législatives ont eu lieu.", "élection législative"),
        ("es", "Los precios del pan subieron.", "precio"),
        ("ru", "Мосты были разрушены.", "мост"),
        ("ar", "انهارت الجسور في المدينة.", "المدينة"),
        ("zh", "北京大学的学生们今天上课。", "北京大学"),
        ("ja", "東京で大きな地震がありました。", "東京の地震"),
        ("th", "กรุงเทพมหานครมีฝนตกหนัก", "กรุงเทพมหานคร"),
        ("he", "ירושלים היא עיר.", "ירושלים"),
        ("xx", "Zzyzx qwrtp.", "qwrtp"),
        (None, "The bridges fell.", "bridge"),
    ],
)
def test_other_languages(lexical: Lexical, article: Make, language: str | None, text: str, query: str) -> None:
    right = article("right", text, language=language, title="")
    put(lexical, right, article("other", "Bread is dear.", language="en", title=""))
    assert found(lexical, query, languages=(language or "en", "en")) == {right.article_id}


def test_replacing_and_removing(lexical: Lexical, article: Make) -> None:
    old, new = article("a", "The river rose."), article("a", "The lake froze.")
    put(lexical, old)
    put(lexical, new)
    assert found(lexical, "river") == set()
    assert found(lexical, "lake") == {new.article_id}
    assert lexical.passage_counts([new.article_id, "unknown"]) == {new.article_id: 1, "unknown": 0}
    lexical.replace([new.article_id], [])
    assert lexical.count() == 0


def test_filters(lexical: Lexical, article: Make) -> None:
    old = article("old", "The river rose.", source="BBC News", published=datetime(1912, 4, 15, tzinfo=UTC))
    new = article("new", "The river rose.", source="CNN", published=datetime(2023, 4, 15, tzinfo=UTC))
    undated = article("undated", "The river rose.")
    put(lexical, old, new, undated)
    assert found(lexical, "river", Filters.of(source="bbc news")) == {old.article_id}
    assert found(lexical, "river", Filters.of(source=["CNN", "BBC News"])) == {old.article_id, new.article_id}
    assert found(lexical, "river", Filters.of(before=datetime(1912, 4, 16, tzinfo=UTC))) == {old.article_id}
    assert found(lexical, "river", Filters.of(before=datetime(1912, 4, 15, tzinfo=UTC))) == set()
    assert found(lexical, "river", Filters.of(after=datetime(2023, 4, 15, tzinfo=UTC))) == {new.article_id}
    assert found(lexical, "river", Filters.of(article_ids=[undated.article_id])) == {undated.article_id}
    scores = [c.score for c in lexical.search("river", 10, Filters.of(article_ids=[new.article_id]))]
    assert scores == [c.score for c in lexical.search("river", 10, Filters()) if c.article_id == new.article_id]


@pytest.mark.parametrize(
    ("language", "together", "apart", "phrase", "words"),
    [
        ("en", "The bridge of the harbour library fell.", "The library of the harbour bridge fell.",
         "harbour libraries", "library, to the harbour"),
        ("de", "Die alten Brücken am neuen Hafen.", "Die neuen Brücken am alten Hafen.",
         "alte Brücke", "Brücke des alten"),
    ],
)  # fmt: skip
def test_neighbours_in_the_question_count_more_where_they_are_neighbours(
    lexical: Lexical, article: Make, language: str, together: str, apart: str, phrase: str, words: str
) -> None:
    right, other = (article(text, text, language=language, title="") for text in (together, apart))
    put(lexical, other, right)

    def scores(query: str) -> list[tuple[str, float]]:
        return [(c.article_id, c.score) for c in lexical.search(query, 10, Filters(), (language,))]

    (_, alone), (_, as_much) = scores(words)
    assert alone == as_much
    found = scores(phrase)
    assert [article_id for article_id, _ in found] == [right.article_id, other.article_id]
    assert [score for _, score in found] == pytest.approx([(1 + PAIR_BOOST) * alone, alone])


def test_scores_of_given_passages_are_those_of_the_search(lexical: Lexical, article: Make) -> None:
    put(lexical, *(article(str(n), "The harbour library. " * n + "A bridge over the harbour.") for n in range(1, 5)))
    query = "Which harbour library has a bridge?"
    searched = {c.passage_id: c.score for c in lexical.search(query, 10, Filters())}
    assert len(searched) == 4
    assert lexical.scores(query, list(searched)) == pytest.approx(searched)
    some = next(iter(searched))
    assert lexical.scores(query, [some, "unknown"]) == pytest.approx({some: searched[some]})


@pytest.mark.parametrize(
    ("query", "languages", "pairs"),
    [
        ("Many people died in New York.", ("en",), {("mani", "peopl"), ("peopl", "die"), ("new", "york")}),
        ("New York, New York", ("en",), {("new", "york"), ("york", "new")}),
        ("in der Stadt", ("en", "de"), set()),
        ("fire " + "x" * 50 + " brigade", ("en",), set()),
        ("北京大学 library", ("zh", "en"), set()),
        ("The Who", ("en",), set()),
        ("", ("en",), set()),
    ],
)  # fmt: skip
def test_which_words_are_neighbours(query: str, languages: tuple[str, ...], pairs: set[tuple[str, str]]) -> None:
    assert set(query_pairs(query, languages)) == pairs


def test_a_pasted_page_is_searched_by_the_pairs_of_its_rarest_words(lexical: Lexical, article: Make) -> None:
    common = " ".join(f"word{n}" for n in range(100))
    put(lexical, *(article(str(n), common, title="") for n in range(5)))
    apart = article("apart", "A harbour and a zeppelin.", title="")
    together = article("together", "A zeppelin harbour and one.", title="")
    put(lexical, apart, together)
    scores = {c.article_id: c.score for c in lexical.search(f"{common} zeppelin harbour", 10, Filters())}
    assert scores[together.article_id] > scores[apart.article_id]


@given(query=st.text(max_size=200) | st.from_regex(r'[-+"*?:^~(){}\[\]\\/ a-zA-Z]{0,60}'))
def test_no_question_is_a_query_language(query: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    where = tmp_path_factory.getbasetemp() / "any query"
    lexical = Lexical(where)
    if not lexical.count():
        article = Article(text="The river rose.", title="T", address="/a")
        put(lexical, article)
    for candidate in lexical.search(query, 10, Filters(), ("en", "de", "zh")):
        assert candidate.score > 0


def test_a_long_text_is_searched_by_its_rarest_words(lexical: Lexical, article: Make) -> None:
    common = [article(str(i), " ".join(f"word{n}" for n in range(200)), title="") for i in range(3)]
    rare = article("rare", "A zeppelin.", title="")
    put(lexical, *common, rare)
    pasted = " ".join([*(f"word{n}" for n in range(200)), "zeppelin"])
    assert rare.article_id in found(lexical, pasted)


def test_a_commit_that_was_cut_off_does_not_hinder_the_next(lexical: Lexical, tmp_path: Path, article: Make) -> None:
    put(lexical, article("a", "The river rose."), article("b", "The lake froze."))
    shutil.copytree(lexical.directory, tmp_path / "cut off")
    put(lexical, article("a", "The river fell."))
    for path in lexical.directory.iterdir():  # all that a commit writes, but not its last step
        if path.name != "meta.json" and not path.name.endswith(".lock"):
            shutil.copy(path, tmp_path / "cut off")
    again = Lexical(tmp_path / "cut off")
    assert found(again, "rose")
    put(again, article("a", "The river fell."))
    assert found(again, "river fell") == {article("a", "x").article_id}
    assert again.count() == 2


def test_damage_is_said(lexical: Lexical, article: Make) -> None:
    put(lexical, article("a", "The river rose."))
    (lexical.directory / "meta.json").write_text("{")
    with pytest.raises(SearchIndexError, match=r"lexical index in .* cannot be used.*`rag index --rebuild`"):
        Lexical(lexical.directory)
    assert not Lexical.intact(lexical.directory)
