"""Where articles differ on what is asked: the newest is read first, and a sentence of the engine's own says so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.citing import Source
from rag.disagreement import Disagreement, Stated, Statement, disagreements, states
from rag.evidence import EvidenceSentence
from rag.parts import parts
from rag.verify.dates import moments

SUPERSEDED = 3
COMPARED = 40  # sentences among which differing figures are looked for


def remark(question: str, answer: str, sources: Sequence[Source]) -> list[tuple[str, int]]:
    """Pieces of the sentence, each with the source (from 0) that it rests on; none if `answer` says it already."""
    owners = [(sentence, index) for index, source in enumerate(sources) for sentence in source]
    owners.sort(key=lambda owner: -owner[0].score)
    statements = [_statement(sentence) for sentence, _ in owners]
    for disagreement in _found(question, statements):
        what = {"date": "date", "clock": "time"}.get(disagreement.unit, "figure")
        if all(states(answer, v.text) if what == "figure" else v.text in answer for v in disagreement.values):
            continue
        lead = f"The {what} has changed: " if disagreement.changed else f"The articles give different {what}s: "
        pieces = [(_told(value, statements), owners[value.index][1]) for value in disagreement.values]
        return [(f"{'; ' if number else lead}{told}", source) for number, (told, source) in enumerate(pieces)]
    return []


def newest_figure(question: str, sources: Sequence[Source], answer: str | None = None) -> EvidenceSentence | None:
    """The sentence with the newest figure of what is asked, where that has changed.

    With an `answer` only where that has an older figure and not the newest. None for who asks of a day, or several
    things at once.
    """
    if moments(question) or len(parts(question)) > 1:
        return None
    sentences = sorted((sentence for source in sources for sentence in source), key=lambda one: -one.score)
    for disagreement in _found(question, [_statement(sentence) for sentence in sentences]):
        newest = disagreement.values[0]
        older = [value.text for value in disagreement.values if value.superseded]
        if older and not newest.superseded:
            outdated = answer is None or (not states(answer, newest.text) and any(states(answer, o) for o in older))
            return sentences[newest.index] if outdated else None
    return None


def newest_first(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """`ranked`, but of a figure that changed the newest first: its sentence answers as likely as the best of those
    that it has superseded, these much less. Who asks of a day wants the figure of that day."""
    order = list(ranked)
    if moments(question):
        return order
    for disagreement in _found(question, [_statement(sentence) for sentence in ranked[:COMPARED]]):
        places = sorted({index for value in disagreement.values if value.superseded for index in value.indices})
        newest = disagreement.values[0].index
        if not disagreement.changed or not places or newest in places:
            continue
        best = max((ranked[place] for place in places), key=lambda sentence: sentence.score)
        for place in places:
            order[place] = _weighed(ranked[place], [part / SUPERSEDED for part in ranked[place].by_part])
        order[newest] = _weighed(ranked[newest], list(map(max, ranked[newest].by_part, best.by_part)))
        if newest > places[0]:
            order.insert(places[0], order.pop(newest))
        break
    return order


def _found(question: str, statements: Sequence[Statement]) -> Iterator[Disagreement]:
    """On what the parts of a question ask; not where two figures are wanted, of two things or of two days."""
    if len(parts(question)) > len({part.asks for part in parts(question)}):
        return
    for asks, about in dict.fromkeys((part.asks, part.about) for part in parts(question)):
        yield from disagreements(statements, f"{asks} ({', '.join(about)})" if about else asks)


def _weighed(sentence: EvidenceSentence, by_part: Sequence[float]) -> EvidenceSentence:
    return replace(sentence, by_part=tuple(by_part), score=sum(by_part) / len(by_part))


def _statement(sentence: EvidenceSentence) -> Statement:
    return Statement(
        text=sentence.text,
        article_id=sentence.article_id,
        title=sentence.title,
        source=sentence.source,
        published=sentence.day,
    )


def _told(value: Stated, statements: Sequence[Statement]) -> str:
    statement = statements[value.index]
    day = value.published and f"{value.published.day} {value.published:%B %Y}"
    known = (statement.source or statement.title, day, "superseded" if value.superseded else None)
    origin = ", ".join(part for part in known if part)
    return f"{value.text} ({origin})"
