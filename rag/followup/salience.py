"""What a conversation has mentioned, the most salient first: what a pronoun or an open question is likely to mean."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from rag.followup.pronouns import PRONOUN
from rag.mentions import Kind, Mention, describe, mentions

# Salience of a mention: in a question, as its first one, in an answer, as what the answer names.
# Noun phrases count for less than names, and everything fades with the turns that pass.
ASKED = 1.0
FIRST = 0.3
ANSWERED = 0.5
NAMED_BY_ANSWER = 1.7
SUBJECT = 1.5
PHRASE = 0.7
MODIFIER = 0.3
FADING = 0.5
TURN = 3.5  # of what a question turns to: "And the fire?", which stands alone as "What about the fire (the ferry)?"

_TURNED_TO = regex.compile(r"^what about (?:the|that|this) (?P<what>\p{Ll}[^(?,]{1,40}?)\s*(?:\(|\?|$)", regex.I)

_NO_ANSWER = regex.compile(r"^\W*(?:i (?:do not|don['’]t) know|not found|the articles? do|i cannot|no answer)", regex.I)
_IDENTITY = regex.compile(
    r"^\W*(?:(?:and|so|but|ok)\W+)?(?:who|whom|which|what|where|qui|quel|quelle|quién|qué|wer|was|welche[rs]?)\b",
    regex.I,
)
_WHO = regex.compile(r"^\W*(?:(?:and|so|but|ok)\W+)?(?:who|qui|quién|wer)\b", regex.I)
_SPEAKING = r"(?:said|says|told|tells|reported|reports|announced|wrote)\b"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention with how present it is; `asked` if a question, and not only an answer, has it."""

    mention: Mention
    salience: float
    asked: bool


def candidates(exchanges: Sequence[tuple[str, str]], subject: str | None) -> list[Candidate]:
    """What the conversation has mentioned, the most salient first; "Lund" and "Per Lund" are one."""
    found: dict[str, Candidate] = {}

    def note(mention: Mention, weight: float, asked: bool) -> None:
        key = folded(mention.text)
        if key not in found and mention.named:
            whole = rf"\b{regex.escape(key)}\b"
            key = next((known for known in found if found[known].mention.named and regex.search(whole, known)), key)
        known = found.get(key, Candidate(mention, 0.0, False))
        fuller = known.mention
        if fuller.kind is None and mention.kind:
            fuller = replace(fuller, kind=mention.kind, gender=mention.gender)
        weight *= MODIFIER if mention.modifier else 1.0 if mention.named else PHRASE
        found[key] = Candidate(fuller, known.salience + weight, known.asked or asked)

    if subject:
        note(_described(subject, exchanges), SUBJECT, True)
    for age, (asked, answered) in enumerate(reversed(exchanges)):
        fading = FADING**age
        if turned := _TURNED_TO.match(asked):
            start, end = turned.span("what")
            topic = Mention(
                text=turned["what"],
                start=start,
                end=end,
                kind="thing",
                plural=turned["what"].endswith("s"),
                named=False,
            )
            note(topic, fading * TURN, True)
        for place, mention in enumerate(mentions(asked)):
            note(mention, fading * (ASKED + (FIRST if place == 0 else 0.0)), True)
        if silent(answered):
            continue
        named = answering(asked, answered)
        for mention in mentions(answered):
            if mention == named:
                kind = mention.kind or ("person" if _WHO.search(asked) and not mention.plural else None)
                note(replace(mention, kind=kind), fading * NAMED_BY_ANSWER, False)
            else:
                note(mention, fading * ANSWERED, False)
    return sorted(found.values(), key=lambda candidate: -candidate.salience)


def silent(answer: str) -> bool:
    """Whether it says that the articles do not."""
    return _NO_ANSWER.search(answer) is not None


def answering(asked: str, answered: str) -> Mention | None:
    """What the answer names, asked who or what; not who is quoted for it, unless that is who was asked for."""
    if not _IDENTITY.search(asked) or silent(answered):
        return None
    known = folded(asked)
    new = [
        m
        for m in mentions(answered)
        if m.named and not m.modifier and not _owner(m, answered) and folded(m.text) not in known
    ]
    if _WHO.search(asked):
        # Of "The premier of Norland is Ada Berg" the person.
        return max(new, key=lambda m: (m.kind == "person", m.kind is None and " " in m.text, -m.start), default=None)
    return next((m for m in new if not _quoted(m, answered)), None)


def _owner(mention: Mention, text: str) -> bool:
    """Whether it only says whose something is: "Storvik's goalkeeper, Ines Carvalho" names the goalkeeper."""
    return text.startswith(("'s ", "’s ", "' ", "’ "), mention.end)


def _quoted(mention: Mention, text: str) -> bool:
    after = regex.match(rf"\s{_SPEAKING}", text[mention.end :])
    return bool(after or regex.search(rf"(?:{_SPEAKING}|according to)\s(?:the\s)?$", text[: mention.start], regex.I))


def folded(text: str) -> str:
    """Lower case without accents: Fernández and Fernandez are one."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def _described(subject: str, exchanges: Sequence[tuple[str, str]]) -> Mention:
    """The subject, with what its name, a hint in parentheses and the pronouns used so far tell of it."""
    mention = describe(regex.sub(r"\s*\(.*?\)", "", subject).strip() or subject)
    hint = regex.search(r"\((.*?)\)", subject)
    kind: Kind | None = mention.kind
    if hint and regex.search(r"band|group|team|company|party", hint[1]):
        kind = "group"
    elif hint and regex.search(r"song|album|film|novel|book|series|musical|game|play|show|magazine", hint[1]):
        kind = "work"
    if kind:
        return replace(mention, kind=kind, gender=mention.gender if kind == "person" else None)
    said = " ".join(f"{asked} {answered}" for asked, answered in exchanges)
    counts = dict.fromkeys(("he", "she", "they", "it"), 0)
    for match in PRONOUN.finditer(said):
        counts[match.lastgroup] += 1
    top = max(counts, key=lambda name: counts[name])
    if counts[top] and top in ("he", "she"):
        return replace(mention, kind="person", gender="m" if top == "he" else "f")
    if counts[top] and top == "they" and not counts["he"] + counts["she"]:
        return replace(mention, kind="group")
    return mention


def told(mention: Mention) -> str:
    """As it is called within a sentence."""
    if not mention.named:
        return f"the {mention.text}"
    return regex.sub(r"^The ", "the ", mention.text) if mention.kind == "thing" else mention.text
