"""The scenarios of differing figures, and what is made of their answers."""

from collections import Counter

from evals.studies.differing import Outcome, ask, report, scenarios


def test_every_value_stands_in_an_article_and_the_newest_is_one_of_them() -> None:
    found = scenarios()
    assert Counter(bool(one["expected"]) for one in found) == {True: 62, False: 48}
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        texts = " ".join(article["text"] for article in one["articles"])
        assert all(value in texts for value in [*one["expected"], *one["superseded"], one["newest"]]), one["id"]
        assert not one["expected"] or (
            one["newest"] in one["expected"] and set(one["superseded"]) < set(one["expected"])
        )


def test_a_scenario_is_asked_over_its_articles_alone(minilm_folder: object) -> None:
    by_kind = {one["kind"]: one for one in scenarios()}
    assert ask(by_kind["job cuts"]) == Outcome(differing=True, all_told=True, newest_told=True, remarked=True)
    assert ask(by_kind["trap: dead vs injured"]).remarked is False


def test_the_shares_are_of_those_that_differ_and_of_those_that_do_not() -> None:
    outcomes = [
        Outcome(differing=True, all_told=True, newest_told=True, remarked=True),
        Outcome(differing=True, all_told=False, newest_told=True, remarked=False),
        Outcome(differing=False, all_told=True, newest_told=True, remarked=True),
    ]
    cells = [line.split(" | ") for line in report(outcomes).splitlines()[2:]]
    assert [(n, share[:5].strip(" |")) for _, n, share in cells] == [
        ("2", ".500"), ("2", "1.000"[:5]), ("2", ".500"), ("1", ".000"),
    ]  # fmt: skip
