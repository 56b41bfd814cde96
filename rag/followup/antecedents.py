"""What a question refers to, named: pronouns, surnames and "that company", or what all of it is about."""

from collections.abc import Sequence

import regex

from rag.followup.pronouns import ANY, PRONOUN, agrees, owns
from rag.followup.salience import Candidate, folded, told
from rag.mentions import Mention, mentions
from rag.words import content_stems

_GROUP_NOUN = regex.compile(
    r"\b(?:this|that) (?:band|group|team|company|party|firm|agency|bank|club|organi[sz]ation)\b", regex.I
)
_ENGLISH = regex.compile(
    rf"\b(?:the|a|an|of|to|in|for|and|what|who|why|how|when|where|which|whose|{ANY}|this|that|there)\b", regex.I
)

# "That" or "this" by itself.
_MATTER = regex.compile(
    r"\b(?:that|this)(?=\s*(?:[?.,;:!]|$|(?:and|but|or|in|on|at|so|with|for|to|be|is|was|will|would|can|could|happen|mean"
    r"|work|change|affect|cost)\b))",
    regex.I,
)
WHOLE_MATTER = 3  # mentions of the conversation that tell what "that" is
PRESENT = 0.6  # salience from which on one does: of the last exchange, and asked about or named in answer

# "How long will it take to …", "Is it true that …", "Why is it raining?": it stands for nothing.
_EMPTY = regex.compile(
    r"\bit (?:takes?|took|taken)\b.*\bto\b|\b(?:is|was) it (?:(?:un|im|il)?(?:true|possible|likely|known|clear|legal"
    r"|safe|easy|hard|difficult|necessary|important|common|certain) )?(?:that|to)\b"
    r"|\b(?:is|was) it (?:still )?(?:rain|snow|hot|cold|dark|warm)|\bit (?:is |was )?(?:rain|snow)"
    r"|\bit (?:seems?|appears?|turns?)\b",
    regex.IGNORECASE,
)


def english(text: str) -> bool:
    """Whether a text has a function word of English: these rules are made for English alone."""
    return _ENGLISH.search(text) is not None


def pronouns_named(question: str, candidates: Sequence[Candidate]) -> str:
    """Each pronoun becomes the most salient mention that it agrees with, once, if the question has none before it."""
    own = [mention for mention in mentions(question) if mention.named and not mention.modifier]
    pieces: list[str] = []
    done = 0
    taken: dict[str, Mention | None] = {}
    for match in PRONOUN.finditer(question):
        pronoun = match.lastgroup
        if pronoun == "it" and _EMPTY.search(question):
            continue
        if pronoun in taken or any(m.start < match.start() and agrees(m, pronoun) for m in own):
            continue  # it has its antecedent in the question itself
        if regex.search(r"\bones?\b", question[: match.start()]):
            continue
        free = [c for c in candidates if not c.mention.modifier and c.mention not in taken.values()]
        fitting = [c for c in free if agrees(c.mention, pronoun)]
        chosen = max(fitting, key=lambda c: c.salience * agrees(c.mention, pronoun), default=None)
        taken[pronoun] = chosen.mention if chosen else None
        if chosen is None:
            continue
        name = told(chosen.mention)
        pieces += question[done : match.start()], f"{name}'s" if owns(match) else name
        done = match.end()
    return "".join([*pieces, question[done:]])


def names_in_full(question: str, candidates: Sequence[Candidate]) -> str:
    """A surname alone becomes the name by which the conversation introduced it."""
    for mention in (candidate.mention for candidate in candidates):
        parts = mention.text.split()
        if mention.kind == "person" and len(parts) > 1 and folded(mention.text) not in folded(question):
            alone = regex.compile(rf"(?<!\p{{Lu}}[\p{{L}}.'’-]*\s)\b{regex.escape(parts[-1])}\b(?!\s\p{{Lu}})")
            if match := alone.search(question):
                question = question[: match.start()] + mention.text + question[match.end() :]
    return question


def group_named(question: str, candidates: Sequence[Candidate]) -> str:
    """ "That company" becomes the name of the most salient one."""
    if match := _GROUP_NOUN.search(question):
        fitting = (c.mention for c in candidates if c.mention.named and not c.mention.modifier)
        group = next((m for m in fitting if m.kind in ("group", None) and not m.gender), None)
        if group:
            question = question[: match.start()] + group.text + question[match.end() :]
    return question


def anchored(question: str, candidates: Sequence[Candidate]) -> str:
    """A question that names nothing is about what the conversation is about."""
    first = 0 if english(question) else 1  # elsewhere a capital at the start says nothing
    if any(mention.named and mention.start >= first for mention in mentions(question)):
        return question
    able = [c for c in candidates if not c.mention.modifier]
    stems = content_stems(question)
    if any(c.mention.named and stems & content_stems(_proper(c.mention.text)) for c in able):
        return question
    present = max(able, key=lambda c: c.salience, default=None)
    if present and not present.mention.named and regex.search(rf"\b{regex.escape(present.mention.text)}\b", question):
        return question
    ranked = sorted(able, key=lambda c: (not (c.asked and c.mention.named), not c.asked, -c.salience))
    if not ranked:
        return question
    about = told(ranked[0].mention)
    if _MATTER.search(question):  # "Can anyone challenge that?": no thing of one name, but the whole matter
        further = [one for one in able if one is not ranked[0] and one.salience >= PRESENT]
        about = ", ".join([about, *(told(one.mention) for one in further[: WHOLE_MATTER - 1])])
    return f"{question.rstrip(' ?.!')} ({about})?"


def _proper(name: str) -> str:
    """What is a name in "the Lahaina fire"."""
    return " ".join(word for word in name.split() if not word.islower())
