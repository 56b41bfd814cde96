"""Two runs side by side: how every figure changed, and the questions that got better or worse with both answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.compare import MAIN_METRICS, MetricComparison, Pair, p_value, pair
from evals.figures import Figure
from evals.records import Record
from evals.report.document import document
from evals.report.markdown import interval, left_out, number, signed
from evals.report.markup import Markup, el
from evals.report.plots import difference_axis, intervals
from evals.report.questions import answer_of, asked_of, filters, judge_of, select
from evals.runs import Run

_TONES = {"better": "good", "worse": "bad", "no value any more": "unsure"}
_IN_LINE = 3  # changed figures that a closed question shows

# One figure of a question that changed: its metric, a key of `_TONES`, and what became of it in words.
_Changed = tuple[str, str, str]


def comparison_page(old: Run, new: Run, found: Sequence[MetricComparison]) -> str:
    """The whole document. Each run holds one system's records; `found` is what `evals.compare.compare` says of them."""
    old, new = _told_apart(old, new)
    found = [one for one in found if one.difference.n or one.lost]
    pairs = pair(old.records, new.records)
    return document(
        f"{new.name} against {old.name}",
        [_about(old, new, pairs), _figures(found), _questions(old, new, pairs, found)],
    )


def _told_apart(old: Run, new: Run) -> tuple[Run, Run]:
    """Two systems of one run go by the systems' names."""
    if old.name != new.name:
        return old, new
    return replace(old, name=", ".join(old.systems)), replace(new, name=", ".join(new.systems))


def _about(old: Run, new: Run, pairs: Sequence[Pair]) -> Markup:
    both = sum(one.shared for one in pairs)
    alone = len(pairs) - both
    lines: list[object] = [
        el("p", f"{both} questions are in both runs, and only they are compared"
                + (f"; {alone} are in one only." if alone else "."))
    ]  # fmt: skip
    if judge_of(old) == judge_of(new):
        lines.append(el("p", "Support is judged by ", el("b", judge_of(new)), "."))
    else:
        lines.append(
            el("p", f"Support was judged by {judge_of(old)} before and by {judge_of(new)} after: figures that need a "
                    "judge do not compare.", class_="bad")
        )  # fmt: skip
    for word, run in (("before", old), ("after", new)):
        if run.missing or run.errors:
            lines.append(
                el("p", f"{run.name}, {word}: {run.errors} answers failed, {run.missing} are missing.", class_="bad")
            )
    if rows := list(_settings(old, new)):
        head = el("tr", [el("th", text) for text in ("setting", "before", "after")])
        table = el("table", el("thead", head), el("tbody", rows))
        lines.append(el("details", el("summary", "Settings that differ"), el("div", table, class_="wide")))
    return el("section", lines)


def _settings(old: Run, new: Run) -> Iterator[Markup]:
    """A row for each setting of the systems, and the versions of the code, that are not the same."""
    before, after = (
        _flat({"code": run.about.get("code"), **((run.about.get("systems") or {}).get(run.systems[0]) or {})})
        for run in (old, new)
    )
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield el("tr", el("td", name), el("td", before.get(name, "–")), el("td", after.get(name, "–")))


def _flat(value: Any, name: str = "") -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {} if value is None else {name: str(value)}
    parts = (_flat(one, f"{name}.{key}" if name else key) for key, one in value.items())
    return {key: text for part in parts for key, text in part.items()}


def _figures(found: Sequence[MetricComparison]) -> Markup:
    main = [one for one in found if one.metric in MAIN_METRICS]
    rest = [one for one in found if one.metric not in MAIN_METRICS]
    return el(
        "section",
        el("h2", "What changed"),
        el("div", differences([(one.metric, [one.difference]) for one in main], ["after − before"],
                              label="Differences of the main figures, with 95% intervals"), class_="plots"),
        comparison_table(main) if main else None,
        el("details", el("summary", f"All other figures ({len(rest)})"), comparison_table(rest)) if rest else None,
        el("p", "Means are of all questions that have a value in a run, differences of those that have one in both. "
                "p: how often random signs of the questions' differences, whole articles together, make the mean as "
                f"large. Holm's is corrected for the {sum(one.p is not None for one in found)} figures compared. "
                "McNemar's exact test, of questions that are right or wrong, takes every question for itself.",
           class_="soft"),
    )  # fmt: skip


def differences(
    rows: Sequence[tuple[str, Sequence[Figure | None]]], series: Sequence[str], *, label: str
) -> Markup | None:
    """A plot of differences of shares with their intervals around 0; None if there is none to show."""
    rows = [(name, [_share(figure) for figure in figures]) for name, figures in rows]
    rows = [(name, figures) for name, figures in rows if any(figures)]
    shown = [figure for _, figures in rows for figure in figures if figure is not None]
    if not shown:
        return None
    widest = max(abs(end) for one in shown for end in (one.value, one.low, one.high) if end is not None)
    return intervals(rows, series, label=label, axis=difference_axis(widest))


def _share(figure: Figure | None) -> Figure | None:
    return figure if figure is not None and figure.value is not None and figure.unit == "share" else None


def comparison_table(
    found: Sequence[MetricComparison], sides: tuple[str, str] = ("before", "after"), names: Sequence[str] | None = None
) -> Markup:
    """One row a metric: both means, the difference with its interval and tests, how many questions went either way.
    `names` stand in the first column instead of the metrics'."""
    columns = ("figure", *sides, "difference", "95% interval", "n", "p", "Holm", "McNemar", "better", "worse",
               "left out")  # fmt: skip
    head = el("tr", [el("th", name, class_=None if name in (columns[0], columns[-1]) else "n") for name in columns])
    rows = [_row(one, name) for one, name in zip(found, names or [one.metric for one in found], strict=True)]
    return el("div", el("table", el("thead", head), el("tbody", rows)), class_="wide")


def _row(one: MetricComparison, name: str) -> Markup:
    tests = (one.p, one.p_holm, one.p_mcnemar)
    return el(
        "tr",
        el("td", name, [" ", el("small", "less is better")] if one.lower_is_better else None),
        *(el("td", number(figure), class_="n") for figure in (one.old, one.new)),
        el("td", signed(one.difference), class_="n"),
        el("td", interval(one.difference), class_="n", title=one.difference.method),
        el("td", one.difference.n, class_="n"),
        *(el("td", p_value(p), class_="n") for p in tests),
        *(el("td", count, class_="n") for count in (len(one.better), len(one.worse))),
        el("td", left_out(one.difference), class_="soft"),
    )


def _questions(old: Run, new: Run, pairs: Sequence[Pair], found: Sequence[MetricComparison]) -> Markup:
    """Every question of which a figure changed, in the order of the figures, the worse before the better."""
    changed = _changes(found)
    head = el("h2", f"Questions that changed ({len(changed)})", id="questions")
    if not changed:
        return el("section", head, el("p", "No question got better or worse.", class_="soft"))
    by_place = {one.place: one for one in pairs}
    rows = [_question(old, new, by_place[place], changes, n) for n, (place, changes) in enumerate(changed.items())]
    kinds = list(dict.fromkeys(by_place[place].one.kind for place in changed))
    marks = [mark for mark in _TONES if any(changes[0][1] == mark for changes in changed.values())]
    each = dict.fromkeys(f"{metric}: {mark}" for changes in changed.values() for metric, mark, _ in changes)
    bar = filters(
        select("change", "any change", marks),
        select("figure", "any figure", list(each)),
        select("kind", "any kind", kinds),
        select("dataset", "any data set", list(dict.fromkeys(dataset for dataset, _ in changed))),
    )
    said = "A question is marked by the first figure, in the order of the table, in which it changed."
    return el("section", head, el("p", said, class_="soft"), bar, rows)


def _changes(found: Sequence[MetricComparison]) -> dict[tuple[str, str], list[_Changed]]:
    """By question (data set, id) what changed in its shares: tokens and the like hardly ever stay the same."""
    changed: dict[tuple[str, str], list[_Changed]] = {}
    for one in sorted(found, key=lambda one: one.metric not in MAIN_METRICS):
        if one.difference.unit != "share":
            continue
        for mark, changes in (("worse", one.worse), ("better", one.better)):
            for change in changes:
                said = f"{change.old:.3g} → {change.new:.3g}"
                changed.setdefault((change.dataset, change.question_id), []).append((one.metric, mark, said))
        for lost in one.lost:
            if lost.unjudged:
                said = f"{lost.old:.3g} → {lost.reason}"
                changed.setdefault((lost.dataset, lost.question_id), []).append((one.metric, "no value any more", said))
    return changed


def _question(old: Run, new: Run, both: Pair, changes: Sequence[_Changed], n: int) -> Markup:
    record = both.one
    mark = changes[0][1]
    said = [f"{metric} {what}" for metric, _, what in changes]
    asked = next((one for one in (both.new, both.old) if one is not None and one.answer is not None), record)
    return el(
        "details",
        el("summary", el("span", mark, class_=f"mark {_TONES[mark]}"), el("span", record.question),
           el("small", " · ".join(said[:_IN_LINE]))),
        el("div", asked_of(asked), el("div", _side("before", old, both.old), _side("after", new, both.new),
                                      class_="sides"),
           el("p", " · ".join(said), class_="values"), el("p", el("small", f"{record.dataset} {record.question_id}"))),
        class_="q", id=f"q{n}-{record.question_id}", data_change=mark, data_kind=record.kind,
        data_dataset=record.dataset, data_figure="\n".join(f"{metric}: {which}" for metric, which, _ in changes),
    )  # fmt: skip


def _side(word: str, run: Run, record: Record | None) -> Markup:
    missing = el("p", "This run does not have the question.", class_="soft")
    said = missing if record is None else answer_of(record, judge_of(run))
    return el("div", el("h3", word, " ", el("small", run.name)), said)
