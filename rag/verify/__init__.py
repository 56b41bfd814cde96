"""The verifier: is a sentence borne out by the evidence it stands on?

One interface, `Verifier.check`. Rules speak first and always (`values`, `copy`): every number, date, name, quote,
negation and comparison of the sentence is held against the evidence in normalised form, and near-copies are
recognised. What they leave open goes to an endpoint's structured verdict (`endpoint`) where there is one, else to the
rules' findings combined (`features`) with the small learned judge (`learned`) and the local model's yes or no
(`judge`), as far as they are there. ``python -m evals.calibrate`` fits and reports these combinations.
"""

from rag.verify.check import Check, Evidence, Verdict
from rag.verify.judge import YesJudge
from rag.verify.verifier import Verifier

__all__ = ["Check", "Evidence", "Verdict", "Verifier", "YesJudge"]
