"""The verifier: rules first, and what they leave open to a calibrated combination."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rag.verify.analysis import Case, Parsed, Source
from rag.verify.check import Check, Evidence, Verdict
from rag.verify.copying import copied
from rag.verify.values import findings
from rag.verify.words import without_marks


def is_copy(case: Case) -> bool:
    """Whether the claim is next to verbatim: nine in ten of its words, in few and long pieces."""
    overlap = copied([w.norm for w in case.claim.words], [[w.norm for w in s.body.words] for s in case.sources])
    return overlap.coverage >= 0.9 and overlap.density >= 0.4


class Verifier:
    """Checks sentences against evidence. Safe to share; remembers the evidence it has taken apart."""

    def __init__(self) -> None:
        self._source = lru_cache(maxsize=256)(Source)

    def check(self, sentence: str, evidence: Sequence[Evidence]) -> Check:
        """Check one sentence against all of `evidence` together."""
        claim = Parsed(without_marks(sentence))
        if not claim.stems or not evidence:
            reason = "the sentence states nothing" if not claim.stems else "no evidence was given"
            return Check("not_judged", None, "none", reasons=(reason,))
        case = Case(claim, [self._source(item) for item in evidence])
        best = case.best
        if best is None:
            return Check("not_judged", None, "none", reasons=("the evidence is empty",))
        where = (best.index, best.start, best.end)
        found = findings(case)
        hard = [finding for finding in found if finding.hard]
        if hard:
            verdict: Verdict = "contradicted" if any(f.verdict == "contradicted" for f in hard) else "not_found"
            return Check(verdict, 0.1, "values", *where, tuple(f.reason for f in hard))
        if is_copy(case):
            return Check("supported", 0.97, "copy", *where, ())
        support = 0.9 * case.coverage(frozenset().union(*(v.stems for v in case.closest(3))))
        return Check(
            "supported" if support >= 0.5 else "not_found", support, "features", *where, tuple(f.reason for f in found)
        )

    def check_many(self, items: Iterable[tuple[str, Sequence[Evidence]]]) -> list[Check]:
        """`check` for each (sentence, evidence), in order."""
        return [self.check(sentence, evidence) for sentence, evidence in items]
