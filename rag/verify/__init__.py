"""The verifier: is a sentence borne out by the evidence it stands on?

One interface, `Verifier.check`, and four tiers behind it. Rules (`values`, `copying`) speak first
and always: every number, date, name, quote, negation and comparison of the sentence is held
against the evidence in normalised form, and near-copies are recognised. What they leave open goes
to a language model where there is one, to a structured verdict at an endpoint (`endpoint`) or to
the yes-or-no of the local model (`judge`); else to a calibrated combination of the rules' findings
(`features`, `calibration`). ``python -m evals.calibrate`` fits and reports that combination.
"""

from rag.verify.check import Check, Evidence, Verdict
from rag.verify.judge import YesJudge
from rag.verify.verifier import Verifier

__all__ = ["Check", "Evidence", "Verdict", "Verifier", "YesJudge"]
