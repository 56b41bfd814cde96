"""The text that a citer shows: the model's, once, with markers; and quotations, without any that are not its own."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import Sentence, Verdict
from rag.citations import unmarked
from rag.citing import Citer, Source
from rag.evidence import EvidenceSentence
from rag.policy import without_failed


def sources(*texts: str) -> list[Source]:
    return [
        (
            EvidenceSentence(
                article_id=f"a{position}",
                title="Fire",
                source=None,
                url=None,
                published=None,
                language="en",
                start=0,
                end=len(text),
                text=text,
                score=0.5,
                by_part=(0.5,),
                dense=0.5,
                lexical=1.0,
                position=position,
            ),
        )
        for position, text in enumerate(texts)
    ]


FIRE = sources("Strong wind fanned the fire on Monday.", "Years of drought had dried the grass.")


def cited(text: str, *, marks: bool, size: int | None = None) -> Citer:
    """A citer that has read `text` in pieces of `size`; what it showed is its text, each marker where it says."""
    citer = Citer(FIRE, marks=marks)
    size = size or max(1, len(text))
    shown = "".join(citer.feed(text[at : at + size]) for at in range(0, len(text), size)) + citer.finish()
    assert marks or shown == citer.text  # the engine places what a model left unmarked when the text is there
    assert all(citer.text[use.start : use.end] == f"[{use.number}]" for use in citer.uses)
    return citer


def without_added(citer: Citer) -> str:
    """The text without the engine's markers and the space before them."""
    text = citer.text
    for use in reversed(citer.uses):
        assert use.placed_by == "engine"
        text = text[: use.start].removesuffix(" ") + text[use.end :]
    return text


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 100])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "The causes were:\n- Wind fanned the fire\n- Drought had dried the grass",
            "The causes were:\n- Wind fanned the fire [1]\n- Drought had dried the grass [2]",
        ),
        (
            "1. Wind fanned the fire.\n2. Drought had dried the grass.",
            "1. Wind fanned the fire. [1]\n2. Drought had dried the grass. [2]",
        ),
        (
            "Drought had dried the grass. Wind fanned the fire.",
            "Drought had dried the grass. [1] Wind fanned the fire. [2]",
        ),
        ("Wind fanned the fire\n\n- Birds left", "Wind fanned the fire [1]\n\n- Birds left"),
    ],
)
def test_sentences_are_attributed_however_they_come(written: str, shown: str, size: int) -> None:
    assert cited(written, marks=False, size=size).text == shown


_WORDS = st.sampled_from(
    [
        "Wind fanned the fire", "Drought had dried the grass", "the", "Dr", "5 p.m", "U.S", "12", "é", "“", "”", ")",
        "(", ".", ". ", "! ", "…", "。", "।", ": ", "\n", "\n\n", "\n- ", "\n* ", "\n1. ",
        "\n   2) ", " ", "  ", "`", "\t",
    ]
)  # fmt: skip
_MARKERS = st.sampled_from(["[1]", " [2]", " [9]", "[", "]", "[[", "1", "]]", " [1, 2", "([9])"])
_TEXTS = st.lists(_WORDS, max_size=24).map("".join)


@settings(max_examples=150)
@given(_TEXTS, st.integers(1, 9), st.booleans())
def test_the_text_comes_once_and_the_chunking_changes_nothing(text: str, size: int, marks: bool) -> None:
    citer = cited(text, marks=marks, size=size)
    assert citer.text == cited(text, marks=marks).text
    if marks:  # a marker before a full stop takes a space that is there, and adds one where none is
        assert "".join(without_added(citer).split()) == "".join(text.split())
    else:
        assert without_added(citer).rstrip() == text.rstrip()


@settings(max_examples=100)
@given(
    st.lists(_WORDS | _MARKERS, max_size=24).map("".join),
    st.integers(1, 9),
    st.booleans(),
)
def test_with_markers_the_chunking_changes_nothing_either(text: str, size: int, marks: bool) -> None:
    citer, whole = cited(text, marks=marks, size=size), cited(text, marks=marks)
    assert (citer.text, citer.uses, citer.invented) == (whole.text, whole.uses, whole.invented)
    assert marks or all(use.placed_by == "engine" for use in citer.uses)


def test_a_small_models_markers_are_never_taken() -> None:
    citer = cited("Penguins sing [[9]1]. Wind fanned the fire [2].", marks=False)
    assert citer.text == "Penguins sing. Wind fanned the fire. [1]"
    assert [(use.source, use.placed_by) for use in citer.uses] == [(0, "engine")]
    assert citer.invented == 2


TRICKY = sources("It was built in 1931.[7]", "It is `old. It rose in 1932.[1]", "A [link](https://x.example) [2]")


def quoting(remark: Sequence[tuple[str, int]] = ()) -> tuple[Citer, str]:
    citer = Citer(TRICKY, marks=True)
    return citer, "".join(citer.quote(source) for source in (2, 0, 1)) + citer.finish(remark)


def test_quotations_are_shown_as_they_stand_but_for_what_looks_like_a_marker() -> None:
    citer, shown = quoting()
    assert shown == citer.text
    assert shown == (
        "A [link](https://x.example) (2) [1] It was built in 1931.(7) [2] It is `old. It rose in 1932.(1) [3]"
    )
    assert citer.invented == 0
    assert [(one.plain, [use.source for use in one.uses]) for one in citer.sentences()] == [
        (unmarked(TRICKY[source][0].text), [source]) for source in (2, 0, 1)
    ]
    assert [(one.number, one.article_id, one.placed_by) for one in citer.citations()] == [
        (1, "a2", "engine"), (2, "a0", "engine"), (3, "a1", "engine"),
    ]  # fmt: skip
    assert [one.quote for one in citer.citations()] == [TRICKY[source][0].text for source in (2, 0, 1)]


def test_what_a_remark_quotes_is_no_marker() -> None:
    citer, shown = quoting([("Figures differ: 3 (Post [9])", 0), ("; 4 (`Mail)", 1)])
    assert shown == citer.text
    assert shown.endswith(" Figures differ: 3 (Post (9)) [2]; 4 (`Mail) [3].")
    assert len(citer.sentences()) == 4


def checked(citer: Citer, verdicts: Sequence[Verdict]) -> list[Sentence]:
    return [
        Sentence(
            text=citer.text[one.start : one.end],
            start=one.start,
            end=one.end,
            citations=tuple(use.number for use in one.uses),
            verdict=verdict,
        )
        for one, verdict in zip(citer.sentences(), verdicts, strict=True)
    ]


def test_leaving_out_reads_no_markers_in_what_is_quoted() -> None:
    citer, _ = quoting()
    sentences = checked(citer, ["not_found", "supported", "supported"])
    text, kept, citations = without_failed(sentences, citer.citations(), citer.uses)
    assert text == "It was built in 1931.(7) [1] It is `old. It rose in 1932.(1) [2]"
    assert [text[one.start : one.end] for one in kept] == [one.text for one in kept]
    assert [one.citations for one in kept] == [(1,), (2,)]
    assert [(one.number, one.article_id) for one in citations] == [(1, "a0"), (2, "a1")]


def test_leaving_out_everything_leaves_nothing() -> None:
    citer, _ = quoting()
    sentences = checked(citer, ["not_found", "contradicted", "not_found"])
    assert without_failed(sentences, citer.citations(), citer.uses) == ("", [], [])
