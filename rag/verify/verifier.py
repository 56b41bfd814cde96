"""The verifier: rules first, and what they leave open to a model, or to a calibrated combination."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.errors import ModelError
from rag.llm.errors import LLMError
from rag.verify import calibration
from rag.verify.analysis import Case, Parsed, Source, Spanned
from rag.verify.check import Check, Evidence, Verdict
from rag.verify.copying import copied
from rag.verify.endpoint import EndpointJudge
from rag.verify.features import features, judged_features, log_odds
from rag.verify.finding import Finding
from rag.verify.judge import YesJudge, question
from rag.verify.learned import LearnedJudge
from rag.verify.values import findings
from rag.verify.withdrawn import tells_of_corrections
from rag.verify.words import NEGATIONS, tokens, without_marks

COPY_COVERAGE, COPY_DENSITY, ONE_PIECE = 0.9, 0.4, 0.8


def is_copy(case: Case) -> bool:
    """Whether the claim is next to verbatim: nine in ten of its words, in few and long pieces of one sentence, or
    in one that runs on into the next.

    What is not copied may hold no negation, and no name, value or other word that says something but names and values
    that the sentences around state in another form: each of them alone makes it another claim ("less likely" for "more
    likely", "all charges" for "three of the charges").
    """
    words = case.claim.words
    norms = [w.norm for w in words]
    overlap = copied(norms, [[w.norm for view in case.near for w in view.words]])
    if overlap.coverage < COPY_COVERAGE or overlap.density < COPY_DENSITY:
        return False
    alone = (copied(norms, [[w.norm for w in view.words]]).coverage for view in case.near)
    if overlap.density < ONE_PIECE and max(alone, default=0.0) < COPY_COVERAGE:
        return False  # put together from pieces of several sentences
    outside = [words[position] for position in overlap.outside if words[position].stem not in case.held_near]
    values: tuple[Spanned, ...] = (*case.claim.names, *case.claim.quantities, *case.claim.moments)
    weighty = [(value.start, value.end) for value in values]
    return not any(
        w.content
        or w.norm in NEGATIONS
        or (len(w.text) == 1 and w.text.isupper())
        or any(start <= w.start < end for start, end in weighty)
        for w in outside
    )


@dataclass(frozen=True)
class _Open:
    """A claim that the rules do not decide."""

    sentence: str
    evidence: Sequence[Evidence]
    case: Case
    found: tuple[Finding, ...]


class Verifier:
    """Checks sentences against evidence.

    The rules always speak first: a value, name, quote or direction that the evidence does not
    bear out is caught (tier ``values``), a near-copy is supported (``copy``). The rest goes to
    `endpoint` if there is one, else to the features, to which come the `learned` judge and
    `judge`, a language model's yes or no, as far as they are there. Where a model fails, the
    others speak and the reason says so.

    Safe to share between threads as far as the judge is; remembers the evidence it has taken apart.
    """

    def __init__(
        self,
        judge: YesJudge | None = None,
        endpoint: EndpointJudge | None = None,
        learned: LearnedJudge | None = None,
    ) -> None:
        self._judge = judge
        self._learned = learned
        self._endpoint = endpoint
        self._calibration = calibration.load()
        self._source = lru_cache(maxsize=256)(Source)

    def check(self, sentence: str, evidence: Sequence[Evidence]) -> Check:
        """Check one sentence against all of `evidence` together."""
        return self.check_many([(sentence, evidence)])[0]

    def check_many(self, items: Iterable[tuple[str, Sequence[Evidence]]]) -> list[Check]:
        """A check for each (sentence, evidence), in order; an endpoint is asked for several at a time."""
        results = [self._by_rule(sentence, evidence) for sentence, evidence in items]
        undecided = [result for result in results if isinstance(result, _Open)]
        judged = self._from_endpoint(undecided)
        return [
            result if isinstance(result, Check) else judged.get(id(result)) or self._weigh(result) for result in results
        ]

    def _by_rule(self, sentence: str, evidence: Sequence[Evidence]) -> Check | _Open:
        claim = Parsed(without_marks(sentence))
        if not claim.stems:
            return Check("not_judged", None, "none", reasons=("the sentence states nothing",))
        withdrawn = tells_of_corrections(sentence)
        case = Case(claim, [self._source(item, withdrawn) for item in evidence])
        if case.best is None:
            return Check("not_judged", None, "none", reasons=("there is no evidence",))
        whole = [word.norm for word in tokens(sentence)]
        if any([word.norm for word in view.words] == whole for view in case.sentences):
            return _check("supported", self._calibration.copy, "copy", case, ())
        found = tuple(findings(case))
        hard = [finding for finding in found if finding.hard]
        if hard:
            model = self._calibration.rules
            support = min(model.probability(features(case, found)), model.threshold - 0.01)
            return _check(_failed(hard), support, "values", case, hard)
        if is_copy(case):
            return _check("supported", self._calibration.copy, "copy", case, ())
        return _Open(sentence, evidence, case, found)

    def _from_endpoint(self, undecided: Sequence[_Open]) -> dict[int, Check]:
        """The endpoint's verdicts by the claim's identity, without those that it did not give."""
        if self._endpoint is None or not undecided:
            return {}
        try:
            checks = self._endpoint.check_many((claim.sentence, claim.evidence) for claim in undecided)
        except LLMError:
            return {}  # the next tier speaks; the answer itself has met the same endpoint and says what is wrong
        pairs = zip(undecided, checks, strict=True)
        return {id(claim): _placed(check, claim.case) for claim, check in pairs if check.verdict != "not_judged"}

    def _weigh(self, claim: _Open) -> Check:
        yes, notes = self._asked(claim)
        if claim.case.foreign and yes is None:
            reason = "the sentence and its evidence are in different languages"
            return Check("not_judged", None, "none", reasons=(reason, *notes))
        support, threshold, tier = 0.5, 0.5, "features"
        if not claim.case.foreign:  # else words cannot be compared, and the language model speaks alone
            model = self._calibration.rules
            support, threshold = model.probability(features(claim.case, claim.found)), model.threshold
            if self._learned is not None:
                try:
                    logit = self._learned.logit(claim.case)
                except ModelError as error:
                    notes = (*notes, f"the learned judge could not be asked: {error}")
                else:
                    model, tier = self._calibration.learned, "learned"
                    support, threshold = model.probability(judged_features(support, logit)), model.threshold
        if yes is not None:
            model, tier = self._calibration.judged, "judge"
            support, threshold = model.probability(judged_features(support, log_odds(yes))), model.threshold
        verdict: Verdict = "supported" if support >= threshold else _failed(claim.found)
        return _check(verdict, support, tier, claim.case, claim.found, notes)

    def _asked(self, claim: _Open) -> tuple[float | None, tuple[str, ...]]:
        """(the judge's P(yes), or None; what went wrong)."""
        if self._judge is None:
            return None, ()
        try:
            return self._judge.probability(question(claim.sentence, claim.case)), ()
        except LLMError as error:
            return None, (f"the judge did not answer: {error}",)


def _failed(found: Sequence[Finding]) -> Verdict:
    return "contradicted" if any(finding.verdict == "contradicted" for finding in found) else "not_found"


def _check(
    verdict: Verdict, support: float, tier: str, case: Case, found: Sequence[Finding], notes: tuple[str, ...] = ()
) -> Check:
    best = case.best
    reasons = (*(finding.reason for finding in found), *notes)
    if best is None:
        return Check(verdict, round(support, 4), tier, reasons=reasons)
    return Check(verdict, round(support, 4), tier, best.index, best.start, best.end, reasons)


def _placed(check: Check, case: Case) -> Check:
    """With the closest sentence where the endpoint quoted nothing."""
    if check.start is not None or check.support is None:
        return check
    return _check(check.verdict, check.support, check.tier, case, ())
