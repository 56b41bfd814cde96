"""Judges measured: kept verdicts, figures by hand, pairs by kind, what is carried into reports."""

import json
from html import escape
from pathlib import Path

import pytest
from click.testing import CliRunner
from scripted import ScriptedEndpoint

from evals.cli import command
from evals.config import JudgeConfig
from evals.errors import ConfigurationError
from evals.judge_figures import Tokens, agreement, humans, known_error, scores
from evals.judges import Row, judge_all
from evals.metrics.latency import Price
from evals.metrics.values import LeftOut
from evals.published import ROWS
from evals.records import Record
from evals.report.judges import page, price_of, table, to_json
from evals.summary import figures_of


def row(number: int, label: bool, verdict: str, support: float, **more: object) -> Row:
    given = {
        "key": f"k{number}", "judge": "j", "dataset": "golden_sentences", "id": f"i{number}", "label": label,
        "kind": "", "pair": None, "cluster": f"c{number}", "spans": (), "votes": (),
        "sentences": ((0, 10, verdict, support),), "ms": 2.0,
    }  # fmt: skip
    return Row(**{**given, **more})  # type: ignore[arg-type]


ROWS_BY_HAND = [
    row(1, True, "supported", 0.9),
    row(2, True, "supported", 0.8),
    row(3, True, "not_found", 0.3),
    row(4, False, "contradicted", 0.1, pair="i1", kind="number"),
    row(5, False, "supported", 0.6, pair="i2", kind="name"),
    row(6, False, "not_judged", 0.0, sentences=((0, 10, "not_judged", None),)),
]


def test_figures_by_hand() -> None:
    (score,) = scores(ROWS_BY_HAND)
    # Sensitivity 2 of 3; specificity 1 of the 2 that were judged.
    assert score.right == ((2, 3), (1, 2))
    accuracy, auroc, judged = (score.figure(name) for name in ("balanced accuracy", "AUROC", "judged"))
    assert accuracy is not None
    assert auroc is not None
    assert judged is not None
    assert accuracy.value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert accuracy.left_out == (("unjudged: no verdict", 1),)
    # Of 3 × 2 pairs one is the wrong way round: .3 below .6.
    assert auroc.value == pytest.approx(5 / 6)
    assert judged.value == pytest.approx(5 / 6)
    by_kind = {figure.name: figure.value for figure in score.by_kind}
    assert by_kind == {"number": 1.0, "name": 0.0, "all kinds": 0.5}
    known = known_error([score])["j"]
    assert known["sensitivity"] == [2, 3]
    assert "balanced accuracy 0.58" in known["quality"]


def test_spans_are_measured_in_characters_and_sentences() -> None:
    # Characters 10 to 15 are marked; the judge flags the second sentence, 10 to 20.
    marked = row(1, False, "", 0, dataset="ragtruth", spans=((10, 15),),
                 sentences=((0, 10, "supported", 0.9), (10, 20, "not_found", 0.2)))  # fmt: skip
    (score,) = scores([marked, row(2, True, "supported", 0.9, dataset="ragtruth")])
    values = {figure.name: figure.value for figure in score.figures}
    assert values["F1, responses"] == values["F1, sentences"] == 1.0
    assert values["F1, characters"] == pytest.approx(2 * 0.5 / 1.5)
    assert score.fitted


def test_what_was_not_judged_is_no_pass() -> None:
    def said(*verdicts: str) -> bool | None:
        return row(1, True, "", 0, sentences=tuple((0, 1, verdict, None) for verdict in verdicts)).said

    assert said("supported", "supported") is True
    assert said("supported", "not_judged") is None
    assert said("not_judged", "not_found") is False
    assert said() is None


def test_agreement_and_people() -> None:
    votes = [(True, True, False), (True, True, True), (False, False, True), (False, False, False)]
    rows = [row(i, v[0], "supported" if v[0] else "not_found", 0.5, votes=v, dataset="qags")
            for i, v in enumerate(votes)]  # fmt: skip
    (figure,) = humans(rows)
    # Held against two who agree: 3 + 3 times right, and once wrong for each label.
    assert figure.value == pytest.approx(0.75)
    other = [row(i, r.label, "supported", 0.5, judge="k", dataset="qags") for i, r in enumerate(rows)]
    ((dataset, first, second, n, kappa),) = agreement([*rows, *other])
    assert (dataset, first, second, n) == ("qags", "j", "k", 4)
    assert kappa == pytest.approx(0.0)
    assert not isinstance(kappa, LeftOut)


def test_verdicts_are_kept_and_not_asked_for_twice(tmp_path: Path) -> None:
    place, said = tmp_path / "rows.jsonl", list[str]()
    rows, skipped = judge_all(["rules-only", "rules"], ["golden_sentences"], place, limit=8, progress=said.append)
    assert len(rows) == 16
    assert len(said) == 2
    assert skipped == {}
    assert {one.pair for one in rows if one.pair} <= {one.id for one in rows}
    place.write_text(place.read_text()[:-30])  # killed in the last row
    again, _ = judge_all(["rules-only", "rules"], ["golden_sentences"], place, limit=8, progress=said.append)
    assert [one.sentences for one in again] == [one.sentences for one in rows]
    assert said[2:] == ["rules on golden_sentences: 1 of 8"]
    once_more, _ = judge_all(["rules-only", "rules"], ["golden_sentences"], place, limit=8, progress=said.append)
    assert once_more == again
    assert len(said) == 3  # the row after the torn one is whole
    own = tmp_path / "mine.jsonl"
    own.write_text(json.dumps({"claim": "Ten died.", "evidence": "Nine people died.", "label": "no"}) + "\n")
    (row,), _ = judge_all(["rules"], [str(own)], place)
    assert (row.dataset, row.label, row.said) == ("mine.jsonl", False, False)
    with pytest.raises(ConfigurationError, match="no judge"):
        judge_all(["oracle"], ["golden_sentences"], place)
    with pytest.raises(ConfigurationError, match="no labels"):
        judge_all(["rules"], ["golden"], place)


def test_what_a_verdict_takes(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.used = {"prompt_tokens": 400, "completion_tokens": 25, "total_tokens": 425}
    model = JudgeConfig.model_validate({"type": "endpoint", "model": "m", "base_url": endpoint.url})

    def judged(name: str) -> list[Row]:
        place = tmp_path / name / "rows.jsonl"
        rows, _ = judge_all(["rules", "endpoint"], ["golden_sentences"], place, limit=20, model=model)
        again, _ = judge_all(["rules", "endpoint"], ["golden_sentences"], place, limit=20, model=model)
        assert again == rows
        return rows

    rows = judged("reported")
    calls = len(endpoint.requests)
    assert calls > 0
    by_rules, by_model = scores(rows)
    assert by_rules.tokens is None
    assert by_model.tokens == Tokens(400 * calls / 20, 25 * calls / 20, estimated=False)
    prices = {"endpoint:m": Price(0.5, 2.0)}
    cost = calls / 20 * 1000 * (400 * 0.5 + 25 * 2.0) / 1e6
    assert price_of(by_model, prices) == pytest.approx(cost)
    assert price_of(by_rules, prices) is None
    assert price_of(by_model, {}) is None
    for text in (table(rows, prices), page(rows, prices)):
        assert str(by_model.tokens) in text
        assert f"{cost:.3g}" in text
    assert "price of" not in table(rows)
    assert to_json(rows, prices)[1]["price_of_1000"] == pytest.approx(cost)
    endpoint.used = {}  # a server that reports nothing
    _, estimated = scores(judged("estimated"))
    assert estimated.tokens is not None
    assert estimated.tokens.estimated
    assert estimated.tokens.prompt > 0
    assert "(estimated)" in str(estimated.tokens)
    assert "tokens a verdict" not in table([row(1, True, "supported", 0.9)])


def test_the_command_says_what_verdicts_cost(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.used = {"prompt_tokens": 400, "completion_tokens": 25, "total_tokens": 425}
    asked = ["judges", "--judge", "endpoint", "--dataset", "golden_sentences", "--limit", "20",
             "--rows", str(tmp_path / "rows.jsonl"), "--price", "0.5", "2"]  # fmt: skip
    alone = CliRunner().invoke(command, asked)
    assert alone.exit_code == 2
    assert "give its --model" in alone.output
    done = CliRunner().invoke(command, [*asked, "--model", "m", "--base-url", endpoint.url], catch_exceptions=False)
    assert "| tokens a verdict (prompt + completion) | price of 1000 verdicts |" in done.output


def test_reports_on_judges_name_the_published_rows() -> None:
    rows = [row(1, True, "supported", 0.9, dataset="ragtruth"), row(2, False, "not_found", 0.2, dataset="ragtruth")]
    text, html = table(rows), page(rows)
    for published in (one for one in ROWS if one.dataset == "ragtruth"):
        assert escape(published.source) in html
        assert f"{published.value:.3f}" in text
    assert "fitted to data of this set" in text


def test_a_known_error_is_carried_into_a_share() -> None:
    records = [
        Record(question_id=f"q{i}", dataset="d", system="s", key=f"k{i}", question="?", kind="k", cluster=f"c{i}",
               metrics={"faithfulness": float(i > 1)},
               answer={"abstained": False, "passages": [{}], "citations": [],
                       "judged": [{"verdict": "supported" if i > 1 else "not_found"}]})
        for i in range(10)
    ]  # fmt: skip
    judge = {"name": "j", "sensitivity": [90, 100], "specificity": [80, 100]}
    values = {figure.name: figure for figure in figures_of(records, judge)}
    assert values["faithfulness, micro"].value == pytest.approx(0.8)
    corrected = values["faithfulness, micro, corrected for the judge's error"]
    assert corrected.value == pytest.approx((0.8 + 0.8 - 1) / 0.7)
    assert "Rogan–Gladen" in corrected.method
    assert "faithfulness, micro, corrected for the judge's error" not in {f.name for f in figures_of(records)}
