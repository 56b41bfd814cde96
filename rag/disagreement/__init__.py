"""Where sources give different values for the same thing: a toll that rose, a length that two reports give.

Numbers come from the verifier's normalised reading. Two of them are values of one thing only if
their units agree and the words around them strongly do; a missed disagreement costs less than a
false one. The question, where there is one, says which thing is asked about.
"""

from rag.disagreement.figures import Statement, states
from rag.disagreement.grouping import Disagreement, Stated, disagreements

__all__ = ["Disagreement", "Stated", "Statement", "disagreements", "states"]
