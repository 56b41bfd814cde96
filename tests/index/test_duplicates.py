"""Agency copy is one story; a corrected one is another."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.duplicates import mark_copies
from index.embedding import Embedder
from index.facade import Index
from index.filters import Filters
from index.library import Library
from index.wording import Wording, is_copy, jaccard, repeats

Make = Callable[..., Article]

STORY = (
    "The river Alva rose to 6.4 metres on Monday, its highest level since 1954, and 2,300 people in the lower town had "
    "to leave their homes, the mayor, Ida Brandt, said. Two bridges were closed to traffic during the night. The "
    "barrier at Kell held, but water came over the wall at the old mill, where volunteers had piled up sandbags since "
    "the weekend. Schools stay closed until Thursday, and the railway line to the coast is interrupted below the "
    "station. The weather service expects more rain in the hills, though less than in the past days. The government "
    "has promised help to those who lost their belongings, without saying how much that would be. Farmers in the "
    "valley fear for the winter wheat, which has been under water for a week already. The last flood of this size "
    "destroyed most of the harbour, which was then built anew behind higher walls."
)
EARLY, LATE = datetime(2024, 2, 5, tzinfo=UTC), datetime(2024, 2, 6, tzinfo=UTC)


def copies(library: Library) -> dict[str, str]:
    return library.originals(article.article_id for article in library.articles())


@pytest.mark.parametrize(
    "other",
    [
        STORY,
        f"ALVA (Agency) - {STORY}",
        f"ALVA, Feb 5 (Reuters) - {STORY}",
        f"By Ida Holm\n\nALVA, Kell, 5 February 2024 — {STORY}",
        f"By Ida Holm, 7 February\n{STORY}\n\nCopyright 2024 The Agency.",
        f"{STORY}\n© 2024 The Agency. All rights reserved.\nRead more.",
        f"By a staff writer\n\n{STORY}\n\nThe Kell Times is on all your devices.",
        STORY[: STORY.index("The last flood")],
        STORY.replace("2,300", "2300").replace("during the night", "overnight"),
        STORY.replace("said", "told reporters"),
    ],
)
def test_the_same_story_in_another_paper_is_a_copy(other: str) -> None:
    assert is_copy(Wording(STORY), Wording(other))
    assert is_copy(Wording(other), Wording(STORY))


@pytest.mark.parametrize(
    ("words", "corrected"),
    [
        ("6.4 metres", "6.5 metres"),
        ("2,300 people", "2,400 people"),
        ("Two bridges", "Three bridges"),
        ("Ida Brandt", "Eva Brandt"),
        ("until Thursday", "until Friday"),
        ("The barrier at Kell held", "The barrier at Kell did not hold"),
        ("had to leave their homes", "had to leave their homes and 12 were hurt"),
    ],
)
def test_a_corrected_story_is_no_copy(words: str, corrected: str) -> None:
    assert words in STORY
    other = Wording(STORY.replace(words, corrected))
    assert jaccard(Wording(STORY).shingles, other.shingles) >= 0.8
    assert not is_copy(Wording(STORY), other)
    assert not is_copy(other, Wording(STORY))


@pytest.mark.parametrize(
    "other",
    [
        f"ALVA - 12 people were hurt. {STORY}",
        f"The river (again) - 12 people were hurt. {STORY}",
        f"By 5 February 12 people were hurt. {STORY}",
        f"{STORY}\n\nCopyright law of 2019 applies.",
        f"{STORY}\n\n(c) 12 people were hurt.",
    ],
)
def test_what_only_resembles_a_dateline_is_compared(other: str) -> None:
    assert not is_copy(Wording(STORY), Wording(other))


def test_an_agencys_dateline_and_copyright_are_nothing_new() -> None:
    for passage in (f"ALVA, Feb 5 (Reuters) - {STORY[:200]}", f"{STORY[-200:]}\nCopyright 2024 The Agency."):
        assert repeats(Wording(passage), Wording(STORY))


def test_a_few_words_over_and_over_are_no_article() -> None:
    chance = random.Random(1)
    one, other = (Wording(" ".join(chance.choices(("ha", "ho"), k=3_000))) for _ in range(2))
    assert jaccard(one.shingles, other.shingles) >= 0.8
    assert not is_copy(one, other)


def test_short_texts_are_never_copies() -> None:
    assert not is_copy(Wording("Rain is expected."), Wording("Rain is expected."))


def test_scripts_without_spaces_are_compared_by_character() -> None:
    text = "周一阿尔瓦河水位上涨至六米这是自去年以来的最高水位下城区的居民不得不离开家园两座桥梁被关闭"
    assert is_copy(Wording(text), Wording(text + "记者报道"))
    assert not is_copy(Wording(text), Wording(text[::-1]))


@given(st.text(max_size=300))
def test_any_text_has_a_wording(text: str) -> None:
    wording = Wording(text)
    assert len(wording.words) == len(wording.tokens)
    assert repeats(wording, wording)


def test_the_earliest_is_the_original_whatever_the_order(library: Library, article: Make) -> None:
    late = library.put(article("late", f"By us. {STORY}", published=LATE)).article_id
    undated = library.put(article("undated", f"{STORY} Read more.")).article_id
    assert mark_copies(library) == 2
    assert copies(library) == {undated: late}
    early = library.put(article("early", STORY, published=EARLY)).article_id
    mark_copies(library)
    assert copies(library) == {undated: early, late: early}
    assert library.copies([early]) == {early: [late, undated]}
    assert mark_copies(library) == 0


def test_a_correction_ends_a_copy(library: Library, article: Make) -> None:
    early = library.put(article("early", STORY, published=EARLY)).article_id
    late = library.put(article("late", f"By us. {STORY}", published=LATE)).article_id
    mark_copies(library)
    assert copies(library) == {late: early}
    library.put(article("late", f"By us. {STORY.replace('6.4', '6.9')}", published=LATE))
    mark_copies(library)
    assert copies(library) == {}


@pytest.mark.parametrize("change", ["removed", "corrected"])
def test_copies_of_what_is_gone_find_another_original(library: Library, article: Make, change: str) -> None:
    first = article("first", STORY, published=EARLY)
    second = library.put(article("second", f"By us. {STORY}", published=LATE)).article_id
    third = library.put(article("third", f"{STORY} Read more.")).article_id
    original = library.put(first).article_id
    mark_copies(library)
    assert copies(library) == {second: original, third: original}
    if change == "removed":
        library.remove([original])
    else:
        library.put(replace(first, text=STORY.replace("6.4", "6.9")))
    mark_copies(library)
    assert copies(library) == {third: second}


@pytest.mark.parametrize("seed", range(2))
def test_many_copies_have_one_original(library: Library, article: Make, seed: int) -> None:
    chance = random.Random(seed)
    days = chance.sample(range(90), 90)
    for i, day in enumerate(days):
        text = f"By our reader {chr(97 + i % 26) * 3} {chr(97 + i // 26) * 3}. {STORY}"
        library.put(article(f"paper-{i}", text, published=EARLY + timedelta(days=day)))
        if i % 70 == 0:
            mark_copies(library)
    for day in range(2):
        mark_copies(library)
        original = article(f"paper-{days.index(day)}", "x").article_id
        marks = copies(library)
        assert len(marks) == 89 - day
        assert set(marks.values()) == {original}
        library.remove([original])


def test_both_databases_find_copies(any_library: Library, article: Make) -> None:
    early = any_library.put(article("early", STORY, published=EARLY)).article_id
    late = any_library.put(article("late", f"By us. {STORY}", published=LATE)).article_id
    mark_copies(any_library)
    assert copies(any_library) == {late: early}


def test_search_says_once_what_copies_repeat(
    tmp_path: Path, library: Library, article: Make, embedder: Embedder
) -> None:
    news = "The council meets on the ninth to talk about the barrier and the mill."
    ids = {
        paper: library.put(article(paper, text, published=day, source=paper)).article_id
        for paper, text, day in (
            ("Alva Post", STORY, EARLY),
            ("Kell Times", f"By us.\n\n{STORY}", LATE),
            ("Coast News", f"{STORY}\n\nRead on.", LATE),
        )
    }
    other = library.put(article("other", news, source="Alva Post")).article_id
    mark_copies(library)
    assert len(copies(library)) == 2

    with Index.open(tmp_path, embedder, library) as index:
        index.catch_up()

        def found(**filters: object) -> set[str]:
            hits = index.search("the barrier at the mill", 10, Filters.of(**filters))  # type: ignore[arg-type]
            return {hit.passage.article_id for hit in hits}

        assert found() == {ids["Alva Post"], other}
        assert found(source="Kell Times") == {ids["Kell Times"]}
        assert len(found(source=["Kell Times", "Coast News"])) == 1
        library.remove([ids["Alva Post"]])  # not yet taken in by the index, nor by the look for copies
        assert len(found()) == 2


def test_texts_as_long_as_books_are_compared_in_seconds() -> None:
    """Word by word their comparison would take many minutes, within a transaction."""
    villages = ("Oda", "Kell", "Alva", "Lund", "Bern", "Rom", "Ulm", "Wien", "Graz", "Linz", "Bonn", "Kiel", "Jena")
    parts = [f"The flood in {name} closed {len(name)} roads and the bridge to the town of {name}." for name in villages]
    book = parts * 600

    def same(changed: list[str]) -> bool:
        return is_copy(Wording(" ".join(book)), Wording(" ".join(changed)))

    assert same([*book, "Read more."])
    assert same(["Read more.", *book[:4000], "It rained there.", *book[4000:], "Read more."])
    assert not same([*book[:4000], book[4000].replace("closed", "has not closed"), *book[4001:]])
