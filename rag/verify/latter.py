"""Which of two "the latter" or "the former" is: "Atta ran into Hauge. The latter broke a leg."."""

import regex

from rag.verify.analysis import Case
from rag.verify.finding import Finding, shown, shown_in
from rag.verify.names import same_name

# Not "the former president": a verb follows.
_WHICH = regex.compile(
    r"[\"“]?the (?P<which>latter|former)(?:,| (?:is|was|are|were|will|would|has|had|have|did|does|can|could|may|must"
    r"|then|also|later|now|only|said|sank|won|lost|went|came|took|got|gave|fell|rose|left|made|\p{L}+ed)\b)",
    regex.IGNORECASE,
)


def of_the_other(case: Case) -> Finding | None:
    """The claim says of one of two what the closest sentence says of the other, as "the latter"."""
    best, names = case.best, case.claim.names
    which = best and _WHICH.match(case.sources[best.index].text, best.start)
    if best is None or not which or not names:
        return None
    before = next((v for v in case.sentences if v.index == best.index and v.number == best.number - 1), None)
    if before is None or len(before.names) != 2:
        return None
    meant, other = before.names if which["which"].lower() == "former" else before.names[::-1]
    if not same_name(names[0], other) or any(same_name(name, meant) for name in names):
        return None
    reason = f"“{shown(case.claim.text, names[0])}”: the evidence says it of {shown_in(case, before, meant)}"
    return Finding("name", "contradicted", True, reason)
