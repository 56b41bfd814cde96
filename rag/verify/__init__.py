"""The verifier: is a sentence borne out by the evidence it stands on?"""

from rag.verify.check import Check, Evidence, Verdict
from rag.verify.verifier import Verifier

__all__ = ["Check", "Evidence", "Verdict", "Verifier"]
