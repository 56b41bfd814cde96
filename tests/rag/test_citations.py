"""The marker parser, over every way in which models write markers and streams cut them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import (
    MAX_MARKER,
    MAX_SPACE,
    MAX_WRAP,
    CitationParser,
    CitedSentence,
    cited_sentences,
    marker_offset,
    place,
)


def parse(text: str, sources: int = 5, size: int | None = None) -> tuple[str, list[int], int]:
    """Shown text, the sources used (from 0) in order, and the number of those dropped."""
    parser = CitationParser(sources)
    size = size or len(text) or 1
    pieces = [parser.feed(text[i : i + size]) for i in range(0, len(text), size)] + [parser.finish()]
    shown = "".join(piece.text for piece in pieces)
    assert [use for piece in pieces for use in piece.uses] == parser.uses
    for use in parser.uses:
        assert shown[use.start : use.end] == f"[{use.number}]"
        assert parser.order[use.number - 1] == use.source
    return shown, [use.source for use in parser.uses], parser.dropped


@pytest.mark.parametrize(
    ("written", "shown", "sources"),
    [
        ("Rain fell [3].", "Rain fell [1].", [2]),
        ("Rain [3]. Snow [1]. Hail [3].", "Rain [1]. Snow [2]. Hail [1].", [2, 0, 2]),
        ("Rain [2, 4].", "Rain [1][2].", [1, 3]),
        ("Rain [2,4].", "Rain [1][2].", [1, 3]),
        ("Rain [2; 4 and 5].", "Rain [1][2][3].", [1, 3, 4]),
        ("Rain [2][4].", "Rain [1][2].", [1, 3]),
        ("Rain [1-3].", "Rain [1][2][3].", [0, 1, 2]),
        ("Rain [1–3].", "Rain [1][2][3].", [0, 1, 2]),
        ("Rain 【2】.", "Rain [1].", [1]),
        ("Rain【2†source】.", "Rain[1].", [1]),
        ("Rain【4:0†L10-L12】.", "Rain[1].", [3]),
        ("Rain [Source 2].", "Rain [1].", [1]),
        ("Rain [source: 2, source 3].", "Rain [1][2].", [1, 2]),
        ("Rain (Source 2).", "Rain [1].", [1]),
        ("Rain (sources 2 and 3).", "Rain [1][2].", [1, 2]),
        ("Rain [Source 2: The Daily Rain].", "Rain [1].", [1]),
        ("Rain [[2]].", "Rain [1].", [1]),
        ("Rain [^2].", "Rain [1].", [1]),
        ("Rain [#2].", "Rain [1].", [1]),
        ('"Rain fell [2]," he said.', '"Rain fell [1]," he said.', [1]),
        ("Rain (see [2]).", "Rain (see [1]).", [1]),
        ("Rain [2](https://example.org/a_(b)c) fell.", "Rain [1]c) fell.", [1]),
        ("Rain [2](#source-2) fell.", "Rain [1] fell.", [1]),
        ("Rain [2] (Source 3) fell.", "Rain [1] [2] fell.", [1, 2]),
        ("Rain [2](Source 3) fell.", "Rain [1][2] fell.", [1, 2]),
        ("Rain [2][2] fell [2].", "Rain [1] fell [1].", [1, 1]),
        ("Rain [2] [2] fell.", "Rain [1] fell.", [1]),
        ("[2] Rain fell.", "[1] Rain fell.", [1]),
        ("Rain [2, CNN] fell.", "Rain [1] fell.", [1]),
        ("Rain [2, p. 4] fell.", "Rain [1] fell.", [1]),
        ("Rain [2 to 4].", "Rain [1][2][3].", [1, 2, 3]),
        ("Rain [see 2].", "Rain [1].", [1]),
        ("Rain [2,].", "Rain [1].", [1]),
        ("Rain [2, 3\nSnow [4].", "Rain [1][2]\nSnow [3].", [1, 2, 3]),
        ("Rain [2] ([2]).", "Rain [1] ([1]).", [1, 1]),
        ("Rain [5, 2", "Rain [1]", [4]),  # the 2 may have been about to become 23
        ("Rain [2", "Rain", []),
        ("Rain 【2†sou", "Rain [1]", [1]),
    ],
)
def test_markers_are_read_and_renumbered(written: str, shown: str, sources: list[int]) -> None:
    assert parse(written) == (shown, sources, 0)


@pytest.mark.parametrize(
    ("written", "shown", "dropped"),
    [
        ("Rain [9].", "Rain.", 1),
        ("Rain [9] fell.", "Rain fell.", 1),
        ("[9] Rain fell.", "Rain fell.", 1),
        ("One.\n[9] Rain fell.", "One.\nRain fell.", 1),
        ("Rain [8, 9].", "Rain.", 2),
        ("Rain [4-9].", "Rain [1][2].", 1),
        ("Rain [0].", "Rain.", 1),
        ("Rain [Source 12].", "Rain.", 1),
        ("Rain [Source 2023].", "Rain.", 1),
        ("Rain 【9†source】.", "Rain.", 1),
        ("Rain ([9]).", "Rain.", 1),
        ("Rain ([9])", "Rain", 1),
        ("Rain (([8], [9])) fell.", "Rain fell.", 2),
        ("Rain (see [9]) fell.", "Rain fell.", 1),
        ("Rain ([9] and [2]) fell.", "Rain ([1]) fell.", 1),
        ("Rain ([9] says so).", "Rain (says so).", 1),
        ("Rain [[9]1].", "Rain.", 1),
        ("Rain [[[9]]1] fell.", "Rain fell.", 1),
    ],
)
def test_invented_numbers_are_dropped_and_counted(written: str, shown: str, dropped: int) -> None:
    result, _, count = parse(written)
    assert (result, count) == (shown, dropped)


@pytest.mark.parametrize(
    "text",
    [
        "In [2023] it rained.",
        "From [2019-2023] it rained.",
        "He said [sic] that [12,000] fell.",
        "It ended [3-1].",
        "Agent [007] came.",
        "A [link](https://example.org) here, ![image](x.png).",
        "The call `rows[1]` and ``a[2]`b`` stay.",
        "```python\nrows[1] = [2]\n```\n",
        "Rows [a], [], [ ], [1.5], [1 percent], [-1], (1), (source), (a [b] c)",
        "[[[[[[[",
        "[[Unclosed",
        "Unclosed [2023",
        "Unclosed [12,000",
        "Unclosed [Source ",
        "spaces   and\ttabs \n\n kept  ",
        "[NOT FOUND]",
    ],
)
def test_other_brackets_are_text(text: str) -> None:
    assert parse(text) == (text, [], 0)


def test_an_inline_code_span_ends_with_its_line() -> None:
    assert parse("a stray ` tick [1]\nthen [2]")[0] == "a stray ` tick [1]\nthen [1]"


def test_markers_after_a_fence_count_again() -> None:
    assert parse("```\nx[1]\n```\nRain [2].")[0] == "```\nx[1]\n```\nRain [1]."


def test_three_backticks_that_close_on_their_line_are_no_fence() -> None:
    assert parse("```code [1]``` goes on [2].\nRain [1].")[0] == "```code [1]``` goes on [1].\nRain [2]."


_PIECES = st.sampled_from(
    [
        *"[]【】()`,;-–†^# \n.",
        "1",
        "2",
        "7",
        "12",
        "2023",
        "Source ",
        "and",
        "https:",
        "word",
        "[1]",
        " [2, 3]",
        "```",
        "é",
    ]
)


@given(st.lists(_PIECES, max_size=60).map("".join), st.integers(1, 7), st.integers(0, 9))
def test_the_chunking_changes_nothing(text: str, size: int, sources: int) -> None:
    assert parse(text, sources, size) == parse(text, sources)


@given(st.lists(_PIECES, max_size=80).map("".join))
def test_little_is_ever_held_back(text: str) -> None:
    parser = CitationParser(0)
    shown = 0
    for fed, char in enumerate(text.replace("(", " ").translate(dict.fromkeys(map(ord, "0123456789"))), start=1):
        shown += len(parser.feed(char).text)
        assert fed - shown <= MAX_MARKER + MAX_SPACE + MAX_WRAP


@given(st.text(max_size=300))
def test_any_text_without_markers_comes_through(text: str) -> None:
    for bracket in "[【(":
        text = text.replace(bracket, "")
    assert parse(text) == (text, [], 0)


@pytest.mark.parametrize(
    "unit", ["[", "[1", "[[1", "【1†", "[1, ", "(source ", "[1]", " [9]", "`[1]", "[1](http:", "[1 "]
)
def test_pathological_input_takes_linear_time(unit: str) -> None:
    class Counting(CitationParser):
        """Counts the characters looked at: what is held back and read again counts again."""

        steps = 0

        def _step(self, char: str) -> None:
            self.steps += 1
            super()._step(char)

    def steps(n: int) -> int:
        parser = Counting(3)
        parser.feed(unit * n)
        parser.finish()
        return parser.steps

    assert steps(8_000) <= 8 * steps(1_000) + MAX_MARKER


def test_literal_text_is_never_a_marker() -> None:
    parser = CitationParser(3)
    shown = parser.feed("He said: [2").text + parser.literal(" “1931.[7] `x [1]” ").text + parser.cite(2).text
    assert shown + parser.feed(" and [1].").text == "He said: “1931.[7] `x [1]” [1] and [2]."
    assert ([use.source for use in parser.uses], parser.dropped) == ([2, 0], 0)


def test_the_engine_cites_in_the_stream() -> None:
    parser = CitationParser(3)
    shown = parser.feed("Rain fell [2]. Snow fell").text
    shown += parser.cite(0).text + parser.feed(".").text
    assert shown + parser.finish().text == "Rain fell [1]. Snow fell[2]."
    assert [use.placed_by for use in parser.uses] == ["model", "engine"]
    with pytest.raises(IndexError, match="no source 3"):
        parser.cite(3)


def sentences(written: str, sources: int = 5) -> tuple[str, list[CitedSentence]]:
    parser = CitationParser(sources)
    answer = parser.feed(written).text + parser.finish().text
    return answer, cited_sentences(answer, parser.uses)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Rain fell [1]. Snow fell [2].", [("Rain fell.", [1]), ("Snow fell.", [2])]),
        ("Rain fell. [1] Snow fell. [2]", [("Rain fell.", [1]), ("Snow fell.", [2])]),
        ("Rain [1] and snow [2] fell. Hail did not.", [("Rain and snow fell.", [1, 2]), ("Hail did not.", [])]),
        ("[1] Rain fell. [2] Snow fell.", [("Rain fell.", [1, 2]), ("Snow fell.", [])]),
        ("Rain fell.\n[1] Snow fell.", [("Rain fell.", []), ("Snow fell.", [1])]),
        ('"Rain fell." [1] Snow fell.', [('"Rain fell."', [1]), ("Snow fell.", [])]),
        ("- Rain fell [1]\n- Snow fell [2]", [("- Rain fell", [1]), ("- Snow fell", [2])]),
        ("", []),
        ("[1]", []),
    ],
)
def test_markers_belong_to_the_sentence_that_they_end(written: str, expected: list[tuple[str, list[int]]]) -> None:
    answer, found = sentences(written)
    assert [(s.plain, [u.number for u in s.uses]) for s in found] == expected
    for sentence in found:
        assert all(sentence.start <= use.start < use.end <= sentence.end for use in sentence.uses)
        assert answer[sentence.start : sentence.end].strip()


def test_placing_renumbers_in_order_of_first_use() -> None:
    answer, found = sentences("Rain fell. Snow fell [2]. Hail fell.")
    uses = [use for sentence in found for use in sentence.uses]
    offsets = [marker_offset(answer, sentence) for sentence in found]
    text, placed = place(answer, uses, [(offsets[0], 4), (offsets[2], 1), (offsets[2], 4)])
    assert text == "Rain fell [1]. Snow fell [2]. Hail fell [2][1]."
    assert [(u.number, u.source, u.placed_by) for u in placed] == [
        (1, 4, "engine"),
        (2, 1, "model"),
        (2, 1, "engine"),
        (1, 4, "engine"),
    ]
    assert all(text[u.start : u.end] == f"[{u.number}]" for u in placed)


def test_placing_nothing_changes_nothing() -> None:
    answer, found = sentences("Rain fell [2]. Snow fell [1].")
    uses = tuple(use for sentence in found for use in sentence.uses)
    assert place(answer, uses, []) == (answer, uses)
