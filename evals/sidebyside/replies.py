"""The judge's findings in the words and forms that each suite asks for.

A suite asks in several steps, told apart by a phrase of its prompts. Where the step asks for verdicts and the case has
`words`, the judge says those instead, each time it is asked.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from evals.sidebyside.cases import Case, Finding

Reply = Callable[[Case, str], str]


def reply(suite: str, case: Case, prompt: str) -> str:
    """What the judge answers to a prompt of the suite. Raises ValueError for a step that is not known here."""
    for phrase, say in STEPS[suite].items():
        if phrase in prompt:
            said = say(case, prompt)
            return f"Of course! Here it is:\n```json\n{said}\n```\nAnything else?" if case.wrapped else said
    raise ValueError(f"{suite} asks something that the judge has no answer to: {prompt[:200]}")


def _verdicts(say: Callable[[Case], Any]) -> Reply:
    def said(case: Case, _prompt: str) -> str:
        if case.words is not None:
            return case.words
        found = say(case)
        return found if isinstance(found, str) else json.dumps(found)

    return said


def _asked(case: Case) -> list[Finding]:
    """The findings that have a verdict: the judge passes the others over."""
    return [one for one in case.findings if one.verdict is not None]


def _claims(key: str) -> Reply:
    return lambda case, _prompt: json.dumps({key: [one.claim for one in case.findings]})


def _named(one: Finding, names: Mapping[str, Any]) -> Any:
    """The verdict under the suite's name for it; a number that is no verdict stays one."""
    return names[one.verdict] if isinstance(one.verdict, str) else one.verdict


def _ragas_verdicts(case: Case) -> Any:
    names = {"supported": 1, "contradicted": 0, "not_found": 0}
    return {
        "statements": [
            {"statement": one.claim, "reason": one.quote, "verdict": _named(one, names)} for one in _asked(case)
        ]
    }


def _ragas_useful(case: Case, prompt: str) -> str:
    useful = any(
        helps and json.dumps(text)[1:-1] in prompt for text, helps in zip(case.contexts, case.useful, strict=True)
    )
    return json.dumps({"reason": "as found", "verdict": int(useful)})


def _deepeval_verdicts(case: Case) -> Any:
    # Its prompt: "borderline" for claims not backed up by the context, "no" only where it contradicts them.
    names = {"supported": "yes", "contradicted": "no", "not_found": "borderline"}
    return {"verdicts": [{"verdict": _named(one, names), "reason": one.quote} for one in _asked(case)]}


def _deepeval_relevant(case: Case) -> Any:
    return {"verdicts": [{"verdict": "no", "reason": "it evades the question"} for _ in case.findings]}


def _deepeval_useful(case: Case) -> Any:
    return {"verdicts": [{"verdict": "yes" if helps else "no", "reason": "as found"} for helps in case.useful]}


def _trulens_grounded(case: Case, prompt: str) -> str:
    if case.words is not None:
        return case.words
    statement = prompt.partition("STATEMENT: ")[2].partition("\n")[0].strip()
    if case.abstains:  # its prompt: not knowing the answer counts as the most overlap
        return json.dumps({"criteria": statement, "supporting_evidence": "ABSTENTION", "score": 3})
    for one in _asked(case):
        if one.claim == statement:
            score = _named(one, {"supported": 3, "contradicted": 0, "not_found": 0})
            evidence = one.quote or "NOTHING FOUND"
            return json.dumps({"criteria": statement, "supporting_evidence": evidence, "score": score})
    return ""


def _trulens_substance(case: Case, _prompt: str) -> str:
    return str([one.claim for one in case.findings] or ([case.answer] if case.abstains else []))


def _trulens_graded(case: Case) -> Any:
    return {
        "criteria": "relevance",
        "supporting_evidence": "as found",
        "score": 0 if case.grade is None else case.grade,
    }


def _llamaindex_verdict(case: Case) -> str:
    # It judges the answer as a whole: yes if all of it is supported.
    numbers = [str(one.verdict) for one in case.findings if isinstance(one.verdict, int)]
    if numbers:
        return numbers[0]
    return "YES" if case.findings and all(one.verdict == "supported" for one in case.findings) else "NO"


def _our_verdicts(case: Case, prompt: str) -> str:
    if case.words is not None:
        return case.words
    numbered = re.findall(r"^(\d+)\. (.*)$", prompt.partition("Claims:")[2], re.MULTILINE)
    found = {one.claim: one for one in _asked(case)}
    verdicts = [
        {"claim": int(number), "verdict": found[claim].verdict, "quote": found[claim].quote}
        for number, claim in numbered
        if claim in found
    ]
    return json.dumps({"verdicts": verdicts})


STEPS: Mapping[str, Mapping[str, Reply]] = {
    "ragas": {
        "Break down each sentence": _claims("statements"),
        "judge the faithfulness of a series of statements": _verdicts(_ragas_verdicts),
        "identify if the answer is noncommittal": lambda *_: json.dumps({"question": "?", "noncommittal": 1}),
        "verify if the context was useful": _ragas_useful,
        "based solely on the scoring criteria": _verdicts(lambda case: {"feedback": "fine", "score": case.grade}),
    },
    "deepeval": {
        'with the "truths" key': lambda case, _: json.dumps({"truths": list(case.contexts)}),
        'with the "claims" key': _claims("claims"),
        '"statements" key': _claims("statements"),
        "contradicts any facts in the retrieval context": _verdicts(_deepeval_verdicts),
        "whether each statement is relevant": _verdicts(_deepeval_relevant),
        "remotely useful in arriving": _verdicts(_deepeval_useful),
        "`\"score\"`": _verdicts(lambda case: {"reason": "fine", "score": case.grade}),
    },
    "trulens": {
        "lack substantive information": _trulens_substance,
        "INFORMATION OVERLAP classifier": _trulens_grounded,
        "RELEVANCE grader": _verdicts(_trulens_graded),
        # It asks once more where it could not read the answer; the judge answers the same.
        "Convert the following text into a strict JSON": lambda _, prompt: prompt.partition("no extra text.\n")[2],
    },
    "llamaindex": {
        "relevant to the query": lambda *_: "It evades the question. [RESULT] 0",
        "expert evaluation system": lambda case, _: f"{case.grade}\nFine.",
        "": _verdicts(_llamaindex_verdict),
    },
    "ours": {"": _our_verdicts},
}  # fmt: skip
