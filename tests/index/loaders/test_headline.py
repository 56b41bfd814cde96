import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import canonical_text
from index.loaders.headline import LONGEST, headline


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The dam broke on Sunday. Water followed.", "The dam broke on Sunday"),
        ("Storm warning\n\nThe wind will reach 120 km/h on Monday, the weather office said.", "Storm warning"),
        (
            "The regional council voted by a clear majority to rebuild the old stone bridge, although "
            "engineers had warned that its pillars no longer stand.",
            "The regional council voted by a clear majority to rebuild the old stone bridge",
        ),
        (
            "Engineers who examined the tunnel found a dozen cracks in the concrete if one counts those "
            "below the water line, the ministry said.",
            "Engineers who examined the tunnel found a dozen cracks in the concrete",
        ),
        ("LISBON, Portugal (AP) — The ferry sank within minutes. All were saved.", "The ferry sank within minutes"),
        ("Lisbon CNN —\n\nThe ferry sank within minutes. All were saved.", "The ferry sank within minutes"),
        ("Jane Roe and J. M. Doe\nMarch 5, 2024, 11:03 a.m. ET\nThe dam broke. Water followed.", "The dam broke"),
        ("1\n\nThe dam broke. Water followed.", "The dam broke"),
        ("市議会は火曜日に橋の再建を決めた。費用は三百万円。", "市議会は火曜日に橋の再建を決めた"),
        (
            "A clear majority of the council – all but four of its members – voted on Tuesday for the bridge of stone.",
            "A clear majority of the council – all but four of its members – voted on Tuesday for the…",
        ),
        ("Short", "Short"),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert headline(text) == title


def test_no_quotation_is_left_open() -> None:
    text = (
        "The minister said on Tuesday “we will rebuild the bridge, the road and the railway station "
        "before the winter comes” and left."
    )
    assert headline(text) == "The minister said on Tuesday “we will rebuild the bridge, the road and the railway…"


def test_a_text_without_spaces_is_cut_between_characters_as_seen() -> None:
    title = headline("新" * 200)
    assert title == "新" * (LONGEST - 1) + "…"
    family = "👨‍👩‍👧‍👦"
    assert headline(family * 40).removesuffix("…") == family * (len(headline(family * 40)) // len(family))


@given(st.text(min_size=1).map(canonical_text).filter(bool))
def test_any_text_has_a_title_of_one_short_line(text: str) -> None:
    title = headline(text)
    assert len(title) <= LONGEST
    assert "\n" not in title
    assert title or not any(character.isalnum() for character in text)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=30, max_size=60))
def test_words_are_never_cut(words: list[str]) -> None:
    assert set(headline(" ".join(words)).removesuffix("…").split()) <= set(words)
