"""The model's own silence: the sentinel that it was told to write, found in the stream."""

from collections.abc import Mapping

import regex

from prompts import NOT_FOUND

_SENTINEL = regex.compile(r"[\s\"'“‘*`]*" + r"\s+".join(NOT_FOUND.split()) + r"\b[\s.\"'”’*`!]*", regex.IGNORECASE)
# A whole answer that says no more than this is silence too, in a small model's words.
_REFUSAL = regex.compile(
    r"(?:the |these |those )?(?:excerpts?|articles?|passages?|provided \w+|text|information|sources?)[^.]{0,40}"
    r"\b(?:do(?:es)? not|don['’]t|doesn['’]t|did not|is not|are not|isn['’]t|no)\b[^.]{0,30}"
    r"\b(?:say|state|mention|provide|specif\w+|contain|include|give|discuss|address|available|indicate|reveal|name)"
    r"|\bnot found\b|there is no (?:mention|information)"
    r"|(?:is|are|was|were) not (?:mentioned|specified|stated|provided|given|named)",
    regex.IGNORECASE,
)


class Sentinel:
    """Holds the stream back as long as it may yet be the sentinel; `found` once it is."""

    def __init__(self) -> None:
        self.found = False
        self._held = ""
        self._passed = False

    def feed(self, piece: str) -> str:
        """What of the stream so far is certainly text."""
        if self._passed or self.found:
            return piece if self._passed else ""
        self._held += piece
        match = _SENTINEL.match(self._held, partial=True)
        if match and (match.partial or match.end() == len(self._held)):
            return ""
        return self._decide()

    def finish(self) -> str:
        """The stream has ended."""
        return "" if self._passed or self.found else self._decide()

    def _decide(self) -> str:
        # What a model writes after the sentinel is an apology or its own memory: not shown.
        self.found = _SENTINEL.match(self._held) is not None
        self._passed = not self.found
        held, self._held = self._held, ""
        return held if self._passed else ""


def silence(first: Mapping[str, float]) -> float:
    """How likely the model was to begin with the sentinel, from the probabilities of its first tokens, in [0, 1].

    Only whole words count: "N" may as well be the beginning of "NATO".
    """
    word = NOT_FOUND.split()[0]
    return sum(odds for token, odds in first.items() if token.strip() == word)


def refuses(text: str) -> bool:
    """Whether an answer of one sentence says only that the articles do not say."""
    return len(text) < 220 and _REFUSAL.search(text) is not None
