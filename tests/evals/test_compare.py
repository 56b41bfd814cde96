import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from evals.compare import compare, lower_is_better
from evals.errors import RecordError
from evals.metrics import LeftOut, Value, unjudged
from evals.records import Record


def run(system: str, metric: str, values: Mapping[str, Value | str], clusters: Sequence[str] = ()) -> list[Record]:
    """One record a question; a string is an error."""
    return [
        Record(
            question_id=name,
            dataset="golden",
            system=system,
            key=f"{system}:{name}",
            question=f"What of {name}?",
            kind="single",
            cluster=clusters[i] if clusters else f"article {name}",
            metrics={} if isinstance(value, str) else {metric: value},
            error=value if isinstance(value, str) else None,
        )
        for i, (name, value) in enumerate(values.items())
    ]


def test_what_got_better_and_what_got_worse() -> None:
    old = run("old", "F1", {"a": 0.0, "b": 1.0, "c": 0.5, "d": 0.5, "e": 0.2})
    new = run("new", "F1", {"e": 0.3, "d": 0.5, "c": 0.25, "b": 1.0, "a": 1.0})
    (found,) = compare(old, new)
    assert [(change.question_id, change.old, change.new) for change in found.better] == [("a", 0, 1), ("e", 0.2, 0.3)]
    assert [change.question_id for change in found.worse] == ["c"]
    assert found.same == 2
    assert found.better[0].question == "What of a?"
    # (1 + 0 − .25 + 0 + .1) / 5
    assert found.difference.value == pytest.approx(0.17)
    assert found.difference.n == 5
    assert found.old.value == pytest.approx(0.44)
    # signs of 1, .25, .1: of 8, |sum| ≥ .85 for + + −… : {1, −.25, .1}: .85, {1, .25, ±.1}: 1.35, 1.15, and mirrored
    assert found.p == pytest.approx(6 / 8)
    assert found.p_mcnemar is None


def test_binary_metrics_get_mcnemar() -> None:
    old = run("old", "EM", {f"{i}": float(i < 10) for i in range(30)})
    new = run("new", "EM", {f"{i}": float(i == 0 or i >= 21) for i in range(30)})
    (found,) = compare(old, new)
    # 9 lost, 9 gained
    assert found.p_mcnemar == 1.0
    new = run("new", "EM", {f"{i}": float(i < 18) for i in range(30)})
    (found,) = compare(old, new)
    assert found.p_mcnemar == pytest.approx(2 / 2**8)
    assert found.p == pytest.approx(found.p_mcnemar)  # the same test, when nothing is clustered


def test_less_is_better_for_some() -> None:
    assert lower_is_better("total_ms")
    assert lower_is_better("over_refusal")
    assert not lower_is_better("EM")
    assert not lower_is_better("error_detected")
    (found,) = compare(run("old", "total_ms", {"a": 900.0, "b": 50.0}), run("new", "total_ms", {"a": 500.0, "b": 60.0}))
    assert [change.question_id for change in found.better] == ["a"]
    assert [change.question_id for change in found.worse] == ["b"]
    assert found.difference.unit == "ms"


def test_what_is_in_one_run_only_is_counted_not_compared() -> None:
    old = run("old", "F1", {"a": 1.0, "b": 1.0, "c": LeftOut("abstained"), "d": 1.0, "e": 0.5})
    new = run("new", "F1", {"a": 1.0, "b": "timed out", "c": 1.0, "d": unjudged("no claims"), "f": 0.5})
    (found,) = compare(old, new)
    assert found.difference.n == found.old.n == found.new.n == 1  # both means are of what is in both
    assert dict(found.difference.left_out) == {
        "abstained": 1,
        "unjudged: error": 1,
        "unjudged: no claims": 1,
        "unjudged: not in this run": 2,
    }
    assert [(lost.question_id, lost.reason) for lost in found.lost] == [
        ("b", "unjudged: error"),
        ("d", "unjudged: no claims"),
        ("e", "unjudged: not in this run"),
    ]
    assert found.gained == 2


def asked(records: Sequence[Record], **words: str) -> list[Record]:
    """The records with other questions under some of their ids."""
    return [replace(one, question=words.get(one.question_id, one.question)) for one in records]


def test_another_question_under_the_same_id_is_not_compared() -> None:
    old = run("old", "F1", {"a": 1.0, "b": 1.0, "c": 1.0})
    new = asked(run("new", "F1", {"a": 0.5, "b": 0.0, "c": 0.5}), b="Who won?", c="What  of c?")
    (found,) = compare(old, new)
    assert [change.question_id for change in found.worse] == ["a", "c"]  # a space more is no other question
    assert [(lost.question_id, lost.reason) for lost in found.lost] == [("b", "unjudged: another question has its id")]
    with pytest.raises(RecordError, match=r"share no question \('a' of 'golden' is another question in each\)"):
        compare(old, asked(new, a="1?", b="2?", c="3?"))


def test_questions_on_one_article_are_one_piece_of_evidence() -> None:
    old = run("old", "EM", {f"{i}": 0.0 for i in range(8)}, ["a"] * 8)
    new = run("new", "EM", {f"{i}": 1.0 for i in range(8)}, ["a"] * 8)
    (found,) = compare(old, new)
    assert found.p == 1.0
    assert (found.difference.low, found.difference.high) == (-1.0, 1.0)


def test_holm_is_over_the_metrics_compared() -> None:
    def both(system: str, em: float, f1: Sequence[float]) -> list[Record]:
        return [
            Record(question_id=str(i), dataset="golden", system=system, key=str(i), question="?", kind="single",
                   cluster=str(i), metrics={"EM": em, "F1": f1[i]})
            for i in range(6)
        ]  # fmt: skip

    em, f1 = compare(both("old", 0.0, [0.0] * 6), both("new", 1.0, [0.1, -0.1 + 0.2, 0.1, 0.0, 0.0, 0.0]))
    assert (em.p, f1.p) == (pytest.approx(2 / 64), pytest.approx(2 / 8))
    assert (em.p_holm, f1.p_holm) == (pytest.approx(4 / 64), pytest.approx(2 / 8))
    (alone,) = compare(both("old", 0.0, [0.0] * 6), both("new", 1.0, [0.0] * 6), ["EM"])
    assert alone.p_holm == alone.p
    data = alone.to_json()
    assert data["difference"]["value"] == 1.0
    assert math.isclose(data["better"][0]["new"], 1.0)


def test_runs_that_cannot_be_compared() -> None:
    with pytest.raises(RecordError, match="share no question"):
        compare(run("old", "F1", {"a": 1.0}), run("new", "F1", {"b": 1.0}))
    with pytest.raises(RecordError, match="no run measured 'EM'; they measured F1"):
        compare(run("old", "F1", {"a": 1.0}), run("new", "F1", {"a": 1.0}), ["EM"])
