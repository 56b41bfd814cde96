"""A question as it would be asked without the conversation before it.

Pronouns get the most salient antecedent that they agree with; "Why?", "And in 2022?" and "What about
Syria?" continue the question before; a question that names nothing gets what the conversation is
about in parentheses. A question with a subject of its own is left alone, and where nothing fits
nothing is changed: search copes better with a pronoun than with a wrong name.
"""

from collections.abc import Sequence

import regex

from rag.followup.antecedents import anchored, english, group_named, names_in_full, pronouns_named
from rag.followup.fragments import continued
from rag.followup.pointing import pointed
from rag.followup.salience import answering, candidates, folded, told

_COURTESY = regex.compile(
    r"(?:(?:many )?thanks|thank you|thx|cheers|great|good|nice|cool|perfect|ok|okay|yes|no|right|i see|got it|hi|hello"
    r"|hey|bye|goodbye|danke|merci|gracias)(?:\W+(?:thanks|thank you|you|that|a lot|so much|very much|much|again))*",
    regex.I,
)
_ELSE = regex.compile(r"\b(?:who|whom|what|where) else\b", regex.I)


def standalone(question: str, exchanges: Sequence[tuple[str, str]], subject: str | None = None) -> str:
    """`question` as it would be asked without the conversation.

    `exchanges` are the earlier (question, answer) pairs, oldest first, the questions as asked or as
    already made to stand alone. `subject` is what the whole conversation is about, where that is known.
    """
    resolved: list[tuple[str, str]] = []
    subject = subject.strip() if subject else None
    for asked, answered in exchanges:
        if not _courteous(asked):
            resolved.append((_resolve(_spaced(asked), resolved, subject), answered))
    return _resolve(_spaced(question), resolved, subject)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _courteous(text: str) -> bool:
    """Thanks and the like, which ask nothing."""
    return _COURTESY.fullmatch(text.strip(" .,!")) is not None


def _resolve(question: str, exchanges: Sequence[tuple[str, str]], subject: str | None) -> str:
    if not question or not (exchanges or subject) or _courteous(question):
        return question
    able = candidates(exchanges, subject)
    if exchanges:
        question = pointed(question, exchanges)
        if whole := continued(question, *exchanges[-1], able):
            return whole
    if english(question):
        question = group_named(names_in_full(pronouns_named(question, able), able), able)
    question = anchored(question, able)
    return _besides(question, *exchanges[-1]) if exchanges else question


def _besides(question: str, before: str, answer: str) -> str:
    """ "Who else" is somebody besides the one whom the answer named."""
    match, named = _ELSE.search(question), answering(before, answer)
    if match is None or named is None or folded(named.text) in folded(question):
        return question
    return f"{question[: match.end()]} besides {told(named)}{question[match.end() :]}"
