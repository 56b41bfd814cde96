"""Words, numbers and names as the rule-based parts compare them."""

from rag.words import content_stems, stem, told, words


def test_spans_are_exact() -> None:
    text = "“It’s 1,200.5 euros,” Zoë’s aide said in the U.S. on 3 May."
    assert all(text[word.start : word.end] == word.text for word in words(text))


def test_inflections_share_a_stem() -> None:
    assert content_stems("The ministers resigned") == content_stems("a minister resigns")


def test_thousands_commas_do_not_matter() -> None:
    assert content_stems("1,200 people") == content_stems("1200 people")


def test_function_words_are_no_content() -> None:
    assert content_stems("It is what it was, isn’t it?") == set()


def test_names_are_capitalised_within_a_sentence() -> None:
    found = words("Police said Elena Ruiz left. Crews followed the BBC. WHO officials came.")
    assert [word.text for word in found if word.name] == ["Elena", "Ruiz", "BBC", "WHO"]


def test_an_acronym_is_not_a_function_word() -> None:
    assert "who" in content_stems("the WHO said")
    assert "who" not in content_stems("who said")


def test_a_long_name_tells_of_its_initials() -> None:
    assert {stem("USGS"), "survey"} <= told(["The U.S. Geological Survey put it at 7.8."])
    assert {"svb", "ntsb", "un"} <= told(
        ["Silicon Valley Bank and", "the National Transportation Safety Board", "United Nations"]
    )
    assert told(["It is here. No one came."]) == {"it", "is", "here", "no", "one", "came"}
