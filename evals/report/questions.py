"""Every question of the runs with what was expected, answered, found and judged."""

from collections.abc import Mapping, Sequence
from typing import Any

from evals.metrics.values import LeftOut
from evals.opinions import NOT_JUDGED, verdicts_of
from evals.records import Record
from evals.report.markup import Markup, el
from evals.runs import Run

_VERDICTS = {
    "supported": ("supported", "good"),
    "contradicted": ("contradicted", "bad"),
    "not_found": ("not found", "bad"),
    "not_judged": ("not judged", "unsure"),
}
_SHOWN = 700  # characters of a passage


def questions(runs: Sequence[Run]) -> Markup:
    """The section with its filters."""
    records = [(run, record) for run in runs for record in run.records]
    if not any(record.answer or record.error for _, record in records):
        return el("section", el("p", "The records hold no answers, so there is nothing to look into.", class_="soft"))
    only = [record for _, record in records]
    several = len({run.name for run, _ in records}) > 1
    systems = list(dict.fromkeys(_system(run, record, several=several) for run, record in records))
    chosen = filters(
        select("outcome", "any outcome", list(dict.fromkeys(_outcome(record)[0] for _, record in records))),
        select("kind", "any kind", list(dict.fromkeys(record.kind for _, record in records))),
        select("system", "any system", systems),
        select("dataset", "any data set", list(dict.fromkeys(record.dataset for _, record in records))),
        select("support", "any support", ["all supported", "something unsupported", "not judged", "silent"]),
        select("judges", "whatever the judges say", list(dict.fromkeys(filter(None, map(_unity, only))))),
    )
    rows = [_question(_system(run, record, several=several), record, number, judge_of(run))
            for number, (run, record) in enumerate(records)]  # fmt: skip
    return el("section", el("h2", "All questions", id="questions"), chosen, rows)


def _system(run: Run, record: Record, *, several: bool) -> str:
    return f"{record.system} ({run.name})" if several else record.system


def filters(*choices: Markup | None) -> Markup:
    """The bar over questions: words to search for, `choices` made by `select`, and how many questions are shown."""
    return el(
        "div",
        el("input", type="search", id="words", placeholder="words in question, answer or passages",
           aria_label="Search the questions"),
        choices,
        el("span", id="count", class_="soft", aria_live="polite"),
        class_="filters",
    )  # fmt: skip


def select(name: str, every: str, values: Sequence[str]) -> Markup | None:
    """A choice among the values of the attribute ``data-NAME`` of the questions; None where there is none to make."""
    if len(values) < 2:
        return None
    options = [el("option", every, value=""), *(el("option", value, value=value) for value in values)]
    return el("select", options, name=name, aria_label=every)


def _outcome(record: Record) -> tuple[str, str]:
    if record.error is not None:
        return "failed", "bad"
    abstained = bool(record.answer and record.answer.get("abstained"))
    right = record.metrics.get("right")
    if isinstance(right, float):
        if right == 1.0:
            return ("silent, rightly", "good") if abstained else ("right", "good")
        return ("silent, wrongly", "unsure") if abstained else ("wrong", "bad")
    return ("silent", "unsure") if abstained else ("answered", "unsure")


def _support(record: Record) -> str:
    if not record.answer or record.answer.get("abstained"):
        return "silent"
    verdicts = {one["verdict"] for one in record.answer.get("judged", ())}
    if verdicts & {"contradicted", "not_found"}:
        return "something unsupported"
    return "all supported" if verdicts == {"supported"} else "not judged"


def judge_of(run: Run) -> str:
    """The name of the judge whose verdicts are the run's figures."""
    return str((run.about.get("judge") or {}).get("name") or "judge")


def _unity(record: Record) -> str | None:
    """Whether the judges of an answer agree on every sentence; None where there is one."""
    answer = record.answer or {}
    if answer.get("abstained") or not answer.get("also_judged"):
        return None
    sentences = zip(*(verdicts_of(record, name) for name in (None, *answer["also_judged"])), strict=True)
    supported = [{verdict == "supported" for verdict in own if verdict != NOT_JUDGED} for own in sentences]
    if any(len(own) > 1 for own in supported):
        return "judges differ"
    missing = any(NOT_JUDGED in verdicts_of(record, name) for name in (None, *answer["also_judged"]))
    return "not judged by all" if missing else "judges agree"


def _question(system: str, record: Record, number: int, judge: str) -> Markup:
    said, tone = _outcome(record)
    name = f"q{number}-{record.question_id}"
    return el(
        "details",
        el("summary", el("span", said, class_=f"mark {tone}"), el("span", record.question),
           el("small", f"{record.kind} · {system}")),
        el("div", asked_of(record), answer_of(record, judge), _values(record),
           el("p", el("small", f"{record.dataset} {record.question_id} · key {record.key[:12]}"))),
        class_="q", id=name, data_kind=record.kind, data_outcome=said, data_system=system, data_dataset=record.dataset,
        data_support=_support(record), data_judges=_unity(record),
    )  # fmt: skip


def asked_of(record: Record) -> list[Any]:
    """What was asked, under which circumstances, and what was expected."""
    asked = (record.answer or {}).get("asked") or {}
    turns = [el("p", el("b", "Earlier: "), q, " — ", a, class_="soft") for q, a in asked.get("conversation") or ()]
    given = {"as_of": "asked on", "after": "from", "before": "before", "source": "source"}
    limits = ", ".join(f"{text} {asked[name]}" for name, text in given.items() if asked.get(name))
    understood = (record.answer or {}).get("standalone_question")
    evidence = [
        el("blockquote", " / ".join(one["quote"] or one["article_id"] for one in group))
        for group in asked.get("evidence") or ()
    ]
    expected = "nothing: the articles do not say" if record.answerable is False else record.expected or "not given"
    return [
        *turns,
        el("p", limits, class_="soft") if limits else None,
        el("p", el("b", "Understood as: "), understood) if understood and understood != record.question else None,
        el("p", el("b", "Expected: "), expected),
        el("details", el("summary", "Evidence marked"), evidence) if evidence else None,
        el("p", asked["note"], class_="soft") if asked.get("note") else None,
    ]


def answer_of(record: Record, judge: str) -> list[Any]:
    """What came back: the answer with its verdicts, citations and passages, or the error."""
    if record.answer is None:
        return [el("p", record.error or "The answer was not kept.", class_="bad" if record.error else "soft")]
    answer = record.answer
    others = answer.get("also_judged") or {}
    # One judge is "the judge"; several are told apart by name.
    said = {judge if others else "judge": answer.get("judged", ()), **others}
    judged = {name: {one["sentence"]: one for one in verdicts} for name, verdicts in said.items()}
    sentences = [
        el("li", sentence["text"], " ", [_verdict(name, own.get(number)) for name, own in judged.items()],
           _verdict("itself", sentence))
        for number, sentence in enumerate(answer["sentences"])
    ]  # fmt: skip
    cited = [el("p", f"[{one['number']}] {_head(one)}", el("blockquote", one["quote"])) for one in answer["citations"]]
    passages = [
        el("details", el("summary", f"{number}. {_head(one)}", " ", el("small", _scores(one))),
           el("blockquote", _cut(one["text"])))
        for number, one in enumerate(answer["passages"], start=1)
    ]  # fmt: skip
    return [
        el("p", el("b", "Silent: " if answer["abstained"] else "Answered: "),
           answer["answer"] if answer["abstained"] or not sentences else None),
        el("p", f"What each judge said: {_unity(record)}.", class_="soft") if _unity(record) else None,
        el("ol", sentences, class_="sentences") if sentences and not answer["abstained"] else None,
        _nuggets(answer.get("nuggets") or ()),
        *(el("p", notice, class_="unsure") for notice in answer.get("notices") or ()),
        el("details", el("summary", f"Citations ({len(cited)})"), cited) if cited else None,
        el("details", el("summary", f"Passages found ({len(passages)})"), passages) if passages else None,
    ]  # fmt: skip


def _nuggets(nuggets: Sequence[Mapping[str, Any]]) -> Markup | None:
    """The facts that a good answer states, and whether this one does."""
    said = {True: ("stated", "good"), False: ("not stated", "bad"), None: ("not judged", "unsure")}
    lines = [
        el("li", one["text"], " ",
           el("small", "vital: " if one["vital"] else "worth saying: ",
              el("span", said[one["supported"]][0], class_=said[one["supported"]][1])))
        for one in nuggets
    ]  # fmt: skip
    stated = sum(one["supported"] is True for one in nuggets)
    return (
        el("details", el("summary", f"Nuggets ({stated} of {len(lines)} stated)"), el("ul", lines)) if lines else None
    )


def _verdict(who: str, one: Mapping[str, Any] | None) -> list[Markup | str]:
    if one is None or (who == "itself" and one.get("tier") is None):
        return []
    text, tone = _VERDICTS.get(one["verdict"], (one["verdict"], "unsure"))
    support = "" if one.get("support") is None else f" {one['support']:.2f}"
    reasons = "; ".join(one.get("reasons") or ())
    return [el("small", f"{who}: ", el("span", f"{text}{support}", class_=tone), f" {reasons}" if reasons else "", " ")]


def _head(one: Mapping[str, Any]) -> str:
    return ", ".join(str(part) for part in (one.get("title"), one.get("source"), one.get("published")) if part)


def _scores(one: Mapping[str, Any]) -> str:
    names = ("score", "dense", "lexical")
    said = [f"{name} {one[name]:.3g}" for name in names if one.get(name) is not None]
    return ", ".join([*said, "used"] if one.get("used") else said)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


def _values(record: Record) -> Markup | None:
    numbers = [f"{name} {value:.3g}" for name, value in record.metrics.items() if not isinstance(value, LeftOut)]
    unjudged = [f"{name}: {value.reason}" for name, value in record.metrics.items()
                if isinstance(value, LeftOut) and value.unjudged]  # fmt: skip
    times = [f"{name} {value:.0f}" for name, value in record.timings.items()]
    lines = [" · ".join(one) for one in (numbers, unjudged, times) if one]
    return el("div", [el("p", line) for line in lines], class_="values") if lines else None
