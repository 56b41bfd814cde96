"""What a question means before anything is searched: on its own, on its day, about its time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from index.filters import Filters
from index.preference import Preference
from rag.condense import MAX_TOKENS, condensed, messages
from rag.conversation import Conversation
from rag.followup import standalone
from rag.llm.errors import LLMError
from rag.llm.model import LanguageModel
from rag.timeline import TimeRange, question_range
from rag.timeneed import time_need

LONG = 45  # days of a stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question with its circumstances.

    `after` and `before` are days (`before` itself is left out); `as_of` is the day of asking, default
    today. `dates` lets time expressions in the question ("last week") become a range of dates.
    """

    question: str
    conversation: Conversation | None = None
    source: str | Sequence[str] | None = None
    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    dates: bool = True
    k: int = 10

    @property
    def today(self) -> date:
        """The day of asking."""
        return self.as_of or datetime.now(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What is searched for. `without_range` are the filters if the range holds no evidence.

    `preference` lifts articles of the days that the question is about, without excluding others.
    """

    question: str
    filters: Filters
    without_range: Filters
    preference: Preference | None = None
    days: TimeRange | None = None
    """A stretch of days that the question is about: what was published in it need not name it."""
    time_range: TimeRange | None = None
    cited: tuple[str, ...] = ()
    """Articles that the answer before cited: a follow-up is likely to be about them."""
    notices: tuple[str, ...] = field(default=())


async def understand(ask: Ask, model: LanguageModel | None) -> Understood:
    """Make the question stand alone, by `model` where that can be trusted, and find its dates."""
    question = " ".join(ask.question.split())
    turns = ask.conversation.turns if ask.conversation is not None else []
    cited = turns[-1].cited if turns else ()
    if turns:
        question = await _alone(question, [(turn.standalone_question, turn.answer) for turn in turns], model)
    plain = Filters.of(ask.source, ask.after, ask.before, known_by=ask.as_of)
    preference = preferred(question, ask.today)
    asked = question_range(question, ask.today) if ask.dates and ask.after is None and ask.before is None else None
    # An event is told of long after its day, so its date is no limit on when articles appeared.
    if asked is None or asked.kind == "event":
        return Understood(
            question=question,
            filters=plain,
            without_range=plain,
            preference=preference,
            days=_short(asked),
            cited=cited,
        )
    return Understood(
        question=question,
        filters=Filters.of(
            ask.source,
            asked.after,
            asked.before + timedelta(days=1) if asked.before else None,
            known_by=ask.as_of,
        ),
        without_range=plain,
        preference=preference,
        days=_short(asked),
        time_range=asked,
        cited=cited,
        notices=(f"Articles {_shown(asked)} (“{asked.phrase}”).",),
    )


def preferred(question: str, today: date) -> Preference | None:
    """The days whose articles are likelier to answer: those of an event that is named, else the latest.

    How much they are preferred follows from how plainly the question is about them.
    """
    asked = question_range(question, today)
    need = time_need(question, today)
    if asked is not None and asked.kind == "event" and asked.after is not None:
        return Preference.around(asked.after, asked.before or today, need.strength)
    if need.kind == "dated":
        return None
    return Preference.recent(today, need.strength if need.kind == "present" else 1.0 - need.strength)


async def _alone(question: str, exchanges: Sequence[tuple[str, str]], model: LanguageModel | None) -> str:
    # A local model takes longer to read the conversation than to answer, and rewrites no better than the rules.
    if model is None or not model.marks:
        return standalone(question, exchanges)
    try:
        reply = await model.complete(messages(question, exchanges), max_tokens=MAX_TOKENS)
    except LLMError:
        return standalone(question, exchanges)  # the answer will say what is wrong with the model
    return condensed(reply, question, exchanges)[0]


def _short(asked: TimeRange | None) -> TimeRange | None:
    """The range, if it is not so long that it tells hardly anything of the articles within it."""
    if asked is None or asked.after is None or asked.before is None:
        return None
    return asked if (asked.before - asked.after).days <= LONG else None


def _shown(asked: TimeRange) -> str:
    if asked.after and asked.before:
        return f"from {asked.after:%Y-%m-%d} to {asked.before:%Y-%m-%d}"
    return f"since {asked.after:%Y-%m-%d}" if asked.after else f"until {asked.before:%Y-%m-%d}"
