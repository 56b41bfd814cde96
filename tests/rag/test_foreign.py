"""What looks like a citation in an article is shown in another form, and nothing else is touched."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import CitationParser, unmarked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("killed 12 people [2], the mayor said", "killed 12 people (2), the mayor said"),
        ("[1][2] and 【3】", "(1)(2) and (3)"),
        ("[1-3], [1, 2] and [[4]]", "(1-3), (1, 2) and (4)"),
        ("【1†source】 [4:0†L10-L12]", "(1†source) (4:0†L10-L12)"),
        ("[Source 1] (Source 1) (sources: 2)", "(Source\u00a01) (Source\u00a01) (sources\u00a0: 2)"),
        ("[\u200b1] ［１］ [ 1 ] [1\n]", "(\u200b1) (１) ( 1 ) (1\n)"),
        ("[see archive (source 2)]", "[see archive (source\u00a02)]"),
        ("[as he said [1]]", "[as he said (1)]"),
        ("[1](https://x.example)", "(1)(https://x.example)"),
        *((text, text) for text in ("[sic] in [2023] for [12,500]", "(2) (Monday)", "a [link](/x)", "3 [", "")),
    ],
)
def test_the_forms_of_markers(text: str, shown: str) -> None:
    assert unmarked(text) == shown
    assert unmarked(shown) == shown


_PIECES = st.sampled_from(
    ["[", "]", "【", "】", "(", ")", "1", "12", " ", ",", "-", "source ", "Passage", "the ", ". "]
)


@given(st.lists(_PIECES, max_size=16).map("".join))
def test_what_is_quoted_holds_no_marker(text: str) -> None:
    shown = unmarked(text)
    assert not regex.search(r"\[\d{1,3}\]", shown)
    # "(Passage1)" is shown with a space in it
    assert regex.findall(r"\p{L}+|\p{N}+", shown) == regex.findall(r"\p{L}+|\p{N}+", text)
    assert not CitationParser(99).feed(f"{shown}.").uses
