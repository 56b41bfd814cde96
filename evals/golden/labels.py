"""Answer sentences over the golden articles, labelled by hand: the test of every judge of support.

``sentences.jsonl`` holds pairs: a sentence that its evidence supports, and the same with one thing changed (a number, a
name, a date, a negation, an attribution) so that it is not. One JSON object a line:

- ``id``; ``pair``: the id of the sentence that this one was made from, null for the originals;
- ``sentence``; ``label``: supported, contradicted or not_found; ``kind``: what was changed, null for the originals;
- ``origin``: ``engine`` (the extractive engine wrote it) or ``written`` (by a person, in the way of a full answer);
- ``question``: the golden question that it answers; ``evidence``: ``article``, ``start``, ``end``, ``quote`` as there.
"""

import json
from dataclasses import dataclass
from typing import Literal

from evals.golden import FOLDER, Evidence

Label = Literal["supported", "contradicted", "not_found"]
KINDS = ("number", "name", "date", "negation", "attribution")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSentence:
    """One line of ``sentences.jsonl``."""

    id: str
    sentence: str
    label: Label
    kind: str | None
    pair: str | None
    origin: Literal["engine", "written"]
    question: str
    evidence: tuple[Evidence, ...]


def labelled_sentences() -> list[LabelledSentence]:
    """All of them, in the order written: each original followed by its corruption."""
    lines = (FOLDER / "sentences.jsonl").read_text("utf-8").splitlines()
    return [
        LabelledSentence(**{**row, "evidence": tuple(Evidence(**one) for one in row["evidence"])})
        for row in map(json.loads, filter(None, lines))
    ]
