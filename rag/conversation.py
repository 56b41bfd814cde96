"""A conversation: what was asked and answered so far, as far as the next question needs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.answer import Answer

REMEMBERED = 6  # turns that a question can lean on


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question, how it was understood, and its answer's text.

    `cited` are the articles it cited, so that a follow-up finds them again.
    """

    question: str
    standalone_question: str
    answer: str
    cited: tuple[str, ...] = ()


@dataclass
class Conversation:
    """Turns, oldest first. Pass it to ``ask`` or ``stream``, which add to it."""

    turns: list[Turn] = field(default_factory=list)

    @classmethod
    def of(cls, exchanges: Sequence[tuple[str, str]]) -> "Conversation":
        """From (question, answer) pairs."""
        return cls([Turn(question=q, standalone_question=q, answer=a) for q, a in exchanges])

    def add(self, answer: Answer) -> None:
        """Remember an answer."""
        plain = " ".join(sentence.text for sentence in answer.sentences) or answer.text
        self.turns.append(
            Turn(
                question=answer.question,
                standalone_question=answer.standalone_question,
                answer=plain,
                cited=tuple(dict.fromkeys(citation.article_id for citation in answer.citations)),
            )
        )
        del self.turns[:-REMEMBERED]
