"""What is read out of the prose of an answer."""

import pytest

from evals.prose import sounds_like_refusal, strip_marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell [1].", "It fell."),
        ("It destroyed 14 houses [Source 1] [2, 3].", "It destroyed 14 houses."),
        ("It fell.[1][2]", "It fell."),
        ("It [1, 2] fell 【3】 in [sic] 2019.", "It fell in [sic] 2019."),
    ],
)
def test_marks_are_stripped_before_judging(text: str, expected: str) -> None:
    assert strip_marks(text) == expected


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("The articles do not say who won.", True),
        ("I don’t know.", True),
        ("There is no information about this.", True),
        ("The articles don’t say.", True),
        ("The articles don't say. I looked at 8 passages of 3 articles.", True),
        ("The articles found don’t say: “who lit it”.", True),
        ("The provided context doesn't explicitly mention the mayor.", True),
        ("The passages about the fire in Lindholm did not name its cause.", True),
        ("The article didn't say who won.", True),
        ("The text says nothing about the mayor.", True),
        ("The sources contain no information on the cost.", True),
        ("None of the provided articles mentions a mayor.", True),
        ("The victims aren’t mentioned in the articles.", True),
        ("Her age isn't mentioned.", True),
        ("The cause was not specified in the given passages.", True),
        ("Not stated in the context.", True),
        ("The answer isn't in the provided documents.", True),
        ("There is no mention of a mayor.", True),
        ("There isn't enough information to say.", True),
        ("No information is available.", True),
        ("I could find no mention of the mayor in the articles.", True),
        ("This question cannot be answered from the articles.", True),
        ("That can’t be determined from the given text.", True),
        ("It is not clear who won from the articles.", True),
        ("I'm unable to answer.", True),
        ("I cannot reliably determine this.", True),
        ("NOT FOUND\n\nSorry, the articles are about something else.", True),
        ("“Not found.”", True),
        ("He said that he would not resign.", False),
        ("She did not say why, but the council had asked her to.", False),
        ("She didn’t say why, but the council had asked her to.", False),
        ("The article says she did not say why.", False),
        ("According to the article, the ministry doesn't provide shelters.", False),
        ("An article on the fire reports that the mayor did not mention it.", False),
        ("Bakhmut does not hold significant strategic value in itself.", False),
        ("People often stay in basements, leaving no information about their whereabouts.", False),
        ("The two victims were not named by the police.", False),
        ("Police were unable to determine the cause.", False),
        ("The body was not found.", False),
        ("Not found guilty, he left the court.", False),
        ("There was no answer from the minister.", False),
        ("The mayor said: “I don’t know who did it.”", False),
        ("The ship isn't expected before May.", False),
        ("Bakhmut fell in May.", False),
    ],
)
def test_refusals_in_prose(text: str, refusal: bool) -> None:
    assert sounds_like_refusal(text) is refusal
