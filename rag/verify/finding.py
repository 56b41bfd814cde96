"""What the rules find against a claim."""

from dataclasses import dataclass
from typing import Literal

from rag.verify.analysis import Case, SentenceView, Spanned

Kind = Literal["number", "unit", "date", "name", "quote", "speaker", "negation", "direction", "comparison"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the claim says otherwise than the evidence (`contradicted`) or of its own (`not_found`).

    It is `hard` where a careful reader would reject the sentence for it whatever else it says; the others count as
    evidence only.
    """

    kind: Kind
    verdict: Literal["contradicted", "not_found"]
    hard: bool
    reason: str


def shown(text: str, item: Spanned) -> str:
    """A part of a text on one line."""
    return " ".join(text[item.start : item.end].split())


def shown_in(case: Case, view: SentenceView, item: Spanned) -> str:
    """A part of the evidence that `view` is of, on one line."""
    return shown(case.sources[view.index].body.text, item)
