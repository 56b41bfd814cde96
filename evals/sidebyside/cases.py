"""What every suite is given: an answer with its passages, and what the judge finds of it."""

from dataclasses import dataclass
from typing import Literal

Metric = Literal["faithfulness", "relevance", "precision", "grade"]

QUESTION = "How many houses did the fire in Lindholm destroy?"
CONTEXT = "A fire broke out in Lindholm. It destroyed 14 houses."
RIGHT = "The fire in Lindholm destroyed 14 houses."
WRONG = "The fire in Lindholm destroyed 41 houses."
UNSAID = "The mayor of Lindholm resigned."
QUOTE = "It destroyed 14 houses."


@dataclass(frozen=True, slots=True)
class Finding:
    """What the judge finds of one claim. `verdict` may be a number that is no verdict, or None: the judge passes the
    claim over."""

    claim: str
    verdict: Literal["supported", "contradicted", "not_found"] | int | None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One input. Asked for claims the judge names those of `findings`; asked for verdicts it answers `words` if there
    are any, else what it found, in the form that the suite asks for; `wrapped`, with talk around it and in a fence.
    `useful`: whether each passage helps; `grade`: a number beyond every scale; `abstains`: the answer does, as a field
    of our answers says."""

    what: str
    answer: str
    findings: tuple[Finding, ...] = ()
    contexts: tuple[str, ...] = (CONTEXT,)
    metric: Metric = "faithfulness"
    words: str | None = None
    wrapped: bool = False
    useful: tuple[bool, ...] = ()
    grade: int | None = None
    abstains: bool = False


_YESTERDAY = "NO. The context, of yesterday, says 14 houses."
_FIGURES = "NO. One of its 2 figures is wrong."
_DO_NOT_KNOW = "I do not know."
_CONTRADICTED = (Finding(WRONG, "contradicted", QUOTE),)
_SUPPORTED = (Finding(RIGHT, "supported", QUOTE),)

CASES = (
    Case("The claim is supported, and the judge says so with the quote", RIGHT, _SUPPORTED),
    Case("The same, with talk around the judge's answer and a fence of Markdown", RIGHT, _SUPPORTED, wrapped=True),
    Case("It is contradicted, and the judge says so with the quote", WRONG, _CONTRADICTED),
    Case("Two claims, one supported, one that the passages do not mention", f"{RIGHT} {UNSAID}",
         (*_SUPPORTED, Finding(UNSAID, "not_found"))),
    Case("Two claims, and the judge passes the second over", f"{RIGHT} {UNSAID}",
         (*_SUPPORTED, Finding(UNSAID, None))),
    Case(f"The judge answers “{_YESTERDAY}” where a verdict is asked for", WRONG, _CONTRADICTED, words=_YESTERDAY),
    Case(f"It answers “{_FIGURES}”", WRONG, _CONTRADICTED, words=_FIGURES),
    Case("It answers “I cannot tell.”", WRONG, _CONTRADICTED, words="I cannot tell."),
    Case("It answers nothing", WRONG, _CONTRADICTED, words=""),
    Case("It says supported, wrongly, with a quote that is in no passage", WRONG,
         (Finding(WRONG, "supported", "It destroyed 41 houses."),)),
    Case("It says supported, rightly, with a quote in words of its own", RIGHT,
         (Finding(RIGHT, "supported", "14 houses burnt down"),)),
    Case("It gives 45 for a verdict", WRONG, (Finding(WRONG, 45, QUOTE),)),
    Case("The judge finds no claims in the answer “Thank you for asking.”", "Thank you for asking."),
    Case(f"It finds none in “{_DO_NOT_KNOW}”", _DO_NOT_KNOW, abstains=True),
    Case("The answer has no context to be judged against; the judge says supported", RIGHT, _SUPPORTED, contexts=()),
    Case(f"Relevance of the answer “{_DO_NOT_KNOW}”, which the judge finds evasive", _DO_NOT_KNOW,
         (Finding(_DO_NOT_KNOW, "not_found"),), metric="relevance", abstains=True),
    Case("Context precision: of three passages that would help, one was found, at rank 2", RIGHT,
         contexts=("Lindholm lies by the sea.", CONTEXT), metric="precision", useful=(False, True)),
    Case("Context precision: nothing was found", RIGHT, contexts=(), metric="precision"),
    Case("A grade of 45 from the judge, on a scale to 3, 5 or 10", WRONG, metric="grade", grade=45),
)  # fmt: skip
HELPFUL = 3  # passages that would help, as far as a metric takes that number
