"""Citation markers in an answer: read out of the stream, renumbered, and tied to sentences.

A model is shown sources numbered 1 to n and writes markers after what it takes from them: "[2]",
"[1, 3]", "[1-3]", "【2†source】", "(Source 1)". What is shown instead is one form, "[1]", numbered
in order of first use, and beside the text a list of where each source is used. Numbers that no
source has are the model's invention: they are dropped, with the space and the brackets that hold
nothing else, and counted. Markers in what an answer quotes are an article's own: they are shown in
another form, so that none is taken for one of the answer's.
"""

from rag.citations.foreign import unmarked
from rag.citations.markers import MAX_MARKER
from rag.citations.parser import MAX_SPACE, MAX_WRAP, CitationParser
from rag.citations.placing import place
from rag.citations.sentences import CitedSentence, cited_sentences, marker_offset
from rag.citations.shown import Parsed, Use

__all__ = [
    "MAX_MARKER",
    "MAX_SPACE",
    "MAX_WRAP",
    "CitationParser",
    "CitedSentence",
    "Parsed",
    "Use",
    "cited_sentences",
    "marker_offset",
    "place",
    "unmarked",
]
