"""What goes into a check and what comes out of it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Verdict = Literal["supported", "contradicted", "not_found", "not_judged"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text that a sentence is held against: a passage, or a whole article.

    `published` is what relative dates in the text ("on Tuesday") count from; `source` is who published it, so that
    a sentence may name it.
    """

    text: str
    title: str | None = None
    published: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What a verifier says of one sentence.

    `support` is the probability, 0 to 1, that a careful reader would call the sentence supported; None when nothing
    was judged. It is calibrated but for ``endpoint`` (one value for each verdict) and ``values`` (kept below the
    threshold). `tier` names who decided: ``copy`` and
    ``values`` (rules), ``features`` (the rules' findings combined), ``learned`` (a small judge,
    combined with the same), ``judge`` (a language model's yes or no, combined with both),
    ``endpoint`` (a structured verdict), ``none``. ``evidence[evidence_index].text[start:end]`` is
    the sentence that comes closest.
    """

    verdict: Verdict
    support: float | None
    tier: str
    evidence_index: int | None = None
    start: int | None = None
    end: int | None = None
    reasons: tuple[str, ...] = ()
