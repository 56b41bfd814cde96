"""Any text may come out of an article or a model: the rules must take it."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.verify import Evidence, Verifier

DAYS = st.one_of(st.none(), st.dates())
PIECES = """
    not 1,5 1.500 -3 5-to-1 £3bn 2.5m % °C " “ ’ Zelensky U.S. May 5 31 June 0000 2023-02-30 yesterday ago 99999999
    weeks said 三月 مارس more than half a dozen first 1990s 25:61 1/0/0 … 🙂 \u202e \x00 ''
"""
NEWSY = st.lists(
    st.sampled_from(PIECES.split()),
    max_size=30,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(claim=st.one_of(st.text(max_size=200), NEWSY), text=st.one_of(st.text(max_size=400), NEWSY), published=DAYS)
def test_any_text_gives_a_check_with_a_true_span(claim: str, text: str, published: date | None) -> None:
    check = Verifier().check(claim, [Evidence(text, published=published)])
    assert check.verdict in {"supported", "contradicted", "not_found", "not_judged"}
    if check.evidence_index is not None:
        assert check.start is not None
        assert check.end is not None
        assert 0 <= check.start < check.end <= len(text)


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs")), min_size=12, max_size=200))
def test_a_text_never_contradicts_itself(text: str) -> None:
    assert Verifier().check(text, [Evidence(text)]).verdict != "contradicted"


def test_nothing_to_judge_is_said() -> None:
    assert Verifier().check("", [Evidence("A text.")]).verdict == "not_judged"
    assert Verifier().check("A claim.", []).verdict == "not_judged"
    assert Verifier().check("A claim.", [Evidence("")]).verdict == "not_judged"


@pytest.mark.parametrize(
    "piece", [" 'a", "one ", "1,", "1 234 ", '"a ', "1-", "Aa ", "may 5 ", "U.", "half a ", "not a "]
)
def test_hostile_repetition_takes_no_time(piece: str) -> None:
    start = time.thread_time()
    Verifier().check(piece * 200, [Evidence("One text of May 5.")])
    Verifier().check("The one more than 5 'a A of U. may 5.", [Evidence(piece * 3000)])
    assert time.thread_time() - start < 10
