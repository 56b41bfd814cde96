"""The model's own silence: the sentinel that it was told to write, found in the stream."""

import regex

from index.sentences import sentence_spans
from prompts import NOT_FOUND

_WORDS = r"\s+".join(NOT_FOUND.split())
# In other letters it is the sentinel only where nothing follows: "Not found guilty, he left the court."
_SENTINEL = regex.compile(
    rf"[\s\"'“‘*`]*(?:{_WORDS}\b|(?i:{_WORDS})(?=\s*(?:[.!\"'”’*`\n]|$)))[\s.\"'”’*`!]*",
)
_LAST = regex.compile(rf"\s*\b{_WORDS}\b[\s.\"'”’*`!]*$")
_SOURCES = (
    r"(?:the |these |those |this |any of the |provided |given )*"
    r"(?:excerpts?|articles?|passages?|texts?|sources?|context)"
)
# A whole answer that says no more than this is silence too, in a small model's words.
_REFUSAL = regex.compile(
    rf"\W*(?:(?:however|unfortunately|sorry|based on [^,]+),? )?(?:"
    rf"(?:{_SOURCES}|information|(?:the )?information (?:in|from) {_SOURCES})\b[^.]{{0,40}}"
    r"\b(?:do(?:es)? not|don['’]t|doesn['’]t|did not|is not|are not|isn['’]t|no)\b[^.]{0,30}"
    r"\b(?:say|state|mention|provide|specif\w+|contain|include|give|discuss|address|available|indicate|reveal|name)"
    r"|not found\W*$|there is no (?:mention|information)"
    rf"|[^.]*(?:is|are|was|were) not (?:(?:mentioned|specified|stated|provided)\W*$"
    rf"|(?:mentioned|specified|stated|provided|given|named) (?:in|by) {_SOURCES}))",
    regex.IGNORECASE,
)


class Sentinel:
    """Holds the stream back as long as it may yet be the sentinel; `found` once it is.

    What a model adds after an answer is held back as well, and left out.
    """

    def __init__(self) -> None:
        self.found = False
        self._held = ""
        self._passed = False

    def feed(self, piece: str) -> str:
        """What of the stream so far is certainly text."""
        if self.found:
            return ""
        self._held += piece
        if self._passed:
            return self._certain()
        match = _SENTINEL.match(self._held, partial=True)
        if match and (match.partial or match.end() == len(self._held)):
            return ""
        return self._decide()

    def finish(self) -> str:
        """The stream has ended."""
        shown = "" if self.found else self._certain() if self._passed else self._decide()
        held, self._held = self._held, ""
        return shown if _LAST.fullmatch(held) else shown + held

    def _decide(self) -> str:
        # What a model writes after the sentinel is an apology or its own memory: not shown.
        self.found = _SENTINEL.match(self._held) is not None
        self._passed = not self.found
        return self._certain() if self._passed else self._forget()

    def _certain(self) -> str:
        """What is held but for what may be a last sentinel."""
        match = _LAST.search(self._held, partial=True)
        cut = match.start() if match else len(self._held)
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def _forget(self) -> str:
        self._held = ""
        return ""


def refuses(text: str) -> bool:
    """Whether an answer of one sentence says only that the articles do not say."""
    return len(text) < 220 and len(sentence_spans(text)) == 1 and _REFUSAL.match(text) is not None
