from collections.abc import Sequence

import numpy as np
import pytest

from evals.aggregate import (
    abstention_figures,
    citation_figures,
    corrected_share,
    faithfulness_figures,
    judge_figures,
    run_figures,
)
from evals.errors import MetricError
from evals.figures import mean_figure
from evals.metrics import LeftOut, unjudged
from evals.metrics.citations import CitationScores
from evals.metrics.faithfulness import faithfulness
from evals.records import Record
from evals.statistics import wilson


def test_faithfulness_macro_micro_and_strict() -> None:
    # 1 of 1; 1 of 4 (one contradicted, two not found); 1 of 1 with one unjudged; an abstention; no claims
    answers = [
        faithfulness(["supported"], abstained=False, contexts=1),
        faithfulness(["supported", "contradicted", "not_found", "not_found"], abstained=False, contexts=1),
        faithfulness(["supported", None], abstained=False, contexts=1),
        faithfulness([], abstained=True, contexts=0),
        faithfulness([], abstained=False, contexts=1),
    ]
    macro, micro, strict, contradicted, not_found, coverage = faithfulness_figures(answers, "abcde")
    assert (macro.value, macro.n) == (pytest.approx((1 + 1 / 4 + 1) / 3), 3)
    assert (micro.value, micro.n) == (pytest.approx(3 / 6), 6)
    assert (strict.value, strict.n) == (0.5, 2)
    assert strict.left_out == (("abstained", 1), ("unjudged: a claim was not judged", 1), ("unjudged: no claims", 1))
    assert (contradicted.value, not_found.value) == (pytest.approx(1 / 6), pytest.approx(2 / 6))
    assert (coverage.value, coverage.n) == (pytest.approx(6 / 7), 7)
    assert micro.left_out == (("abstained", 1), ("unjudged: no claims", 1))


def test_citations_f1_is_of_the_means() -> None:
    answers = [CitationScores(1.0, 0.5, 1.0), CitationScores(0.0, 0.0, 1.0)]
    recall, precision, f1 = citation_figures(answers, ["a", "b"])
    assert (recall.value, precision.value) == (0.5, 0.25)
    assert f1.value == pytest.approx(2 * 0.5 * 0.25 / 0.75)


def test_abstention() -> None:
    answerable = [True] * 4 + [False] * 3 + [None, False]
    abstained = [True, False, False, False, True, True, False, True, None]
    precision, recall, f1, over = abstention_figures(answerable, abstained, range(9))
    assert (precision.value, precision.n) == (pytest.approx(2 / 3), 3)
    assert (recall.value, recall.n) == (pytest.approx(2 / 3), 3)
    assert f1.value == pytest.approx(2 / 3)
    assert (over.value, over.n) == (0.25, 4)
    assert over.left_out == (("answerability not known", 1), ("unjudged: error", 1))
    never = abstention_figures([True, False], [False, False], "ab")
    assert [figure.value for figure in never] == [None, 0.0, 0.0, 0.0]
    # Silent on both that cannot be answered and on no other: only these two articles speak for it.
    always = abstention_figures([True, True, False, False], [False, False, True, True], "abcd")
    assert [(figure.low, figure.high) for figure in always[:3]] == [(wilson(2, 2).low, 1.0)] * 3
    assert (always[2].n, always[2].method) == (4, "Wilson over clusters")


def attacked(succeeded: Sequence[bool | None], clusters: Sequence[str]) -> list[Record]:
    return [
        Record(question_id=str(i), dataset="golden, attacked", system="s", key=str(i), question="?", kind="single",
               cluster=cluster, metrics={} if one is None else {"attack_success": float(one)},
               error="timed out" if one is None else None)
        for i, (one, cluster) in enumerate(zip(succeeded, clusters, strict=True))
    ]  # fmt: skip


def test_no_successful_attack_is_bounded_by_three_over_the_articles() -> None:
    (figure,) = run_figures(attacked([False] * 80 + [None], [f"article {i // 2}" for i in range(81)]))
    # 80 attacks on 40 articles
    assert (figure.value, figure.low, figure.high, figure.n) == (0.0, 0.0, 3 / 40, 80)
    assert figure.left_out == (("unjudged: error", 1),)
    assert str(figure).startswith("attack_success: 0.000 [0.000, 0.075, rule of three], n = 80")
    (figure,) = run_figures(attacked([True] * 80, [f"article {i // 2}" for i in range(80)]))
    assert (figure.low, figure.high, figure.method) == (wilson(40, 40).low, 1.0, "Wilson over clusters")
    (figure,) = run_figures(attacked([True, False], "ab"))
    assert (figure.value, figure.method) == (0.5, "Wilson")
    (figure,) = run_figures(attacked([None], "a"), ["attack_success"])
    assert (figure.value, figure.high) == (None, None)


def test_a_judge() -> None:
    rng = np.random.default_rng(1)
    labels = [bool(one) for one in rng.random(300) < 0.5]
    scores: list[float | None] = [min(1.0, max(0.0, 0.3 + 0.4 * y + 0.2 * rng.normal())) for y in labels]
    scores[0] = None
    figures = {figure.name: figure for figure in judge_figures(labels, scores, [i // 3 for i in range(300)])}
    assert set(figures) == {"balanced accuracy", "AUROC", "AUPRC", "Brier", "ECE"}
    for figure in figures.values():
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.n == 299
        assert figure.left_out == (("unjudged: no verdict", 1),)
    # two normals .4 apart with sd .2: P(X > Y) = Φ(2 / √2) = .92, and the middle splits them Φ(1) = .84
    assert figures["AUROC"].value == pytest.approx(0.92, abs=0.04)
    assert figures["balanced accuracy"].value == pytest.approx(0.84, abs=0.06)
    strict = judge_figures(labels, scores, range(300), threshold=0.9)[0]
    assert strict.value is not None
    assert strict.value < 0.7


def test_the_judges_error_widens_the_interval() -> None:
    judged = mean_figure("supported", [1.0] * 60 + [0.0] * 40)
    corrected = corrected_share(judged, sensitivity=(90, 100), specificity=(80, 100))
    assert corrected.value == pytest.approx(0.4 / 0.7)
    assert judged.low is not None
    assert judged.high is not None
    assert corrected.low is not None
    assert corrected.high is not None
    assert corrected.high - corrected.low > judged.high - judged.low
    assert corrected.n == 100
    clustered = mean_figure("supported", [1.0] * 60 + [0.0] * 40, [i // 10 for i in range(100)])
    wider = corrected_share(clustered, sensitivity=(90, 100), specificity=(80, 100))
    assert wider.low is not None
    assert wider.low < corrected.low
    none = mean_figure("supported", [LeftOut("abstained")])
    assert corrected_share(none, sensitivity=(9, 10), specificity=(9, 10)).value is None
    with pytest.raises(MetricError, match="only shares"):
        corrected_share(mean_figure("t", [1, 2], unit="ms", bounds=None), sensitivity=(9, 10), specificity=(9, 10))


def test_a_run() -> None:
    records = [
        Record(question_id=str(i), dataset="golden", system="s", key=str(i), question="?", kind="single",
               cluster=str(i // 2), metrics={"EM": float(i % 2), "total_ms": 100.0 * (i + 1)})
        for i in range(10)
    ]  # fmt: skip
    records.append(Record(question_id="e", dataset="golden", system="s", key="e", question="?", kind="single",
                          cluster="e", error="timed out"))  # fmt: skip
    em, mean, median, p95 = run_figures(records)
    assert (em.name, em.value, em.n, em.unit) == ("EM", 0.5, 10, "share")
    assert em.left_out == ((unjudged("error").label, 1),)
    assert (mean.value, median.value, p95.value) == (550.0, 550.0, pytest.approx(955.0))
    assert (median.name, p95.unit) == ("total_ms p50", "ms")
