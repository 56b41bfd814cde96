"""What a correction says was wrong: "An earlier version of this article said that …" bears out nothing.

The same note may state what is right, in its next sentence or after "it is", "when in fact", "not"; that counts.
"""

import regex

from rag.verify.words import plain_typography

_WORK = r"(?:article|story|headline|caption|graphic|obituary)"
_OWN = (
    rf"(?:(?:this|our) (?:\p{{L}}+ ){{0,2}}?(?:{_WORK}|report|piece|post|column|summary)"
    rf"|(?:the|an?) (?:\p{{L}}+ )?{_WORK})"
)
_SAID = (
    r"(?:said|says|saying|stated|stating|reported|reporting|gave|giving|listed|listing|described|describing|claimed"
    r"|wrote|put|quoted|suggested|indicated|referred|attributed|named|had|contained|included|implied|identified)"
)
_WRONGLY = r"(?:incorrectly|erroneously|wrongly|mistakenly|inaccurately|falsely|in error)"
_MIS = r"(?:mis(?:stated|identified|spelled|spelt|quoted|characteri[sz]ed|attributed|reported|represented|described))"
_STOP = r"(?<!\b(?:Mr|Mrs|Ms|Dr|St|Sen|Gen|Rep|Gov|Prof|\p{Lu}))[.!?](?=\s|$)"
# Up to where the note says what is right.
_RIGHT = (
    r"(?=[,;:]? (?:when|while|whereas|but) (?:in fact|actually|it|he|she|they|the)\b"
    r"|[,;] (?:it|he|she|they|not|in fact)\b"
    rf"|,? (?:rather than|instead of)\b|; |{_STOP}|\n|$)"
)
_WITHDRAWN = regex.compile(
    rf"(?:\b(?:earlier|previous|prior|original|initial|first|older) (?:versions?|editions?) of {_OWN}\b"
    rf"[^.!?\n]{{0,60}}?\b(?:{_SAID}|{_MIS})"
    rf"|\b{_OWN}\b[^.!?\n]{{0,120}}?"
    rf"\b(?:{_WRONGLY} {_SAID}|{_SAID} {_WRONGLY}|{_MIS}|(?:originally|previously) {_SAID})"
    rf"|\bwe (?:{_WRONGLY}|originally|previously) {_SAID})\b"
    rf"(?P<wrong>[^\n]{{0,400}}?){_RIGHT}",
    regex.IGNORECASE,
)
_OF_CORRECTIONS = regex.compile(
    r"\b(?:correct(?:s|ed|ion|ions)|earlier version|previous version|misstat\w*|originally|previously|wrongly"
    r"|incorrectly|mistakenly|erroneously)\b",
    regex.IGNORECASE,
)


def withdraws(text: str) -> bool:
    """Whether a correction in the text says what was wrong."""
    return without_withdrawn(text) != text


def without_withdrawn(text: str) -> str:
    """The same text with what its corrections say was wrong blanked, so that offsets hold."""
    if not _OF_CORRECTIONS.search(text) and "version" not in text:
        return text
    plain = plain_typography(text)
    pieces, at = [], 0
    for match in _WITHDRAWN.finditer(plain):
        start, end = match.span("wrong")
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def tells_of_corrections(claim: str) -> bool:
    """Whether a claim itself speaks of what was said before; the withdrawn bears that out."""
    return _OF_CORRECTIONS.search(claim) is not None
